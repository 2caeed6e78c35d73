import { errorAnswer, rpcCodes } from '../../protocol/jsonrpc.ts';
import { lacksTarget } from '../../protocol/methods.ts';
import { forward, type Stage } from '../contract.ts';

/** Stops what can't be judged because it doesn't say what it is about. */
export const screen: Stage = (frame, exchange) => {
  if (frame.kind === 'request') {
    const { id, method, params } = frame.message;
    if (!lacksTarget(method, params)) return forward(frame);
    const reason = `the params of ${method} don't name what it is for`;
    return { kind: 'answer', reason, answer: errorAnswer(id, rpcCodes.invalidParams, reason) };
  }
  const isAnswer = frame.kind === 'result' || frame.kind === 'error';
  if (frame.direction === 'down' && isAnswer && frame.message.id !== exchange.requestId) {
    return { kind: 'drop', reason: 'it answers a request that nobody made' };
  }
  return forward(frame);
};
