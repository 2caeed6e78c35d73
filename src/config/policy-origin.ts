import type { PolicySource } from '../policy/compile.ts';

/** All policy files of one moment. */
export interface PolicyReading {
  readonly files: readonly PolicySource[];
  /** What this is called in logs and transcripts; left out: the digest of the files. */
  readonly revision?: string;
  /** Where it is from, for whoever asks: the kind of the origin first. Holds no secret. */
  readonly source: Readonly<Record<string, string>>;
}

/** Where policies come from. */
export interface PolicyOrigin {
  /** Where that is, for the log. Holds no secret. */
  readonly source: Readonly<Record<string, string>>;
  /**
   * True where what keeps policies from loading can be mended while the gate runs: it then starts, and lets nothing
   * pass until that is done.
   */
  readonly startsWithout: boolean;
  /**
   * What there is now.
   *
   * @returns undefined where nothing was ever put there
   * @throws GateError POLICY_UNREADABLE, or why what is there isn't trusted
   */
  read(): Promise<PolicyReading | undefined>;
  /**
   * What there is on this machine, for whoever only looks: nobody is asked, and nothing is changed. Left out where
   * {@link read} is like that.
   *
   * @returns undefined where there is nothing
   */
  local?(): Promise<PolicyReading | undefined>;
  /** What was in force last, where that is kept: for a start without what {@link read} needs. */
  last?(): Promise<PolicyReading | undefined>;
  /** Is told what has come into force. */
  keep?(reading: PolicyReading): Promise<void>;
  /**
   * Has `look` called when something may have changed.
   *
   * @returns what stops it
   */
  watch(look: () => Promise<void>): () => void;
}
