import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { Decision } from '../../src/model/decision.ts';
import type { Problem } from '../../src/model/position.ts';
import { compilePolicies } from '../../src/policy/compile.ts';
import { type Subject, UNKNOWN } from '../../src/policy/subject.ts';
import * as arbitrary from '../support/policy-arbitraries.ts';
import { type Call, calls } from '../support/policy-subjects.ts';
import { compiled } from './reference/compare.ts';
import type { When } from './reference/conditions.ts';

const few = calls(3);
/** Each run compiles policies anew. */
const RUNS = 60;
const TIMEOUT = { timeout: 60_000 };

/** How a condition comes out, up, down and in a list: an allow and a block rule tell all outcomes apart. */
function outcomes(when: object, [facts, answer]: Call): readonly string[] {
  const compiledRules = (['allow', 'block'] as const).map((then) =>
    compiled([{ rules: [{ id: 'a', when: when as When, then }] }]),
  );
  const listed: Subject = { ...facts, args: UNKNOWN, result: UNKNOWN };
  // A condition that was found to contradict itself is refused, and there is nothing to list.
  const refused = compiledRules.some(({ refused }) =>
    refused.some(({ rules }) => rules.length > 0),
  );
  const subjects: readonly Subject[] = [
    { ...facts, result: UNKNOWN },
    { ...facts, ...answer },
    ...(refused ? [] : [listed]),
  ];
  return subjects.map((subject) => {
    const [one, other] = compiledRules.map(({ policies }) => policies.judge(subject));
    return `${one?.matched} ${other?.matched} ${other?.unjudged}`;
  });
}

function expectSame(one: object, other: object, call: Call): void {
  const [a, b] = [outcomes(one, call), outcomes(other, call)];
  const known = Math.min(a.length, b.length);
  expect(b.slice(0, known)).toEqual(a.slice(0, known));
}

function same(pairs: fc.Arbitrary<readonly [object, object]>): void {
  fc.assert(
    fc.property(pairs, few, ([one, other], list) => {
      for (const call of list) expectSame(one, other, call);
    }),
    { numRuns: RUNS },
  );
}

const when = arbitrary.condition;
const parts = fc.array(when, { minLength: 1, maxLength: 3 });

describe('conditions', () => {
  it('mean the same when they are denied twice', TIMEOUT, () => {
    same(when.map((one) => [one, { not: { not: one } }]));
  });

  it('follow De Morgan', TIMEOUT, () => {
    const denied = (list: readonly object[]) => list.map((not) => ({ not }));
    same(parts.map((list) => [{ not: { all: list } }, { any: denied(list) }]));
    same(parts.map((list) => [{ not: { any: list } }, { all: denied(list) }]));
  });

  it('mean the same in any order', TIMEOUT, () => {
    const shuffled = parts.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
    );
    same(shuffled.map(([one, other]) => [{ any: one }, { any: other }]));
    same(shuffled.map(([one, other]) => [{ all: one }, { all: other }]));
  });

  it('mean the same nested or flat', TIMEOUT, () => {
    same(
      fc
        .tuple(when, parts)
        .map(([one, list]) => [{ all: [one, ...list] }, { all: [one, { all: list }] }]),
    );
    same(
      fc
        .tuple(when, parts)
        .map(([one, list]) => [{ any: [one, ...list] }, { any: [one, { any: list }] }]),
    );
  });
});

/** Codes of errors, each once: what is wrong with an anchor is said once, wherever it is named. */
function codes(problems: readonly Problem[]): readonly string[] {
  const errors = problems.filter(({ severity }) => severity === 'error');
  return [...new Set(errors.map(({ code }) => code))].sort();
}

/** Where a rule stands is another place in another file. */
function withoutPlaces({ masks, approvals, ...decision }: Decision) {
  return {
    ...decision,
    masks: masks.length,
    approvals: approvals?.map(({ at: _, ...rest }) => rest),
  };
}

describe('policies', () => {
  it(
    'mean the same in YAML and JSON, with anchors or copies, in one file or several',
    TIMEOUT,
    () => {
      fc.assert(
        fc.property(arbitrary.documents, arbitrary.rule, few, (documents, more, list) => {
          // The same object twice is written once, with an anchor, and named again by an alias.
          const twice = documents.map(({ rules, ...rest }, i) => ({
            apiVersion: 'sallyport/v1',
            ...rest,
            rules: [...rules, { ...more, id: `x${i}` }, { ...more, id: `y${i}` }],
          }));
          const json = twice.map((one, i) => ({ file: `${i}.json`, text: JSON.stringify(one) }));
          const yaml = [
            { file: 'all.yaml', text: twice.map((one) => stringify(one)).join('---\n') },
          ];
          const [one, other] = [compilePolicies(json), compilePolicies(yaml)];
          expect(codes(other.problems)).toEqual(codes(one.problems));
          for (const [facts] of list) {
            const subject: Subject = { ...facts, result: UNKNOWN };
            const [a, b] = [one, other].map(({ policies }) => policies?.judge(subject));
            expect(b && withoutPlaces(b)).toEqual(a && withoutPlaces(a));
          }
        }),
      );
    },
  );
});

describe('an expression', () => {
  const name = fc.constantFrom('x', 'z');
  const text = fc.constantFrom('a', 'b', 'ab', '');
  const test: fc.Arbitrary<readonly [string, object]> = fc.oneof(
    fc
      .tuple(name, text)
      .map(([at, to]) => [`args.${at} == "${to}"`, { [`args.${at}`]: { eq: to } }] as const),
    fc
      .tuple(name, fc.array(text, { minLength: 1, maxLength: 3 }))
      .map(
        ([at, to]) =>
          [`args.${at} in ${JSON.stringify(to)}`, { [`args.${at}`]: { in: to } }] as const,
      ),
    fc
      .tuple(name, text)
      .map(
        ([at, to]) =>
          [`args.${at}.startsWith("${to}")`, { [`args.${at}`]: { starts_with: to } }] as const,
      ),
    fc
      .tuple(name, fc.nat(3))
      .map(
        ([at, to]) => [`size(args.${at}) == ${to}`, { [`args.${at}`]: { length: to } }] as const,
      ),
  );
  const pair = fc.letrec<{ pair: readonly [string, object] }>((tie) => ({
    pair: fc.oneof(
      { maxDepth: 3 },
      test,
      tie('pair').map(([cel, not]) => [`!(${cel})`, { not }] as const),
      fc
        .tuple(tie('pair'), tie('pair'))
        .map(([[a, one], [b, other]]) => [`(${a}) && (${b})`, { all: [one, other] }] as const),
      fc
        .tuple(tie('pair'), tie('pair'))
        .map(([[a, one], [b, other]]) => [`(${a}) || (${b})`, { any: [one, other] }] as const),
    ),
  })).pair;

  it('says of texts that are there what its YAML says', TIMEOUT, () => {
    const args = fc.record({ x: text, z: text });
    fc.assert(
      fc.property(pair, args, calls(1), ([cel, yaml], given, [first]) => {
        if (!first) return;
        const call: Call = [{ ...first[0], args: given }, { result: {} }];
        expectSame(yaml, { cel }, call);
      }),
    );
  });
});
