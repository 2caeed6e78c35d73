import { GateError } from '../../model/errors.ts';
import { wordsOf } from './words.ts';

/** Words that stand one after the other. */
export interface Term {
  readonly words: readonly string[];
  /** The last of them is only how a word begins. */
  readonly isPrefix: boolean;
}

/** What a text must have: one term of every list in `all`, and no term of `none`. */
export interface TextQuery {
  readonly all: readonly (readonly Term[])[];
  readonly none: readonly Term[];
}

/** Bounds of what is asked for, in characters, terms and words. */
const MOST_CHARACTERS = 1_000;
const MOST_TERMS = 32;
const MOST_WORDS = 100;
/** A text in quotation marks, or up to a blank; before it a minus, behind it a star. */
const TERM = /(-?)(?:"([^"]*)"?|([^\s"]+))(\*?)/g;

/**
 * Reads what somebody looks for. `drop table`: both words; `"drop table"`: one after the other; `drop OR delete`: one of
 * them; `-test`: without it; `cust*`: how a word begins. What stands between letters counts as a blank, so that
 * `ana@example.com` is those three words, one after the other.
 *
 * @throws GateError SEARCH_TEXT
 */
export function textQuery(text: string): TextQuery {
  if (text.length > MOST_CHARACTERS) {
    throw new GateError('SEARCH_TEXT', `the words have more than ${MOST_CHARACTERS} characters`);
  }
  const all: Term[][] = [];
  const none: Term[] = [];
  let isChoice = false;
  for (const [whole, minus, quoted, bare = '', star] of text.matchAll(TERM)) {
    if (whole === 'OR') {
      isChoice = all.length > 0;
      continue;
    }
    const term = termOf(
      quoted ?? bare,
      star === '*' || (quoted === undefined && bare.endsWith('*')),
    );
    if (!term) continue;
    const last = all.at(-1);
    if (minus === '-') none.push(term);
    else if (isChoice && last) last.push(term);
    else all.push([term]);
    isChoice = false;
  }
  return checked({ all, none });
}

function termOf(text: string, isPrefix: boolean): Term | undefined {
  const words = wordsOf(text).map(({ word }) => word);
  return words.length === 0 ? undefined : { words, isPrefix };
}

function checked(query: TextQuery): TextQuery {
  const terms = [...query.all.flat(), ...query.none];
  if (query.all.length === 0) {
    const hint = 'such as: drop table, "drop table", drop OR delete, cust* -test';
    throw new GateError('SEARCH_TEXT', 'the text has no word to look for', { hint });
  }
  if (terms.length > MOST_TERMS || terms.flatMap(({ words }) => words).length > MOST_WORDS) {
    const message = `the text has more than ${MOST_TERMS} terms, or ${MOST_WORDS} words`;
    throw new GateError('SEARCH_TEXT', message);
  }
  return query;
}
