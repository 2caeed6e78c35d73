import { type FoundBlock, hasItsLink } from './block-chain.ts';
import type { Signer } from './proof-key.ts';

/**
 * Whether the next block may name a block as the one before it. A signature vouches for all blocks that it is linked to,
 * so nothing may be named that only looks like a signed block: somebody who can write to the file, but has no key, would
 * have his own history vouched for. What another key has signed can't be told here; `verify` looks at the signature of
 * the last block of each key by itself.
 */
export function isNameable(block: FoundBlock, signer: Signer): boolean {
  if (!hasItsLink(block)) return false;
  return block.signer !== signer.name || signer.hasSigned(block.link, block.signature);
}
