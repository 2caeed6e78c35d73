import type { Database } from 'better-sqlite3';
import { patiently } from '../patiently.ts';

/** Writes that may wait; those beyond reject, so that memory stays bounded. */
const MAX_WAITING = 20_000;

interface Write {
  run(): void;
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * Commits writes together that come in one turn of the event loop, or while others are written. Each is kept whole or
 * not at all, whatever becomes of those beside it.
 */
export class GroupWriter {
  readonly #commit: (group: readonly Write[]) => ReadonlyMap<Write, unknown>;
  #waiting: Write[] = [];
  #writing: Promise<void> | undefined;

  /** @param db whose own patience should be short: it stops the event loop */
  constructor(db: Database) {
    const alone = db.transaction((write: Write) => write.run());
    const together = db.transaction((group: readonly Write[]) => {
      const failed = new Map<Write, unknown>();
      for (const write of group) {
        try {
          // A savepoint, within the transaction of all.
          alone(write);
        } catch (error) {
          // It has undone the transaction, such as on a full disk.
          if (!db.inTransaction) throw error;
          failed.set(write, error);
        }
      }
      return failed;
    });
    this.#commit = (group) => together.immediate(group);
  }

  /** Resolves with what `run` gives once it is committed; rejects with what it throws, and then nothing is kept. */
  write<Result>(run: () => Result): Promise<Result> {
    if (this.#waiting.length >= MAX_WAITING) return Promise.reject(new Error('too many wait'));
    return new Promise((resolve, reject) => {
      let result: Result;
      this.#waiting.push({
        run: () => {
          result = run();
        },
        resolve: () => resolve(result),
        reject,
      });
      this.#writing ??= this.#write();
    });
  }

  /** Resolves once nothing waits any longer. */
  async idle(): Promise<void> {
    await this.#writing;
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      await new Promise((resolve) => setImmediate(resolve));
      const group = this.#waiting;
      this.#waiting = [];
      try {
        const failed = await patiently(() => this.#commit(group));
        for (const write of group) {
          if (failed.has(write)) write.reject(failed.get(write));
          else write.resolve();
        }
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    this.#writing = undefined;
  }
}
