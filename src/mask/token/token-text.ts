import type { Span } from '../detector.ts';

/** Crockford's base 32, in lower case. */
export const TOKEN_DIGITS = '0123456789abcdefghjkmnpqrstvwxyz';
/** Digits after the colon: 80 bits. */
export const TOKEN_LENGTH = 16;
const MAX_LABEL = 32;

/** What a character can be in a token. */
const IN_LABEL = 1;
const IN_DIGEST = 2;
/** No token begins or ends beside it. */
const IN_WORD = 4;

const roles = new Uint8Array(128);
for (const one of 'abcdefghijklmnopqrstuvwxyz0123456789-') mark(one, IN_LABEL);
for (const one of TOKEN_DIGITS) mark(one, IN_DIGEST);
for (const one of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_')
  mark(one, IN_WORD);

function mark(one: string, role: number): void {
  const code = one.charCodeAt(0);
  roles[code] = (roles[code] ?? 0) | role;
}

/** True of a text that is a token from its first to its last character. */
export function isTokenText(text: string): boolean {
  const [span] = findTokens(text);
  return span !== undefined && span.start === 0 && span.end === text.length;
}

/**
 * The stretches of a text that look as tokens do: a label, a colon, 16 digits. It takes a look at what stands around
 * each colon, at most 50 characters.
 */
export function findTokens(text: string): Span[] {
  return stretches(text, ':');
}

/** A token that somebody sends. */
export interface SentToken extends Span {
  readonly token: string;
  /** Its colon is `%3A`, so it is a part of a URL, or of a form (RFC 3986, section 2.1). */
  readonly inUrl: boolean;
}

/** The same, with those that are percent-encoded, or written as addresses; in order. */
export function findSentTokens(text: string): SentToken[] {
  const plain = stretches(text, ':');
  const others = [...stretches(text, '%3A'), ...stretches(text, '%3a'), ...addresses(text)];
  return others.length === 0 ? plain : [...plain, ...others].sort((a, b) => a.start - b.start);
}

/** Nobody has a mailbox there (RFC 2606, section 2). */
const ADDRESS_END = '@token.invalid';

/** A token as an e-mail address, for places that take nothing else: `person-id.7f3a…@token.invalid`. */
export function tokenAddress(token: string): string {
  return token.replace(':', '.') + ADDRESS_END;
}

function addresses(text: string): SentToken[] {
  const found: SentToken[] = [];
  for (let at = text.indexOf(ADDRESS_END); at !== -1; at = text.indexOf(ADDRESS_END, at + 1)) {
    const dot = at - TOKEN_LENGTH - 1;
    if (text[dot] !== '.' || digestEnd(text, dot + 1) !== at) continue;
    const start = labelStart(text, dot);
    if (start === dot) continue;
    const token = `${text.slice(start, dot)}:${text.slice(dot + 1, at)}`;
    found.push({ start, end: at + ADDRESS_END.length, token, inUrl: false });
  }
  return found;
}

function stretches(text: string, colon: string): SentToken[] {
  const found: SentToken[] = [];
  const inUrl = colon !== ':';
  for (let at = text.indexOf(colon); at !== -1; at = text.indexOf(colon, at + 1)) {
    const start = labelStart(text, at);
    if (start === at) continue;
    const end = digestEnd(text, at + colon.length);
    if (end === -1) continue;
    const written = text.slice(start, end);
    found.push({ start, end, token: inUrl ? written.replace(colon, ':') : written, inUrl });
    at = end - 1;
  }
  return found;
}

/** Where the label before a colon begins; the colon's own place where there is none, or one that is too long. */
function labelStart(text: string, colon: number): number {
  let start = colon;
  while (start > 0 && colon - start <= MAX_LABEL + 2 && is(text, start - 1, IN_LABEL)) start--;
  // What is percent-encoded before it is no part of it; in ASCII that begins with a digit.
  if (text[start - 1] === '%' && /^[0-7][\da-f]/.test(text.slice(start, start + 2))) start += 2;
  else if (is(text, start - 1, IN_WORD)) return colon;
  return colon - start <= MAX_LABEL && start < colon ? start : colon;
}

/** Where 16 digits end that begin here and no 17th character of a word follows; -1 where they don't. */
function digestEnd(text: string, start: number): number {
  const end = start + TOKEN_LENGTH;
  if (end > text.length || is(text, end, IN_WORD)) return -1;
  for (let i = start; i < end; i++) if (!is(text, i, IN_DIGEST)) return -1;
  return end;
}

function is(text: string, index: number, role: number): boolean {
  const code = text.charCodeAt(index);
  return code < 128 && ((roles[code] ?? 0) & role) !== 0;
}
