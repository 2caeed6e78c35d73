import type { JsonObject } from '../../model/json.ts';
import { recordAccess } from '../../store/sqlite/sealed/sealed-access.ts';
import { operatorName } from '../operator-name.ts';
import { databasePath, type Source } from '../transcripts/database.ts';
import type { Terminal } from '../verb.ts';

/** What originals are read for. */
export interface Unsealing {
  /** The verb that shows them: `transcripts show`. */
  readonly what: string;
  /** Ids of the exchanges, where they are known before. */
  readonly exchanges?: readonly string[];
  /** How many there are, where they are not all named. */
  readonly count?: number;
  /** What else was said of them: a span of time, an upstream. */
  readonly filter?: JsonObject;
  readonly reason?: string | undefined;
}

/**
 * Records in the transcript who is about to see originals. To be called before the first one is shown.
 *
 * @throws GateError STORE_UNAVAILABLE: it can't be recorded, so nothing is to be shown
 */
export function recordUnsealing(source: Source, terminal: Terminal, unsealing: Unsealing): void {
  const access = { ...unsealing, by: operatorName(), at: Date.now() };
  recordAccess(databasePath(source, terminal), access);
}
