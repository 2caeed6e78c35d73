import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Json, JsonObject } from '../../../src/model/json.ts';
import { formatProblem } from '../../../src/model/position.ts';
import { type Proposal, proposalOf } from '../../../src/policy/approval/proposal.ts';
import { compilePolicies } from '../../../src/policy/compile.ts';
import type { PolicySet } from '../../../src/policy/policy-set.ts';
import type { Subject, Target } from '../../../src/policy/subject.ts';
import { ana, policiesOf, type RuleText, subjectOf } from '../../support/policies.ts';

const execute: Target = { kind: 'tools', name: 'execute' };
const on = { tools: ['execute'] };
const rules: readonly RuleText[] = [
  { id: 'ddl', on, when: { 'args.sql': { matches: '(?i)drop' } }, then: 'approve' },
  { id: 'always', on, then: 'approve', approval: { by: ['group:dba'] } },
  { id: 'any', on, when: { any: [{ 'args.n': { gt: 1 } }, { not: { 'args.n': 'exists' } }, { cel: 'size(args) > 9' }] }, then: 'approve' }, // biome-ignore format: one line says it
  { id: 'other', on: { tools: ['x'] }, then: 'approve' },
];
const callOf = (args: Json, target: Target = execute, more: Partial<Subject> = {}): Subject =>
  subjectOf({ args, target, ...more });

/** What is proposed for a call that the policies ask about. */
function propose(policies: PolicySet, subject: Subject): Proposal | undefined {
  const { effect, approvals = [] } = policies.judge(subject);
  expect(effect).toBe('approve');
  const { identity, request, target, args } = subject;
  const { sub, issuer, groups } = identity;
  return proposalOf({
    call: {
      caller: { sub, issuer, groups },
      upstream: request.upstream,
      method: request.method,
      target: target.name,
    },
    args: args as Json,
    demands: approvals,
    rules: policies.rules,
  });
}

/** The policies with what is proposed taken over, as somebody would who reads the YAML. */
function takenOver(texts: readonly RuleText[], { yaml }: Proposal): PolicySet {
  const exceptions = new Map<string, unknown>();
  for (const part of yaml.split('\n#\n').slice(1)) {
    const [, id = ''] = /^# Rule (\S+) \(/.exec(part) ?? [];
    const condition = part.replaceAll(/^# {3}(?= *[-\w])/gm, '\0').split('\n').flatMap((line) => (line.startsWith('\0') ? [line.slice(1)] : [])); // biome-ignore format: one line says it
    exceptions.set(id, (parse(condition.join('\n')) as { when: unknown }).when);
  }
  const changed = texts.map((rule) => (exceptions.has(rule.id) ? { ...rule, when: exceptions.get(rule.id) } : rule)); // biome-ignore format: one line says it
  const text = JSON.stringify({ apiVersion: 'sallyport/v1', rules: changed });
  const { policies, problems } = compilePolicies([
    { file: 'p.yaml', text },
    { file: 'proposal.yaml', text: yaml },
  ]);
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (!policies) throw new Error(errors.map(formatProblem).join('\n'));
  return policies;
}

describe('a proposal', () => {
  const args = { sql: 'DROP TABLE "x"', n: 2, o: { list: ['a', null], none: {} } };

  it('lets the call go on, and no other', () => {
    const found = propose(policiesOf(rules), callOf(args));
    const policies = takenOver(rules, found as Proposal);
    expect(policies.judge(callOf(args))).toMatchObject({
      effect: 'allow',
      rule: 'approved-execute-ana',
    });
    const others: readonly Subject[] = [
      callOf({ ...args, n: 3 }),
      callOf({ ...args, n: '2' }),
      callOf({ ...args, force: true }),
      callOf({ ...args, o: { list: ['a', null], none: {}, more: 1 } }),
      callOf({ ...args, o: { list: ['a', null, 'b'], none: {} } }),
      callOf({ ...args, o: { list: ['a', null], none: { x: 1 } } }),
      callOf({ sql: args.sql, n: 2 }),
      callOf(args, execute, { identity: { ...ana, sub: 'eve' } }),
      callOf(args, execute, { identity: { ...ana, issuer: 'https://other.test' } }),
      callOf(args, execute, { request: { ...subjectOf().request, upstream: 'db2' } }),
    ];
    for (const other of others) expect(policies.judge(other).effect).toBe('approve');
    expect(policies.judge(callOf({}, { kind: 'tools', name: 'x' })).effect).toBe('approve');
  });

  it('is read as it is meant', () => {
    const few = rules.slice(0, 2);
    expect(propose(policiesOf(few), callOf({ sql: 'drop' }))?.yaml).toBe(`\
# A rule for calls like this one, as narrow as can be. It changes nothing until it is in a policy file.
# The caller is in these groups: analysts.
apiVersion: sallyport/v1
upstreams: [db]
rules:
  - id: approved-execute-ana
    on: { tools: [execute] }
    when:
      identity.issuer: { eq: "https://issuer.test" }
      identity.sub: { eq: ana }
      args: { length: 1 }
      args.sql: { eq: drop }
    then: allow
#
# Rule ddl (p0.yaml:1) asks for approval, which comes before any rule that allows.
# Its condition with an exception for these calls:
#   when:
#     all:
#       - args.sql: { matches: "(?i)drop" }
#       - not:
#           request.upstream: { eq: db }
#           request.method: { eq: tools/call }
#           target.name: { eq: execute }
#           identity.issuer: { eq: "https://issuer.test" }
#           identity.sub: { eq: ana }
#           args: { length: 1 }
#           args.sql: { eq: drop }
#
# Rule always (p0.yaml:1) asks for approval, which comes before any rule that allows.
# Its condition with an exception for these calls:
#   when:
#     not:
#       request.upstream: { eq: db }
#       request.method: { eq: tools/call }
#       target.name: { eq: execute }
#       identity.issuer: { eq: "https://issuer.test" }
#       identity.sub: { eq: ana }
#       args: { length: 1 }
#       args.sql: { eq: drop }
`);
  });

  it.each<[string, Subject]>([
    ['a tool with a star in its name', callOf({}, { kind: 'tools', name: 'a*' })],
    ['a resource', callOf({ uri: 'db://x/?y' }, { kind: 'resources', name: 'db://x/?y' }, { request: { ...subjectOf().request, method: 'resources/read' } })], // biome-ignore format: one line says it
    ['a prompt', callOf({}, { kind: 'prompts', name: 'p' }, { request: { ...subjectOf().request, method: 'prompts/get' } })], // biome-ignore format: one line says it
    ['a method', callOf({ a: 1 }, { kind: 'methods', name: 'x/y' }, { request: { ...subjectOf().request, method: 'x/y' } })], // biome-ignore format: one line says it
  ])('of %s', (_name, subject) => {
    const all: readonly RuleText[] = [{ id: 'all', then: 'approve' }];
    const policies = takenOver(all, propose(policiesOf(all), subject) as Proposal);
    expect(policies.judge(subject).effect).toBe('allow');
    const { target } = subject;
    const other = { ...subject, target: { ...target, name: target.name.replace('*', 'b').replace('?', 'z').concat(target.kind === 'methods' ? 'z' : '') } }; // biome-ignore format: one line says it
    if (target.name !== other.target.name && target.kind !== 'methods') expect(policies.judge(other).effect).toBe('approve'); // biome-ignore format: one line says it
  });

  it('takes an id that no rule has', () => {
    const taken = { id: 'approved-execute-ana', on: { tools: ['y'] }, then: 'allow' };
    const found = propose(policiesOf([...rules, taken]), callOf({}));
    expect(found?.document.rules).toMatchObject([{ id: 'approved-execute-ana-2' }]);
  });

  it('says where masks, reveals and limits end with it, and that masked values do not match', () => {
    const masking: RuleText = { id: 'm', on, then: 'approve', mask: { find: 'email', in: 'args' } };
    const found = propose(policiesOf([masking]), callOf({ to: '[redacted:email]' }));
    expect(found?.exceptions).toMatchObject([{ rule: 'm', doesMore: true }]);
    expect(found?.yaml).toMatch(/Where a mask has changed one/);
    expect(found?.yaml).toMatch(/Its masks, reveals and limits end/);
    const plain = propose(policiesOf(rules), callOf({}));
    expect(plain?.exceptions.some(({ doesMore }) => doesMore)).toBe(false);
    expect(plain?.yaml).not.toMatch(/mask/);
  });

  it('is none where no condition can say what the arguments are', () => {
    expect(propose(policiesOf(rules), callOf({ sql: 'x'.repeat(20_000) }))).toBeUndefined();
  });

  it('adds to a condition of which it can not be said how it is written', () => {
    const when = { 'args.n': { not_in: [1] }, 'args.m': { lt: 12345678901234567891n } };
    const text = JSON.stringify(when, (_, value) => (typeof value === 'bigint' ? `#${value}` : value)).replace(/"#(\d+)"/, '$1'); // biome-ignore format: one line says it
    const source = `{"apiVersion":"sallyport/v1","rules":[{"id":"r","on":{"tools":["execute"]},"then":"approve","when":${text}}]}`; // biome-ignore format: one line says it
    const { policies } = compilePolicies([{ file: 'p.yaml', text: source }]);
    const found = propose(policies as PolicySet, callOf({ n: 2, m: 3 }));
    expect(found?.exceptions).toMatchObject([{ rule: 'r', when: undefined }]);
    expect(found?.yaml).toMatch(/Add to all that its condition asks:\n# {3}- not:/);
  });

  const odd = fc.oneof(fc.string({ unit: 'binary', maxLength: 12 }), fc.constantFrom('a: b', '# x', '\n# Rule x (', 'yes', 'null', '~', '-', '*', '&a', "'", '"', '\u2028', '\u202e', '%', '@', '1', 'on')); // biome-ignore format: one line says it
  it('is for the call, whatever the caller and the arguments are called, and shows nothing hidden', () => {
    fc.assert(
      fc.property(odd, odd, fc.dictionary(odd, odd, { maxKeys: 3 }), (sub, group, made) => {
        const args = JSON.parse(JSON.stringify(made)) as JsonObject;
        const identity = { ...ana, sub, groups: [group] };
        const few = rules.slice(1, 2);
        const subject = callOf(args, execute, { identity });
        const found = propose(policiesOf(few), subject) as Proposal;
        expect(takenOver(few, found).judge(subject).effect).toBe('allow');
        expect(found.yaml).not.toMatch(/[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}]/u);
      }),
    );
  });
});
