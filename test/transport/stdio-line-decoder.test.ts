import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineDecoder } from '../../src/transport/stdio/line-decoder.ts';

function decode(chunks: readonly Uint8Array[], limit = 1_000) {
  const lines: string[] = [];
  const tooLong: string[] = [];
  const decoder = new LineDecoder(limit, (start) => tooLong.push(Buffer.from(start).toString()));
  for (const chunk of chunks) {
    for (const line of decoder.push(chunk)) lines.push(Buffer.from(line).toString());
  }
  for (const line of decoder.end()) lines.push(Buffer.from(line).toString());
  return { lines, tooLong };
}

/** Cuts bytes at the given places. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const edges = [0, ...places.map((place) => place % (bytes.length + 1)), bytes.length];
  const sorted = edges.sort((a, b) => a - b);
  return sorted.slice(1).map((end, i) => bytes.subarray(sorted[i], end));
}

describe('LineDecoder', () => {
  it('reads the same lines wherever the chunks are cut', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1 }).filter((s) => !/[\r\n]/.test(s));
    const line = fc.tuple(text, fc.constantFrom('\n', '\r\n'));
    fc.assert(
      fc.property(fc.array(line), fc.array(fc.nat()), (lines, places) => {
        const bytes = Buffer.from(lines.map((parts) => parts.join('')).join(''));
        expect(decode(cut(bytes, places), 10_000).lines).toEqual(lines.map(([each]) => each));
      }),
    );
  });

  it('leaves out lines over the limit and nothing else, wherever the chunks are cut', () => {
    const lines = fc.array(
      fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 12 }),
    );
    fc.assert(
      fc.property(lines, fc.array(fc.nat()), (all, places) => {
        const { lines: read, tooLong } = decode(cut(Buffer.from(`${all.join('\n')}\n`), places), 6);
        expect(read).toEqual(all.filter((line) => line.length <= 6));
        expect(tooLong).toHaveLength(all.length - read.length);
      }),
    );
  });

  it('reads a last line that nothing ends', () => {
    expect(decode([Buffer.from('one\ntwo')]).lines).toEqual(['one', 'two']);
  });
});
