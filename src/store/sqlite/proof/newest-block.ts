import type { Database } from 'better-sqlite3';
import { LEAF_BYTES, linkOf, sealOf } from '../../proof/block.ts';
import { isWellFormed, previousOf } from '../../proof/block-chain.ts';
import { BlockRows } from './block-rows.ts';
import { LeafMaker } from './leaf-maker.ts';

/**
 * What is wrong with the newest block and its steps, when a gate starts: undefined where nothing is. The rest is for
 * `sallyport verify`. Within a read transaction.
 */
export function newestBlockProblem(db: Database): string | undefined {
  const blocks = new BlockRows(db);
  const block = blocks.newest();
  if (!block) return undefined;
  const { first, last, link, leaves } = block;
  const where = `the newest signed block (steps ${first} to ${last})`;
  const before = blocks.before(last);
  // Retention may have taken the block before it.
  const seal = before && sealOf(before.link, before.signature);
  const isNext = seal === undefined || previousOf(block) === seal;
  if (
    !isWellFormed(block) ||
    !isNext ||
    linkOf({ ...block, previous: previousOf(block) }) !== link.toString('hex')
  ) {
    return `${where} was changed`;
  }
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
