import { createSecretKey } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { applyMasks } from '../../mask/mask.ts';
import type { Place } from '../../mask/place/place.ts';
import { errorPlace, paramsPlace, resultPlace } from '../../mask/place/places.ts';
import { Concealer } from '../../mask/token/conceal.ts';
import type { Decision } from '../../model/decision.ts';
import { principalOf } from '../../model/identity.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import type { Position } from '../../model/position.ts';
import { grantable } from '../grantable.ts';
import type { PolicySet } from '../policy-set.ts';
import { ABSENT, type Subject, UNAVAILABLE, UNKNOWN } from '../subject.ts';
import { type Judged, judgeRevealed } from './case-reveals.ts';
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
const CASE_KEY = createSecretKey(new Uint8Array(32));

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

function runCall(suiteCase: SuiteCase, call: CallCase, policies: PolicySet): Run {
  const { identity } = suiteCase;
  const { method, args, result } = call;
  const context = { key: CASE_KEY, owner: principalOf(identity) };
  const how = { place: paramsPlace(method), side: 'args', base: ['arguments'], context } as const;
  const judged = judgeRevealed(args, suiteCase.tokens, how, {
    grantable: grantable(policies),
    judge: (shown) => policies.judge(subjectOf(suiteCase, call, shown)),
  });
  const before = judged.decision;
  const answer = answerOf(call, judged);
  const after =
    answer && before.effect !== 'block'
      ? policies.judgeResult({ ...subjectOf(suiteCase, call, judged.shown), ...answer })
      : undefined;
  const decision = after ?? before;
  const isSent = decision.effect !== 'block';
  const place = resultPlace(method);
  return {
    covered: [...new Set([...touched(before), ...touched(decision)])],
    reason: decision.reason,
    actual: {
      effect: decision.effect,
      rule: decision.rule,
      // People are asked before the message goes up.
      approvals: (before.approvals ?? []).map(({ rule }) => rule),
      would: decision.would.map(({ rule }) => rule),
      // Limits are taken before the message goes up.
      limits: [...new Set(before.limits.map(({ rule }) => rule))],
      args: judged.recorded,
      sent: before.effect === 'block' ? undefined : judged.sent,
      output:
        result !== undefined && answer && isSent
          ? applyMasks(concealed(result, judged, place), decision.masks, {
              place,
              side: 'result',
              context,
            }).value
          : undefined,
    },
  };
}

function subjectOf(
  { identity, client, request: facts, meta }: SuiteCase,
  { upstream, method, target, facts: tool }: CallCase,
  args: JsonObject,
): Subject {
  return {
    identity,
    request: { now: NOON, ...facts, upstream, method },
    target,
    client,
    args,
    meta: meta ?? ABSENT,
    result: UNKNOWN,
    tool: target.kind === 'tools' ? (tool ?? UNAVAILABLE) : ABSENT,
  };
}

/** What an upstream repeats of what it was given becomes the token again. */
function concealed(value: Json, { given }: Judged, place: Place): Json {
  return given.length === 0 ? value : new Concealer(given).conceal(value, place);
}

/** The answer as rules see it: a result or an error, the other of which is absent. */
function answerOf(
  { method, result, error }: CallCase,
  judged: Judged,
): Pick<Subject, 'result' | 'error'> | undefined {
  if (error) return { result: ABSENT, error: concealed(error, judged, errorPlace) };
  if (result === undefined) return undefined;
  return { result: concealed(result, judged, resultPlace(method)), error: ABSENT };
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
