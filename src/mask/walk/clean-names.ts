/** Names of one depth that are known; the rest are looked at again each time. */
const MAX_NAMES = 5_000;
const MAX_NAME = 64;

/**
 * Names of members that have nothing in them. They are kept with the plan, because results of the same tools have the
 * same names; values are never kept.
 */
export class CleanNames {
  /** By how many texts are around: texts in texts are opened less deep, so more names are clean there. */
  readonly #byDepth: Set<string>[] = [];

  has(name: string, nested: number): boolean {
    return this.#byDepth[nested]?.has(name) ?? false;
  }

  add(name: string, nested: number): void {
    let names = this.#byDepth[nested];
    if (!names) {
      names = new Set();
      this.#byDepth[nested] = names;
    }
    if (name.length <= MAX_NAME && names.size < MAX_NAMES) names.add(name);
  }
}
