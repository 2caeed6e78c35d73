import type { Detector, Span } from '../detector.ts';
import { isDigit } from './context/ascii.ts';
import { DIGITS, digitWords } from './context/digit-words.ts';
import { topicsAround } from './context/topics.ts';
import { inVisible } from './context/visible-text.ts';

const MIN_DIGITS = 13;
const MAX_DIGITS = 19;
const DOT = 46;
/** How many digits the first group of a card written in groups has. */
const GROUP = 4;
const LOOK_BACK = 32;
const IBAN_BEGINNING = /(?:^|[^A-Za-z\d])[A-Z]{2}\d\d(?: [A-Z\d]{4})* $/;

/**
 * Payment card numbers (ISO/IEC 7812: 13 to 19 digits, an issuer range in use, Luhn check digit),
 * written together or in groups (4-4-4-4 and the like) parted by single blanks or hyphens. One in
 * ten numbers of that size with an issuer's beginning passes for a card; nothing can tell them
 * apart.
 */
export const paymentCard: Detector = {
  name: 'payment-card',
  needs: { length: MIN_DIGITS, digits: MIN_DIGITS },
  find: inVisible(findCards),
};

function findCards(text: string, field?: string): Span[] {
  const spans: Span[] = [];
  const { count, starts, lengths, kinds } = digitWords(text);
  let floor = 0;
  for (let word = 0; word < count; word++) {
    const from = starts[word] as number;
    const length = lengths[word] as number;
    const to = from + length;
    if (to <= floor) continue;
    // Groups begin with a word of four digits, or with one that ends in them.
    if (length < MIN_DIGITS) {
      if (length < GROUP || (length > GROUP && kinds[word] === DIGITS)) continue;
      if (!isGap(text.charCodeAt(to)) || !isDigit(text.charCodeAt(to + 1))) continue;
    }
    floor = cardsIn(text, from, to, floor, field, spans);
  }
  return spans;
}

/** Cards that begin in a word. Says where the last one ends. */
function cardsIn(
  text: string,
  from: number,
  to: number,
  floor: number,
  field: string | undefined,
  spans: Span[],
): number {
  let past = floor;
  for (let i = Math.max(from, past); i < to; i++) {
    if (!isDigit(text.charCodeAt(i))) continue;
    const start = i;
    while (i < to && isDigit(text.charCodeAt(i))) i++;
    const written = i - start;
    if (written !== GROUP && written < MIN_DIGITS) continue;
    const end = mayBegin(text, start) ? cardEnd(text, start) : 0;
    if (end === 0) continue;
    if (isCard(text, start, end, field)) spans.push({ start, end });
    past = end;
    i = end - 1;
  }
  return past;
}

/** Issuers begin with 2 to 6. Behind the point of a decimal no card begins. */
function mayBegin(text: string, start: number): boolean {
  const first = text.charCodeAt(start);
  if (first < 50 || first > 54) return false;
  return text.charCodeAt(start - 1) !== DOT || !isDigit(text.charCodeAt(start - 2));
}

/**
 * Not the middle of an IBAN, and of thirteen digits (old cards of Visa, bar codes, ids) only what
 * no word calls otherwise.
 */
function isCard(text: string, start: number, end: number, field: string | undefined): boolean {
  if (IBAN_BEGINNING.test(text.slice(Math.max(0, start - LOOK_BACK), start))) return false;
  return end - start > MIN_DIGITS || topicsAround(text, start, end, field).near.length === 0;
}

/** Where the longest card number ends that begins here, or 0 where none does. */
function cardEnd(text: string, start: number): number {
  let best = 0;
  let issuer = 0;
  // ISO/IEC 7812-1, annex B (Luhn): every second digit from the right is doubled. Where the right
  // end is isn't known yet, so both sums are kept: with the last digit as it is, and with it
  // doubled.
  let sum = 0;
  let doubled = 0;
  let group = 0;
  let i = start;
  for (let length = 1; length <= MAX_DIGITS && isDigit(text.charCodeAt(i)); length++) {
    const digit = text.charCodeAt(i) - 48;
    if (length <= 4) issuer = issuer * 10 + digit;
    const before = sum;
    sum = doubled + digit;
    doubled = before + (digit > 4 ? digit * 2 - 9 : digit * 2);
    i++;
    const ends = !isDigit(text.charCodeAt(i));
    if (ends && length >= MIN_DIGITS && sum % 10 === 0 && hasIssuer(issuer, length)) best = i;
    group++;
    if (!ends) continue;
    if (length < MIN_DIGITS && !isGroup(group, length)) break;
    group = 0;
    if (isGap(text.charCodeAt(i))) i++;
  }
  return best;
}

/**
 * Groups of cards are 4-4-4-4, 4-4-4-4-3, 4-6-5 and 4-6-4; other groups are those of other numbers.
 */
function isGroup(group: number, length: number): boolean {
  return group === 4 || (group === 6 && length === 10);
}

// Issuer ranges: Visa 4, Mastercard 51-55 and 2221-2720, Amex 34/37, Diners 30/36/38, JCB
// 3528-3589, Discover 6011/644-65, UnionPay 62, Maestro 50/56-58/6. Lengths as those schemes issue
// them; Maestro's short ones are left out, as every bar code of thirteen digits that passes Luhn
// would be one.
function hasIssuer(four: number, length: number): boolean {
  const two = Math.trunc(four / 100);
  if (two >= 40 && two <= 49) return length === 13 || length === 16 || length === 19;
  if ((two >= 51 && two <= 55) || (four >= 2221 && four <= 2720)) return length === 16;
  if (two === 34 || two === 37) return length === 15;
  if (two === 30 || two === 36 || two === 38) return length >= 14;
  if (four >= 3528 && four <= 3589) return length >= 16;
  return length >= 16 && (two === 50 || (two >= 56 && two <= 69));
}

function isGap(code: number): boolean {
  return code === 32 || code === 45;
}
