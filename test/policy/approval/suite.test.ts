import { describe, expect, it } from 'vitest';
import { Reader } from '../../../src/document/reader.ts';
import { parseYaml } from '../../../src/document/yaml.ts';
import { parseSuite } from '../../../src/policy/suite/suite.ts';
import { runSuite } from '../../../src/policy/suite/suite-run.ts';
import { policiesOf } from '../../support/policies.ts';

const on = { tools: ['execute'] };
const policies = policiesOf([
  { id: 'allow', on, then: 'allow' },
  { id: 'dba', on, when: { 'args.sql': { contains: 'drop' } }, then: 'approve' },
  { id: 'night', on, when: { 'args.night': { eq: true } }, then: 'approve' },
  { id: 'bad', on, when: { 'result.bad': { eq: true } }, then: 'block' },
]);

/** What of the expectation is not met: key and what is there instead. */
function missed(
  args: object,
  expected: object,
  result?: object,
): readonly (readonly [string, unknown])[] {
  const one = { as: 'ana', call: { upstream: 'db', tool: 'execute', args }, expect: expected, ...(result && { result }) }; // biome-ignore format: one line says it
  const { documents } = parseYaml(JSON.stringify({ identities: { ana: {} }, cases: [one] }), 'x');
  const reader = new Reader('TEST');
  const [suite] = documents.map((document) => parseSuite(document, reader));
  expect(reader.problems).toEqual([]);
  const results = suite ? runSuite(suite, policies) : [];
  return results.flatMap(({ mismatches }) =>
    mismatches.map(({ key, actual }) => [key, actual] as const),
  );
}

describe('a case of a test file', () => {
  const both = { sql: 'drop', night: true };
  it.each<[string, object, object, readonly unknown[]]>([
    [
      'all rules that ask',
      both,
      { effect: 'approve', rule: 'dba', approvals: ['dba', 'night'] },
      [],
    ],
    ['one of two', both, { approvals: ['dba'] }, [['approvals', ['dba', 'night']]]],
    ['none', { sql: 'select' }, { effect: 'allow', approvals: [] }, []],
    ['one that does not ask', { sql: 'select' }, { approvals: ['dba'] }, [['approvals', []]]],
  ])('expects %s', (_name, args, expected, wanted) => {
    expect(missed(args, expected)).toEqual(wanted);
  });

  it('tells who was asked also where the answer is blocked, or let through', () => {
    expect(missed(both, { effect: 'block', rule: 'bad', approvals: ['dba', 'night'] }, { bad: true })).toEqual([]); // biome-ignore format: one line says it
    expect(missed(both, { effect: 'allow', approvals: ['dba', 'night'] }, { bad: false })).toEqual([]); // biome-ignore format: one line says it
  });
});
