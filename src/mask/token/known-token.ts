import type { Json } from '../../model/json.ts';

/** What a token stands for. */
export interface KnownToken {
  /** A text, or a whole value. */
  readonly value: Json;
  readonly label: string;
  readonly scope: string;
}

/** What is known of a token that stands in a caller's message. */
export type TokenLookup = (token: string) => KnownToken | 'expired' | 'too many' | undefined;

/** A step to a value: the name of a member, or an index. JSON in a text is stepped into as if it were no text. */
export type Step = string | number;

/** True where a token may be put back at a path. */
export type RevealCover = (known: KnownToken, path: readonly Step[]) => boolean;
