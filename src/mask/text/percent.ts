import { hexAt, hexValue } from './hex.ts';

const PERCENT_SIGN = 0x25;
const [TWO, FIVE, U] = [0x32, 0x35, 0x75];
const CONTINUATION_BITS = 0x3f;
/** So often a percent sign may be encoded again (`%252540`) to be read at once. */
const MAX_AGAIN = 16;

/**
 * Where one percent-encoded byte ends, or what JavaScript's `escape` writes (`%u0040`).
 *
 * @returns the index itself where there is none
 */
export function percentEnd(text: string, from: number): number {
  if (text.charCodeAt(from) !== PERCENT_SIGN) return from;
  let at = from + 1;
  const most = at + 2 * MAX_AGAIN;
  while (at < most && text.charCodeAt(at) === TWO && text.charCodeAt(at + 1) === FIVE) at += 2;
  if (hexAt(text, at, 2)) return at + 2;
  if (at > from + 1) return at;
  return text.charCodeAt(at) === U && hexAt(text, at + 1, 4) ? at + 5 : from;
}

/**
 * The character that begins at a percent sign: one byte, several of UTF-8 (RFC 3629), or `%u0040`. A byte that begins no
 * character is read as Latin-1.
 *
 * @param end where the first byte ends
 */
export function percentCharacter(
  text: string,
  from: number,
  end: number,
): { readonly code: number; readonly end: number } {
  if (text.charCodeAt(from + 1) === U) return { code: hexValue(text, from + 2, end), end };
  const code = hexValue(text, end - 2, end);
  const more = continuations(code);
  return (more > 0 ? longer(text, end, code, more) : undefined) ?? { code, end };
}

/** How many bytes follow the first one of a character. */
function continuations(first: number): number {
  if (first >= 0xc2 && first <= 0xdf) return 1;
  if (first >= 0xe0 && first <= 0xef) return 2;
  return first >= 0xf0 && first <= 0xf4 ? 3 : 0;
}

function longer(text: string, from: number, first: number, more: number) {
  let code = first & (CONTINUATION_BITS >> more);
  let end = from;
  for (let i = 0; i < more; i++) {
    const next = percentEnd(text, end);
    if (next === end || text.charCodeAt(end + 1) === U) return undefined;
    const byte = hexValue(text, next - 2, next);
    if (byte >> 6 !== 2) return undefined;
    code = (code << 6) | (byte & CONTINUATION_BITS);
    end = next;
  }
  return code > 0x10ffff ? undefined : { code, end };
}
