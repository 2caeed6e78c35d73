import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  deeperThan,
  isList,
  isObject,
  isRawNumber,
  member,
  parseJson,
  withMember,
} from '../../src/model/json.ts';
import { json } from '../support/arbitraries.ts';

describe('JSON', () => {
  it('means what JSON.parse means, and is written as it came', () => {
    fc.assert(
      fc.property(json, (value) => {
        const text = JSON.stringify(value);
        expect(JSON.stringify(parseJson(text))).toBe(text);
      }),
    );
  });

  it('keeps the value of every number', () => {
    const digits = fc.string({
      unit: fc.constantFrom(...'0123456789'),
      minLength: 1,
      maxLength: 25,
    });
    const number = fc
      .record({
        sign: fc.constantFrom('', '-'),
        whole: digits.map((text) => text.replace(/^0+(?=\d)/, '')),
        fraction: fc.option(digits, { nil: undefined }),
        exponent: fc.option(fc.integer({ min: -400, max: 400 }), { nil: undefined }),
      })
      .map(({ sign, whole, fraction, exponent }) => {
        const point = fraction === undefined ? '' : `.${fraction}`;
        return `${sign}${whole}${point}${exponent === undefined ? '' : `e${exponent}`}`;
      });
    fc.assert(
      fc.property(number, (text) => {
        expect(exact(JSON.stringify(parseJson(text)))).toEqual(exact(text));
        expect(exact(JSON.stringify(parseJson(`[${text}]`)).slice(1, -1))).toEqual(exact(text));
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    '1234567890.12345678',
    '99999999.123456789',
    '0.10000000000000000001',
    '9007199254740993',
    '1e400',
    '1E-320',
    '123456789012345678901234567890',
  ])('keeps the digits of %s', (text) => {
    expect(JSON.stringify(parseJson(`{"n":${text}}`))).toBe(`{"n":${text}}`);
    expect(isRawNumber(parseJson(text))).toBe(true);
  });

  it.each(['0', '-1', '1.5', '0.1', '1e5', '100000000000000000000', '1.0', '123456789012345'])(
    'holds %s as a number',
    (text) => {
      expect(parseJson(text)).toBe(Number(text));
    },
  );

  it('tells in linear time whether a double holds a number', () => {
    const digits = `1${'0'.repeat(1_000_000)}1`;
    expect(JSON.stringify(parseJson(`[${digits},0.${digits}]`))).toBe(`[${digits},0.${digits}]`);
  });

  it('has one reading of a member that comes twice, in risky text too', () => {
    expect(parseJson('{"a":1,"a":2}')).toEqual({ a: 2 });
    expect(JSON.stringify(parseJson('{"a":1,"a":12345678901234567890}'))).toBe(
      '{"a":12345678901234567890}',
    );
    expect(JSON.stringify(parseJson('{"a":12345678901234567890,"a":{"b":1}}'))).toBe(
      '{"a":{"b":1}}',
    );
  });

  it('keeps a key named __proto__ an ordinary key, in risky text too', () => {
    for (const text of ['{"__proto__":{"a":1}}', '{"__proto__":{"a":12345678901234567890}}']) {
      const value = parseJson(text);
      expect(isObject(value) && Object.getPrototypeOf(value)).toBe(Object.prototype);
      expect(JSON.stringify(value)).toBe(text);
      expect(JSON.stringify(isObject(value) && withMember(value, '__proto__', 1))).toBe(
        '{"__proto__":1}',
      );
    }
  });

  it('never gives a member that an object inherits', () => {
    expect(member({}, 'toString')).toBeUndefined();
    expect(member({}, '__proto__')).toBeUndefined();
    expect(member({ toString: 1 }, 'toString')).toBe(1);
  });

  it('tells objects, lists and numbers held as text apart', () => {
    const raw = parseJson('1e999');
    expect([isObject(raw), isList(raw), isRawNumber(raw)]).toEqual([false, false, true]);
    expect([isObject({ rawJSON: '1' }), isRawNumber({ rawJSON: '1' })]).toEqual([true, false]);
    expect([isObject(null), isObject([]), isObject(undefined)]).toEqual([false, false, false]);
  });
});

describe('depth', () => {
  const depthOf = (value: unknown): number =>
    typeof value === 'object' && value !== null
      ? 1 + Math.max(0, ...Object.values(value).map(depthOf))
      : 0;

  it('is that of brackets outside of strings', () => {
    fc.assert(
      fc.property(json, fc.nat(4), (value, limit) => {
        for (const indent of [0, 1]) {
          expect(deeperThan(JSON.stringify(value, null, indent), limit)).toBe(
            depthOf(value) > limit,
          );
        }
      }),
    );
  });

  it.each(['"[[[["', '"\\"[[[["', '"\\\\","[]"', '["\\\\\\"[[["]', '"[[[['])(
    'counts none inside %s',
    (text) => {
      expect(deeperThan(text, 1)).toBe(false);
    },
  );

  it('is counted in linear time', () => {
    expect(deeperThan(`"${'\\'.repeat(500_000)}"[[`, 1)).toBe(true);
    expect(deeperThan('['.repeat(5_000_000), 4_999_999)).toBe(true);
  });
});

/** Sign, significant digits and power of ten: equal where two texts are the same number. */
function exact(text: string): { digits: string; power: number } {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const all = (whole + fraction).replace(/^0+/, '');
  const digits = all.replace(/0+$/, '');
  if (digits === '') return { digits: '0', power: 0 };
  const power = Number(exponent) - fraction.length + (all.length - digits.length);
  return { digits: sign + digits, power };
}
