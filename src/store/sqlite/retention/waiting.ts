import type { Database } from 'better-sqlite3';
import { Progress } from '../upkeep/progress.ts';
import { RETENTION_WAITS } from './retention-progress.ts';

/** Tells in the database up to where retention would remove, were it not for exports. */
export class Waiting {
  readonly #told: Progress;
  readonly #wanted = new Map<object, number>();

  constructor(db: Database) {
    this.#told = new Progress(db, RETENTION_WAITS);
  }

  /**
   * @param look whose limit it is
   * @param wanted undefined where nothing is kept for an export
   */
  note(look: object, wanted: number | undefined): void {
    if (wanted === undefined) this.#wanted.delete(look);
    else this.#wanted.set(look, wanted);
    const furthest = Math.max(0, ...this.#wanted.values());
    if (furthest !== this.#told.get()) this.#told.set(furthest);
  }
}
