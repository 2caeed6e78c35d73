import type { Checkpoint } from '../../proof/checkpoint-text.ts';
import type { Finding } from '../../proof/finding.ts';
import { isSigned, type ProofKeys } from '../../proof/proof-key.ts';
import type { BlockRows } from './block-rows.ts';

/**
 * Whether transcripts go on from a checkpoint.
 *
 * @returns a finding where they don't, and a sentence where that can't be told; undefined where all is well
 */
export function checkpointProblem(
  blocks: BlockRows,
  keys: ProofKeys,
  { last, link, signer, signature }: Checkpoint,
): Finding | string | undefined {
  const about = { position: last };
  if (isSigned(keys, signer, link, signature) !== true) {
    const why = 'the checkpoint is not signed with a key that was given';
    return { ...about, wrong: 'forged', why };
  }
  const newest = blocks.newest();
  if (!newest || newest.last < last) {
    const from = (newest?.last ?? 0) + 1;
    const why = 'they were signed when the checkpoint was printed, and are gone';
    return { wrong: 'rolled-back', position: from, last, why };
  }
  const block = blocks.holding(last);
  if (!block) {
    return blocks.before(last)
      ? { ...about, wrong: 'rolled-back', why: 'the block of the checkpoint is gone' }
      : 'retention has removed the block of the checkpoint, so it could not be compared';
  }
  if (block.last === last && block.link.equals(link)) return undefined;
  const why = 'here is another block than when the checkpoint was printed';
  return { ...about, wrong: 'rolled-back', why };
}
