import { describe, expect, it } from 'vitest';
import { wrap } from '../../src/cli/transcripts/wrap.ts';

describe('lines that are too long', () => {
  const cases = [
    ['breaks at the last space that fits', 'aaa bbb ccc', ['aaa bbb', 'ccc']],
    ['takes a word whole to the next line, also a long one', 'a bbbbbbb', ['a', 'bbbbbbb']],
    ['cuts a word that fits no line', 'a bbbbbbbbbbbb', ['a bbbbbb', 'bbbbbb']],
    ['keeps the indent', '  aaa bbb', ['  aaa', '  bbb']],
    ['cuts a long word behind an indent', '  aaaaaaaaaa', ['  aaaaaa', '  aaaa']],
  ] as const;
  it.each(cases)('%s', (_, line, pieces) => {
    expect(wrap(line, 8)).toEqual(pieces);
  });
});
