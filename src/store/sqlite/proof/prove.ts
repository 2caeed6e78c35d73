import { linkOf, sealOf } from '../../proof/block.ts';
import { type FoundBlock, isWellFormed } from '../../proof/block-chain.ts';
import { isNameable } from '../../proof/is-nameable.ts';
import { signerOf } from '../../proof/proof-key.ts';
import type { Chore, ChoreMaker } from '../upkeep/chore.ts';
import { isDue } from '../upkeep/is-due.ts';
import { BlockRows } from './block-rows.ts';
import { LeafMaker } from './leaf-maker.ts';
import { blockProblem, newestBlockProblem } from './newest-block.ts';
import { schemaProblem } from './schema-problem.ts';

/** What one block has at most: steps, and characters that are hashed before it is made. */
const MAX_LEAVES = 4_096;
const MAX_TEXT = 16_777_216;
/** How long it signs what is left when a gate ends, in milliseconds. */
const FINISH = 5_000;

interface Leaves {
  readonly first: number;
  readonly last: number;
  readonly leaves: Buffer;
  /** There is more to sign at once. */
  readonly more: boolean;
}

/**
 * Signs what was recorded since the last time. Whoever changes it later has to do so before the next signature, or be
 * found out.
 */
export const prove: ChoreMaker = (context) => {
  const { proof } = context.options;
  return proof && new Prover(context, proof);
};

class Prover implements Chore {
  readonly name = 'prove';
  readonly #db;
  readonly #now;
  readonly #alarm;
  readonly #every: number;
  readonly #signer;
  readonly #maker: LeafMaker;
  readonly #blocks: BlockRows;
  readonly #insert;
  readonly #gap;
  #isBegun = false;
  #due = 0;
  /** Link and signature of a block that may be named: the last one that was signed here, or found right. */
  #right: Pick<FoundBlock, 'link' | 'signature'> | undefined;
  /** What is said once only. */
  #told: string | undefined;

  constructor(
    { db, now, alarm }: Parameters<ChoreMaker>[0],
    { key, every }: { readonly key: string; readonly every: number },
  ) {
    this.#db = db;
    this.#now = now;
    this.#alarm = alarm;
    this.#every = every;
    this.#signer = signerOf(key);
    this.#maker = new LeafMaker(db);
    this.#blocks = new BlockRows(db);
    this.#insert = db.prepare(
      `INSERT INTO block (last, first, at, leaves, previous, link, signer, signature)
       SELECT ?, ?, ?, ?, ?, ?, ?, ? WHERE (SELECT max(last) FROM block) IS ?`,
    );
    this.#gap = db.prepare<[number], { first: number | null }>(
      'SELECT min(position) AS first FROM event WHERE position > ?',
    );
  }

  step(): boolean {
    const now = this.#now();
    if (!isDue(now, this.#due, this.#every)) return false;
    const more = this.#sign();
    if (!more) this.#due = now + this.#every;
    return more;
  }

  /** Whoever stops a gate waits for this: the next start goes on where it ends. */
  finish(): void {
    const end = performance.now() + FINISH;
    while (this.#sign() && performance.now() < end);
  }

  /** Makes one block. */
  #sign(): boolean {
    if (!this.#isBegun) this.#begin();
    const before = this.#blocks.newest();
    const found = this.#db.transaction(() => this.#collect(before?.last ?? 0))();
    if (!found) return false;
    const { first, last, leaves, more } = found;
    const previous = before ? this.#sealOf(before) : null;
    const at = Math.round(this.#now());
    const signer = this.#signer.name;
    const link = Buffer.from(linkOf({ first, last, at, previous, leaves, signer }), 'hex');
    const named = previous === null ? null : Buffer.from(previous, 'hex');
    const signature = this.#signer.sign(link);
    const row = [last, first, at, leaves, named, link, signer, signature];
    // Another gate with this database may have signed the same meanwhile: what comes after it is next.
    const { changes } = this.#insert.run(...row, before?.last ?? null);
    if (changes > 0) this.#right = { link, signature };
    return changes === 0 || more;
  }

  /**
   * What the next block names a block by. One that is not what a gate has signed is never named: so the chain is broken
   * at this place for good, and what comes later does not vouch for it.
   */
  #sealOf(block: FoundBlock): string | null {
    const { link, signature } = block;
    if (!this.#isKnown(block) && !isNameable(block, this.#signer)) {
      this.#tell(blockProblem(block));
      return null;
    }
    this.#right = { link, signature };
    return sealOf(link, signature);
  }

  #isKnown(block: FoundBlock): boolean {
    const right = this.#right;
    if (!right || !isWellFormed(block)) return false;
    return right.link.equals(block.link) && right.signature.equals(block.signature);
  }

  /** What an earlier gate has signed is gone on from only once it is known whether it still is what it was. */
  #begin(): void {
    this.#isBegun = true;
    const problem = this.#db.transaction(() => {
      return schemaProblem(this.#db) ?? newestBlockProblem(this.#db, this.#signer);
    })();
    if (problem !== undefined) this.#tell(problem);
  }

  #tell(problem: string): void {
    if (problem !== this.#told) this.#alarm(problem);
    this.#told = problem;
  }

  /** Leaves of what comes after a position, up to the first that is missing. */
  #collect(after: number): Leaves | undefined {
    const first = this.#gap.get(after)?.first ?? null;
    if (first === null) return undefined;
    if (first !== after + 1) this.#alarm(missing(after + 1, first - 1));
    const limit = first + MAX_LEAVES - 1;
    const erased = this.#maker.rows.erased(first, limit);
    this.#maker.begin();
    let last = first - 1;
    let text = 0;
    let leaves = '';
    for (const step of this.#maker.rows.between(first, limit)) {
      // The next block begins behind the gap, and so tells of it for good.
      if (step.position !== last + 1) break;
      const { leaf, detail, payload, exchange } = this.#maker.make(step, erased.get(step.position));
      if (!exchange) this.#alarm(`the exchange of step ${step.position} is missing`);
      leaves += leaf;
      last = step.position;
      text += (payload?.length ?? 0) + (detail?.length ?? 0) + (step.sealed?.length ?? 0);
      if (text >= MAX_TEXT) break;
    }
    const more = (this.#gap.get(last)?.first ?? null) !== null;
    return { first, last, leaves: Buffer.from(leaves, 'hex'), more };
  }
}

function missing(first: number, last: number): string {
  const which = first === last ? `step ${first} is` : `steps ${first} to ${last} are`;
  return `${which} missing: removed by somebody else than the gate before the gate could sign`;
}
