import type { LimitClaim } from './decision.ts';
import type { ToolDefinition } from './tool-definition.ts';
import type { TranscriptBatch } from './transcript.ts';

/** Milliseconds since the epoch, with fractions. Tests give their own. */
export type Clock = () => number;

/** A structured log. Fields never hold a payload or a secret. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  debug(fields: object, message: string): void;
}

/** Where the gate writes transcripts. */
export interface Recorder {
  /** Resolves once the batch is durable as the store was told to be; rejects if it could not be written. */
  append(batch: TranscriptBatch): Promise<void>;
}

/** A claim that had no room, and when it will have, in milliseconds since the epoch. */
export interface LimitReached {
  readonly claim: LimitClaim;
  readonly until: number;
}

/** Counts what limits bound. */
export interface Limiter {
  /**
   * Takes one from every claim, or from none of them. A claim without a key has no room.
   *
   * @returns undefined where all had room, otherwise the first that had none; a rejection means that it can't be told
   */
  take(claims: readonly LimitClaim[]): LimitReached | undefined | Promise<LimitReached | undefined>;
}

/** What a store holds of one tool: fingerprints. */
export interface PinEntry {
  /** Of the definition that was accepted. */
  readonly accepted?: string;
  /** Of the definition that the upstream gives instead; absent while it gives the accepted one. */
  readonly refused?: string;
}

/** Remembers the definitions of tools. Everything is kept once a method returns; a failure is thrown. */
export interface PinStore {
  /** Another number once somebody else, such as `sallyport pin`, may have changed what is held. */
  version(): number;
  /** What is held of an upstream's tools, by name. */
  entries(upstream: string): ReadonlyMap<string, PinEntry>;
  accepted(upstream: string, tool: string): ToolDefinition | undefined;
  refused(upstream: string, tool: string): ToolDefinition | undefined;
  /** Accepts tools that are not known yet; what has been accepted before stays. */
  remember(upstream: string, tools: readonly ToolDefinition[]): void;
  /** Accepts a definition in place of any other. */
  accept(upstream: string, tool: ToolDefinition): void;
  /** Keeps definitions that were not accepted, the last one of each tool. */
  refuse(upstream: string, tools: readonly ToolDefinition[]): void;
  /** The upstream gives the accepted definitions of these tools again. */
  settle(upstream: string, tools: readonly string[]): void;
  close(): void;
}

/** What is kept of a token: nothing that says whose it is, how it is called or what it stands for. */
export interface TokenEntry {
  /** A keyed digest of its owner and the token. */
  readonly id: string;
  readonly sealed: Uint8Array;
  /** Milliseconds since the epoch. */
  readonly expires: number;
}

/** Keeps what tokens stand for, sealed. */
export interface TokenStore {
  /**
   * Keeps all of the entries, or none; one that is there has the later of both times. What it gives back, or what
   * resolves, is durable.
   *
   * @param owner whose they are: a keyed digest, by which it is known how many somebody has
   * @throws GateError TOKENS_FULL, TOKENS_UNAVAILABLE
   */
  save(owner: string, entries: readonly TokenEntry[]): void | Promise<void>;
  /**
   * Those that are kept, by id; among them may be some that have expired.
   *
   * @throws GateError TOKENS_UNAVAILABLE
   */
  find(
    ids: readonly string[],
  ): ReadonlyMap<string, TokenEntry> | Promise<ReadonlyMap<string, TokenEntry>>;
  /** Forgets some of what has expired. */
  clean(): void | Promise<void>;
  /**
   * Remembers the name of the key that entries are sealed with.
   *
   * @returns the name that was there before; undefined where there was none
   */
  sealedWith(key: string): string | undefined | Promise<string | undefined>;
  /** Later calls fail. */
  close(): void | Promise<void>;
}

/** A stretch of a text that an analyzer has found something in, in UTF-16 code units, end exclusive. */
export interface AnalyzedSpan {
  /** What it is, as the analyzer names it: `PERSON`. */
  readonly entity: string;
  readonly start: number;
  readonly end: number;
  /** It was asked for by name, and is nothing that the analyzer is configured to find. */
  readonly named?: true;
}

/** What an analyzer is asked to find. */
export interface AnalyzerQuestion {
  /** What it is configured to find; that may be everything. */
  readonly usual: boolean;
  /** By name, whatever it is configured to. */
  readonly entities: readonly string[];
}

/** Finds sensitive data in texts, outside of the gate. */
export interface Analyzer {
  /** False while it is known not to answer. */
  readonly ready: boolean;
  /**
   * Findings for each text.
   *
   * @returns a rejection (GateError ANALYZER_…) where not every text could be analyzed
   */
  analyze(
    texts: readonly string[],
    question: AnalyzerQuestion,
  ): Promise<ReadonlyMap<string, readonly AnalyzedSpan[]>>;
}
