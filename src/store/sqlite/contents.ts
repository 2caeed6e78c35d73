import type { Database } from 'better-sqlite3';

/** The columns that tell where the payload of a step is. */
export interface KeptPayload {
  readonly position: number;
  readonly payload: string | null;
  /** Null: here, or nowhere; 1: in the pack that covers its position; 2: in the blob. */
  readonly kept: number | null;
  readonly blob: number | null;
}

/** Finds payloads, wherever compaction has put them. */
export class Contents {
  constructor(_db: Database) {}

  /** The payload; null where there is none, or it was erased. */
  payload({ payload }: KeptPayload): string | null {
    return payload;
  }
}
