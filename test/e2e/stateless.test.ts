import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  event,
  HttpUpstream,
  json,
  noteText,
  resultText,
  sse,
} from '../transport/fixtures/http-upstream.ts';
import { StatelessUpstream } from './fixtures/stateless-upstream.ts';
import { type RunningGate, rawPost, startGate } from './support/gate.ts';

const VERSION = '2026-07-28';
const policy = (tools: string) => `apiVersion: sallyport/v1
rules:
  - id: some
    on: { tools: [${tools}], resources: ['demo://a'] }
    then: allow
  - id: no-addresses
    on: { tools: ['*'] }
    mask: [{ find: [email], in: [args, result] }]
`;
const everything = policy("'*'");

let upstream: StatelessUpstream;
let hostile: HttpUpstream;
let gate: RunningGate;

beforeAll(async () => {
  upstream = await StatelessUpstream.start();
  hostile = await HttpUpstream.start();
  gate = await startGate({
    upstreams: { own: { url: upstream.url }, hostile: { url: hostile.url } },
    policies: everything,
  });
});
beforeEach(() => {
  upstream.heard.splice(0);
});
afterAll(async () => {
  await gate?.stop();
  await upstream?.stop();
  await hostile?.close();
});

async function connected(run: (client: Client) => Promise<void>, on = gate): Promise<void> {
  const token = await on.token('ana', 'own');
  const client = new Client(
    { name: 'agent', version: '1' },
    { versionNegotiation: { mode: { pin: VERSION } } },
  );
  const requestInit = { headers: { authorization: `Bearer ${token}` } };
  await client.connect(
    new StreamableHTTPClientTransport(new URL(on.endpoint('own')), { requestInit }),
  );
  try {
    await run(client);
  } finally {
    await client.close();
  }
}

const meta = {
  'io.modelcontextprotocol/protocolVersion': VERSION,
  'io.modelcontextprotocol/clientCapabilities': {},
};

interface Post {
  readonly method?: string;
  readonly params?: object;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly to?: string;
  readonly signal?: AbortSignal;
  readonly body?: object;
}

/** A good request, but for what is told otherwise. */
async function post({ method = 'tools/list', params = {}, to = 'own', ...other }: Post) {
  const token = await gate.token('ana', to);
  const body = { jsonrpc: '2.0', id: 7, method, params: { _meta: meta, ...params } };
  const headers = {
    authorization: `Bearer ${token}`,
    'mcp-protocol-version': VERSION,
    'mcp-method': method,
    ...other.headers,
  };
  const text = JSON.stringify(other.body ?? body);
  return rawPost(gate.endpoint(to), text, headers, other.signal);
}

async function answer(response: Response) {
  const text = await response.text();
  const [, data = text] = /^data: (.*)$/m.exec(text) ?? [];
  return JSON.parse(data);
}

const route = (args: object, headers: Post['headers'] = {}): Promise<Response> =>
  post({
    method: 'tools/call',
    params: { name: 'route', arguments: args },
    headers: { 'mcp-name': 'route', ...headers },
  });

describe('a client and an upstream of the stateless era', () => {
  it('find each other, and agree through the gate', async () => {
    await connected(async (client) => {
      expect(client.getNegotiatedProtocolVersion()).toBe(VERSION);
      expect(client.getServerVersion()?.name).toBe('stateless');
      const { contents } = await client.readResource({ uri: 'demo://a' });
      expect(contents).toMatchObject([{ text: 'A' }]);
    });
    for (const { headers, body } of upstream.heard) {
      expect(headers['mcp-session-id']).toBeUndefined();
      expect(headers['mcp-method']).toBe(JSON.parse(body).method);
      expect(headers['mcp-protocol-version']).toBe(VERSION);
    }
    expect(upstream.of('resources/read')[0]?.headers['mcp-name']).toBe('demo://a');
  });

  it('see no tool whose headers are invalid', async () => {
    const { result } = await answer(await post({}));
    expect(result.tools.map(({ name }: { name: string }) => name)).toEqual(['route', 'wait']);
    expect(gate.log.join('\n')).toContain('"tool":"broken"');
  });

  it('repeat arguments in headers, there and beyond', async () => {
    await connected(async (client) => {
      await client.listTools();
      const args = { region: 'größe', to: { count: 7 }, note: 'no header' };
      await client.callTool({ name: 'route', arguments: args });
    });
    expect(upstream.of('tools/call')[0]?.headers).toMatchObject({
      'mcp-name': 'route',
      'mcp-param-region': '=?base64?Z3LDtsOfZQ==?=',
      'mcp-param-count': '7',
    });
  });

  it('have nothing in the clear that is masked, not even in a header', async () => {
    const to = 'ana@example.com';
    const response = await route({ region: to }, { 'mcp-param-region': to });
    expect(response.status).toBe(200);
    const [sent] = upstream.of('tools/call');
    const { region } = JSON.parse(sent?.body ?? '').params.arguments;
    expect(sent?.headers['mcp-param-region']).toBe(region);
    expect(JSON.stringify(sent)).not.toContain(to);
  });

  it('may keep results a while, and only for themselves', async () => {
    const read = { method: 'resources/read', params: { uri: 'demo://a' } };
    for (const request of [{}, { ...read, headers: { 'mcp-name': 'demo://a' } }]) {
      const { result } = await answer(await post(request));
      expect(result).toMatchObject({ resultType: 'complete', cacheScope: 'private' });
      expect(result.ttlMs).toBeLessThanOrEqual(60_000);
    }
  });

  it('learn of unknown methods by status too', async () => {
    const response = await post({ method: 'resources/subscribe', params: { uri: 'demo://a' } });
    expect(response.status).toBe(404);
    expect(await answer(response)).toMatchObject({ id: 7, error: { code: -32601 } });
  });

  it('cancel by closing the stream', async () => {
    const abort = new AbortController();
    const before = upstream.cancelled;
    const call = post({
      ...{ method: 'tools/call', params: { name: 'wait' }, signal: abort.signal },
      headers: { 'mcp-name': 'wait' },
    });
    await vi.waitFor(() => expect(upstream.of('tools/call')).toHaveLength(1));
    abort.abort();
    await expect(call).rejects.toThrow();
    await vi.waitFor(() => expect(upstream.cancelled).toBe(before + 1));
  });

  it('trace what belongs together, if it can be told', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01';
    const sent = async (more: object) => {
      await post({ params: { _meta: { ...meta, ...more } } });
      return JSON.parse(upstream.of('tools/list').at(-1)?.body ?? '').params._meta;
    };
    expect(await sent({ traceparent })).toMatchObject({ traceparent });
    const left = await sent({ traceparent: 'x', tracestate: 'a=1', baggage: 'a b' });
    expect(Object.keys(left).sort()).toEqual(Object.keys(meta).sort());
  });
});

describe('a request', () => {
  const none = { 'io.modelcontextprotocol/clientCapabilities': {} };
  const cases: [string, Post, number, number][] = [
    ['of an unknown revision', versioned('2099-01-01', '2099-01-01'), 400, -32022],
    ['of a revision with sessions', versioned('2025-11-25', '2025-11-25'), 400, -32022],
    ['of two revisions', versioned('2025-11-25', VERSION), 400, -32020],
    ['of a revision only in its body', versioned(undefined, VERSION), 400, -32020],
    ['of a revision only in its header', { params: { _meta: none } }, 400, -32602],
    ['without _meta', { params: { _meta: undefined } }, 400, -32602],
    [
      'without capabilities',
      { params: { _meta: { 'io.modelcontextprotocol/protocolVersion': VERSION } } },
      400,
      -32602,
    ],
    ['without its method', { headers: { 'mcp-method': undefined } }, 400, -32020],
    ['of another method', { headers: { 'mcp-method': 'prompts/list' } }, 400, -32020],
    ['of a method in capitals', { headers: { 'mcp-method': 'TOOLS/LIST' } }, 400, -32020],
    ['without its name', named(undefined), 400, -32020],
    ['of another name', named('wait'), 400, -32020],
    ['of a malformed name', named('=?base64?cm91dGU?='), 400, -32020],
  ];
  it.each(cases)('%s is refused', async (_, request, status, code) => {
    const response = await post(request);
    expect(response.status).toBe(status);
    expect(await answer(response)).toMatchObject({ id: 7, error: { code } });
    expect(upstream.heard).toEqual([]);
  });

  it('of an unknown revision is told which there are', async () => {
    const { error } = await answer(await post(versioned('2099-01-01', '2099-01-01')));
    expect(error.data.requested).toBe('2099-01-01');
    expect(error.data.supported).toEqual([VERSION]);
  });

  it('may encode its name', async () => {
    const name = `=?base64?${Buffer.from('route').toString('base64')}?=`;
    expect((await post(named(name))).status).toBe(200);
  });

  const wrong: [string, object, Post['headers']][] = [
    ['is missing', { region: 'eu' }, {}],
    ['says something else', { region: 'eu' }, { 'mcp-param-region': 'us' }],
    ['is malformed', { region: 'eu' }, { 'mcp-param-region': '=?base64?ZXU?=' }],
    ['stands for nothing', {}, { 'mcp-param-region': 'eu' }],
    ['is another number', { to: { count: 7 } }, { 'mcp-param-count': '8' }],
  ];
  it.each(wrong)('is refused where the header of an argument %s', async (_, args, headers) => {
    await post({});
    const response = await route(args, headers);
    expect(response.status).toBe(400);
    expect(await answer(response)).toMatchObject({ id: 7, error: { code: -32020 } });
    expect(upstream.of('tools/call')).toEqual([]);
  });

  it('compares numbers as numbers', async () => {
    await post({});
    const response = await route({ to: { count: 7 } }, { 'mcp-param-count': '7.0' });
    expect(response.status).toBe(200);
    expect(upstream.of('tools/call')[0]?.headers['mcp-param-count']).toBe('7');
  });

  it('needs no session, gets none, and has no stream to come back to', async () => {
    const response = await post({ headers: { 'mcp-session-id': 'x', 'last-event-id': '1' } });
    expect(response.status).toBe(200);
    expect(response.headers.get('mcp-session-id')).toBeNull();
    expect(upstream.heard[0]?.headers['mcp-session-id']).toBeUndefined();
  });

  it('is all that clients send', async () => {
    const say = (method: string) => post({ body: { jsonrpc: '2.0', method } });
    expect((await say('notifications/cancelled')).status).toBe(202);
    expect((await say('notifications/initialized')).status).toBe(400);
    const reply = await post({ body: { jsonrpc: '2.0', id: 1, result: {} } });
    expect(reply.status).toBe(400);
    expect(upstream.heard).toEqual([]);
  });
});

describe('a gate that knows nothing yet', () => {
  it('reads the list of tools before the first call, and again when the upstream refuses', async () => {
    const fresh = await startGate({
      upstreams: { own: { url: upstream.url } },
      policies: everything,
    });
    try {
      await connected(async (client) => {
        await client.callTool({ name: 'route', arguments: { region: 'eu' } });
        expect(upstream.of('tools/list')).toHaveLength(1);
        expect(upstream.of('tools/call')[0]?.headers['mcp-param-region']).toBe('eu');
        await new Promise((resolve) => setTimeout(resolve, 1_100));
        upstream.regionHeader = 'Area';
        await client.callTool({ name: 'route', arguments: { region: 'us' } });
        expect(upstream.of('tools/call').at(-1)?.headers['mcp-param-area']).toBe('us');
      }, fresh);
    } finally {
      upstream.regionHeader = 'Region';
      await fresh.stop();
    }
  });
});

describe('a subscription', () => {
  it('is acknowledged, tells only what was asked for, and ends well', async () => {
    const own = await startGate({
      upstreams: { own: { url: upstream.url } },
      policies: everything,
    });
    try {
      await connected(async (client) => {
        const heard: string[] = [];
        for (const method of ['tools', 'resources', 'prompts'] as const) {
          const name = `notifications/${method}/list_changed` as const;
          client.setNotificationHandler(name, () => void heard.push(method));
        }
        client.setNotificationHandler('notifications/resources/updated', ({ params }) => {
          heard.push(params.uri);
        });
        const wanted = {
          toolsListChanged: true,
          resourceSubscriptions: ['demo://a', 'demo://secret'],
        };
        const subscription = await client.listen(wanted);
        expect(subscription.honoredFilter).toEqual({
          toolsListChanged: true,
          resourceSubscriptions: ['demo://a'],
        });
        upstream.notify.resourceUpdated('demo://secret');
        upstream.notify.resourcesChanged();
        upstream.notify.resourceUpdated('demo://a');
        await vi.waitFor(() => expect(heard).toEqual(['demo://a']));
        own.writePolicy('default.yaml', policy('route'));
        await own.daemon.look();
        await vi.waitFor(() => expect(heard).toEqual(['demo://a', 'tools']));
        const closed = subscription.closed;
        await own.halt();
        expect(await closed).toBe('graceful');
      }, own);
    } finally {
      await own.stop().catch(() => undefined);
    }
  });

  it('names the request that began it, in every message', async () => {
    const abort = new AbortController();
    const listen = { notifications: { toolsListChanged: true, promptsListChanged: true } };
    const response = await post({
      ...{ method: 'subscriptions/listen', params: listen, signal: abort.signal },
    });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    const first = await reader?.read();
    expect(JSON.parse(first?.value?.replace(/^data: /, '') ?? '')).toMatchObject({
      method: 'notifications/subscriptions/acknowledged',
      params: { _meta: { 'io.modelcontextprotocol/subscriptionId': 7 } },
    });
    upstream.notify.toolsChanged();
    const second = await reader?.read();
    expect(JSON.parse(second?.value?.replace(/^data: /, '') ?? '')).toMatchObject({
      method: 'notifications/tools/list_changed',
      params: { _meta: { 'io.modelcontextprotocol/subscriptionId': 7 } },
    });
    abort.abort();
  });
});

describe('an upstream of the stateless era', () => {
  /** It says what it speaks as it should; the rest is bad. */
  const be = (handler: HttpUpstream['handler']) => {
    hostile.handler = (response, received, id) => {
      if (!received.body.includes('"server/discover"')) return handler(response, received, id);
      const result = {
        ...{ resultType: 'complete', supportedVersions: [VERSION], capabilities: { tools: {} } },
        ...{ ttlMs: 0, cacheScope: 'private' },
      };
      json(response, JSON.stringify({ jsonrpc: '2.0', id, result }));
    };
  };
  const call = (): Promise<Response> =>
    post({
      ...{ to: 'hostile', method: 'tools/call', params: { name: 'x' } },
      headers: { 'mcp-name': 'x' },
    });
  const cases: [string, HttpUpstream['handler'], string][] = [
    ['ends its stream too early', (response) => sse(response, ''), 'UPSTREAM_ENDED'],
    ['answers with a page', (response) => json(response, '<html></html>'), 'UPSTREAM_INVALID'],
    [
      'answers another request',
      (response) => json(response, resultText('other')),
      'UPSTREAM_ENDED',
    ],
    ['breaks off', (response) => void response.destroy(), 'UPSTREAM_ENDED'],
    ['answers 404 with a page', (response) => json(response, 'no', 404), 'UPSTREAM_STATUS'],
  ];
  it.each(cases)('that %s fails the call', async (_, handler, code) => {
    be(handler);
    const { id, error } = await answer(await call());
    expect({ id, code: error.data.code }).toEqual({ id: 7, code });
  });

  it('that goes on after its answer is not heard', async () => {
    be((response, _, id) => sse(response, event(resultText(id)) + event(resultText(id, 'again'))));
    const text = await (await call()).text();
    expect(text).toContain('fine');
    expect(text).not.toContain('again');
  });

  it('is heard only on what was asked for', async () => {
    const progress = (progressToken: unknown) =>
      event(
        JSON.stringify({
          ...{ jsonrpc: '2.0', method: 'notifications/progress' },
          params: { progressToken, progress: 1 },
        }),
      );
    be((response, _, id) =>
      sse(response, event(noteText('log')) + progress('p') + progress('q') + event(resultText(id))),
    );
    const asked = { progressToken: 'p', 'io.modelcontextprotocol/logLevel': 'info' };
    const say = async (more: object) => {
      const params = { name: 'x', _meta: { ...meta, ...more } };
      const headers = { 'mcp-name': 'x' };
      return (await post({ to: 'hostile', method: 'tools/call', params, headers })).text();
    };
    expect(await say({})).not.toMatch(/notifications/);
    const told = await say(asked);
    expect(told).toContain('"log"');
    expect(told).toContain('"progressToken":"p"');
    expect(told).not.toContain('"progressToken":"q"');
  });

  it('opens no session, and asks nothing', async () => {
    const question = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'roots/list' });
    be((response, _, id) =>
      sse(response, event(question) + event(resultText(id)), { 'mcp-session-id': 's' }),
    );
    const response = await call();
    expect(response.headers.get('mcp-session-id')).toBeNull();
    expect(await response.text()).not.toContain('roots/list');
  });

  it.each([
    [-32020, 400],
    [-32021, 400],
    [-32601, 404],
    [-32602, 200],
    [-32000, 200],
  ])('that answers %i is answered for with %i', async (code, status) => {
    be((response, _, id) => {
      const error = { code, message: 'no' };
      json(response, JSON.stringify({ jsonrpc: '2.0', id, error }), status);
    });
    const response = await call();
    expect(response.status).toBe(status);
    expect((await answer(response)).error.code).toBe(code);
  });

  it('that knows no subscriptions still has a client that hears of the gate', async () => {
    be((response, _, id) => {
      const error = { code: -32601, message: 'no' };
      json(response, JSON.stringify({ jsonrpc: '2.0', id, error }), 404);
    });
    const abort = new AbortController();
    const response = await post({
      ...{ to: 'hostile', method: 'subscriptions/listen', signal: abort.signal },
      params: { notifications: { toolsListChanged: true } },
    });
    const first = await response.body?.pipeThrough(new TextDecoderStream()).getReader().read();
    expect(first?.value).toContain('"notifications":{"toolsListChanged":true}');
    abort.abort();
  });
});

function versioned(header: string | undefined, body: string): Post {
  return {
    params: { _meta: { ...meta, 'io.modelcontextprotocol/protocolVersion': body } },
    headers: { 'mcp-protocol-version': header },
  };
}

function named(name: string | undefined): Post {
  const params = { name: 'route', arguments: {} };
  return { method: 'tools/call', params, headers: { 'mcp-name': name } };
}
