import { ABBREVIATIONS } from './name-words.ts';
import { flagsOfWritten } from './word-flags.ts';

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

const NONE = 0;
const SMALL = 1;
const CAPITAL = 2;
const OTHER = 3;
/** Latin, Greek and Cyrillic: what each character is. */
const LAST = 0x530;
const FIRST_CAPITAL = 0x41;
let kinds: Uint8Array | undefined;

function kindsOf(): Uint8Array {
  const made = new Uint8Array(LAST);
  for (let code = 0; code < LAST; code++) {
    const sign = String.fromCharCode(code);
    if (/\p{Lu}/u.test(sign)) made[code] = CAPITAL;
    else if (/[\p{L}\p{M}]/u.test(sign)) made[code] = SMALL;
    else if (/[\d_@#$%\\/]/.test(sign)) made[code] = OTHER;
  }
  return made;
}

const MAX_WORDS = 8;
const MAX_WORD = 32;
const PARTICLE =
  / (?:van der|van den|van de|von der|von und zu|de la|de los|de las|de l['’]|van|von|der|den|de|del|della|dei|di|da|do|dos|das|du|des|la|le|el|al|bin|ibn|ben|ten|ter|te|zu|af|av) (?=\p{Lu})/uy;

/** Calls back with each run of words with capitals in a text, once over it from left to right. */
export function eachCapitalRun(text: string, visit: (run: CapitalRun) => void): void {
  kinds ??= kindsOf();
  const table = kinds;
  const { length } = text;
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code < FIRST_CAPITAL || code >= LAST || table[code] !== CAPITAL) continue;
    if (i > 0 && (kindAt(text, i - 1) !== NONE || goesOn(text, i - 1))) continue;
    const run = runAt(text, i);
    const last = run.at(-1);
    if (last === undefined) continue;
    visit(run);
    i = last.end - 1;
  }
}

/** True for an apostrophe or a hyphen with a letter in front: what follows is the rest of a word. */
function goesOn(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  if (code !== 0x27 && code !== 0x2d && code !== 0x2019) return false;
  return index > 0 && kindAt(text, index - 1) !== NONE;
}

function kindAt(text: string, index: number): number {
  const code = text.charCodeAt(index);
  return code < LAST ? (kinds?.[code] ?? NONE) : NONE;
}

function runAt(text: string, start: number): CapitalRun {
  const run: CapitalWord[] = [];
  for (let at = start; run.length < MAX_WORDS; ) {
    const word = wordAt(text, at);
    if (word === undefined) break;
    run.push(word);
    const next = afterGap(text, word);
    if (next === undefined) break;
    at = next;
  }
  return run;
}

/** Where the next word of the run begins; undefined where the run ends. */
function afterGap(text: string, { end, text: word }: CapitalWord): number | undefined {
  let at = end;
  // `F.`, `Dr.`, `Sra.`: short words keep their full stop.
  if (text.charCodeAt(at) === 0x2e && (word.length <= 3 || ABBREVIATIONS.has(word.toLowerCase())))
    at++;
  const blank = text.charCodeAt(at);
  if (at > end && kindAt(text, at) === CAPITAL) return at;
  if (blank !== 0x20 && blank !== 0xa0) return undefined;
  if (kindAt(text, at + 1) === CAPITAL) return at + 1;
  PARTICLE.lastIndex = at;
  return PARTICLE.test(text) ? PARTICLE.lastIndex : undefined;
}

/** The word that begins here with a capital; none where digits, `_` or a capital in its middle say that it is code. */
function wordAt(text: string, start: number): CapitalWord | undefined {
  if (kindAt(text, start) !== CAPITAL) return undefined;
  let end = start + 1;
  let small = false;
  let mixed = false;
  for (; end < text.length && end - start <= MAX_WORD; end++) {
    const kind = kindAt(text, end);
    if (kind === CAPITAL) mixed ||= small && end - start > 3;
    else if (kind === SMALL) small = true;
    else if (kind === OTHER) return undefined;
    else if (!joins(text, end)) break;
    else {
      end++;
      small = false;
    }
  }
  if (mixed || end - start > MAX_WORD) return undefined;
  const word = text.slice(start, end);
  return { start, end, text: word, flags: flagsOfWritten(word) };
}

/** An apostrophe or a hyphen with letters on both sides. */
function joins(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  if (code !== 0x27 && code !== 0x2d && code !== 0x2019) return false;
  const next = kindAt(text, index + 1);
  return next === CAPITAL || (next === SMALL && code !== 0x2d && kindAt(text, index + 2) === SMALL);
}
