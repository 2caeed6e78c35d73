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
