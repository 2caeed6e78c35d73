import type { Database } from 'better-sqlite3';
import type { Signer } from '../../proof/proof-key.ts';
import { PackRows } from '../compaction/pack-rows.ts';
import { Progress } from '../upkeep/progress.ts';
import { type Held, type Looked, NOTHING_HELD } from './held.ts';
import { type End, ProvedEnds } from './proved-ends.ts';
import { type Removal, recordRemoval } from './record-removal.ts';
import { RETENTION_REMOVED } from './retention-progress.ts';
import { DOOMED, type DoomedStep, portionOf, StepRemover } from './step-remover.ts';

/** Steps and blocks that are removed at a time: a few milliseconds. */
const STEPS = 256;
const BLOCKS = 8;
/** Facts of callers, and of tools, that are removed at a time. */
const FACTS = 256;
/** Steps of the future, after a clock was set back, don't keep those behind them; milliseconds. */
const FUTURE = 60_000;
/** Within so much of the size it begins to remove, and down to so much it removes. */
const FULL = 0.95;
const ROOM = 0.9;
/** How long after it was last named a fact is kept at least, beyond the oldest step; milliseconds. */
const FACT = 172_800_000;

/**
 * Removes from the beginning. First it says so in the transcript; from then on these steps are as good as gone, and they
 * go in small portions, over restarts as well. The last block of them stays: what comes after is linked to it.
 */
export class OldestRemover {
  readonly #db: Database;
  readonly #signer: Signer | undefined;
  readonly #ends: ProvedEnds;
  readonly #announced: Progress;
  readonly #remover: StepRemover;
  readonly #oldest;
  readonly #packs: PackRows;
  readonly #oldestPack;
  readonly #blocks;
  readonly #oldFacts;
  readonly #removeFact;
  readonly #newest;
  /** Nothing is left of what was announced. */
  #isDone = false;

  /** @param signer of the proof; left out: there is none */
  constructor(db: Database, signer: Signer | undefined) {
    this.#db = db;
    this.#signer = signer;
    this.#ends = new ProvedEnds(db, { isProved: signer !== undefined });
    this.#announced = new Progress(db, RETENTION_REMOVED);
    this.#remover = new StepRemover(db);
    this.#oldest = db.prepare<[number], DoomedStep>(
      `SELECT ${DOOMED} FROM event WHERE position <= ? ORDER BY position LIMIT ${STEPS}`,
    );
    this.#packs = new PackRows(db);
    this.#oldestPack = db
      .prepare<[], number>('SELECT last FROM pack ORDER BY last LIMIT 1')
      .pluck();
    this.#blocks = db.prepare(
      `DELETE FROM block WHERE last IN
         (SELECT last FROM block WHERE last < ? ORDER BY last LIMIT ${BLOCKS})`,
    );
    const isOld = `seen < (SELECT at FROM event ORDER BY position LIMIT 1) - ${FACT}`;
    this.#oldFacts = db
      .prepare<[], string>(`SELECT digest FROM fact WHERE ${isOld} LIMIT ${FACTS}`)
      .pluck();
    this.#removeFact = db.prepare(`DELETE FROM fact WHERE digest = ? AND ${isOld}`);
    this.#newest = db.prepare<[], number>('SELECT ifnull(max(position), 0) FROM event').pluck();
  }

  /**
   * Removes a portion of what was announced.
   *
   * @returns whether there was any
   */
  step(): boolean {
    const until = this.#isDone ? 0 : this.#announced.get();
    if (until === 0) return false;
    const isMore =
      this.#db
        .transaction(() => this.#removeSteps(until) || this.#blocks.run(until).changes > 0)
        .immediate() || this.#removeFacts();
    this.#isDone = !isMore;
    return isMore;
  }

  /** Announces what is older, and not held: `limit` is the time before which nothing is. */
  removeBefore(cutoff: number, now: number, held: Held = NOTHING_HELD): Looked {
    let found: number | undefined;
    let wanted: number | undefined;
    const isFree = ({ last, at }: End) => last <= held.after || at <= held.limit;
    for (const end of this.#ends.after(this.#announced.get())) {
      if (end.at > cutoff) {
        if (end.at < now + FUTURE) break;
      } else if (wanted === undefined && isFree(end)) found = end.last;
      else wanted = end.last;
    }
    return { found: this.#announce('age', found, now), wanted };
  }

  /**
   * Announces so much of the oldest as is too much, as far as that can be told, and not held: `limit` is the size that
   * makes room whatever is.
   */
  removeBeyond(size: number, now: number, held: Held = NOTHING_HELD): Looked {
    const end = this.#endBeyond(size);
    if (end === undefined) return { found: false };
    const free = end <= held.after ? end : this.#ends.upTo(held.after, this.#announced.get());
    const last = Math.max(free ?? 0, this.#endBeyond(held.limit) ?? 0);
    const found = last > 0 && this.#announce('size', last, now);
    return { found, wanted: last < end ? end : undefined };
  }

  /** Where what is too much for a size ends; undefined where nothing is. */
  #endBeyond(size: number): number | undefined {
    const used = this.#used();
    if (used <= size * FULL) return undefined;
    const gone = this.#announced.get();
    const each = used / Math.max(1, (this.#newest.get() ?? 0) - gone);
    const most = gone + Math.ceil((used - size * ROOM) / each);
    return this.#ends.nearest(most, gone);
  }

  #removeSteps(until: number): boolean {
    // Whole packs need not be unpacked to take steps out of them.
    const steps = portionOf(this.#oldest.all(Math.min(until, this.#oldestPack.get() ?? until)));
    const last = steps.at(-1)?.position;
    this.#packs.removeThrough(last ?? until);
    this.#remover.remove(steps);
    return last !== undefined;
  }

  /** They are looked for while nobody has to wait. */
  #removeFacts(): boolean {
    const digests = this.#oldFacts.all();
    if (digests.length === 0) return false;
    this.#db
      .transaction(() => {
        for (const digest of digests) this.#removeFact.run(digest);
      })
      .immediate();
    return true;
  }

  /** Bytes that are not free. */
  #used(): number {
    const value = (name: string) => this.#db.pragma(name, { simple: true }) as number;
    return (value('page_count') - value('freelist_count')) * value('page_size');
  }

  #announce(reason: Removal['reason'], last: number | undefined, now: number): boolean {
    if (last === undefined) return false;
    this.#db
      .transaction(() => {
        const removal = { reason, removed: [[1, last]] } as const;
        recordRemoval(this.#db, removal, { at: now, signer: this.#signer });
        this.#announced.set(last);
      })
      .immediate();
    this.#isDone = false;
    return true;
  }
}
