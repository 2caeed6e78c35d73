import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Json, parseJson } from '../../src/model/json.ts';
import { canonical, digestOf } from '../../src/protocol/canonical.ts';

describe('canonical text', () => {
  it('is JSON of the same value', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const value = parseJson(text);
        expect(parseJson(canonical(value))).toEqual(value);
      }),
    );
  });

  it('does not depend on the order of members, but on everything else', () => {
    const same = ['{"a":1,"b":{"c":[1,2],"d":null}}', '{"b":{"d":null,"c":[1,2]},"a":1.0}'];
    expect(new Set(same.map((text) => digestOf(parseJson(text)))).size).toBe(1);
    const others: Json[] = [
      { a: 1 },
      { a: '1' },
      { a: [1] },
      { b: 1 },
      [1],
      [[1]],
      1,
      '1',
      null,
      {},
    ];
    expect(new Set(others.map(digestOf)).size).toBe(others.length);
  });

  it('keeps numbers that a double can not hold apart', () => {
    const [a, b] = ['12345678901234567890', '12345678901234567891'].map(parseJson);
    expect(canonical(a ?? null)).toBe('12345678901234567890');
    expect(digestOf(a ?? null)).not.toBe(digestOf(b ?? null));
  });

  it('has members of any name', () => {
    expect(canonical(parseJson('{"__proto__":1,"a":2}'))).toBe('{"__proto__":1,"a":2}');
  });
});
