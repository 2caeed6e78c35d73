import { LEAF_BYTES, linkOf, sealOf } from './block.ts';
import type { Findings } from './finding.ts';
import { isSigned, type ProofKeys } from './proof-key.ts';

/** A block as it was found; anything may stand there where somebody has tampered with it. */
export interface FoundBlock {
  readonly first: number;
  readonly last: number;
  readonly at: number;
  readonly leaves: Buffer;
  /** Null for the first one. */
  readonly previous: Buffer | null;
  readonly link: Buffer;
  readonly signer: string;
  readonly signature: Buffer;
}

/** What is remembered of a block. */
export type Linked = Pick<FoundBlock, 'first' | 'last' | 'link' | 'signer' | 'signature'>;

/** Whether a block has the form of one; nothing else of it may be used before. */
export function isWellFormed(block: FoundBlock): boolean {
  const { first, last, at, leaves, previous, link, signer, signature } = block;
  const isPlace = [first, last, at].every(Number.isSafeInteger) && first > 0 && first <= last;
  return (
    isPlace &&
    typeof signer === 'string' &&
    isSized(leaves, (last - first + 1) * LEAF_BYTES) &&
    (previous === null || isSized(previous, 32)) &&
    isSized(link, 32) &&
    isSized(signature, 64)
  );
}

/** Whether it has the form of a block, and its link is of what it says. */
export function hasItsLink(block: FoundBlock): boolean {
  if (!isWellFormed(block)) return false;
  return linkOf({ ...block, previous: previousOf(block) }) === block.link.toString('hex');
}

/** As links have it. */
export function previousOf({ previous }: Pick<FoundBlock, 'previous'>): string | null {
  return previous === null ? null : previous.toString('hex');
}

function isSized(bytes: unknown, size: number): boolean {
  return Buffer.isBuffer(bytes) && bytes.length === size;
}

/**
 * Checks that blocks follow each other as they were signed. The link of a block holds the link and the signature of the
 * one before, so one signature vouches for all blocks that are linked up to it: only where that one is wrong, or the
 * chain is broken, single ones are looked at.
 */
export class BlockChain {
  readonly signers = new Set<string>();
  readonly #keys: ProofKeys;
  readonly #findings: Findings;
  #before: (Linked & { readonly isOutside?: true }) | undefined;
  /** Blocks that no signature has vouched for yet. */
  #waiting: Linked[] = [];

  /**
   * @param before the block before the first one, where that is there
   * @param isOutside nobody looks at that one
   */
  constructor(keys: ProofKeys, findings: Findings, before?: FoundBlock, isOutside = false) {
    this.#keys = keys;
    this.#findings = findings;
    if (!before || !isWellFormed(before)) return;
    this.#before = { ...before, ...(isOutside && { isOutside }) };
  }

  /** @returns whether its leaves can be compared with steps */
  add(block: FoundBlock): boolean {
    if (!isWellFormed(block)) {
      this.#forged(Number(block.first) || 0, Number(block.last) || 0, 'values no gate writes');
      this.#end();
      this.#before = undefined;
      return false;
    }
    const { first, last, link, signer, signature } = block;
    const previous = previousOf(block);
    const isNamed = this.#isAfter(first, previous);
    const ends = this.#before?.last ?? 0;
    const isOutside = this.#before?.isOutside === true;
    if (linkOf({ ...block, previous }) !== link.toString('hex')) {
      this.#forged(first, last, 'the block was changed');
    } else if (first <= ends) {
      this.#forged(first, last, 'it has positions that the block before it has as well');
    } else if (isNamed === false && previous === null) {
      // A gate names no block that it finds changed.
      if (!isOutside) this.#forged(ends, ends, 'the gate found the block changed that ends here');
    } else if (isNamed === false) {
      this.#forged(first, last, 'the block before it is not the one that it was signed after');
    }
    // One signature vouches for all that it is linked to, by the same key.
    if (!isNamed || this.#before?.signer !== signer) this.#end();
    this.signers.add(signer);
    this.#before = { first, last, link, signer, signature };
    this.#waiting.push(this.#before);
    return true;
  }

  /** Whether a block names the one before; undefined where that one is not there. */
  #isAfter(first: number, previous: string | null): boolean | undefined {
    const before = this.#before;
    if (before && before.last + 1 === first) {
      return previous === sealOf(before.link, before.signature);
    }
    return first === 1 ? previous === null : undefined;
  }

  /** All blocks were added. */
  end(): void {
    this.#end();
  }

  #end(): void {
    const blocks = this.#waiting;
    this.#waiting = [];
    const newest = blocks.at(-1);
    if (!newest || this.#isSigned(newest)) return;
    const [oldest = newest] = blocks;
    if (this.#isSigned(newest) === undefined) {
      const why = `signed with the key ${newest.signer}, which is none of those given`;
      return this.#forged(oldest.first, newest.last, why);
    }
    for (const block of blocks) {
      if (this.#isSigned(block)) continue;
      this.#forged(block.first, block.last, 'the signature of the block is wrong');
    }
  }

  #isSigned({ signer, link, signature }: Linked): boolean | undefined {
    return isSigned(this.#keys, signer, link, signature);
  }

  #forged(first: number, last: number, why: string): void {
    this.#findings.add({ wrong: 'forged', position: first, last, why });
  }
}
