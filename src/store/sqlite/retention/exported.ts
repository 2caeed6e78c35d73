import type { Database } from 'better-sqlite3';
import { isCursorOf } from '../../../model/is-cursor-of.ts';
import { type ExportCursor, ExportCursors } from './export-cursors.ts';

/** The exports that retention waits for. */
export interface AwaitedExports {
  /** The database of their cursors. */
  readonly path: string;
  readonly names: readonly string[];
}

/** How far all of some exports have come. */
export class Exported {
  readonly #exports: AwaitedExports;
  readonly #steps;
  #cursors: ExportCursors | undefined;

  /** @param db the transcripts */
  constructor(db: Database, exports: AwaitedExports) {
    this.#exports = exports;
    const idAt = db
      .prepare<[number], string>(`SELECT exchange || '/' || seq FROM event WHERE position = ?`)
      .pluck();
    const last = db.prepare<[], number>('SELECT ifnull(max(position), 0) FROM event').pluck();
    this.#steps = {
      idAt: (position: number) => idAt.get(position),
      lastPosition: () => last.get() ?? 0,
    };
  }

  /** All of them have passed everything up to here; 0 where one has not begun, or nobody can tell. */
  position(): number {
    const cursors = this.#read();
    const positions = this.#exports.names.map((name) => {
      const cursor = cursors.find((one) => one.name === name);
      // One of another database, which an export would begin anew by, tells nothing of this one.
      return cursor && isCursorOf(cursor, this.#steps) ? cursor.position : 0;
    });
    return Math.min(...positions);
  }

  #read(): readonly ExportCursor[] {
    try {
      this.#cursors ??= new ExportCursors(this.#exports.path);
      return this.#cursors.all();
    } catch {
      // It may not be there yet, or not be readable: then retention waits, for no longer than it may.
      return [];
    }
  }
}
