import { describe, expect, it } from 'vitest';
import type { Frame } from '../../src/model/message.ts';
import { ToolCatalog } from '../../src/pipeline/catalog.ts';
import { toolDefinition } from '../../src/policy/pin/tool-definition.ts';
import { answer, asked, leaving, notice, request, TestGate, told } from '../support/gate.ts';

const everything = { id: 'all', then: 'allow' };
const code = (error: number) => ({ error: { code: error } });

describe('a URI', () => {
  const data = { id: 'data', on: { resources: ['file:///data/**', 'note://**'] }, then: 'allow' };
  const secret = { id: 'secret', on: { resources: ['file:///data/secret/**'] }, then: 'block' };

  it.each([
    'file:///data/../etc/passwd',
    'file:///data/%2e%2e/etc/passwd',
    'file:///data/.%2E/etc/passwd',
    'file:///data/.\t./etc/passwd',
    'file:///data/%73ecret/x',
    'file:///data/./secret/x',
    'file:///data\\secret\\x',
    'file:///data/a%2f..%2fsecret/x',
    'file:///data/secret/..',
    'file:///data/x/..?q',
    ' file:///data/x',
    'file:///data/x\u0000',
  ])('that can be written more simply is refused: %j', async (uri) => {
    for (const method of ['resources/read', 'resources/subscribe', 'resources/unsubscribe']) {
      const gate = new TestGate([data, secret, everything]);
      const [verdict] = await gate.pass(request(method, { uri }));
      expect(leaving(verdict)).toMatchObject(code(-32602));
    }
    const gate = new TestGate([everything]);
    expect((await gate.pass(told('notifications/resources/updated', { uri })))[0]?.kind).toBe(
      'drop',
    );
  });

  it.each([
    'file:///data/a.b/..c/d..e/...',
    'file:///data/caf%C3%A9/a%20b.txt',
    'file:///data/a b.txt',
    'file:///data/100%25.txt',
    'note://internal/v1.2?tags=a,b&x=%5B1%5D#top.',
    'note://group%2Fproject/~ana/-/x',
  ])('in its simplest form is judged by its rules: %s', async (uri) => {
    const [verdict] = await new TestGate([data, secret]).pass(request('resources/read', { uri }));
    expect(verdict?.kind).toBe('forward');
  });
});

describe('a name', () => {
  it.each([
    ['tools/call', 'name'],
    ['prompts/get', 'name'],
    ['resources/read', 'uri'],
  ])('of %s has a bound, and is not repeated beyond it', async (method, key) => {
    const gate = new TestGate([everything]);
    const named = (length: number) => request(method, { [key]: `a:${'x'.repeat(length - 2)}` });
    expect((await gate.pass(named(8_192)))[0]?.kind).toBe('forward');
    const [verdict] = await gate.pass(named(8_193));
    expect(leaving(verdict)).toMatchObject(code(-32602));
    expect(JSON.stringify(verdict).length).toBeLessThan(400);
    expect(gate.store.exchange('exchange-2')?.target?.length).toBe(8_192);
  });

  it('is cut in a refusal', async () => {
    const [verdict] = await new TestGate([]).pass(
      request('tools/call', { name: 'x'.repeat(5_000) }),
    );
    expect(JSON.stringify(verdict).length).toBeLessThan(1_500);
  });
});

describe('a request', () => {
  it('that is called like a notification is refused, whoever sends it', async () => {
    const gate = new TestGate([everything]);
    for (const frame of [request('notifications/message', {}), asked('notifications/message')]) {
      const [verdict] = await gate.pass(frame);
      expect(leaving(verdict)).toMatchObject(code(-32600));
    }
  });

  it.each(['tools/call', 'prompts/get'])(
    'of %s goes on with the params that rules see',
    async (method) => {
      const known = { name: 'x', arguments: { a: 1 }, _meta: { progressToken: 7 } };
      const gate = new TestGate([everything]);
      const [verdict] = await gate.pass(
        request(method, { ...known, inputResponses: {}, extra: 'e' }),
      );
      expect(leaving(verdict)).toMatchObject({ method });
      expect((leaving(verdict) as { params: unknown }).params).toEqual(known);
      expect(gate.kinds()).toContain('masked');
    },
  );

  it('of a method that the gate does not know keeps its params', async () => {
    const params = { anything: 1, task: 2 };
    const [verdict] = await new TestGate([everything]).pass(request('vendor/x', params));
    expect(leaving(verdict)).toMatchObject({ params });
  });

  it('is judged by its _meta where a rule says so', async () => {
    const block = { id: 'b', then: 'block', when: { 'request.meta.**': { detects: 'email' } } };
    const gate = new TestGate([everything, block]);
    const call = (_meta: object) => request('tools/call', { name: 'x', _meta } as never);
    expect((await gate.pass(call({ progressToken: 1 })))[0]?.kind).toBe('forward');
    expect((await gate.pass(call({ note: 'ana@example.com' })))[0]?.kind).toBe('answer');
    expect((await gate.pass(call({ 'ana@example.com': 1 })))[0]?.kind).toBe('answer');
  });

  it('as a notification that names nothing is dropped', async () => {
    const gate = new TestGate([everything]);
    expect((await gate.pass(notice('tools/call', {})))[0]?.kind).toBe('drop');
  });
});

describe('a token of an upstream’s', () => {
  const email = 'joe@example.com';
  const key = 'io.modelcontextprotocol/subscriptionId';
  const rule = { ...everything, on: { methods: ['**'] }, mask: [{ find: ['email'] }] };
  const longest = email.padStart(256);
  const frames = (token: string) => [
    [asked('sampling/createMessage', { messages: [], _meta: { progressToken: token } })],
    [told('notifications/progress', { progressToken: token, progress: 1 })],
    [
      request('subscriptions/listen', { notifications: {} }),
      told('notifications/tools/list_changed', { _meta: { [key]: token } }),
    ],
    [
      request('subscriptions/listen', { notifications: {} }),
      answer({ resultType: 'complete', _meta: { [key]: token } }),
    ],
  ];

  it('goes by masks where it is short, and is masked where data could hide in it', async () => {
    for (const [first, ...more] of frames(longest)) {
      const verdicts = await new TestGate([rule]).pass(first as Frame, ...more);
      expect(JSON.stringify(leaving(verdicts.at(-1)))).toContain(longest);
    }
    for (const [first, ...more] of frames(` ${longest}`)) {
      const gate = new TestGate([rule]);
      const verdicts = await gate.pass(first as Frame, ...more);
      expect(JSON.stringify(leaving(verdicts.at(-1)))).toContain('[redacted:email]');
      expect(gate.transcript()).not.toContain(email);
    }
  });

  it('is masked in the transcript where it was refused', async () => {
    const no = { id: 'no', on: { methods: ['notifications/progress'] }, then: 'block' };
    const gate = new TestGate([rule, no]);
    const told1 = told('notifications/progress', { progressToken: ` ${longest}`, progress: 1 });
    expect((await gate.pass(told1))[0]?.kind).toBe('drop');
    expect(gate.transcript()).not.toContain(email);
  });
});

it('of a tool, the catalog keeps the hints that MCP names, within bounds', () => {
  const catalog = new ToolCatalog();
  const annotations = {
    title: 't'.repeat(5_000),
    readOnlyHint: true,
    openWorldHint: 'x',
    big: [1],
  };
  const tools = ['a', 'n'.repeat(1_025)].map((name) => ({ name, annotations }));
  catalog.learn(
    'db',
    tools.map((tool) => ({ tool, definition: toolDefinition(tool) })),
  );
  expect(catalog.facts('db', 'a')?.annotations).toEqual({
    title: 't'.repeat(256),
    readOnlyHint: true,
    openWorldHint: null,
  });
  expect(catalog.facts('db', 'n'.repeat(1_025))).toBeUndefined();
});
