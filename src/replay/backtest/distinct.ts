/** Values that are told apart by a text, each once, in the order in which they came. */
export class Distinct<Value> {
  readonly values: Value[] = [];
  readonly #indexes = new Map<string, number>();

  /** Where a value stands among them. */
  add(text: string, value: Value): number {
    const known = this.#indexes.get(text);
    if (known !== undefined) return known;
    const index = this.values.push(value) - 1;
    this.#indexes.set(text, index);
    return index;
  }
}
