import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyMasks } from '../../src/mask/mask.ts';
import { resultPlace } from '../../src/mask/place/places.ts';
import { type Json, parseJson } from '../../src/model/json.ts';
import { json } from '../support/arbitraries.ts';
import { everything, find, keep, testContext } from '../support/masks.ts';
import { cardNumber, emailAddress } from '../support/secrets.ts';
import { spots } from '../support/spots.ts';

/** A secret as text, and as a number where it is one. */
interface Secret {
  readonly text: string;
  readonly number: Json;
}
/** A document with a hole for a secret. */
type Planter = (secret: Secret) => Json;

const placeholder = (name: string): Secret => ({
  text: `[redacted:${name}]`,
  number: `[redacted:${name}]`,
});
const secret = fc.oneof(
  emailAddress.map((text) => ({ given: { text, number: text }, left: placeholder('email') })),
  cardNumber.map((text) => ({
    given: { text, number: Number(text) },
    left: placeholder('payment-card'),
  })),
  cardNumber.map((digits) => {
    const text = digits.replace(/(\d{4})(?=\d)/g, '$1 ');
    return { given: { text, number: text }, left: placeholder('payment-card') };
  }),
);

const harmless = fc.oneof(
  fc.constantFrom<Json>(
    null,
    true,
    0,
    -1.5,
    '',
    'plain',
    'caf\u00e9 "\\',
    '\ud800',
    '{"a":1}',
    '[',
  ),
  fc.constant(parseJson('12345678901234567890123')),
);
const planted = fc.constantFrom<Planter>(
  ({ text }) => text,
  ({ number }) => number,
  ({ text }) => `see ${text}, "${text}" or <${text}>;\n${text}\t`,
  ({ text }) => JSON.stringify({ a: text, n: '\n"' }),
  ({ number }) => JSON.stringify([{ a: [number] }], null, 2),
  ({ text }) => JSON.stringify({ inner: JSON.stringify({ deep: [`x ${text}`] }) }),
  ({ text }) => ({ [text]: 1, other: 2 }),
  ({ text }) => JSON.parse(`{"__proto__":{"constructor":${JSON.stringify(text)}}}`) as Json,
);
const tree: fc.Arbitrary<Planter> = fc.letrec<{ node: Planter }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    planted,
    harmless.map(
      (value): Planter =>
        () =>
          value,
    ),
    fc.array(tie('node'), { minLength: 1, maxLength: 4 }).map(
      (items): Planter =>
        (hole) =>
          items.map((item) => item(hole)),
    ),
    fc.array(tie('node'), { minLength: 1, maxLength: 4 }).map(
      (items): Planter =>
        (hole) =>
          Object.fromEntries(items.map((item, i) => [`key ${i}`, item(hole)])),
    ),
  ),
})).node;

/** Everything that a reader of the message could see, base64 opened. */
function readable(value: unknown): string {
  const text = JSON.stringify(value);
  const opened = [...text.matchAll(/[A-Za-z0-9+/]{12,}={0,2}/g)].map(([found]) => {
    return Buffer.from(found, 'base64').toString('utf8');
  });
  return [text, ...opened].join('\n');
}

describe.each(spots)('in $what', ({ place, side, message }) => {
  const apply = (value: Json) =>
    applyMasks(value, [everything], { place, side, context: testContext }).value;

  it('no planted secret is left, and all else is as it was', () => {
    fc.assert(
      fc.property(tree, planted, secret, (plant, inText, { given, left }) => {
        const write = (hole: Secret) => {
          const inner = inText(hole);
          return message(plant(hole), typeof inner === 'string' ? inner : JSON.stringify(inner));
        };
        const after = apply(write(given));
        const seen = readable(after);
        for (const form of [given.text, JSON.stringify(given.text).slice(1, -1)]) {
          expect(seen).not.toContain(form);
        }
        expect(after).toEqual(write(left));
        expect(apply(after)).toEqual(after);
      }),
      { numRuns: 40 },
    );
  });

  it('a message without secrets is the same message', () => {
    fc.assert(
      fc.property(harmless, (data) => {
        const value = message(data, typeof data === 'string' ? data : 'plain');
        expect(apply(value)).toBe(value);
      }),
      { numRuns: 20 },
    );
  });
});

describe('odd input', () => {
  const masks = [everything, find(['email', 'payment-card'], keep(3, 3))];
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({
      unit: fc.constantFrom('\ud800', '\udc00', '@', '.', '\\', '"', '{', '[', '4', 'a', '\u0000'),
    }),
  );

  it('never makes masking throw, whatever it is', () => {
    fc.assert(
      fc.property(fc.oneof(json, texts), (value) => {
        for (const place of [
          resultPlace('tools/call'),
          resultPlace('prompts/get'),
          'blob',
          'data',
        ] as const) {
          const { value: after } = applyMasks(value, masks, {
            place,
            side: 'result',
            context: testContext,
          });
          expect(
            applyMasks(after, masks, { place, side: 'result', context: testContext }).value,
          ).toEqual(after);
        }
      }),
      { numRuns: 300 },
    );
  });

  it.each([64, 500])('nested %i deep is masked', (depth) => {
    const nest = (leaf: string) =>
      `${'['.repeat(depth)}${JSON.stringify(leaf)}${']'.repeat(depth)}`;
    const value = parseJson(nest('joe@example.com'));
    expect(
      JSON.stringify(
        applyMasks(value, masks, { place: 'data', side: 'result', context: testContext }).value,
      ),
    ).toBe(nest('[redacted:email]'));
    const text = applyMasks(nest('joe@example.com'), masks, {
      place: 'data',
      side: 'result',
      context: testContext,
    }).value;
    expect(text).toBe(nest('[redacted:email]'));
  });

  it('JSON that nests deeper than it is opened is masked as text', () => {
    let text = '{"a":"joe@example.com"}';
    for (let i = 0; i < 8; i++) text = JSON.stringify([text]);
    expect(
      applyMasks(text, masks, { place: 'data', side: 'result', context: testContext }).value,
    ).not.toContain('example');
  });
});
