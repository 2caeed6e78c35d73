const INVISIBLE = '\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180e\\u200b-\\u200f';
const MORE_INVISIBLE = '\\u202a-\\u202e\\u2060-\\u206f\\ufe00-\\ufe0f\\ufeff';
const BLANKS = '\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const HYPHENS = '\\u2010-\\u2013\\u2212';
/** Letters, digits and signs that NFKC gives plain ones for. */
const VARIANTS = '\\u00aa\\u00b2\\u00b3\\u00b9\\u00ba\\u2024\\u2070-\\u209c\\u2100-\\u214f';
const MORE_VARIANTS = '\\u2460-\\u24ff\\ufb00-\\ufb06\\ufe50-\\ufe6b\\uff01-\\uff5e';
const PLANES = '\\u{1d400}-\\u{1d7ff}\\u{1f100}-\\u{1f16b}\\u{1fbf0}-\\u{1fbf9}';
const DIGITS = '(?![0-9])\\p{Nd}';
/** Letters with their marks apart (NFD). */
const DECOMPOSED = '[A-Za-z\\u00c0-\\u024f][\\u0300-\\u036f]{1,4}';

/** What may read as something else to a person than to a detector; for regular expressions with the flag `u`. */
export const WIDE = [
  `[${INVISIBLE}${MORE_INVISIBLE}${BLANKS}${HYPHENS}${VARIANTS}${MORE_VARIANTS}${PLANES}]`,
  DIGITS,
  DECOMPOSED,
].join('|');

const isInvisible = new RegExp(`^[${INVISIBLE}${MORE_INVISIBLE}]$`, 'u');
const isBlank = new RegExp(`^[${BLANKS}]$`, 'u');
const isHyphen = new RegExp(`^[${HYPHENS}]$`, 'u');
const isDigit = /^\p{Nd}$/u;
/** Nobody writes with more of them. */
const MAX_KNOWN = 4_096;
const known = new Map<string, string>();

/** The plain form of a character: NFKC, a digit as 0 to 9, blanks and hyphens as ASCII has them; '' of what nobody sees. */
export function compatible(character: string): string {
  const before = known.get(character);
  if (before !== undefined) return before;
  const plain = plainForm(character);
  if (known.size < MAX_KNOWN) known.set(character, plain);
  return plain;
}

function plainForm(character: string): string {
  if (isInvisible.test(character)) return '';
  if (isBlank.test(character)) return ' ';
  if (isHyphen.test(character)) return '-';
  const plain = character.normalize('NFKC');
  return isDigit.test(plain) ? digit(plain) : plain;
}

/** Unicode has the ten digits of each script in a row, the zero first. */
function digit(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  let value = 0;
  while (value < 9 && isDigit.test(String.fromCodePoint(code - value - 1))) value++;
  return String(value);
}
