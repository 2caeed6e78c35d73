import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { excerpt } from '../../src/store/search/excerpt.ts';
import { stepText } from '../../src/store/search/step-text.ts';
import { textMatch } from '../../src/store/search/text-match.ts';
import { textQuery } from '../../src/store/search/text-query.ts';
import { wordSet, wordsOf } from '../../src/store/search/words.ts';

const runs = { numRuns: Number(process.env.SEARCH_RUNS ?? 100) };
const letters = fc.constantFrom('a', 'b', 'A', '1', ' ', '-', '"', 'ab', 'ba', '. ', '_');
const textOf = (more: number) =>
  fc.array(letters, { minLength: 1, maxLength: more }).map((parts) => parts.join(''));

describe('words of a text', () => {
  it.each([
    ['Drop_TABLE users;', ['drop', 'table', 'users']],
    ['caf\u00e9 CAFE\u0301 \u00c5ngstr\u00f6m', ['cafe', 'cafe', 'angstrom']],
    [
      '\u6771\u4eac\u30bf\u30ef\u30fcabc',
      ['\u6771', '\u4eac', '\u30bf', '\u30ef', '\u30fc', 'abc'],
    ],
    ['\u0939\u093f\u0928\u094d\u0926\u0940', ['\u0939\u093f\u0928\u094d\u0926\u0940']],
    ['\ufb01le \uff21\uff22', ['file', 'ab']],
    ['12.50 \u2460', ['12', '50', '1']],
    ['\ud83d\ude00 \ue000 ---', []],
  ])('of %s', (text, words) => {
    expect(wordsOf(text).map(({ word }) => word)).toEqual(words);
    expect([...wordSet(text)]).toEqual([...new Set(words)]);
  });

  it('stand where they say', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        let end = 0;
        for (const { word, from, to } of wordsOf(text)) {
          expect(from).toBeGreaterThanOrEqual(end);
          expect(wordsOf(text.slice(from, to)).map((one) => one.word)).toEqual([word]);
          end = to;
        }
      }),
      runs,
    );
  });
});

describe('looking for words in a text', () => {
  it('finds the same in ASCII as elsewhere', () => {
    fc.assert(
      fc.property(textOf(20), textOf(5), fc.boolean(), (text, words, isPrefix) => {
        fc.pre(/[a-z0-9]/i.test(words));
        const query = textQuery(`"${words.replaceAll('"', ' ')}"${isPrefix ? '*' : ''}`);
        // A character beyond ASCII, behind a blank, has the text taken apart into words.
        expect(textMatch(query, text)).toEqual(textMatch(query, `${text} \u2014`));
      }),
      { numRuns: runs.numRuns * 5 },
    );
  });

  it('takes what is 512 characters long and has no blank for data, and nothing shorter', () => {
    const length = fc.oneof(fc.integer({ min: 505, max: 520 }), fc.integer({ max: 1_600, min: 1 }));
    const pieces = fc.array(fc.tuple(fc.constantFrom(' ', '"', '\u00e4', '. '), length), {
      ...{ minLength: 1, maxLength: 6 },
    });
    fc.assert(
      fc.property(pieces, fc.constantFrom('a', 'Z', '9', '+', '/', '_', '-'), (made, character) => {
        const all = made.map(([before, size]) => [before, character.repeat(size)] as const);
        const given = all.map((pair) => pair.join('')).join('');
        const kept = all.map(([before, run]) => before + (run.length < 512 ? run : ' \u2026 '));
        expect(stepText({ kind: 'received', payload: given })).toBe(kept.join(''));
      }),
      runs,
    );
  });

  it('is linear in texts that are made to be slow', () => {
    const text = stepText({ kind: 'received', payload: `${'a'.repeat(500)} `.repeat(4_000) });
    const query = textQuery(`"${'a '.repeat(50)}b"* OR ${'a'.repeat(400)}b OR ${'a'.repeat(450)}`);
    expect(textMatch(query, text)).toBeUndefined();
    const data = stepText({ kind: 'received', payload: `${'a'.repeat(511)}.`.repeat(4_000) });
    expect(data).toHaveLength(512 * 4_000);
  });
});

describe('an excerpt', () => {
  it('has what was found, on one line, and no half characters', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 300 });
    fc.assert(
      fc.property(text, text, (before, behind) => {
        const whole = `${before} needle ${behind}`;
        const from = before.length + 1;
        const shown = excerpt(whole, { from, to: from + 6 });
        expect(shown).toContain('needle');
        expect(shown).not.toMatch(/[\r\n]/);
        expect(shown.length).toBeLessThan(140);
        expect(shown.isWellFormed()).toBe(true);
      }),
      runs,
    );
  });
});
