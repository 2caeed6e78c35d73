import type { Identity } from '../../src/model/identity.ts';
import { formatProblem } from '../../src/model/position.ts';
import { compilePolicies } from '../../src/policy/compile.ts';
import { type Subject, UNAVAILABLE, UNKNOWN } from '../../src/policy/subject.ts';
import type { Engine } from './engine.ts';
import type { PlainCall, PlainRule } from './rules.ts';

/** The gate's own engine. A caller is an object that lives as long as a session, as in the gate. */
export const sallyport: Engine = {
  name: 'sallyport',
  most: 10_000,
  load(rules) {
    const { policies, problems } = compilePolicies(filesOf(rules));
    if (!policies) throw new Error(problems.map(formatProblem).join('\n'));
    const identities = new Map<string, Identity>();
    return (call) => {
      const subject = subjectOf(call, identities);
      return () => (policies.judge(subject).effect === 'allow' ? 'allow' : 'block');
    };
  },
};

/** Rules as policy files of a hundred each. */
export function filesOf(rules: readonly PlainRule[]): { file: string; text: string }[] {
  return Array.from({ length: Math.ceil(rules.length / 100) }, (_, index) => ({
    file: `p${index}.yaml`,
    text: `apiVersion: sallyport/v1\nrules:\n${rules
      .slice(index * 100, index * 100 + 100)
      .map(textOf)
      .join('')}`,
  }));
}

function textOf({ id, tool, group, tenant, limit, effect }: PlainRule): string {
  return [
    `  - id: ${id}`,
    `    on: { tools: [${tool}] }`,
    '    when:',
    ...(group === undefined ? [] : [`      identity.groups: { contains: ${group} }`]),
    ...(tenant === undefined ? [] : [`      args.tenant: { eq: ${tenant} }`]),
    `      args.limit: { lte: ${limit} }`,
    '      args.sql: { starts_with: select }',
    `    then: ${effect}`,
    '',
  ].join('\n');
}

/** What the gate asks policy about a call; callers of the same groups are one. */
export function subjectOf(
  { tool, groups, args }: PlainCall,
  identities: Map<string, Identity>,
): Subject {
  const key = groups.join();
  const identity = identities.get(key) ?? identityOf(groups);
  identities.set(key, identity);
  return {
    identity,
    request: { upstream: 'db', method: 'tools/call', now: 0 },
    target: { kind: 'tools', name: tool },
    client: {},
    args,
    result: UNKNOWN,
    tool: UNAVAILABLE,
  };
}

function identityOf(groups: readonly string[]): Identity {
  return { sub: 'ana', issuer: 'https://issuer.test', groups, scopes: [], claims: {} };
}
