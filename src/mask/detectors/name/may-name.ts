import type { RunGlance } from './capital-runs.ts';
import { foldName } from './fold-name.ts';
import { foldWord } from './folded-word.ts';
import { SAYS_NAME } from './name-words.ts';
import {
  FIRST,
  flagsAt,
  GREETING,
  LAST,
  PARTY,
  PATRONYMIC,
  ROLE,
  SMALL_TITLE,
  TITLE,
} from './word-flags.ts';
import { WordTable } from './word-table.ts';

const TELLING = FIRST | LAST | PATRONYMIC | TITLE | SMALL_TITLE | GREETING | ROLE | PARTY;
const MAX_BEFORE = 14;
const MAX_INDENT = 8;
const SAID = new WordTable(new Map([...SAYS_NAME].map((word) => [foldName(word), 1])));
const [NEWLINE, RETURN, BLANK, TAB, COMMA] = [0x0a, 0x0d, 0x20, 0x09, 0x2c];
const [STOP, COLON, LESS, GREATER, HYPHEN] = [0x2e, 0x3a, 0x3c, 0x3e, 0x2d];
const [OPENS, CLOSES] = [0x28, 0x5d];

/**
 * False where a run of words with capitals surely names nobody: none of its words is known, and nothing beside
 * it says that a person is meant. It is right about most runs of most texts, and makes no objects.
 */
export function mayName(text: string, { start, end, count, flags }: RunGlance): boolean {
  if (count > 1 && (flags & TELLING) !== 0) return true;
  const next = end < text.length ? text.charCodeAt(end) : NEWLINE;
  if (next === COMMA && (flags & LAST) !== 0) return true;
  if ((next === NEWLINE || next === RETURN || next === COMMA) && isLineStart(text, start)) {
    return true;
  }
  return hasCueBefore(text, start) || (count > 1 && mayHaveContact(text, start, end, next));
}

function isLineStart(text: string, start: number): boolean {
  for (let at = start - 1; at >= start - MAX_INDENT; at--) {
    if (at < 0) return true;
    const code = text.charCodeAt(at);
    if (code !== BLANK && code !== TAB && code !== GREATER && code !== HYPHEN)
      return code === NEWLINE;
  }
  return false;
}

/** A title, a role, a greeting or `is` in small letters. */
function hasCueBefore(text: string, start: number): boolean {
  let end = start - 1;
  if (end < 1) return false;
  const gap = text.charCodeAt(end);
  if (gap !== BLANK && gap !== STOP) return false;
  const mark = text.charCodeAt(end - 1);
  if (mark === COMMA || mark === STOP) end--;
  let from = end;
  while (from > 0 && from > end - MAX_BEFORE && isLetter(text.charCodeAt(from - 1))) from--;
  if (from === end || from === end - MAX_BEFORE) return false;
  return flagsAt(text, from, end) !== 0 || SAID.get(0, foldWord(text, from, end)) >= 0;
}

function isLetter(code: number): boolean {
  if (code >= 0x61) return code <= 0x7a || (code >= 0xc0 && code < 0x530);
  return code >= 0x41 && code <= 0x5a;
}

/** An address of e-mail or a time behind in brackets, or a colon after a bracket in front. */
function mayHaveContact(text: string, start: number, end: number, next: number): boolean {
  if (next === COLON) return start > 1 && text.charCodeAt(start - 2) === CLOSES;
  const beside = next === BLANK && end + 1 < text.length ? text.charCodeAt(end + 1) : next;
  return beside === LESS || beside === OPENS;
}
