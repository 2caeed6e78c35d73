/** What is done to transcripts beside the writing of them. Plain data, for a thread of its own. */
export interface UpkeepOptions {
  /** Left out: nothing is proved. */
  readonly proof?: {
    /** Ed25519 private key, PKCS #8, PEM. */
    readonly key: string;
    /** Milliseconds between two blocks. */
    readonly every: number;
  };
  /** Payloads are compressed once they are so old, in milliseconds; left out: never. */
  readonly compact?: number;
  /** Whether words are indexed. */
  readonly search?: boolean;
  readonly keep?: {
    /** Milliseconds. */
    readonly age?: number;
    /** Bytes. */
    readonly size?: number;
    /** Milliseconds, by upstream. */
    readonly upstreams?: Readonly<Record<string, number>>;
  };
}
