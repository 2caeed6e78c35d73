import { LETTER, letterKind, NUMBER } from './letter-kind.ts';

const [ENDS, MAY_NAME, BLANK, MARK] = [1, 2, 3, 4];
/** What a character may be to a value; most are nothing. */
const ROLE = new Uint8Array(2 ** 16);
for (const sign of '\n\r\t|;<>{}[]"\u3001\u3002') ROLE[sign.charCodeAt(0)] = ENDS;
for (const sign of '.!?') ROLE[sign.charCodeAt(0)] = MARK;
ROLE[0x2c] = MAY_NAME;
ROLE[0x20] = BLANK;

const [SPACE, QUOTE, UNDERSCORE, COLON, EQUALS, WIDE_COLON] = [
  0x20, 0x22, 0x5f, 0x3a, 0x3d, 0xff1a,
];
const MAX_NAME = 30;
const MAX_WORD = 24;

/**
 * Where an unquoted value ends that begins at `start`: with its line, its cell, its sentence, or where the name
 * of the next value begins (`Name: Ana, City: Rome`, `name: Ana city: Rome`).
 */
export function valueEnd(text: string, start: number, most: number): number {
  for (let i = start; i < most; i++) {
    const role = ROLE[text.charCodeAt(i)] ?? 0;
    if (role === 0) continue;
    if (role === ENDS) return i;
    if (role === BLANK && nameFollows(text, i + 1, most)) return i;
    if (role === MAY_NAME && namesFollow(text, i + 1, most)) return i;
    if (role === MARK && isSpace(text, i + 1, most) && endsSentence(text, i, start)) return i;
  }
  return most;
}

function isSpace(text: string, index: number, most: number): boolean {
  return index < most && text.charCodeAt(index) === SPACE;
}

/** Behind a blank: another, or one word and a colon. */
function nameFollows(text: string, from: number, most: number): boolean {
  if (isSpace(text, from, most)) return true;
  const end = Math.min(most, from + MAX_WORD);
  let at = from;
  while (at < end && isNameLetter(text.charCodeAt(at))) at++;
  if (at === from || !isSpace(text, at + 1, most)) return false;
  const sign = text.charCodeAt(at);
  // `Lale Sokak No: 7`
  return (sign === COLON || sign === EQUALS) && !text.startsWith('No:', from);
}

/** Behind a comma: words and a colon. */
function namesFollow(text: string, from: number, most: number): boolean {
  const first = isSpace(text, from, most) ? 1 : 0;
  const end = Math.min(most, from + first + MAX_NAME);
  let at = from;
  for (; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code !== SPACE && code !== QUOTE && !isNameLetter(code)) break;
  }
  if (at === from || at >= most) return false;
  const sign = text.charCodeAt(at);
  return sign === COLON || sign === EQUALS || sign === WIDE_COLON;
}

function isNameLetter(code: number): boolean {
  return (letterKind(code) & LETTER) !== 0 || code === UNDERSCORE;
}

/** A full stop behind a word or a number, but for those of `St.`, `str.` and the like. */
function endsSentence(text: string, index: number, start: number): boolean {
  const last = kindBefore(text, index, 1, start);
  const before = kindBefore(text, index, 2, start);
  const numbered = (last & NUMBER) !== 0 || ((last & LETTER) !== 0 && (before & NUMBER) !== 0);
  const word = numbered || isWord(text, index, start);
  return word && !(index - 3 >= start && text.startsWith('str', index - 3));
}

const WORD = 4;

function isWord(text: string, index: number, start: number): boolean {
  for (let back = 1; back <= WORD; back++) {
    if ((kindBefore(text, index, back, start) & (LETTER | NUMBER)) === 0) return false;
  }
  return true;
}

function kindBefore(text: string, index: number, back: number, start: number): number {
  return index - back < start ? 0 : letterKind(text.charCodeAt(index - back));
}
