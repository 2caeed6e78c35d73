import type { ErrorCode } from '../model/errors.ts';

/** What kind of key is meant: how it is read, and what is said where it can't be. */
export interface KeyKind<Key> {
  /** As errors call it: `masking key`. */
  readonly name: string;
  readonly code: ErrorCode;
  /** What its text must be: `32 bytes in base64 or hexadecimal digits`. */
  readonly form: string;
  /** The key; undefined where the text is none. */
  parse(text: string): Key | undefined;
  /** What to do where a file holds something else. */
  readonly hint: string;
}
