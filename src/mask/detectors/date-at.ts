import type { Span } from '../detector.ts';

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

const NUMERIC = /(\d{1,4})([-/.]) ?(\d{1,2})\2 ?(\d{1,4})(?!\d|\.\d)/y;
const HAN = /(\d{4})[年년] ?(\d{1,2})[月월] ?(\d{1,2})[日일]/y;
const DAY_FIRST =
  /(\d{1,2})(?:st|nd|rd|th|er|º|ª|°|\.)?[ \u00a0-](?:de |of |di )?(\p{L}{3,12})\.?,?[ \u00a0-](?:de |del |of )?(\d{4})(?!\d)/uy;
const AFTER_MONTH = /(\d{1,2})(?:st|nd|rd|th)?,? (\d{4})(?!\d)/y;
const MONTH_BEFORE = /(?<!\p{L})(\p{L}{3,12})\.? $/u;
const YEAR_FIRST = /(\d{4})[ -](\p{L}{3,12})[ -](\d{1,2})(?!\d)/uy;
const TIME = /[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?/y;
const MAX_MONTH = 14;

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
    const numeric = numericAt(text, index);
    if (numeric !== undefined) return numeric;
  }
  if (length > 2) return length === 4 ? parsed(YEAR_FIRST, text, index, 1, 2, 3) : undefined;
  if (next < 0x20 || next === 0x2c) return afterMonth(text, index, floor);
  if (!mayBeDay(text, index + length, next)) return undefined;
  return afterMonth(text, index, floor) ?? parsed(DAY_FIRST, text, index, 3, 2, 1);
}

/** Told by a glance: a blank with a letter or a year behind it, a full stop, or the letters of an ordinal. */
function mayBeDay(text: string, end: number, next: number): boolean {
  if (next === 0x20 || next === 0xa0 || next === 0x2d) {
    const then = text.charCodeAt(end + 1);
    return then > 0x40 || (then >= 0x30 && then <= 0x39);
  }
  return next === 0x2e || next > 0x40;
}

function numericAt(text: string, index: number): WrittenDate | undefined {
  NUMERIC.lastIndex = index;
  const found = NUMERIC.exec(text);
  if (found === null) return undefined;
  const [whole, first = '', , second = '', third = ''] = found;
  const end = index + whole.length;
  const [a, b, c] = [Number(first), Number(second), Number(third)];
  if (first.length === 4) return made(index, timeEnd(text, end), a, b, third.length <= 2 ? c : 0);
  if (first.length > 2 || (third.length !== 4 && third.length !== 2)) return undefined;
  // Day first nearly everywhere, month first in the United States.
  return made(index, end, c, b, a) ?? made(index, end, c, a, b);
}

function timeEnd(text: string, end: number): number {
  TIME.lastIndex = end;
  return TIME.test(text) ? TIME.lastIndex : end;
}

function afterMonth(text: string, index: number, floor: number): WrittenDate | undefined {
  if (text.charCodeAt(index - 1) !== 0x20) return undefined;
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
