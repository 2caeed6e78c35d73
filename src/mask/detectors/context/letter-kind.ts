/** What a character is, as bits. */
export const LETTER = 1;
export const NUMBER = 2;
export const CAPITAL = 4;
export const MARK = 8;
/** White space, as `\s` has it. */
export const SPACE = 16;
export const SMALL = 32;
const ASKED = 128;

const ASCII = 0x80;
const kinds = new Uint8Array(2 ** 16);
for (let code = 0; code < ASCII; code++) kinds[code] = ASKED | kindsOf(code);

/**
 * What the character of a code is, by the tables of Unicode, which are asked once for each. Halves of
 * surrogate pairs are nothing.
 */
export function letterKind(code: number): number {
  const known = kinds[code] ?? 0;
  return known !== 0 ? known : asked(code);
}

function asked(code: number): number {
  const kind = ASKED | kindsOf(code);
  kinds[code] = kind;
  return kind;
}

function kindsOf(code: number): number {
  const sign = String.fromCharCode(code);
  let kind = 0;
  if (/\p{L}/u.test(sign)) kind |= LETTER;
  if (/\p{N}/u.test(sign)) kind |= NUMBER;
  if (/\p{Lu}/u.test(sign)) kind |= CAPITAL;
  if (/\p{Ll}/u.test(sign)) kind |= SMALL;
  if (/\p{M}/u.test(sign)) kind |= MARK;
  if (/\s/u.test(sign)) kind |= SPACE;
  return kind;
}
