import { describe, expect, it } from 'vitest';
import { linesOf, textOf } from '../../src/cli/mask/input.ts';

async function* pieces(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}
const all = async (lines: AsyncIterable<string>) => {
  const found: string[] = [];
  for await (const line of lines) found.push(line);
  return found;
};

describe('input', () => {
  it('is bounded as a whole, and by lines', async () => {
    expect(await textOf(pieces('ab', 'cd'), 4)).toBe('abcd');
    await expect(textOf(pieces('ab', 'cde'), 4)).rejects.toMatchObject({ code: 'USAGE' });
    expect(await all(linesOf(pieces('abc\n', 'abc\n', 'abc'), 4))).toEqual(['abc', 'abc', 'abc']);
    const long = all(linesOf(pieces('abc', 'abc'), 4));
    await expect(long).rejects.toMatchObject({ code: 'USAGE' });
  });
});
