import type { Detector, Span } from '../detector.ts';
import { isDigit, isLetter } from './context/ascii.ts';

// RFC 5321, section 4.5.3.1: local part up to 64 octets, domain up to 255.
/** As in `a@b.cd`. */
const MIN_LENGTH = 6;
const MAX_LOCAL = 64;
const MAX_DOMAIN = 255;
// Decomposed letters (NFD) end in marks (M), and invisible characters (Cf) part what a reader sees
// as one.
const LOCAL_CHARACTER = /[\p{L}\p{N}.!#$%&'*+/=?^_`{|}~-]/u;
const HIDDEN = /[\p{M}\p{Cf}]/u;
const LABEL = /\p{Cf}*[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}\p{Cf}-]*[\p{L}\p{N}\p{M}\p{Cf}])?/uy;
const TOP_LABEL = /^\p{Cf}*(?:xn--|\p{L}\P{Nd}+$)/u;
/** Names of no domain: `icon@2x.png`. */
const SCALED = /^[1-9](?:\.\d)?x\.[a-z]{3,4}$/;
/** Punctuation that quotes or ends a sentence before the address is not part of it. */
const NO_BEGINNING = /[.'`{|}=/?!*&#^~\p{M}\p{Cf}]/u;
// Most addresses are of ASCII, for which tables answer.
const ASCII = 128;
const LOCAL = tableOf(LOCAL_CHARACTER);
const BEGINS_NOT = tableOf(NO_BEGINNING);
const [HYPHEN, DOT, SLASH, ZERO, NINE, COLON, EQUALS] = [45, 46, 47, 48, 57, 58, 61];

// `ADMIN_EMAIL=ana@example.com`: what stands before the sign is a name. In a local part it is rare
// ("bounce+ana=example.com").
const NAMED = /^[\w.-]{1,63}=(?=.)/;
const PASSWORD = /[A-Za-z\d+.-]:\/\/[^\s:@/]*:$/;
// `https://x.test/?u=ana@example.com`: in the path or query of a URL, what parts it begins the address.
const IN_URL = /^\/\/|[?&][^?&=]*=/;
const BEFORE_LAST_PART = /^.*[/?&#=](?=.)/s;

/**
 * E-mail addresses with a dotted domain, internationalised ones (RFC 6531) too.
 * The password of a URL (`mysql://app:secret@db.internal`) is none, and neither are a
 * repository's place (`git@host.example:team/app.git`) and a picture's file (`icon@2x.png`). It starts from
 * each `@` and looks both ways, so text without one costs a single search.
 */
export const email: Detector = {
  name: 'email',
  needs: { length: MIN_LENGTH, characters: '@' },
  find: findEmails,
};

function findEmails(text: string): Span[] {
  const spans: Span[] = [];
  for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', at + 1)) {
    const start = localStart(text, at, spans.at(-1)?.end ?? 0);
    const end = start < at && !isPassword(text, start) ? domainEnd(text, at + 1) : at;
    if (end > at + 1 && !isOther(text, start, at, end)) spans.push({ start, end });
  }
  return spans;
}

// An `@` is no local character, so each stretch of text is walked over once, however long it is.
function localStart(text: string, at: number, floor: number): number {
  let start = at;
  for (let length = 0; start > floor && length < MAX_LOCAL; start--) {
    if (isLocal(text, start - 1)) length++;
    else if (text.charCodeAt(start - 1) < ASCII || !HIDDEN.test(text.charAt(start - 1))) break;
  }
  start += lengthBefore(text, start, at);
  while (start < at && isNoBeginning(text, start)) start++;
  return start;
}

/** How much of what could be a local part is a name or a URL in front of it. */
function lengthBefore(text: string, start: number, at: number): number {
  let parted = text.charCodeAt(start) === SLASH;
  for (let i = start; i < at && !parted; i++) parted = text.charCodeAt(i) === EQUALS;
  if (!parted) return 0;
  const local = text.slice(start, at);
  const before = IN_URL.test(local) ? BEFORE_LAST_PART.exec(local) : NAMED.exec(local);
  return before?.[0].length ?? 0;
}

function isOther(text: string, start: number, at: number, end: number): boolean {
  const first = text.charCodeAt(at + 1);
  if (first > ZERO && first <= NINE && SCALED.test(text.slice(at + 1, Math.min(end, at + 10))))
    return true;
  return at - start === 3 && text.startsWith('git', start) && /[:/]/.test(text.charAt(end));
}

/** True where a local part is the password of a URL: `mysql://app:secret@db.internal`. */
function isPassword(text: string, start: number): boolean {
  if (text.charCodeAt(start - 1) !== COLON) return false;
  return PASSWORD.test(text.slice(Math.max(0, start - MAX_LOCAL), start));
}

function isLocal(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  if (code < ASCII) return LOCAL[code] === 1;
  return code >= 0xd800 && code <= 0xdfff ? true : LOCAL_CHARACTER.test(text.charAt(index));
}

function isNoBeginning(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  return code < ASCII ? BEGINS_NOT[code] === 1 : NO_BEGINNING.test(text.charAt(index));
}

/** The end of the longest domain that begins here, or `start` where none does. */
function domainEnd(text: string, start: number): number {
  const most = Math.min(text.length, start + MAX_DOMAIN);
  let best = start;
  for (let i = start; i < most; i++) {
    const from = i;
    let end = i;
    let hasDigit = false;
    for (let code = text.charCodeAt(i); i < most; code = text.charCodeAt(++i)) {
      if (code >= ASCII) return wideDomainEnd(text, start);
      if (isDigit(code)) hasDigit = true;
      else if (!isLetter(code)) {
        // A label neither begins nor ends with a hyphen.
        if (code !== HYPHEN || i === from) break;
        continue;
      }
      end = i + 1;
    }
    if (end === from) break;
    if (from > start && isTopLabel(text, from, end, hasDigit)) best = end;
    if (end !== i || text.charCodeAt(i) !== DOT) break;
  }
  return best;
}

/** As `TOP_LABEL`, of ASCII. */
function isTopLabel(text: string, from: number, end: number, hasDigit: boolean): boolean {
  if (!hasDigit) return end - from > 1;
  return end - from >= 4 && text.startsWith('xn--', from);
}

/** As `domainEnd`, for letters of all scripts. */
function wideDomainEnd(text: string, start: number): number {
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

function tableOf(pattern: RegExp): Uint8Array {
  return Uint8Array.from({ length: ASCII }, (_, code) =>
    Number(pattern.test(String.fromCharCode(code))),
  );
}
