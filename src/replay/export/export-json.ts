import { visibleJson } from '../../model/visible.ts';

/** Two escapes that are one character together, half of such a pair, or any other escape. */
const ESCAPE = /\\(?:u(d[89ab][0-9a-f]{2})\\ud[c-f][0-9a-f]{2}|u(d[89a-f][0-9a-f]{2})|.)/g;
/** REPLACEMENT CHARACTER. */
const NO_CHARACTER = '\\ufffd';

/**
 * JSON text for other programs: on one line, safe to print, and without halves of characters, which I-JSON forbids (RFC
 * 7493, section 2.1). Many parsers refuse a whole batch for one, so that whoever sends one would stop an export.
 */
export function exportJson(value: unknown): string {
  const text = visibleJson(value);
  if (!text.includes('\\ud')) return text;
  // JSON.stringify writes halves, and nothing else of their range, as escapes in lower case (ECMA-262, 25.5.2.3).
  return text.replace(ESCAPE, (found, _pair, half) => (half === undefined ? found : NO_CHARACTER));
}
