import type Database from 'better-sqlite3';
import { GateError, messageOf } from '../../../model/errors.ts';
import { type Signer, signerOf } from '../../proof/proof-key.ts';
import { forgetPayloads } from '../compaction/forget-payloads.ts';
import { openToChange } from '../open-to-change.ts';
import { type ErasedDetail, recordOwn } from '../own-exchange.ts';
import { SCHEMA_VERSION } from '../schema.ts';
import { forgetWords } from '../search/forget-words.ts';
import { purgeWords } from '../search/purge-words.ts';
import { BlockRows } from './block-rows.ts';
import { LeafMaker } from './leaf-maker.ts';
import type { ExchangeRow } from './leaf-rows.ts';
import { UnnamedFacts } from './unnamed-facts.ts';
import { wipeUnused } from './wipe-unused.ts';

/** What is erased with an exchange, and who says so. */
export interface Erasure {
  /** Who called as well. */
  readonly names: boolean;
  /** Why; it is recorded, so it must not hold what is to be erased. */
  readonly reason: string;
  readonly by: string;
}

/** What has become of exchanges that were to be erased. */
export interface ErasedCounts {
  readonly erased: number;
  readonly steps: number;
  /** There was nothing left to erase. */
  readonly nothing: number;
  /** They have not ended yet, and so were left as they are. */
  readonly open: number;
}

/** An exchange with what is to be erased of it, and the digests that stay in its place. */
interface Prepared {
  readonly row: ExchangeRow;
  /** Position of its newest step. */
  readonly newest: number;
  readonly steps: readonly { readonly position: number; readonly digest: string }[];
  readonly target: string | null;
  readonly names: string;
}

/** How long to wait for the gate's own writes, in milliseconds. */
const BUSY = 5_000;
/** Steps that one transaction erases: it holds up the gate for some milliseconds. */
const MAX_STEPS = 64;

/**
 * Erases exchanges from a transcript database, also while a gate writes it: what they said, their originals with the
 * secret that these were sealed by, and their words. Digests stay, so that the proof holds.
 */
export class Eraser {
  readonly #db: Database.Database;
  readonly #signer: Signer | undefined;
  readonly #maker: LeafMaker;
  readonly #newest;
  readonly #keepDigest;
  readonly #keepNames;
  readonly #emptyStep;
  readonly #emptyExchange;
  readonly #emptyNames;
  /** What is said of it in records. */
  #erasure: Erasure | undefined;

  /**
   * @param key of the proof, in PEM: the record of what is erased has to be signed, or `verify` would miss it
   * @throws GateError STORE_UNREADABLE; ERASE_REFUSED: the database is of another version, or has signed blocks and the
   *   key is not the one that signs them
   */
  constructor(path: string, key: string | undefined) {
    this.#db = opened(path);
    this.#signer = key === undefined ? undefined : signerOf(key);
    this.#checkSigner();
    this.#maker = new LeafMaker(this.#db);
    this.#newest = this.#db
      .prepare<[string], number>('SELECT max(position) FROM event WHERE exchange = ?')
      .pluck();
    this.#keepDigest = this.#db.prepare(
      `INSERT OR IGNORE INTO erased_contents (position, digest)
       SELECT @position, @digest WHERE EXISTS (SELECT 1 FROM event WHERE position = @position)`,
    );
    this.#keepNames = this.#db.prepare(
      `INSERT INTO erased_names (exchange, target, names) VALUES (@id, @target, @names)
       ON CONFLICT DO UPDATE SET names = coalesce(names, excluded.names)`,
    );
    this.#emptyStep = this.#db.prepare(
      'UPDATE event SET detail = NULL, payload = NULL, sealed = NULL WHERE position = ?',
    );
    this.#emptyExchange = this.#db.prepare(
      'UPDATE exchange SET target = NULL, secret = NULL, period = NULL WHERE id = ?',
    );
    this.#emptyNames = this.#db.prepare(
      `UPDATE exchange SET session = NULL, sub = NULL, issuer = NULL, client = NULL, agent = NULL, ip = NULL,
         identity = NULL, salt = NULL
       WHERE id = ?`,
    );
  }

  /**
   * Erases exchanges, and records that it did, in short transactions.
   *
   * @param onProgress told of exchanges that are done
   * @returns a rejection where the database can't be written; what was done until then is recorded
   */
  async erase(
    ids: Iterable<string>,
    erasure: Erasure,
    { onProgress, signal }: { onProgress?: (done: number) => void; signal?: AbortSignal } = {},
  ): Promise<ErasedCounts> {
    this.#erasure = erasure;
    const counts = { erased: 0, steps: 0, nothing: 0, open: 0 };
    let waiting: Prepared[] = [];
    let steps = 0;
    const flush = async () => {
      if (waiting.length === 0) return;
      this.#write(waiting, erasure);
      counts.erased += waiting.length;
      counts.steps += steps;
      waiting = [];
      steps = 0;
      onProgress?.(counts.erased + counts.nothing + counts.open);
      // Others have their turn: the gate, and whoever asks to stop.
      await new Promise((resolve) => setImmediate(resolve));
    };
    for (const id of ids) {
      if (signal?.aborted) break;
      const prepared = this.#prepare(id, erasure.names);
      if (prepared === 'nothing' || prepared === 'open') {
        counts[prepared]++;
        continue;
      }
      if (steps + prepared.steps.length > MAX_STEPS) await flush();
      waiting.push(prepared);
      steps += prepared.steps.length;
    }
    await flush();
    return counts;
  }

  /**
   * Takes what was erased, now or by a run that was cut short, out of every part of the files: facts that no exchange
   * names any more, words of the index, the write-ahead log, copies in pages that rows have left. To be called last.
   *
   * @returns a resolution; false where the log is being read all the time: something of it may still be in the files
   */
  async finish(): Promise<boolean> {
    new UnnamedFacts(this.#db).forget(() => this.#recordForgetting(Date.now()));
    purgeWords(this.#db);
    return wipeUnused(this.#db.name);
  }

  close(): void {
    this.#db.close();
  }

  #checkSigner(): void {
    const newest = new BlockRows(this.#db).newest();
    if (!newest || newest.signer === this.#signer?.name) return;
    this.#db.close();
    const message =
      'what is erased has to be recorded with the key of the proof, which is not at hand';
    throw new GateError('ERASE_REFUSED', message, {
      hint: `run it with the configuration of the gate, as who may read the key ${newest.signer}; a new key counts once a gate has run with it`,
    });
  }

  /** What is to be done, found out before the database is locked. */
  #prepare(id: string, withNames: boolean): Prepared | 'nothing' | 'open' {
    return this.#db.transaction(() => {
      this.#maker.begin();
      const row = this.#maker.rows.exchange(id);
      const names = this.#maker.namesOf(id);
      // What was done to transcripts stays on record.
      if (!row || !names || (row.upstream === '' && row.revision === '')) return 'nothing';
      if (row.closedAt === null) return 'open';
      const steps = [];
      let newest = 0;
      for (const step of this.#maker.rows.of(id)) {
        const { position } = step;
        newest = position;
        const { contents } = this.#maker.make(step);
        if (contents !== null) steps.push({ position, digest: contents });
      }
      const isBare = row.target === null && row.secret === '';
      const isUnnamed = !withNames || this.#maker.rows.erasedNames(id)?.names;
      if (steps.length === 0 && isBare && isUnnamed) return 'nothing';
      return { row, newest, steps, ...names };
    })();
  }

  #write(prepared: readonly Prepared[], { names, reason, by }: Erasure): void {
    const detail: ErasedDetail = { erased: prepared.map(({ row }) => row.id), names };
    this.#db
      .transaction(() => {
        const exchanges = prepared.map((one) => this.#again(one, names));
        const positions = exchanges.flatMap((one) => one.steps.map(({ position }) => position));
        // Both look at the rows to know where things are; a pack is written once for all of its steps.
        forgetPayloads(this.#db, positions);
        forgetWords(this.#db, positions);
        for (const one of exchanges) this.#empty(one, names);
        const steps = [
          { kind: 'closed' as const, detail: { outcome: 'delivered', ...detail, reason } },
        ];
        const [method, signer] = ['transcripts/erase' as const, this.#signer];
        recordOwn(this.#db, { method, by, steps, at: Date.now(), signer });
      })
      .immediate();
  }

  /** What is not erased for anybody, but because nothing names it any more. */
  #recordForgetting(at: number): void {
    const { by } = this.#erasure ?? {};
    const detail = { reason: 'unnamed', removed: [], forgot: at };
    recordOwn(this.#db, {
      ...{ method: 'transcripts/remove', steps: [{ kind: 'closed', detail }], at },
      ...{ signer: this.#signer, ...(by !== undefined && { by }) },
    });
  }

  /** A step may have come after its end since. */
  #again(prepared: Prepared, withNames: boolean): Prepared {
    const { row, newest } = prepared;
    if (this.#newest.get(row.id) === newest) return prepared;
    const anew = this.#prepare(row.id, withNames);
    return typeof anew === 'string' ? prepared : anew;
  }

  #empty({ row: { id }, steps, target, names }: Prepared, withNames: boolean): void {
    for (const { position, digest } of steps) {
      this.#keepDigest.run({ position, digest: Buffer.from(digest, 'hex') });
      this.#emptyStep.run(position);
    }
    this.#keepNames.run({
      id,
      target: target === null ? null : Buffer.from(target, 'hex'),
      names: withNames ? Buffer.from(names, 'hex') : null,
    });
    this.#emptyExchange.run(id);
    if (withNames) this.#emptyNames.run(id);
  }
}

function opened(path: string): Database.Database {
  try {
    const db = openToChange(path, { busy: BUSY });
    db.pragma('synchronous = FULL');
    const version = db.pragma('user_version', { simple: true }) as number;
    if (version === SCHEMA_VERSION) return db;
    db.close();
    throw new GateError('ERASE_REFUSED', `${path} is of another version of sallyport`, {
      hint: 'start the gate of this version once: it brings the database up to date',
    });
  } catch (cause) {
    if (cause instanceof GateError) throw cause;
    const message = `cannot open the transcript database ${path}: ${messageOf(cause)}`;
    throw new GateError('STORE_UNREADABLE', message, { cause });
  }
}
