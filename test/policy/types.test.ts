import { describe, expect, it } from 'vitest';
import { formatProblem } from '../../src/model/position.ts';
import { compilePolicies } from '../../src/policy/compile.ts';

const problemsOf = (when: object) => {
  const rules = [{ id: 'a', on: { tools: ['t'] }, when, then: 'block' }];
  const text = JSON.stringify({ apiVersion: 'sallyport/v1', rules });
  return compilePolicies([{ file: 'p.yaml', text }]).problems.map(formatProblem);
};

describe('an operator that can never judge what a root holds', () => {
  it.each([
    [{ 'identity.groups': { eq: 'dba' } }, 'a list of texts', 'use "contains"'],
    [{ 'identity.groups': { ne: 'dba' } }, 'a list of texts', 'use "not" and "contains"'],
    [{ 'identity.groups': { in: ['dba'] } }, 'a list of texts', '{ some: { in: […] } }'],
    [{ 'identity.scopes': { not_in: ['x'] } }, 'a list of texts', '{ none: { in: […] } }'],
    [{ 'tool.flags': { matches: 'x' } }, 'a list of texts', '{ some: { matches: … } }'],
    [{ 'identity.groups': { gt: 5 } }, 'a list of texts', '{ some: { gt: … } }'],
    [{ 'identity.groups': { contains: 5 } }, 'an element of identity.groups is text', 'in quotes'],
    [{ 'identity.groups': { every: { gt: 5 } } }, 'an element of identity.groups is text', ''],
    [{ 'identity.groups[*]': { eq: 5 } }, 'identity.groups[*] is text and never a number', ''],
    [{ 'identity.sub': { eq: 5 } }, 'identity.sub is text and never a number', 'in quotes'],
    [{ 'identity.sub': { in: ['a', true] } }, 'never true or false', ''],
    [{ 'identity.email': { eq: null } }, 'never null', ''],
    [{ 'identity.sub': { every: { eq: 'a' } } }, 'which is text', 'it is about lists'],
    [{ 'identity.sub': { length: { starts_with: 'a' } } }, 'the length of identity.sub', 'number'],
    [
      { 'identity.issuer': { url_host: { gt: 5 } } },
      'the host of identity.issuer',
      'never a number',
    ],
    [{ 'request.time': { gt: 5 } }, 'request.time is text', ''],
    [{ 'tool.annotations.readOnlyHint': { eq: 'true' } }, 'true or false and never text', ''],
    [{ 'tool.annotations.readOnlyHint': { matches: 'x' } }, "can't judge", 'use { eq: true }'],
    [{ 'tool.description': { gt: 5 } }, 'tool.description is text', ''],
    [{ 'result.isError': { eq: 'yes' } }, 'true or false and never text', ''],
    [{ 'error.code': { matches: '5' } }, 'error.code, which is a number', ''],
    [{ 'error.code': { eq: '-32602' } }, 'a number and never text', ''],
    [{ 'error.message': { gt: 5 } }, 'error.message is text', ''],
    [{ 'args.x': { length: { starts_with: 'a' } } }, 'the length of args.x, which is a number', ''],
    [{ 'args.x': { every: { url_host: { gt: 5 } } } }, 'the host of an element of args.x', 'text'],
    [
      { 'args.x': { url: { port: { matches: '^4' } } } },
      'the port of args.x, which is a number',
      '',
    ],
    [{ 'args.x': { url: { path: { in: [5] } } } }, 'the path of args.x is text', 'never a number'],
    [{ 'target.name': { path_within: '/x', some: { eq: 'a' } } }, 'target.name, which is text', ''],
  ])('%j', (when, ...words) => {
    const problems = problemsOf(when).filter((problem) => problem.includes('POLICY_TYPE'));
    expect(problems).toHaveLength(1);
    for (const part of words) expect(problems[0]).toContain(part);
  });

  it('is told where it stands', () => {
    const text = [
      ...['apiVersion: sallyport/v1', 'rules:', '  - id: a', '    on: { tools: [t] }', '    when:'],
      ...[
        '      identity.groups: { eq: dba }',
        '      identity.sub: { in: [a, 5] }',
        '    then: block',
      ],
    ].join('\n');
    const found = compilePolicies([{ file: 'p.yaml', text }]).problems.map(formatProblem);
    expect(found.filter((problem) => problem.includes('POLICY_TYPE'))).toEqual([
      'p.yaml:6:26 error POLICY_TYPE "eq" can\'t judge identity.groups, which is a list of texts; use "contains"',
      'p.yaml:7:31 error POLICY_TYPE identity.sub is text and never a number; put it in quotes',
    ]);
  });
});

describe('what is well typed', () => {
  it.each([
    { 'identity.groups': { contains: 'dba', length: { lte: 50 } } },
    { 'identity.groups': { some: { starts_with: 'team-', matches: 'x' }, none: { eq: 'guests' } } },
    { 'identity.groups[*]': { ends_with: '-admins' } },
    { 'identity.groups[0]': { eq: 'a' } },
    { 'identity.groups': 'exists' },
    { 'identity.claims.level': { gt: 5 } },
    { 'identity.sub': { in: ['a', 'b'], ne: 'c', type: 'string' } },
    { 'request.time': { gte: '2026-01-01T00:00:00Z', time: { days: 'mon' } } },
    { 'request.ip': { cidr: '10.0.0.0/8' } },
    { 'tool.annotations.readOnlyHint': { eq: true } },
    { 'tool.annotations.title': { matches: 'x' } },
    { 'tool.flags': { contains: 'hidden-characters' } },
    { 'error.code': { in: [-32602, -32601] } },
    { 'result.isError': { ne: true } },
    { 'args.anything': { eq: 5 } },
    { 'args.anything': { every: { every: { length: { gt: 4 } } } } },
    { 'args.anything': { url: { port: { gte: 1 }, host: { ends_with: '.test' } } } },
    { 'request.meta.anything': { every: { eq: null } } },
  ])('is left alone: %j', (when) => {
    expect(problemsOf(when).filter((problem) => / error /.test(problem))).toEqual([]);
  });
});

describe('a name that no root has', () => {
  it.each([
    ['tool.descripton', 'did you mean "tool.description"?'],
    ['tool.schema', 'known: tool.title, tool.description, tool.annotations.*, tool.flags'],
    ['identity.mail', 'did you mean "identity.email"?'],
    ['identity.sub.x', 'did you mean "identity.sub"?'],
    ['error.mesage', 'did you mean "message"?'],
    ['tool.annotations.readonly', 'known: title, readOnlyHint'],
    ['tools.title', 'did you mean "tool.title"?'],
    ['request.tiem', 'did you mean "request.time"?'],
  ])('%s', (path, words) => {
    const [problem] = problemsOf({ [path]: 'exists' });
    expect(problem).toContain('POLICY_UNKNOWN_ROOT');
    expect(problem).toContain(words);
  });
});
