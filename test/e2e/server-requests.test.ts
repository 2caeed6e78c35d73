import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import {
  CreateMessageRequestSchema,
  CreateMessageResultSchema,
  ElicitRequestSchema,
  ElicitResultSchema,
  ListRootsRequestSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { connect, textOf } from './fixtures/agent.ts';
import { answerOf, type Message, messagesOf, RawAgent } from './fixtures/raw-agent.ts';
import { commands, EverythingServer } from './fixtures/servers.ts';
import { Upstream } from './fixtures/upstream.ts';
import { allowAll, type RunningGate, startGate } from './support/gate.ts';

const policies = {
  'tools.yaml': `apiVersion: sallyport/v1
rules:
  - id: tools
    on: { tools: ['*'] }
    then: allow
`,
  // The gate's own upstreams of these names only; `closed` and `strict` have rules of their own.
  'asked.yaml': `apiVersion: sallyport/v1
upstreams: [http, stdio, open]
rules:
  - id: may-be-asked
    on: { methods: [sampling/createMessage, elicitation/create, roots/list] }
    then: allow
`,
  'strict.yaml': `apiVersion: sallyport/v1
upstreams: [strict]
rules:
  - id: may-sample
    on: { methods: [sampling/createMessage] }
    then: allow
    mask:
      - { find: email, in: [args, result] }
  - id: no-secrets-up
    on: { methods: [sampling/createMessage] }
    when: { result.content.text: { contains: secret } }
    then: block
    reason: Secrets stay here.
`,
};

const sampling = {
  messages: [
    { role: 'user' as const, content: { type: 'text' as const, text: 'eve@example.com?' } },
  ],
  maxTokens: 5,
};
const sampled = (text: string) => ({
  ...{ role: 'assistant', model: 'm', stopReason: 'endTurn' },
  content: { type: 'text', text },
});

let server: EverythingServer;
let own: Upstream;
let gate: RunningGate;
const clients: Client[] = [];

beforeAll(async () => {
  server = await EverythingServer.start();
  own = await Upstream.start(askingServer);
  gate = await startGate({
    upstreams: {
      http: { url: server.url },
      stdio: { command: commands.everything },
      ...{ open: { url: own.url }, strict: { url: own.url }, closed: { url: own.url } },
    },
    policies,
  });
});
beforeEach(() => {
  own.seen.length = 0;
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
});
afterAll(async () => {
  await gate?.stop();
  await Promise.all([server?.stop(), own?.stop()]);
});

/** A server whose tools ask the client, and say what came of it. */
function askingServer(): McpServer {
  const mcp = new McpServer({ name: 'asking', version: '1' });
  const said = (text: string) => ({ content: [{ type: 'text' as const, text }] });
  mcp.registerTool('sample', {}, async ({ sendRequest }) => {
    const request = { method: 'sampling/createMessage' as const, params: sampling };
    const answer = sendRequest(request, CreateMessageResultSchema);
    return said(JSON.stringify(await answer.catch(({ code, message }) => ({ code, message }))));
  });
  mcp.registerTool('give-up', {}, async ({ sendRequest }) => {
    const controller = new AbortController();
    const request = { method: 'elicitation/create' as const, params: question };
    const options = { signal: controller.signal };
    const asked = sendRequest(request, ElicitResultSchema, options).catch(() => 'gave up');
    setTimeout(() => controller.abort('took too long'), 100);
    return said(String(await asked));
  });
  mcp.registerTool('roots', {}, async () => {
    const roots = mcp.server.listRoots().catch(({ code }) => code);
    return said(JSON.stringify(await roots));
  });
  return mcp;
}

const question = {
  mode: 'form' as const,
  message: 'Who?',
  requestedSchema: { type: 'object' as const, properties: { name: { type: 'string' as const } } },
};

async function sdkClient(upstream: string): Promise<Client> {
  const { client } = await connect(gate.endpoint(upstream), {
    token: await gate.token('ana', upstream),
    capabilities: { sampling: {}, elicitation: { form: {} }, roots: {} },
    prepare: (made) => {
      made.setRequestHandler(CreateMessageRequestSchema, () => ({
        ...{ role: 'assistant' as const, model: 'm', stopReason: 'endTurn' },
        content: { type: 'text' as const, text: 'I was asked' },
      }));
      made.setRequestHandler(ElicitRequestSchema, () => ({
        action: 'accept' as const,
        content: { name: 'Ada Lovelace' },
      }));
      made.setRequestHandler(ListRootsRequestSchema, () => ({
        roots: [{ uri: 'file:///home/ana', name: 'home' }],
      }));
    },
  });
  clients.push(client);
  return client;
}

async function rawClient(upstream: string, user = 'ana'): Promise<RawAgent> {
  const capabilities = { sampling: {}, elicitation: {}, roots: {} };
  const token = await gate.token(user, upstream);
  return RawAgent.begin(gate.endpoint(upstream), token, capabilities);
}

/** Calls a tool and waits for what the server asks within the call. */
async function asked(agent: RawAgent, tool: string) {
  const messages = messagesOf(await agent.call(tool));
  const next = async (): Promise<Message> => (await messages.next()).value ?? {};
  return { question: await next(), next };
}

describe.each(['http', 'stdio'])('the reference server over %s asks the client', (upstream) => {
  it('for a sample, for input and for its roots, where rules allow it', async () => {
    const client = await sdkClient(upstream);
    const call = async (name: string, args = {}) =>
      textOf(await client.callTool({ name, arguments: args }));
    expect(await call('trigger-sampling-request', { prompt: 'hi' })).toContain('I was asked');
    expect(await call('trigger-elicitation-request')).toContain('Ada Lovelace');
    await vi.waitFor(async () => {
      expect(await call('get-roots-list')).toContain('file:///home/ana');
    });
  });
});

it('refuses by default what a server asks, and the server hears so at once', async () => {
  const client = await sdkClient('closed');
  const text = textOf(await client.callTool({ name: 'sample' }));
  expect(JSON.parse(text)).toMatchObject({ code: -32010 });
  expect(textOf(await client.callTool({ name: 'roots' }))).toBe('-32010');
});

it('gives the client ids of its own', async () => {
  const agent = await rawClient('open');
  const { question: first, next } = await asked(agent, 'sample');
  const again = await asked(await rawClient('open'), 'sample');
  expect(first.method).toBe('sampling/createMessage');
  expect(typeof first.id).toBe('string');
  expect(String(first.id).length).toBeGreaterThan(32);
  expect(again.question.id).not.toBe(first.id);

  const answer = await agent.post({ id: first.id, result: sampled('hello') });
  expect(answer.status).toBe(202);
  expect(textOf((await next()).result)).toContain('hello');
  const answered = own.seen.find(({ rpc, method, id }) => method === 'POST' && !rpc && id != null);
  expect(answered?.id).toBe(0);
});

it.each([
  ['from another session of the same user', () => rawClient('open')],
  ['from another user', () => rawClient('open', 'bob')],
  ['from a session at another upstream', () => rawClient('closed')],
])('takes no answer %s', async (_, other) => {
  const agent = await rawClient('open');
  const { question, next } = await asked(agent, 'sample');
  const stranger = await other();
  const stolen = await stranger.post({ id: question.id, result: sampled('stolen') });
  expect(stolen.status).toBe(400);
  expect((await answerOf(stolen)).error?.data?.code).toBe('FRAME_INVALID');

  await agent.post({ id: question.id, result: sampled('mine') });
  expect(textOf((await next()).result)).toContain('mine');
});

it('takes no answer with an id that it did not give', async () => {
  const agent = await rawClient('open');
  const { question, next } = await asked(agent, 'sample');
  const id = String(question.id);
  const changed = `${id.slice(0, -2)}${id.endsWith('AA') ? 'BB' : 'AA'}`;
  for (const forged of [0, '0', '', 'x', changed, agent.session]) {
    const response = await agent.post({ id: forged, result: sampled('forged') });
    expect(response.status).toBe(400);
    expect((await answerOf(response)).error?.data?.code).toBe('FRAME_INVALID');
  }
  await agent.post({ id, result: sampled('mine') });
  expect(textOf((await next()).result)).toContain('mine');
});

it('passes on that the client refuses', async () => {
  const agent = await rawClient('open');
  const { question, next } = await asked(agent, 'sample');
  await agent.post({ id: question.id, error: { code: -1, message: 'the user said no' } });
  expect(textOf((await next()).result)).toContain('the user said no');
});

it('masks what is asked and what is answered', async () => {
  const agent = await rawClient('strict');
  const { question, next } = await asked(agent, 'sample');
  expect(JSON.stringify(question.params)).not.toContain('eve@example.com');
  expect(JSON.stringify(question.params)).toContain('[redacted:email]?');
  await agent.post({ id: question.id, result: sampled('it is bob@example.com') });
  expect(textOf((await next()).result)).toContain('it is [redacted:email]');
});

it('judges what is answered', async () => {
  const agent = await rawClient('strict');
  const { question, next } = await asked(agent, 'sample');
  const response = await agent.post({ id: question.id, result: sampled('a secret') });
  expect(response.status).toBe(202);
  const text = textOf((await next()).result);
  expect(JSON.parse(text)).toMatchObject({ code: -32010 });
  expect(text).not.toContain('a secret');
});

it('maps the id where a server gives its own request up', async () => {
  const agent = await rawClient('open');
  const { question, next } = await asked(agent, 'give-up');
  expect(question.method).toBe('elicitation/create');
  const cancelled = await next();
  expect(cancelled).toMatchObject({
    method: 'notifications/cancelled',
    params: { requestId: question.id },
  });
  expect(textOf((await next()).result)).toBe('gave up');
});

it('asks on the stream of the session where no call is under way', async () => {
  const agent = await rawClient('open');
  const stream = messagesOf(await agent.listen());
  await own.isHeard();
  const roots = own.latest.server.listRoots();
  const { value } = await stream.next();
  expect(value?.method).toBe('roots/list');
  await agent.post({ id: value?.id, result: { roots: [{ uri: 'file:///x' }] } });
  expect(await roots).toEqual({ roots: [{ uri: 'file:///x' }] });
  await agent.end();
});

it('asks nothing that a changed policy no longer allows', async () => {
  const changing = await startGate({ upstreams: { open: { url: own.url } }, policies: allowAll });
  try {
    const token = await changing.token('ana', 'open');
    const agent = await RawAgent.begin(changing.endpoint('open'), token, { sampling: {} });
    const allowed = await asked(agent, 'sample');
    expect(allowed.question.method).toBe('sampling/createMessage');
    changing.writePolicy('default.yaml', policies['tools.yaml']);
    const reloaded = () => changing.log.some((line) => line.includes('policies reloaded'));
    await vi.waitFor(() => expect(reloaded()).toBe(true), { timeout: 5_000 });
    const late = await agent.post({ id: allowed.question.id, result: sampled('late') });
    expect(late.status).toBe(202);
    expect(textOf((await allowed.next()).result)).toContain('-32010');
    expect(textOf((await answerOf(await agent.call('sample', {}, 2))).result)).toContain('-32010');
  } finally {
    await changing.stop();
  }
});
