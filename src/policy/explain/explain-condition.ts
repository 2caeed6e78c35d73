import { toJson } from '../../document/node.ts';
import { Reader } from '../../document/reader.ts';
import type { Json } from '../../model/json.ts';
import type { Position } from '../../model/position.ts';
import type { Condition, OperatorUse } from '../ast.ts';
import { compileCondition } from '../compile-condition.ts';
import type { DetectorLookup } from '../detector-names.ts';
import { ANY, and, FALSE, FAULT, not, type Outcome, or, TRUE } from '../outcome.ts';
import { compileLeaves, compileLookup, hasManySteps } from '../roots.ts';
import { ABSENT, type Subject, UNAVAILABLE, UNKNOWN } from '../subject.ts';
import { type HiddenPlace, touchesHidden } from './explain-hidden.ts';
import { type ShownValue, shownValue } from './explain-value.ts';

/**
 * What a condition came out as: `unjudged` where a value has the wrong type or can't be had, `open` where it depends on
 * what is not known (yet, or any more).
 */
export type Sign = 'true' | 'false' | 'unjudged' | 'open';

/** A value that a test looked at, or why there is none. */
export type Seen =
  | ({ readonly kind: 'value' } & ShownValue)
  | { readonly kind: 'absent' | 'unknown' | 'unavailable' | 'hidden' };

export interface OperatorFinding {
  readonly operator: string;
  readonly operand: Json;
  readonly outcome: Sign;
}

/** A condition with what each part of it came out as; nothing is left out because the rest decides already. */
export type ConditionFinding = { readonly outcome: Sign } & (
  | { readonly kind: 'all' | 'any' | 'not'; readonly of: readonly ConditionFinding[] }
  | { readonly kind: 'cel'; readonly at: Position; readonly text: string }
  | {
      readonly kind: 'test';
      readonly at: Position;
      readonly path: string;
      readonly seen: readonly Seen[];
      /** How many values there are beside those in `seen`. */
      readonly more: number;
      readonly operators: readonly OperatorFinding[];
    }
);

/** What a condition is explained with. */
export interface ExplainContext {
  /** Places of the subject that can't be seen. */
  readonly hidden: readonly HiddenPlace[];
  readonly detectors: DetectorLookup;
}

/** A finding with the outcome as the engine has it. */
export interface Found {
  readonly finding: ConditionFinding;
  readonly outcome: Outcome;
}

type Test = Extract<Condition, { kind: 'test' }>;

/** Values that are shown of a test that looks at many. */
const MAX_SEEN = 5;
const PRESENCE = ['exists', 'absent'];

/** The word for an outcome. */
export function signOf(outcome: Outcome): Sign {
  switch (outcome) {
    case TRUE:
      return 'true';
    case FALSE:
      return 'false';
    case FAULT:
      return 'unjudged';
    default:
      return 'open';
  }
}

/** Judges a condition part by part; each part is compiled as the engine compiles it. */
export function explainCondition(
  condition: Condition,
  subject: Subject,
  context: ExplainContext,
): Found {
  switch (condition.kind) {
    case 'all':
    case 'any': {
      const parts = condition.of.map((part) => explainCondition(part, subject, context));
      const [start, step] = condition.kind === 'all' ? [TRUE, and] : [FALSE, or];
      const outcome = parts.reduce((sum: Outcome, part) => step(sum, part.outcome), start);
      const of = parts.map(({ finding }) => finding);
      return { outcome, finding: { kind: condition.kind, outcome: signOf(outcome), of } };
    }
    case 'not': {
      const inner = explainCondition(condition.of, subject, context);
      const outcome = not(inner.outcome);
      return { outcome, finding: { kind: 'not', outcome: signOf(outcome), of: [inner.finding] } };
    }
    case 'cel': {
      const outcome = judgeCel(condition, subject, context);
      const { at, text } = condition;
      return { outcome, finding: { kind: 'cel', outcome: signOf(outcome), at, text } };
    }
    case 'test':
      return explainTest(condition, subject, context);
  }
}

/** Compiles and judges a part; one that throws can't be judged, as in the engine. */
function judge(condition: Condition, subject: Subject, detectors: DetectorLookup): Outcome {
  try {
    return compileCondition(condition, new Reader('POLICY'), detectors)(subject);
  } catch {
    return FAULT;
  }
}

/** What an expression reads isn't known here, so where something of a root is hidden all of the root is open. */
function judgeCel(
  condition: Extract<Condition, { kind: 'cel' }>,
  subject: Subject,
  { hidden, detectors }: ExplainContext,
): Outcome {
  const roots = new Set(hidden.map(([root]) => root));
  if (roots.has('identity') && /\bclaims\b/.test(condition.text)) return ANY;
  const open: Subject = {
    ...subject,
    args: roots.has('args') ? UNKNOWN : subject.args,
    meta: roots.has('request') ? UNKNOWN : (subject.meta ?? ABSENT),
    result: roots.has('result') ? UNKNOWN : subject.result,
    error: roots.has('result') ? UNKNOWN : (subject.error ?? ABSENT),
  };
  return judge(condition, open, detectors);
}

function explainTest(test: Test, subject: Subject, { hidden, detectors }: ExplainContext): Found {
  const { at, text, path, uses } = test;
  const outcomeOf = (part: readonly OperatorUse[]): Outcome => {
    const presence = part.every(({ operator }) => PRESENCE.includes(operator));
    if (touchesHidden(path, hidden, { presence })) return ANY;
    return judge({ ...test, uses: part }, subject, detectors);
  };
  const outcome = outcomeOf(uses);
  const { seen, more } = touchesHidden(path, hidden)
    ? { seen: [{ kind: 'hidden' } as const], more: 0 }
    : valuesSeen(test, subject);
  const operators = uses.map((use) => ({
    operator: use.operator,
    operand: toJson(use.operand),
    outcome: signOf(outcomeOf([use])),
  }));
  const finding = { kind: 'test', at, path: text, seen, more, operators } as const;
  return { outcome, finding: { ...finding, outcome: signOf(outcome) } };
}

function valuesSeen({ path }: Test, subject: Subject): { seen: Seen[]; more: number } {
  if (!hasManySteps(path)) return { seen: [seenOf(compileLookup(path)(subject))], more: 0 };
  const found = compileLeaves(path)(subject);
  if (typeof found === 'symbol') return { seen: [seenOf(found)], more: 0 };
  const seen = found.slice(0, MAX_SEEN).map(seenOf);
  if (seen.length === 0) return { seen: [{ kind: 'absent' }], more: 0 };
  return { seen, more: found.length - seen.length };
}

function seenOf(value: Json | symbol): Seen {
  switch (value) {
    case ABSENT:
      return { kind: 'absent' };
    case UNKNOWN:
      return { kind: 'unknown' };
    case UNAVAILABLE:
      return { kind: 'unavailable' };
    default:
      return { kind: 'value', ...shownValue(value as Json) };
  }
}
