import type { Frame } from '../../model/message.ts';
import { methodRow } from '../../protocol/methods.ts';
import type { Seal } from '../../protocol/seal.ts';
import type { Exchange } from '../exchange.ts';
import type { Tasks } from '../tasks.ts';
import { withOwnState } from './input.ts';
import { withBody, withOwnTasks } from './tasks.ts';

/**
 * Gives upstreams back what is theirs: their state, their ids of tasks. It comes after the record, so that transcripts
 * have neither in the clear.
 */
export function restore(state: Seal, tasks: Tasks): (frame: Frame, exchange: Exchange) => Frame {
  return (frame, exchange) => {
    if (frame.direction === 'down') return frame;
    const named = withOwnTasks(frame, exchange, tasks);
    if (named.kind !== 'request') return named;
    const { method, params } = named.message;
    if (!params || !methodRow(method).resumes) return named;
    const own = withOwnState(state, params);
    return own === params ? named : withBody(named, own);
  };
}
