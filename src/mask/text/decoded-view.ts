import type { Span } from '../detector.ts';

/** The pieces of a source that read otherwise once they are decoded: one entry each, in order. */
interface Pieces {
  /** Where it stands in the view, and where it ends there. */
  readonly at: number[];
  readonly until: number[];
  /** Where it stands in the source, and where it ends there. */
  readonly from: number[];
  readonly to: number[];
}

/** A text with its encodings read, and the way back to where each character came from. */
export class DecodedView {
  readonly text: string;
  readonly #pieces: Pieces;
  readonly #below: DecodedView | undefined;

  /** @param below the view that this one was made of, where things were encoded twice */
  constructor(text: string, pieces: Pieces, below?: DecodedView) {
    this.text = text;
    this.#pieces = pieces;
    this.#below = below;
  }

  /** The stretch of the source that a stretch of the view came from, whole encoded characters only. */
  source(start: number, end: number): Span {
    const from = this.#place(start, 'from');
    const to = end > start ? this.#place(end - 1, 'to') : from;
    return this.#below ? this.#below.source(from, to) : { start: from, end: to };
  }

  /** Where the source of one character of the view begins, or ends. */
  #place(index: number, side: 'from' | 'to'): number {
    const { at, until, to } = this.#pieces;
    const piece = lastUpTo(at, index);
    const past = index - (until[piece] ?? 0);
    if (past < 0) return this.#pieces[side][piece] ?? index;
    return (to[piece] ?? 0) + past + (side === 'to' ? 1 : 0);
  }
}

/** The index of the last of ascending numbers that is no greater than a limit; -1 where all are. */
function lastUpTo(numbers: readonly number[], limit: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] ?? 0) <= limit) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Collects pieces while a text is read from its beginning to its end. */
export class ViewBuilder {
  readonly #source: string;
  readonly #pieces: Pieces = { at: [], until: [], from: [], to: [] };
  #text = '';
  #done = 0;

  constructor(source: string) {
    this.#source = source;
  }

  /** A stretch of the source that reads as another text. */
  add(from: number, to: number, text: string): void {
    if (from > this.#done) this.#text += this.#source.slice(this.#done, from);
    this.#done = to;
    // What takes as much room as before leaves everything behind it at its place.
    if (text.length === 1 && to - from === 1) {
      this.#text += text;
      return;
    }
    const { at, until, from: starts, to: ends } = this.#pieces;
    at.push(this.#text.length);
    this.#text += text;
    until.push(this.#text.length);
    starts.push(from);
    ends.push(to);
  }

  /** Undefined where nothing was added. */
  build(below?: DecodedView): DecodedView | undefined {
    if (this.#done === 0) return undefined;
    return new DecodedView(this.#text + this.#source.slice(this.#done), this.#pieces, below);
  }
}
