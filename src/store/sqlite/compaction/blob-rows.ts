import { hash } from 'node:crypto';
import { zstdCompressSync } from 'node:zlib';
import type { Database } from 'better-sqlite3';

/** A text that is kept once, for all steps that have it. */
export interface NewBlob {
  readonly digest: Buffer;
  readonly text: string;
  /** Compressed; undefined where there already was one with this digest. */
  readonly data: Buffer | undefined;
}

/** The table of large texts. */
export class BlobRows {
  readonly #byDigest;
  readonly #insert;
  readonly #refer;
  readonly #release;
  readonly #remove;

  constructor(db: Database) {
    this.#byDigest = db.prepare<[Buffer], number>('SELECT id FROM blob WHERE digest = ?').pluck();
    this.#insert = db.prepare(
      'INSERT INTO blob (digest, refs, characters, data) VALUES (?, 1, ?, ?)',
    );
    this.#refer = db.prepare('UPDATE blob SET refs = refs + 1 WHERE id = ?');
    this.#release = db.prepare('UPDATE blob SET refs = refs - 1 WHERE id = ?');
    this.#remove = db.prepare('DELETE FROM blob WHERE id = ? AND refs <= 0');
  }

  /** Does what takes long, before the database is locked. */
  prepare(text: string): NewBlob {
    const digest = hash('sha256', text, 'buffer');
    const isKnown = this.#byDigest.get(digest) !== undefined;
    return { digest, text, data: isKnown ? undefined : zstdCompressSync(Buffer.from(text)) };
  }

  /** The id of the blob for one more step, within a transaction. */
  add({ digest, text, data }: NewBlob): number {
    const known = this.#byDigest.get(digest);
    if (known !== undefined) {
      this.#refer.run(known);
      return known;
    }
    const made = data ?? zstdCompressSync(Buffer.from(text));
    return Number(this.#insert.run(digest, text.length, made).lastInsertRowid);
  }

  /** A step has it no longer. The last one takes it along. */
  release(id: number): void {
    this.#release.run(id);
    this.#remove.run(id);
  }
}
