import { isObject, type Json, type JsonObject, textMember } from '../../model/json.ts';
import { without } from '../../protocol/era-words.ts';
import { methodRow } from '../../protocol/methods.ts';

/** What lists of an upstream have had, all taken together. */
export class Lists {
  readonly #lists = new Map<string, { readonly items: Map<string, Json>; rest: JsonObject }>();

  /** True of a method whose answers are put together. */
  static has(method: string): boolean {
    return methodRow(method).list !== undefined;
  }

  /** Takes what one page had. What came later under a name is what it is now. */
  add(method: string, result: JsonObject): void {
    const { list } = methodRow(method);
    const page = list && result[list.key];
    if (!list || !Array.isArray(page)) return;
    const known = this.#lists.get(method) ?? { items: new Map<string, Json>(), rest: {} };
    for (const item of page as readonly Json[]) {
      const name = isObject(item) ? textMember(item, list.name) : undefined;
      if (name !== undefined) known.items.set(name, item);
    }
    known.rest = without(result, [list.key, 'nextCursor']);
    this.#lists.set(method, known);
  }

  /** Everything on one page; undefined where no such list was seen. */
  result(method: string): JsonObject | undefined {
    const { list } = methodRow(method);
    const known = this.#lists.get(method);
    if (!list || !known) return undefined;
    return { ...known.rest, [list.key]: [...known.items.values()] };
  }

  /** Names that a list has had. */
  names(method: string): string[] {
    return [...(this.#lists.get(method)?.items.keys() ?? [])];
  }

  /** How many items each list has, by its method. */
  counts(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#lists].map(([method, { items }]) => [method, items.size]));
  }
}
