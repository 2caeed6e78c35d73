import { CAPITAL, glanceAt, OTHER, SMALL, wordKindAt } from '../context/glance.ts';
import { ABBREVIATIONS } from './name-words.ts';
import { flagsAt } from './word-flags.ts';

/** A word with a capital: where it stands, and as the dictionary would have it. */
export interface CapitalWord {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** What the word may be, see `word-flags.ts`. */
  readonly flags: number;
}

/** Words with capitals that stand side by side, parted by a blank, an initial's full stop or a particle. */
export type CapitalRun = readonly CapitalWord[];

/** What is told of a run before it is made: most runs of most texts name nobody. */
export interface RunGlance {
  readonly start: number;
  readonly end: number;
  /** How many words. */
  readonly count: number;
  /** What any of the words may be. */
  readonly flags: number;
}

const MAX_WORDS = 8;
const MAX_WORD = 32;
const PARTICLE =
  / (?:van der|van den|van de|von der|von und zu|de la|de los|de las|de l['’]|van|von|der|den|de|del|della|dei|di|da|do|dos|das|du|des|la|le|el|al|bin|ibn|ben|ten|ter|te|zu|af|av) (?=\p{Lu})/uy;
/** The letters that particles begin with: a b d e i l t v z. */
const PARTICLE_BEGINNING: ReadonlySet<number> = new Set(
  [...'abdeiltvz'].map((letter) => letter.charCodeAt(0)),
);

// The run that is looked at. Numbers in arrays, as objects are only worth it for runs that may name somebody.
const starts = new Int32Array(MAX_WORDS);
const ends = new Int32Array(MAX_WORDS);
const flags = new Int32Array(MAX_WORDS);
const run = { start: 0, end: 0, count: 0, flags: 0 };

/**
 * Calls back with each run of words with capitals in a text, once over it from left to right.
 *
 * @param may says of a run whether it is worth more than a glance; what it is given is good for this call only
 */
export function eachCapitalRun(
  text: string,
  may: (run: RunGlance) => boolean,
  visit: (run: CapitalRun) => void,
): void {
  const { capitals, capitalCount } = glanceAt(text);
  let done = 0;
  for (let i = 0; i < capitalCount; i++) {
    const start = capitals[i] ?? 0;
    if (start < done) continue;
    readRun(text, start);
    if (run.count === 0) continue;
    done = run.end;
    if (may(run)) visit(wordsOf(text));
  }
}

function wordsOf(text: string): CapitalRun {
  const words: CapitalWord[] = [];
  for (let i = 0; i < run.count; i++) {
    const [start, end] = [starts[i] ?? 0, ends[i] ?? 0];
    words.push({ start, end, text: text.slice(start, end), flags: flags[i] ?? 0 });
  }
  return words;
}

function readRun(text: string, start: number): void {
  run.start = start;
  run.count = 0;
  run.flags = 0;
  for (let at = start; run.count < MAX_WORDS && at !== -1; ) {
    const end = wordEnd(text, at);
    if (end === -1) return;
    const known = flagsAt(text, at, end);
    starts[run.count] = at;
    ends[run.count] = run.end = end;
    flags[run.count++] = known;
    run.flags |= known;
    at = afterGap(text, at, end);
  }
}

/** Where the next word of the run begins; -1 where the run ends. */
function afterGap(text: string, start: number, end: number): number {
  let at = end;
  if (at >= text.length) return -1;
  // `F.`, `Dr.`, `Sra.`: short words keep their full stop.
  if (text.charCodeAt(at) === 0x2e && keepsFullStop(text, start, end)) at++;
  if (at > end && wordKindAt(text, at) === CAPITAL) return at;
  if (at + 1 >= text.length) return -1;
  const blank = text.charCodeAt(at);
  if (blank !== 0x20 && blank !== 0xa0) return -1;
  if (wordKindAt(text, at + 1) === CAPITAL) return at + 1;
  if (blank !== 0x20 || !PARTICLE_BEGINNING.has(text.charCodeAt(at + 1))) return -1;
  PARTICLE.lastIndex = at;
  return PARTICLE.test(text) ? PARTICLE.lastIndex : -1;
}

const LONGEST_ABBREVIATION = 4;

function keepsFullStop(text: string, start: number, end: number): boolean {
  if (end - start <= 3) return true;
  if (end - start > LONGEST_ABBREVIATION) return false;
  return ABBREVIATIONS.has(text.slice(start, end).toLowerCase());
}

/** Where the word ends that begins here with a capital; -1 where digits, `_` or a capital in its middle say that it is code. */
function wordEnd(text: string, start: number): number {
  if (wordKindAt(text, start) !== CAPITAL) return -1;
  let end = start + 1;
  let small = false;
  let mixed = false;
  for (; end < text.length && end - start <= MAX_WORD; end++) {
    const kind = wordKindAt(text, end);
    if (kind === CAPITAL) mixed ||= small && end - start > 3;
    else if (kind === SMALL) small = true;
    else if (kind === OTHER) return -1;
    else if (!joins(text, end)) break;
    else {
      end++;
      small = false;
    }
  }
  return mixed || end - start > MAX_WORD ? -1 : end;
}

/** An apostrophe or a hyphen with letters on both sides. */
function joins(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  if (code !== 0x27 && code !== 0x2d && code !== 0x2019) return false;
  const next = wordKindAt(text, index + 1);
  if (next === CAPITAL) return true;
  return next === SMALL && code !== 0x2d && wordKindAt(text, index + 2) === SMALL;
}
