import { GateError } from '../../model/errors.ts';
import { type Frame, frameText } from '../../model/message.ts';
import type { Log, Recorder } from '../../model/seams.ts';
import { errorAnswer, rpcCodes } from '../../protocol/jsonrpc.ts';
import { metaOf } from '../../protocol/meta.ts';
import { traceIn } from '../../protocol/trace.ts';
import type { Verdict } from '../contract.ts';
import type { Exchange } from '../exchange.ts';
import { originalOf } from '../original.ts';
import { boundedOriginal } from './bounded.ts';
import type { Journal } from './journal.ts';
import { type Readable, readable } from './mask.ts';
import type { MaskAside } from './mask-aside.ts';

export interface RecordOptions {
  readonly recorder: Recorder;
  readonly log: Log;
  /** False lets calls go on when the transcript can't be written. */
  readonly required: boolean;
}

/**
 * The last stage in both directions: writes what was decided and waits until it is kept, so that no frame leaves
 * before its record (invariant 4). Where it can't be kept, what was about to leave is refused.
 */
export function record(journal: Journal, required: boolean, aside?: MaskAside) {
  return async (judged: Verdict, frame: Frame, exchange: Exchange): Promise<Verdict> => {
    const wasClosed = exchange.closed;
    const stopped = judged.kind === 'forward' ? undefined : readable(frame, exchange, aside);
    const shown = stopped instanceof Promise ? await stopped : stopped;
    // It was given up meanwhile, which is recorded, and nobody waits for it any longer.
    if (exchange.closed && !wasClosed) return judged;
    const verdict = note(judged, frame, exchange, shown);
    if (await journal.write(exchange)) return verdict;
    if (required) exchange.withhold(isLast(frame, exchange));
    journal.owe(exchange);
    return required ? unrecorded(frame) : verdict;
  };
}

/** Nothing follows on it once it is refused. */
function isLast(frame: Frame, exchange: Exchange): boolean {
  return frame.direction === 'up' || endsExchange(frame, exchange) || isOfItsOwn(exchange);
}

/** Notes what becomes of a frame. What goes on has its text from here on: what is recorded is what leaves. */
function note(
  verdict: Verdict,
  frame: Frame,
  exchange: Exchange,
  stopped: Readable | undefined,
): Verdict {
  if (verdict.kind === 'forward') {
    const up = frame.direction === 'up';
    const text = frameText(verdict.frame);
    const original = originalOf(exchange.came, verdict.frame.message);
    if (up) exchange.attach(text, traceOf(verdict.frame), original);
    else exchange.passed();
    const ends = !up && endsExchange(verdict.frame, exchange);
    const kind = ends ? 'answered' : 'forwarded';
    if (up) exchange.note(kind);
    else exchange.note(kind, undefined, text, original);
    if (ends) exchange.close('answered');
    else if (!up && isOfItsOwn(exchange)) exchange.close('delivered');
    return { kind: 'forward', frame: { ...verdict.frame, source: text } };
  }
  attachStopped(stopped, exchange);
  const answer = verdict.kind === 'answer' ? JSON.stringify(verdict.answer) : undefined;
  exchange.note('blocked', { reason: verdict.reason }, answer);
  if (isLast(frame, exchange)) exchange.close('blocked');
  return verdict;
}

/** What went nowhere has what may be read of it, and its original where that is not all; both within bounds. */
function attachStopped(stopped: Readable | undefined, exchange: Exchange): void {
  const came = originalOf(exchange.came, stopped?.frame.message);
  const kept = came === undefined ? undefined : boundedOriginal(came);
  if (!stopped) return exchange.attach(undefined, kept?.detail, kept?.original);
  const { payload, detail, frame } = stopped;
  const { places, more } = stopped.masked;
  const masked = { masked: places, ...(more > 0 ? { more } : {}) };
  const facts = { ...detail, ...kept?.detail, ...traceOf(frame), ...masked };
  exchange.attach(payload, facts, kept?.original);
}

/** The trace that a call belongs to (W3C Trace Context), as far as masks leave its id. */
export function traceOf(frame: Frame): { readonly trace: string } | undefined {
  if (frame.kind !== 'request' || frame.direction !== 'up') return undefined;
  const trace = traceIn(metaOf(frame.message.params));
  return trace === undefined ? undefined : { trace };
}

/** No request began it, so it is over with its one message. */
function isOfItsOwn(exchange: Exchange): boolean {
  return exchange.requestId === undefined;
}

function endsExchange(frame: Frame, exchange: Exchange): boolean {
  const isAnswer = frame.kind === 'result' || frame.kind === 'error';
  return isAnswer && frame.message.id === exchange.requestId;
}

/** The verdict on a frame that may not go on because there is no record of it. */
export function unrecorded(frame: Frame): Verdict {
  const { code, message } = new GateError('STORE_UNAVAILABLE', 'the transcript cannot be written');
  if (frame.kind === 'notification') return { kind: 'drop', reason: message };
  const text = `Refused: ${message}, and nothing passes unrecorded. Try again later.`;
  const answer = errorAnswer(frame.message.id, rpcCodes.internal, text, { code });
  return { kind: 'answer', reason: message, answer };
}
