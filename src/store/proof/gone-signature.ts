import { hash } from 'node:crypto';
import { isSigned, type ProofKeys, type Signer } from './proof-key.ts';

// What the gate signs it signs for having found it. So a record that something was removed or erased has a signature of
// its own: who can write to the file, and waits until the gate signs what he wrote, can't excuse what he took away.

/** What a record says is gone: docs/proof.md has the format. */
export interface GoneFacts {
  readonly removed?: unknown;
  readonly erased?: unknown;
  readonly names?: unknown;
  /** When facts were deleted that nothing named any more; milliseconds since the epoch. */
  readonly forgot?: unknown;
  /**
   * What the next block names the newest block by, when the record is made: so it counts in this history only, and not
   * in another one of the same key.
   */
  readonly after?: unknown;
}

/** The facts of a record, with its signature. */
export type SignedGone<Facts> = Facts & {
  /** Name of the key. */
  readonly signer: string;
  /** Base64. */
  readonly signature: string;
};

/** @param exchange id of the exchange that is the record */
export function signedGone<Facts extends GoneFacts>(
  signer: Signer,
  exchange: string,
  facts: Facts,
): SignedGone<Facts> {
  const signature = signer.sign(digestOf(exchange, facts)).toString('base64');
  return { ...facts, signer: signer.name, signature };
}

/** Whether the record was made by somebody who has one of these keys. Anything may stand in the facts. */
export function isSignedGone(
  keys: ProofKeys,
  exchange: string,
  facts: GoneFacts & { readonly signer?: unknown; readonly signature?: unknown },
): boolean {
  const { signer, signature } = facts;
  if (typeof signer !== 'string' || typeof signature !== 'string') return false;
  const bytes = Buffer.from(signature, 'base64');
  return isSigned(keys, signer, digestOf(exchange, facts), bytes) === true;
}

function digestOf(exchange: string, facts: GoneFacts): Buffer {
  const { removed = null, erased = null, names = null, forgot = null, after = null } = facts;
  const said = ['sallyport gone', 1, exchange, removed, erased, names, forgot, after];
  return Buffer.from(hash('sha256', JSON.stringify(said), 'hex'), 'hex');
}
