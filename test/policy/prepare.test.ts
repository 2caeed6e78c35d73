import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { atOnce } from '../../src/document/at-once.ts';
import { compilePattern } from '../../src/policy/conditions/pattern.ts';
import { remainingFor } from '../../src/policy/index/partial.ts';
import * as arbitrary from '../support/arbitraries.ts';
import { ana, policiesOf, subjectOf } from '../support/policies.ts';

const names = fc.constantFrom(...arbitrary.toolNames, 'a\nb');
const rules = (count: number) =>
  Array.from({ length: count }, (_, i) => ({
    id: `r${i}`,
    on: { tools: ['query'] },
    when: { 'args.x': { eq: i } },
    then: 'allow',
  }));

describe('policies that are made ready for what those before were asked', () => {
  it('judge as those that are not', () => {
    fc.assert(
      fc.property(
        arbitrary.rules,
        fc.array(names, { maxLength: 4 }),
        arbitrary.args,
        (list, asked, args) => {
          const [before, ready, fresh] = [policiesOf(list), policiesOf(list), policiesOf(list)];
          const about = (name: string) => subjectOf({ target: { kind: 'tools', name }, args });
          for (const name of asked) before.judge(about(name));
          atOnce(ready.prepare(before.asked));
          for (const name of [...asked, 'other']) {
            expect(ready.judge(about(name))).toEqual(fresh.judge(about(name)));
          }
        },
      ),
    );
  });

  it('know the targets that were asked for, whatever they are called', () => {
    const before = policiesOf(rules(3));
    const name = 'a\nb';
    before.judge(subjectOf({ target: { kind: 'tools', name } }));
    const asked = { target: { kind: 'tools', name }, method: 'tools/call' };
    expect([...before.asked]).toEqual([['db', [asked]]]);
    const ready = policiesOf(rules(3));
    atOnce(ready.prepare(before.asked));
    expect(ready.asked).toEqual(before.asked);
  });

  it('take their work in steps', () => {
    const before = policiesOf(rules(3));
    before.judge(subjectOf());
    let steps = 0;
    for (const _ of policiesOf(rules(3_000)).prepare(before.asked)) steps++;
    expect(steps).toBeGreaterThan(10);
  });
});

it('asks of a caller only rules that ask who calls', () => {
  const asked: string[] = [];
  const { rules: compiled } = policiesOf([
    { id: 'args', when: { 'args.x': { eq: 1 } }, then: 'allow' },
    { id: 'group', when: { not: { 'identity.groups': { contains: 'dba' } } }, then: 'allow' },
    { id: 'upstream', when: { 'request["upstream"]': { eq: 'crm' } }, then: 'allow' },
    { id: 'cel', when: { cel: 'identity.sub == "bob"' }, then: 'allow' },
  ]);
  const watched = compiled.map((rule) => ({
    ...rule,
    holds: (subject: Parameters<typeof rule.holds>[0]) => {
      asked.push(rule.id);
      return rule.holds(subject);
    },
  }));
  const left = remainingFor(watched, subjectOf({ identity: { ...ana, groups: [] } }));
  expect(left.map(({ id }) => id)).toEqual(['args', 'group']);
  expect(asked).toEqual(['group', 'upstream', 'cel']);
});

it('compiles a pattern once, and one that is none fails each time', () => {
  expect(compilePattern('^a+$')).toBe(compilePattern('^a+$'));
  for (let i = 0; i < 2; i++) expect(() => compilePattern('(?=a)')).toThrow();
});
