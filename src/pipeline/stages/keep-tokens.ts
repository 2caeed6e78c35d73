import { type ErrorCode, GateError, messageOf } from '../../model/errors.ts';
import type { Frame } from '../../model/message.ts';
import type { Log } from '../../model/seams.ts';
import { forward, type Stage, type Verdict } from '../contract.ts';
import type { Exchange } from '../exchange.ts';
import type { TokenVault } from '../token/token-vault.ts';
import { blockFor, decisionDetail, refuse } from './decide.ts';

/** Milliseconds between two lines of log on a store that fails. */
const QUIET = 10_000;

/**
 * Keeps what the tokens in a message stand for before it goes on: a token that nobody could put back would be a loss
 * that is noticed too late. Where it can't be kept the message doesn't go on.
 */
export function keepTokens(vault: TokenVault | undefined, log: Log): Stage {
  let toldAt = Number.NEGATIVE_INFINITY;
  const failed = (frame: Frame, exchange: Exchange, error: unknown): Verdict => {
    if (exchange.closed) return OVER;
    const code: ErrorCode = error instanceof GateError ? error.code : 'TOKENS_UNAVAILABLE';
    if (exchange.now() - toldAt >= QUIET) {
      toldAt = exchange.now();
      const fields = { code, exchange: exchange.id, cause: messageOf(error) };
      log.error(fields, 'tokens cannot be kept, so messages that need them are refused');
    }
    return refused(frame, exchange, code);
  };
  return (frame, exchange) => {
    const minted = exchange.carried.masked?.tokens ?? [];
    if (!vault || minted.length === 0) return forward(frame);
    const go = () => (exchange.closed ? OVER : forward(frame));
    try {
      const kept = vault.keep(exchange.masking.owner, minted);
      if (!(kept instanceof Promise)) return forward(frame);
      return kept.then(go, (error) => failed(frame, exchange, error));
    } catch (error) {
      return failed(frame, exchange, error);
    }
  };
}

const OVER: Verdict = { kind: 'drop', reason: 'the call was over before its tokens were kept' };

function refused(frame: Frame, exchange: Exchange, code: ErrorCode): Verdict {
  const why =
    code === 'TOKENS_FULL' ? 'there is no room for more tokens' : 'tokens cannot be kept now';
  const masks = exchange.decision?.masks ?? [];
  const decision = { ...blockFor(why), masks };
  exchange.note('decided', { ...decisionDetail(decision), code });
  const isOwn = frame.kind === 'result' || frame.kind === 'error';
  if (isOwn || (frame.kind === 'request' && frame.direction === 'up')) exchange.decision = decision;
  return refuse(frame, decision, exchange);
}
