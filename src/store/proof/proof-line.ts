import type { HeadArray } from './leaf.ts';

// The lines of an exported proof, as JSON: docs/proof.md tells how to verify them without this program.

/** The first line. */
export interface ProofHeader {
  readonly type: 'proof';
  readonly version: 1;
}

/** A signed block; the lines of its steps follow. */
export interface BlockLine {
  readonly type: 'block';
  readonly first: number;
  readonly last: number;
  /** When it was signed, milliseconds since the epoch. */
  readonly at: number;
  /** Digest of the link and the signature of the block before, in hexadecimal digits; null for the first one. */
  readonly previous: string | null;
  /** 32 bytes for each position, in base64. */
  readonly leaves: string;
  readonly signer: string;
  /** Base64. */
  readonly signature: string;
}

/** What is hashed to a leaf. */
export type LeafArray = readonly [
  version: 1,
  position: number,
  exchange: string,
  seq: number,
  at: number,
  kind: string,
  revision: string,
  contents: string | null,
  head: HeadArray | null,
  end: HeadArray | null,
];

/** A step, with what its digests were made of. What was erased has its digest only. */
export interface StepLine {
  readonly type: 'step';
  readonly leaf: LeafArray;
  /** Salt of the contents and of the target. */
  readonly salt: string;
  /** JSON. */
  readonly detail?: string;
  readonly payload?: string;
  /** SHA-256 of the sealed original. */
  readonly sealed?: string;
  /** With a head: the target of its exchange. */
  readonly target?: string;
  /** With a head: session, sub, issuer, client, agent, ip, identity; and the salt of their digest. */
  readonly names?: readonly (string | null)[];
  readonly namesSalt?: string;
}
