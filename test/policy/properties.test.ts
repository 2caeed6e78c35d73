import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyMasks } from '../../src/mask/mask.ts';
import { resultPlace } from '../../src/mask/place/places.ts';
import type { Decision } from '../../src/model/decision.ts';
import { combine } from '../../src/policy/combine.ts';
import { compileGlob } from '../../src/policy/glob.ts';
import { RuleIndex } from '../../src/policy/index/rule-index.ts';
import { type Subject, type Target, UNKNOWN } from '../../src/policy/subject.ts';
import * as arbitrary from '../support/arbitraries.ts';
import { testContext } from '../support/masks.ts';
import { policiesOf, type RuleText, subjectOf } from '../support/policies.ts';

const facts = fc
  .constantFrom({ readOnlyHint: true }, { readOnlyHint: false }, {})
  .map((annotations) => ({ annotations }));
const call = fc
  .record({ name: fc.constantFrom(...arbitrary.toolNames), args: arbitrary.args, tool: facts })
  .map(({ name, ...facts }) => subjectOf({ target: { kind: 'tools', name }, ...facts }));

const rank = { allow: 0, approve: 1, block: 2 };
const judge = (rules: readonly RuleText[], subject: Subject) => policiesOf(rules).judge(subject);

/** What of a decision may not depend on the order of rules. */
function essence(decision: Decision) {
  const result = {
    structuredContent: { x: 'abcdefgh' },
    content: [{ type: 'text', text: 'mail joe.bloggs@example.com or abcdefgh' }],
  };
  return {
    effect: decision.effect,
    matched: [...decision.matched].sort(),
    would: decision.would.map(({ rule }) => rule).sort(),
    unjudged: [...decision.unjudged].sort(),
    masked: applyMasks(result, decision.masks, {
      place: resultPlace('tools/call'),
      side: 'result',
      context: testContext,
    }).value,
  };
}

describe('rules', () => {
  it('say the same in any order and any files', () => {
    const shuffled = arbitrary.rules.chain((rules) =>
      fc.record({
        rules: fc.constant(rules),
        other: fc.shuffledSubarray(rules, { minLength: rules.length }),
        cut: fc.nat(rules.length),
      }),
    );
    fc.assert(
      fc.property(shuffled, call, ({ rules, other, cut }, subject) => {
        const split = policiesOf(other.slice(0, cut), other.slice(cut)).judge(subject);
        expect(essence(split)).toEqual(essence(judge(rules, subject)));
      }),
    );
  });

  it('never allow more for a block or approve rule that is added', () => {
    const stops = fc.constantFrom('block', 'approve');
    fc.assert(
      fc.property(arbitrary.rules, arbitrary.rule, stops, call, (rules, more, then, subject) => {
        const before = judge(rules, subject);
        const after = judge([...rules, { ...more, then, id: 'more' }], subject);
        if (then === 'block') {
          expect(rank[after.effect]).toBeGreaterThanOrEqual(rank[before.effect]);
        } else if (before.effect !== 'allow') expect(after.effect).not.toBe('allow');
      }),
    );
  });

  it('never block more for an allow rule that is added', () => {
    fc.assert(
      fc.property(arbitrary.rules, arbitrary.rule, call, (rules, more, subject) => {
        const before = judge(rules, subject);
        const after = judge([...rules, { ...more, then: 'allow', id: 'more' }], subject);
        expect(rank[after.effect]).toBeLessThanOrEqual(rank[before.effect]);
      }),
    );
  });

  it('change nothing but "would" in shadow', () => {
    fc.assert(
      fc.property(arbitrary.rules, arbitrary.rule, call, (rules, more, subject) => {
        const { would: _, unjudged: __, ...before } = judge(rules, subject);
        const {
          would: ___,
          unjudged: ____,
          ...after
        } = judge([...rules, { ...more, mode: 'shadow', id: 'more' }], subject);
        expect(after).toEqual(before);
      }),
    );
  });
});

describe('lists', () => {
  it('show whatever a call with some arguments could do', () => {
    fc.assert(
      fc.property(arbitrary.rules, call, (rules, subject) => {
        const policies = policiesOf(rules);
        if (policies.judge(subject).effect === 'block') return;
        expect(policies.couldAllow({ ...subject, args: UNKNOWN })).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('show a template that any URI under it could be read by', () => {
    const glob = fc.constantFrom('a://*', 'a://**', 'a://x/*', 'a://x/y', 'b://*', '*', 'a://?/y');
    const rule = fc.record({
      on: glob.map((text) => ({ resources: [text] })),
      then: fc.constantFrom('allow', 'block', 'approve'),
    });
    const uri = fc.constantFrom('a://x/y', 'a://x', 'a://z/y');
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 4 }), uri, (rules, name) => {
        const policies = policiesOf(arbitrary.named(rules));
        const read = { request: { method: 'resources/read' }, args: {} };
        const target: Target = { kind: 'resources', name };
        if (policies.judge(subjectOf({ ...read, target })).effect === 'block') return;
        for (const template of ['a://{path}', '{+uri}']) {
          const listed = subjectOf({ ...read, target: { ...target, name: template } });
          expect(policies.couldAllowTemplate({ ...listed, args: UNKNOWN })).toBe(true);
        }
      }),
    );
  });

  it('let the session begin for whoever could do anything', () => {
    fc.assert(
      fc.property(arbitrary.rules, call, (rules, subject) => {
        const policies = policiesOf(rules);
        if (policies.judge(subject).effect === 'block') return;
        const ping = { ...subject, target: { kind: 'methods', name: 'x' } as const };
        const { effect, rule } = policies.judgeSession(ping);
        expect(effect === 'block' && rule === undefined).toBe(false);
      }),
    );
  });
});

describe('the index of rules', () => {
  it('finds what asking every rule finds', () => {
    fc.assert(
      fc.property(arbitrary.rules, call, (rules, subject) => {
        const policies = policiesOf(rules);
        const { target, request } = subject;
        const about = policies.rules.filter(({ on }) => {
          return (
            !on ||
            on.some(({ kind, globs }) => {
              const separator = kind === 'resources' ? '/' : undefined;
              const tests = globs.map((glob) => compileGlob(glob, separator));
              const name = kind === 'methods' ? request.method : target.name;
              return (
                (kind === 'methods' || kind === target.kind) && tests.some((test) => test(name))
              );
            })
          );
        });
        const index = new RuleIndex(policies.rules);
        const found = index.about(target, request.method);
        expect(found).toEqual(about);
        expect(index.about(target, request.method)).toBe(found);
        const findings = about.map((rule) => ({ rule, outcome: rule.holds(subject) }));
        expect(policies.judge(subject)).toEqual(combine(findings, subject));
      }),
    );
  });

  it('stays right after more names than it remembers', () => {
    const index = new RuleIndex(
      policiesOf([{ id: 'a', on: { tools: ['x*'] }, then: 'allow' }]).rules,
    );
    for (let i = 0; i < 10_000; i++) index.about({ kind: 'tools', name: `y${i}` }, 'tools/call');
    expect(index.about({ kind: 'tools', name: 'x' }, 'tools/call')).toHaveLength(1);
    expect(index.about({ kind: 'tools', name: 'y1' }, 'tools/call')).toHaveLength(0);
  });
});

describe('globs', () => {
  /** The plain meaning, without thought of time. */
  function fits(glob: string, name: string, separator: string | undefined): boolean {
    if (glob === '') return name === '';
    const star = /^\*+/.exec(glob)?.[0];
    if (star === undefined) {
      const head = name[0];
      if (head === undefined || (glob[0] === '?' ? head === separator : glob[0] !== head))
        return false;
      return fits(glob.slice(1), name.slice(1), separator);
    }
    for (let i = 0; i <= name.length; i++) {
      if (fits(glob.slice(star.length), name.slice(i), separator)) return true;
      if (star.length === 1 && name[i] === separator && separator) return false;
    }
    return false;
  }

  it('mean what they say', () => {
    const glob = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?', '/'), maxLength: 7 });
    const name = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 7 });
    fc.assert(
      fc.property(
        glob,
        name,
        fc.constantFrom(undefined, '/' as const),
        (text, other, separator) => {
          if (text === '*' || text === '**') return;
          expect(compileGlob(text, separator)(other)).toBe(fits(text, other, separator));
        },
      ),
      { numRuns: 1000 },
    );
  });
});
