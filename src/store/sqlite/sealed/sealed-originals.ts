import type { Database } from 'better-sqlite3';
import { dataKey } from '../../seal/data-key.ts';
import type { MasterKeys } from '../../seal/master-keys.ts';
import { openOriginal, type SealedAt } from '../../seal/original-seal.ts';
import { periodKey, type WrappedKey } from '../../seal/period-key.ts';

interface SealedStep extends SealedAt {
  readonly sealed: Uint8Array | null;
}

/** What the data key of an exchange is made of. */
interface KeyParts {
  readonly secret: Uint8Array | null;
  readonly period: number | null;
}

/** A sealed original with what its data key is made of, as the tables have it. */
export type SealedRow = SealedStep & KeyParts;

/** Keys of periods that are remembered, then forgotten at once; one is unwrapped in 50 microseconds. */
const MAX_REMEMBERED = 4_096;

/** Opens originals with the master keys at hand. */
export class SealedOriginals {
  readonly #keys: MasterKeys;
  readonly #at;
  readonly #made;
  readonly #period;
  readonly #known = new Map<number, Buffer | undefined>();
  #last: { readonly exchange: string; readonly key: Buffer } | undefined;

  constructor(db: Database, keys: MasterKeys) {
    this.#keys = keys;
    // Two questions take a third of the time of one that joins both tables: 15 microseconds.
    this.#at = db.prepare<[number], SealedStep>(
      'SELECT exchange, seq, sealed FROM event WHERE position = ?',
    );
    this.#made = db.prepare<[string], KeyParts>('SELECT secret, period FROM exchange WHERE id = ?');
    this.#period = db.prepare<[number], WrappedKey>(
      'SELECT id, master, wrapped FROM period WHERE id = ?',
    );
  }

  /** The original of the step at a position; undefined where there is none, or no key at hand opens it. */
  at(position: number): string | undefined {
    const step = this.#at.get(position);
    const parts = step?.sealed && this.#made.get(step.exchange);
    return parts ? this.open({ ...step, ...parts }) : undefined;
  }

  /** The same of a row that somebody has read already. */
  open({ exchange, seq, sealed, secret, period }: SealedRow): string | undefined {
    if (!sealed || !secret || period === null) return undefined;
    const key = this.#dataKey(exchange, secret, period);
    return key && openOriginal(key, { exchange, seq }, sealed);
  }

  #dataKey(exchange: string, secret: Uint8Array, id: number): Buffer | undefined {
    if (this.#last?.exchange === exchange) return this.#last.key;
    const period = this.#periodKey(id);
    if (!period) return undefined;
    const key = dataKey({ period, secret, exchange });
    this.#last = { exchange, key };
    return key;
  }

  #periodKey(id: number): Buffer | undefined {
    const known = this.#known.get(id);
    if (known) return known;
    const row = this.#period.get(id);
    const key = row && periodKey(this.#keys, row);
    if (this.#known.size >= MAX_REMEMBERED) this.#known.clear();
    this.#known.set(id, key);
    return key;
  }
}
