import type { Needs, Span } from '../../detector.ts';

/** A word that stands in or beside a secret, and how the secret is told from there. */
export interface Mark {
  readonly word: string;
  /** Upper and lower case are no difference. */
  readonly anyCase?: true;
  /** It may stand inside a longer word; left out: a letter or digit right before it means something else. */
  readonly inside?: true;
  /** The secret stands after the word, which may itself be part of an earlier one. */
  readonly beyond?: true;
  /**
   * The secret by the word at an index, which may begin before the word; looks only so far that all calls
   * together stay linear.
   *
   * @param floor nothing before it is this one's: an earlier secret ends there
   * @returns a number where there is none, and no mark before that index is worth a look either
   */
  spanAt(text: string, at: number, floor: number): Span | number | undefined;
}

/** One kind of secret: a detector, but for the search that all kinds share. */
export interface SecretKind {
  /** The name of the detector. */
  readonly name: string;
  /** What any text has that such a secret stands in, and any field that holds one. */
  readonly needs: Needs;
  readonly marks: readonly Mark[];
  /** The secret in the whole of what a field of that name holds; looked for before marks. */
  inField?(text: string, field: string): Span | undefined;
}
