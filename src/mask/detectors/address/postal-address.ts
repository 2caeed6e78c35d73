import type { Detector, Span } from '../../detector.ts';
import { glanceAt } from '../context/glance.ts';
import { type NamedValue, namedValues } from '../context/named-values.ts';
import { united } from '../context/united.ts';
import { streetsAt } from './street-at.ts';
import { STREETS_BEFORE } from './street-words.ts';
import { placeAfter, placeBefore } from './town-at.ts';

/**
 * Postal addresses: a street with its number as English (`12 Main Street`), French, Spanish, Italian,
 * Portuguese, Germanic, Slavic and Turkish ways write it, with the unit, postcode, town and state around it,
 * in one line or several; `〒` addresses of Japan; and what fields, lines of forms or columns hold that are
 * called address, street, city, postcode or alike in the same languages.
 *
 * It has no list of the world's streets or towns. So it can't know a town that stands alone in a sentence,
 * a street without a number or without a word for streets and a postcode after it, addresses
 * of Asia in their own scripts beyond Japan's, or `post box` addresses without a postcode.
 */
export const postalAddress: Detector = { name: 'postal-address', find: findAddresses };

const MAX_NUMBER = 6;

function findAddresses(text: string, field?: string): Span[] {
  const spans: Span[] = [];
  for (const value of namedValues(text, field)) {
    const { kinds, start, end } = value;
    if (kinds.postal !== undefined && isSuch(text, value)) spans.push({ start, end });
  }
  const { numbers, lengths, numberCount } = glanceAt(text);
  let floor = 0;
  for (let i = 0; i < numberCount; i++) {
    const index = numbers[i] ?? 0;
    const length = lengths[i] ?? 0;
    if (index < floor || length > MAX_NUMBER) continue;
    if (index > 0 && !mayBegin(text.charCodeAt(index - 1))) continue;
    for (const street of streetsAt(text, index, length, floor)) {
      const after = placeAfter(text, street.end);
      if (!street.certain && !after.sure) continue;
      spans.push({ start: placeBefore(text, street.start, floor), end: after.end });
      floor = after.end;
      break;
    }
  }
  if (text.includes(POSTAL_MARK)) spans.push(...japanese(text));
  return spans.length > 1 ? united(spans) : spans;
}

/** A house's number is no part of a word, a number, a path or a handle. */
function mayBegin(before: number): boolean {
  if (before >= 0x80) return before < 0xc0 || before === 0x3012;
  return !(before > 0x60 || (before >= 0x40 && before < 0x5b) || NO_BEGINNING.has(before));
}

const NO_BEGINNING: ReadonlySet<number> = new Set([...'_.:#/-'].map((sign) => sign.charCodeAt(0)));

const LETTERS = /\p{L}{2}/u;
const POSTCODE = /^(?:[A-Z]{1,3}[- ]?)?[\dA-Z][\dA-Z -]{1,9}$/i;
/** Britain, Canada, Ireland: letters and few digits. */
const LETTERED = /^[A-Z]{1,2}\d[\dA-Z]? ?\d[A-Z]{2}$|^[A-Z]\d[A-Z][ -]?\d[A-Z]\d$|^[A-Z]\d[\dW]/i;
/** What an `address` is called that is none of the post: a URL, an e-mail's, a machine's, a chain's. */
const OTHER =
  /@|:\/\/|^(?:0x)?[\da-f:.]{6,}(?:$|\s)|^(?:null|none|n\/a|true|false|undefined|unknown|string)$/i;
/** Signatures and markup of documents about code. */
const CODE = /[`=<>{}]|[\w$]\(|\)[:;]|^(?:string|number|boolean|object|buffer)\b/i;
const MAX_ADDRESS = 160;

function isSuch(text: string, { kinds: { postal: kind }, start, end }: NamedValue): boolean {
  if (kind === undefined) return false;
  const value = text.slice(start, end);
  if (kind === 'postcode')
    return POSTCODE.test(value) && (/(?:\d\D*){3}/.test(value) || LETTERED.test(value));
  if (value.length < 2 || value.length > MAX_ADDRESS || OTHER.test(value)) return false;
  if (CODE.test(value) || isProse(value)) return false;
  if (kind === 'city')
    return LETTERS.test(value) && !/[\d_{}=<>]/.test(value.replace(/ \d{1,2}$/, ''));
  if (kind === 'address')
    return LETTERS.test(value) && /[ \u3000-\u9fff]/.test(value) && !/^\S{24,}$/.test(value);
  return /[\d\p{Lu}\p{Lo}]/u.test(value) || / /.test(value);
}

const SMALL_WORDS = /(?:^|\s)\p{Ll}{2,}(?:\s\p{Ll}+){2}(?=$|\s)/u;

/** Three small words in a row, where neither a number nor a word for streets begins: a sentence. */
function isProse(value: string): boolean {
  if (!SMALL_WORDS.test(value) || /^\d/.test(value)) return false;
  return !STREETS_BEFORE.has(value.slice(0, value.indexOf(' ')).toLowerCase().replace('.', ''));
}

const JAPANESE =
  /〒\s?\d{3}[-‐－]?\d{4}[ \u3000\n]?[\p{Script=Han}\p{Script=Katakana}\p{Script=Hiragana}ー々〇\d０-９ \u3000-]{4,60}/gu;
const JAPANESE_END = /[^\s\u3000-]$/u;

const POSTAL_MARK = '〒';

function japanese(text: string): Span[] {
  return [...text.matchAll(JAPANESE)].map(({ index, 0: found }) => {
    let end = index + found.length;
    while (end > index && !JAPANESE_END.test(text.slice(index, end))) end--;
    return { start: index, end };
  });
}
