import { forward, type Stage } from '../contract.ts';
import { refuse } from './decide.ts';
import { HeldCall, type HeldCallOptions } from './held-call.ts';

/**
 * Where a call waits until people have said yes to it. It comes after masks, so they see exactly what will be sent, and
 * before limits, so what waits takes nothing.
 *
 * @param options left out: nobody can be asked, so what needs approval is refused
 */
export function hold(options: HeldCallOptions | undefined): Stage {
  return (frame, exchange) => {
    const { decision, judged, waiting } = exchange;
    if (frame.kind !== 'request' || decision?.effect !== 'approve') return forward(frame);
    if (options && judged && waiting && decision.approvals?.length) {
      return new HeldCall(frame, exchange, waiting, options).verdict();
    }
    const reason = `${decision.reason} (it needs approval, and nobody can be asked here)`;
    return refuse(frame, { ...decision, reason }, exchange);
  };
}
