import type { Detector, Span } from '../detector.ts';

const MIN_DIGITS = 13;
const MAX_DIGITS = 19;
const ENOUGH_DIGITS = /\d(?:[ -]?\d){12}/;

/**
 * Payment card numbers (ISO/IEC 7812: 13 to 19 digits, an issuer range in use, Luhn check digit),
 * written together or in groups parted by single spaces or hyphens.
 */
export const paymentCard: Detector = { name: 'payment-card', find: findCards };

function findCards(text: string): Span[] {
  if (!ENOUGH_DIGITS.test(text)) return [];
  const spans: Span[] = [];
  for (let i = 0; i < text.length; i++) {
    if (!isDigit(text, i) || isDigit(text, i - 1)) continue;
    const end = cardEnd(text, i);
    if (end > i) {
      spans.push({ start: i, end });
      i = end - 1;
    }
  }
  return spans;
}

/** The end of the longest card number that begins at a group of digits, or `start` where none does. */
function cardEnd(text: string, start: number): number {
  let digits = '';
  let best = start;
  for (let i = start; i < text.length && digits.length < MAX_DIGITS; i++) {
    if (!isDigit(text, i)) {
      const separator = text[i] === ' ' || text[i] === '-';
      if (!separator || !isDigit(text, i + 1)) break;
      continue;
    }
    digits += text[i];
    const groupEnds = !isDigit(text, i + 1);
    if (groupEnds && digits.length >= MIN_DIGITS && isCard(digits)) best = i + 1;
  }
  return best;
}

function isCard(digits: string): boolean {
  return hasIssuer(digits) && passesLuhn(digits);
}

// Issuer ranges: Visa 4, Mastercard 51-55 and 2221-2720, Amex 34/37, Diners 30/36/38, JCB 3528-3589,
// Discover 6011/644-65, UnionPay 62, Maestro 50/56-58/6. Lengths as those schemes issue them.
function hasIssuer(digits: string): boolean {
  const two = Number(digits.slice(0, 2));
  const four = Number(digits.slice(0, 4));
  const length = digits.length;
  if (digits[0] === '4') return length === 13 || length === 16 || length === 19;
  if ((two >= 51 && two <= 55) || (four >= 2221 && four <= 2720)) return length === 16;
  if (two === 34 || two === 37) return length === 15;
  if (two === 30 || two === 36 || two === 38) return length >= 14;
  if (four >= 3528 && four <= 3589) return length >= 16;
  return two === 50 || (two >= 56 && two <= 69);
}

/** ISO/IEC 7812-1, annex B. */
function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - 48;
    const doubled = i % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

function isDigit(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  return code >= 48 && code <= 57;
}
