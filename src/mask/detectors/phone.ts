import type { Detector, Span } from '../detector.ts';
import { isWord } from './ascii.ts';
import { isInternational } from './phone-plan.ts';
import { type Series, seriesAt } from './phone-series.ts';
import { topicsAround } from './topics.ts';
import { inVisible } from './visible-text.ts';

const BLANK = 32;
/** What makes a number a price, a reference, a postal code or a part of a name. */
const NOT_BEFORE = '_$\u20ac\u00a3\u3012#@%';
const TIES = '-./+';
const MIN_DIGITS = 7;
const MIN_INTERNATIONAL = 8;
const MAX_NATIONAL = 13;
/** So many times a number is looked for within digits that only gaps part. */
const MAX_TRIES = 5;
/** Where digits of a national number may begin. */
const BEGINNING = /\(?\d[\d ()./-]{5}/g;
const EXTENSION =
  /[ ,;]{0,2}\(?(?:extension|extn?|x|#|durchwahl|dw|poste|anexo|ramal|int|wew|доб|内线)[.:]? ?\d{1,6}\)?(?![\dA-Za-z_])/iy;
/** North America writes it so that the form says enough: area and exchange begin with 2 to 9. */
const NORTH_AMERICAN =
  /^(?:1[-. ])?(?:\([2-9]\d\d\)[ -]?[2-9]\d\d[-. ]|[2-9]\d\d-[2-9]\d\d-|[2-9]\d\d\.[2-9]\d\d\.)\d{4}$/;
/** With its trunk 8 and parentheses. */
const RUSSIAN = /^8[ -]?\(\d{3,5}\)[ -]?\d{1,3}(?:[ -]\d\d){2}$/;
/** An area code in parentheses, with or without its trunk zero. */
const AREA = /^(?:0 ?)?\(\d{2,5}\) ?\d{3,5}(?:[- ]\d{2,4}){1,2}$/;
/** A trunk zero, and groups: an area code, then blanks, one hyphen or slash, or pairs with dots. */
const TRUNK_ZERO =
  /^(?:\(0[1-9]\d{0,4}\) ?|0[1-9]\d{0,4}(?: |[-/] ?(?=\d[\d ]*$)|-(?=\d{3,4}-\d{3,4}$)))\d[\d -]*$|^0[1-9](?:[. -]\d\d){4}$/;
/** Digits and a blank in front that are no date or time: groups of a longer number. */
const TIED = /(?:^|[^-:./\d])\d{1,14} $/;
/** A trunk zero, which says nothing behind other digits. */
const TRUNK = /^(?:\(?0[1-9]|\(\d)/;
const IBAN = /(?:^|[^A-Za-z\d])[A-Z]{2}\d\d(?: [A-Z\d]{4})* $/;
const LOOK_BACK = 40;
const DATE = /^(?:(?:19|20)\d\d([-./])\d\d?\1\d\d?|\d\d?([-./])\d\d?\2(?:19|20)?\d\d)(?:$| )/;
const PARTED = /[ ()./-]/;

/**
 * Phone numbers with their extension.
 * - With `+`, or `00` and groups: by the numbering plan of the country (libphonenumber).
 * - By the form, unless a word in front says otherwise ("order no."): `(415) 555-2671`,
 *   `415-555-2671`, `415.555.2671`; `8 (912) 345-67-89`; groups with a trunk zero, as
 *   `030 1234567`, `0151/12345678`, `06 12 34 56 78`; an area code in parentheses.
 * - Any other national number, and `00` together: 7 to 13 digits, only where a word (phone, mobile,
 *   fax, call and the like in many languages), the column or the field's name says so.
 *
 * Not found: short numbers (112), letters for digits (1-800-FLOWERS), and a national number such as
 * `612 345 678` that nothing near calls a phone's.
 */
export const phone: Detector = {
  name: 'phone',
  needs: { length: MIN_DIGITS, digits: MIN_DIGITS },
  find: inVisible(findPhones),
};

function findPhones(text: string, field?: string): Span[] {
  const spans: Span[] = [];
  let floor = 0;
  let chainEnd = 0;
  let tries = 0;
  BEGINNING.lastIndex = 0;
  for (let found = BEGINNING.exec(text); found; found = BEGINNING.exec(text)) {
    const start = beginning(text, found.index, floor);
    const series = seriesAt(text, start);
    if (!series) continue;
    tries = start < chainEnd ? tries + 1 : 1;
    chainEnd = Math.max(chainEnd, series.past);
    const end = phoneEnd(text, series, field);
    if (end > start) {
      floor = withExtension(text, end);
      spans.push({ start, end: floor });
    } else {
      floor = tries < MAX_TRIES ? groupAfterBlank(text, found.index + 1, chainEnd) : chainEnd;
    }
    BEGINNING.lastIndex = floor;
  }
  return spans;
}

/** Where the next group after a blank begins: `7 415-555-2671` may be two values. */
function groupAfterBlank(text: string, from: number, chainEnd: number): number {
  for (let i = from; i < chainEnd; i++) {
    if (text.charCodeAt(i) === BLANK) return i + 1;
  }
  return chainEnd;
}

/** A `+` in front belongs to the number: `+49`, `(+49)`, `+(49)`. */
function beginning(text: string, index: number, floor: number): number {
  if (index > floor && text.charAt(index - 1) === '+') {
    return index - 1 > floor && text.charAt(index) !== '(' && text.charAt(index - 2) === '('
      ? index - 2
      : index - 1;
  }
  return index;
}

/**
 * The end of the phone number that begins with a series of digits, or its start where there is
 * none.
 */
function phoneEnd(text: string, series: Series, field: string | undefined): number {
  const { start, ends } = series;
  const plus = text.charAt(start) === '+' || text.startsWith('(+', start);
  if (!isFree(text, start, plus)) return start;
  if (series.digits < MIN_DIGITS) return start;
  const words = plus ? undefined : wordsAt(text, series, field);
  if (words === 'other' || (words === 'tied' && TRUNK.test(text.slice(start, start + 3))))
    return start;
  for (let i = ends.length - 1; i >= 0; i--) {
    const end = ends[i] ?? start;
    const written = text.slice(start, end);
    const digits = written.replace(/\D/g, '');
    if (digits.length < MIN_DIGITS) return start;
    if (!endsFree(text, end) || isOpen(written)) continue;
    const right = words ? isNational(written, digits, words) : isAbroad(written, digits);
    if (right) return end;
  }
  return start;
}

/**
 * What stands around says: it is a phone number, it may be one, nothing, it may be a part of more
 * digits, or something else.
 */
type Words = 'named' | 'near' | 'none' | 'tied' | 'other';

function wordsAt(text: string, { start, ends }: Series, field: string | undefined): Words {
  const { near, label } = topicsAround(text, start, ends.at(-1) ?? start, field);
  if (label.includes('phone')) return 'named';
  if (label.length > 0) return 'other';
  const found = near.includes('phone');
  if (!found && !mayStandAlone(text, start)) return 'other';
  const before = text.slice(Math.max(0, start - LOOK_BACK), start);
  if (TIED.test(before) || IBAN.test(before)) return 'tied';
  return found ? 'near' : 'none';
}

/**
 * True where what begins here may have one of the forms that need no word: a quick "no" to most
 * digits.
 */
function mayStandAlone(text: string, start: number): boolean {
  const first = text.charAt(start);
  if (first === '(' || first === '0' || first === '1' || first === '8') return true;
  const fourth = text.charAt(start + 3);
  return fourth === '-' || fourth === '.';
}

function isAbroad(written: string, digits: string): boolean {
  return digits.length >= MIN_INTERNATIONAL && isInternational(withoutTrunk(written));
}

/** `+44 (0)20` has a trunk zero that is not dialled from abroad. */
function withoutTrunk(written: string): string {
  return written.replace('(0)', '').replace(/\D/g, '');
}

function isOpen(written: string): boolean {
  return written.lastIndexOf('(') > written.lastIndexOf(')');
}

function isNational(written: string, digits: string, words: Words): boolean {
  if (NORTH_AMERICAN.test(written) || RUSSIAN.test(written)) return true;
  if (DATE.test(written) || isDecimal(written)) return false;
  const parted = PARTED.test(written);
  const abroad = written.startsWith('00') && isInternational(digits.slice(2));
  if (abroad && parted) return true;
  if (digits.length >= 9 && digits.length <= 12 && words !== 'tied') {
    if (AREA.test(written) || TRUNK_ZERO.test(written)) return true;
  }
  if (words === 'none' || words === 'tied' || (digits.length > MAX_NATIONAL && !abroad))
    return false;
  if (words === 'named') return true;
  return parted || digits.startsWith('0') || digits.length === 10 || digits.length === 11;
}

/**
 * An IP address, or a decimal: one dot between digits and nothing else is a decimal's, dots between
 * threes are those of a large number.
 */
function isDecimal(written: string): boolean {
  if (/^\d{1,3}(?:\.\d{1,3}){3}$/.test(written)) return true;
  return /^\d+\.\d+$/.test(written) || /^\d{1,3}(?:\.\d{3})+$/.test(written);
}

function isFree(text: string, start: number, plus: boolean): boolean {
  if (start === 0) return true;
  const code = text.charCodeAt(start - 1);
  const before = text.charAt(start - 1);
  if (isWord(code) || NOT_BEFORE.includes(before)) return isEscape(text, start - 1);
  // Letters of a script that writes no blanks may stand right before it, others not.
  if (code > 0x7f && code < 0xe00 && /\p{L}/u.test(before)) return false;
  if (plus) return before !== '+';
  return !TIES.includes(before) || !isWord(text.charCodeAt(start - 2));
}

/** The `n` of `\n` in a text that shows its escapes. */
function isEscape(text: string, index: number): boolean {
  return text.charAt(index - 1) === '\\' && /[nrt]/.test(text.charAt(index));
}

function endsFree(text: string, end: number): boolean {
  const after = text.charAt(end);
  if (/[A-Za-z\d_%\u20ac@]/.test(after)) return /^x ?\d{1,6}\b/i.test(text.slice(end, end + 9));
  const beyond = text.charAt(end + 1);
  return !(/[-.:/]/.test(after) && /[A-Za-z\d]/.test(beyond));
}

function withExtension(text: string, end: number): number {
  EXTENSION.lastIndex = end;
  return EXTENSION.test(text) ? EXTENSION.lastIndex : end;
}
