import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { CreateMessageResultSchema } from '@modelcontextprotocol/sdk/types.js';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import * as z from 'zod';
import type { StoredEvent } from '../../src/store/contract.ts';
import { allMessages, answerOf, messagesOf, RawAgent } from './fixtures/raw-agent.ts';
import { Upstream } from './fixtures/upstream.ts';
import { type RunningGate, startGate } from './support/gate.ts';

const policies = `apiVersion: sallyport/v1
rules:
  - id: ana-uses
    on: { tools: [echo, fail, shout, ask], methods: [sampling/createMessage] }
    when: { identity.sub: { eq: ana } }
    then: allow
  - id: no-personal-data
    mask:
      - { find: [email, payment-card], in: [args, result] }
  - id: no-wipe
    on: { tools: [wipe] }
    then: block
    reason: Nobody wipes.
  - id: not-that-answer
    on: { tools: [echo] }
    when: { 'result.content[*].text': { contains: withhold } }
    then: block
    reason: It says so itself.
  - id: would-refuse
    on: { tools: [echo] }
    then: block
    mode: shadow
`;

/** What must be nowhere. */
const secrets = {
  address: 'eve.secret@example.com',
  card: '4111111111111111',
  answered: 'mallory.secret@example.com',
};

let own: Upstream;
let gate: RunningGate;
let ana: RawAgent;

beforeAll(async () => {
  own = await Upstream.start(ownServer);
  gate = await startGate({ upstreams: { own: { url: own.url } }, policies });
  ana = await RawAgent.begin(gate.endpoint('own'), await gate.token('ana', 'own'), {
    sampling: {},
  });
});
afterAll(async () => {
  await gate?.stop();
  await own?.stop();
});

function ownServer(): McpServer {
  const mcp = new McpServer({ name: 'own', version: '1' }, { capabilities: { logging: {} } });
  const inputSchema = { text: z.string() };
  const said = (text: string) => ({ content: [{ type: 'text' as const, text }] });
  mcp.registerTool('echo', { inputSchema }, ({ text }) => said(`${text} ${secrets.answered}`));
  mcp.registerTool('wipe', { inputSchema }, () => said('wiped'));
  mcp.registerTool('fail', { inputSchema }, () => {
    throw new Error(`no such person: ${secrets.answered}`);
  });
  mcp.registerTool('shout', { inputSchema }, async ({ text }, { sendNotification }) => {
    const params = { level: 'info' as const, data: secrets.answered };
    await sendNotification({ method: 'notifications/message', params });
    return said(text);
  });
  mcp.registerTool('ask', { inputSchema }, async (_, { sendRequest }) => {
    const content = { type: 'text' as const, text: `who is ${secrets.answered}` };
    const params = { maxTokens: 5, messages: [{ role: 'user' as const, content }] };
    const request = { method: 'sampling/createMessage' as const, params };
    return said(JSON.stringify(await sendRequest(request, CreateMessageResultSchema)));
  });
  return mcp;
}

/** What the transcript holds of the newest exchange of a kind. */
async function recorded(filter: { target?: string; method?: string }) {
  const reader = gate.transcripts();
  const newest = () => {
    const [exchange] = reader.exchanges({ ...filter, limit: 1 });
    expect(exchange?.outcome).not.toBe('open');
    return exchange;
  };
  const exchange = await vi.waitFor(newest);
  const events = reader.events(exchange?.id ?? '');
  reader.close();
  return { exchange, events, kinds: kindsOf(events) };
}

function kindsOf(events: readonly StoredEvent[]): string[] {
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index));
  return events.map(({ kind }) => kind);
}

const text = `I am ${secrets.address}, pay with ${secrets.card}`;
const masked = 'I am [redacted:email], pay with [redacted:payment-card]';

it('tells of a call: who, what, as it left both ways, and what shadow rules say', async () => {
  const answer = await answerOf(await ana.call('echo', { text }));
  const { exchange, events, kinds } = await recorded({ target: 'echo' });
  expect(exchange).toMatchObject({
    ...{ upstream: 'own', method: 'tools/call', target: 'echo', sub: 'ana' },
    ...{ issuer: gate.issuer.url, client: 'sallyport-dev-ana', agent: 'raw-agent/1' },
    ...{ protocol: '2025-06-18', outcome: 'answered', effect: 'allow', rule: 'ana-uses' },
  });
  expect(exchange?.openedAt).toBeLessThanOrEqual(exchange?.closedAt ?? 0);
  // Decided twice: a rule looks at the answer.
  expect(kinds).toEqual([
    ...['opened', 'decided', 'masked', 'forwarded'],
    ...['decided', 'masked', 'answered'],
  ]);
  const [opened, decided] = events;
  expect(JSON.parse(opened?.payload ?? '')).toMatchObject({
    params: { arguments: { text: masked } },
  });
  expect(decided?.detail).toMatchObject({
    ...{ effect: 'allow', rule: 'ana-uses' },
    would: [{ rule: 'would-refuse', effect: 'block' }],
  });
  expect(JSON.parse(events.at(-1)?.payload ?? '')).toEqual(answer);
  expect(JSON.stringify(answer)).toContain(`${masked} [redacted:email]`);
  expect(own.seen.at(-1)?.params).toMatchObject({ arguments: { text: masked } });
});

it('tells of a block on the way up, which the upstream never saw', async () => {
  const before = own.seen.length;
  const answer = await answerOf(await ana.call('wipe', { text }));
  const { exchange, events, kinds } = await recorded({ target: 'wipe' });
  expect(exchange).toMatchObject({ outcome: 'blocked', effect: 'block', rule: 'no-wipe' });
  expect(kinds).toEqual(['opened', 'decided', 'blocked']);
  expect(events[2]).toMatchObject({ detail: { reason: 'Nobody wipes.' } });
  expect(JSON.parse(events[2]?.payload ?? '')).toEqual(answer);
  expect(own.seen.length).toBe(before);
});

it('tells of a block on the way down, and of what was withheld, masked', async () => {
  const answer = await answerOf(await ana.call('echo', { text: 'withhold' }));
  const { exchange, events, kinds } = await recorded({ target: 'echo' });
  expect(exchange).toMatchObject({ outcome: 'blocked', rule: 'not-that-answer' });
  expect(kinds).toEqual(['opened', 'decided', 'forwarded', 'received', 'decided', 'blocked']);
  expect(events[3]?.payload).toContain('withhold [redacted:email]');
  expect(JSON.parse(events[5]?.payload ?? '')).toEqual(answer);
  expect(answer.result).toMatchObject({ isError: true });
});

it('tells of an error, masked', async () => {
  await answerOf(await ana.call('fail', { text: '' }));
  const { exchange, events } = await recorded({ target: 'fail' });
  expect(exchange?.outcome).toBe('answered');
  expect(events.at(-1)?.payload).toContain('no such person: [redacted:email]');

  await answerOf(await ana.request('resources/read', { uri: 'x://y' }));
  const unread = await recorded({ method: 'resources/read' });
  expect(unread.exchange).toMatchObject({ outcome: 'blocked', target: 'x://y', effect: 'block' });
  expect(unread.exchange?.rule).toBeUndefined();
});

it('tells how much of a list was taken out', async () => {
  const { result } = await answerOf(await ana.request('tools/list', {}));
  expect(JSON.stringify(result)).not.toContain('wipe');
  const { events, kinds } = await recorded({ method: 'tools/list' });
  expect(kinds).toEqual(['opened', 'decided', 'forwarded', 'masked', 'answered']);
  expect(events[3]?.detail).toEqual({ what: 'tools (pruned)', count: 1 });
  expect(events[4]?.payload).not.toContain('wipe');
});

it('tells of a notification within its call', async () => {
  const messages = await allMessages(await ana.call('shout', { text: 'hey' }));
  expect(messages.map(({ method }) => method)).toEqual(['notifications/message', undefined]);
  const { events, kinds } = await recorded({ target: 'shout' });
  expect(kinds).toEqual(['opened', 'decided', 'forwarded', 'masked', 'forwarded', 'answered']);
  expect(JSON.parse(events[4]?.payload ?? '')).toEqual(messages[0]);
  expect(JSON.stringify(messages[0])).toContain('[redacted:email]');
});

it('tells of notifications that belong to no call', async () => {
  await ana.post({ method: 'notifications/roots/list_changed' });
  const up = await recorded({ method: 'notifications/roots/list_changed' });
  expect(up.exchange).toMatchObject({ outcome: 'delivered', sub: 'ana' });
  expect(up.kinds).toEqual(['opened', 'decided', 'forwarded', 'closed']);

  const controller = new AbortController();
  const stream = messagesOf(await ana.listen(controller.signal));
  await own.isHeard();
  await own.latest.server.sendLoggingMessage({ level: 'info', data: secrets.answered });
  await stream.next();
  controller.abort();
  const down = await recorded({ method: 'notifications/message' });
  expect(down.exchange).toMatchObject({ outcome: 'delivered', sub: 'ana' });
  expect(down.events.at(-2)?.payload).toContain('"data":"[redacted:email]"');
});

it('tells of what a server asks, and of what it is answered', async () => {
  const messages = messagesOf(await ana.call('ask', { text: '' }));
  const { value: asked } = await messages.next();
  const content = { type: 'text', text: `she is ${secrets.address}` };
  await ana.post({ id: asked?.id, result: { role: 'assistant', model: 'm', content } });
  await messages.next();
  const call = await recorded({ target: 'ask' });
  expect(call.kinds).toEqual([
    ...['opened', 'decided', 'forwarded', 'masked', 'forwarded', 'answered'],
  ]);
  const question = call.events.find(({ payload }) => payload?.includes('who is'));
  expect(question?.payload).toContain('who is [redacted:email]');
  const answer = await recorded({ method: 'sampling/createMessage' });
  expect(answer.exchange).toMatchObject({ outcome: 'delivered', rule: 'ana-uses', sub: 'ana' });
  expect(answer.events[0]?.payload).toContain('she is [redacted:email]');
});

it('tells of what was refused before it could be judged', async () => {
  await ana.postText('{"jsonrpc":"2.0","id":1');
  const bad = await recorded({ method: 'POST' });
  expect(bad.exchange).toMatchObject({ outcome: 'failed', sub: 'ana', upstream: 'own' });
  expect(bad.events[1]).toMatchObject({ kind: 'failed', detail: { code: 'FRAME_NOT_JSON' } });

  await ana.as('not-a-token').call('echo', { text });
  await vi.waitFor(async () => {
    const { exchange, events } = await recorded({ method: 'POST' });
    expect(exchange?.sub).toBeUndefined();
    expect(events[1]?.detail).toMatchObject({ code: 'AUTH_TOKEN_INVALID' });
  });
});

it('names a session the same in all of it, but not as its client does', async () => {
  const reader = gate.transcripts();
  const { exchange } = await recorded({ target: 'echo' });
  const session = exchange?.session ?? '';
  expect(session).toMatch(/^[0-9a-f-]{36}$/);
  const methods = reader.exchanges({ session, limit: 100 }).map(({ method }) => method);
  expect(methods.slice(0, 2)).toEqual(['initialize', 'notifications/initialized']);
  expect(methods).toContain('tools/call');
});

it('tells which policies were in force', async () => {
  await answerOf(await ana.call('echo', { text: 'before' }));
  const before = await recorded({ target: 'echo' });
  gate.writePolicy('default.yaml', `${policies}# another revision\n`);
  const reloaded = () => gate.log.find((line) => line.includes('policies reloaded'));
  const line = await vi.waitFor(() => reloaded() ?? expect.fail('not yet'), { timeout: 5_000 });
  await answerOf(await ana.call('echo', { text: 'after' }));
  const after = await recorded({ target: 'echo' });
  expect(JSON.parse(line)).toMatchObject({
    revision: after.exchange?.revision,
    replaces: before.exchange?.revision,
  });
  expect(new Set(after.events.map(({ revision }) => revision))).toEqual(
    new Set([after.exchange?.revision]),
  );
});

it('has no value that was masked, no token and no session id anywhere in its files', async () => {
  const [upstreamSession = 'none'] = own.sessions.keys();
  const token = await gate.token('ana', 'own');
  const bytes = gate.databaseBytes();
  expect(bytes).toContain('[redacted:email]');
  for (const secret of [...Object.values(secrets), token, token.split('.')[2] ?? '']) {
    const at = bytes.indexOf(secret);
    expect(bytes.slice(at - 200, at + 100)).toBe('');
  }
  for (const id of [ana.session, upstreamSession]) expect(bytes.includes(id), id).toBe(false);
  for (const secret of [...Object.values(secrets), token, ana.session]) {
    expect(gate.log.join('\n').includes(secret), secret).toBe(false);
  }
});
