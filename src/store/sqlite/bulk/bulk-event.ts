import type { EventKind, TranscriptEvent } from '../../../model/transcript.ts';
import type { StoredEvent } from '../../contract.ts';

/** A row of the table `event` as it is read in bulk: what is large, or seldom needed, comes when it is asked for. */
export interface BulkRow {
  readonly position: number;
  readonly exchange: string;
  readonly seq: number;
  readonly at: number;
  readonly kind: EventKind;
  readonly revision: string;
  readonly detail: string | null;
  readonly payload: string | null;
  /** The payload is packed, in a blob, or too large to be read with others. */
  readonly elsewhere: boolean;
  readonly kept: number | null;
  readonly blob: number | null;
  readonly hasOriginal: boolean;
}

/** Where the rest of a row is. */
export interface BulkRest {
  payload(row: BulkRow): string | undefined;
  /** Facts that are packed. */
  detail(row: BulkRow): string | undefined;
  /** Undefined where no key at hand opens it. */
  original(row: BulkRow): string | undefined;
}

type Detail = TranscriptEvent['detail'];

/** A step of which only that is parsed, looked up or opened that somebody asks for. */
class BulkEvent {
  readonly position: number;
  readonly exchange: string;
  readonly seq: number;
  readonly at: number;
  readonly kind: EventKind;
  readonly revision: string;
  readonly #row: BulkRow;
  readonly #rest: BulkRest;
  #detail: Detail | null = null;
  #payload: string | undefined | null = null;
  #original: string | undefined | null = null;

  constructor(row: BulkRow, rest: BulkRest) {
    this.position = row.position;
    this.exchange = row.exchange;
    this.seq = row.seq;
    this.at = row.at;
    this.kind = row.kind;
    this.revision = row.revision;
    this.#row = row;
    this.#rest = rest;
  }

  get detail(): Detail {
    if (this.#detail === null) {
      const { detail, kept } = this.#row;
      const text = kept === null ? detail : this.#rest.detail(this.#row);
      this.#detail = text == null ? undefined : (JSON.parse(text) as Detail);
    }
    return this.#detail;
  }

  get payload(): string | undefined {
    const { payload, elsewhere } = this.#row;
    if (!elsewhere) return payload ?? undefined;
    if (this.#payload === null) this.#payload = this.#rest.payload(this.#row);
    return this.#payload;
  }

  get original(): string | undefined {
    if (!this.#row.hasOriginal) return undefined;
    if (this.#original === null) this.#original = this.#rest.original(this.#row);
    return this.#original;
  }

  get sealed(): true | undefined {
    return this.#row.hasOriginal && this.original === undefined ? true : undefined;
  }
}

/** A step as it is read in bulk. Members that aren't there are undefined, and none of them is its own. */
export function bulkEvent(row: BulkRow, rest: BulkRest): StoredEvent {
  return new BulkEvent(row, rest) as unknown as StoredEvent;
}
