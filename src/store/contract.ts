import type { IdentityFacts } from '../model/identity.ts';
import type { Recorder } from '../model/seams.ts';
import type { ExchangeRecord, Outcome, TranscriptEvent } from '../model/transcript.ts';

/** Which exchanges to read; every field narrows. */
export interface ExchangeFilter {
  readonly upstream?: string;
  readonly sub?: string;
  readonly target?: string;
  readonly method?: string;
  readonly outcome?: string;
  readonly rule?: string;
  readonly session?: string;
  /** Opened at or after, milliseconds since the epoch. */
  readonly since?: number;
  /** At most this many, the newest. */
  readonly limit: number;
}

/** Which exchanges a page has. */
export interface ExchangePage extends Pick<ExchangeFilter, 'upstream' | 'since'> {
  /** At most this many. */
  readonly limit: number;
}

/** An event as it is kept, with its place in the whole transcript. */
export interface StoredEvent extends TranscriptEvent {
  readonly position: number;
}

/** Reads transcripts. Readers see whole batches only. */
export interface TranscriptReader {
  /** The newest exchanges that fit, oldest first. */
  exchanges(filter: ExchangeFilter): readonly ExchangeRecord[];
  /** An exchange by its id, or by an unambiguous end of it. */
  exchange(id: string): ExchangeRecord | undefined;
  /** Exchanges with ids after this one ('' for the first), oldest first: for whoever reads all of them, page by page. */
  exchangesAfter(id: string, page: ExchangePage): readonly ExchangeRecord[];
  /** What the token of an identity said, by the digest that exchanges name; undefined where it was not kept. */
  identity(digest: string): IdentityFacts | undefined;
  /** All steps of an exchange, in order. */
  events(exchange: string): readonly StoredEvent[];
  /** Up to `limit` steps after a position, in the order they were kept. */
  eventsAfter(position: number, limit: number): readonly StoredEvent[];
  /** The position of the newest step, 0 where there is none. */
  lastPosition(): number;
  close(): void;
}

/** Keeps transcripts: what `append` resolved for survives a crash of the process. */
export interface TranscriptStore extends Recorder {
  /** Waits for what is being written, then closes. Later appends reject. */
  close(): Promise<void>;
}

/** The call that others are compared with. */
export interface SimilarTo {
  readonly upstream: string;
  readonly method: string;
  readonly target: string;
  readonly sub: string;
  readonly issuer: string;
  /** The exchange that asks: only earlier ones count. */
  readonly exchange: string;
}

/** An earlier call that needed approval, and was made. Times are milliseconds since the epoch. */
export interface SimilarCall {
  readonly id: string;
  readonly openedAt: number;
  readonly closedAt?: number;
  readonly outcome: Outcome;
  readonly rule?: string;
}

/** Tells what came of earlier calls of the same target. Each question costs the same, however much is recorded. */
export interface SimilarCalls {
  /** The newest calls of the same caller that needed approval as well, and were made. */
  made(call: SimilarTo, limit: number): readonly SimilarCall[];
  /** Calls of the target among the newest exchanges of the gate, by their outcome. */
  recent(call: SimilarTo): {
    /** So many exchanges were looked at. */
    readonly of: number;
    readonly caller: Readonly<Partial<Record<Outcome, number>>>;
    readonly others: Readonly<Partial<Record<Outcome, number>>>;
  };
  close(): void;
}
