import type { Database } from 'better-sqlite3';
import { Pack, packed } from './pack.ts';

interface PackRow {
  readonly first: number;
  readonly last: number;
  readonly data: Buffer;
}

/** A pack that is not in the database yet. */
export interface NewPack {
  readonly first: number;
  readonly last: number;
  /** Of its texts. */
  readonly bytes: number;
  readonly data: Buffer;
}

/** The table of texts that are compressed together. */
export class PackRows {
  readonly #at;
  readonly #insert;
  readonly #change;
  readonly #remove;
  readonly #removeThrough;

  constructor(db: Database) {
    this.#at = db.prepare<[number], PackRow>(
      'SELECT first, last, data FROM pack WHERE last >= ? ORDER BY last LIMIT 1',
    );
    this.#insert = db.prepare('INSERT INTO pack (last, first, bytes, data) VALUES (?, ?, ?, ?)');
    this.#change = db.prepare('UPDATE pack SET bytes = ?, data = ? WHERE last = ?');
    this.#remove = db.prepare('DELETE FROM pack WHERE last = ?');
    this.#removeThrough = db.prepare('DELETE FROM pack WHERE last <= ?');
  }

  add({ first, last, bytes, data }: NewPack): void {
    this.#insert.run(last, first, bytes, data);
  }

  /** Removes packs that have nothing behind a position. */
  removeThrough(position: number): void {
    this.#removeThrough.run(position);
  }

  /** Takes steps out of the packs that have them. A pack that is left with none goes. */
  forget(positions: readonly number[]): void {
    const left = new Set(positions);
    for (const position of [...left].sort((a, b) => a - b)) {
      if (!left.has(position)) continue;
      const row = this.#at.get(position);
      if (!row) return;
      if (row.first <= position) this.#without(row, left);
    }
  }

  /** Takes these steps out of a pack, and those that were in its reach out of `positions`. */
  #without({ first, last, data }: PackRow, positions: Set<number>): void {
    const pack = new Pack(data);
    const all = pack.positions;
    const kept = all.filter((position) => !positions.has(position));
    for (const position of positions) {
      if (first <= position && position <= last) positions.delete(position);
    }
    if (kept.length === all.length) return;
    if (kept.length === 0) {
      this.#remove.run(last);
      return;
    }
    const steps = kept.map((position) => pack.step(position)).filter((step) => step !== undefined);
    const made = packed(steps);
    this.#change.run(made.bytes, made.data, last);
  }
}
