import type { JsonObject } from '../model/json.ts';
import type { Recorder } from '../model/seams.ts';
import type { EventKind, ExchangeRecord, Outcome, TranscriptEvent } from '../model/transcript.ts';

/**
 * Which exchanges are meant; every field narrows, and a text is compared as it is. Whoever filters exchanges takes these,
 * from the command line, the admin API or a configuration.
 */
export interface ExchangeFilter {
  readonly upstream?: string;
  readonly method?: string;
  readonly target?: string;
  readonly session?: string;
  readonly sub?: string;
  readonly issuer?: string;
  readonly client?: string;
  readonly agent?: string;
  readonly effect?: string;
  readonly rule?: string;
  readonly outcome?: string;
  /** Opened at or after, milliseconds since the epoch. */
  readonly since?: number;
  /** Opened before, milliseconds since the epoch. */
  readonly until?: number;
  /** Words that one of its steps has, as whoever reads sees it (docs/transcripts.md tells how they are written). */
  readonly text?: string;
}

/** Which exchanges a page has. */
export interface ExchangePage extends ExchangeFilter {
  /** At most this many. */
  readonly limit: number;
}

/** What is looked for, newest first, page by page. */
export interface SearchQuery extends ExchangePage {
  /** What the page before gave; left out: begin with the newest. */
  readonly cursor?: string;
}

/** An exchange that was found. */
export interface Found {
  readonly exchange: ExchangeRecord;
  /** The newest step that has the words; left out where none were looked for. */
  readonly hit?: {
    readonly seq: number;
    readonly kind: EventKind;
    readonly at: number;
    /** Some of its text around the words, on one line. */
    readonly excerpt: string;
  };
}

/** A page of what was found, newest first. */
export interface FoundPage {
  /** May be fewer than asked for, even none, while there is more: a page looks at so many exchanges, and no more. */
  readonly found: readonly Found[];
  /** Where the next page begins, whatever is recorded or removed meanwhile; left out: there is nothing more. */
  readonly next?: string;
}

/** An event as it is kept, with its place in the whole transcript. */
export interface StoredEvent extends TranscriptEvent {
  readonly position: number;
  /** It has an original that the keys at hand don't open, or that nobody has asked for. */
  readonly sealed?: true;
  /** It said something, which was erased. */
  readonly erased?: true;
}

/** Reads transcripts. Readers see whole batches only. */
export interface TranscriptReader {
  /**
   * The newest exchanges that fit, oldest first.
   *
   * @throws GateError SEARCH_TEXT, as everything that takes a filter
   */
  exchanges(page: ExchangePage): readonly ExchangeRecord[];
  /**
   * What fits, newest first: by when it was opened, or, where words are looked for, by when they were recorded.
   *
   * @throws GateError SEARCH_TEXT, SEARCH_CURSOR: the cursor is none that a page with the same words gave
   */
  search(query: SearchQuery): FoundPage;
  /** An exchange by its id, or by an unambiguous end of it. */
  exchange(id: string): ExchangeRecord | undefined;
  /** Exchanges with ids after this one ('' for the first), oldest first: for whoever reads all of them, page by page. */
  exchangesAfter(id: string, page: ExchangePage): readonly ExchangeRecord[];
  /**
   * What a digest stands for; undefined where it was not kept. An exchange names the digest of what its caller's token
   * said (`identity`, see IdentityFacts), its step `opened` that of what the client said of itself (`client`, see
   * ClientInfo), and a step `decided` that of what rules may read of the tool (`tool`).
   */
  fact(digest: string): JsonObject | undefined;
  /** All steps of an exchange, in order. */
  events(exchange: string): readonly StoredEvent[];
  /** Up to `limit` steps of an exchange behind the one with this `seq` (-1: from the first), in order. */
  stepsAfter(exchange: string, seq: number, limit: number): readonly StoredEvent[];
  /** Up to `limit` steps after a position, in the order they were kept. */
  eventsAfter(position: number, limit: number): readonly StoredEvent[];
  /** The position of the newest step, 0 where there is none. */
  lastPosition(): number;
  close(): void;
}

/** A step of an exchange that is followed. */
export interface FollowedStep {
  readonly event: StoredEvent;
  /** As it was when this was read. */
  readonly exchange: ExchangeRecord;
  /** The exchange is over with this step. */
  readonly isEnd: boolean;
}

/** What came after a position, as far as it was looked at. */
export interface FollowedPage {
  readonly steps: readonly FollowedStep[];
  /** Where the next page begins. */
  readonly position: number;
  /** There is more already. */
  readonly hasMore: boolean;
}

/** Some steps of an exchange, in order. */
export interface StepsPage {
  readonly steps: readonly StoredEvent[];
  /** The `seq` behind which the next page begins; left out: there are no more. */
  readonly next?: number;
}

/**
 * Reads transcripts on a thread of its own, for whoever must not wait: each question is a promise, and fails as the
 * reader does, with CALL_LIMIT where too many wait, or with STORE_UNREADABLE.
 */
export interface TranscriptsAside {
  search(query: SearchQuery): Promise<FoundPage>;
  exchange(id: string): Promise<ExchangeRecord | undefined>;
  fact(digest: string): Promise<JsonObject | undefined>;
  /** Steps of an exchange behind the one with this `seq` (-1: from the first): as many as are not too large together. */
  steps(exchange: string, seq: number): Promise<StepsPage>;
  /** Steps after a position of exchanges that fit: of all of them, with `text` those that have the words, and ends. */
  follow(position: number, page: ExchangePage): Promise<FollowedPage>;
  lastPosition(): Promise<number>;
  close(): Promise<void>;
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
