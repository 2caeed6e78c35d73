import { describe, expect, it } from 'vitest';
import { compilePolicies } from '../../src/policy/compile.ts';

/** Lines and codes of what is said of a policy. */
function told(text: string): string[] {
  const { problems } = compilePolicies([{ file: 'p.yaml', text }]);
  return problems.map(({ at, code }) => `${at.line} ${code}`);
}
const document = (...lines: readonly string[]) =>
  ['apiVersion: sallyport/v1', 'rules:', ...lines, ''].join('\n');

describe('what is wrong within a rule belongs to it, wherever its text stands', () => {
  it('leaves out warnings on a rule that repeats a faulty condition by alias', () => {
    const text = document(
      '  - { id: a, on: { tools: [x] }, when: &c { identity.sub: { gt: 1 } }, then: block }',
      '  - { id: b, when: *c, then: allow }',
    );
    expect(told(text)).toEqual(['3 POLICY_TYPE']);
  });

  it('finds warnings on the rule with the anchor where another one is faulty', () => {
    const text = document(
      '  - { id: a, on: &on { tools: ["*"] }, then: allow }',
      '  - { id: b, on: *on, then: alow }',
    );
    expect(told(text)).toEqual([
      '3 POLICY_ALL_UPSTREAMS',
      '3 POLICY_ALL_TOOLS',
      '4 POLICY_UNKNOWN_VALUE',
    ]);
  });

  it('silences a warning in the rule that repeats a condition, and in no other', () => {
    const when = 'when: &c { args.url: { starts_with: "https://a.test" } }';
    const silence = 'silence: { code: POLICY_URL_AS_TEXT, reason: a fixed host }';
    const rule = (id: string, rest: string) => `  - { id: ${id}, on: { tools: [${id}] }, ${rest} }`;
    const open = rule('a', `${when}, then: allow`);
    expect(told(document(open, rule('b', `when: *c, then: allow, ${silence}`)))).toEqual([
      '3 POLICY_URL_AS_TEXT',
    ]);
    const silenced = rule('a', `${when}, then: allow, ${silence}`);
    expect(told(document(silenced, rule('b', 'when: *c, then: allow')))).toEqual([
      '3 POLICY_URL_AS_TEXT',
    ]);
    expect(told(document(silenced, rule('b', `when: *c, then: allow, ${silence}`)))).toEqual([]);
  });

  it('says nothing more of the rules of a file whose YAML has errors', () => {
    const text = document('  - { id: a, then: allow }', '  - { id: b, then: allow, then: block }');
    expect(told(text)).toEqual(['4 DOCUMENT_DUPLICATE_KEY']);
  });
});
