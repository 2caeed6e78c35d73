/**
 * How far a finding that begins at the end of a text may reach: it has no blanks (`run`: an address, a key), it may be
 * written in groups (`groups`: a number of a card), or it may be of several words, or be told by words around it
 * (`words`).
 */
export type HoldReach = 'run' | 'groups' | 'words';

/** Characters without a blank that are held, at most. */
const MOST_RUN = 4_096;
/** Characters of groups of digits and letters that are held before the last one. */
const MOST_GROUPS = 64;
/** Characters of words that are held. */
const MOST_WORDS = 256;
/** A group without digits is no longer than that, as `GB` or `NWBK` of an account. */
const SHORT_GROUP = 4;
const KEY_BEGIN = '-----BEGIN ';
/** Characters of the first line of a private key, and of the next, by which it is known. */
const MOST_KEY_LINE = 160;

/** Blanks, and scripts whose words have none between them: no finding goes on over one of these without a blank. */
const PARTS =
  /[\s\u3000-\u303f\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;
const DIGIT = /\p{Nd}/u;

/** Where the part of a text begins that could be the beginning of a finding, as far as the next piece will tell. */
export function heldFrom(text: string, reach: HoldReach): number {
  const run = Math.min(runStart(text, text.length), keyStart(text));
  switch (reach) {
    case 'run':
      return run;
    case 'groups':
      return groupsStart(text, run);
    case 'words':
      return Math.min(run, runStart(text, Math.max(0, text.length - MOST_WORDS)));
  }
}

/** Where the first line of a private key begins that has not ended (RFC 7468, section 2). */
function keyStart(text: string): number {
  const start = text.lastIndexOf(KEY_BEGIN);
  return start >= 0 && text.length - start <= MOST_KEY_LINE ? start : text.length;
}

/** Where the characters without a blank begin that end at a place. */
function runStart(text: string, end: number): number {
  const least = Math.max(0, end - MOST_RUN);
  let start = end;
  while (start > least && !PARTS.test(characterBefore(text, start))) {
    start -= characterBefore(text, start).length;
  }
  return start;
}

/** Where groups begin that may be of one number with the last: those with digits, and a short one before them. */
function groupsStart(text: string, run: number): number {
  const last = text.slice(run);
  if (last.length > SHORT_GROUP && !DIGIT.test(last)) return run;
  const least = Math.max(0, run - MOST_GROUPS);
  let held = run;
  // Of two words in a row that are no numbers, the first one belongs to none either.
  let isWord = last !== '' && !DIGIT.test(last);
  for (let end = blanksStart(text, run, least); end > least; ) {
    const start = Math.max(least, runStart(text, end));
    const wasWord = isWord;
    isWord = !DIGIT.test(text.slice(start, end));
    if (isWord && (wasWord || end - start > SHORT_GROUP)) break;
    held = start;
    end = blanksStart(text, start, least);
  }
  return held;
}

function blanksStart(text: string, end: number, least: number): number {
  let start = end;
  while (start > least && PARTS.test(characterBefore(text, start))) {
    start -= characterBefore(text, start).length;
  }
  return start;
}

/** A surrogate pair is one character. */
function characterBefore(text: string, end: number): string {
  const code = text.charCodeAt(end - 1);
  const isLow = code >= 0xdc00 && code <= 0xdfff && end > 1;
  return text.slice(end - (isLow ? 2 : 1), end);
}
