import type { Span } from '../../detector.ts';
import { part } from '../calendar.ts';
import { isDigit } from '../context/ascii.ts';
import { LETTER, letterKind } from '../context/letter-kind.ts';

/** A day in a text. */
export interface WrittenDate extends Span {
  /** As it is written: below 100 where it has two digits. */
  readonly year: number;
}

const MONTHS: ReadonlyMap<string, number> = new Map(
  [
    'january jan januar januari janvier janv enero ene gennaio gen janeiro stycznia styczeń sty leden ledna ocak ' +
      'января январь янв tammikuuta ianuarie január jän jänner siječnja',
    'february feb februar februari février févr fev febrero febbraio fevereiro lutego luty únor února şubat ' +
      'февраля февраль фев helmikuuta februarie február',
    'march mar märz mrz maart mars marzo março marca marzec března březen mart марта март мар maaliskuuta martie március',
    'april apr avril avr abril abr aprile kwietnia kwiecień dubna duben nisan апреля апрель апр huhtikuuta aprilie április',
    'may mai mei mayo maggio mag maio maj maja května květen mayıs мая май toukokuuta május',
    'june jun juni juin junio giugno giu junho czerwca czerwiec června červen haziran июня июнь июн kesäkuuta iunie június',
    'july jul juli juillet juil julio luglio lug julho lipca lipiec července červenec temmuz июля июль июл heinäkuuta iulie július',
    'august aug août aout agosto ago augustus augusti sierpnia sierpień srpna srpen ağustos августа август авг elokuuta augusztus',
    'september sep sept septembre septiembre settembre set setembro września wrzesień září eylül сентября сентябрь сен syyskuuta septembrie szeptember',
    'october oct oktober okt octobre octubre ottobre ott outubro out października październik října říjen ekim октября октябрь окт lokakuuta octombrie október',
    'november nov novembre noviembre novembro listopada listopad listopadu kasım ноября ноябрь ноя marraskuuta noiembrie',
    'december dec dezember dez décembre déc decembre diciembre dic dicembre dezembro grudnia grudzień prosince prosinec aralık декабря декабрь дек joulukuuta decembrie',
  ].flatMap((names, index) => names.split(' ').map((name) => [name, index + 1] as const)),
);

const HAN = /(\d{4})[年년] ?(\d{1,2})[月월] ?(\d{1,2})[日일]/y;
const DAY_FIRST =
  /(\d{1,2})(?:st|nd|rd|th|er|º|ª|°|\.)?[ \u00a0-](?:de |of |di )?(\p{L}{3,12})\.?,?[ \u00a0-](?:de |del |of )?(\d{4})(?!\d)/uy;
const AFTER_MONTH = /(\d{1,2})(?:st|nd|rd|th)?,? (\d{4})(?!\d)/y;
const MONTH_BEFORE = /(?<!\p{L})(\p{L}{3,12})\.? $/u;
const YEAR_FIRST = /(\d{4})[ -](\p{L}{3,12})[ -](\d{1,2})(?!\d)/uy;
const TIME = /[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?/y;
const MAX_MONTH = 14;
const MAX_DIGITS = 4;
const [STOP, BLANK, CAPITAL_T] = [0x2e, 0x20, 0x54];

/**
 * The day that digits in a text belong to, in one of the usual ways to write it, if it is one of a calendar.
 *
 * @param index where the digits begin
 * @param length how many there are
 * @param floor the day begins no earlier
 */
export function dateAt(
  text: string,
  index: number,
  length: number,
  floor: number,
): WrittenDate | undefined {
  const next = text.charCodeAt(index + length);
  if (next === 0x5e74 || next === 0xb144) return parsed(HAN, text, index, 1, 2, 3);
  if (next === 0x2d || next === 0x2e || next === 0x2f) {
    const numeric = numericAt(text, index, length);
    if (numeric !== undefined) return numeric;
  }
  if (length > 2) {
    if (length !== 4 || !wordFollows(text, index + length, next)) return undefined;
    return parsed(YEAR_FIRST, text, index, 1, 2, 3);
  }
  if (next < 0x20 || next === 0x2c) return afterMonth(text, index, floor);
  if (!mayBeDay(text, index + length, next)) return undefined;
  const after = afterMonth(text, index, floor);
  if (after !== undefined || !yearFollows(text, index + length)) return after;
  return parsed(DAY_FIRST, text, index, 3, 2, 1);
}

function wordFollows(text: string, end: number, next: number): boolean {
  if (next !== BLANK && next !== 0x2d) return false;
  return end + 1 < text.length && (letterKind(text.charCodeAt(end + 1)) & LETTER) !== 0;
}

/** As far as a month, `of` and the like reach. */
const MAX_TO_YEAR = 32;

/** Told by a glance: only letters, blanks and the marks of a date stand before the next four digits. */
function yearFollows(text: string, end: number): boolean {
  const most = Math.min(text.length, end + MAX_TO_YEAR);
  for (let i = end; i < most; i++) {
    const code = text.charCodeAt(i);
    if (isDigit(code)) return digitsAt(text, i) === MAX_DIGITS;
    if (code < BLANK || (code > 0x2e && code < 0x41)) return false;
  }
  return false;
}

/** Told by a glance: a blank with a letter or a year behind it, a full stop, or the letters of an ordinal. */
function mayBeDay(text: string, end: number, next: number): boolean {
  if (next === 0x20 || next === 0xa0 || next === 0x2d) {
    const then = text.charCodeAt(end + 1);
    return then > 0x40 || (then >= 0x30 && then <= 0x39);
  }
  return next === 0x2e || next > 0x40;
}

/** `1985-03-12`, `12. 3. 1985`, `3/12/85`: read by hand, as nearly every number of a log or a table is asked. */
function numericAt(text: string, index: number, length: number): WrittenDate | undefined {
  const sign = text.charCodeAt(index + length);
  const from = afterBlank(text, index + length + 1);
  const middle = digitsAt(text, from);
  if (middle === 0 || middle > 2 || !isCode(text, from + middle, sign)) return undefined;
  const then = afterBlank(text, from + middle + 1);
  const last = digitsAt(text, then);
  if (last === 0 || last > MAX_DIGITS || length > MAX_DIGITS) return undefined;
  const end = then + last;
  if (isCode(text, end, STOP) && digitsAt(text, end + 1) > 0) return undefined;
  const [a, b, c] = [
    part(text, index, index + length),
    part(text, from, from + middle),
    part(text, then, end),
  ];
  if (length === 4) return made(index, timeEnd(text, end), a, b, last <= 2 ? c : 0);
  if (length > 2 || (last !== 4 && last !== 2)) return undefined;
  // Day first nearly everywhere, month first in the United States.
  return made(index, end, c, b, a) ?? made(index, end, c, a, b);
}

function afterBlank(text: string, index: number): number {
  return isCode(text, index, BLANK) ? index + 1 : index;
}

function isCode(text: string, index: number, code: number): boolean {
  return index < text.length && text.charCodeAt(index) === code;
}

/** How many digits stand here, as far as it matters. */
function digitsAt(text: string, index: number): number {
  const most = Math.min(text.length, index + MAX_DIGITS + 1);
  let end = index;
  while (end < most && isDigit(text.charCodeAt(end))) end++;
  return end - index;
}

function timeEnd(text: string, end: number): number {
  if (!isCode(text, end, BLANK) && !isCode(text, end, CAPITAL_T)) return end;
  TIME.lastIndex = end;
  return TIME.test(text) ? TIME.lastIndex : end;
}

function afterMonth(text: string, index: number, floor: number): WrittenDate | undefined {
  if (index < 4 || text.charCodeAt(index - 1) !== BLANK) return undefined;
  const before = text.charCodeAt(index - 2);
  if (before !== STOP && (letterKind(before) & LETTER) === 0) return undefined;
  AFTER_MONTH.lastIndex = index;
  const found = AFTER_MONTH.exec(text);
  if (found === null) return undefined;
  const from = Math.max(floor, index - MAX_MONTH);
  const month = MONTH_BEFORE.exec(text.slice(from, index));
  if (month === null) return undefined;
  const end = index + found[0].length;
  return made(from + month.index, end, Number(found[2]), monthOf(month[1]), Number(found[1]));
}

function parsed(
  form: RegExp,
  text: string,
  index: number,
  ...[year, month, day]: readonly [number, number, number]
): WrittenDate | undefined {
  form.lastIndex = index;
  const found = form.exec(text);
  if (found === null) return undefined;
  const end = index + found[0].length;
  return made(index, end, Number(found[year]), monthOf(found[month]), Number(found[day]));
}

/** True for the name of a month in one of the languages known. */
export function isMonth(word: string): boolean {
  return MONTHS.has(word.toLowerCase());
}

function monthOf(written = ''): number {
  return /\d/.test(written) ? Number(written) : (MONTHS.get(written.toLowerCase()) ?? 0);
}

function made(
  start: number,
  end: number,
  year: number,
  month: number,
  day: number,
): WrittenDate | undefined {
  const real = month >= 1 && month <= 12 && day >= 1 && day <= 31;
  return real ? { start, end, year } : undefined;
}
