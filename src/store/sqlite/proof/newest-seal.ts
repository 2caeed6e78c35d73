import type { Database } from 'better-sqlite3';
import { sealOf } from '../../proof/block.ts';

/** What the next block will name the newest one by; null where nothing is signed yet. A record of a removal says it. */
export function newestSeal(db: Database): string | null {
  const newest = db
    .prepare<[], { link: Buffer; signature: Buffer }>(
      'SELECT link, signature FROM block ORDER BY last DESC LIMIT 1',
    )
    .get();
  return newest ? sealOf(newest.link, newest.signature) : null;
}
