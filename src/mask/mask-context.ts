import type { KeyObject } from 'node:crypto';

/** What maskers need beside a value. */
export interface MaskContext {
  /**
   * The gate's key for digests and tokens: 32 bytes. Node 24 looks at a key that is given as bytes for six times as long
   * as a digest takes.
   */
  readonly key: KeyObject;
  /** Whom tokens are for: the principal of the caller. */
  readonly owner: string;
  /** Tokens that the gate itself has put into the message: they stand for values already. */
  readonly given?: ReadonlySet<string>;
}
