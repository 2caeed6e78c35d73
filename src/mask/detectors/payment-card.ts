import type { Detector, Span } from '../detector.ts';

const MIN_DIGITS = 13;
const MAX_DIGITS = 19;
// Groups may be parted by one blank or hyphen of any kind, with the usual invisible characters around it.
const SEPARATOR = ' \\-\\u00a0\\u2007\\u202f\\u2010-\\u2013';
const INVISIBLE = '\\u00ad\\u061c\\u180e\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f\\ufeff';
const GAP = new RegExp(`[${INVISIBLE}]*(?:[${SEPARATOR}][${INVISIBLE}]*)?`, 'y');
// Where a card may begin: one class and nothing optional, so that no text makes it step back.
const BEGINNING = new RegExp(`\\d[\\d${SEPARATOR}${INVISIBLE}]{${MIN_DIGITS - 1}}`, 'g');

/**
 * Payment card numbers (ISO/IEC 7812: 13 to 19 digits, an issuer range in use, Luhn check digit),
 * written together or in groups parted by single blanks or hyphens.
 */
export const paymentCard: Detector = { name: 'payment-card', find: findCards };

function findCards(text: string): Span[] {
  const spans: Span[] = [];
  BEGINNING.lastIndex = 0;
  for (let found = BEGINNING.exec(text); found; found = BEGINNING.exec(text)) {
    const digits: number[] = [];
    let i = found.index;
    while (isDigit(text, i)) {
      digits.push(i++);
      if (!isDigit(text, i)) i = gapEnd(text, i);
    }
    findAmong(text, digits, spans);
    BEGINNING.lastIndex = i;
  }
  return spans;
}

/** Looks for cards among digits that nothing but gaps parts. */
function findAmong(text: string, digits: readonly number[], spans: Span[]): void {
  for (let i = 0; i <= digits.length - MIN_DIGITS; ) {
    const length = groupBegins(digits, i) ? cardLength(text, digits, i) : 0;
    if (length > 0) spans.push({ start: at(digits, i), end: at(digits, i + length - 1) + 1 });
    i += length || 1;
  }
}

/** How many digits the longest card number has that begins at one, or 0 where none does. */
function cardLength(text: string, digits: readonly number[], from: number): number {
  let best = 0;
  let issuer = 0;
  // ISO/IEC 7812-1, annex B (Luhn): every second digit from the right is doubled. Where the right end
  // is isn't known yet, so both sums are kept: with the last digit as it is, and with it doubled.
  let sum = 0;
  let doubled = 0;
  const most = Math.min(MAX_DIGITS, digits.length - from);
  for (let length = 1; length <= most; length++) {
    const digit = text.charCodeAt(at(digits, from + length - 1)) - 48;
    if (length <= 4) issuer = issuer * 10 + digit;
    const before = sum;
    sum = doubled + digit;
    doubled = before + (digit > 4 ? digit * 2 - 9 : digit * 2);
    if (length < MIN_DIGITS || sum % 10 !== 0 || !groupBegins(digits, from + length)) continue;
    if (hasIssuer(issuer, length)) best = length;
  }
  return best;
}

/** True where no digit stands right before this one, and past the last. */
function groupBegins(digits: readonly number[], index: number): boolean {
  return digits[index] === undefined || digits[index] - 1 !== digits[index - 1];
}

function at(digits: readonly number[], index: number): number {
  return digits[index] ?? 0;
}

function gapEnd(text: string, start: number): number {
  GAP.lastIndex = start;
  GAP.test(text);
  return GAP.lastIndex;
}

// Issuer ranges: Visa 4, Mastercard 51-55 and 2221-2720, Amex 34/37, Diners 30/36/38, JCB 3528-3589,
// Discover 6011/644-65, UnionPay 62, Maestro 50/56-58/6. Lengths as those schemes issue them.
function hasIssuer(four: number, length: number): boolean {
  const two = Math.trunc(four / 100);
  if (two >= 40 && two <= 49) return length === 13 || length === 16 || length === 19;
  if ((two >= 51 && two <= 55) || (four >= 2221 && four <= 2720)) return length === 16;
  if (two === 34 || two === 37) return length === 15;
  if (two === 30 || two === 36 || two === 38) return length >= 14;
  if (four >= 3528 && four <= 3589) return length >= 16;
  return two === 50 || (two >= 56 && two <= 69);
}

function isDigit(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  return code >= 48 && code <= 57;
}
