import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SecretKind } from '../../../src/mask/detectors/secrets/mark.ts';
import { MarkSearch } from '../../../src/mask/detectors/secrets/mark-search.ts';

const spanAt = () => undefined;
const kind = (name: string, ...words: readonly string[]): SecretKind => ({
  name,
  needs: {},
  marks: words.map((word) => ({ word, inside: true, spanAt })),
});

describe('the search for marks', () => {
  it('finds what a search for each word by itself finds', () => {
    const word = fc.string({ unit: fc.constantFrom(...'abA_-é密'), minLength: 3, maxLength: 6 });
    const text = fc.string({ unit: fc.constantFrom(...'abA_-é密 '), maxLength: 200 });
    fc.assert(
      fc.property(fc.uniqueArray(word, { minLength: 1, maxLength: 8 }), text, (words, within) => {
        const search = new MarkSearch([kind('one', ...words)]);
        const hits = search.hits(within, 0);
        const found = Array.from(
          { length: hits.length / 2 },
          (_, i) => `${hits[i * 2]} ${words[hits[i * 2 + 1] ?? -1]}`,
        );
        const expected = [...within].flatMap((_, at) =>
          words.filter((one) => within.startsWith(one, at)).map((one) => `${at} ${one}`),
        );
        expect(found.sort()).toEqual(expected.sort());
      }),
    );
  });

  it('tells kinds apart, in one pass', () => {
    const search = new MarkSearch([kind('one', 'abc'), kind('two', 'bcd', 'xyz')]);
    expect(search.hits('abcd xyz', 0)).toEqual([0, 0]);
    expect(search.hits('abcd xyz', 1)).toEqual([1, 0, 5, 1]);
    expect(search.hits('', 1)).toEqual([]);
    expect(search.hits('abc', 1)).toEqual([]);
  });

  it('takes no word from within another, unless it may, or an escape ends before it', () => {
    const search = new MarkSearch([{ name: 'one', needs: {}, marks: [{ word: 'abc', spanAt }] }]);
    expect(search.hits('xabc 1abc _abc\\nabc\\xabc', 0)).toEqual([11, 0, 16, 0]);
  });

  it('takes any case where that is no difference', () => {
    const mark = { word: 'пароль', anyCase: true, inside: true, spanAt } as const;
    const search = new MarkSearch([{ name: 'one', needs: {}, marks: [mark] }]);
    expect(search.hits('ПАРОЛЬ Пароль пароль', 0)).toEqual([0, 0, 7, 0, 14, 0]);
  });
});
