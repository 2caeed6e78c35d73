import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyMasks } from '../../src/mask/mask.ts';
import type { DetectorSpec, MaskerSpec, MaskObligation } from '../../src/model/decision.ts';
import { type Json, parseJson } from '../../src/model/json.ts';
import { find, redact, testContext } from '../support/masks.ts';
import { cardNumber, emailAddress } from '../support/secrets.ts';
import { spots } from '../support/spots.ts';

const b64 = (text: string) => Buffer.from(text).toString('base64');
const inner = (text: string) => JSON.stringify(text).slice(1, -1);

const own: readonly DetectorSpec[] = [
  { name: 'ticket', pattern: '\\bQX-\\d{5}\\b' },
  {
    name: 'names',
    words: ['Bluebird', 'Project Tern', 'M\u00fcller & S\u00f6hne'],
    ignoreCase: true,
  },
];
const secret = fc.oneof(
  emailAddress,
  cardNumber,
  cardNumber.map((digits) => digits.replace(/(\d{4})(?=\d)/g, '$1 ')),
  fc.integer({ min: 10_000, max: 99_999 }).map((n) => `QX-${n}`),
  fc.constantFrom('Bluebird', 'project tern', 'M\u00fcller & S\u00f6hne'),
);
/** Ways to write a text around a value, which may be put around each other. */
const wrap = fc.constantFrom<(text: string) => string>(
  (text) => text,
  (text) => `see ${text}, or <${text}>;\n`,
  (text) => JSON.stringify({ a: text, list: [{ b: `x ${text} y` }] }),
  (text) => `Result: ${JSON.stringify({ a: text })} done`,
  (text) => `GET https://h.org/p?q=1;${encodeURIComponent(` ${text} `)}&z=2`,
  (text) => `key ${b64(`to ${text} now`)} end`,
  (text) => `data:application/json;base64,${b64(JSON.stringify({ a: text }))}`,
  (text) => `"${inner(`line\n\t"${text}"`)}`,
  (text) => `<p>${[...` ${text} `].map((c) => `&#${c.codePointAt(0)};`).join('')}</p>`,
);
const written = fc
  .array(wrap, { minLength: 1, maxLength: 2 })
  .map((wraps) => (text: string) => wraps.reduce((before, one) => one(before), text));
const document = fc
  .array(fc.tuple(written, fc.constantFrom('value', 'list', 'deep', 'name')), {
    minLength: 1,
    maxLength: 3,
  })
  .map((parts) => (value: string): Json => {
    const entries = parts.map(([write, how], index): [string, Json] => {
      const text = write(value);
      if (how === 'name') return [text, index];
      return [
        `k${index}`,
        how === 'value' ? text : how === 'list' ? ['a', text, 1] : { x: { y: text } },
      ];
    });
    return Object.fromEntries([...entries, ['rest', [1.5, 'plain', null]]]);
  });
const masker = fc.constantFrom<MaskerSpec>(
  redact,
  { masker: 'remove' },
  { masker: 'null' },
  { masker: 'hash', length: 16 },
  { masker: 'token', scope: '', expires: 1000 },
  { masker: 'replace', value: '-' },
);

function masksOf(spec: MaskerSpec): readonly MaskObligation[] {
  const names = ['email', 'payment-card', ...own.map(({ name }) => name)];
  return [{ ...find(names, spec), target: { find: names, own } }];
}

/** Everything that a reader could see: base64, percent-encoding, entities and escapes read, several times. */
function readable(value: unknown): string {
  let seen = typeof value === 'string' ? value : JSON.stringify(value);
  for (let i = 0; i < 3; i++) {
    const opened = [...seen.matchAll(/[A-Za-z0-9+/]{8,}={0,2}/g)].map(([one]) => {
      return Buffer.from(one, 'base64').toString('utf8');
    });
    const plain = seen
      .replace(/\\u([\da-f]{4})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
      .replace(/(?:%[\dA-F]{2})+/g, (one) => Buffer.from(one.replaceAll('%', ''), 'hex').toString())
      .replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)));
    seen = [seen, plain, ...opened].join('\n');
  }
  return seen;
}

describe.each(spots)('in $what', ({ place, side, message }) => {
  it('no planted value is left in any form, nor told, and what is left can be masked and read again', () => {
    fc.assert(
      fc.property(document, written, secret, masker, (plant, inText, value, spec) => {
        const masks = masksOf(spec);
        const how = { place, side, context: testContext } as const;
        const { value: after, reports } = applyMasks(
          message(plant(value), inText(value)),
          masks,
          how,
        );
        const forms = [value, inner(value), encodeURIComponent(value), b64(value)];
        const seen = readable([after, reports]);
        for (const form of forms) expect(seen).not.toContain(form);
        expect(parseJson(JSON.stringify(after))).toEqual(after);
        expect(applyMasks(after, masks, how).value).toEqual(after);
      }),
      { numRuns: 25 },
    );
  });

  it('what has nothing planted in it is the same value', () => {
    fc.assert(
      fc.property(document, written, (plant, inText) => {
        const value = message(plant('nothing'), inText('nothing'));
        const how = { place, side, context: testContext } as const;
        const { value: after, reports } = applyMasks(value, masksOf(redact), how);
        expect(after).toBe(value);
        expect(reports).toEqual([]);
      }),
      { numRuns: 10 },
    );
  });
});
