import type { Database } from 'better-sqlite3';

/** How far a chore has come, over restarts. */
export class Progress {
  readonly #name: string;
  readonly #get;
  readonly #set;

  /** @param name in the table of upkeep */
  constructor(db: Database, name: string) {
    this.#name = name;
    this.#get = db.prepare<[string], number>('SELECT position FROM upkeep WHERE name = ?').pluck();
    this.#set = db.prepare('INSERT OR REPLACE INTO upkeep (name, position) VALUES (?, ?)');
  }

  /** 0 where it has not begun. */
  get(): number {
    return this.#get.get(this.#name) ?? 0;
  }

  set(position: number): void {
    this.#set.run(this.#name, position);
  }
}
