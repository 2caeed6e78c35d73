import { hasRun } from '../../search/has-run.ts';
import { membership } from '../../search/membership.ts';
import type { Term, TextQuery } from '../../search/text-query.ts';
import { isAscii, wordSet } from '../../search/words.ts';

/** Longer words are known by their beginning. */
const LONGEST = 64;
/** A step with more words than this isn't indexed, so that none holds the database for long. */
const MOST = 8_000;
/** Stands for all words of such a step, which is looked through whatever is searched. No word has it (private use). */
const ANYTHING = '\ue000';

const isOfWord = membership('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789');

/** What the index is given of a text. */
export function indexedWords(text: string): string {
  // The index takes such a text apart as `wordSet` does, and in a third of the time.
  const isPlain = text.length < 2 * MOST && isAscii(text) && !hasRun(text, isOfWord, LONGEST + 1);
  if (isPlain) return text;
  const words = wordSet(text);
  return words.size > MOST ? ANYTHING : [...words].map(cut).join(' ');
}

/**
 * The question to the index: what it answers may fit, and nothing else does.
 *
 * @returns undefined where nearly every step may: to ask would take longer than to look through the newest
 */
export function indexQuery({ all }: TextQuery): string | undefined {
  const telling = all.filter((choice) => !choice.some(isOfLetter));
  if (telling.length === 0) return undefined;
  const clauses = telling.map((choice) => `(${choice.map(termQuery).join(' OR ')})`);
  return `(${clauses.join(' AND ')}) OR "${ANYTHING}"`;
}

/** Whether the index must put all words together that begin so, which takes long in a large one. */
export function hasBeginning({ all }: TextQuery): boolean {
  return all.flat().some(({ isPrefix }) => isPrefix);
}

/** `a*`: a thirtieth of all words, one of which nearly every step has. */
function isOfLetter({ words, isPrefix }: Term): boolean {
  return isPrefix && words.length === 1 && isLetter(words[0] ?? '');
}

function isLetter(word: string): boolean {
  return /^[a-z0-9]$/.test(word);
}

/** Words that only begin so, and words that stand anywhere in it: the text itself tells the rest. */
function termQuery({ words, isPrefix }: Term): string {
  const terms = words.flatMap((word, index) => {
    const isBeginning = isPrefix && index === words.length - 1 && word.length < LONGEST;
    if (isBeginning && isLetter(word) && words.length > 1) return [];
    return [`"${cut(word)}"${isBeginning ? ' *' : ''}`];
  });
  return `(${terms.join(' AND ')})`;
}

function cut(word: string): string {
  return word.slice(0, LONGEST);
}
