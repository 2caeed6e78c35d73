import { GateError, messageOf } from '../../model/errors.ts';
import type { Log } from '../../model/seams.ts';
import type { UpstreamLink } from '../contract.ts';
import type { Aside } from './ask.ts';
import type { BridgeLimits, BridgeTimes } from './limits.ts';

/** What all parts of a bridge share. */
export interface Bridge {
  /** Of the upstream. */
  readonly name: string;
  readonly inner: UpstreamLink;
  readonly log: Log;
  readonly limits: BridgeLimits;
  readonly times: BridgeTimes;
  /** Says that the upstream may not speak what it was thought to. */
  readonly doubt: () => void;
  /** Asks an upstream without sessions whether it still is one. */
  readonly stillStateless: (owner: string, aside: Aside) => Promise<boolean>;
}

/** What was thrown, as an error that a caller can be told. */
export function asGateError(error: unknown): GateError {
  if (error instanceof GateError) return error;
  return new GateError('STAGE_FAULT', `the bridge between eras failed: ${messageOf(error)}`);
}
