/** What maskers need beside a value. */
export interface MaskContext {
  /** The gate's key for digests and tokens: 32 bytes. */
  readonly key: Uint8Array;
  /** Whom tokens are for: the principal of the caller. */
  readonly owner: string;
  /** Tokens that the gate itself has put into the message: they stand for values already. */
  readonly given?: ReadonlySet<string>;
}
