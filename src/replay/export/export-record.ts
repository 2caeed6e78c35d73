import type { IdentityFacts } from '../../model/identity.ts';
import type { ExchangeRecord } from '../../model/transcript.ts';
import type { StoredEvent } from '../../store/contract.ts';
import type { ExchangeSummary } from './exchange-summary.ts';

/**
 * What a record tells of: one step, an exchange as it ended, or what must not wait for that: a message that was blocked
 * while its exchange goes on, an approval that was asked for, what became of it.
 */
export type RecordKind = 'step' | 'exchange' | 'blocked' | 'held' | 'resolved';

/** What is exported of a transcript at a time. It has what may be read only, never an original. */
export interface ExportRecord {
  /** `EXCHANGE/SEQ` of its step: the same whenever and however often it is exported. */
  readonly id: string;
  readonly record: RecordKind;
  /** The step, or the one with which what the record tells of happened. */
  readonly step: StoredEvent;
  /** Left out where retention has removed it. */
  readonly exchange?: ExchangeRecord;
  /** What the caller's token said, where it was kept. */
  readonly caller?: IdentityFacts;
  /** Of an exchange that ended, and of a message that was blocked. */
  readonly summary?: ExchangeSummary;
  /** Payloads were there and are left out, for the record would be too large. */
  readonly cut?: true;
}

/** Where records come from. */
export interface ExportOrigin {
  /** Name of the machine. */
  readonly gate: string;
  readonly version: string;
}
