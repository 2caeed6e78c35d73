import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  BridgeClient,
  type BridgeClientOptions,
  errorOf,
  noticesIn,
  questionsIn,
  resultOf,
} from './fixtures/bridge-client.ts';
import { type StatelessServer, startStatelessServer } from './fixtures/bridge-stateless-server.ts';
import { notification, textOf } from './fixtures/stdio-client.ts';

let server: StatelessServer;
const clients: BridgeClient[] = [];
beforeAll(async () => {
  server = await startStatelessServer();
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.link.stop()));
});
afterAll(() => server.stop());

function connect(options: BridgeClientOptions = {}): BridgeClient {
  const client = new BridgeClient({ url: server.url, ...options });
  clients.push(client);
  return client;
}
async function begin(capabilities = {}, options: BridgeClientOptions = {}) {
  const client = connect(options);
  await client.initialize(capabilities);
  return client;
}
const all = { elicitation: {}, sampling: {}, roots: { listChanged: true } };

describe('a session-era client of a server without sessions', () => {
  it('begins a session from what the server says of itself', async () => {
    const client = connect();
    const sink = await client.initialize({}, '2025-06-18');
    expect(sink.heard).toEqual(['open', 'result', 'end']);
    expect(client.session).toMatch(/^[\x21-\x7e]{1,1024}$/);
    expect(sink.messages[0]).toMatchObject({
      id: 'init',
      result: {
        protocolVersion: '2025-06-18',
        serverInfo: { name: 'new', version: '2' },
        instructions: 'Be kind.',
        capabilities: {
          tools: { listChanged: true },
          resources: { subscribe: true },
          logging: {},
          extensions: { 'com.example/kept': {} },
        },
      },
    });
    expect(JSON.stringify(sink.messages)).not.toContain('tasks');
    expect(resultOf(sink)).not.toHaveProperty('resultType');
  });

  it('gets the latest session revision where it asks for one that is unknown', async () => {
    const client = connect({ era: 'stateless' });
    await client.initialize({}, '2030-01-01');
    expect(client.revision).toBe('2025-11-25');
  });

  it.each([1, 1.5, '1', 'ä', 0, -3])('gets its id %j back in kind', async (id) => {
    const client = await begin();
    const sink = await client.ask('tools/call', { name: 'echo', arguments: { say: 'x' } }, id);
    expect(sink.messages[0]).toMatchObject({ id });
  });

  it('is made known with each request, and gets a plain result', async () => {
    const client = await begin({ sampling: {} });
    await client.ask('logging/setLevel', { level: 'warning' });
    const sink = client.call('echo', { arguments: { say: 'hello' } });
    await sink.over;
    expect(resultOf(sink)).toEqual({ content: [{ type: 'text', text: 'hello' }] });
    expect(server.envelopes.at(-1)).toMatchObject({
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
      'io.modelcontextprotocol/clientCapabilities': { sampling: {} },
      'io.modelcontextprotocol/logLevel': 'warning',
    });
  });

  it('gets lists without cache hints', async () => {
    const client = await begin();
    const result = resultOf(await client.ask('tools/list'));
    expect(Object.keys(result)).toEqual(['tools']);
  });

  it('goes on with its session at a gate that was restarted', async () => {
    const before = await begin(all);
    const after = connect();
    Object.assign(after, { session: before.session, revision: before.revision });
    const sink = after.call('ask');
    await vi.waitFor(() => expect(questionsIn(sink)).toHaveLength(1));
  });

  it('is told of a missing resource by the code of its era', async () => {
    const client = await begin();
    const sink = await client.ask('resources/read', { uri: 'test://none' });
    expect(errorOf(sink)?.code).toBe(-32002);
  });

  it('hears of progress, and of log messages once it has set a level', async () => {
    const client = await begin();
    const meta = { _meta: { progressToken: 'p' } };
    const quiet = client.call('steps', meta);
    await quiet.over;
    expect(noticesIn(quiet)).toEqual(['notifications/progress', 'notifications/progress']);
    await client.ask('logging/setLevel', { level: 'debug' });
    const loud = client.call('steps', meta);
    await loud.over;
    expect(noticesIn(loud)).toContain('notifications/message');
    expect(loud.messages[0]).toMatchObject({ params: { progressToken: 'p', progress: 1 } });
  });

  it('has its pings answered, and unknown log levels refused', async () => {
    const client = await begin();
    expect(resultOf(await client.ask('ping'))).toEqual({});
    const refused = await client.ask('logging/setLevel', { level: 'loud' });
    expect(errorOf(refused)?.code).toBe(-32602);
  });

  it('cancels a call by a notification', async () => {
    const client = await begin();
    const before = server.cancelled;
    const sink = client.start('tools/call', { name: 'hang', arguments: {} }, 'mine');
    await vi.waitFor(() => expect(sink.heard).toContain('notification'));
    await client.send(notification('notifications/cancelled', { requestId: 'mine' })).over;
    await sink.over;
    expect(sink.heard).not.toContain('result');
    await vi.waitFor(() => expect(server.cancelled).toBe(before + 1));
  });

  it.each([
    ['tasks/get', { taskId: 't' }, /tasks\/get/],
    ['tools/call', { name: 'echo', task: {} }, /task/],
    ['server/discover', {}, /server\/discover/],
  ])('is told why %s has no translation', async (method, params, words) => {
    const client = await begin();
    const sink = await client.ask(method, params);
    expect(errorOf(sink)?.message).toMatch(words);
  });
});

describe('questions of a server without sessions', () => {
  it('reach the client as requests, round by round', async () => {
    const client = await begin(all);
    const sink = client.call('ask');
    for (const [n, name] of ['Ana', 'green'].entries()) {
      await vi.waitFor(() => expect(questionsIn(sink)).toHaveLength(n + 1));
      const question = questionsIn(sink)[n];
      expect(question).toMatchObject({ method: 'elicitation/create' });
      await client.answer(question?.id ?? '', { action: 'accept', content: { name } });
    }
    await sink.over;
    expect(textOf(sink)).toBe('Ana likes green');
    expect(sink.head).toEqual({ streamed: true });
  });

  it('are asked at once where there are several, and go up together', async () => {
    const client = await begin(all);
    const sink = client.call('everything');
    await vi.waitFor(() => expect(questionsIn(sink)).toHaveLength(3));
    expect(new Set(questionsIn(sink).map(({ id }) => id)).size).toBe(3);
    const content = { type: 'text', text: 'Paris' };
    const answers: Record<string, object> = {
      'elicitation/create': { action: 'accept', content: { name: 'x' } },
      'sampling/createMessage': { role: 'assistant', model: 'm', content },
      'roots/list': { roots: [] },
    };
    for (const message of questionsIn(sink)) {
      const method = 'method' in message ? message.method : '';
      await client.answer(message.id, answers[method] as { [key: string]: string });
    }
    await sink.over;
    expect(textOf(sink)).toBe('rooted,sampled,who');
  });

  it('count as cancelled where the client fails to ask its user', async () => {
    const client = await begin(all);
    const sink = client.call('ask');
    await vi.waitFor(() => expect(questionsIn(sink)).toHaveLength(1));
    const id = questionsIn(sink)[0]?.id ?? '';
    const error = { code: -1, message: 'no screen' };
    client.send({ kind: 'error', direction: 'up', message: { jsonrpc: '2.0', id, error } });
    await sink.over;
    expect(textOf(sink)).toContain('cancel');
  });

  it('fail the call where the client refuses to sample, and take the others back', async () => {
    const client = await begin(all);
    const sink = client.call('everything');
    await vi.waitFor(() => expect(questionsIn(sink)).toHaveLength(3));
    const sampling = questionsIn(sink).find((message) => JSON.stringify(message).includes('sampl'));
    const error = { code: -1, message: 'no model' };
    const message = { jsonrpc: '2.0', id: sampling?.id ?? '', error } as const;
    client.send({ kind: 'error', direction: 'up', message });
    await sink.over;
    expect(errorOf(sink)).toMatchObject({ code: -1, message: expect.stringContaining('no model') });
    expect(noticesIn(sink)).toEqual(['notifications/cancelled', 'notifications/cancelled']);
  });

  it('are never of a kind that the client did not declare', async () => {
    const client = await begin({ sampling: {} });
    const sink = client.call('ask');
    await sink.over;
    expect(questionsIn(sink)).toEqual([]);
    expect(errorOf(sink)?.message).toContain('elicitation');
  });

  it('end the call when the client takes too long, or they never end', async () => {
    const slow = await begin(all, { times: { input: 50 } });
    const late = slow.call('ask');
    await late.over;
    expect(errorOf(late)?.message).toContain('50 ms');
    expect(noticesIn(late)).toEqual(['notifications/cancelled']);

    const client = await begin(all, { limits: { rounds: 2 } });
    const endless = client.call('forever');
    await vi.waitFor(() => expect(questionsIn(endless)).toHaveLength(1));
    await client.answer(questionsIn(endless)[0]?.id ?? '', { action: 'accept', content: {} });
    await endless.over;
    expect(errorOf(endless)?.message).toContain('2 times');
  });

  it('can be answered by their own session only', async () => {
    const client = await begin(all);
    const stranger = connect({ era: 'stateless' });
    await stranger.initialize(all);
    const sink = client.call('ask');
    await vi.waitFor(() => expect(questionsIn(sink)).toHaveLength(1));
    const id = questionsIn(sink)[0]?.id ?? '';
    const foreign = new BridgeClient({ inner: client.link });
    foreign.session = stranger.session;
    foreign.revision = stranger.revision;
    await foreign.answer(id, { action: 'accept', content: { name: 'Eve' } });
    expect(sink.heard).not.toContain('result');
    await client.answer(id, { action: 'decline' });
    await sink.over;
    expect(textOf(sink)).toContain('decline');
  });
});

describe('changes at a server without sessions', () => {
  it('reach the stream of the session, without the name of the subscription', async () => {
    const client = await begin();
    const abort = new AbortController();
    const stream = client.listen(abort.signal);
    expect(stream.heard).toEqual(['open']);
    await vi.waitFor(() => {
      server.notify.toolsChanged();
      expect(noticesIn(stream)).toContain('notifications/tools/list_changed');
    });
    expect(JSON.stringify(stream.messages)).not.toContain('subscriptionId');
    abort.abort();
  });

  it('of resources are told of from the moment that the subscription is answered', async () => {
    const client = await begin();
    const stream = client.listen();
    await client.ask('resources/subscribe', { uri: 'test://one' });
    server.notify.resourceUpdated('test://one');
    await vi.waitFor(() => expect(noticesIn(stream)).toEqual(['notifications/resources/updated']));
    await client.ask('resources/subscribe', { uri: 'test://two' });
    server.notify.resourceUpdated('test://one');
    server.notify.resourceUpdated('test://two');
    await vi.waitFor(() => expect(noticesIn(stream)).toHaveLength(3));
    await client.ask('resources/unsubscribe', { uri: 'test://one' });
    await client.ask('resources/subscribe', { uri: 'test://three' });
    server.notify.resourceUpdated('test://one');
    server.notify.resourceUpdated('test://three');
    await vi.waitFor(() => expect(noticesIn(stream)).toHaveLength(4));
    expect(stream.messages.at(-1)).toMatchObject({ params: { uri: 'test://three' } });
  });

  it('wait for a stream, once each', async () => {
    const client = await begin();
    await client.ask('resources/subscribe', { uri: 'test://one' });
    server.notify.resourceUpdated('test://one');
    server.notify.resourceUpdated('test://one');
    await client.ask('tools/list');
    const stream = client.listen();
    await vi.waitFor(() => expect(noticesIn(stream)).toEqual(['notifications/resources/updated']));
  });

  it('are no longer listened to when the session ends', async () => {
    const client = await begin();
    const stream = client.listen();
    await client.ask('resources/subscribe', { uri: 'test://one' });
    await client.link.end({ owner: 'ana', session: client.session, protocol: client.revision });
    await stream.over;
    expect(stream.heard.at(-1)).toBe('end');
  });
});
