import { GateError } from '../../model/errors.ts';
import type { ExchangeRecord } from '../../model/transcript.ts';
import type { Explanation } from '../../policy/explain/explain.ts';
import type { PolicySet } from '../../policy/policy-set.ts';
import type { Subject } from '../../policy/subject.ts';
import { methodRow } from '../../protocol/methods.ts';
import { type RecordedSubject, recordedSubject } from '../../replay/recorded-subject.ts';
import { tokenPlaces } from '../../replay/recorded-tokens.ts';
import type { TranscriptReader } from '../../store/contract.ts';
import { identityOf } from '../../store/identity-of.ts';
import { explainCall } from './decide.ts';
import { type RecordedDecision, recordedDecision } from './recorded-decision.ts';
import { readableExplanation } from './recorded-readable.ts';

/** A recorded exchange, explained by the policies of now. */
export interface RecordedExplanation {
  readonly record: ExchangeRecord;
  readonly subject: Subject;
  readonly call: Explanation;
  readonly answer?: Explanation;
  /** What was decided then; undefined where the exchange never got that far. */
  readonly recorded: RecordedDecision | undefined;
  /** Whether the decision would be the same: undefined where that can't be told, as of limits and pins. */
  readonly same: boolean | undefined;
  readonly hidden: RecordedSubject['hidden'];
}

/**
 * Explains a recorded exchange by other policies. What was masked, cut or never recorded is not guessed.
 *
 * @throws GateError USAGE: the exchange holds nothing that policies could judge
 */
export function explainRecorded(
  record: ExchangeRecord,
  reader: Pick<TranscriptReader, 'events' | 'fact'>,
  policies: PolicySet,
): RecordedExplanation {
  const events = reader.events(record.id);
  const identity = identityOf(reader, record);
  const fact = (digest: string) => reader.fact(digest);
  const recordedAs = { record, events, ...(identity ? { identity } : {}), fact };
  const found = recordedSubject(recordedAs);
  const shown = recordedSubject(recordedAs, { originals: false });
  if (typeof shown === 'string') throw notJudged(record, shown);
  if (typeof found === 'string') throw notJudged(record, found);
  if (methodRow(record.method).grant === 'task') {
    throw notJudged(record, 'it follows the call that made its task');
  }
  const tokens = tokenPlaces(events, shown.subject);
  const hidden = [...shown.hidden, ...tokens];
  // It is judged as it came, where that is at hand, and shown as it may be read.
  const judged = explainCall(policies, found, [...found.hidden, ...tokens]);
  const call = readableExplanation(judged.call, hidden);
  const answer = judged.answer && readableExplanation(judged.answer, hidden);
  const { subject } = shown;
  const now = answer ?? call;
  const recorded = recordedDecision(record, events);
  const sure = now.possible.length === 1;
  const same =
    recorded && sure && recorded.by === undefined
      ? recorded.effect === now.decision.effect && recorded.rule === now.decision.rule
      : undefined;
  return { record, subject, call, ...(answer ? { answer } : {}), recorded, same, hidden };
}

function notJudged({ id }: ExchangeRecord, why: string): GateError {
  return new GateError('USAGE', `exchange ${id} can't be judged again: ${why}`);
}
