/** Control, format and separator characters, fillers and variation selectors: what a terminal obeys, or nobody sees. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{DI}\u2800]/gu;
/** The same without what JSON.stringify escapes or lays lines out with. */
const HIDDEN_IN_JSON = /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}\p{DI}\u2800]/gu;
const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * Text for one line of a terminal. What it would obey (escape sequences, line ends) or hide (bidirectional overrides,
 * zero-width characters, tags) is written as an escape, such as `\x1b` or `\u{e0041}`.
 */
export function visible(text: string): string {
  return text.replace(HIDDEN, (character) => SHORT[character] ?? escaped(character));
}

/** Text for several lines: its line ends count, tabs become spaces, all else is as in {@link visible}. */
export function visibleLines(text: string): string[] {
  return text.split(/\r?\n/).map((line) => visible(line.replaceAll('\t', '    ')));
}

/** JSON text that means the same and is safe to print. */
export function visibleJson(value: unknown, indent?: number): string {
  const text = JSON.stringify(value, null, indent) ?? 'null';
  return text.replace(HIDDEN_IN_JSON, (character) =>
    // Two units each for what lies beyond the basic plane (RFC 8259, section 7).
    Array.from({ length: character.length }, (_, i) => unit(character.charCodeAt(i))).join(''),
  );
}

function unit(code: number): string {
  return `\\u${code.toString(16).padStart(4, '0')}`;
}

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  if (code < 0x100) return `\\x${hex.padStart(2, '0')}`;
  return code > 0xffff ? `\\u{${hex}}` : unit(code);
}
