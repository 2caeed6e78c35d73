import type { ChangedPlaces } from '../../mask/place/changed-places.ts';
import { isList, isObject, isRawNumber, type Json } from '../../model/json.ts';
import type { Frame, Message } from '../../model/message.ts';
import type { Fit } from '../carried.ts';
import { schemaSize } from '../schema-size.ts';
import type { Bounded } from './bounded.ts';
import type { FrameMasks, MaskedFrame } from './mask-frame.ts';

/** Masks large frames outside of the thread that serves calls. */
export interface MaskAside {
  /**
   * Masks a frame as {@link maskedFrame} does.
   *
   * @param text the frame's message as JSON
   * @param isOver true once nobody waits for it any longer
   * @returns rejects with MASK_BUSY or MASK_FAILED where the frame could not be masked: then it may not be shown
   */
  mask(frame: Frame, text: string, how: FrameMasks, isOver: () => boolean): Promise<AsideMasked>;
}

/** A frame that was masked aside; it has its text as well. */
export interface AsideMasked extends MaskedFrame {
  readonly changed: ChangedPlaces;
  /** How it came to fit what its tool has promised; it does so already. */
  readonly fit?: Fit;
  /** Of a frame that goes nowhere: what a transcript keeps of its text. */
  readonly kept?: Bounded;
}

/** Characters of JSON from which on a message is masked aside. */
export const ASIDE_FROM = 262_144;

/** Characters of the JSON of schemas from which on it takes too long here to see to it that something fits them. */
const HEAVY_FROM = 4_096;

/** True where another thread sees to it that a frame fits what was promised of it. */
export function isHeavy({ promised = [] }: FrameMasks): boolean {
  return promised.some(({ output }) => schemaSize(output.schema) >= HEAVY_FROM);
}

/** True of a frame that would keep the thread busy for too long. */
export function isLarge({ message, source }: Frame, came: Frame | undefined): boolean {
  const text = source ?? textAsCame(message, came);
  return text === undefined ? sizeUpTo(ASIDE_FROM, message) >= ASIDE_FROM : isLong(text);
}

/** The JSON of a frame. What came as text and was not changed since needs no writing. */
export function jsonOf({ message, source }: Frame, came: Frame | undefined): string {
  return source ?? textAsCame(message, came) ?? JSON.stringify(message);
}

function textAsCame(message: Message, came: Frame | undefined): string | undefined {
  return came?.message === message ? came.source : undefined;
}

function isLong(text: string): boolean {
  return text.length >= ASIDE_FROM;
}

/** About how many characters a value has as JSON; nothing is looked at beyond so many. */
function sizeUpTo(most: number, whole: object): number {
  let size = 0;
  const stack: unknown[] = [whole];
  while (stack.length > 0 && size < most) {
    const value = stack.pop() as Json;
    size += 8;
    if (typeof value === 'string') size += value.length;
    else if (isList(value)) pushUpTo(most - size, stack, value);
    else if (isObject(value)) {
      for (const name in value) {
        size += name.length;
        stack.push(value[name]);
        if (size + stack.length >= most) return most;
      }
    } else if (value !== null && typeof value === 'object' && isRawNumber(value)) {
      size += value.rawJSON.length;
    }
  }
  return size;
}

/** A long list is large, whatever it holds. */
function pushUpTo(room: number, stack: unknown[], list: readonly Json[]): void {
  const end = Math.min(list.length, Math.ceil(room / 8) + 1);
  for (let index = 0; index < end; index++) stack.push(list[index]);
}
