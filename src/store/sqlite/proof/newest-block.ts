import type { Database } from 'better-sqlite3';
import { LEAF_BYTES, sealOf } from '../../proof/block.ts';
import { type FoundBlock, isWellFormed, previousOf } from '../../proof/block-chain.ts';
import { isNameable } from '../../proof/is-nameable.ts';
import type { Signer } from '../../proof/proof-key.ts';
import { type BlockPlace, BlockRows } from './block-rows.ts';
import { LeafMaker } from './leaf-maker.ts';

/**
 * What is wrong with the newest block and its steps, when a gate starts: undefined where nothing is. The rest is for
 * `sallyport verify`. Within a read transaction.
 */
export function newestBlockProblem(db: Database, signer: Signer): string | undefined {
  const blocks = new BlockRows(db);
  const block = blocks.newest();
  if (!block) return undefined;
  const { first, last, leaves } = block;
  const where = nameOf(block);
  if (!isNameable(block, signer) || !isNext(block, blocks.before(last))) return blockProblem(block);
  const maker = new LeafMaker(db);
  const erased = maker.rows.erased(first, last);
  const expected = leaves.toString('hex');
  let next = first;
  for (const step of maker.rows.between(first, last)) {
    if (step.position !== next) return `step ${next} of ${where} is missing`;
    const { leaf, isOdd } = maker.make(step, erased.get(step.position));
    const isRight = expected.startsWith(leaf, (step.position - first) * LEAF_BYTES * 2);
    if (!isRight || isOdd) return `step ${step.position} of ${where} was changed`;
    next++;
  }
  return next === last + 1 ? undefined : `step ${next} of ${where} is missing`;
}

/** Retention may have taken the block before it. */
function isNext(block: FoundBlock, before: FoundBlock | undefined): boolean {
  if (!before) return true;
  return isWellFormed(before) && previousOf(block) === sealOf(before.link, before.signature);
}

/** Said of a block that is not what a gate has signed. */
export function blockProblem(block: BlockPlace): string {
  return `${nameOf(block)} was changed`;
}

function nameOf({ first, last }: BlockPlace): string {
  return `the newest signed block (steps ${first} to ${last})`;
}
