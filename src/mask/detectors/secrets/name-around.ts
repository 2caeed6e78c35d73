import type { Span } from '../../detector.ts';

/** A name longer than that, on either side of the word it is known by, is no name. */
const MAX_SIDE = 64;
const NAME_CHARACTER = /[\p{L}\p{M}\p{N}_.$-]/u;
const ASCII_NAME = Uint8Array.from({ length: 128 }, (_, code) =>
  Number(NAME_CHARACTER.test(String.fromCharCode(code))),
);

/** The name that a word is part of; where that would be too long, an index before which there is none. */
export function nameAround(text: string, at: number, length: number): Span | number {
  const from = at + length;
  let end = from;
  while (isName(text, end)) if (++end - from > MAX_SIDE) return at + MAX_SIDE / 2;
  let start = at;
  while (isName(text, start - 1)) if (at - --start > MAX_SIDE) return from;
  return { start, end };
}

function isName(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  return code < 128 ? ASCII_NAME[code] === 1 : NAME_CHARACTER.test(text.charAt(index));
}
