import { isUrlSafe } from '../context/ascii.ts';
import { looksRandom } from './looks-random.ts';
import type { Mark } from './mark.ts';

/** What may stand before a token in one word, such as the prefix of an instance (`acme-glpat-…`). */
const MAX_BEFORE = 24;

/** The rest of a token may be tested further. */
interface TokenMarkOptions {
  /** Left out: the rest looks as if a machine had drawn it. */
  readonly isReal?: (body: string) => boolean;
  readonly inside?: true;
  readonly anyCase?: true;
}

/**
 * A token that begins with a word of its own.
 *
 * @param body a regular expression for what follows the word; every repetition in it is bounded, and no text makes
 *   it step back more than a few characters
 */
export function tokenMark(word: string, body: string, options: TokenMarkOptions = {}): Mark {
  const rest = new RegExp(`${body}(?![A-Za-z0-9])`, 'y');
  const { isReal = looksRandom, ...how } = options;
  return {
    word,
    ...how,
    spanAt(text, at) {
      if (!how.inside && wordBefore(text, at) > MAX_BEFORE) return undefined;
      rest.lastIndex = at + word.length;
      const found = rest.exec(text);
      if (found === null || !isReal(found[0])) return undefined;
      return { start: at, end: rest.lastIndex };
    },
  };
}

/** How many letters, digits, hyphens and underscores stand right before; no more are counted than may. */
function wordBefore(text: string, at: number): number {
  let length = 0;
  while (length <= MAX_BEFORE && isUrlSafe(text.charCodeAt(at - length - 1))) length++;
  return length;
}
