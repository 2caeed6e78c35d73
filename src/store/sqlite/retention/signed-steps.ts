import type { Database } from 'better-sqlite3';
import { messageOf } from '../../../model/errors.ts';
import { LEAF_BYTES } from '../../proof/block.ts';
import type { FoundBlock } from '../../proof/block-chain.ts';
import { isSignedBlock } from '../../proof/is-signed-block.ts';
import type { ProofKeys } from '../../proof/proof-key.ts';
import { BlockRows } from '../proof/block-rows.ts';
import { LeafMaker, type MadeLeaf } from '../proof/leaf-maker.ts';

type MadeStep =
  | { readonly made: MadeLeaf; readonly problem?: undefined }
  | { readonly made?: undefined; readonly problem: string };

/** What was told is remembered so often, so that it is told once. */
const MAX_TOLD = 1_000;

/**
 * Tells whether steps are what was signed. Retention goes by what the file says of times and upstreams, and signs what it
 * removes: whoever can write the file would have fresh steps removed by making them look old.
 */
export class SignedSteps {
  readonly #db: Database;
  readonly #keys: ProofKeys;
  readonly #alarm: (what: string) => void;
  readonly #maker: LeafMaker;
  readonly #blocks: BlockRows;
  /** The block that was looked at last. */
  #block: { readonly row: FoundBlock; readonly problem: string | undefined } | undefined;
  #isToldNow = false;
  readonly #told = new Set<string>();

  /** @param alarm is told of the first that is not, of each look */
  constructor(db: Database, keys: ProofKeys, alarm: (what: string) => void) {
    this.#db = db;
    this.#keys = keys;
    this.#alarm = alarm;
    this.#maker = new LeafMaker(db);
    this.#blocks = new BlockRows(db);
  }

  /** A look at one state of the database, whatever others write meanwhile. */
  look<Result>(work: () => Result): Result {
    this.#maker.begin();
    this.#block = undefined;
    this.#isToldNow = false;
    return this.#db.transaction(work)();
  }

  /** Whether a block ends here that was signed, with the step there as it was signed, unless that one is gone. */
  isEnd(position: number): boolean {
    const problem = this.#problemOf(position) ?? this.#madeAt(position)?.problem;
    if (problem !== undefined) this.#tell(problem);
    return problem === undefined;
  }

  /** The step at a position; undefined where it is not what was signed, which is told. */
  at(position: number): MadeLeaf | undefined {
    const problem = this.#problemOf(position);
    const found = problem === undefined ? this.#madeAt(position) : undefined;
    const why = problem ?? (found ? found.problem : `step ${position} is missing`);
    if (why !== undefined) this.#tell(why);
    return why === undefined ? found?.made : undefined;
  }

  #tell(problem: string): void {
    if (this.#isToldNow || this.#told.has(problem)) return;
    this.#isToldNow = true;
    if (this.#told.size >= MAX_TOLD) this.#told.clear();
    this.#told.add(problem);
    this.#alarm(`retention keeps what it cannot trust: ${problem}`);
  }

  /** What is there: undefined where nothing is. Its block is one that was signed. */
  #madeAt(position: number): MadeStep | undefined {
    try {
      const [step] = this.#maker.rows.between(position, position);
      if (!step) return undefined;
      const erased = this.#maker.rows.erased(position, position).get(position);
      const made = this.#maker.make(step, erased);
      const { row } = this.#blockAt(position) ?? {};
      const from = (position - (row?.first ?? 0)) * LEAF_BYTES;
      const isRight = row?.leaves.toString('hex', from, from + LEAF_BYTES) === made.leaf;
      if (isRight && !made.isOdd) return { made };
      return { problem: `step ${position} was changed` };
    } catch (error) {
      // A damaged pack, say: others can be removed all the same.
      return { problem: `step ${position} cannot be read: ${messageOf(error)}` };
    }
  }

  #problemOf(position: number): string | undefined {
    const block = this.#blockAt(position);
    return block ? block.problem : `step ${position} is not signed`;
  }

  #blockAt(position: number) {
    const known = this.#block;
    if (known && known.row.first <= position && position <= known.row.last) return known;
    const row = this.#blocks.holding(position);
    this.#block = row && { row, problem: this.#problem(row) };
    return this.#block;
  }

  #problem(row: FoundBlock): string | undefined {
    const isRight = isSignedBlock(row, this.#keys);
    if (isRight) return undefined;
    const which = `the signed block of steps ${row.first} to ${row.last}`;
    if (isRight === false) return `${which} was changed`;
    return `${which} has the key ${row.signer}, which proof.pub did not have at the start`;
  }
}
