import { forward, type Stage } from '../../contract.ts';
import { Quota } from '../../quota.ts';
import { refuse } from '../decide.ts';
import { HeldCall, type HeldCallOptions } from './held-call.ts';

/** Calls that each caller may have waiting; those beyond are told to call again. */
const MAX_HELD = 128;

/**
 * Where a call waits until people have said yes to it. It comes after masks, so they see exactly what will be sent, and
 * before limits, so what waits takes nothing.
 *
 * @param options left out: nobody can be asked, so what needs approval is refused
 */
export function hold(options: Omit<HeldCallOptions, 'held'> | undefined): Stage {
  const held = new Quota(MAX_HELD, options?.maxHeld);
  return (frame, exchange) => {
    const { decision, judged, waiting } = exchange;
    if (frame.kind !== 'request' || decision?.effect !== 'approve') return forward(frame);
    if (options && judged && waiting && decision.approvals?.length) {
      return new HeldCall(frame, exchange, waiting, { ...options, held }).verdict();
    }
    const reason = `${decision.reason} (it needs approval, and nobody can be asked here)`;
    return refuse(frame, { ...decision, reason }, exchange);
  };
}
