import type { Detector, Span } from '../../detector.ts';
import { isStreetName } from '../address/street-name.ts';
import { isDigit } from '../context/ascii.ts';
import { kindsOfWritten } from '../context/field-kinds.ts';
import { glanceAt } from '../context/glance.ts';
import { namedValues } from '../context/named-values.ts';
import { united } from '../context/united.ts';
import { type CapitalRun, type CapitalWord, eachCapitalRun } from './capital-runs.ts';
import { foldName } from './fold-name.ts';
import { mayName } from './may-name.ts';
import { CLOSING, SAYS_NAME } from './name-words.ts';
import { personIn } from './person-in-run.ts';
import { isPersonValue } from './person-value.ts';
import {
  FIRST,
  FIRST_WORD,
  flagsOfWritten,
  LAST,
  LAST_WORD,
  PARTY,
  ROLE,
  SMALL_TITLE,
  THING,
} from './word-flags.ts';

/**
 * Names of people: a first name of the dictionary with the words in capitals after it (`Ana García`), a last
 * name after a title (`Dr. Okafor`, `Frau Weber`), who is greeted (`Dear Ana,`), who signs (`Best regards,` and
 * a line), who has an e-mail's address behind (`Xiu Qx <…>`), Russian names by their patronymic, Japanese ones
 * before `様` or `さん`; and what fields, lines of forms or columns hold that are called so (`last_name`, `Patient:`).
 *
 * It reads no sentences: it has about 5,100 first and 4,600 last names of some thirty languages and looks at
 * capitals. So it can't know a first or last name that stands alone, names in lower case, two rare names
 * side by side, or names in Chinese, Korean, Arabic and Indic scripts outside a field; and it takes some things
 * for people that are called like one (a firm, a ship, a hurricane). Mask by `fields` what has to be sure.
 */
export const personName: Detector = { name: 'person-name', find: findNames };

function findNames(text: string, field?: string): Span[] {
  if (field !== undefined && kindsOfWritten(field)?.postal !== undefined) return [];
  const spans: Span[] = [];
  for (const { kinds, start, end } of namedValues(text, field)) {
    if (kinds.person === undefined) continue;
    if (isPersonValue(text, start, end, kinds.person)) spans.push({ start, end });
    else {
      // `Quill Thornby, ward 3`
      const comma = text.slice(start, end).indexOf(',');
      if (comma > 0 && isPersonValue(text, start, start + comma, kinds.person)) {
        spans.push({ start, end: start + comma });
      }
    }
  }
  eachCapitalRun(
    text,
    (run) => mayName(text, run),
    (run) => {
      const found = personAt(text, run);
      if (found !== undefined) spans.push(found);
    },
  );
  const { addresses, signCount } = glanceAt(text);
  if (signCount > 0 && text.includes('BEGIN:VCARD')) spans.push(...onCards(text));
  if (addresses) for (const mark of ADDRESSES) addressedBefore(text, mark, spans);
  return spans.length > 1 ? united(spans) : spans;
}

function personAt(text: string, run: CapitalRun): Span | undefined {
  const [first, last] = [run[0], run.at(-1)];
  // `9795 SR Groningen`: the letters of a postcode are no title.
  if (
    run.length > 1 &&
    first?.text.length === 2 &&
    isDigit(text.charCodeAt(first.start - 2)) &&
    POSTCODE.test(text.slice(Math.max(0, first.start - 6), first.end))
  )
    return personAt(text, run.slice(1));
  if (first === undefined || last === undefined) return undefined;
  const { start } = first;
  const { end } = last;
  const next = nextAfter(text, end);
  const comma = run.length === 1 && next === ',' ? lastFirst(text, first, end) : undefined;
  if (comma !== undefined) return comma;
  const person =
    isSigned(text, start, next) || (run.length > 1 && isBesideContact(text, start, end));
  const found = personIn(run, { person, next, before: flagsBefore(text, start) });
  return found !== undefined && isStreetName(text, run, { start, end }) ? undefined : found;
}

const POSTCODE = /(?:^|\D)\d{4} [A-Z]{2}$/;

/** What comes right behind; a letter where a full stop ends no sentence (`Node.js`). */
function nextAfter(text: string, end: number): string {
  const goesOn = text.charCodeAt(end) === 0x2e && isLetter(text.charCodeAt(end + 1));
  return text.charAt(goesOn ? end + 1 : end);
}

/** Who signs: a line of its own below a closing. */
function isSigned(text: string, start: number, next: string): boolean {
  if (next !== '' && next !== '\n' && next !== '\r' && next !== ',') return false;
  return isLineStart(text, start) && followsClosing(text, start);
}

/** `Ana García <ana@…>`, `Ana García (ana@…)`, and in chats `[12:00] Ana García:` or `Ana García (12:00):`. */
function isBesideContact(text: string, start: number, end: number): boolean {
  const next = text.charCodeAt(end);
  if (next === COLON) return text.charCodeAt(start - 2) === BRACKET;
  const beside = next === BLANK ? text.charCodeAt(end + 1) : next;
  if (beside === LESS) return hasAddress(text, end);
  return beside === PARENTHESIS && (hasAddress(text, end) || CLOCK.test(text.slice(end, end + 8)));
}

const COLON = 0x3a;
const BRACKET = 0x5d;
const BLANK = 0x20;
const LESS = 0x3c;
const PARENTHESIS = 0x28;
const CLOCK = /^ \(\d{1,2}:\d{2}/;
const ADDRESS = /[ ]?[<(]\s?[^\s<>()@]{1,64}@[\w.-]{1,64}[>)]/y;

function hasAddress(text: string, end: number): boolean {
  ADDRESS.lastIndex = end;
  return ADDRESS.test(text);
}

const MAX_BEFORE = 14;
const NAME_SAID =
  /(?:\b(?:my|his|her|patient|full) name is|\bname ist|\bich hei(?:ß|ss)e|m['’]appelle|\bme llamo|\bmi chiamo|\bme chamo|\bik heet|\bjag heter|sottoscritt[oa]|undersigned|\bmet with|\bspoke with|\btalked with)$/i;
const GREETED = /(?:Vážený|Milý|Drahý) $/;

/** What the word in front may be: a title in small letters, a role with a comma or without. */
function flagsBefore(text: string, start: number): number {
  let end = start - 1;
  if (text.charCodeAt(end) !== BLANK && text.charCodeAt(end) !== 0x2e) return 0;
  const mark = text.charAt(end - 1);
  if (mark === ',' || mark === '.') end--;
  let from = end;
  while (from > 0 && from > end - MAX_BEFORE && isLetter(text.charCodeAt(from - 1))) from--;
  if (from === end || from === end - MAX_BEFORE) return 0;
  const word = text.slice(from, end);
  if (word.length === 2 && POSTCODE.test(text.slice(Math.max(0, end - 8), end))) return 0;
  // `Vážený pane Nový`: of Czech letters; a window has panes.
  if (word === 'pane')
    return GREETED.test(text.slice(Math.max(0, from - 9), from)) ? SMALL_TITLE : 0;
  if (SAYS_NAME.has(word) && NAME_SAID.test(text.slice(Math.max(0, end - 24), end)))
    return SMALL_TITLE;
  const flags = flagsOfWritten(word);
  return mark === ',' ? flags & (ROLE | PARTY) : flags;
}

function isLetter(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0xc0 && code < 0x530)
  );
}

const LAST_FIRST = /, (\p{Lu}[\p{L}\p{M}'’-]{1,24})(?:(?: \p{Lu}\.?)?)(?![\p{L}\d])/uy;

/** `García, Ana`: both of the dictionary, and no words otherwise. */
function lastFirst(text: string, last: CapitalWord, end: number): Span | undefined {
  if ((last.flags & LAST) === 0 || (last.flags & LAST_WORD) !== 0) return undefined;
  if (!isLetter(text.charCodeAt(end + 2)) && text.charCodeAt(end + 2) < 0x80) return undefined;
  LAST_FIRST.lastIndex = end;
  const found = LAST_FIRST.exec(text);
  if (found === null) return undefined;
  // `Boston, MA`
  if (/^\p{Lu}{2}$/u.test(found[1] ?? '')) return undefined;
  const first = flagsOfWritten(found[1] ?? '');
  if ((first & FIRST) === 0 || (first & (FIRST_WORD | THING)) !== 0) return undefined;
  return { start: last.start, end: end + found[0].length };
}

function isLineStart(text: string, start: number): boolean {
  let at = start - 1;
  while (at >= 0 && at > start - 8 && ' \t>-'.includes(text.charAt(at))) at--;
  return at < 0 || text.charAt(at) === '\n';
}

const MAX_CLOSING = 48;

/** True where the last line before this one with something in it closes a letter. */
function followsClosing(text: string, start: number): boolean {
  const floor = Math.max(0, start - MAX_CLOSING);
  let end = start;
  while (end > floor && !isLetter(text.charCodeAt(end - 1))) end--;
  let from = end;
  while (from > floor && text.charCodeAt(from - 1) !== 0x0a) from--;
  if (from === end || end - from > 32) return false;
  return CLOSING.test(foldName(text.slice(from, end).trim()));
}

const NAME_BEFORE =
  /[\p{Script=Han}\p{Script=Katakana}\u30fc]{1,5}(?:[ \u3000]?[\p{Script=Han}\p{Script=Katakana}\p{Script=Hiragana}\u30fc]{1,5})?$/u;
/** Customers, everybody, God, the one in charge: no names. */
const NO_NAME = /[客皆神者何王奥店社店長業先々方]$|^(?:上|仕|有|同|多|様|模|お)/u;

const ADDRESSES = ['\u69d8', '\u3055\u3093'];
const BLANKS: ReadonlySet<number> = new Set([BLANK, 0x3000]);

/** Who is addressed in Japanese: the mark stands behind the name. */
function addressedBefore(text: string, mark: string, spans: Span[]): void {
  for (let at = text.indexOf(mark); at !== -1; at = text.indexOf(mark, at + 1)) {
    const end = BLANKS.has(text.charCodeAt(at - 1)) ? at - 1 : at;
    const name = NAME_BEFORE.exec(text.slice(Math.max(0, end - 10), end))?.[0];
    if (name === undefined || name.length < 2 || NO_NAME.test(name)) continue;
    spans.push({ start: end - name.length, end });
  }
}

// RFC 6350, section 6.2.2: family and given names, with `;` between.
const CARD_NAME = /^N(?:;[^:\n]{0,60})?:([^;\r\n]{1,60});([^;\r\n]{0,60})/gm;

/** Last and first names of electronic business cards. */
function onCards(text: string): Span[] {
  return [...text.matchAll(CARD_NAME)].flatMap(
    ({ index, 0: found, 1: last = '', 2: first = '' }) => {
      const end = index + found.length;
      const from = end - first.length - 1 - last.length;
      return [
        { start: from, end: from + last.length },
        { start: end - first.length, end },
      ].filter((span) => span.end > span.start);
    },
  );
}
