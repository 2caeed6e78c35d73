import { describe, expect, it } from 'vitest';
import { frameText } from '../../src/model/message.ts';
import { decodeText } from '../../src/protocol/jsonrpc.ts';
import { answer, leaving, request, TestGate } from '../support/gate.ts';

const call = (args = {}, name = 'query') => request('tools/call', { name, arguments: args });
const allow = { id: 'allow', on: { tools: ['query'] }, then: 'allow' };

describe('lists', () => {
  const tools = ['query', 'drop', 'list_a'].map((name) => ({
    name,
    description: name,
    inputSchema: {},
  }));

  it('are pruned to what could be used, and keep all else', async () => {
    const gate = new TestGate([
      { ...allow, on: { tools: ['query', 'list_*'] }, when: { 'args.x': { eq: 1 } } },
    ]);
    const [, verdict] = await gate.pass(
      request('tools/list', { cursor: 'c' }),
      answer({ tools, nextCursor: 'next', _meta: { a: 1 } }),
    );
    expect(leaving(verdict)).toEqual({
      jsonrpc: '2.0',
      id: 1,
      result: { tools: [tools[0], tools[2]], nextCursor: 'next', _meta: { a: 1 } },
    });
    expect(gate.transcript()).not.toContain('"drop');
  });

  it('may become empty, and stay lists', async () => {
    const gate = new TestGate([{ ...allow, on: { prompts: ['p'] } }]);
    const [, verdict] = await gate.pass(request('tools/list'), answer({ tools, nextCursor: 'n' }));
    expect(leaving(verdict)).toMatchObject({ result: { tools: [], nextCursor: 'n' } });
  });

  it('that lose nothing leave as they came', async () => {
    const [, verdict] = await new TestGate([{ ...allow, on: { tools: ['*'] } }]).pass(
      request('tools/list'),
      answer({ tools }),
    );
    expect(verdict?.kind === 'forward' && verdict.frame.source).toBeDefined();
  });

  it.each([
    [
      'resources/list',
      {
        resources: [
          { uri: 'a://x', name: 'x' },
          { uri: 'b://x', name: 'x' },
        ],
      },
      { resources: [{ uri: 'a://x', name: 'x' }] },
    ],
    [
      'resources/templates/list',
      {
        resourceTemplates: [
          { uriTemplate: 'a://{x}', name: 'x' },
          { uriTemplate: 'b://{x}', name: 'x' },
        ],
      },
      { resourceTemplates: [{ uriTemplate: 'a://{x}', name: 'x' }] },
    ],
    [
      'prompts/list',
      { prompts: [{ name: 'p' }, { name: 'q' }, { title: 'p' }, null] },
      { prompts: [{ name: 'p' }] },
    ],
  ])('of %s too', async (method, given, left) => {
    const gate = new TestGate([{ ...allow, on: { resources: ['a://*'], prompts: ['p'] } }]);
    const [, verdict] = await gate.pass(request(method), answer(given as never));
    expect(leaving(verdict)).toEqual({ jsonrpc: '2.0', id: 1, result: left });
  });

  it.each([{ '0': tools[1] }, null, 'drop', undefined])(
    'that are none become empty ones: %j',
    async (value) => {
      const gate = new TestGate([allow]);
      const result = value === undefined ? {} : { tools: value };
      const [, verdict] = await gate.pass(request('tools/list'), answer(result as never));
      expect(verdict?.kind === 'forward' && frameText(verdict.frame)).toBe(
        '{"jsonrpc":"2.0","id":1,"result":{"tools":[]}}',
      );
    },
  );

  it('have one reading where a key comes twice', async () => {
    const gate = new TestGate([allow]);
    const source = '{"jsonrpc":"2.0","id":1,"result":{"tools":[{"name":"drop"}],"tools":null}}';
    const frame = decodeText(source, 'down', { bytes: 1_000, depth: 9 });
    const [, verdict] = await gate.pass(request('tools/list'), frame);
    expect(verdict?.kind === 'forward' && frameText(verdict.frame)).not.toContain('drop');
  });

  it('teach the gate what tools say of themselves', async () => {
    const gate = new TestGate([
      { ...allow, on: { tools: ['*'] }, when: { 'tool.annotations.readOnlyHint': { eq: true } } },
    ]);
    const first = await gate.pass(call());
    const [, list] = await gate.pass(
      request('tools/list'),
      answer({
        tools: [
          { name: 'query', annotations: { readOnlyHint: true } },
          { name: 'drop', annotations: { readOnlyHint: false } },
          { name: 'mute' },
        ],
      }),
    );
    expect(leaving(list)).toMatchObject({ result: { tools: [{ name: 'query' }] } });
    const later = await Promise.all(
      ['query', 'drop', 'mute'].map((name) => gate.pass(call({}, name))),
    );
    expect([first, ...later].map(([verdict]) => verdict?.kind)).toEqual([
      'answer',
      'forward',
      'answer',
      'answer',
    ]);
  });
});

describe('rights that need no rule of their own', () => {
  const read = { id: 'read', on: { resources: ['a://x'], prompts: ['p'] }, then: 'allow' };

  it.each([
    ['initialize', {}, true],
    ['ping', undefined, true],
    ['tools/list', {}, true],
    ['logging/setLevel', { level: 'info' }, true],
    ['resources/subscribe', { uri: 'a://x' }, true],
    ['resources/subscribe', { uri: 'b://x' }, false],
    ['resources/unsubscribe', { uri: 'b://x' }, false],
    ['completion/complete', { ref: { type: 'ref/prompt', name: 'p' }, argument: {} }, true],
    ['completion/complete', { ref: { type: 'ref/prompt', name: 'q' }, argument: {} }, false],
    ['completion/complete', { ref: { type: 'ref/resource', uri: 'a://{x}' }, argument: {} }, true],
    ['completion/complete', { ref: { type: 'ref/resource', uri: 'b://{x}' }, argument: {} }, false],
    ['tasks/get', { taskId: 't' }, false],
    ['vendor/method', {}, false],
  ])('%s %j: %s', async (method, params, passes) => {
    const [verdict] = await new TestGate([read]).pass(request(method, params));
    expect(verdict?.kind).toBe(passes ? 'forward' : 'answer');
  });

  it('are had by nobody whom no rule lets do anything', async () => {
    const dba = { ...read, when: { 'identity.groups': { contains: 'dba' } } };
    for (const method of ['initialize', 'ping', 'tools/list']) {
      expect((await new TestGate([dba]).pass(request(method)))[0]?.kind).toBe('answer');
    }
  });

  it('can be blocked', async () => {
    const block = { id: 'b', on: { methods: ['logging/*', 'resources/subscribe'] }, then: 'block' };
    const gate = new TestGate([read, block]);
    expect((await gate.pass(request('logging/setLevel', { level: 'x' })))[0]?.kind).toBe('answer');
    expect((await gate.pass(request('resources/subscribe', { uri: 'a://x' })))[0]?.kind).toBe(
      'answer',
    );
  });
});
