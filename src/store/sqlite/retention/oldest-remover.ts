import type { Database } from 'better-sqlite3';
import type { Signer } from '../../proof/proof-key.ts';
import { PackRows } from '../compaction/pack-rows.ts';
import { Progress } from '../upkeep/progress.ts';
import { type Held, type Looked, NOTHING_HELD } from './held.ts';
import { type End, ProvedEnds } from './proved-ends.ts';
import { type Removal, recordRemoval } from './record-removal.ts';
import type { RemovalProof } from './removal-proof.ts';
import { RETENTION_REMOVED } from './retention-progress.ts';
import type { SignedSteps } from './signed-steps.ts';
import { DOOMED, type DoomedStep, portionOf, StepRemover } from './step-remover.ts';

/** Steps and blocks that are removed at a time: a few milliseconds. */
const STEPS = 256;
const BLOCKS = 8;
/** Facts of callers, and of tools, that are removed at a time. */
const FACTS = 256;
/** Steps that are not behind an end yet, and are counted. */
const NEWEST = 8_192;
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
  readonly #signed: SignedSteps | undefined;
  readonly #ends: ProvedEnds;
  readonly #announced: Progress;
  readonly #remover: StepRemover;
  readonly #oldest;
  readonly #packs: PackRows;
  readonly #oldestPack;
  readonly #blocks;
  readonly #oldFacts;
  readonly #removeFact;
  readonly #behind;
  /** Nothing is left of what was announced. */
  #isDone = false;

  /** @param proof left out: there is none */
  constructor(db: Database, proof: RemovalProof | undefined) {
    this.#db = db;
    this.#signer = proof?.signer;
    this.#signed = proof?.signed;
    this.#ends = new ProvedEnds(db, { isProved: proof !== undefined });
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
    this.#behind = db
      .prepare<[number], number>(
        `SELECT count(*) FROM (SELECT 1 FROM event WHERE position > ? LIMIT ${NEWEST})`,
      )
      .pluck();
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
    const isFree = ({ last }: End, at: number) => last <= held.after || at <= held.limit;
    const { found, wanted } = this.#look(() => {
      const due: End[] = [];
      let wanted: number | undefined;
      for (const end of this.#ends.after(this.#announced.get())) {
        const at = end.at ?? end.signed;
        if (at <= cutoff) {
          if (wanted === undefined && isFree(end, at)) due.push(end);
          else wanted = end.last;
          // Where the step is gone nobody knows how much older it was.
        } else if (end.at !== null && at < now + FUTURE) break;
      }
      return { found: this.#newestRight(due), wanted };
    });
    return { found: this.#announce('age', found, now), wanted };
  }

  /**
   * Announces so much of the oldest as is too much, as far as that can be told, and not held: `limit` is the size that
   * makes room whatever is.
   */
  removeBeyond(size: number, now: number, held: Held = NOTHING_HELD): Looked {
    const { found, wanted } = this.#look(() => {
      const due = this.#endsBeyond(size);
      const free = Math.max(held.after, this.#endsBeyond(held.limit).at(-1)?.last ?? 0);
      const last = due.at(-1)?.last ?? 0;
      const found = this.#newestRight(due.filter((end) => end.last <= free));
      return { found, wanted: last > free ? last : undefined };
    });
    return { found: this.#announce('size', found, now), wanted };
  }

  /** All ends up to where what is too much for a size ends; a part of them where that is far. */
  #endsBeyond(size: number): readonly End[] {
    const used = this.#used();
    if (used <= size * FULL) return [];
    const ends = [...this.#ends.after(this.#announced.get())];
    const share = (used - size * ROOM) / used;
    let most = Math.ceil(share * this.#stepsFrom(ends));
    const last = ends.findIndex((end) => {
      most -= end.steps;
      return most <= 0;
    });
    return last === -1 ? ends : ends.slice(0, last + 1);
  }

  /** Steps that are left, as far as ends are known; where there are more, by the last position. */
  #stepsFrom(ends: readonly End[]): number {
    const known = ends.reduce((sum, { steps }) => sum + steps, 0);
    const last = ends.at(-1)?.last ?? 0;
    const newest = this.#ends.newest() ?? 0;
    // Positions may have gaps that somebody made, so they say nothing where steps can be counted.
    const behind = newest > last ? newest - last : (this.#behind.get(last) ?? 0);
    return known + behind;
  }

  #look<Result>(work: () => Result): Result {
    return this.#signed ? this.#signed.look(work) : work();
  }

  /** The newest one that is what was signed, which says so of all before it. */
  #newestRight(ends: readonly End[]): number | undefined {
    return ends.findLast(({ last }) => this.#signed?.isEnd(last) ?? true)?.last;
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
