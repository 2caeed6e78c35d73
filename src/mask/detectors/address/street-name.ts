import type { Span } from '../../detector.ts';
import { isDigit } from '../context/ascii.ts';
import { letterKind, SMALL } from '../context/letter-kind.ts';
import type { CapitalRun } from '../name/capital-runs.ts';
import { foldName } from '../name/fold-name.ts';
import { mayBeStreet } from './street-hint.ts';
import { STREETS_AFTER, STREETS_BEFORE } from './street-words.ts';

const BLANK = 0x20;
const MAX_BEFORE = 24;
const MAX_NUMBER = 8;
const SMALL_BEFORE = /(?:\d[a-z]?,? )?(\p{Ll}{3,12}) $/u;
const HOUSE_NUMBER = /(?:^|[^\d:.-])\d{1,6} $/;
const NUMBER_AFTER = /,? \d{1,5}[a-z]?(?![\d\p{L}:])/uy;

/** `12 Ana García Street`, `Calle Ana García, 12`: a run of capitals that is a street called after somebody. */
export function isStreetName(text: string, run: CapitalRun, { start, end }: Span): boolean {
  if (run.length === 1) return false;
  if (behindStreetWord(text, start, end)) return true;
  const numbered = isNumbered(text, start);
  if (numbered && run.slice(1).some((word) => STREETS_AFTER.has(foldName(word.text)))) return true;
  const [first] = run;
  if (first === undefined || !mayBeWord(text, first.start, first.end)) return false;
  if (!STREETS_BEFORE.has(foldName(first.text))) return false;
  return numbered || hasNumberAfter(text, end);
}

function isNumbered(text: string, start: number): boolean {
  if (start < 2 || !isDigit(text.charCodeAt(start - 2))) return false;
  return HOUSE_NUMBER.test(text.slice(Math.max(0, start - MAX_NUMBER), start));
}

function hasNumberAfter(text: string, end: number): boolean {
  NUMBER_AFTER.lastIndex = end;
  return NUMBER_AFTER.test(text);
}

/** `5 avenue Jean Moulin` */
function behindStreetWord(text: string, start: number, end: number): boolean {
  if (start < 2 || text.charCodeAt(start - 1) !== BLANK) return false;
  const floor = Math.max(0, start - MAX_BEFORE);
  let from = start - 1;
  while (from > floor && (letterKind(text.charCodeAt(from - 1)) & SMALL) !== 0) from--;
  if (!mayBeWord(text, from, start - 1)) return false;
  const small = SMALL_BEFORE.exec(text.slice(floor, start));
  const [whole = '', word = ''] = small ?? [];
  if (!STREETS_BEFORE.has(foldName(word))) return false;
  return HOUSE_NUMBER.test(whole.slice(0, whole.indexOf(word))) || hasNumberAfter(text, end);
}

/** Words with accents may be written without them in the list, so a glance says nothing of them. */
function mayBeWord(text: string, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (text.charCodeAt(i) >= 0x80) return true;
  return mayBeStreet(text, from, to);
}
