import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { patched, patchOf } from '../../src/aside/patch.ts';
import { type Json, parseJson } from '../../src/model/json.ts';

/** A copy with some values replaced; what stays is the same object. */
function changed(value: Json, choose: () => number): Json {
  const pick = choose() % 5;
  if (pick === 0) return 'masked';
  if (Array.isArray(value)) {
    if (pick === 1) return value.slice(1);
    const copy = value.map((item: Json) => changed(item, choose));
    return copy.some((item, index) => item !== value[index]) ? copy : value;
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, item]): [string, Json] => {
    return [pick === 2 ? `${name}!` : name, changed(item as Json, choose)];
  });
  return Object.fromEntries(entries);
}

describe('a patch', () => {
  it('makes the changed value of the one before, also after it was text', () => {
    const values = fc.jsonValue() as fc.Arbitrary<Json>;
    fc.assert(
      fc.property(values, fc.array(fc.nat(), { minLength: 1 }), (drawn, choices) => {
        const before = parseJson(JSON.stringify(drawn));
        let at = 0;
        const after = changed(before, () => choices[at++ % choices.length] ?? 0);
        const patch = patchOf(before, after);
        const read = patch === undefined ? undefined : parseJson(JSON.stringify(patch));
        expect(read === undefined ? before : patched(before, read)).toEqual(after);
      }),
    );
  });

  it('leaves what did not change as the same object', () => {
    const kept = { deep: [1, 2] };
    const before = { kept, list: [{ a: 'x' }, kept] };
    const patch = patchOf(before, { kept, list: [{ a: 'y' }, kept] });
    expect(patch).toEqual({ list: { 0: { a: ['y'] } } });
    const after = patched(before, patch ?? []) as typeof before;
    expect([after.kept, after.list[1]]).toEqual([kept, kept]);
    expect(after.kept).toBe(kept);
    expect(after.list[1]).toBe(kept);
    expect(before.list[0]).toEqual({ a: 'x' });
  });

  it('is nothing where nothing changed, though objects were made anew', () => {
    const data = [1];
    expect(patchOf({ code: 1, data }, { code: 1, data })).toBeUndefined();
  });

  it('keeps a member named __proto__ an ordinary one', () => {
    const before = parseJson('{"__proto__":{"a":"x"},"b":1}');
    const after = parseJson('{"__proto__":{"a":"y"},"b":1}');
    const patch = parseJson(JSON.stringify(patchOf(before, after)));
    expect(JSON.stringify(patched(before, patch))).toBe('{"__proto__":{"a":"y"},"b":1}');
  });
});
