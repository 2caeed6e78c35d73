import { type FoundBlock, hasItsLink } from './block-chain.ts';
import { isSigned, type ProofKeys } from './proof-key.ts';

/** Whether a block is one that somebody with one of these keys has signed; undefined where its key is not among them. */
export function isSignedBlock(block: FoundBlock, keys: ProofKeys): boolean | undefined {
  if (!hasItsLink(block)) return false;
  return isSigned(keys, block.signer, block.link, block.signature);
}
