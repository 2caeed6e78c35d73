import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { TranscriptBatch } from '../../src/model/transcript.ts';
import { newProofKey, publicPemOf } from '../../src/store/proof/proof-key.ts';
import type { ProofReport } from '../../src/store/proof/report.ts';
import { BatchWriter } from '../../src/store/sqlite/commit/batch-writer.ts';
import { Eraser } from '../../src/store/sqlite/proof/eraser.ts';
import { verifyDatabase } from '../../src/store/sqlite/proof/verify-database.ts';
import { SqliteReader } from '../../src/store/sqlite/reader.ts';
import type { Chore, ChoreMaker } from '../../src/store/sqlite/upkeep/chore.ts';
import type { UpkeepOptions } from '../../src/store/upkeep-options.ts';

const key = newProofKey();
const keys = publicPemOf(key);
/** One key for all: master keys are none of these tests' business. */
const masters = [Buffer.alloc(32, 7)] as const;

/** A transcript database whose upkeep is done when a test says so, at the time that it says. */
export class Kept {
  readonly folder = mkdtempSync(join(tmpdir(), 'sallyport-kept-'));
  readonly path = join(this.folder, 'transcripts.db');
  /** Milliseconds since the epoch. */
  now = 1_000_000_000;
  readonly alarms: string[] = [];
  readonly proof: NonNullable<UpkeepOptions['proof']> = { key, every: 1 };
  #writer: BatchWriter;
  #upkeep: Database.Database;
  reader: SqliteReader;

  constructor() {
    this.#writer = this.#open();
    this.#upkeep = this.#openUpkeep();
    this.reader = new SqliteReader(this.path, { keys: masters });
  }

  /** What is not told otherwise is as if a gate had written it at once. */
  append(batch: TranscriptBatch): void {
    this.#writer.write(batch);
  }

  /** Runs a chore until it has nothing to do; signs first, and afterwards, where there is a proof. */
  run(make: ChoreMaker, options: UpkeepOptions = {}): void {
    exhaust(this.chore(make, { proof: this.proof, ...options }));
  }

  chore(make: ChoreMaker, options: UpkeepOptions): Chore {
    const chore = make({
      ...{ db: this.#upkeep, path: this.path, options, now: () => this.now },
      alarm: (what) => this.alarms.push(what),
    });
    if (!chore) throw new Error('these options ask for no such chore');
    return chore;
  }

  async erase(ids: readonly string[], names = false): Promise<void> {
    const eraser = new Eraser(this.path, key);
    try {
      await eraser.erase(ids, { names, reason: 'a test', by: 'tester' });
    } finally {
      eraser.close();
    }
  }

  verify(): Promise<ProofReport> {
    return verifyDatabase(this.path, { keys, signal: new AbortController().signal });
  }

  /** All values of the first column. */
  ask(sql: string, ...values: unknown[]): unknown[] {
    return this.#upkeep.prepare(sql).pluck().all(values);
  }

  value(name: string): number {
    return this.#upkeep.pragma(name, { simple: true }) as number;
  }

  /** As after a restart. */
  reopen(): void {
    this.#close();
    this.#writer = this.#open();
    this.#upkeep = this.#openUpkeep();
    this.reader = new SqliteReader(this.path, { keys: masters });
  }

  stop(): void {
    this.#close();
    rmSync(this.folder, { recursive: true });
  }

  #close(): void {
    this.reader.close();
    this.#upkeep.close();
    this.#writer.close();
  }

  #open(): BatchWriter {
    const options = { path: this.path, durability: 'process', keys: masters } as const;
    return new BatchWriter(options, { busy: 1_000, checkpoint: 1_000 });
  }

  #openUpkeep(): Database.Database {
    const db = new Database(this.path);
    db.pragma('secure_delete = ON');
    return db;
  }
}

export function exhaust(chore: Chore): void {
  for (let steps = 0; chore.step(); steps++) {
    if (steps > 10_000) throw new Error(`${chore.name} never ends`);
  }
}
