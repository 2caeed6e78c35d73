/** What is done to transcripts beside the writing of them. Plain data, for a thread of its own. */
export interface UpkeepOptions {
  /** Name of the run of the gate that it is done for; left out: nobody looks after runs. */
  readonly run?: string;
  /** Left out: nothing is proved. */
  readonly proof?: {
    /** Ed25519 private key, PKCS #8, PEM. */
    readonly key: string;
    /** Public keys of earlier ones, PEM: retention removes nothing that is signed with another. */
    readonly earlier?: string;
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
    /** What exports have yet to take is kept beyond all that; left out: it is not. */
    readonly unexported?: {
      /** The database of their cursors. */
      readonly path: string;
      readonly names: readonly string[];
      /** How much longer, in milliseconds. */
      readonly age: number;
      /** How much more, in bytes. */
      readonly size: number;
    };
  };
}
