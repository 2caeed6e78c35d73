import type { AnswerFrame, Frame } from '../model/message.ts';
import type { Exchange } from './exchange.ts';

/**
 * What becomes of a frame: it goes on (perhaps changed), whoever sent it or waits for it gets an answer of the gate's
 * instead, or it goes nowhere.
 */
export type Verdict =
  | { readonly kind: 'forward'; readonly frame: Frame }
  | { readonly kind: 'answer'; readonly answer: AnswerFrame['message']; readonly reason: string }
  | { readonly kind: 'drop'; readonly reason: string };

/** One step of the gate. Synchronous unless it has to wait. */
export type Stage = (frame: Frame, exchange: Exchange) => Verdict | Promise<Verdict>;

export function forward(frame: Frame): Verdict {
  return { kind: 'forward', frame };
}
