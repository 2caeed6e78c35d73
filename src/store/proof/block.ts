import { hash } from 'node:crypto';

/** Bytes of a leaf, as blocks have them. */
export const LEAF_BYTES = 32;

/** What a signature is made for: docs/proof.md has the format. */
export interface BlockFacts {
  /** Positions of the first and the last step. */
  readonly first: number;
  readonly last: number;
  /** When it was signed, in whole milliseconds since the epoch. */
  readonly at: number;
  /** What {@link sealOf} says of the block before; null for the first one. */
  readonly previous: string | null;
  /** A leaf for each position from first to last. */
  readonly leaves: Uint8Array;
  /** Name of the key. */
  readonly signer: string;
}

/** The digest that is signed: it holds all of a block, and by the block before all that came before. */
export function linkOf({ first, last, at, previous, leaves, signer }: BlockFacts): string {
  const digest = hash('sha256', leaves, 'hex');
  const facts = ['sallyport block', 1, first, last, at, previous, digest, signer];
  return hash('sha256', JSON.stringify(facts), 'hex');
}

/** What the next block names a block by. */
export function sealOf(link: Uint8Array, signature: Uint8Array): string {
  return hash('sha256', Buffer.concat([link, signature]), 'hex');
}
