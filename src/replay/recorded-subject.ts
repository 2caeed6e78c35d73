import type { HiddenPlace } from '../policy/explain/explain-hidden.ts';
import { type Subject, UNKNOWN, type Value } from '../policy/subject.ts';
import { RecordedCase } from './recorded-case.ts';
import type { Recorded } from './recorded-exchange.ts';

export { messageIn, type Recorded } from './recorded-exchange.ts';

/** What policy can be asked about a recorded exchange. */
export interface RecordedSubject {
  /** The message that began it, as far as it was recorded. */
  readonly subject: Subject;
  /** The answer of the upstream, where there is one. */
  readonly answer?: Pick<Subject, 'result'> & { readonly error: Value };
  /** Places whose values are masked, cut, or were never recorded. */
  readonly hidden: readonly HiddenPlace[];
}

/**
 * The subject of a recorded exchange, or why there is none.
 *
 * @param options.answered reads the answer as well, which takes the longest.
 * @param options.originals reads messages as they came, where that is at hand; otherwise as they may be read.
 */
export function recordedSubject(
  recorded: Recorded,
  { answered = true, originals = true } = {},
): RecordedSubject | string {
  const found = RecordedCase.of(recorded, { originals });
  if (typeof found === 'string') return found;
  const { identity, request, target, client, args, meta, tool } = found;
  const answer = answered ? found.answer : undefined;
  return {
    subject: { identity, request, target, client, args, meta, result: UNKNOWN, tool },
    hidden: [...found.hiddenUp, ...found.hiddenFacts, ...(answer ? found.hiddenDown : [])],
    ...(answer ? { answer } : {}),
  };
}
