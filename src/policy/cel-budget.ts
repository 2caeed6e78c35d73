/** Elements that the loops of one evaluation may look at together; some milliseconds. */
const MAX_LOOPED = 10_000;
/** Elements that an expression without loops may look at. */
const MAX_SEEN = 100_000;
/** Characters that cost as much as one element. */
const TEXT_PER_ELEMENT = 256;

/**
 * What one evaluation of an expression may still cost. Every look at a list or a map costs its length, so that a loop
 * in a loop can't run over more than this, whatever the arguments hold.
 */
export class CelBudget {
  #left: number;
  readonly #perCharacter: number;

  /**
   * @param loops the expression has loops.
   * @param splits it may take texts apart, so that each character can become an element.
   */
  constructor({ loops, splits }: { readonly loops: boolean; readonly splits: boolean }) {
    this.#left = loops ? MAX_LOOPED : MAX_SEEN;
    this.#perCharacter = !loops ? 0 : splits ? 1 : 1 / TEXT_PER_ELEMENT;
  }

  elements(count: number): void {
    this.#take(count);
  }

  text(text: string): void {
    this.#take(text.length * this.#perCharacter);
  }

  #take(cost: number): void {
    this.#left -= cost;
    if (this.#left < 0) throw new RangeError('the expression would look at too many elements');
  }
}
