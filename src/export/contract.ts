import type { IdentityFacts } from '../model/identity.ts';
import type { ExchangeRecord } from '../model/transcript.ts';
import type { StoredEvent } from '../store/contract.ts';

/** A step as it is read for exports: what may be read, and never an original. */
export interface FedStep {
  readonly step: StoredEvent;
  /** As it is now; undefined where retention has removed it. */
  readonly exchange: ExchangeRecord | undefined;
  /** Its exchange ended with it. */
  readonly ends: boolean;
}

/** How much to read at a time. */
export interface FeedLimits {
  /** Up to and with this position; left out: to the end. */
  readonly to?: number;
  readonly steps: number;
  /** Of details and payloads; one step more than that is read. */
  readonly characters: number;
  /** Reads payloads too. */
  readonly payloads: boolean;
}

/** Where exports read a transcript from, by position. */
export interface StepSource {
  /** Another number once something was written. */
  version(): number;
  /** Steps after a position, in the order they were kept; none means that there is no more. */
  after(position: number, limits: FeedLimits): readonly FedStep[];
  /** Steps of an exchange after a position, in order. */
  ofExchange(exchange: string, position: number, limits: FeedLimits): readonly FedStep[];
  /** The first steps of an exchange and those up to a position, some of each, in order and without payloads. */
  around(exchange: string, position: number): readonly StoredEvent[];
  /** The payload at a position. */
  payload(position: number): string | undefined;
  /** What the caller's token said, by its digest. */
  caller(digest: string): IdentityFacts | undefined;
  /** `EXCHANGE/SEQ` of the step at a position. */
  idAt(position: number): string | undefined;
  /** When the first step after a position was recorded. */
  timeAfter(position: number): number | undefined;
  /** 0 where there is none. */
  lastPosition(): number;
  /** Up to where retention has removed, or is about to, and up to where it would, were it not for exports. */
  retention(): { readonly removed: number; readonly wanted: number };
  close(): void;
}

/** One record as it is sent. */
export interface ExportLine {
  readonly text: string;
  /** When it came about, in milliseconds since the epoch. */
  readonly at: number;
  /** How much it matters, from 1 to 4. */
  readonly weight: 1 | 2 | 3 | 4;
}

/** Records that are sent together. */
export interface ExportBatch {
  /** The same for the same records of the same export, however often they are sent. */
  readonly id: string;
  /** Position of the first record. */
  readonly first: number;
  /** Id of the first record. */
  readonly firstId: string;
  /** When the first of its steps was recorded, in milliseconds since the epoch. */
  readonly at: number;
  readonly lines: readonly ExportLine[];
  /** What the format makes of all of them. */
  readonly body: string;
  /** Media type of the body, and the ending of a file of it. */
  readonly type: string;
  readonly extension: string;
}

/** What a sink takes at a time. */
export interface SinkLimits {
  readonly records: number;
  readonly characters: number;
  /** Milliseconds for which a batch that is not full waits for more; 0 sends what there is. */
  readonly wait: number;
  /** Most bytes of one record in UTF-8; left out: any. */
  readonly line?: number;
}

/** Takes what is exported. */
export interface Sink {
  readonly limits: SinkLimits;
  /**
   * Resolves once the batch is the receiver's: `too large` means that it takes fewer records at a time.
   *
   * @throws GateError EXPORT_FAILED: nothing says that it was taken, so that it is sent again
   */
  send(batch: ExportBatch, signal: AbortSignal): Promise<'taken' | 'too large'>;
  close(): Promise<void> | void;
}
