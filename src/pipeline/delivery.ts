import type { GateError } from '../model/errors.ts';
import type { AnswerFrame, Frame } from '../model/message.ts';
import type { UpstreamLink, UpstreamSession, UpstreamSink } from '../transport/contract.ts';

/** An answer of the gate's own, on its way to an upstream. */
export function answerUp(message: AnswerFrame['message']): AnswerFrame {
  return 'result' in message
    ? { kind: 'result', direction: 'up', message }
    : { kind: 'error', direction: 'up', message };
}

/** Resolves once the upstream has taken a message that has no answer, with the error if it hasn't. */
export function delivery(
  link: UpstreamLink,
  frame: Frame,
  to: UpstreamSession,
): Promise<GateError | undefined> {
  return new Promise((resolve) => {
    const sink: UpstreamSink = {
      open: () => undefined,
      frame: () => undefined,
      end: () => resolve(undefined),
      fail: resolve,
    };
    link.send(frame, to, sink, new AbortController().signal);
  });
}
