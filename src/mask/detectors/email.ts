import type { Detector, Span } from '../detector.ts';

// RFC 5321, section 4.5.3.1: local part up to 64 octets, domain up to 255.
const MAX_LOCAL = 64;
const MAX_DOMAIN = 255;
const LOCAL_CHARACTER = /[\p{L}\p{N}.!#$%&'*+/=?^_`{|}~-]/u;
const LABEL = /[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?/uy;
const TOP_LABEL = /^\p{L}./u;

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

/** The end of the longest domain that begins here, or `start` where none does. */
function domainEnd(text: string, start: number): number {
  const limit = text.slice(start, start + MAX_DOMAIN);
  let best = 0;
  for (let from = 0; ; ) {
    LABEL.lastIndex = from;
    const label = LABEL.exec(limit)?.[0];
    if (label === undefined) break;
    if (from > 0 && TOP_LABEL.test(label)) best = from + label.length;
    from += label.length + 1;
    if (limit[from - 1] !== '.') break;
  }
  return start + best;
}
