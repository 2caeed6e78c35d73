import { describe, expect, it } from 'vitest';
import { applyMasks } from '../../src/mask/mask.ts';
import { maskerOf } from '../../src/mask/masker.ts';
import { paramsPlace, resultPlace } from '../../src/mask/place/places.ts';
import { TokenMint } from '../../src/mask/token/token-mint.ts';
import { type Json, parseJson } from '../../src/model/json.ts';
import { everything, find, keep, path, redact, testContext } from '../support/masks.ts';

const toolResult = resultPlace('tools/call');
const card = '4111111111111111';
const text = (value: string) => ({ content: [{ type: 'text', text: value }] });
const masked = (value: Json, ...masks: Parameters<typeof applyMasks>[1][number][]) =>
  applyMasks(value, masks, { place: toolResult, side: 'result', context: testContext }).value;

describe('maskers', () => {
  it('redact says what stood there', () => {
    expect(maskerOf(redact, testContext, new TokenMint(testContext)).text('secret')).toBe(
      '[redacted]',
    );
    expect(
      maskerOf(redact, testContext, new TokenMint(testContext)).text('joe@example.com', 'email'),
    ).toBe('[redacted:email]');
  });

  it.each([
    [0, 4, card, '************1111'],
    [2, 0, 'abcdefgh', 'ab******'],
    [1, 1, 'abcdef', 'a****f'],
    [0, 4, 'abcdefg', '*******'],
    [0, 4, 'abcdefgh', '****efgh'],
    [0, 0, 'abc', '***'],
    [1, 1, '\u{1f600}bc\u{1f680}', '\u{1f600}**\u{1f680}'],
    [3, 3, '', ''],
  ])('keep shows at most half: first %i and last %i of %j', (first, last, value, expected) => {
    expect(maskerOf(keep(first, last), testContext, new TokenMint(testContext)).text(value)).toBe(
      expected,
    );
  });
});

describe('what is found', () => {
  it('is replaced, counted and never told', () => {
    const value = text(`joe@example.com paid by ${card}, cc joe@example.com`);
    const { value: after, reports } = applyMasks(value, [everything], {
      place: toolResult,
      side: 'result',
      context: testContext,
    });
    const line = '[redacted:email] paid by [redacted:payment-card], cc [redacted:email]';
    expect(after).toEqual(text(line));
    expect(reports).toEqual([
      { rule: 'r', what: 'email', masker: 'redact', count: 2, places: ['content[0].text'] },
      { rule: 'r', what: 'payment-card', masker: 'redact', count: 1, places: ['content[0].text'] },
    ]);
  });

  it('is left alone on the other side', () => {
    const value = text('joe@example.com');
    const mask = { ...everything, sides: ['args' as const] };
    expect(
      applyMasks(value, [mask], { place: toolResult, side: 'result', context: testContext }),
    ).toEqual({ value, reports: [], tokens: [] });
  });

  it.each<[string, Json, Json]>([
    ['a number', 4111111111111111, '[redacted:payment-card]'],
    ['a number with a fraction', parseJson('4111111111111111.0'), '[redacted:payment-card].0'],
    ['a number with an exponent', parseJson('4.111111111111111e15'), '[redacted:payment-card]'],
    ['the name of a member', { 'joe@example.com': 1 }, { '[redacted:email]': 1 }],
    [
      'names that become the same',
      { 'a@b.co': 1, 'c@d.co': 2 },
      { '[redacted:email]': 1, '[redacted:email] (2)': 2 },
    ],
    ['JSON in a text', '{"to":"joe@example.com"}', '{"to":"[redacted:email]"}'],
    ['indented JSON', '{\n\t"to": "joe@example.com"\n}\n', '{\n\t"to": "[redacted:email]"\n}\n'],
    [
      'JSON that hides it by escapes',
      '{"to":"joe\\u0040example.com"}',
      '{"to":"[redacted:email]"}',
    ],
    [
      'JSON in JSON in JSON',
      JSON.stringify([JSON.stringify([JSON.stringify(['joe\\u0040example.com'])])]).replaceAll(
        '\\\\\\\\',
        '\\\\',
      ),
      expect.not.stringContaining('example'),
    ],
    ['JSON with a member twice', '{"to":"joe@example.com","to":1}', '{"to":1}'],
    ['JSON with an escaped member twice', '{"to":"joe\\u0040example.com","to":1}', '{"to":1}'],
    ['JSON that is broken', '{"to":"joe@example.com"', '{"to":"[redacted:email]"'],
    [
      'lines of JSON',
      '{"a":"a@b.co"}\n{"a":"c@d.co"}',
      '{"a":"[redacted:email]"}\n{"a":"[redacted:email]"}',
    ],
  ])('%s', (_, value, expected) => {
    expect(masked({ structuredContent: value }, everything)).toEqual({
      structuredContent: expected,
    });
  });

  it.each([
    [
      'resource',
      { type: 'resource', resource: { uri: 'x://y', blob: b64('joe@example.com') } },
      { type: 'resource', resource: { uri: 'x://y', blob: b64('[redacted:email]') } },
    ],
    [
      'image data that is text',
      { type: 'image', mimeType: 'image/svg+xml', data: b64('<a>joe@example.com</a>') },
      { type: 'image', mimeType: 'image/svg+xml', data: b64('<a>[redacted:email]</a>') },
    ],
    [
      'JSON in a blob',
      { type: 'resource', resource: { blob: b64('{"a":"joe\\u0040example.com"}') } },
      { type: 'resource', resource: { blob: b64('{"a":"[redacted:email]"}') } },
    ],
    [
      'resource link',
      { type: 'resource_link', uri: 'x://joe@example.com/', name: 'a@b.co' },
      { type: 'resource_link', uri: 'x://[redacted:email]/', name: '[redacted:email]' },
    ],
  ])('in a %s', (_, block, expected) => {
    expect(masked({ content: [block] }, everything)).toEqual({ content: [expected] });
  });

  it('leaves bytes that are no text, and what the protocol needs', () => {
    const bytes = Buffer.from([0, 255, ...Buffer.from('joe@example.com')]).toString('base64');
    const value = {
      content: [{ type: 'audio', mimeType: 'audio/wav', data: bytes }],
      isError: false,
    };
    expect(masked(value, everything)).toBe(value);
    const listed = { tools: [{ name: 'a@b.co', description: 'a@b.co' }], nextCursor: 'a@b.co' };
    const { value: list } = applyMasks(listed, [everything], {
      place: resultPlace('tools/list'),
      side: 'result',
      context: testContext,
    });
    expect(list).toEqual({
      tools: [{ name: 'a@b.co', description: '[redacted:email]' }],
      nextCursor: 'a@b.co',
    });
  });
});

describe('what stands at a path', () => {
  it.each<[string, Json, Json]>([
    [
      'structuredContent.n',
      { structuredContent: { n: 4200 } },
      { structuredContent: { n: '[redacted]' } },
    ],
    [
      'structuredContent.n',
      { structuredContent: { n: true } },
      { structuredContent: { n: '[redacted]' } },
    ],
    [
      'structuredContent.n',
      { structuredContent: { n: { a: [1] } } },
      { structuredContent: { n: '[redacted]' } },
    ],
    ['structuredContent.n', { structuredContent: { n: null } }, { structuredContent: { n: null } }],
    [
      'structuredContent.**',
      { structuredContent: { n: [1, 'a'] } },
      { structuredContent: { n: ['[redacted]', '[redacted]'] } },
    ],
    [
      'content[*].text',
      { content: [{ type: 'text', text: 'a' }] },
      { content: [{ type: 'text', text: '[redacted]' }] },
    ],
  ])('%s of %j', (where, value, expected) => {
    expect(masked(value, path(where))).toEqual(expected);
  });

  it('is gone from the text that repeats it', () => {
    const rows = [
      { name: 'Ann', salary: 4200 },
      { name: 'Bob', salary: 7 },
    ];
    const value = {
      structuredContent: { rows },
      content: [
        { type: 'text', text: JSON.stringify({ rows }, null, 2) },
        { type: 'text', text: 'Ann earns 4200, not 14200 or 4200x; room 7' },
      ],
    };
    const after = masked(value, path('structuredContent.rows[*].salary', keep(0, 2)));
    const hidden = [
      { name: 'Ann', salary: '**00' },
      { name: 'Bob', salary: '*' },
    ];
    expect(after).toEqual({
      structuredContent: { rows: hidden },
      content: [
        { type: 'text', text: JSON.stringify({ rows: hidden }, null, 2) },
        { type: 'text', text: 'Ann earns **00, not 14200 or 4200x; room 7' },
      ],
    });
  });

  it('is gone with all that is inside', () => {
    const customer = { name: 'Ann "The" Bloggs', vip: true, city: 'a.b(c' };
    const value = {
      structuredContent: { customer },
      content: [
        { type: 'text', text: JSON.stringify({ customer }) },
        { type: 'text', text: 'true: Ann "The" Bloggs lives in a.b(c' },
      ],
    };
    expect(masked(value, path('structuredContent.customer'))).toEqual({
      structuredContent: { customer: '[redacted]' },
      content: [
        { type: 'text', text: '{"customer":"[redacted]"}' },
        { type: 'text', text: 'true: [redacted] lives in [redacted]' },
      ],
    });
  });

  it('is looked for in content only', () => {
    const value = { structuredContent: { a: 'word', b: 'word' }, _meta: { c: 'word' } };
    expect(masked(value, path('structuredContent.a'))).toEqual({
      ...value,
      structuredContent: { a: '[redacted]', b: 'word' },
    });
  });

  it('begins at the arguments where a call goes up', () => {
    const params = { name: 'query', arguments: { sql: 'x', name: 'y' } };
    const place = paramsPlace('tools/call');
    const { value } = applyMasks(params, [path('name')], {
      place,
      side: 'args',
      base: ['arguments'],
      context: testContext,
    });
    expect(value).toEqual({ name: 'query', arguments: { sql: 'x', name: '[redacted]' } });
  });

  it('can be thousands of values', () => {
    const rows = Array.from({ length: 5_000 }, (_, i) => ({ v: `value number ${i}` }));
    const value = { structuredContent: { rows }, ...text(rows.map(({ v }) => v).join('\n')) };
    const after = masked(value, path('structuredContent.rows[*].v'));
    expect(JSON.stringify(after)).not.toContain('value number');
  });
});

describe('masks that meet', () => {
  const rules = [find(['email'], keep(2, 0)), find(['email']), find(['email'], keep(0, 3))];
  it('add up to the same in any order, and the strictest wins', () => {
    for (const masks of [rules, [...rules].reverse()]) {
      expect(masked(text('joe@example.com'), ...masks)).toEqual(text('[redacted:email]'));
    }
    const keeps = [find(['email'], keep(2, 0)), find(['email'], keep(0, 3))];
    for (const masks of [keeps, [...keeps].reverse()]) {
      expect(masked(text('joe@example.com'), ...masks)).toEqual(text('*'.repeat(15)));
    }
    const paths = [path('structuredContent.a'), path('structuredContent.a', keep(0, 2))];
    for (const masks of [paths, [...paths].reverse()]) {
      expect(masked({ structuredContent: { a: 'abcdef' } }, ...masks)).toEqual({
        structuredContent: { a: '[redacted]' },
      });
    }
  });

  it('are each counted', () => {
    const masks = [find(['email']), { ...find(['email'], keep(1, 0)), rule: 's' }];
    const { reports } = applyMasks(text('joe@example.com'), masks, {
      place: toolResult,
      side: 'result',
      context: testContext,
    });
    expect(reports.map(({ rule, count }) => [rule, count]).sort()).toEqual([
      ['r', 1],
      ['s', 1],
    ]);
  });
});

function b64(value: string): string {
  return Buffer.from(value).toString('base64');
}
