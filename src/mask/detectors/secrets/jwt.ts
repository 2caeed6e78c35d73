import { isUrlSafe } from '../context/ascii.ts';
import type { Mark, SecretKind } from './mark.ts';

// What `{"`, `{ "` and `{` with a line end begin with in base64url: "eyJ", "eyAi", "ewog", "ewoJ", "ew0K".
const beginnings = ['eyJ', 'eyAi', 'ewog', 'ewoJ', 'ew0K'];
/** Headers are small; with certificates in them they may reach this. */
const MAX_HEADER = 16_384;
/** `{"alg":"x"}` in base64. */
const MIN_HEADER = 15;

/**
 * JSON Web Tokens, signed (RFC 7515, three parts), encrypted (RFC 7516, five) or unsecured (an empty last part).
 * The header must decode to a JSON object with `alg`. One whose signature was cut off is found as well.
 */
export const jwt: SecretKind = {
  name: 'jwt',
  needs: { length: 20, characters: '.' },
  marks: beginnings.map((word): Mark => ({ word, spanAt: (text, at) => tokenAt(text, at) })),
};

function tokenAt(text: string, start: number) {
  const before = text.charCodeAt(start - 1);
  // In the middle of base64url no token begins; so each run of characters is read once.
  if (before === 95 || before === 45) return undefined;
  let end = partEnd(text, start);
  if (text[end] !== '.' || end - start > MAX_HEADER || !isHeader(text.slice(start, end))) {
    return undefined;
  }
  let parts = 1;
  while (parts < 5 && text[end] === '.') {
    const next = partEnd(text, end + 1);
    // A full stop that ends a sentence is no part; between parts of an encrypted token nothing may stand.
    if (next === end + 1 && text[next] !== '.') break;
    parts++;
    end = next;
  }
  if (parts < 2) return undefined;
  return { start, end: parts === 2 && text[end] === '.' ? end + 1 : end };
}

function partEnd(text: string, from: number): number {
  let end = from;
  while (isUrlSafe(text.charCodeAt(end))) end++;
  return end;
}

function isHeader(part: string): boolean {
  if (part.length < MIN_HEADER) return false;
  const written = Buffer.from(part, 'base64url').toString('utf8');
  if (!written.includes('"alg"') || !written.trimEnd().endsWith('}')) return false;
  try {
    const header: unknown = JSON.parse(written);
    return (
      typeof header === 'object' &&
      header !== null &&
      'alg' in header &&
      typeof header.alg === 'string'
    );
  } catch {
    return false;
  }
}
