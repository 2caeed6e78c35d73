import { type HoldReach, heldFrom } from './held-from.ts';

/** Something that masks find in a text, and what they put in its place. */
export interface Finding {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
  /** What takes its place; asked for once it is sure that it leaves. */
  put(): string;
}

/** Finds what masks hide in a text: findings that don't overlap, in order. */
export type FindIn = (text: string) => readonly Finding[];

/** Characters of what has left that are looked at again with what comes next: it may say what that is. */
const CONTEXT = 512;
/** Characters that are held back, at most; what is open for longer leaves masked. */
const MOST_HELD = 16_384;
/** Characters of the beginning and of the end of a finding that has left, masked, while it may go on. */
const ENDS = 256;

/**
 * A text that comes in pieces, and leaves in pieces, masked. The end of a piece waits where it could be the beginning
 * of a finding, and leaves once the next piece, or the end of the text, tells. So no half of a finding leaves.
 */
export class TextStream {
  /** The end of what has left, as it came. */
  #before = '';
  /** What has come and has not left. */
  #held = '';
  /** What was last masked may go on, and what takes its place has left. */
  #open = false;

  /** True where something waits for the next piece. */
  get holds(): boolean {
    return this.#held !== '';
  }

  /** Takes the next piece, and gives what can leave, masked. */
  push(piece: string, find: FindIn, reach: HoldReach): string {
    this.#held += piece;
    const whole = this.#before + this.#held;
    const found = find(whole);
    let from = heldFrom(whole, reach);
    for (const { start, end } of found.toReversed()) {
      if (end < from) break;
      from = Math.min(from, start);
    }
    const isLong = whole.length - from > MOST_HELD;
    return this.#release(whole, found, isLong ? whole.length : from);
  }

  /**
   * Gives all that is held, masked as it stands: the text has ended, or pauses for so long that nobody waits for more.
   * Of a finding that goes on all the same nothing more leaves.
   */
  end(find: FindIn): string {
    const whole = this.#before + this.#held;
    return this.#held === '' ? '' : this.#release(whole, find(whole), whole.length);
  }

  #release(whole: string, found: readonly Finding[], until: number): string {
    const from = this.#before.length;
    const to = Math.max(from, until);
    let out = '';
    let done = from;
    let last: Finding | undefined;
    for (const finding of found) {
      const { start, end } = finding;
      if (end > to) break;
      if (end <= from) continue;
      out += whole.slice(done, Math.max(done, start));
      // Its beginning has left: as what takes the place of all of it, or before it was known to be one.
      if (start >= from || !this.#open) out += finding.put();
      done = end;
      last = finding;
    }
    out += whole.slice(done, to);
    if (to > from) this.#remember(whole, to, last);
    this.#held = whole.slice(to);
    return out;
  }

  #remember(whole: string, to: number, last: Finding | undefined): void {
    this.#open = last !== undefined && last.end === to;
    const began = this.#open && last ? last.start : to;
    const isLong = to - began > 2 * ENDS;
    const masked = isLong
      ? whole.slice(began, began + ENDS) + whole.slice(to - ENDS, to)
      : whole.slice(began, to);
    this.#before = whole.slice(Math.max(0, began - CONTEXT), began) + masked;
  }
}
