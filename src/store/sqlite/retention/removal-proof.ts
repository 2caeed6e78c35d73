import type { Signer } from '../../proof/proof-key.ts';
import type { SignedSteps } from './signed-steps.ts';

/** What retention needs of the proof. */
export interface RemovalProof {
  /** Signs the records of what is removed. */
  readonly signer: Signer;
  /** Tells what may go. */
  readonly signed: SignedSteps;
}
