import type { Database } from 'better-sqlite3';
import type { FoundBlock } from '../../proof/block-chain.ts';

/** A block without its leaves. */
export type BlockPlace = Pick<FoundBlock, 'first' | 'last' | 'at'>;

const ALL = 'last, first, at, leaves, previous, link, signer, signature';

/** Reads the signed blocks. */
export class BlockRows {
  readonly #newest;
  readonly #between;
  readonly #before;
  readonly #from;
  readonly #places;
  readonly #seals;

  constructor(db: Database) {
    this.#newest = db.prepare<[], FoundBlock>(
      `SELECT ${ALL} FROM block ORDER BY last DESC LIMIT 1`,
    );
    this.#between = db.prepare<[number, number], FoundBlock>(
      `SELECT ${ALL} FROM block WHERE last BETWEEN ? AND ? ORDER BY last`,
    );
    this.#before = db.prepare<[number], FoundBlock>(
      `SELECT ${ALL} FROM block WHERE last < ? ORDER BY last DESC LIMIT 1`,
    );
    this.#from = db.prepare<[number], FoundBlock>(
      `SELECT ${ALL} FROM block WHERE last >= ? ORDER BY last LIMIT 1`,
    );
    this.#places = db.prepare<[], BlockPlace>('SELECT first, last, at FROM block ORDER BY last');
    this.#seals = db.prepare<[number, number], Pick<FoundBlock, 'link' | 'signature'>>(
      'SELECT link, signature FROM block WHERE last < ? ORDER BY last DESC LIMIT ?',
    );
  }

  newest(): FoundBlock | undefined {
    return this.#newest.get();
  }

  /** Those that end between two positions, oldest first, one after the other. */
  between(first: number, last: number): IterableIterator<FoundBlock> {
    return this.#between.iterate(first, last);
  }

  /** The block before the one that ends at a position. */
  before(last: number): FoundBlock | undefined {
    return this.#before.get(last);
  }

  /** What blocks that end before a position are named by, newest first. */
  sealsBefore(position: number, limit: number): Pick<FoundBlock, 'link' | 'signature'>[] {
    return this.#seals.all(position, limit);
  }

  /** The block that has a position; undefined where it is not signed. */
  holding(position: number): FoundBlock | undefined {
    const block = this.from(position);
    return block && block.first <= position ? block : undefined;
  }

  /** The first block that ends at a position or after it. */
  from(position: number): FoundBlock | undefined {
    return this.#from.get(position);
  }

  /** All of them, oldest first, one after the other. */
  places(): IterableIterator<BlockPlace> {
    return this.#places.iterate();
  }
}
