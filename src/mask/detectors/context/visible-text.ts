import type { Span } from '../../detector.ts';
import { digitWords } from './digit-words.ts';

// Soft hyphen, zero-width characters, marks of direction: a reader doesn't see them.
const INVISIBLE = /[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/;
// Blanks and hyphens of other kinds part groups of digits as the ASCII ones do.
const BLANK = /[\u00a0\u2000-\u200a\u202f]/g;
const HYPHEN = /[\u2010-\u2013\u2212]/g;

/** A text as a reader sees it. */
export interface Visible {
  readonly text: string;
  /**
   * For each character of the visible text and its end: where it stands in the text. Undefined: at
   * the same place.
   */
  readonly places?: readonly number[];
}

let lastText = '';
const asItIs = { text: '' };
let lastVisible: Visible = asItIs;

/**
 * A text without invisible characters, and with one kind of blank and hyphen. Prepared once for all
 * detectors that look at the same text.
 */
export function visible(text: string): Visible {
  if (text !== lastText) {
    // One pass tells of odd characters and finds the words that detectors look at next.
    if (digitWords(text).isOdd) lastVisible = visibleOf(text);
    else {
      asItIs.text = text;
      lastVisible = asItIs;
    }
    lastText = text;
  }
  return lastVisible;
}

/** Lets a detector see a text as a reader does. The spans are those of the text as it is. */
export function inVisible(
  find: (text: string, field?: string) => Span[],
): (text: string, field?: string) => Span[] {
  return (text, field) => {
    const { text: seen, places } = visible(text);
    const spans = find(seen, field);
    if (!places || spans.length === 0) return spans;
    return spans.map(({ start, end }) => ({
      start: places[start] ?? start,
      end: (places[end - 1] ?? end - 1) + 1,
    }));
  };
}

function visibleOf(text: string): Visible {
  const plain = text.replace(BLANK, ' ').replace(HYPHEN, '-');
  if (!INVISIBLE.test(plain)) return { text: plain };
  const places: number[] = [];
  const kept: string[] = [];
  let from = 0;
  for (let i = 0; i <= plain.length; i++) {
    if (i < plain.length && !INVISIBLE.test(plain.charAt(i))) places.push(i);
    else {
      if (i > from) kept.push(plain.slice(from, i));
      from = i + 1;
    }
  }
  return { text: kept.join(''), places };
}
