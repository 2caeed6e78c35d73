import type { JsonObject } from '../model/json.ts';
import type { Frame } from '../model/message.ts';

/** Params or result of a frame; undefined where there is none, as of an error. */
export function bodyOf(frame: Frame): JsonObject | undefined {
  switch (frame.kind) {
    case 'request':
    case 'notification':
      return frame.message.params;
    case 'result':
      return frame.message.result;
    case 'error':
      return undefined;
  }
}

/** A frame with other params, or another result. */
export function withBody<F extends Exclude<Frame, { kind: 'error' }>>(
  { source: _, ...frame }: F,
  body: JsonObject,
): F {
  const key = frame.kind === 'result' ? 'result' : 'params';
  return { ...frame, message: { ...frame.message, [key]: body } } as unknown as F;
}
