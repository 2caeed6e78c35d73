import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { LoggingMessageNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { textOf } from './fixtures/agent.ts';
import { EventReader } from './fixtures/event-reader.ts';
import { ServedGate, startIssuer } from './fixtures/served-gate.ts';
import { commands } from './fixtures/servers.ts';
import { Upstream } from './fixtures/upstream.ts';
import { waitingServer } from './fixtures/waiting-server.ts';
import { allowAll, type RunningGate, startGate } from './support/gate.ts';

let own: Upstream;
let gate: RunningGate;
/** Lets each running call of `wait` end with a text. */
let release: ((text: string) => void)[];

beforeAll(async () => {
  own = await Upstream.start(() => waitingServer((end) => release.push(end)));
  gate = await startGate({
    upstreams: { own: { url: own.url }, stdio: { command: commands.own } },
    policies: `${allowAll}  - id: no-secrets
    on: { tools: [secret] }
    then: block
`,
    config: { limits: { caller_sessions: 8, message: '64KiB' } },
  });
});
beforeEach(() => {
  release = [];
  own.seen.length = 0;
});
afterAll(async () => {
  await gate?.stop();
  await own?.stop();
});

const endpoint = (upstream: string) => `${gate.url}/sse/${upstream}`;
const tokenFor = (user: string, upstream: string) => gate.issuer.tokenFor(user, endpoint(upstream));

async function connect(upstream: string, prepare?: (client: Client) => void): Promise<Client> {
  const headers = { authorization: `Bearer ${await tokenFor('ana', upstream)}` };
  const transport = new SSEClientTransport(new URL(endpoint(upstream)), {
    requestInit: { headers },
  });
  const client = new Client({ name: 'legacy', version: '1' }, { capabilities: { roots: {} } });
  prepare?.(client);
  await client.connect(transport as Parameters<Client['connect']>[0]);
  return client;
}

/** A client that writes its requests by hand. */
class Hand {
  readonly stream: EventReader;
  readonly url: URL;
  readonly #token: string;

  private constructor(stream: EventReader, url: URL, token: string) {
    this.stream = stream;
    this.url = url;
    this.#token = token;
  }

  static async open(upstream: string, user = 'ana'): Promise<Hand> {
    const token = await tokenFor(user, upstream);
    const headers = { accept: 'text/event-stream', authorization: `Bearer ${token}` };
    const stream = await EventReader.open(endpoint(upstream), { headers });
    const { event, data } = (await stream.next()) ?? {};
    expect(event).toBe('endpoint');
    return new Hand(stream, new URL(data ?? '', endpoint(upstream)), token);
  }

  static async begin(upstream: string, user = 'ana'): Promise<Hand> {
    const hand = await Hand.open(upstream, user);
    expect((await hand.post(initialize)).status).toBe(202);
    const { message } = await hand.stream.message();
    expect(message).toMatchObject({ id: 0, result: { protocolVersion: '2024-11-05' } });
    expect((await hand.post({ method: 'notifications/initialized' })).status).toBe(202);
    return hand;
  }

  post(message: object, token = this.#token, url = this.url): Promise<Response> {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ jsonrpc: '2.0', ...message });
    return fetch(url, { method: 'POST', headers, body });
  }

  call(name: string, args: object = {}, id: number = 1): Promise<Response> {
    return this.post({ id, method: 'tools/call', params: { name, arguments: args } });
  }
}

const initialize = {
  ...{ id: 0, method: 'initialize' },
  params: {
    ...{ protocolVersion: '2024-11-05', capabilities: {} },
    clientInfo: { name: 'hand', version: '1' },
  },
};

async function codeOf(response: Response): Promise<unknown> {
  const { error } = (await response.json()) as { error?: { data?: { code?: string } } };
  return [response.status, error?.data?.code];
}

describe('a client on the official SDK', () => {
  it.each(['own', 'stdio'])('calls tools of %s', async (upstream) => {
    const client = await connect(upstream);
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toContain('echo');
    const params = { name: 'echo', arguments: { text: 'through the old door' } };
    expect(textOf(await client.callTool(params))).toBe('through the old door');
    await client.close();
  });

  it('hears what the upstream says by itself', async () => {
    const heard: unknown[] = [];
    const client = await connect('stdio', (it) =>
      it.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => {
        heard.push(params.data);
      }),
    );
    await client.callTool({ name: 'announce', arguments: { text: 'hear, hear' } });
    await vi.waitFor(() => expect(heard).toEqual(['hear, hear']));
    await client.close();
  });

  it('is refused what the policy forbids, and it is recorded', async () => {
    const client = await connect('own');
    const answer = await client.callTool({ name: 'secret', arguments: {} });
    expect(textOf(answer)).toContain('no-secrets');
    const [exchange] = gate.transcripts().exchanges({ target: 'secret', limit: 1 });
    expect(exchange).toMatchObject({ upstream: 'own', outcome: 'blocked' });
    await client.close();
  });
});

describe('a session over HTTP with SSE', () => {
  it('begins with initialize', async () => {
    const hand = await Hand.open('own');
    expect(await codeOf(await hand.call('echo', { text: '' }))).toEqual([400, 'SESSION_MISSING']);
    expect((await hand.post(initialize)).status).toBe(202);
    await hand.stream.message();
    expect(await codeOf(await hand.post(initialize))).toEqual([400, 'FRAME_INVALID']);
    hand.stream.cut();
  });

  it('ends with its connection, at the upstream as well', async () => {
    const hand = await Hand.begin('own');
    expect((await hand.call('wait')).status).toBe(202);
    await vi.waitFor(() => expect(release).toHaveLength(1));
    const id = [...own.sessions.keys()].at(-1);
    hand.stream.cut();
    await vi.waitFor(() =>
      expect(own.seen.at(-1)).toMatchObject({ method: 'DELETE', session: id }),
    );
    expect(own.sessions.has(id ?? '')).toBe(false);
    expect(await codeOf(await hand.call('echo', { text: '' }))).toEqual([404, 'SESSION_UNKNOWN']);
  });

  it('belongs to whoever opened it', async () => {
    const hand = await Hand.begin('own');
    const thief = await tokenFor('bob', 'own');
    const call = { id: 9, method: 'tools/call', params: { name: 'echo', arguments: { text: '' } } };
    const before = own.seen.length;
    expect(await codeOf(await hand.post(call, thief))).toEqual([404, 'SESSION_UNKNOWN']);
    const elsewhere = new URL(hand.url.href.replace('/own', '/stdio'));
    const token = await tokenFor('ana', 'stdio');
    expect(await codeOf(await hand.post(call, token, elsewhere))).toEqual([404, 'SESSION_UNKNOWN']);
    expect((await hand.post(call, 'no token')).status).toBe(401);
    const nowhere = new URL(endpoint('own'));
    expect(await codeOf(await hand.post(call, undefined, nowhere))).toEqual([
      400,
      'SESSION_MISSING',
    ]);
    expect(own.seen).toHaveLength(before);
    hand.stream.cut();
  });

  it('takes a token for this endpoint only', async () => {
    const token = await gate.token('ana', 'own');
    const headers = { accept: 'text/event-stream', authorization: `Bearer ${token}` };
    const response = await fetch(endpoint('own'), { headers });
    expect(await codeOf(response)).toEqual([401, 'AUTH_AUDIENCE']);
    expect(response.headers.get('www-authenticate')).toContain('/sse/own');
  });

  it('answers on the stream, in whatever order answers come', async () => {
    const hand = await Hand.begin('own');
    await hand.call('wait', {}, 1);
    await vi.waitFor(() => expect(release).toHaveLength(1));
    await hand.call('echo', { text: 'second' }, 2);
    const first = await hand.stream.message();
    expect([first.message.id, first.id]).toEqual([2, undefined]);
    release[0]?.('first');
    const second = await hand.stream.message();
    expect([second.message.id, textOf(second.message.result)]).toEqual([1, 'first']);
    hand.stream.cut();
  });

  it('is told on the stream what became of a request that fails', async () => {
    const hand = await Hand.begin('own');
    await hand.call('wait', {}, 1);
    await vi.waitFor(() => expect(release).toHaveLength(1));
    expect((await hand.call('wait', {}, 1)).status).toBe(202);
    const { message } = await hand.stream.message();
    expect(message).toMatchObject({ id: 1, error: { data: { code: 'REQUEST_DUPLICATE' } } });
    hand.stream.cut();
  });

  it('takes back a call that its client cancels', async () => {
    const hand = await Hand.begin('own');
    await hand.call('wait', {}, 4);
    await vi.waitFor(() => expect(release).toHaveLength(1));
    await hand.post({ method: 'notifications/cancelled', params: { requestId: 4 } });
    expect(own.methods).toContain('notifications/cancelled');
    hand.stream.cut();
  });

  it('may not be had too often by one caller', async () => {
    const hands = [];
    for (let number = 0; number < 8; number++) hands.push(await Hand.open('own', 'bob'));
    const headers = {
      accept: 'text/event-stream',
      authorization: `Bearer ${await tokenFor('bob', 'own')}`,
    };
    expect(await codeOf(await fetch(endpoint('own'), { headers }))).toEqual([503, 'SESSION_LIMIT']);
    for (const hand of hands) hand.stream.cut();
    await vi.waitFor(async () => (await Hand.open('own', 'bob')).stream.cut());
  });

  it('ends when the gate stops, after what is under way', async () => {
    const brief = await startGate({
      upstreams: { own: { url: own.url } },
      policies: allowAll,
      config: { shutdown: { drain: '5s' } },
    });
    const url = `${brief.url}/sse/own`;
    const authorization = `Bearer ${await brief.issuer.tokenFor('ana', url)}`;
    const headers = { accept: 'text/event-stream', authorization };
    const stream = await EventReader.open(url, { headers });
    const to = new URL((await stream.next())?.data ?? '', url);
    const post = (message: object) => {
      const more = { authorization, 'content-type': 'application/json' };
      const body = JSON.stringify({ jsonrpc: '2.0', ...message });
      return fetch(to, { method: 'POST', headers: more, body });
    };
    await post(initialize);
    await stream.message();
    await post({ method: 'notifications/initialized' });
    await post({ id: 1, method: 'tools/call', params: { name: 'wait', arguments: {} } });
    await vi.waitFor(() => expect(release).toHaveLength(1));
    const stopped = brief.stop();
    await new Promise((resolve) => setTimeout(resolve, 200));
    release[0]?.('just in time');
    expect(textOf((await stream.message()).message.result)).toBe('just in time');
    expect(await stream.next()).toBeUndefined();
    await stopped;
  });
});

describe('what is no message', () => {
  it.each([
    ['a batch', '[]', 400, 'FRAME_BATCH'],
    ['no JSON', '{', 400, 'FRAME_NOT_JSON'],
    ['too much', `{"jsonrpc":"2.0","method":"${'x'.repeat(70_000)}"}`, 413, 'FRAME_TOO_LARGE'],
  ])('such as %s is refused', async (_, body, status, code) => {
    const hand = await Hand.begin('own');
    const authorization = `Bearer ${await tokenFor('ana', 'own')}`;
    const headers = { authorization, 'content-type': 'application/json' };
    const response = await fetch(hand.url, { method: 'POST', headers, body });
    expect(await codeOf(response)).toEqual([status, code]);
    hand.stream.cut();
  });

  it('and what is no stream is refused too', async () => {
    const authorization = `Bearer ${await tokenFor('ana', 'own')}`;
    const plain = await fetch(endpoint('own'), {
      headers: { authorization, accept: 'application/json' },
    });
    expect(await codeOf(plain)).toEqual([406, 'HTTP_ACCEPT']);
    const gone = await fetch(endpoint('own'), { method: 'DELETE', headers: { authorization } });
    expect([gone.status, gone.headers.get('allow')]).toEqual([405, 'GET, POST']);
  });
});

it('names the path that the gate has in public', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-legacy-'));
  const issuer = await startIssuer();
  const public_url = 'http://127.0.0.1:9/behind/';
  const config = { public_url, upstreams: { own: { url: own.url } } };
  const front = await ServedGate.start({ folder, issuer, config });
  try {
    const token = await issuer.tokenFor('ana', `${public_url}sse/own`);
    const headers = { accept: 'text/event-stream', authorization: `Bearer ${token}` };
    const stream = await EventReader.open(`${front.url}/sse/own`, { headers });
    expect((await stream.next())?.data).toMatch(/^\/behind\/sse\/own\?session=[\w-]{32}$/);
    stream.cut();
  } finally {
    await front.kill('SIGKILL');
    await issuer.stop();
    rmSync(folder, { recursive: true });
  }
});
