import { changedPlaces } from '../mask/place/changed-places.ts';
import type { Json } from '../model/json.ts';
import { parseJson } from '../model/json.ts';
import type { Direction, Frame } from '../model/message.ts';
import { valueAt } from '../pipeline/carried.ts';
import { bodyOf, withBody } from '../pipeline/frame-body.ts';
import { type Bounded, bounded } from '../pipeline/stages/bounded.ts';
import { FIT_ASIDE, fitBody } from '../pipeline/stages/fit-body.ts';
import { type FrameMasks, maskedFrame } from '../pipeline/stages/mask-frame.ts';
import { frameOf } from '../protocol/jsonrpc.ts';
import { patchOf } from './patch.ts';
import { fromPlain, type PlainMasks } from './plain-masks.ts';

/** A message that another thread is to mask. */
export interface MaskWork {
  /** The message as JSON. */
  readonly text: string;
  readonly direction: Direction;
  readonly how: PlainMasks;
}

/** What it came to. */
export interface MaskWorkDone {
  /** The masked message as JSON. Left out of one that goes nowhere. */
  readonly text?: string;
  /** Of one that goes nowhere: what is kept of its text. */
  readonly kept?: Bounded;
  /** JSON of what changed, and of what masks did ({@link News}). Text is handed over faster than a tree of objects. */
  readonly news: string;
  /** All numbers in it are such as a double holds, so that it can be read without looking for others. */
  readonly isPlain: boolean;
}

/** Why it came to nothing; never with a value. */
export interface MaskWorkFailed {
  readonly failed: string;
}

/** What a thread says once it has begun. */
export const READY = 'ready';

/** Masks a message: the work of a thread beside the one that serves calls. */
export function doMaskWork({ text, direction, how }: MaskWork): MaskWorkDone {
  const frame = frameOf(parseJson(text), direction);
  const all = fromPlain(how);
  const { frame: masked, reports, tokens } = maskedFrame(frame, all);
  const before = frame.message as unknown as Json;
  const { frame: fitted, fit } = fittedFrame(frame, masked, all);
  const after = fitted.message as unknown as Json;
  const patch = patchOf(before, after);
  const written = JSON.stringify(after);
  const changed = changedPlaces(before, masked.message as unknown as Json);
  const news = JSON.stringify({ patch: patch ?? null, reports, tokens, changed, fit });
  return {
    ...(how.stopped ? { kept: bounded(written) } : { text: written }),
    news,
    isPlain: JSON.stringify(JSON.parse(news)) === news,
  };
}

/** What masks left of a frame, made to fit what was promised of it. */
function fittedFrame(before: Frame, masked: Frame, { promised = [] }: FrameMasks) {
  if (masked.kind === 'error' || promised.length === 0) return { frame: masked };
  const [came, left] = [bodyOf(before), bodyOf(masked)];
  if (!came || !left) return { frame: masked };
  const contents = promised.flatMap((one) => {
    const content = valueAt(came, one.path);
    return content === undefined ? [] : [{ ...one, content }];
  });
  const { body, ...fit } = fitBody(left, contents, FIT_ASIDE);
  return { frame: body && body !== left ? withBody(masked, body) : masked, fit };
}
