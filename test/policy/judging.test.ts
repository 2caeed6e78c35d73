import { describe, expect, it } from 'vitest';
import { parseJson } from '../../src/model/json.ts';
import { ABSENT, UNAVAILABLE, UNKNOWN } from '../../src/policy/subject.ts';
import { compileFor, judgeCondition, policiesOf, subjectOf, tool } from '../support/policies.ts';

const allow = { id: 'allow', on: { tools: ['query'] }, then: 'allow' };
const approve = { id: 'approve', on: { tools: ['query'] }, then: 'approve' };
const block = { id: 'block', on: { tools: ['query'] }, then: 'block' };
const unjudgeable = { 'args.x': { gt: 1 } };
const withText = { args: { x: '5' } };

describe('precedence', () => {
  it.each([
    { rules: [], effect: 'block', rule: undefined },
    { rules: [allow], effect: 'allow', rule: 'allow' },
    { rules: [allow, approve], effect: 'approve', rule: 'approve' },
    { rules: [allow, approve, block], effect: 'block', rule: 'block' },
    { rules: [block, allow], effect: 'block', rule: 'block' },
  ])('is block, approve, allow, and nothing is a block: $effect by $rule', (row) => {
    const { effect, rule } = policiesOf(row.rules).judge(subjectOf());
    expect({ effect, rule }).toEqual({ effect: row.effect, rule: row.rule });
  });

  it('gives the reason that the rule gives, or one that names the rule', () => {
    const reason = 'Analysts read, they never write.';
    expect(policiesOf([{ ...block, reason }]).judge(subjectOf()).reason).toBe(reason);
    expect(policiesOf([block]).judge(subjectOf()).reason).toBe('blocked by rule block');
    expect(policiesOf([]).judge(subjectOf()).reason).toBe('no rule allows it');
  });

  it('names all enforced rules that matched', () => {
    const { matched } = policiesOf([allow, block]).judge(subjectOf());
    expect(matched).toEqual(['allow', 'block']);
  });
});

describe('a condition that cannot be judged', () => {
  it('never grants, and stops in a block or approve rule', () => {
    const judge = (rule: object) =>
      policiesOf([allow, { ...allow, ...rule, id: 'r', when: unjudgeable }]).judge(
        subjectOf(withText),
      );
    expect(policiesOf([{ ...allow, when: unjudgeable }]).judge(subjectOf(withText)).effect).toBe(
      'block',
    );
    expect(judge({ then: 'block' })).toMatchObject({ effect: 'block', rule: 'r', unjudged: ['r'] });
    expect(judge({ then: 'approve' })).toMatchObject({ effect: 'approve', rule: 'r' });
    expect(judge({ then: 'block' }).reason).toMatch(/could not be evaluated/);
  });

  it('is not turned into a grant by "not"', () => {
    expect(judgeCondition({ not: unjudgeable }, withText)).toBe('unjudged');
  });

  it('gives way to what is certain', () => {
    const yes = { 'args.y': { eq: 1 } };
    const facts = { args: { x: '5', y: 1 } };
    expect(judgeCondition({ any: [unjudgeable, yes] }, facts)).toBe('holds');
    expect(judgeCondition({ all: [unjudgeable, { not: yes }] }, facts)).toBe('fails');
    expect(judgeCondition({ all: [unjudgeable, yes] }, facts)).toBe('unjudged');
    expect(judgeCondition({ any: [unjudgeable, { not: yes }] }, facts)).toBe('unjudged');
  });

  it.each([
    ['a member of a text', { 'args.x.y': { eq: 1 } }, { args: { x: 'text' } }],
    ['a member of a list', { 'args.x.y': { eq: 1 } }, { args: { x: [1] } }],
    ['an index of an object', { 'args.x[0]': { eq: 1 } }, { args: { x: {} } }],
    ['annotations nobody has listed', { 'tool.annotations.readOnlyHint': { eq: true } }, {}],
  ])('is one that looks for %s', (_, when, facts) => {
    expect(judgeCondition(when, { tool: UNAVAILABLE, ...facts })).toBe('unjudged');
  });
});

describe('roots', () => {
  it.each([
    { 'identity.sub': { eq: 'ana' } },
    { 'identity.email': { ends_with: '@example.com' } },
    { 'identity.groups': { contains: 'analysts' } },
    { 'identity.scopes': { contains: 'mcp' } },
    { 'identity.client': { eq: 'agent-7' } },
    { 'identity.actor': 'absent' },
    { 'identity.issuer': { url_host: 'issuer.test' } },
    { 'identity.claims.tier': { gte: 2 } },
    { 'identity.claims.org.unit': { eq: 'orders' } },
    { 'args.list[1]': { eq: 'b' } },
    { 'args["dotted.name"]': { eq: 1 } },
    { 'args.nothing': 'exists' },
    { 'args.nothing.deeper': 'absent' },
    { 'target.name': { eq: 'query' } },
    { 'target.uri': 'absent' },
    { 'tool.annotations.readOnlyHint': { eq: true } },
    { 'request.upstream': { eq: 'db' } },
    { 'request.method': { eq: 'tools/call' } },
    { 'request.time': { gte: '2026-01-01T12:00:00Z', lt: '2026-01-01T12:00:01Z' } },
    { 'request.protocol': { eq: '2025-11-25' } },
    { 'request.ip': { cidr: '10.0.0.0/8' } },
    { 'request.meta.note': { eq: 'n' } },
    { 'request.meta.**': { matches: '^progressToken$' } },
    { 'client.name': { eq: 'inspector' } },
    { 'client.version': 'absent' },
  ])('%j holds', (when) => {
    const facts = {
      args: { list: ['a', 'b'], 'dotted.name': 1, nothing: null },
      tool: { annotations: { readOnlyHint: true } },
      meta: { note: 'n', progressToken: 1 },
      request: { protocol: '2025-11-25', ip: '10.0.0.1' },
      client: { name: 'inspector' },
    };
    expect(judgeCondition(when, facts)).toBe('holds');
    expect(judgeCondition({ not: when }, facts)).toBe('fails');
  });

  it('never reads what an object inherits', () => {
    for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) {
      expect(judgeCondition({ [`args.${name}`]: 'exists' }, { args: {} })).toBe('fails');
    }
    const args = parseJson('{"__proto__": {"x": 1}}');
    expect(judgeCondition({ 'args.__proto__.x': { eq: 1 } }, { args })).toBe('holds');
    expect(judgeCondition({ 'args.x': 'exists' }, { args })).toBe('fails');
  });

  it('reads a resource by its URI', () => {
    const facts = { target: { kind: 'resources', name: 'file:///a' } } as const;
    expect(judgeCondition({ 'target.uri': { eq: 'file:///a' } }, facts)).toBe('holds');
  });
});

describe('a search at any depth', () => {
  const email = 'ana@example.com';
  it.each([{ detects: 'email' }, { matches: 'ana@' }])('%j finds names of members', (uses) => {
    const deep = { 'args.**': uses };
    for (const args of [{ [email]: 1 }, { a: [{ b: { [email]: {} } }] }, { a: email }]) {
      expect(judgeCondition(deep, { args })).toBe('holds');
    }
    expect(judgeCondition({ 'args.a.**': uses }, { args: { [email]: {}, a: {} } })).toBe('fails');
  });

  it('looks at values alone where no operator searches', () => {
    const args = { [email]: 1 };
    expect(judgeCondition({ 'args.**': { eq: email } }, { args })).toBe('fails');
    const both = { matches: 'ana@', ends_with: '.com' };
    expect(judgeCondition({ 'args.**': both }, { args })).toBe('holds');
    expect(judgeCondition({ 'args.**': { ...both, ends_with: '.org' } }, { args })).toBe('fails');
  });
});

describe('paths of many values', () => {
  const drop = { matches: '(?i)drop' };
  it('hold where any value holds', () => {
    const args = { rows: [{ sql: 'select' }, { sql: 'DROP' }, { other: 1 }] };
    expect(judgeCondition({ 'args.rows[*].sql': drop }, { args })).toBe('holds');
    expect(judgeCondition({ 'args.**': drop }, { args })).toBe('holds');
    expect(judgeCondition({ 'args.**.sql': drop }, { args })).toBe('holds');
    expect(judgeCondition({ 'args.*[1].sql': drop }, { args })).toBe('holds');
    expect(judgeCondition({ 'args.rows[*].other': { gt: 0 } }, { args })).toBe('holds');
  });

  it('fail where there is none', () => {
    expect(judgeCondition({ 'args.**': drop }, { args: {} })).toBe('fails');
    expect(judgeCondition({ 'args.**': drop }, { args: { a: ['x', 1, null, true] } })).toBe(
      'fails',
    );
    expect(judgeCondition({ 'args.rows[*].sql': drop }, { args: { rows: null } })).toBe('fails');
  });

  it('pass over leaves of another type with **, and cannot judge them with *', () => {
    const args = { rows: [{ price: '1000' }, { price: 5 }] };
    expect(judgeCondition({ 'args.**': { gt: 100 } }, { args })).toBe('fails');
    expect(judgeCondition({ 'args.rows[*].price': { gt: 100 } }, { args })).toBe('unjudged');
    expect(judgeCondition({ not: { 'args.rows[*].price': { gt: 100 } } }, { args })).toBe(
      'unjudged',
    );
    const flat = { args: { rows: ['1000'] } };
    expect(judgeCondition({ 'args.rows[*].price': { gt: 100 } }, flat)).toBe('unjudged');
    const shapeless = { args: { rows: '[{"price":1000}]' } };
    expect(judgeCondition({ 'args.rows[*].price': { gt: 100 } }, shapeless)).toBe('unjudged');
  });

  it('see numbers that a double cannot hold', () => {
    const args = parseJson('{"deep":[{"amount":123456789012345678901}]}');
    expect(judgeCondition({ 'args.**': { gt: 1000 } }, { args })).toBe('holds');
  });
});

describe('targets', () => {
  const judge = (on: object, target: string, method = 'tools/call', kind = 'tools') =>
    policiesOf([{ id: 'a', on, then: 'allow' }]).judge(
      subjectOf({ target: { kind: kind as 'tools', name: target }, request: { method } }),
    ).effect;

  it('are matched by kind and glob, byte for byte', () => {
    expect(judge({ tools: ['db_*'] }, 'db_read')).toBe('allow');
    expect(judge({ tools: ['db_*'] }, 'DB_read')).toBe('block');
    expect(judge({ tools: 'query' }, 'query ')).toBe('block');
    expect(judge({ prompts: ['query'] }, 'query')).toBe('block');
    expect(judge({ prompts: ['x'], tools: ['query'] }, 'query')).toBe('allow');
  });

  it('keep the stars of URIs within a segment', () => {
    const read = (glob: string, uri: string) =>
      judge({ resources: [glob] }, uri, 'resources/read', 'resources');
    expect(read('file:///a/*', 'file:///a/b')).toBe('allow');
    expect(read('file:///a/*', 'file:///a/b/c')).toBe('block');
    expect(read('file:///a/**', 'file:///a/b/c')).toBe('allow');
    expect(read('file:///a/?', 'file:///a//')).toBe('block');
    expect(read('*', 'file:///a/b/c')).toBe('allow');
    expect(read('file:///**/c', 'file:///a/b/c')).toBe('allow');
    expect(read('file:///**/c', 'file:///a/b/cc')).toBe('block');
  });

  it('are matched by method too', () => {
    expect(judge({ methods: ['tools/call'] }, 'anything')).toBe('allow');
    expect(judge({ methods: ['tools/*'] }, 'anything')).toBe('allow');
    expect(judge({ methods: ['prompts/*'] }, 'anything')).toBe('block');
  });

  it('belong to the upstreams of their document', () => {
    const policies = policiesOf([{ id: 'a', then: 'allow', on: { tools: ['*'] } }]);
    const only = compileFor(['orders-*']);
    const on = (upstream: string) => subjectOf({ request: { upstream } });
    expect(policies.judge(on('anything')).effect).toBe('allow');
    expect(only.judge(on('orders-db')).effect).toBe('allow');
    expect(only.judge(on('stock')).effect).toBe('block');
  });
});

describe('shadow rules', () => {
  const shadow = { ...block, id: 'shadow', mode: 'shadow' };
  it('change nothing and say what they would', () => {
    const mask = { find: ['email'] };
    const judged = policiesOf([allow, shadow, { id: 'm', mask, mode: 'shadow' }]).judge(
      subjectOf(),
    );
    expect(judged).toMatchObject({ effect: 'allow', matched: ['allow'], masks: [] });
    expect(judged.would).toEqual([
      { rule: 'shadow', effect: 'block' },
      { rule: 'm', effect: 'mask' },
    ]);
  });

  it('grant nothing and hide nothing', () => {
    const policies = policiesOf([{ ...allow, mode: 'shadow' }]);
    expect(policies.judge(subjectOf()).effect).toBe('block');
    expect(policies.couldAllow(subjectOf({ args: UNKNOWN }))).toBe(false);
    expect(policiesOf([allow, shadow]).couldAllow(subjectOf({ args: UNKNOWN }))).toBe(true);
  });
});

describe('masks', () => {
  const mask = (id: string, rest: object) => ({ id, mask: { find: ['email'] }, ...rest });
  const due = (...rules: { id: string }[]) =>
    policiesOf([allow, ...rules])
      .judge(subjectOf(withText))
      .masks.map(({ rule }) => rule);

  it('add up over rules, and grant nothing', () => {
    expect(
      due(mask('a', {}), mask('b', { on: { tools: ['q*'] } }), mask('c', { on: { tools: ['x'] } })),
    ).toEqual(['a', 'b']);
    expect(policiesOf([mask('a', {})]).judge(subjectOf()).effect).toBe('block');
  });

  it('are due where their condition holds or cannot be judged', () => {
    expect(due(mask('a', { when: { 'args.x': { eq: '5' } } }))).toEqual(['a']);
    expect(due(mask('a', { when: { 'args.x': { eq: '6' } } }))).toEqual([]);
    expect(due(mask('a', { when: unjudgeable }))).toEqual(['a']);
  });

  it('of a rule that looks at the result wait for it', () => {
    const policies = policiesOf([allow, mask('a', { when: { 'result.secret': { eq: true } } })]);
    expect(policies.judge(subjectOf()).masks).toEqual([]);
    const masks = (result: object) =>
      policies.judgeResult(subjectOf({ result: result as never }))?.masks.length;
    expect(masks({ secret: true })).toBe(1);
    expect(masks({ secret: false })).toBe(0);
    expect(masks({ secret: 'yes' })).toBe(1);
  });

  it('are due on a message that no call explains, if any call here could have brought them', () => {
    const policies = policiesOf([
      mask('a', { on: { tools: ['query'] } }),
      mask('b', { when: { 'identity.groups': { contains: 'dba' } } }),
      mask('c', { when: { 'args.x': { eq: 1 } } }),
    ]);
    expect(policies.masksOfUpstream(subjectOf()).map(({ rule }) => rule)).toEqual(['a', 'c']);
  });
});

describe('denial', () => {
  it('is that of the rule that decides', () => {
    const hide = { ...block, id: 'hide', denial: 'hide', when: { 'args.x': { eq: 1 } } };
    const policies = policiesOf([allow, hide]);
    expect(policies.judge(subjectOf({ args: { x: 1 } })).denial).toBe('hide');
    expect(policies.judge(subjectOf({ args: { x: 2 } })).denial).toBe('explain');
    expect(policiesOf([]).judge(subjectOf()).denial).toBe('explain');
  });
});

describe('rules on results', () => {
  const clean = { 'result.rows': { length: { lte: 2 } } };
  const answer = (result: object | typeof ABSENT) => subjectOf({ result: result as never });

  it('let the call go and judge its answer', () => {
    const policies = policiesOf([{ ...allow, when: clean }]);
    expect(policies.judge(subjectOf()).effect).toBe('allow');
    expect(policies.judgeResult(answer({ rows: [1] }))?.effect).toBe('allow');
    expect(policies.judgeResult(answer({ rows: [1, 2, 3] }))?.effect).toBe('block');
    expect(policies.judgeResult(answer({ rows: 7 }))?.effect).toBe('block');
    expect(policies.judgeResult(answer(ABSENT))?.effect).toBe('block');
  });

  it('block answers that a block rule matches or cannot judge', () => {
    const policies = policiesOf([allow, { ...block, when: { not: clean } }]);
    expect(policies.judge(subjectOf()).effect).toBe('allow');
    expect(policies.judgeResult(answer({ rows: [] }))?.effect).toBe('allow');
    expect(policies.judgeResult(answer({ rows: [1, 2, 3] }))).toMatchObject({ rule: 'block' });
    expect(policies.judgeResult(answer({ rows: 7 }))).toMatchObject({ rule: 'block' });
  });

  it('block the call already where the result cannot change that', () => {
    const when = { any: [{ 'args.x': { eq: 1 } }, { 'result.y': { eq: 1 } }] };
    const policies = policiesOf([allow, { ...block, when }]);
    expect(policies.judge(subjectOf({ args: { x: 1 } })).effect).toBe('block');
    expect(policies.judge(subjectOf({ args: { x: 2 } })).effect).toBe('allow');
  });

  it('ask nothing where no rule about the call looks at its result', () => {
    const other = { ...block, on: { tools: ['other'] }, when: clean };
    expect(policiesOf([allow, other]).judgeResult(answer({}))).toBeUndefined();
  });

  it('count an approval as given', () => {
    const policies = policiesOf([approve, { ...block, when: { 'result.bad': { eq: true } } }]);
    expect(policies.judge(subjectOf()).effect).toBe('approve');
    expect(policies.judgeResult(answer({ bad: false }))).toMatchObject({ effect: 'allow' });
    expect(policies.judgeResult(answer({ bad: true }))).toMatchObject({ effect: 'block' });
  });
});

it('tells tools apart by name alone', () => {
  const policies = policiesOf([{ id: 'a', on: { tools: ['a', 'b*'] }, then: 'allow' }]);
  const effects = ['a', 'b', 'bc', 'c', 'a\n', '__proto__', ''].map(
    (name) => policies.judge(subjectOf(tool(name))).effect,
  );
  expect(effects).toEqual(['allow', 'allow', 'allow', 'block', 'block', 'block', 'block']);
});
