import Database from 'better-sqlite3';
import type { StepCursor } from '../../../model/is-cursor-of.ts';

/** How far an export has come. */
export interface ExportCursor extends StepCursor {
  readonly name: string;
}

/** Reads how far exports have come, beside a gate that exports. Throws where there is no such database, or not yet. */
export class ExportCursors {
  readonly #db: Database.Database;
  readonly #all;

  constructor(path: string) {
    this.#db = new Database(path, { readonly: true, fileMustExist: true });
    try {
      this.#all = this.#db.prepare<[], ExportCursor>(
        'SELECT name, position, step FROM cursor ORDER BY name',
      );
    } catch (error) {
      this.#db.close();
      throw error;
    }
  }

  all(): ExportCursor[] {
    return this.#all.all();
  }

  close(): void {
    this.#db.close();
  }
}
