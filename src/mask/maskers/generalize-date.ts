import { isMonthName } from './month-names.ts';

export type DateUnit = 'month' | 'year' | 'decade';

const TIME = String.raw`(?:[T ,]{1,3}\d{1,2}:\d{2}.{0,40})?`;
const YEAR = String.raw`((?:1\d|20|21)\d{2})`;
/** `1980-04-17`, `1980/4/17`, `1980.04`, `1980`, with a time after it. */
const YEAR_FIRST = new RegExp(`^${YEAR}(?:([-/.])(\\d{1,2})(?:\\2(\\d{1,2}))?)?${TIME}$`, 's');
/** `19800417`, and with a time as ISO 8601 has it (basic format). */
const BASIC = new RegExp(`^${YEAR}(\\d{2})(\\d{2})(?:T\\d{4,6}.{0,20})?$`, 's');
/** `17.04.1980`, `04/17/1980`, `04/1980`. */
const YEAR_LAST = new RegExp(`^(?:(\\d{1,2})([-/. ]))?(\\d{1,2})[-/. ]\\s?${YEAR}${TIME}$`, 's');
/** `17 April 1980`, `17. März 1980`, `17 de abril de 1980`, `Apr-1980`. */
const DAY_NAME_YEAR = new RegExp(
  String.raw`^(?:\p{L}{2,12}\.?,? )?(?:\d{1,2}(?:st|nd|rd|th|er|\.|º)?[ -](?:of |de )?)?(\p{L}{3,12}\.?)[ ,-]{1,2}(?:de )?${YEAR}${TIME}$`,
  'su',
);
/** `April 17, 1980`. */
const NAME_DAY_YEAR = new RegExp(
  String.raw`^(?:\p{L}{2,12}\.?,? )?(\p{L}{3,12}\.?) \d{1,2}(?:st|nd|rd|th)?,? ${YEAR}${TIME}$`,
  'su',
);
/** `1980年4月17日`. */
const CJK = new RegExp(`^${YEAR}\\s?年(?:\\s?(\\d{1,2})\\s?月(?:\\s?\\d{1,2}\\s?日)?)?$`);

/** A date that was read: its year, and how the month and the year are written in its manner. */
interface Read {
  readonly year: string;
  /** Left out where it can't be told which number is the month. */
  readonly month?: string;
}

/**
 * A date with less of it: `1980-04`, `1980` or `1980s`. What comes after the day goes. Where the month can't be told
 * from the day, the year is given.
 *
 * @returns undefined for what is no date with a year of four digits
 */
export function dateUpTo(text: string, unit: DateUnit): string | undefined {
  const read = readDate(text.trim());
  if (!read) return undefined;
  if (unit === 'decade') return `${read.year.slice(0, 3)}0s`;
  return unit === 'month' ? (read.month ?? read.year) : read.year;
}

function readDate(text: string): Read | undefined {
  return yearFirst(text) ?? basic(text) ?? yearLast(text) ?? named(text) ?? cjk(text);
}

function yearFirst(text: string): Read | undefined {
  const [, year, separator = '-', month, day] = YEAR_FIRST.exec(text) ?? [];
  if (year === undefined) return undefined;
  if (month === undefined) return { year };
  if (!isMonth(month) || (day !== undefined && !isDay(day))) return undefined;
  return { year, month: `${year}${separator}${month}` };
}

function basic(text: string): Read | undefined {
  const [, year, month = '', day = ''] = BASIC.exec(text) ?? [];
  if (year === undefined || !isMonth(month) || !isDay(day)) return undefined;
  return { year, month: `${year}${month}` };
}

function yearLast(text: string): Read | undefined {
  const [, first, separator = '/', second = '', year] = YEAR_LAST.exec(text) ?? [];
  if (year === undefined) return undefined;
  if (first === undefined)
    return isMonth(second) ? { year, month: `${second}/${year}` } : undefined;
  if (!isDay(first) || !isDay(second)) return undefined;
  if (!isMonth(first) && !isMonth(second)) return undefined;
  // With dots the day comes first everywhere; with slashes it depends on who writes.
  const month = separator === '.' || !isMonth(first) ? second : isMonth(second) ? undefined : first;
  if (month === undefined || !isMonth(month)) return { year };
  return { year, month: `${month}${separator}${year}` };
}

function named(text: string): Read | undefined {
  const [, name, year] = DAY_NAME_YEAR.exec(text) ?? NAME_DAY_YEAR.exec(text) ?? [];
  if (name === undefined || year === undefined || !isMonthName(name)) return undefined;
  return { year, month: `${name} ${year}` };
}

function cjk(text: string): Read | undefined {
  const [, year, month] = CJK.exec(text) ?? [];
  if (year === undefined) return undefined;
  return month !== undefined && isMonth(month) ? { year, month: `${year}年${month}月` } : { year };
}

const isMonth = (text: string) => Number(text) >= 1 && Number(text) <= 12;
const isDay = (text: string) => Number(text) >= 1 && Number(text) <= 31;

/** Milliseconds; a number below is in seconds. Both cover the years 1973 to 2100. */
const [FIRST_MS, LAST_MS] = [1e11, 4.1e12];
const [FIRST_S, LAST_S] = [1e8, 4.1e9];

/**
 * The same for a number: 19800417 becomes 1980, and a count of seconds or milliseconds since 1970 that of the
 * beginning of its month, year or decade in UTC.
 *
 * @returns undefined for any other number
 */
export function numberUpTo(value: number, unit: DateUnit): number | undefined {
  if (!Number.isInteger(value)) return undefined;
  const read = value < FIRST_S ? basic(String(value)) : undefined;
  if (read) {
    const text = unit === 'month' ? read.month : read.year;
    return unit === 'decade' ? Math.floor(Number(read.year) / 10) * 10 : Number(text);
  }
  if (value >= FIRST_MS && value <= LAST_MS) return beginning(value, unit);
  return value >= FIRST_S && value <= LAST_S ? beginning(value * 1000, unit) / 1000 : undefined;
}

function beginning(milliseconds: number, unit: DateUnit): number {
  const date = new Date(milliseconds);
  const year = date.getUTCFullYear();
  if (unit === 'month') return Date.UTC(year, date.getUTCMonth());
  return Date.UTC(unit === 'year' ? year : Math.floor(year / 10) * 10, 0);
}
