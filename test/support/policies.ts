import fc from 'fast-check';
import type { Identity } from '../../src/model/identity.ts';
import type { Json } from '../../src/model/json.ts';
import { formatProblem } from '../../src/model/position.ts';
import { compilePolicies } from '../../src/policy/compile.ts';
import type { PolicySet } from '../../src/policy/policy-set.ts';
import {
  type RequestFacts,
  type Subject,
  type Target,
  UNAVAILABLE,
  UNKNOWN,
} from '../../src/policy/subject.ts';

/** A rule as it stands in YAML; JSON is a part of YAML. */
export type RuleText = Readonly<Record<string, unknown>> & { readonly id: string };

export const ana: Identity = {
  sub: 'ana',
  issuer: 'https://issuer.test',
  email: 'ana@example.com',
  groups: ['analysts'],
  scopes: ['mcp'],
  client: 'agent-7',
  claims: { tier: 2, org: { unit: 'orders' } },
};

/** One policy document per group of rules; throws what the compiler objects to. */
export function policiesOf(...groups: readonly (readonly RuleText[])[]): PolicySet {
  const sources = groups.map((rules, index) => ({
    file: `p${index}.yaml`,
    text: JSON.stringify({ apiVersion: 'sallyport/v1', rules }),
  }));
  const { policies, problems } = compilePolicies(sources);
  if (policies) return policies;
  // Random rules contradict themselves now and then, which is an error: a property test goes on with others.
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (errors.every(({ code }) => code === 'POLICY_NEVER_MATCHES')) fc.pre(false);
  throw new Error(errors.map(formatProblem).join('\n'));
}

interface Facts extends Partial<Omit<Subject, 'request'>> {
  readonly request?: Partial<RequestFacts>;
}

/** A call of the tool `query` on the upstream `db`, unless told otherwise. */
export function subjectOf({ request, ...facts }: Facts = {}): Subject {
  return {
    identity: ana,
    request: { upstream: 'db', method: 'tools/call', now: Date.UTC(2026, 0, 1, 12), ...request },
    target: { kind: 'tools', name: 'query' },
    client: {},
    args: {},
    result: UNKNOWN,
    tool: UNAVAILABLE,
    ...facts,
  };
}

export function tool(name: string): { readonly target: Target } {
  return { target: { kind: 'tools', name } };
}

export type Judged = 'holds' | 'fails' | 'unjudged';

/** How one condition comes out: an allow and a block rule on it tell the three outcomes apart. */
export function judgeCondition(condition: object, facts: Facts): Judged {
  // The second branch is false, and keeps a contradiction that is tested on purpose from being an error.
  const when = { any: [condition, { 'client.version': { eq: 'none' } }] };
  const allow = policiesOf([{ id: 'a', when, then: 'allow' }]).judge(subjectOf(facts));
  const block = policiesOf([{ id: 'b', when, then: 'block' }]).judge(subjectOf(facts));
  if (allow.effect === 'allow') return block.rule === 'b' ? 'holds' : 'fails';
  return block.rule === 'b' && block.unjudged.includes('b') ? 'unjudged' : 'fails';
}

/** The same for operators on the argument `x`; an absent one where `value` is undefined. */
export function judgeValue(uses: object | string, value: Json | undefined): Judged {
  return judgeCondition({ 'args.x': uses }, { args: value === undefined ? {} : { x: value } });
}

/** One rule that allows all tools, in a document for these upstreams. */
export function compileFor(upstreams: readonly string[]) {
  const rule = { id: 'a', then: 'allow', on: { tools: ['*'] } };
  const { policies } = compilePolicies([
    {
      file: 'p.yaml',
      text: JSON.stringify({ apiVersion: 'sallyport/v1', upstreams, rules: [rule] }),
    },
  ]);
  if (!policies) throw new Error('the policy does not compile');
  return policies;
}
