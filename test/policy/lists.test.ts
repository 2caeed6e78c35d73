import { describe, expect, it } from 'vitest';
import { UNKNOWN } from '../../src/policy/subject.ts';
import { ana, compileFor, policiesOf, subjectOf } from '../support/policies.ts';

const allow = { id: 'allow', on: { tools: ['query'] }, then: 'allow' };
const approve = { id: 'approve', on: { tools: ['query'] }, then: 'approve' };
const block = { id: 'block', on: { tools: ['query'] }, then: 'block' };

describe('lists', () => {
  const listed = (...rules: { id: string }[]) =>
    policiesOf(rules).couldAllow(
      subjectOf({ args: UNKNOWN, tool: { annotations: { readOnlyHint: true } } }),
    );

  it('show what some arguments would allow', () => {
    expect(listed({ ...allow, when: { 'args.x': { eq: 1 } } } as never)).toBe(true);
    expect(listed({ ...allow, when: { not: { 'args.x': { eq: 1 } } } } as never)).toBe(true);
    expect(listed(allow, { ...block, when: { 'args.x': { eq: 1 } } } as never)).toBe(true);
    expect(listed(approve)).toBe(true);
  });

  it('show what some _meta would allow', () => {
    const when = { 'request.meta.x': { eq: 1 } };
    const subject = subjectOf({ args: UNKNOWN, meta: UNKNOWN });
    expect(policiesOf([{ ...allow, when }]).couldAllow(subject)).toBe(true);
    expect(policiesOf([{ ...allow, when }]).judge(subjectOf()).effect).toBe('block');
  });

  it('hide what no arguments would', () => {
    expect(listed()).toBe(false);
    expect(listed(allow, block)).toBe(false);
    expect(listed({ ...allow, when: { 'identity.groups': { contains: 'dba' } } } as never)).toBe(
      false,
    );
    expect(
      listed({ ...allow, when: { 'tool.annotations.readOnlyHint': { eq: false } } } as never),
    ).toBe(false);
    expect(
      listed(allow, { ...block, when: { 'identity.claims.tier': { gt: 'x' } } } as never),
    ).toBe(false);
  });

  it('show what asks for approval because it cannot be judged', () => {
    const when = { 'identity.claims.tier': { gt: 'x' } };
    expect(policiesOf([{ ...approve, when }]).judge(subjectOf()).effect).toBe('approve');
    expect(listed({ ...approve, when } as never)).toBe(true);
  });

  it.each([
    { glob: '*', template: 'file:///{path}', shown: true },
    { glob: 'file:///a/*', template: 'file:///{path}', shown: true },
    { glob: 'file:///a/**', template: 'file:///a/b/{path}', shown: true },
    { glob: 'file:///a/*', template: 'file:///b/{path}', shown: false },
    { glob: 'db://*', template: 'file:///{path}', shown: false },
  ])('show the template $template to $glob: $shown', ({ glob, template, shown }) => {
    const read = { target: { kind: 'resources', name: template } } as const;
    const could = (then: string, more: { id: string }[] = []) =>
      policiesOf([{ id: 'r', on: { resources: [glob] }, then }, ...more]).couldAllowTemplate(
        subjectOf({ ...read, args: UNKNOWN, request: { method: 'resources/read' } }),
      );
    expect(could('allow')).toBe(shown);
    // A block hides a template only where it covers all of it.
    const covers = glob === '*' || glob.endsWith('**');
    expect(could('block', [{ id: 'all', then: 'allow' } as never])).toBe(!covers);
  });
});

describe('messages of the session', () => {
  const ping = (facts = {}) =>
    subjectOf({ target: { kind: 'methods', name: 'ping' }, request: { method: 'ping' }, ...facts });

  it('pass for whoever may do anything at all', () => {
    expect(policiesOf([allow]).judgeSession(ping())).toMatchObject({ effect: 'allow' });
    expect(policiesOf([approve]).judgeSession(ping())).toMatchObject({ effect: 'allow' });
    const dba = { ...allow, when: { 'identity.groups': { contains: 'dba' } } };
    expect(policiesOf([dba]).judgeSession(ping())).toMatchObject({ effect: 'block' });
    expect(policiesOf([{ ...allow, mode: 'shadow' }]).judgeSession(ping()).effect).toBe('block');
    expect(policiesOf([]).judgeSession(ping()).reason).toBe('no rule lets ana do anything on db');
  });

  it('are blocked by a rule that says so', () => {
    const policies = policiesOf([allow, { id: 'b', on: { methods: ['ping'] }, then: 'block' }]);
    expect(policies.judgeSession(ping())).toMatchObject({ effect: 'block', rule: 'b' });
  });

  it('begin before the client has said what it is, and whatever it said in another session', () => {
    const policies = policiesOf([{ ...allow, when: { 'client.name': { eq: 'inspector' } } }]);
    expect(policies.judgeSession(ping({ client: { name: 'other' } })).effect).toBe('allow');
    expect(policies.judgeSession(ping({ client: {} })).effect).toBe('allow');
    expect(policies.judge(subjectOf({ client: { name: 'other' } })).effect).toBe('block');
    expect(policies.judge(subjectOf({ client: { name: 'inspector' } })).effect).toBe('allow');
  });

  it('are judged for each upstream and caller', () => {
    const policies = compileFor(['orders-*']);
    const on = (upstream: string) => ping({ request: { method: 'ping', upstream } });
    expect(policies.judgeSession(on('orders-db')).effect).toBe('allow');
    expect(policies.judgeSession(on('stock')).effect).toBe('block');
    const dba = policiesOf([{ ...allow, when: { 'identity.groups': { contains: 'dba' } } }]);
    expect(dba.judgeSession(ping()).effect).toBe('block');
    expect(dba.judgeSession(ping({ identity: { ...ana, groups: ['dba'] } })).effect).toBe('allow');
  });
});
