import type { Detector, Span } from '../../detector.ts';
import { isDigit, isWord } from '../context/ascii.ts';
import { topicsAround } from '../context/topics.ts';
import { inVisible } from '../context/visible-text.ts';
import { phoneBeginnings } from './phone-beginnings.ts';
import { isInternational } from './phone-plan.ts';
import { beginSeries, type Series, seriesAt } from './phone-series.ts';

const [BLANK, OPENING, CLOSING, PLUS, DOT] = [32, 40, 41, 43, 46];
/** What makes a number a price, a reference, a postal code or a part of a name. */
const NOT_BEFORE = codesOf('_$\u20ac\u00a3\u3012#@%');
const TIES = codesOf('-./+');
/** What ties the end of a number to a word behind. */
const END_TIES = codesOf('-.:/');
const NOT_AFTER = codesOf('_%\u20ac@');
const MIN_DIGITS = 7;
const MIN_INTERNATIONAL = 8;
const MAX_NATIONAL = 13;
/** So many times a number is looked for within digits that only gaps part. */
const MAX_TRIES = 5;
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
/** A byte in front: a dump of memory goes on. */
const BYTE = /(?:^|\s)(?:\d[a-f]|[a-f]\d) $/i;
/** `MA 02110-1301`: a state and its postcode. */
const STATE = /(?:^|[^A-Za-z])[A-Z]{2},? $/;
const ZIP = /^\d{5}-\d{4}$/;
const LOOK_BACK = 40;
const DATE = /^(?:(?:19|20)\d\d([-./])\d\d?\1\d\d?|\d\d?([-./])\d\d?\2(?:19|20)?\d\d)(?:$| )/;
const EXTENDED = /^x ?\d{1,6}\b/i;
const COLON = 58;
const SMALL_X = 120;
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
  const beginnings = phoneBeginnings(text);
  beginSeries();
  let floor = 0;
  let chainEnd = 0;
  let tries = 0;
  for (let index = beginnings.next(0); index >= 0; index = beginnings.next(floor)) {
    const start = beginning(text, index, floor);
    const series = seriesAt(text, start);
    const past = series?.past ?? index;
    tries = start < chainEnd ? tries + 1 : 1;
    chainEnd = Math.max(chainEnd, past);
    const end = series ? phoneEnd(text, series, field) : start;
    if (end > start) {
      floor = withExtension(text, end);
      spans.push({ start, end: floor });
    } else {
      floor = tries < MAX_TRIES ? groupAfterBlank(text, index + 1, chainEnd) : chainEnd;
    }
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
  const { start, count, ends, digitsTo } = series;
  if (series.digits < MIN_DIGITS) return start;
  const plus = text.charCodeAt(start) === PLUS || text.startsWith('(+', start);
  if (!isFree(text, start, plus) || !mayEnd(text, series)) return start;
  const words = plus ? undefined : wordsAt(text, series, field);
  if (words === 'other' || (words === 'tied' && TRUNK.test(text.slice(start, start + 3))))
    return start;
  for (let i = count - 1; i >= 0; i--) {
    if ((digitsTo[i] ?? 0) < MIN_DIGITS) return start;
    const end = ends[i] ?? start;
    if (!endsFree(text, end) || isOpen(text, start, end)) continue;
    if (isUnsaid(words) && !mayBeForm(text, start, digitsTo[i] ?? 0)) continue;
    const written = text.slice(start, end);
    const digits = written.replace(/\D/g, '');
    const right = words ? isNational(written, digits, words) : isAbroad(written, digits);
    if (right) return end;
  }
  return start;
}

function isUnsaid(words: Words | undefined): boolean {
  return words === 'none' || words === 'tied';
}

/** True where so many digits may have a form that needs no word: a quick "no" to most. */
function mayBeForm(text: string, start: number, digits: number): boolean {
  if (digits === 10 || digits === 11) return true;
  const first = text.charAt(start);
  return first === '(' || first === '0' || first === '8';
}

/** True where one of the ends could be that of a number: a quick "no" before words are looked at. */
function mayEnd(text: string, series: Series): boolean {
  const { start, count, ends, digitsTo } = series;
  for (let i = count - 1; i >= 0 && (digitsTo[i] as number) >= MIN_DIGITS; i--) {
    const end = ends[i] as number;
    if (!endsFree(text, end) || isOpen(text, start, end)) continue;
    if (i !== 3 || !isQuad(text, series)) return true;
  }
  return false;
}

/** True where the first four groups are those of an IPv4 address. */
function isQuad(text: string, { start, ends, digitsTo }: Series): boolean {
  let from = start;
  let before = 0;
  for (let i = 0; i < 4; i++) {
    const end = ends[i] as number;
    const digits = (digitsTo[i] as number) - before;
    if (digits > 3 || end - from !== digits) return false;
    if (i < 3 && text.charCodeAt(end) !== DOT) return false;
    before = digitsTo[i] as number;
    from = end + 1;
  }
  return true;
}

/**
 * What stands around says: it is a phone number, it may be one, nothing, it may be a part of more
 * digits, or something else.
 */
type Words = 'named' | 'near' | 'none' | 'tied' | 'other';

function wordsAt(text: string, { start, count, ends }: Series, field: string | undefined): Words {
  const end = ends[count - 1] ?? start;
  const { near, label } = topicsAround(text, start, end, field);
  if (label.includes('phone')) return 'named';
  if (label.length > 0) return 'other';
  const found = near.includes('phone');
  if (!found && !mayStandAlone(text, start)) return 'other';
  if (text.charCodeAt(start - 1) !== BLANK) return found ? 'near' : 'none';
  const before = text.slice(Math.max(0, start - LOOK_BACK), start);
  if (TIED.test(before) || IBAN.test(before) || BYTE.test(before)) return 'tied';
  if (STATE.test(before) && ZIP.test(text.slice(start, end))) return 'other';
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

function isOpen(text: string, start: number, end: number): boolean {
  for (let i = end - 1; i >= start; i--) {
    const code = text.charCodeAt(i);
    if (code === OPENING) return true;
    if (code === CLOSING) return false;
  }
  return false;
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
  if (isWord(code) || NOT_BEFORE.has(code)) return isEscape(text, start - 1);
  // Letters of a script that writes no blanks may stand right before it, others not.
  if (code > 0x7f && code < 0xe00 && /\p{L}/u.test(text.charAt(start - 1))) return false;
  if (plus) return code !== PLUS;
  // `15:38:08 2011 -0700`
  if (code === COLON && isDigit(text.charCodeAt(start - 2))) return false;
  return !TIES.has(code) || !isWord(text.charCodeAt(start - 2));
}

/** The `n` of `\n` in a text that shows its escapes. */
function isEscape(text: string, index: number): boolean {
  return text.charAt(index - 1) === '\\' && /[nrt]/.test(text.charAt(index));
}

function endsFree(text: string, end: number): boolean {
  const after = text.charCodeAt(end);
  if (isWord(after) || NOT_AFTER.has(after)) {
    return (after | 32) === SMALL_X && EXTENDED.test(text.slice(end, end + 9));
  }
  return !(END_TIES.has(after) && isWord(text.charCodeAt(end + 1)));
}

function codesOf(characters: string): ReadonlySet<number> {
  return new Set(Array.from(characters, (character) => character.charCodeAt(0)));
}

function withExtension(text: string, end: number): number {
  EXTENSION.lastIndex = end;
  return EXTENSION.test(text) ? EXTENSION.lastIndex : end;
}
