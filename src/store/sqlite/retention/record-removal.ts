import type { Database } from 'better-sqlite3';
import type { Signer } from '../../proof/proof-key.ts';
import { type RemovedDetail, recordOwn } from '../own-exchange.ts';
import { newestSeal } from '../proof/newest-seal.ts';

/** What is about to be removed, and why. */
export type Removal = {
  /** What the configuration keeps less of. */
  readonly reason: 'age' | 'size' | 'upstream';
  readonly upstream?: string;
  readonly removed: RemovedDetail['removed'];
};

/** Tells of it in the transcript itself, within the transaction that begins with it. */
export function recordRemoval(
  db: Database,
  { reason, upstream, removed }: Removal,
  { at, signer }: { readonly at: number; readonly signer: Signer | undefined },
): void {
  const about = { reason, ...(upstream === undefined ? {} : { upstream }), removed };
  const detail = signer ? { ...about, after: newestSeal(db) } : about;
  recordOwn(db, { method: 'transcripts/remove', steps: [{ kind: 'closed', detail }], at, signer });
}
