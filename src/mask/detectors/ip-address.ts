import { isIP } from 'node:net';
import type { Detector, Span } from '../detector.ts';
import { isDigit, isHex, isLetter, isWord } from './context/ascii.ts';
import { topicsAround } from './context/topics.ts';
import { inVisible } from './context/visible-text.ts';

const DOT = 46;
const HYPHEN = 45;
const COLON = 58;
const V4 = /\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}/y;
// One class, so nothing steps back; 45 characters are the longest address.
const V6 = /[\da-f:.]{2,48}/iy;
const ZONE = /%[\w.~-]{1,32}/y;
const SUFFIX = /\/\d{1,3}(?![\d.])/y;
/**
 * Beginnings of addresses in use or reserved for a use: global, private, link-local, multicast,
 * mapped, translated, discard.
 */
const V6_IN_USE = /^(?:::|[23][\da-f]{3}:|f[cdef][\da-f]{2}:|64:ff9b:|100::)/i;
/** The name of a program in front of its version: `Chrome/120.0.6.1`. */
const PRODUCT = /(?:^|[^\w/.-])[A-Z]\w{0,24}\/$/;
const REVISION = /^-\d{1,3}(?![\d.])/;
const PAIRS = /^(?:[\da-f]{2}:){7}[\da-f]{2}$/i;

/**
 * IP addresses: IPv4 with four decimal parts, IPv6 in every form of RFC 4291 with its zone
 * (`%eth0`), both with the length of a CIDR prefix. Not found: version numbers (`v1.2.3.4`,
 * `version 1.2.3.4`, `Chrome/120.0.0.0`, `pkg-1.2.3.4`), sections, OIDs, longer dotted numbers,
 * `a::b` of programs, and the unspecified address `::`.
 */
export const ipAddress: Detector = {
  name: 'ip-address',
  needs: { length: 3, digits: 1, characters: '.:' },
  find: inVisible(findAddresses),
};

function findAddresses(text: string, field?: string): Span[] {
  const spans = text.includes(':') ? findV6(text) : [];
  const six = spans.length;
  if (text.includes('.')) findV4(text, field, spans);
  return six > 0 && spans.length > six ? inOrder(spans) : spans;
}

/** From each dot between digits: the digits in front of it begin the address. */
function findV4(text: string, field: string | undefined, spans: Span[]): void {
  let before = -1;
  for (let at = text.indexOf('.', 1), next = 0; at !== -1; at = text.indexOf('.', next)) {
    next = at + 1;
    if (!isDigit(text.charCodeAt(at + 1)) || !isDigit(text.charCodeAt(at - 1))) continue;
    const start = digitsStart(text, at);
    V4.lastIndex = start;
    if (!V4.test(text)) continue;
    const end = V4.lastIndex;
    next = end;
    if (isIP(text.slice(start, end)) !== 4 || !isWhole(text, start, end)) continue;
    const joined = text.charAt(start - 1) === '-' && before === start - 1;
    if (!joined && !isAddress(text, start, end, field)) continue;
    before = withSuffix(text, end, 32);
    spans.push({ start, end: before });
  }
}

function digitsStart(text: string, end: number): number {
  let start = end - 1;
  while (end - start < 3 && isDigit(text.charCodeAt(start - 1))) start--;
  return start;
}

function isWhole(text: string, start: number, end: number): boolean {
  const previous = text.charCodeAt(start - 1);
  if (isWord(previous) && !isEscape(text, start - 1)) return false;
  if (previous === DOT && isWord(text.charCodeAt(start - 2))) return false;
  const next = text.charCodeAt(end);
  if (isWord(next)) return false;
  const beyond = text.charCodeAt(end + 1);
  return !(next === DOT && isWord(beyond)) && !(next === HYPHEN && isLetter(beyond));
}

/** The `n` of `\n` in a text that shows its escapes. */
function isEscape(text: string, index: number): boolean {
  return text.charAt(index - 1) === '\\' && /[nrt]/.test(text.charAt(index));
}

/** Whether four numbers with dots are an address, by what stands in front of them. */
function isAddress(text: string, start: number, end: number, field: string | undefined): boolean {
  const previous = text.charAt(start - 1);
  const beyond = text.charAt(start - 2);
  if (previous === '\u00a7' || (previous === ' ' && beyond === '\u00a7')) return false;
  if (previous === '/' && PRODUCT.test(text.slice(Math.max(0, start - 32), start))) return false;
  const product = previous === '-' || previous === '@' || previous === '/';
  if (product && isLetter(text.charCodeAt(start - 2)) && !isLikely(text.slice(start, end)))
    return false;
  // `1.2.5.1-2`: the revision of a package.
  if (REVISION.test(text.slice(end, end + 8)) && !isLikely(text.slice(start, end))) return false;
  const { near, label } = topicsAround(text, start, end, field);
  return !label.includes('software') || near.includes('ip-address');
}

/**
 * Numbers that versions seldom have: those of private networks, or a part of 100 and more behind
 * the first.
 */
function isLikely(address: string): boolean {
  const [first = 0, ...rest] = address.split('.').map(Number);
  return first === 10 || first === 172 || first === 192 || rest.some((part) => part > 99);
}

/**
 * From each colon that a hex digit or colon follows: back over the digits in front of it, and on to
 * the end.
 */
function findV6(text: string): Span[] {
  const spans: Span[] = [];
  for (let at = text.indexOf(':'), next = 0; at !== -1; at = text.indexOf(':', next)) {
    next = at + 1;
    const code = text.charCodeAt(at + 1);
    if (code !== COLON && !isHex(code)) continue;
    let start = groupStart(text, at);
    V6.lastIndex = start;
    if (!V6.test(text)) continue;
    const past = V6.lastIndex;
    next = Math.max(next, past);
    if (start === at && code !== COLON) start++;
    else if (isWord(text.charCodeAt(start - 1)) && !isEscape(text, start - 1)) continue;
    const address = withoutEnd(text.slice(start, past));
    if (isWord(text.charCodeAt(past)) || text.charCodeAt(past) === COLON) continue;
    const end = start + address.length;
    if (!isV6(text, start, address)) continue;
    spans.push({ start, end: withSuffix(text, zoneEnd(text, end), 128) });
  }
  return spans;
}

/** Up to four hex digits in front of a colon; none where there are more, or other letters. */
function groupStart(text: string, colon: number): number {
  let start = colon;
  while (colon - start < 4 && isHex(text.charCodeAt(start - 1))) start--;
  return isWord(text.charCodeAt(start - 1)) && !isEscape(text, start - 1) ? colon : start;
}

function isV6(text: string, start: number, address: string): boolean {
  if (address.length < 3 || isIP(address) !== 6 || PAIRS.test(address)) return false;
  if (!/\d/.test(address)) return false;
  if (address.includes('::') && !V6_IN_USE.test(address)) return false;
  // A slice of a list: values[::2].
  return !(text.charAt(start - 1) === '[' && /[\w)\]]/.test(text.charAt(start - 2)));
}

/** A dot or one colon at the end is that of the sentence. */
function withoutEnd(address: string): string {
  let end = address.length;
  while (end > 0 && address.charAt(end - 1) === '.') end--;
  if (address.charAt(end - 1) === ':' && address.charAt(end - 2) !== ':') end--;
  return address.slice(0, end);
}

function zoneEnd(text: string, end: number): number {
  ZONE.lastIndex = end;
  return ZONE.test(text) ? ZONE.lastIndex : end;
}

function withSuffix(text: string, end: number, most: number): number {
  SUFFIX.lastIndex = end;
  const suffix = SUFFIX.exec(text)?.[0];
  return suffix && Number(suffix.slice(1)) <= most ? end + suffix.length : end;
}

/** In order; of two that overlap the first, which is the longer one here. */
function inOrder(spans: Span[]): Span[] {
  spans.sort((a, b) => a.start - b.start);
  let end = 0;
  return spans.filter((span) => {
    const apart = span.start >= end;
    if (apart) end = span.end;
    return apart;
  });
}
