import { describe, expect, it } from 'vitest';
import { detectors } from '../../src/mask/detectors.ts';
import { applyMasks } from '../../src/mask/mask.ts';
import { resultPlace } from '../../src/mask/place/places.ts';
import type { Json } from '../../src/model/json.ts';
import { everything, fields, path, testContext } from '../support/masks.ts';

// What takes more than linear time on one of these doesn't end within the time limit of a test.
const SIZE = 1_000_000;
/** Enough to tell, where many detectors look at many texts. */
const LESS = 250_000;
const fill = (part: string, size = SIZE) => part.repeat(Math.ceil(size / part.length));
const text = (value: string) => ({ content: [{ type: 'text', text: value }] });
const masked = (value: Json, mask = everything) =>
  JSON.stringify(
    applyMasks(value, [mask], {
      place: resultPlace('tools/call'),
      side: 'result',
      context: testContext,
    }).value,
  );

const parts = [
  ...['@', 'a@', 'a@a.a', 'a.', 'a-', '@-', 'e\u0301@', '\u0301', '\u200b', '\u200b@', '\ud800'],
  ...['4', '4 ', '4-', '4\u200b', '4\u200b ', '\u00a0', '4111111111111112 ', '4111 1111 1111 '],
  ...[' ', '\n', '\\', '\\\\u', '\\u0040', '"', '\\"', '[', '{"', '[{', '":'],
  ...[
    '%',
    '%25',
    '%41',
    '%C3',
    '%2525',
    '&',
    '&amp;',
    '&#',
    '&#64;',
    '+a',
    'A',
    'QUFB',
    'a-',
    'A/',
  ],
  ...[':', 'a:', 'ssn:', 'ssn:"', 'ssn:{', 'ssn=', 'ssn: a, ', 'a b c d e:', '\uff10', 'e\u0301'],
];

describe('a megabyte', () => {
  it.each(parts)('of %j is searched by every detector', (part) => {
    for (const { find } of detectors.values()) {
      expect(find(fill(part, LESS)).length).toBeLessThanOrEqual(SIZE);
    }
  });

  it.each(parts)('of %j is masked, in JSON and as it is', (part) => {
    const json = `{"m":"joe@example.com","a":${JSON.stringify(fill(part, LESS))}}`;
    expect(masked(text(fill(part, LESS)), fields(['ssn', '*word*']))).toContain('content');
    expect(masked(text(json))).not.toContain('joe@');
    expect(masked(text(`joe@example.com ${fill(part, LESS)}`))).not.toContain('joe@');
    expect(masked({ content: [{ type: 'image', data: `${fill(part, LESS)}!` }] })).toContain(
      'image',
    );
  });

  it('of blanks inside JSON is written anew', () => {
    const blanks = ' '.repeat(SIZE);
    expect(masked(text(`{"a":${blanks}"joe@example.com"}\n `))).toBe(
      JSON.stringify(text('{"a":"[redacted:email]"}\n ')),
    );
    expect(masked(text(`{"a":${blanks}1,"a":2}`), path('content[*].text.b'))).toBe(
      JSON.stringify(text('{"a":2}')),
    );
  });

  it('of member names that become the same keeps every member', () => {
    const names = Array.from({ length: 60_000 }, (_, i) => [`a${i}@example.com`, i]);
    const after = masked({ structuredContent: Object.fromEntries(names) });
    expect(after).toContain('"[redacted:email] (60000)":59999');
  });

  it('of elements does not become a hundred by indentation', () => {
    const nested = `[\n          ${'['.repeat(60)}${fill('1,')}"joe@example.com"${']'.repeat(61)}`;
    expect(masked(text(nested)).length).toBeLessThan(2 * SIZE);
  });

  it.each<[string, string[], string]>([
    ['many values', Array.from({ length: 50_000 }, (_, i) => `value number ${i}`), 'value number '],
    ['one long value', [`${fill('aaaa ')}b`], 'aaaa '],
    [
      'values of every length',
      Array.from({ length: 1_400 }, (_, i) => `${'aaaa '.repeat(i / 5 + 1)}${'b'.repeat(i % 5)}`),
      'aaaa ',
    ],
  ])('is searched for %s that were masked', (_, values, part) => {
    const value = { structuredContent: { values }, ...text(`${fill(part)}${values.at(-1)}`) };
    const after = masked(value, path('structuredContent.values'));
    expect(after).not.toContain(`${values.at(-1)}"`);
  });
});
