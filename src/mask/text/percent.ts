const BYTE = /%(?:25){0,16}([\da-fA-F]{2})/y;
const CONTINUATION_BITS = 0x3f;

/**
 * The character that begins at a percent sign: one byte, several of UTF-8 (RFC 3629), or `%u0040` as JavaScript's
 * `escape` writes it. A byte that begins no character is read as Latin-1.
 *
 * @param written what was matched there: one byte or `%u` and four digits
 */
export function percentText(
  text: string,
  from: number,
  written: string,
): { readonly read: string; readonly end: number } {
  const end = from + written.length;
  const digits = written.slice(written.at(-5) === 'u' ? -4 : -2);
  const code = Number.parseInt(digits, 16);
  const more = digits.length === 2 ? continuations(code) : 0;
  return (
    (more > 0 ? longer(text, end, code, more) : undefined) ?? {
      read: String.fromCharCode(code),
      end,
    }
  );
}

/** How many bytes follow the first one of a character. */
function continuations(first: number): number {
  if (first >= 0xc2 && first <= 0xdf) return 1;
  if (first >= 0xe0 && first <= 0xef) return 2;
  return first >= 0xf0 && first <= 0xf4 ? 3 : 0;
}

function longer(text: string, from: number, first: number, more: number) {
  let code = first & (CONTINUATION_BITS >> more);
  BYTE.lastIndex = from;
  let end = from;
  for (let i = 0; i < more; i++) {
    const byte = Number.parseInt(BYTE.exec(text)?.[1] ?? '', 16);
    if (Number.isNaN(byte) || byte >> 6 !== 2) return undefined;
    code = (code << 6) | (byte & CONTINUATION_BITS);
    end = BYTE.lastIndex;
  }
  return code > 0x10ffff ? undefined : { read: String.fromCodePoint(code), end };
}
