/** Elements that the loops of one evaluation may look at together; some milliseconds. */
const MAX_LOOPED = 10_000;
/** Elements that an expression without loops may look at. */
const MAX_SEEN = 100_000;
/** Characters that cost as much as one element. */
const TEXT_PER_ELEMENT = 256;
/** The same of a longer text, where a loop in a loop can search all of it for each element. */
const SEARCHED_PER_ELEMENT = 2;

/** What makes an expression dear. */
export interface CelCosts {
  readonly loops: boolean;
  readonly nested: boolean;
  readonly splits: boolean;
}

/**
 * What one evaluation of an expression may still cost. Every look at a list or a map costs its length, so that a loop
 * in a loop can't run over more than this, whatever the arguments hold.
 */
export class CelBudget {
  #left: number;
  readonly #perCharacter: number;
  readonly #nested: boolean;

  /**
   * @param loops the expression has loops.
   * @param nested it has a loop in a loop.
   * @param splits it may take texts apart, so that each character can become an element.
   */
  constructor({ loops, nested, splits }: CelCosts) {
    this.#left = loops ? MAX_LOOPED : MAX_SEEN;
    this.#nested = nested;
    this.#perCharacter = !loops ? 0 : splits ? 1 : 1 / TEXT_PER_ELEMENT;
  }

  elements(count: number): void {
    this.#take(count);
  }

  text({ length }: string): void {
    const isSearched = this.#nested && length > TEXT_PER_ELEMENT;
    this.#take(length * Math.max(this.#perCharacter, isSearched ? 1 / SEARCHED_PER_ELEMENT : 0));
  }

  #take(cost: number): void {
    this.#left -= cost;
    if (this.#left < 0) throw new RangeError('the expression would look at too many elements');
  }
}
