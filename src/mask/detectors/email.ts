import type { Detector, Span } from '../detector.ts';

// RFC 5321, section 4.5.3.1: local part up to 64 octets, domain up to 255.
const MAX_LOCAL = 64;
const MAX_DOMAIN = 255;
const LOCAL_CHARACTER = /[\p{L}\p{N}.!#$%&'*+/=?^_`{|}~-]/u;
const DOMAIN_CHARACTER = /[\p{L}\p{N}.-]/u;
const DOMAIN =
  /^(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?\.)+[\p{L}][\p{L}\p{N}-]*[\p{L}\p{N}]$/u;

/**
 * E-mail addresses with a dotted domain, internationalised ones (RFC 6531) too.
 * It starts from each `@` and looks both ways, so text without one costs a single search.
 */
export const email: Detector = { name: 'email', find: findEmails };

function findEmails(text: string): Span[] {
  const spans: Span[] = [];
  for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', at + 1)) {
    const start = localStart(text, at, spans.at(-1)?.end ?? 0);
    const end = domainEnd(text, at + 1);
    if (start < at && end > at + 1) spans.push({ start, end });
  }
  return spans;
}

function localStart(text: string, at: number, floor: number): number {
  let start = at;
  while (start > floor && at - start < MAX_LOCAL && isLocal(text, start - 1)) start--;
  // Punctuation that quotes or ends a sentence before the address is not part of it.
  while (start < at && /[.'`{|}=/?!*&#^~]/.test(text.charAt(start))) start++;
  return start;
}

function isLocal(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  return code >= 0xd800 && code <= 0xdfff ? true : LOCAL_CHARACTER.test(text.charAt(index));
}

function domainEnd(text: string, start: number): number {
  let end = start;
  while (end < text.length && end - start < MAX_DOMAIN && DOMAIN_CHARACTER.test(text.charAt(end))) {
    end++;
  }
  while (end > start && /[.-]/.test(text.charAt(end - 1))) end--;
  return DOMAIN.test(text.slice(start, end)) ? end : start;
}
