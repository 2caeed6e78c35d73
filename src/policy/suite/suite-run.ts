import { isDeepStrictEqual } from 'node:util';
import { applyMasks } from '../../mask/mask.ts';
import { paramsPlace, resultPlace } from '../../mask/places.ts';
import type { Decision } from '../../model/decision.ts';
import { principalOf } from '../../model/identity.ts';
import { isObject, type Json, member } from '../../model/json.ts';
import type { Position } from '../../model/position.ts';
import type { PolicySet } from '../policy-set.ts';
import { ABSENT, type Subject, UNAVAILABLE, UNKNOWN } from '../subject.ts';
import { type CallCase, type ListCase, methodOf, type Suite, type SuiteCase } from './suite.ts';

/** One expectation that was not met. */
export interface Mismatch {
  readonly at: Position;
  readonly key: string;
  readonly expected: Json;
  readonly actual: Json;
}
export interface CaseResult {
  readonly name: string;
  readonly at: Position;
  readonly mismatches: readonly Mismatch[];
  /** Why it was decided so; absent for lists. */
  readonly reason?: string;
  /** Rules that the case made match. */
  readonly covered: readonly string[];
}

/** Cases are judged as if it were noon, UTC, on the first day of 2026, a Thursday. */
const NOON = Date.UTC(2026, 0, 1, 12);

/** Digests and tokens in cases are made with this key, so that what is expected of them can be written down. */
const CASE_KEY = new Uint8Array(32);

/** Judges every case of a suite by the policies. */
export function runSuite(suite: Suite, policies: PolicySet): CaseResult[] {
  return suite.cases.map((suiteCase) => {
    const { actual, covered, reason } =
      suiteCase.does.kind === 'call'
        ? runCall(suiteCase, suiteCase.does, policies)
        : runList(suiteCase, suiteCase.does, policies);
    const mismatches = suiteCase.expect.flatMap(({ key, value, at }): Mismatch[] => {
      const got = actual[key] ?? null;
      return isDeepStrictEqual(got, value) ? [] : [{ at, key, expected: value, actual: got }];
    });
    const { name, at } = suiteCase;
    return { name, at, mismatches, covered, ...(reason === undefined ? {} : { reason }) };
  });
}

interface Run {
  readonly actual: Readonly<Record<string, Json | undefined>>;
  readonly covered: readonly string[];
  readonly reason?: string;
}

function runCall(
  { identity, client, request: facts, meta }: SuiteCase,
  call: CallCase,
  policies: PolicySet,
): Run {
  const { upstream, method, target, args, result } = call;
  const request = { now: NOON, ...facts, upstream, method };
  const subject: Subject = {
    identity,
    request,
    target,
    client,
    args,
    meta: meta ?? ABSENT,
    result: UNKNOWN,
    tool: target.kind === 'tools' ? (call.facts ?? UNAVAILABLE) : ABSENT,
  };
  const before = policies.judge(subject);
  const answer = answerOf(call);
  const after =
    answer && before.effect !== 'block'
      ? policies.judgeResult({ ...subject, ...answer })
      : undefined;
  const decision = after ?? before;
  const context = { key: CASE_KEY, owner: principalOf(identity) };
  const sent = applyMasks({ arguments: args }, decision.masks, {
    place: paramsPlace(method),
    side: 'args',
    base: ['arguments'],
    context,
  }).value;
  return {
    covered: touched(decision),
    reason: decision.reason,
    actual: {
      effect: decision.effect,
      rule: decision.rule,
      would: decision.would.map(({ rule }) => rule),
      // Limits are taken before the message goes up.
      limits: [...new Set(before.limits.map(({ rule }) => rule))],
      args: isObject(sent) ? member(sent, 'arguments') : sent,
      output:
        result === undefined || decision.effect === 'block'
          ? undefined
          : applyMasks(result, decision.masks, {
              place: resultPlace(method),
              side: 'result',
              context,
            }).value,
    },
  };
}

/** The answer as rules see it: a result or an error, the other of which is absent. */
function answerOf({ result, error }: CallCase): Pick<Subject, 'result' | 'error'> | undefined {
  if (error) return { result: ABSENT, error };
  return result === undefined ? undefined : { result, error: ABSENT };
}

function runList(
  { identity, client, request: facts }: SuiteCase,
  list: ListCase,
  policies: PolicySet,
): Run {
  const visible = list.targets.filter((target) => {
    const method = methodOf(target.kind, target.name);
    return policies.couldAllow({
      identity,
      request: { now: NOON, ...facts, upstream: list.upstream, method },
      target,
      client,
      args: UNKNOWN,
      meta: UNKNOWN,
      result: UNKNOWN,
      tool: target.kind === 'tools' ? (target.facts ?? UNKNOWN) : ABSENT,
    });
  });
  return { covered: [], actual: { visible: visible.map(({ name }) => name) } };
}

function touched({ matched, would }: Decision): string[] {
  return [...matched, ...would.map(({ rule }) => rule)];
}
