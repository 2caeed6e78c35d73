import Database from 'better-sqlite3';
import type { Finding } from '../../proof/finding.ts';
import { proofKeysOf } from '../../proof/proof-key.ts';
import { type Chunk, ChunkChecker, type ChunkResult } from './check-chunk.ts';
import { type Page, PageChecker, type PageResult } from './check-exchanges.ts';
import { checkTable } from './check-table.ts';

/** What the threads are started with. */
export interface VerifyData {
  readonly path: string;
  /** Public keys in PEM, one after the other. */
  readonly keys: string;
}

/** A part of the work. */
export type VerifyTask =
  | { readonly chunk: Chunk }
  | { readonly page: Page }
  | { readonly table: string };
export type VerifyResult =
  | { readonly chunk: ChunkResult }
  | { readonly page: PageResult }
  | { readonly table: readonly Finding[] };

/** How long to wait for the gate's own writes, in milliseconds. */
const BUSY = 5_000;

/** Does parts of the work, with a connection of its own. */
export class VerifyTasks {
  readonly #db: Database.Database;
  readonly #chunks: ChunkChecker;
  readonly #pages: PageChecker;

  constructor({ path, keys }: VerifyData) {
    this.#db = new Database(path, { readonly: true });
    this.#db.pragma(`busy_timeout = ${BUSY}`);
    this.#chunks = new ChunkChecker(this.#db, proofKeysOf(keys));
    this.#pages = new PageChecker(this.#db);
  }

  run(task: VerifyTask): VerifyResult {
    if ('chunk' in task) return { chunk: this.#chunks.check(task.chunk) };
    if ('page' in task) return { page: this.#pages.check(task.page) };
    return { table: checkTable(this.#db, task.table) };
  }

  close(): void {
    this.#db.close();
  }
}
