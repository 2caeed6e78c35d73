import type { Decision, MaskObligation } from '../../model/decision.ts';
import { GateError } from '../../model/errors.ts';
import type { Frame } from '../../model/message.ts';
import type { Analyzer } from '../../model/seams.ts';
import { analyzedFor, analyzersIn, onlyAnalyzed } from '../analysis.ts';
import { forward, type Stage, type Verdict } from '../contract.ts';
import type { Exchange } from '../exchange.ts';
import { blockFor, refuse, union } from './decide.ts';
import { masksFor } from './mask.ts';
import { isLarge } from './mask-aside.ts';
import { type FrameMasks, maskedFrame } from './mask-frame.ts';

/**
 * Has an external analyzer look at the texts of a message before masks are applied, where one of the masks that are due
 * names it. What can't be analyzed is refused and recorded: nothing passes that a mask was meant for.
 */
export function analyze(analyzer: Analyzer | undefined): Stage {
  return (frame, exchange) => {
    const due = dueMasks(frame, exchange);
    const names = analyzersIn(due, frame.direction === 'up' ? 'args' : 'result');
    if (names.length > 0) {
      return analyzer
        ? analyzed(frame, exchange, names, analyzer)
        : refused(frame, exchange, MISSING);
    }
    // An answer that could not be let through is better not asked for.
    const isAhead = isCall(frame) && !analyzer?.ready && analyzersIn(due, 'result').length > 0;
    return isAhead ? refused(frame, exchange, analyzer ? RESTING : MISSING) : forward(frame);
  };
}

const MISSING = new GateError(
  'ANALYZER_UNAVAILABLE',
  'a mask names an analyzer, and none is configured',
);
const RESTING = new GateError(
  'ANALYZER_UNAVAILABLE',
  'the answer would have to be analyzed, and the analyzer does not answer now',
);
const OVER: Verdict = { kind: 'drop', reason: 'the call was over before it was analyzed' };

async function analyzed(
  frame: Frame,
  exchange: Exchange,
  names: readonly string[],
  analyzer: Analyzer,
): Promise<Verdict> {
  const { carried, method, masking: context } = exchange;
  const { parts, begins = false } = carried;
  const masks = masksFor(frame, exchange);
  try {
    const how = { masks, parts, begins, method, context, stopped: false };
    const detectors = await analyzedFor(names, analyzer, (found) => {
      // What is too much to be asked about is found out before anything else looks at it.
      if (isLarge(frame, exchange.came)) maskedFrame(frame, { ...analyzedOnly(how), found });
      maskedFrame(frame, { ...how, found });
    });
    exchange.carried = { ...carried, analyzed: detectors };
    return exchange.closed ? OVER : forward(frame);
  } catch (error) {
    if (exchange.closed) return OVER;
    if (error instanceof GateError) return refused(frame, exchange, error);
    throw error;
  }
}

function analyzedOnly(how: FrameMasks): FrameMasks {
  const parts = how.parts.map((part) => {
    return part.masks ? { ...part, masks: onlyAnalyzed(part.masks) } : part;
  });
  return { ...how, masks: onlyAnalyzed(how.masks), parts };
}

/** Masks of a message and of what it carries inside. */
function dueMasks(frame: Frame, exchange: Exchange): readonly MaskObligation[] {
  const own = masksFor(frame, exchange);
  return exchange.carried.parts.reduce((due, { masks }) => union(due, masks), own);
}

function isCall({ kind, direction }: Frame): boolean {
  return kind === 'request' && direction === 'up';
}

/** Seconds after which a call is worth another try that could not be analyzed. */
const TRY_AGAIN = 5;

function refused(frame: Frame, exchange: Exchange, { code, message }: GateError): Verdict {
  exchange.note('failed', { code, message });
  const isAnswer = frame.kind === 'result' || frame.kind === 'error';
  const passes = code === 'ANALYZER_UNAVAILABLE' || code === 'ANALYZER_TIMEOUT';
  const decision: Decision = {
    // Whoever reads it must not think that nothing has happened.
    ...blockFor(isAnswer ? `the call was made, but ${message}` : message),
    // What is recorded of it is masked all the same.
    masks: exchange.decision?.masks ?? [],
    ...(passes && !isAnswer ? { retryAfter: TRY_AGAIN } : {}),
  };
  if (isAnswer || isCall(frame)) exchange.decision = decision;
  return refuse(frame, decision, exchange);
}
