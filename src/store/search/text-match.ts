import type { Term, TextQuery } from './text-query.ts';
import { isAscii, type Word, wordsOf } from './words.ts';

/** Where a text has what is looked for: from the first character of the first term that it has, to behind its last. */
export interface Place {
  readonly from: number;
  readonly to: number;
}

/** Looks for words in a text. Linear in the text, times the words that are looked for. */
export function textMatch({ all, none }: TextQuery, text: string): Place | undefined {
  const placeOf = isAscii(text) ? inAscii(text.toLowerCase()) : inWords(wordsOf(text));
  if (none.some(placeOf)) return undefined;
  let first: Place | undefined;
  for (const choice of all) {
    const places = choice.flatMap((term) => placeOf(term) ?? []);
    const [place] = places.sort((a, b) => a.from - b.from);
    if (!place) return undefined;
    if (!first || place.from < first.from) first = place;
  }
  return first;
}

type Finder = (term: Term) => Place | undefined;

function inWords(words: readonly Word[]): Finder {
  return ({ words: wanted, isPrefix }) => {
    const last = wanted.length - 1;
    for (let at = 0; at + last < words.length; at++) {
      const fits = wanted.every((word, index) => {
        const given = words[at + index]?.word ?? '';
        return isPrefix && index === last ? given.startsWith(word) : given === word;
      });
      if (fits) return { from: words[at]?.from ?? 0, to: words[at + last]?.to ?? 0 };
    }
    return undefined;
  };
}

/** Most texts are ASCII, and need not be taken apart: a tenth of the time. */
function inAscii(text: string): Finder {
  return ({ words, isPrefix }) => {
    const [first = ''] = words;
    for (let from = text.indexOf(first); from !== -1; from = text.indexOf(first, from + 1)) {
      if (isPart(text, from - 1)) continue;
      const to = endOf(text, from, words, isPrefix);
      if (to !== undefined) return { from, to };
    }
    return undefined;
  };
}

/** Behind the words, where they stand at a place one after the other. */
function endOf(
  text: string,
  from: number,
  words: readonly string[],
  isPrefix: boolean,
): number | undefined {
  let at = from;
  for (const [index, word] of words.entries()) {
    if (index > 0) {
      while (at < text.length && !isPart(text, at)) at++;
    }
    if (!text.startsWith(word, at)) return undefined;
    at += word.length;
    if (!isPart(text, at)) continue;
    if (!isPrefix || index < words.length - 1) return undefined;
    while (isPart(text, at)) at++;
  }
  return at;
}

/** Whether the character there is part of a word: 0-9 or a-z. */
function isPart(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return (code >= 0x30 && code <= 0x39) || (code >= 0x61 && code <= 0x7a);
}
