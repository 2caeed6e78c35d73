import type { Database } from 'better-sqlite3';
import { linkOf, sealOf } from '../../../src/store/proof/block.ts';
import { LeafMaker } from '../../../src/store/sqlite/proof/leaf-maker.ts';

/** Computes leaves and links anew, from the first block to the newest: all but the signatures. */
export function computeAnew(db: Database): void {
  const blocks = db
    .prepare<[], { first: number; last: number; at: number; signer: string }>(
      'SELECT first, last, at, signer FROM block ORDER BY last',
    )
    .all();
  let previous: string | null = null;
  for (const { first, last, at, signer } of blocks) {
    const maker = new LeafMaker(db);
    const steps = [...maker.rows.between(first, last)];
    const leaves = Buffer.from(steps.map((step) => maker.make(step).leaf).join(''), 'hex');
    const link = Buffer.from(linkOf({ first, last, at, previous, leaves, signer }), 'hex');
    const signature = Buffer.alloc(64, 1);
    const named = previous === null ? null : Buffer.from(previous, 'hex');
    const set = 'UPDATE block SET leaves = ?, previous = ?, link = ?, signature = ? WHERE last = ?';
    db.prepare(set).run(leaves, named, link, signature, last);
    previous = sealOf(link, signature);
  }
}
