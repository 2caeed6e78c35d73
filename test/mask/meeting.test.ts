import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyMasks } from '../../src/mask/mask.ts';
import { resultPlace } from '../../src/mask/place/places.ts';
import type { DetectorSpec, MaskerSpec, MaskObligation } from '../../src/model/decision.ts';
import type { Json } from '../../src/model/json.ts';
import { fields, find, keep, path, redact, testContext } from '../support/masks.ts';

const toolResult = resultPlace('tools/call');
const run = (value: Json, ...masks: MaskObligation[]) =>
  applyMasks(value, masks, { place: toolResult, side: 'result', context: testContext });
const masked = (value: Json, ...masks: MaskObligation[]) => run(value, ...masks).value;
const structured = (value: Json, ...masks: MaskObligation[]) => {
  const { structuredContent } = masked({ structuredContent: { a: value } }, ...masks) as {
    structuredContent: { a?: Json };
  };
  return structuredContent.a;
};
const token: MaskerSpec = { masker: 'token', scope: '', expires: 1000 };
const remove: MaskerSpec = { masker: 'remove' };
const toNull: MaskerSpec = { masker: 'null' };
const text = (value: string) => ({ content: [{ type: 'text', text: value }] });

/** A mask with a detector of the policy's own. */
function own(pattern: string, spec: MaskerSpec = redact, name = 'own'): MaskObligation {
  const detector: DetectorSpec = { name, pattern };
  return { ...find([name], spec), target: { find: [name], own: [detector] } };
}

describe('findings that overlap', () => {
  it.each<[string, string, MaskObligation[]]>([
    ['[redacted:long]', 'abcdef', [own('abcdef', redact, 'long'), own('cd', keep(1, 0), 'short')]],
    ['x[redacted:a]x', 'xabcdefx', [own('abcd', redact, 'a'), own('cdef', redact, 'b')]],
    ['[redacted:a][redacted:b]', 'abcd', [own('ab', redact, 'a'), own('cd', redact, 'b')]],
    ['zz', 'zabcdefz', [own('abcd', keep(2, 0), 'a'), own('cdef', remove, 'b')]],
    [
      'ab********',
      'abcdefghij',
      [
        own('abcdefgh', keep(2, 2), 'a'),
        own('efghij', keep(0, 1), 'b'),
        own('ij', keep(0, 0), 'c'),
      ],
    ],
  ])('become %s', (expected, value, masks) => {
    expect(masked(text(value), ...masks)).toEqual(text(expected));
    expect(masked(text(value), ...masks.toReversed())).toEqual(text(expected));
  });
});

describe('a finding that is the whole of a value', () => {
  it.each<[string, Json | undefined, Json, MaskerSpec]>([
    ['goes', undefined, 'joe@example.com', remove],
    ['becomes null', null, 'joe@example.com', toNull],
    [
      'becomes the value that the policy says',
      0,
      'joe@example.com',
      { masker: 'replace', value: 0 },
    ],
    ['leaves the rest of a text', 'to , today', 'to joe@example.com, today', remove],
    ['is hidden inside of a text', 'to [redacted:email]', 'to joe@example.com', toNull],
  ])('%s', (_, expected, value, spec) => {
    expect(structured(value, find(['email'], spec))).toEqual(expected);
  });

  it('takes its element or member with it', () => {
    const list = ['a', 'joe@example.com', { to: 'joe@example.com', n: 1 }];
    expect(structured(list, find(['email'], remove))).toEqual(['a', { n: 1 }]);
    expect(structured(4111111111111111, find(['payment-card'], toNull))).toBe(null);
    expect(structured('["joe@example.com",1]', find(['email'], remove))).toBe('[1]');
  });

  it('leaves an empty text where the protocol needs one', () => {
    expect(masked(text('joe@example.com'), find(['email'], remove))).toEqual(text(''));
    expect(masked(text('joe@example.com'), find(['email'], toNull))).toEqual(
      text('[redacted:email]'),
    );
    const values = { completion: { values: ['joe@example.com', 'b'] } };
    const place = resultPlace('completion/complete');
    const how = { place, side: 'result', context: testContext } as const;
    expect(applyMasks(values, [find(['email'], toNull)], how).value).toEqual({
      completion: { values: ['[redacted:email]', 'b'] },
    });
  });
});

describe('what is masked as a whole', () => {
  it('is masked by what is found inside, where that is stricter', () => {
    const at = path('structuredContent.a', keep(0, 4));
    expect(structured('for joe@example.com', at)).toBe('***************.com');
    expect(structured('for joe@example.com', at, find(['email']))).toBe('[redacted:email]');
    expect(
      structured('for joe@example.com', path('structuredContent.a'), find(['email'], keep(1, 1))),
    ).toBe('[redacted]');
  });

  it('stays by the name of its field as by its path, and numbers and texts as they are', () => {
    for (const mask of [fields(['A'], remove), path('structuredContent.a', remove)]) {
      expect(structured({ b: [1] }, mask)).toBe(undefined);
    }
    expect(structured(null, fields(['a']))).toBe(null);
    expect(structured(1234, fields(['a'], { masker: 'round', to: 1000 }))).toBe(1000);
  });

  it('is no part of the value behind a token where something stricter applies to it', () => {
    const person = { name: 'Ann', mail: 'joe@example.com', ssn: '1', card: '4111111111111111' };
    const masks = [
      path('structuredContent.a', token),
      fields(['ssn'], remove),
      find(['email']),
      find(['payment-card'], keep(0, 4)),
    ];
    const { tokens } = run({ structuredContent: { a: person } }, ...masks);
    expect(tokens.map(({ value }) => value)).toEqual([
      { name: 'Ann', mail: '[redacted:email]', card: '4111111111111111' },
    ]);
  });
});

describe('names', () => {
  it('of placeholders and tokens are those of the detector, the policy, the path and the field', () => {
    expect(structured('joe@example.com', find(['email'], token))).toMatch(/^email:/);
    expect(structured('x', path('structuredContent.a', token))).toMatch(/^a:/);
    expect(structured({ First_Name: 'Ann' }, fields(['firstname'], token))).toEqual({
      First_Name: expect.stringMatching(/^first-name:/),
    });
    expect(structured({ 'salary (EUR)': 1 }, fields(['salary*']))).toEqual({
      'salary (EUR)': '[redacted]',
    });
  });

  it('that are masked are told nowhere', () => {
    const value = {
      'password joe@example.com': 'x',
      n: { 'joe@example.com': ['joe@example.com'] },
    };
    const { value: after, reports } = run(
      { structuredContent: value },
      find(['email']),
      fields(['password*'], token),
    );
    expect(JSON.stringify([after, reports])).not.toContain('joe');
    expect(reports.map(({ what, count, places }) => ({ what, count, places }))).toEqual([
      { what: 'password*', count: 1, places: ['structuredContent'] },
      { what: 'email', count: 3, places: ['structuredContent', 'structuredContent.n'] },
    ]);
  });

  it('of places are twenty at most, and no longer than can be read', () => {
    const long = 'n'.repeat(300);
    const many = Array.from({ length: 50 }, () => 'joe@example.com');
    const [report] = run(
      { structuredContent: { many, [long]: 'joe@example.com' } },
      find(['email']),
    ).reports;
    expect(report).toMatchObject({ count: 51 });
    expect(report?.places).toHaveLength(20);
    const [other] = run(
      { structuredContent: { [long]: 'joe@example.com' } },
      find(['email']),
    ).reports;
    expect(other?.places).toEqual(['structuredContent']);
  });

  it('of places lead into JSON that a text holds', () => {
    const { reports } = run(text('{"rows":[{"to":"joe@example.com"}]}'), find(['email']));
    expect(reports[0]?.places).toEqual(['content[0].text.rows[0].to']);
  });
});

const someMasker = fc.constantFrom<MaskerSpec>(
  redact,
  remove,
  toNull,
  token,
  keep(2, 0),
  keep(0, 3),
  keep(3, 3),
  { masker: 'hash', length: 16 },
  { masker: 'replace', value: '-' },
  { masker: 'round', to: 100 },
  { masker: 'round', to: 7 },
  { masker: 'generalize', date: 'year', ipv4: 24, ipv6: 48 },
  { masker: 'generalize', date: 'month', ipv4: 16, ipv6: 48 },
);
// Letters that no placeholder, token or digest has, each one once: what is shown of the value can be told.
const LETTERS = '\u0430\u0431\u0432\u0433\u0434\u0435\u0436\u0437\u0438\u043a\u043b\u043c\u043d';
const somePattern = fc
  .tuple(fc.nat(LETTERS.length - 1), fc.nat(LETTERS.length - 1))
  .map(([a, b]) => LETTERS.slice(Math.min(a, b), Math.max(a, b) + 1));
const someMask = fc.oneof(
  fc
    .tuple(somePattern, someMasker)
    .map(([pattern, spec]) => own(pattern, spec, `own-${pattern.length}`)),
  someMasker.map((spec) => path('structuredContent.a', spec)),
  someMasker.map((spec) => fields(['a'], spec)),
);
const someValue = fc.constantFrom<Json>(
  LETTERS,
  `see ${LETTERS} there`,
  JSON.stringify({ a: LETTERS, b: [LETTERS] }),
  { a: [LETTERS, { a: LETTERS }], b: LETTERS },
  [encodeURIComponent(LETTERS), Buffer.from(LETTERS).toString('base64')],
);
/** The letters that a reader sees, base64 and percent-encoding read. */
function lettersOf(value: Json): string {
  const shown = JSON.stringify(value) ?? '';
  const opened = [...shown.matchAll(/[A-Za-z0-9+/]{8,}={0,2}/g)].map(([one]) =>
    Buffer.from(one, 'base64').toString('utf8'),
  );
  const decoded = shown.replace(/(?:%[\dA-F]{2})+/g, (one) => {
    try {
      return decodeURIComponent(one);
    } catch {
      return one;
    }
  });
  return [...LETTERS].filter((one) => [decoded, ...opened].join().includes(one)).join('');
}

describe('masks that meet', () => {
  it.each<[string, MaskerSpec, MaskerSpec, string]>([
    // Of a finding that is too short for its masker nothing is shown, at the end of the value neither.
    ['абвгдежзикл', keep(3, 3), keep(0, 3), '***********мн'],
    ['жзикл', keep(0, 3), keep(3, 3), 'абв********мн'],
    ['абвг', keep(2, 0), keep(3, 0), 'аб***********'],
  ])('show of %s inside a value what both show', (pattern, inside, whole, expected) => {
    const masks = [own(pattern, inside), fields(['a'], whole)];
    expect(structured(LETTERS, ...masks)).toBe(expected);
    expect(structured(LETTERS, ...masks.toReversed())).toBe(expected);
  });

  it('do the same in any order', () => {
    fc.assert(
      fc.property(fc.array(someMask, { minLength: 1, maxLength: 4 }), someValue, (masks, a) => {
        const value = { structuredContent: { a }, ...text(`so: ${LETTERS}`) };
        expect(run(value, ...masks.toReversed())).toEqual(run(value, ...masks));
      }),
      { numRuns: 300 },
    );
  });

  it('never show more for one more of them', () => {
    fc.assert(
      fc.property(
        fc.array(someMask, { minLength: 1, maxLength: 3 }),
        someMask,
        someValue,
        (masks, more, a) => {
          const value = { structuredContent: { a }, ...text(`so: ${LETTERS}`) };
          const before = lettersOf(masked(value, ...masks));
          for (const letter of lettersOf(masked(value, ...masks, more))) {
            expect(before).toContain(letter);
          }
        },
      ),
      { numRuns: 600 },
    );
  });
});
