import type { Frame } from '../../model/message.ts';
import { methodRow } from '../../protocol/methods.ts';
import type { Seal } from '../../protocol/seal.ts';
import type { Exchange } from '../exchange.ts';
import { withBody } from '../frame-body.ts';
import type { Tasks } from '../tasks.ts';
import type { TokenLedger } from '../token/token-ledger.ts';
import { revealed } from '../token/token-reveal.ts';
import { withOwnState } from './input-state.ts';
import { withOwnTasks } from './tasks.ts';

/**
 * Gives upstreams back what is theirs: their state, their ids of tasks; and what tokens stand for, as it was judged. It
 * comes after the record, so that transcripts have none of it in the clear.
 */
export function restore(
  state: Seal,
  tasks: Tasks,
  ledger: TokenLedger,
): (frame: Frame, exchange: Exchange) => Frame {
  return (frame, exchange) => {
    if (frame.direction === 'down') return frame;
    const named = withOwnTasks(withValues(frame, exchange, ledger), exchange, tasks);
    if (named.kind !== 'request') return named;
    const { method, params } = named.message;
    if (!params || !methodRow(method).resumes) return named;
    const own = withOwnState(state, params);
    return own === params ? named : withBody(named, own);
  };
}

/** From here on what comes back may repeat what was put back, so it is remembered first. */
function withValues(frame: Frame, exchange: Exchange, ledger: TokenLedger): Frame {
  const { frame: shown, tokens } = revealed(frame, exchange);
  if (tokens.length === 0) return frame;
  exchange.given = [...exchange.given, ...tokens];
  ledger.add(exchange, tokens);
  if (shown.kind === 'request') exchange.reached = shown.message.params;
  return shown;
}
