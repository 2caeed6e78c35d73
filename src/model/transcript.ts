import type { Json } from './json.ts';

/** What can happen in an exchange, in the words of the transcript. */
export const eventKinds = [
  'opened',
  'received',
  'decided',
  'masked',
  'held',
  'resolved',
  'forwarded',
  'answered',
  'blocked',
  'failed',
  'closed',
] as const;
export type EventKind = (typeof eventKinds)[number];

/** How an exchange ended, or that it has not. */
export type Outcome = 'open' | 'answered' | 'blocked' | 'failed' | 'cancelled' | 'delivered';

/** One step of an exchange. Append-only. */
export interface TranscriptEvent {
  readonly exchange: string;
  /** Counts from 0 within the exchange. */
  readonly seq: number;
  /** Milliseconds since the epoch, with fractions. */
  readonly at: number;
  readonly kind: EventKind;
  /** Revision of the policies that were in force. */
  readonly revision: string;
  /** Facts of the step: a decision, a mask report, an error code. */
  readonly detail?: { readonly [key: string]: Json | undefined };
  /** The masked payload: the message as it may be read. */
  readonly payload?: string;
  /**
   * The message as it came, where that is not what {@link payload} says. Stores keep it sealed, or not at all; whoever
   * reads has it only with the key.
   */
  readonly original?: string;
}

/** What an exchange is about; known when it opens. */
export interface ExchangeHead {
  readonly id: string;
  readonly openedAt: number;
  readonly upstream: string;
  readonly method: string;
  readonly session?: string;
  readonly target?: string;
  readonly sub?: string;
  readonly issuer?: string;
  readonly client?: string;
  readonly agent?: string;
  readonly protocol?: string;
  /** Address of the caller. */
  readonly ip?: string;
  /** Digest of what the caller's token said; {@link FactRecord} has that. */
  readonly identity?: string;
  readonly revision: string;
}

/**
 * Something that many exchanges are judged by, kept once for all that name its digest: what a token said of its caller
 * ({@link IdentityFacts}), what an upstream said of a tool, what a client said of itself.
 */
export interface FactRecord {
  readonly digest: string;
  /** JSON. */
  readonly facts: string;
}

/** How an exchange ended. */
export interface ExchangeEnd {
  readonly id: string;
  readonly closedAt: number;
  readonly outcome: Outcome;
  readonly effect?: string;
  readonly rule?: string;
}

/** Things to write together: all of them are kept, or none. */
export interface TranscriptBatch {
  /** Facts that the store may not have yet; those that it has stay as they are. */
  readonly facts?: readonly FactRecord[];
  readonly opened: readonly ExchangeHead[];
  readonly events: readonly TranscriptEvent[];
  readonly closed: readonly ExchangeEnd[];
}

/** An exchange as it is read back. */
export interface ExchangeRecord extends ExchangeHead {
  readonly closedAt?: number;
  readonly outcome: Outcome;
  readonly effect?: string;
  readonly rule?: string;
}
