import type { Database } from 'better-sqlite3';
import { BlobRows } from '../compaction/blob-rows.ts';
import { PackRows } from '../compaction/pack-rows.ts';
import type { RemovedDetail } from '../own-exchange.ts';
import { forgetWords } from '../search/forget-words.ts';

/** A step that is to go. */
export interface DoomedStep {
  readonly position: number;
  readonly exchange: string;
  /** Of its texts; of a blob as well, which may go with it. */
  readonly bytes: number;
}

/** The columns of it. */
export const DOOMED = `position, exchange,
  ifnull(octet_length(detail), 0) + ifnull(octet_length(payload), 0) + ifnull(octet_length(sealed), 0)
    + ifnull((SELECT octet_length(data) FROM blob WHERE id = event.blob), 0) AS bytes`;
/** What is removed is overwritten: so many bytes take some milliseconds. */
const BYTES = 2_097_152;

/** The first of some steps, so many that removing them takes a moment only; one at least. */
export function portionOf(steps: readonly DoomedStep[]): readonly DoomedStep[] {
  let sum = 0;
  const end = steps.findIndex(({ bytes }, index) => {
    sum += bytes;
    return index > 0 && sum > BYTES;
  });
  return end === -1 ? steps : steps.slice(0, end);
}

type Ranges = RemovedDetail['removed'];

/** Removes steps with everything that is theirs, within the transaction of whoever decides which. */
export class StepRemover {
  readonly #db: Database;
  readonly #packs: PackRows;
  readonly #blobs: BlobRows;
  readonly #keptAt;
  readonly #event;
  readonly #erasedContents;
  readonly #exchange;
  readonly #erasedNames;

  constructor(db: Database) {
    this.#db = db;
    this.#packs = new PackRows(db);
    this.#blobs = new BlobRows(db);
    this.#keptAt = db.prepare<[number], { kept: number | null; blob: number | null }>(
      'SELECT kept, blob FROM event WHERE position = ?',
    );
    this.#event = db.prepare('DELETE FROM event WHERE position BETWEEN ? AND ?');
    this.#erasedContents = db.prepare('DELETE FROM erased_contents WHERE position BETWEEN ? AND ?');
    // One that is still open goes on, without its beginning.
    this.#exchange = db.prepare(
      `DELETE FROM exchange WHERE id = ? AND closed_at IS NOT NULL
         AND NOT EXISTS (SELECT 1 FROM event WHERE exchange = exchange.id)`,
    );
    this.#erasedNames = db.prepare('DELETE FROM erased_names WHERE exchange = ?');
  }

  /**
   * Also takes exchanges that have no steps left.
   *
   * @returns the positions
   */
  remove(steps: readonly DoomedStep[]): Ranges {
    const positions = steps.map(({ position }) => position);
    this.#forgetPayloads(positions);
    forgetWords(this.#db, positions);
    const ranges = rangesOf(positions);
    for (const range of ranges) {
      this.#event.run(...range);
      this.#erasedContents.run(...range);
    }
    for (const exchange of new Set(steps.map(({ exchange }) => exchange))) {
      if (this.#exchange.run(exchange).changes > 0) this.#erasedNames.run(exchange);
    }
    return ranges;
  }

  /** Somebody may have erased some of them since they were chosen: what a row says now counts. */
  #forgetPayloads(positions: readonly number[]): void {
    const packed: number[] = [];
    for (const position of positions) {
      const row = this.#keptAt.get(position);
      if (!row || row.kept === null) continue;
      packed.push(position);
      if (row.blob !== null) this.#blobs.release(row.blob);
    }
    this.#packs.forget(packed);
  }
}

/** Positions as ranges, in order. */
function rangesOf(positions: readonly number[]): Ranges {
  const ranges: [number, number][] = [];
  for (const position of positions.toSorted((a, b) => a - b)) {
    const newest = ranges.at(-1);
    if (newest && newest[1] === position - 1) newest[1] = position;
    else ranges.push([position, position]);
  }
  return ranges;
}
