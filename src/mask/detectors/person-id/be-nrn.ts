import { isDay, part } from '../calendar.ts';
import { remainder } from './check-digits.ts';
import type { Identifier } from './identifier.ts';

/**
 * National register numbers of Belgium: date of birth, order, and a key modulo 97; BIS numbers
 * (month plus 20 or 40) and unknown dates too. With their dots and hyphen, or as eleven digits with
 * a true date, by their form; other eleven digits only in context.
 */
export const beNrn: Identifier = {
  name: 'be-nrn',
  alone: ['99.99.99-999.99', '99999999999', '999999-999-99', '99 99 99 999 99', '999999 999 99'],
  proven: true,
  valid: isNrn,
  convinces: (compact) => isDay(part(compact, 2, 4), part(compact, 4, 6)),
};

function isNrn(compact: string): boolean {
  const month = part(compact, 2, 4);
  const day = part(compact, 4, 6);
  if (month > 52 || day > 31 || month % 20 > 12) return false;
  const key = part(compact, 9, 11);
  const digits = compact.slice(0, 9);
  if (key === 97 - remainder(digits, 97)) return true;
  // Those born from 2000 on have a 2 in front when the key is made. Nobody is born after 2049 yet.
  return compact < '5' && key === 97 - remainder(`2${digits}`, 97);
}
