import type { Json } from '../../../src/model/json.ts';
import type { Subject, Value } from '../../../src/policy/subject.ts';
import { ABSENT, UNAVAILABLE, UNKNOWN } from '../../../src/policy/subject.ts';
import { passes, type Uses } from './operators.ts';
import { ANYTHING, all, any, combinations, not, type Verdict, type Verdicts } from './outcomes.ts';
import {
  follow,
  goesAstrayBeforeDeep,
  NOTHING,
  namesBelow,
  type Reached,
  type Step,
  stepsOf,
} from './paths.ts';

/** A condition as it stands in the policy. */
export type When = Readonly<Record<string, unknown>>;

/** All that a condition can come to: one verdict, or several while something is unknown. */
export function evaluate(when: When, subject: Subject): Verdicts {
  const parts = Object.entries(when).map(([key, value]): Verdicts => {
    if (key === 'not') return evaluate(value as When, subject).map(not);
    if (key === 'all') return combinations(each(value, subject), all);
    if (key === 'any') return combinations(each(value, subject), any);
    return test(stepsOf(key), value as Uses, subject);
  });
  return combinations(parts, all);
}

function each(value: unknown, subject: Subject): readonly Verdicts[] {
  return (value as readonly When[]).map((when) => evaluate(when, subject));
}

/** Whether a condition looks at the answer. */
export function readsAnswer(when: When | undefined): boolean {
  return Object.entries(when ?? {}).some(([key, value]) => {
    if (key === 'not') return readsAnswer(value as When);
    if (key === 'all' || key === 'any') return (value as readonly When[]).some(readsAnswer);
    return /^(result|error)\b/.test(key);
  });
}

function test(steps: readonly Step[], uses: Uses, subject: Subject): Verdicts {
  const { value, rest } = rootOf(steps, subject);
  if (value === UNKNOWN) return ANYTHING;
  if (value === UNAVAILABLE) return ['fault'];
  const from: Reached = value === ABSENT ? NOTHING : value;
  const reached = follow(from, rest).map((one) => passes(uses, one));
  if (!rest.some((step) => 'deep' in step)) return [any(reached)];
  const names = isDeep(rest.at(-1)) && seesNames(uses) ? namesBelow(from, rest) : [];
  const verdicts: Verdict[] = [...reached, ...names.map((name) => passes(uses, name))];
  if (verdicts.includes('true')) return ['true'];
  // With `**`, what can't be judged of a value is passed over.
  return [goesAstrayBeforeDeep(from, rest) ? 'fault' : 'false'];
}

function isDeep(step: Step | undefined): boolean {
  return step !== undefined && 'deep' in step;
}

function seesNames(uses: Uses): boolean {
  return (
    typeof uses === 'object' &&
    Object.keys(uses).some((name) => name === 'matches' || name === 'detects')
  );
}

interface Rooted {
  readonly value: Value;
  readonly rest: readonly Step[];
}

function rootOf(steps: readonly Step[], subject: Subject): Rooted {
  const [first, ...rest] = steps;
  const root = nameOf(first);
  if (root === 'args') return argsOf(rest, subject);
  if (root === 'result') return { value: subject.result, rest };
  if (root === 'error') return { value: errorOf(subject), rest };
  if (root === 'tool') return { value: subject.tool, rest };
  if (root === 'request' && nameOf(rest[0]) === 'meta') {
    return { value: subject.meta ?? ABSENT, rest: rest.slice(1) };
  }
  if (root === 'request' && nameOf(rest[0]) === 'upstream') {
    return { value: subject.request.upstream, rest: rest.slice(1) };
  }
  return { value: factsOf(root ?? '', subject), rest };
}

function nameOf(step: Step | undefined): string | undefined {
  return step && 'name' in step ? step.name : undefined;
}

/** While the arguments as a whole are unknown, single members may be known. */
function argsOf(rest: readonly Step[], subject: Subject): Rooted {
  if (subject.args !== UNKNOWN) return { value: subject.args, rest };
  const known = subject.known?.[nameOf(rest[0]) ?? ''];
  return known === undefined ? { value: UNKNOWN, rest } : { value: known, rest: rest.slice(1) };
}

function errorOf({ error, result }: Subject): Value {
  return error ?? (result === UNKNOWN ? UNKNOWN : ABSENT);
}

function factsOf(root: string, subject: Subject): Value {
  const { identity, request, client, target, anyMessage } = subject;
  if (root === 'identity') return known({ ...identity });
  // Any message of this caller on this upstream: it may come from another client, later, from elsewhere.
  if (anyMessage) return UNKNOWN;
  if (root === 'client') return known({ ...client });
  if (root === 'request') {
    const { now, ...facts } = request;
    return known({ ...facts, time: `${new Date(now).toISOString().slice(0, 19)}Z` });
  }
  const uri = target.kind === 'resources' ? target.name : undefined;
  return known({ name: target.name, uri });
}

/** Without the members that are undefined. */
function known(facts: Readonly<Record<string, unknown>>): Json {
  return Object.fromEntries(
    Object.entries(facts).filter(([, value]) => value !== undefined),
  ) as Json;
}
