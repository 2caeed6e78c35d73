import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Decision } from '../../src/model/decision.ts';
import type { PolicySet } from '../../src/policy/policy-set.ts';
import { type Subject, UNKNOWN, type Use } from '../../src/policy/subject.ts';
import * as arbitrary from '../support/policy-arbitraries.ts';
import { type Call, calls } from '../support/policy-subjects.ts';
import { compiled } from './reference/compare.ts';
import type { Document, Rule } from './reference/rules.ts';

const rank = { allow: 0, approve: 1, block: 2 };
const few = calls(6);
/** Each run compiles policies anew. */
const TIMEOUT = { timeout: 60_000 };
const upOf = ([message]: Call): Subject => ({ ...message, result: UNKNOWN });
const downOf = ([message, answer]: Call): Subject => ({ ...message, ...answer });
const listedOf = ([message]: Call): Subject => ({ ...message, args: UNKNOWN, result: UNKNOWN });
const useOf = ([{ target, request }]: Call): Use => ({ kind: target.kind, method: request.method });

function policiesOf(documents: readonly Document[]): PolicySet {
  return compiled(documents).policies;
}

/** Everything a policy says of a call that no order may change. */
function essence(policies: PolicySet, call: Call) {
  const up = upOf(call);
  const session = policies.judgeSession(up);
  return {
    up: sorted(policies.judge(up)),
    down: sorted(policies.judgeResult(downOf(call))),
    listed: policies.couldAllow(listedOf(call)),
    session: session.effect,
    prospect: policies.prospect(up, useOf(call)),
    masks: idsOf(policies.masksOfUpstream(up)),
  };
}

function sorted(decision: Decision | undefined) {
  return (
    decision && {
      effect: decision.effect,
      matched: [...decision.matched].sort(),
      would: decision.would.map(({ rule, effect }) => `${rule} ${effect}`).sort(),
      unjudged: [...decision.unjudged].sort(),
      masks: idsOf(decision.masks),
    }
  );
}

function idsOf(masks: Decision['masks']) {
  return masks.map(({ rule }) => rule).sort();
}

/** Worst of what a call meets on its way up and down. */
function fate(policies: PolicySet, call: Call): number {
  const up = rank[policies.judge(upOf(call)).effect];
  if (up === rank.block) return up;
  const down = policies.judgeResult(downOf(call));
  return down?.effect === 'block' ? rank.block : up;
}

function withRule(documents: readonly Document[], rule: Partial<Rule>): readonly Document[] {
  return [...documents, { rules: [{ ...rule, id: 'more' }] }];
}

describe('the order', () => {
  it('of rules, documents and files never matters, nor how they are split', TIMEOUT, () => {
    const shuffled = arbitrary.documents.chain((documents) => {
      const single = documents.flatMap(({ upstreams, rules }) =>
        rules.map((rule): Document => ({ ...(upstreams && { upstreams }), rules: [rule] })),
      );
      return fc.tuple(
        fc.constant(documents),
        fc.shuffledSubarray(single, { minLength: single.length }),
      );
    });
    fc.assert(
      fc.property(shuffled, few, ([documents, other], list) => {
        const [one, two] = [policiesOf(documents), policiesOf(other)];
        for (const call of list) expect(essence(two, call)).toEqual(essence(one, call));
      }),
    );
  });
});

describe('a rule that is added', () => {
  const more = fc.tuple(arbitrary.documents, arbitrary.rule, few);

  it('never allows more when it blocks', TIMEOUT, () => {
    fc.assert(
      fc.property(more, ([documents, { reveal: _, ...rule }, list]) => {
        const before = policiesOf(documents);
        const after = policiesOf(withRule(documents, { ...rule, then: 'block' }));
        for (const call of list) {
          expect(fate(after, call)).toBeGreaterThanOrEqual(fate(before, call));
          if (!before.couldAllow(listedOf(call))) {
            expect(after.couldAllow(listedOf(call))).toBe(false);
          }
          const [was, is] = [before, after].map((set) => set.judgeSession(upOf(call)).effect);
          if (was === 'block') expect(is).toBe('block');
          if (before.prospect(upOf(call), useOf(call)) !== 'granted') {
            expect(after.prospect(upOf(call), useOf(call))).not.toBe('granted');
          }
        }
      }),
    );
  });

  it('never blocks more when it allows', TIMEOUT, () => {
    fc.assert(
      fc.property(more, ([documents, rule, list]) => {
        const before = policiesOf(documents);
        const after = policiesOf(withRule(documents, { ...rule, then: 'allow' }));
        for (const call of list) {
          expect(fate(after, call)).toBeLessThanOrEqual(fate(before, call));
          if (before.couldAllow(listedOf(call))) {
            expect(after.couldAllow(listedOf(call))).toBe(true);
          }
          if (before.judgeSession(upOf(call)).effect !== 'block') {
            expect(after.judgeSession(upOf(call)).effect).not.toBe('block');
          }
        }
      }),
    );
  });

  it('changes nothing but "would" and "unjudged" in shadow', TIMEOUT, () => {
    const without = (decision: Decision | undefined) =>
      decision && { ...decision, would: [], unjudged: [] };
    fc.assert(
      fc.property(more, ([documents, rule, list]) => {
        const before = policiesOf(documents);
        const after = policiesOf(withRule(documents, { ...rule, mode: 'shadow' }));
        for (const call of list) {
          const up = upOf(call);
          expect(without(after.judge(up))).toEqual(without(before.judge(up)));
          expect(without(after.judgeSession(up))).toEqual(without(before.judgeSession(up)));
          expect(after.couldAllow(listedOf(call))).toBe(before.couldAllow(listedOf(call)));
          expect(after.masksOfUpstream(up)).toEqual(before.masksOfUpstream(up));
          expect(after.prospect(up, useOf(call))).toBe(before.prospect(up, useOf(call)));
          // A rule that only looks on may cause answers to be judged; they still fare as before.
          expect(fate(after, call)).toBe(fate(before, call));
        }
      }),
    );
  });
});

describe('what is not known yet', () => {
  it(
    'never hides what some call could do, and never shows what every call is refused',
    TIMEOUT,
    () => {
      fc.assert(
        fc.property(arbitrary.documents, few, (documents, list) => {
          const policies = policiesOf(documents);
          for (const call of list) {
            const up = upOf(call);
            if (fate(policies, call) === rank.block) continue;
            expect(policies.couldAllow(listedOf(call))).toBe(true);
            expect(policies.prospect(up, useOf(call))).toBe('granted');
            const session = policies.judgeSession({ ...up, ...ping });
            // Only a rule may refuse it: this caller can do something here.
            if (session.effect === 'block') expect(session.rule).toBeDefined();
          }
        }),
      );
    },
  );

  it('leaves nothing open for rules that look at nothing else', TIMEOUT, () => {
    const facts = fc.record({
      when: arbitrary.conditionOnFacts,
      then: fc.constantFrom('allow', 'allow', 'block', 'approve'),
    });
    const documents = fc
      .array(facts, { minLength: 1, maxLength: 4 })
      .map((rules) => [{ rules: rules.map((rule, i) => ({ id: `r${i}`, ...rule }) as Rule) }]);
    fc.assert(
      fc.property(documents, few, (rules, list) => {
        const policies = policiesOf(rules);
        for (const call of list) {
          const passes = policies.judge(upOf(call)).effect !== 'block';
          expect(policies.couldAllow(listedOf(call))).toBe(passes);
        }
      }),
    );
  });

  it('stops every message of a use that is said to be stopped', TIMEOUT, () => {
    fc.assert(
      fc.property(arbitrary.documents, few, (documents, list) => {
        const policies = policiesOf(documents);
        for (const call of list) {
          if (policies.prospect(upOf(call), useOf(call)) !== 'stopped') continue;
          expect(policies.judge(upOf(call)).effect).toBe('block');
        }
      }),
    );
  });

  const ping = {
    target: { kind: 'methods', name: 'ping/unheard-of' },
  } as const;
});

describe('a limit', () => {
  const limit = fc.constantFrom<object>(
    { calls: 5, per: '1m' },
    { calls: 5, per: '1m', by: 'identity.sub' },
    { calls: 9, per: '1h', by: ['identity.sub', 'args.x'] },
    [
      { calls: 2, per: '1s' },
      { calls: 20, per: '1m' },
    ],
    [
      { calls: 2, per: '1s', by: 'request.ip' },
      { calls: 2, per: '1s', by: 'identity.sub' },
    ],
  );

  it(
    'that is added never allows more, and is charged once for each rule that is due',
    TIMEOUT,
    () => {
      fc.assert(
        fc.property(arbitrary.documents, limit, few, (documents, text, list) => {
          const limited = documents.map(({ rules, ...rest }) => ({
            ...rest,
            rules: rules.map((rule) => (canCount(rule) ? { ...rule, limit: text } : rule)),
          }));
          const [before, after] = [policiesOf(documents), policiesOf(limited)];
          for (const call of list) {
            const { limits, shadowLimits: _, ...after_ } = after.judge(upOf(call));
            const { limits: none, shadowLimits: __, ...before_ } = before.judge(upOf(call));
            expect(none).toEqual([]);
            expect(after_).toEqual(before_);
            const keys = limits.flatMap(({ key }) => key ?? []);
            expect(new Set(keys).size).toBe(keys.length);
            const size = Array.isArray(text) ? text.length : 1;
            const rules = new Set(limits.map(({ rule }) => rule));
            expect(limits).toHaveLength(size * rules.size);
            for (const id of after_.matched)
              expect(rules.has(id) || !isLimited(limited, id)).toBe(true);
          }
        }),
      );
    },
  );

  /**
   * A rule that blocks has nothing to count, and what waits for the answer comes too late to count. One that only reveals
   * matches where it surely holds, and with a limit where it may.
   */
  function canCount({ then, when, ...rule }: Rule): boolean {
    if (then === undefined && !('mask' in rule)) return false;
    return then !== 'block' && !/"(?:result|error)\b/.test(JSON.stringify(when ?? {}));
  }

  function isLimited(documents: readonly Document[], id: string): boolean {
    return documents.some(({ rules }) =>
      rules.some((rule) => rule.id === id && 'limit' in rule && rule.mode !== 'shadow'),
    );
  }
});
