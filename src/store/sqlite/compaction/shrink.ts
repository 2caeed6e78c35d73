import type { Database } from 'better-sqlite3';
import type { ChoreMaker } from '../upkeep/chore.ts';

/** Pages that are given back at a time: half a millisecond. */
const PAGES = 64;
/** Free pages that stay, for what is written next: so many, or so much of the file. */
const FEW = 256;
const SHARE = 0.04;
const AUTO_VACUUM_INCREMENTAL = 2;

/** Gives pages that are not used any more back to the file system. In files of before they are used again only. */
export const shrink: ChoreMaker = ({ db }) => {
  const isOurs = pragma(db, 'auto_vacuum') === AUTO_VACUUM_INCREMENTAL;
  return isOurs ? { name: 'shrink', step: () => shrinkStep(db) } : undefined;
};

function shrinkStep(db: Database): boolean {
  const spare = Math.max(FEW, pragma(db, 'page_count') * SHARE);
  if (pragma(db, 'freelist_count') <= spare + PAGES) return false;
  db.exec(`PRAGMA incremental_vacuum(${PAGES})`);
  return true;
}

function pragma(db: Database, name: string): number {
  return db.pragma(name, { simple: true }) as number;
}
