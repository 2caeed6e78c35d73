import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import {
  BridgeClient,
  type BridgeClientOptions,
  errorOf,
  noticesIn,
  resultOf,
} from './fixtures/bridge-client.ts';
import { type SessionServer, startSessionServer } from './fixtures/bridge-session-server.ts';
import { SUBSCRIPTION } from './fixtures/stateless-client.ts';
import { textOf } from './fixtures/stdio-client.ts';

let server: SessionServer;
const clients: BridgeClient[] = [];
beforeEach(async () => {
  server = await startSessionServer();
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.link.stop()));
  await server.stop();
});
function connect(options: BridgeClientOptions = {}): BridgeClient {
  const client = new BridgeClient({ url: server.url, ...options });
  clients.push(client);
  return client;
}
const capabilities = { elicitation: {}, sampling: {}, roots: {} };
const accepted = { action: 'accept', content: { name: 'Ana' } };

/** Goes on with a call by answering all that was asked. */
function retry(client: BridgeClient, name: string, asked: JsonObject, wishes = {}) {
  const { inputRequests, requestState } = asked as { inputRequests: object; requestState: string };
  const answers = Object.keys(inputRequests).map((key) => [key, accepted]);
  const params = { inputResponses: Object.fromEntries(answers), requestState };
  return client.call1(name, { capabilities, ...wishes }, params);
}

describe('a stateless client of a server with sessions', () => {
  it('discovers what the server said when a session began', async () => {
    const sink = await connect().ask1('server/discover', {}, { id: 'who' });
    expect(sink.messages[0]).toEqual({
      jsonrpc: '2.0',
      id: 'who',
      result: {
        resultType: 'complete',
        supportedVersions: ['2026-07-28'],
        capabilities: { tools: { listChanged: true }, resources: { subscribe: true }, logging: {} },
        instructions: 'Be old.',
        ttlMs: 0,
        cacheScope: 'private',
        _meta: { 'io.modelcontextprotocol/serverInfo': { name: 'old', version: '1' } },
      },
    });
  });

  it('is made known to the server once, whatever it calls', async () => {
    const client = connect();
    await Promise.all([client.call1('id'), client.call1('id'), client.ask1('tools/list')]);
    expect(server.clients).toEqual([
      {
        protocolVersion: '2025-11-25',
        capabilities: {},
        clientInfo: { name: 'test', version: '1' },
      },
    ]);
    expect(server.sessions).toBe(1);
  });

  it.each([1, 1.5, '1', 'ä', 0, -3])('gets its id %j back in kind', async (id) => {
    const sink = await connect().call1('id', { id });
    expect(sink.heard).toEqual(['open', 'result', 'end']);
    expect(sink.messages[0]).toMatchObject({ id });
  });

  it('shares a session with others of its owner only', async () => {
    const client = connect();
    const [one, other] = [client.call1('id', { id: 7 }), client.call1('id', { id: 7 })];
    expect(textOf(await one)).not.toBe(textOf(await other));
    await client.call1('id', { owner: 'ben' });
    await client.call1('id', { capabilities: { roots: {} } });
    expect(server.sessions).toBe(3);
  });

  it('gets results with what its era adds, and lists with cache hints', async () => {
    const client = connect();
    const list = resultOf(await client.ask1('tools/list'));
    expect(list).toMatchObject({ resultType: 'complete', ttlMs: 0, cacheScope: 'private' });
    const called = resultOf(await client.call1('id'));
    expect(called).toMatchObject({
      resultType: 'complete',
      _meta: { 'io.modelcontextprotocol/serverInfo': { name: 'old' } },
    });
    expect(called).not.toHaveProperty('ttlMs');
  });

  it('keeps trace context, and sends nothing that only its era has', async () => {
    await connect().call1('echo', { more: { traceparent: '00-a-b-01' } });
    expect(server.metas).toEqual([{ traceparent: '00-a-b-01' }]);
  });

  it('is told of a missing resource by the code of its era', async () => {
    const sink = await connect().ask1('resources/read', { uri: 'test://none' });
    expect(errorOf(sink)?.code).toBe(-32602);
  });

  it.each(['p', 7, 'ä'])('hears of progress under its own token %j', async (token) => {
    const sink = await connect().call1('steps', { token });
    const tokens = sink.messages.flatMap((message) =>
      'params' in message ? [message.params?.progressToken] : [],
    );
    expect(tokens).toEqual([token, token]);
  });

  it('gets log messages only as far as it asked for them', async () => {
    const client = connect();
    const [silent, loud, grave] = await Promise.all([
      client.call1('log-here'),
      client.call1('log-here', { level: 'debug' }),
      client.call1('log-here', { level: 'error' }),
    ]);
    expect(noticesIn(silent)).toHaveLength(0);
    expect(noticesIn(loud)).toHaveLength(3);
    expect(noticesIn(grave)).toHaveLength(1);
  });

  it('gets log messages that come on the stream of no call, as long as it is the only one', async () => {
    const client = connect();
    await vi.waitFor(async () => {
      expect(noticesIn(await client.call1('log', { level: 'info' }))).toHaveLength(2);
    });
  });

  it('cancels a call by no longer listening', async () => {
    const client = connect();
    const abort = new AbortController();
    const wishes = { signal: abort.signal, level: 'error' };
    const sink = client.send1('tools/call', { name: 'hang', arguments: {} }, wishes);
    await vi.waitFor(() => expect(noticesIn(sink)).toHaveLength(1));
    abort.abort();
    await vi.waitFor(() => expect(server.cancelled).toBe(1));
    expect(sink.heard).toEqual(['open', 'notification']);
  });

  it('does not notice that the server has lost its sessions', async () => {
    const client = connect();
    await client.call1('id');
    server.forget();
    const sink = await client.call1('id');
    expect(textOf(sink)).toMatch(/^number/);
    expect(server.clients).toHaveLength(2);
  });

  it('costs the server no session once it is idle', async () => {
    const client = connect({ times: { idle: 50 } });
    await client.call1('id');
    expect(server.sessions).toBe(1);
    await vi.waitFor(() => expect(server.sessions).toBe(0));
    expect(textOf(await client.call1('id'))).toMatch(/^number/);
  });

  it('takes the place of the longest unused session when there is no room', async () => {
    const client = connect({ limits: { ownerSessions: 2 } });
    for (const kind of ['roots', 'sampling', 'elicitation']) {
      await client.call1('id', { capabilities: { [kind]: {} } });
    }
    await vi.waitFor(() => expect(server.sessions).toBe(2));
  });

  it('is refused where all sessions of its owner are in use', async () => {
    const client = connect({ limits: { ownerSessions: 1 } });
    const abort = new AbortController();
    const wishes = { signal: abort.signal, level: 'error' };
    const hanging = client.send1('tools/call', { name: 'hang', arguments: {} }, wishes);
    await vi.waitFor(() => expect(noticesIn(hanging)).toHaveLength(1));
    const refused = await client.call1('id', { capabilities });
    expect(refused.error?.code).toBe('SESSION_LIMIT');
    abort.abort();
  });

  it.each([
    ['ping', {}, /ping/],
    ['logging/setLevel', {}, /logLevel/],
    ['resources/subscribe', { uri: 'a:b' }, /subscriptions\/listen/],
    ['tasks/get', { taskId: 't' }, /tasks\/get/],
    ['tools/call', { name: 'id', task: {} }, /task/],
  ])('is told why %s has no translation', async (method, params, words) => {
    const sink = await connect().ask1(method, params);
    expect(errorOf(sink)?.message).toMatch(words);
  });
});

describe('questions of a server with sessions', () => {
  it('answer the request, and the next request goes on with the call', async () => {
    const client = connect();
    const asked = resultOf(await client.call1('ask', { capabilities, id: 'first' }));
    expect(asked).toMatchObject({
      resultType: 'input_required',
      inputRequests: {
        'question-1': { method: 'elicitation/create', params: { message: 'who?' } },
      },
    });
    const sink = await retry(client, 'ask', asked, { id: 'second' });
    expect(sink.messages[0]).toMatchObject({ id: 'second', result: { resultType: 'complete' } });
    expect(textOf(sink)).toContain('Ana');
  });

  it('come together where the server asks together', async () => {
    const client = connect();
    const asked = resultOf(await client.call1('both', { capabilities }));
    expect(Object.keys(asked.inputRequests as object)).toHaveLength(2);
    expect(textOf(await retry(client, 'both', asked))).toContain('Ana');
  });

  it('come again where an answer is missing', async () => {
    const client = connect();
    const asked = resultOf(await client.call1('both', { capabilities }));
    const { requestState } = asked;
    const inputResponses = { 'question-1': accepted };
    const params = { inputResponses, requestState: requestState ?? '' };
    const again = resultOf(await client.call1('both', { capabilities }, params));
    expect(Object.keys(again.inputRequests as object)).toEqual(['question-2']);
    expect(textOf(await retry(client, 'both', again))).toContain('Ana');
  });

  it('come one after the other where the server asks so', async () => {
    const client = connect();
    const first = resultOf(await client.call1('twice', { capabilities }));
    const second = resultOf(await retry(client, 'twice', first));
    expect(second.requestState).not.toBe(first.requestState);
    expect(textOf(await retry(client, 'twice', second))).toMatch(/Ana.*Ana/);
  });

  it('are found on the stream that belongs to no call', async () => {
    const client = connect();
    const asked = resultOf(await client.call1('ask-apart', { capabilities }));
    expect(textOf(await retry(client, 'ask-apart', asked))).toContain('Ana');
  });

  it('are refused where the client did not declare that it can be asked', async () => {
    const sink = await connect().call1('sample', { capabilities: { elicitation: {} } });
    expect(textOf(sink)).toMatch(/can't be asked|not support/);
  });

  it('are answered by their owner only, for the same request, and once', async () => {
    const client = connect();
    const asked = resultOf(await client.call1('ask', { capabilities }));
    for (const [name, owner] of [
      ['ask', 'ben'],
      ['both', 'ana'],
    ] as const) {
      const foreign = await retry(client, name, asked, { owner });
      expect(errorOf(foreign)).toMatchObject({ code: -32602 });
    }
    const { requestState = '' } = asked;
    const other = { arguments: { for: 'another' }, requestState };
    expect(errorOf(await client.call1('ask', { capabilities }, other))?.code).toBe(-32602);
    expect(textOf(await retry(client, 'ask', asked))).toContain('Ana');
    expect(errorOf(await retry(client, 'ask', asked))?.message).toContain('start over');
  });

  it('wait no longer when the link stops, and no session stays open', async () => {
    const client = connect();
    await client.call1('ask', { capabilities });
    const wishes = { level: 'error' };
    const hanging = client.send1('tools/call', { name: 'hang', arguments: {} }, wishes);
    await vi.waitFor(() => expect(noticesIn(hanging)).toHaveLength(1));
    await client.link.stop();
    await hanging.over;
    expect(hanging.heard).not.toContain('result');
    expect(server.sessions).toBe(0);
  });

  it('cancel the call where the client does not come back', async () => {
    const client = connect({ times: { input: 50 } });
    const asked = resultOf(await client.call1('ask', { capabilities }));
    await vi.waitFor(async () => {
      expect(errorOf(await retry(client, 'ask', asked))?.code).toBe(-32602);
    });
  });

  it('are bounded for an owner', async () => {
    const client = connect({ limits: { pending: 1 } });
    const first = resultOf(await client.call1('ask', { capabilities }));
    const second = await client.call1('ask', { capabilities });
    expect(errorOf(second)?.message).toContain('too many calls');
    expect(textOf(await retry(client, 'ask', first))).toContain('Ana');
  });

  it('send the user to a URL where the server wants that before', async () => {
    const wishes = { capabilities: { elicitation: { url: {} } } };
    const asked = resultOf(await connect().call1('visit', wishes));
    expect(asked).toMatchObject({
      resultType: 'input_required',
      inputRequests: { 'visit-1': { params: { mode: 'url', url: 'https://x.y/' } } },
    });
    expect(asked).not.toHaveProperty('requestState');
    expect(JSON.stringify(asked)).not.toContain('elicitationId');
  });
});

describe('a subscription at a server with sessions', () => {
  const uri = 'test://one';
  const listen = (client: BridgeClient, notifications: JsonObject, signal?: AbortSignal) =>
    client.send1(
      'subscriptions/listen',
      { notifications },
      { id: 'sub', ...(signal && { signal }) },
    );

  it('is acknowledged with what the server can do', async () => {
    const sink = listen(connect(), {
      toolsListChanged: true,
      promptsListChanged: true,
      resourcesListChanged: true,
      resourceSubscriptions: [uri, 'test://bad', uri],
    });
    await vi.waitFor(() => expect(sink.messages).toHaveLength(1));
    expect(sink.head).toEqual({ streamed: true });
    expect(sink.messages[0]).toEqual({
      jsonrpc: '2.0',
      method: 'notifications/subscriptions/acknowledged',
      params: {
        notifications: { toolsListChanged: true, resourceSubscriptions: [uri] },
        _meta: { [SUBSCRIPTION]: 'sub' },
      },
    });
  });

  it('brings what was asked for, under its name, and nothing else', async () => {
    const client = connect();
    const lists = listen(client, { toolsListChanged: true });
    const resources = listen(client, { resourceSubscriptions: [uri] });
    await vi.waitFor(() => expect([lists, resources].flatMap(noticesIn)).toHaveLength(2));
    await vi.waitFor(async () => {
      await server.last?.sendToolListChanged();
      expect(noticesIn(lists)).toContain('notifications/tools/list_changed');
    });
    await server.last?.sendResourceUpdated({ uri: 'test://other' });
    await server.last?.sendResourceUpdated({ uri });
    await vi.waitFor(() => expect(noticesIn(resources)).toHaveLength(2));
    expect(resources.messages.at(-1)).toMatchObject({
      params: { uri, _meta: { [SUBSCRIPTION]: 'sub' } },
    });
    expect(noticesIn(lists)).not.toContain('notifications/resources/updated');
  });

  it('is taken back at the server when nobody listens any more', async () => {
    const client = connect();
    const [one, two] = [new AbortController(), new AbortController()];
    const first = listen(client, { resourceSubscriptions: [uri] }, one.signal);
    const second = listen(client, { resourceSubscriptions: [uri] }, two.signal);
    await vi.waitFor(() => expect([first, second].flatMap(noticesIn)).toHaveLength(2));
    expect(server.subscribed).toEqual([uri]);
    one.abort();
    await client.call1('id');
    expect(server.subscribed).toEqual([uri]);
    two.abort();
    const third = listen(client, { resourceSubscriptions: [uri] });
    await vi.waitFor(() => expect(noticesIn(third)).toHaveLength(1));
    expect(server.subscribed).toEqual([uri]);
    await client.link.end({ owner: 'ana', protocol: '2026-07-28' });
    expect(third.heard).not.toContain('end');
  });

  it('leaves nothing behind at the server', async () => {
    const client = connect();
    const abort = new AbortController();
    const sink = listen(client, { resourceSubscriptions: [uri] }, abort.signal);
    await vi.waitFor(() => expect(noticesIn(sink)).toHaveLength(1));
    abort.abort();
    await vi.waitFor(() => expect(server.subscribed).toEqual([]));
    await client.link.end({ owner: 'ana', protocol: '2026-07-28' });
    expect(server.sessions).toBe(0);
  });

  it('ends in order when the session is lost', async () => {
    const client = connect();
    const sink = listen(client, { toolsListChanged: true });
    await vi.waitFor(() => expect(sink.messages).toHaveLength(1));
    server.forget();
    await client.call1('id');
    await sink.over;
    expect(resultOf(sink)).toMatchObject({
      resultType: 'complete',
      _meta: { [SUBSCRIPTION]: 'sub' },
    });
  });
});
