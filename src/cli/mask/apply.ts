import type { Detector } from '../../mask/detector.ts';
import { applyMasks, type MaskReport } from '../../mask/mask.ts';
import type { MaskContext } from '../../mask/mask-context.ts';
import type { MaskObligation, MaskSide } from '../../model/decision.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import type { Frame } from '../../model/message.ts';
import { maskedFrame } from '../../pipeline/stages/mask-frame.ts';
import type { Given } from './given.ts';

/** What to mask, and how. */
export interface Apply {
  readonly masks: readonly MaskObligation[];
  readonly side: MaskSide;
  /** Whose result it is, where that was said. */
  readonly method: string | undefined;
  readonly context: MaskContext;
  readonly found?: ReadonlyMap<string, Detector> | undefined;
}

export interface Applied {
  readonly value: Json;
  readonly reports: readonly MaskReport[];
}

/** A masked copy of what came in, as the gate would make it of such a message. */
export function applyTo(given: Given, how: Apply): Applied {
  const { side, masks, context, found } = how;
  const frame = frameOf(given, how);
  if (!frame) {
    const { value, reports } = applyMasks(given.value, masks, {
      ...{ place: 'data', side, context },
      ...(found && { found }),
    });
    return { value, reports };
  }
  const masked = maskedFrame(frame, {
    ...{ masks, parts: [], begins: false, stopped: false, context, found },
    method: how.method ?? (given.kind === 'result' ? given.method : 'tools/call'),
  });
  const message = masked.frame.message as unknown as JsonObject;
  const value = given.kind === 'result' ? (message.result as Json) : message;
  return { value: masked.reports.length === 0 ? given.value : value, reports: masked.reports };
}

/** The message that has it; undefined of what is no message, and no result of a method. */
function frameOf(given: Given, { side }: Apply): Frame | undefined {
  const direction = side === 'args' ? 'up' : 'down';
  switch (given.kind) {
    case 'message': {
      const message = given.value as unknown as Frame['message'];
      const hasId = 'id' in message;
      const kind =
        given.method !== undefined
          ? hasId
            ? 'request'
            : 'notification'
          : 'result' in message
            ? 'result'
            : 'error';
      return { kind, direction, message } as Frame;
    }
    case 'result':
      if (side === 'args') return undefined;
      return { kind: 'result', direction, message: { jsonrpc: '2.0', id: 0, result: given.value } };
    case 'json':
    case 'text':
      return undefined;
  }
}
