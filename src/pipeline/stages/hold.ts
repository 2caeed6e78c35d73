import { forward, type Stage } from '../contract.ts';
import { refuse } from './decide.ts';

/** Where a call waits for a person. Approvals don't exist yet, so what needs one is refused and says so. */
export const hold: Stage = (frame, exchange) => {
  const { decision } = exchange;
  if (frame.kind !== 'request' || decision?.effect !== 'approve') return forward(frame);
  const reason = `${decision.reason} (needs approval, not available yet)`;
  return refuse(frame, { ...decision, reason }, exchange);
};
