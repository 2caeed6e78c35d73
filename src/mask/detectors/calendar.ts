const LENGTHS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * True where the calendar has this day in some year, or in this one if it is given with four
 * digits.
 */
export function isDay(month: number, day: number, year?: number): boolean {
  if (day < 1 || day > (LENGTHS[month - 1] ?? 0)) return false;
  return month !== 2 || day < 29 || year === undefined || isLeap(year);
}

/** The number that the digits from one place to another write. */
export function part(compact: string, from: number, to: number): number {
  let value = 0;
  for (let i = from; i < to; i++) value = value * 10 + compact.charCodeAt(i) - 48;
  return value;
}

/** True where six digits from a place on are a day: year, month, day, of some century. */
export function isYymmdd(compact: string, from = 0): boolean {
  return isDay(part(compact, from + 2, from + 4), part(compact, from + 4, from + 6));
}

/** True where six digits from a place on are a day: day, month, year, of some century. */
export function isDdmmyy(compact: string, from = 0): boolean {
  return isDay(part(compact, from + 2, from + 4), part(compact, from, from + 2));
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}
