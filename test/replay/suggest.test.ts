import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideByGrant } from '../../src/pipeline/stages/decide.ts';
import { compilePolicies } from '../../src/policy/compile.ts';
import { ABSENT } from '../../src/policy/subject.ts';
import { type Recorded, recordedSubject } from '../../src/replay/recorded-subject.ts';
import { suggestPolicy } from '../../src/replay/suggest.ts';
import { roundUp } from '../../src/replay/suggest-condition.ts';
import { json } from '../support/arbitraries.ts';
import { called, facts, recorded } from '../support/recorded.ts';

const suggested = (traffic: readonly Recorded[], blocked = false) =>
  suggestPolicy(() => traffic, { blocked, mode: 'shadow', judge: decideByGrant, head: ['Top.'] });
const times = <Item>(n: number, make: (index: number) => Item) => Array.from({ length: n }, (_, i) => make(i)); // biome-ignore format: one line says it
/** The condition learnt of calls of one tool with these arguments. */
async function learnt(...args: object[]) {
  const { rules, allowed } = await suggested(args.map((one) => called('t', one as never)));
  expect(allowed).toBe(args.length);
  expect(rules).toHaveLength(1);
  const { 'identity.groups': _, ...when } = rules[0]?.when ?? {};
  return when;
}

describe('a suggested policy', () => {
  it('has a rule for each upstream and set of groups, tools of one shape together', async () => {
    const dba = facts('dan', ['dba', 'analysts']);
    const { rules, text, learnt, allowed } = await suggested([
      called('list_tables', {}),
      called('list_views', {}, { session: 's2', identity: facts('amy', ['analysts']) }),
      called('list_tables', {}, { identity: dba }),
      called('list_tables', {}, { upstream: 'crm' }),
      called('list_tables', {}, { outcome: 'blocked', effect: 'block' }),
    ]);
    expect([learnt, allowed]).toEqual([4, 4]);
    expect(rules.map(({ upstream, on, when }) => [upstream, on, when])).toEqual([
      ['db', { tools: ['list_tables', 'list_views'] }, { 'identity.groups': { contains: 'analysts' } }],
      [
        'db',
        { tools: 'list_tables' },
        {
          all: [
            { 'identity.groups': { contains: 'analysts' } },
            { 'identity.groups': { contains: 'dba' } },
          ],
        },
      ],
      ['crm', { tools: 'list_tables' }, { 'identity.groups': { contains: 'analysts' } }],
    ]); // biome-ignore format: rows
    expect(rules[0]?.numbers).toMatchObject({ calls: 2, callers: 2, sessions: 2, blocked: 1 });
    expect(text).toContain('# 2 calls by 2 callers in 2 sessions, 2026-01-31T12:');
    expect(text).toContain('# 1 more were blocked, and are not learnt from');
    expect(text).toContain('# It allows 4 of 4 recorded calls');
    const { policies, problems } = compilePolicies([{ file: 's.yaml', text }]);
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(policies?.rules.every(({ mode, then }) => mode === 'shadow' && then === 'allow')).toBe(true); // biome-ignore format: one line says it
  });

  it('names callers without groups one by one, with their issuer', async () => {
    const { rules } = await suggested([called('t', {}, { identity: facts('bot') })]);
    expect(rules[0]?.when).toEqual({
      'identity.sub': { eq: 'bot' },
      'identity.issuer': { eq: 'https://issuer.test' },
    });
  });

  it.each([
    ['a value that came again and again', times(6, () => ({ x: 'eu' })), { in: ['eu'] }],
    ['few values', times(9, (i) => ({ x: ['a', 'b', 'c'][i % 3] })), { in: ['a', 'b', 'c'] }],
    ['addresses, but names none', times(9, () => ({ x: 'ana@example.com' })), { type: 'string', length: { lte: 20 } }], // biome-ignore format: a row
    ['any text', times(9, (i) => ({ x: `text ${i}` })), { type: 'string', length: { lte: 10 } }],
    ['whole numbers', times(9, (i) => ({ x: i * 7 })), { type: 'integer', gte: 0, lte: 100 }],
    ['numbers below zero', times(9, (i) => ({ x: -i * 0.3 })), { type: 'number', gte: -5, lte: 0 }],
    ['paths', times(9, (i) => ({ x: `/srv/a/${i}/b` })), { path_within: ['/srv/a'] }],
    ['relative paths', times(9, (i) => ({ x: `docs/${i}.md` })), { path_within: ['docs'] }],
    [
      'paths that climb',
      [{ x: '/a/../b' }, { x: '/a/c' }],
      { type: 'string', length: { lte: 10 } },
    ],
    ['paths from the root', [{ x: '/etc' }, { x: '/srv/b' }], { type: 'string', length: { lte: 10 } }], // biome-ignore format: a row
    [
      'URLs',
      times(9, (i) => ({ x: `https://${i % 2 ? 'a' : 'b'}.test/${i}` })),
      { starts_with: ['https://'], url_host: ['a.test', 'b.test'] },
    ],
    ['both truths', times(9, (i) => ({ x: i % 2 === 0 })), { type: 'boolean' }],
    ['one truth', times(9, () => ({ x: true })), { in: [true] }],
    ['several types', [{ x: 1 }, { x: 'a' }], { type: ['number', 'string'] }],
    ['lists', [{ x: ['a', 'bb'] }], { type: 'list', length: { lte: 2 }, every: { type: 'string', length: { lte: 2 } } }], // biome-ignore format: a row
    ['null', [{ x: null }], { type: 'null' }],
  ])('learns %s', async (_, args, operators) => {
    expect(await learnt(...(args as object[]))).toEqual({ 'args.x': operators });
  });

  it('lets an argument be missing where it was, and be null where it was', async () => {
    expect(await learnt({ x: 'abc' }, {})).toEqual({
      any: [{ 'args.x': 'absent' }, { 'args.x': { type: 'string', length: { lte: 5 } } }],
    });
    expect(await learnt({ x: 'abc' }, { x: null })).toEqual({
      any: [{ 'args.x': { type: 'null' } }, { 'args.x': { type: 'string', length: { lte: 5 } } }],
    });
  });

  it('writes no secret into a file', async () => {
    const when = await learnt(...times(9, () => ({ db_password: 'hunter2' })));
    expect(when).toMatchObject({ 'args.db_password': { type: 'string', length: { lte: 10 } } });
  });

  it('looks into objects', async () => {
    expect(await learnt({ f: { 'a b': 5 } })).toEqual({
      'args.f': { type: 'object' },
      'args.f["a b"]': { type: 'integer', gte: 0, lte: 5 },
    });
  });

  it('never uses what a mask has left as an example', async () => {
    const steps = [
      { kind: 'masked', detail: { rule: 'hide', what: 'email', count: 1 } },
      { kind: 'forwarded' },
      { kind: 'answered', payload: '{"result":{}}' },
    ] as const;
    const args = {
      to: '[redacted:email]',
      text: 'hi',
      card: '****1111',
      list: ['[redacted:email]'],
    };
    const { rules, text, allowed } = await suggested(
      times(9, (i) => called('send', { ...args, text: `hi ${i}` }, { steps })),
    );
    expect(allowed).toBe(9);
    expect(rules[0]?.when).toMatchObject({
      'args.to': 'exists',
      'args.card': 'exists',
      'args.text': { type: 'string' },
      'args.list': { type: 'list', length: { lte: 1 } },
    });
    expect(text).not.toContain('redacted');
    expect(text).not.toContain('1111');
    expect(text).toContain('# masked, so nothing is known of: to of send, card of send');
  });

  it('allows resources one by one or by folder, prompts by name, and what servers ask', async () => {
    const read = (uri: string) =>
      recorded({ method: 'resources/read', target: uri, params: { uri } });
    const asks = { kind: 'forwarded', payload: '{"id":7,"method":"elicitation/create","params":{}}' } as const; // biome-ignore format: one line says it
    const interim = { inputRequests: { a: { method: 'sampling/createMessage', params: {} } } };
    const { rules, learnt, allowed } = await suggested([
      ...times(9, (i) => read(`docs://a/${i}.md`)),
      recorded({ upstream: 'few', method: 'resources/read', target: 'x://1', params: { uri: 'x://1' } }), // biome-ignore format: one line says it
      recorded({ method: 'prompts/get', target: 'hello', params: { name: 'hello' } }),
      recorded({ method: 'resources/subscribe', target: 'docs://z', params: { uri: 'docs://z' } }),
      called('t', {}, { steps: [{ kind: 'forwarded' }, asks, { kind: 'answered', payload: JSON.stringify({ result: interim }) }] }), // biome-ignore format: one line says it
      recorded({ method: 'tools/list' }),
    ]);
    expect([learnt, allowed]).toEqual([13, 13]);
    expect(rules.map(({ upstream, on }) => [upstream, on])).toEqual([
      ['db', { resources: 'docs://a/*' }],
      ['few', { resources: 'x://1' }],
      ['db', { prompts: 'hello' }],
      ['db', { methods: 'resources/subscribe' }],
      ['db', { tools: 't' }],
      ['db', { methods: ['elicitation/create', 'sampling/createMessage'] }],
    ]);
  });

  it('names what it does not cover', async () => {
    const { learnt, allowed, uncovered, text } = await suggested([
      called('t', {}),
      recorded({ method: 'tools/list', identity: facts('eve', ['guests']), sub: 'eve' }),
      called('cut', {}, { opened: { characters: 99_999 }, payload: '{"jsonrpc":"2.0","par' }),
    ]);
    expect([learnt, allowed]).toEqual([2, 1]);
    expect(uncovered.map(({ what, why }) => [what, why])).toEqual([
      ['tools/list at db by eve', 'no rule lets eve do anything on db'],
      ['tools/call cut at db by ana', 'its message was not recorded whole'],
    ]);
    expect(text).toContain('# Not covered: tools/list at db by eve (1): no rule lets eve');
  });

  it('learns from what was blocked only if it is told to', async () => {
    const traffic = [called('t', {}, { outcome: 'blocked', effect: 'block', steps: [] })];
    expect((await suggested(traffic)).rules).toEqual([]);
    expect((await suggested(traffic, true)).rules).toHaveLength(1);
  });

  it('judges by the subject alone where the token was not recorded', async () => {
    const { rules, allowed } = await suggested([
      { ...called('t', {}), identity: undefined as never },
    ]);
    expect(allowed).toBe(1);
    expect(rules[0]?.when).toHaveProperty(['identity.sub']);
  });

  it('allows all that it has learnt from, whatever the arguments were', {
    timeout: 120_000,
  }, async () => {
    const awkward = fc.oneof(
      json,
      fc.webUrl(),
      fc.constantFrom('/a/b', '/a/b/c', 'a/b', '../x', 'x/./y', '/a%2e/b', '*', 'true', '1', '- a'),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
    );
    const args = fc.dictionary(fc.oneof(fc.constantFrom('a', 'b', 'c'), fc.string()), awkward);
    const call = fc.record({
      args,
      tool: fc.constantFrom('t', 'u'),
      groups: fc.subarray(['a', 'b']),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(call, { minLength: 1, maxLength: 12 }), async (calls) => {
        const traffic = calls.map(({ args, tool, groups }) =>
          called(tool, args as never, { identity: facts('ana', groups) }),
        );
        const { learnt, allowed } = await suggested(traffic);
        expect(allowed).toBe(learnt);
      }),
      { numRuns: 60 },
    );
  });
});

/** What the suggested policy, in force, says of a message of ana's. */
async function judged(traffic: readonly Recorded[], probes: readonly Recorded[]) {
  const { text } = await suggested(traffic);
  const { policies } = compilePolicies([
    { file: 's.yaml', text: text.replaceAll('mode: shadow', 'mode: enforce') },
  ]);
  return probes.map((probe) => {
    const found = recordedSubject(probe);
    if (typeof found === 'string' || !policies) throw new Error('nothing to judge');
    return decideByGrant({ ...found.subject, tool: ABSENT }, policies).effect;
  });
}
const read = (uri: string) => recorded({ method: 'resources/read', target: uri, params: { uri } });
const sent = (method: string) => recorded({ method, params: {} });
const asked = (method: string) => {
  const interim = JSON.stringify({ result: { inputRequests: { a: { method, params: {} } } } });
  return called(
    't',
    {},
    { steps: [{ kind: 'forwarded' }, { kind: 'answered', payload: interim }] },
  );
};

describe('what a recorded name could do to a suggested policy', () => {
  it.each<[string, Recorded[], Recorded[]]>([
    ['a tool that is called like a glob', [called('*', {})], [called('drop', {})]],
    ['a prompt', [recorded({ method: 'prompts/get', target: 'a?', params: { name: 'a?' } })], [recorded({ method: 'prompts/get', target: 'ab', params: { name: 'ab' } })]],
    ['a method', [sent('*')], [sent('x/y'), called('drop', {}), called('*', {})]],
    ['a question that is none', [asked('*')], [called('drop', {}), sent('x/y')]],
    ['a question that grants calls', [asked('tools/call')], [called('drop', {})]],
    ['a question that grants reading', [asked('resources/read')], [read('file:///etc/passwd')]],
    ['a URI that is a glob', [read('**')], [read('file:///etc/passwd')]],
    ['a glob among many URIs', [...times(9, (i) => read(`a://b/${i}`)), read('a://**')], [read('a://c/d')]],
    ['no URI among many', [...times(9, (i) => read(`a://b/${i}`)), read('x')], [read('a://c/d'), read('y')]],
    ['a URI of elsewhere among many', [...times(9, (i) => read(`a://b/${i}`)), read('a://c/1')], [read('a://c/2')]],
    ['hosts', times(9, (i) => read(`https://host${i}`)), [read('https://other')]],
    ['ways out of a folder', times(9, (i) => read(`a://b/c/${i}`)), [read('a://b/c/..'), read('a://b/c/..%2F..%2Fd'), read('a://b/c/..\\d')]],
    ['very many URIs that were watched', times(300, (i) => recorded({ method: 'resources/subscribe', target: `a://b/${i}`, params: { uri: `a://b/${i}` } })), [recorded({ method: 'resources/subscribe', target: 'z://z', params: { uri: 'z://z' } })]],
    ['a host that is a glob', times(9, (i) => called('get', { url: `https://*/${'x'.repeat(i)}` })), [called('get', { url: `https://evil.test/${'x'.repeat(99)}` })]],
  ])('%s allows nothing else', async (_, traffic, probes) => {
    expect(await judged(traffic, probes)).toEqual(probes.map(() => 'block'));
  }); // biome-ignore format: rows

  it('is no more than to be allowed itself, in a file that hides nothing', async () => {
    const name = fc.oneof(
      fc.string({ minLength: 1, maxLength: 6 }),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 3 }),
      fc
        .array(fc.constantFrom('*', '?', '/', ':', 'a', '#', '\n', '---', '\u009b', '\u202e'), { maxLength: 5 })
        .map((parts) => parts.join('')),
    ); // biome-ignore format: one line says it
    const other = 'none of those';
    await fc.assert(
      fc.asyncProperty(fc.array(name, { minLength: 1, maxLength: 9 }), async (names) => {
        const traffic = names.flatMap((one) => [called(one, { [one]: one }), read(one)]);
        const probes = [called(other, {}), read(other)];
        expect(await judged(traffic, probes)).toEqual(['block', 'block']);
        const { learnt, allowed, text } = await suggested(traffic);
        expect(allowed).toBe(learnt);
        expect(text).not.toMatch(/[^\n\P{Cc}]|[\p{Cf}\p{Zl}\p{Zp}]/u);
      }),
      { numRuns: 100 },
    );
  });

  it('leaves the rest to be suggested, however long it is', async () => {
    const { learnt, allowed, uncovered } = await suggested([
      called('x'.repeat(1_200_000), {}),
      called('t', {}),
    ]);
    expect([learnt, allowed]).toEqual([2, 1]);
    expect(uncovered).toHaveLength(1);
  });
});

describe('a bound', () => {
  it.each([
    [0, 0],
    [1, 1],
    [3, 5],
    [10, 10],
    [11, 20],
    [999, 1000],
    [0.03, 0.05],
  ])('of %d is %d', (value, bound) => {
    expect(roundUp(value)).toBe(bound);
  });
});
