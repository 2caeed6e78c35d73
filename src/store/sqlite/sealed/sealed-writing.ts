import type { Database } from 'better-sqlite3';
import type { TranscriptBatch, TranscriptEvent } from '../../../model/transcript.ts';
import { dataKey, KEY_BYTES } from '../../seal/data-key.ts';
import type { MasterKeys } from '../../seal/master-keys.ts';
import { sealOriginal } from '../../seal/original-seal.ts';
import { type WrappedKey, wrapPeriodKey } from '../../seal/period-key.ts';
import { randomFrom } from '../../seal/random-from.ts';

/** What a row of an exchange has that is secret. */
export interface ExchangeSecrets {
  readonly salt: Buffer;
  readonly secret: Buffer;
  readonly period: number | null;
}

/** A batch, made ready before the database is locked. */
export interface SealedBatch {
  /** Of the exchanges that it opens, in their order. */
  readonly secrets: readonly ExchangeSecrets[];
  /** Sealed originals of its steps, in their order. */
  readonly sealed: readonly (Buffer | null)[];
  /** A period that begins with it. */
  readonly begins?: WrappedKey & { readonly began: number };
}

interface Open {
  readonly secret: Uint8Array;
  readonly period: number;
  key?: Buffer;
}

/** How long one period key is in use, in milliseconds. */
const PERIOD = 86_400_000;
/** Bytes of the salt of an exchange. */
const SALT = 16;
/** Open exchanges whose secrets are remembered; those of others are read back. */
const MAX_OPEN = 20_000;

/**
 * Gives exchanges their secrets, and seals originals. The key of a period is made at the first batch, and anew each
 * day: it is in memory while the gate runs, and in the database wrapped by the first master key only.
 */
export class SealedWriting {
  readonly #keys: MasterKeys | undefined;
  readonly #secretsOf;
  readonly #insertPeriod;
  readonly #periods = new Map<number, Buffer>();
  readonly #open = new Map<string, Open>();
  #current: (WrappedKey & { readonly began: number }) | undefined;
  #isKept = false;
  readonly #lastPeriod;

  /** @param keys left out: originals are not kept */
  constructor(db: Database, keys: MasterKeys | undefined) {
    this.#keys = keys;
    this.#secretsOf = db.prepare<[string], { secret: Uint8Array | null; period: number | null }>(
      'SELECT secret, period FROM exchange WHERE id = ?',
    );
    this.#insertPeriod = db.prepare(
      'INSERT INTO period (id, began, master, wrapped) VALUES (?, ?, ?, ?)',
    );
    this.#lastPeriod = db.prepare<[], number | null>('SELECT max(id) FROM period').pluck();
  }

  /** Makes secrets and seals originals. Nothing of it counts before {@link committed}. */
  prepare({ opened, events }: TranscriptBatch): SealedBatch {
    const period = this.#keys && this.#periodOf(this.#keys, Date.now());
    const secrets = opened.map(({ id }) => {
      const [salt, secret] = [randomFrom(SALT), randomFrom(KEY_BYTES)];
      if (period !== undefined) this.#remember(id, { secret, period });
      return { salt, secret, period: period ?? null };
    });
    const sealed = events.map((event) => this.#seal(event));
    const begins = this.#isKept ? undefined : this.#current;
    return { secrets, sealed, ...(begins && { begins }) };
  }

  /** Writes the period that a batch begins with, within its transaction. */
  write({ begins }: SealedBatch): void {
    if (!begins) return;
    const { id, began, master, wrapped } = begins;
    this.#insertPeriod.run(id, began, master, wrapped);
  }

  committed({ closed }: TranscriptBatch): void {
    this.#isKept = true;
    for (const { id } of closed) this.#open.delete(id);
  }

  /** The batch was not kept: what it has opened is not there. */
  rolledBack({ opened }: TranscriptBatch): void {
    for (const { id } of opened) this.#open.delete(id);
    if (this.#isKept || !this.#current) return;
    // Another gate may have taken its number: the next batch begins one of its own.
    this.#periods.delete(this.#current.id);
    this.#current = undefined;
  }

  #periodOf(keys: MasterKeys, now: number): number {
    const current = this.#current;
    if (current && now - current.began < PERIOD && now >= current.began) return current.id;
    const key = randomFrom(KEY_BYTES);
    const id = (this.#lastPeriod.get() ?? 0) + 1;
    this.#current = { ...wrapPeriodKey(keys, id, key), began: now };
    this.#isKept = false;
    this.#periods.set(id, key);
    return id;
  }

  #seal({ exchange, seq, original }: TranscriptEvent): Buffer | null {
    if (original === undefined || !this.#keys) return null;
    const open = this.#open.get(exchange) ?? this.#readBack(exchange);
    const period = open && this.#periods.get(open.period);
    // An erased exchange has no secret any more, and so no originals.
    if (!open || !period) return null;
    open.key ??= dataKey({ period, secret: open.secret, exchange });
    return sealOriginal(open.key, { exchange, seq }, original);
  }

  #readBack(exchange: string): Open | undefined {
    const row = this.#secretsOf.get(exchange);
    if (!row?.secret || row.period === null) return undefined;
    return { secret: row.secret, period: row.period };
  }

  #remember(exchange: string, open: Open): void {
    const [oldest] = this.#open.size >= MAX_OPEN ? this.#open.keys() : [];
    if (oldest !== undefined) this.#open.delete(oldest);
    this.#open.set(exchange, open);
  }
}
