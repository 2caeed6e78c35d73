import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { connect, textOf } from './fixtures/agent.ts';
import { answerOf, messagesOf, RawAgent } from './fixtures/raw-agent.ts';
import { rememberingServer, type Told } from './fixtures/remembering-server.ts';
import { childrenOf } from './fixtures/served-gate.ts';
import { commands } from './fixtures/servers.ts';
import { Upstream } from './fixtures/upstream.ts';
import { waitingServer } from './fixtures/waiting-server.ts';
import { allowAll, type RunningGate, startGate } from './support/gate.ts';

let told: Told[];
let own: Upstream;
let gate: RunningGate;

beforeEach(async () => {
  told = [];
  own = await Upstream.start(() => rememberingServer(told));
  gate = await startGate({
    upstreams: { own: { url: own.url }, stdio: { command: commands.own } },
    policies: allowAll,
  });
});
afterEach(async () => {
  await gate?.stop();
  await own?.stop();
});

async function begin(upstream = 'own'): Promise<RawAgent> {
  return RawAgent.begin(gate.endpoint(upstream), await gate.token('ana', upstream));
}

/** The upstream forgets its sessions. */
async function restart(make = () => rememberingServer(told)): Promise<void> {
  const { port } = own;
  await own.stop();
  own = await Upstream.start(make, port);
}

async function codeOf(response: Response): Promise<unknown> {
  const { error } = await answerOf(response);
  return [response.status, error?.data?.code];
}
const LOST = [404, 'SESSION_UNKNOWN'];
const FINE = [200, undefined];

/** A process that has died is noticed soon, and another one takes its time to start. */
const within = <T>(look: () => T) => vi.waitFor(look, { timeout: 10_000 });

const begun = () => own.methods.filter((method) => method === 'initialize').length;

describe('a session that its upstream has lost', () => {
  it('is begun again where only lists and reads went up, and the client notices nothing', async () => {
    const ana = await begin();
    const tools = (await answerOf(await ana.request('tools/list', {}))).result;
    expect(await codeOf(await ana.request('resources/read', { uri: 'note://a' }))).toEqual(FINE);
    await restart();
    expect((await answerOf(await ana.request('tools/list', {}, 2))).result).toEqual(tools);
    // What failed, then what begins anew, then what failed.
    expect(own.methods).toEqual([
      ...['tools/list', 'initialize', 'notifications/initialized', 'tools/list'],
    ]);
    expect(told.at(-1)?.initialized).toBe(true);
    expect(await codeOf(await ana.request('ping', {}, 3))).toEqual(FINE);
    expect(begun()).toBe(1);
  });

  it('is told again what it was told', async () => {
    const ana = await begin();
    await ana.request('logging/setLevel', { level: 'debug' }, 1);
    await ana.request('logging/setLevel', { level: 'warning' }, 2);
    for (const name of ['a', 'b', 'c']) {
      await ana.request('resources/subscribe', { uri: `note://${name}` }, name);
    }
    await ana.request('resources/unsubscribe', { uri: 'note://b' }, 4);
    await restart();
    expect(await codeOf(await ana.request('prompts/list', {}, 5))).not.toEqual(LOST);
    expect(told.at(-1)).toMatchObject({ level: 'warning', initialized: true });
    expect([...(told.at(-1)?.uris ?? [])]).toEqual(['note://a', 'note://c']);
  });

  it('is begun again after calls of tools that only read, as they said in their list', async () => {
    const ana = await begin();
    await ana.request('tools/list', {});
    expect(await codeOf(await ana.call('look', { text: 'x' }, 2))).toEqual(FINE);
    await restart();
    const { result } = await answerOf(await ana.call('look', { text: 'y' }, 3));
    expect(textOf(result)).toBe('saw y');
  });

  it('is begun again for a call that was not looked at, and for none after it', async () => {
    const ana = await begin();
    await restart();
    const { result } = await answerOf(await ana.call('act', { text: 'once' }, 1));
    expect(textOf(result)).toBe('did once');
    await restart();
    expect(await codeOf(await ana.call('act', { text: 'twice' }, 2))).toEqual(LOST);
    expect(begun()).toBe(0);
  });

  it.each([
    ['a tool that may write was called', (ana: RawAgent) => ana.call('act', { text: 'x' })],
    ['a tool was called before it was listed', (ana: RawAgent) => ana.call('look', { text: 'x' })],
    ['an unknown request went up', (ana: RawAgent) => ana.request('example/keep', {})],
    ['an unknown notification did', (ana: RawAgent) => ana.post({ method: 'example/kept' })],
  ])('is lost for good where %s', async (_, act) => {
    const ana = await begin();
    await (await act(ana)).text();
    await restart();
    expect(await codeOf(await ana.request('tools/list', {}, 2))).toEqual(LOST);
    expect(begun()).toBe(0);
  });

  it('is lost for good where the upstream is not what it was', async () => {
    const ana = await begin();
    await restart(() => rememberingServer(told, 'Be long.'));
    expect(await codeOf(await ana.request('tools/list', {}))).toEqual(LOST);
    expect(await codeOf(await ana.request('tools/list', {}))).toEqual(LOST);
    expect(begun()).toBe(1);
    // Nobody will ever use what was begun.
    await vi.waitFor(() => expect(own.methods).toContain('DELETE'));
  });

  it('is begun again once for all calls that found it lost', async () => {
    const ana = await begin();
    await ana.request('tools/list', {}, 'first');
    await restart();
    const calls = Array.from({ length: 12 }, (_, id) => ana.call('look', { text: `${id}` }, id));
    const answers = await Promise.all(calls.map(async (call) => answerOf(await call)));
    expect(answers.map(({ result }) => textOf(result))).toEqual(
      answers.map((_, id) => `saw ${id}`),
    );
    expect(begun()).toBe(1);
  });

  it('is lost for good while a call is under way that may write', async () => {
    let waits = 0;
    await restart(() => waitingServer(() => void waits++));
    const ana = await begin();
    const call = ana.call('wait', {}, 'call');
    await vi.waitFor(() => expect(waits).toBe(1));
    own.seen.length = 0;
    own.forget();
    expect(await codeOf(await ana.request('tools/list', {}))).toEqual(LOST);
    expect(begun()).toBe(0);
    await (await call).text();
  });

  it('is begun again for a notification too', async () => {
    const ana = await begin();
    await restart();
    const { status } = await ana.post({ method: 'notifications/roots/list_changed' });
    expect(status).toBe(202);
    expect(own.methods.at(-1)).toBe('notifications/roots/list_changed');
    expect(begun()).toBe(1);
  });

  it('takes the streams of its client along', async () => {
    const ana = await begin();
    const stop = new AbortController();
    const messages = messagesOf(await ana.listen(stop.signal));
    await own.isHeard();
    // A server that forgets its sessions and keeps its connections.
    const forgotten = own.latest;
    own.forget();
    expect(await codeOf(await ana.request('tools/list', {}))).toEqual(FINE);
    await own.isHeard();
    expect(own.latest).not.toBe(forgotten);
    await own.latest.server.sendLoggingMessage({ level: 'error', data: 'anew' });
    expect((await messages.next()).value?.params).toMatchObject({ data: 'anew' });
    stop.abort();
  });

  it('is begun again for a stream that comes back', async () => {
    const ana = await begin();
    await restart();
    const stop = new AbortController();
    const response = await ana.listen(stop.signal);
    expect(response.status).toBe(200);
    await own.isHeard();
    expect(begun()).toBe(1);
    stop.abort();
  });

  it('is in the transcript, with the reason', async () => {
    const ana = await begin();
    await ana.request('logging/setLevel', { level: 'debug' });
    await restart();
    await ana.request('tools/list', {}, 2);
    const reader = gate.transcripts();
    const own = reader.eventsAfter(0, 1_000).filter(({ detail }) => detail?.by === 'gate');
    expect(own.map(({ detail }) => detail?.why)).toEqual(
      own.map(() => 'the upstream has lost the session'),
    );
    const heads = reader.exchanges({ limit: 100 });
    const methods = own.map(({ exchange }) => heads.find(({ id }) => id === exchange)?.method);
    expect(methods).toEqual(['initialize', 'notifications/initialized', 'logging/setLevel']);
    expect(heads.every(({ closedAt }) => closedAt !== undefined)).toBe(true);
  });

  it('is not told again what the policies have come to forbid', async () => {
    const ana = await begin();
    await ana.request('resources/subscribe', { uri: 'note://a' });
    gate.writePolicy(
      'block.yaml',
      `apiVersion: sallyport/v1
rules:
  - { id: no, on: { resources: ['note://a'] }, then: block }
`,
    );
    await gate.daemon.look();
    await restart();
    expect(await codeOf(await ana.request('tools/list', {}, 2))).toEqual(LOST);
    expect(told.at(-1)?.uris.size).toBe(0);
  });
});

describe('a process that has died', () => {
  /** Kills what serves the sessions of stdio upstreams. */
  const kill = async () => {
    const children = childrenOf(process.pid);
    for (const pid of children) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // The one that listed them has gone already.
      }
    }
    await within(() => {
      expect(childrenOf(process.pid).filter((pid) => children.includes(pid))).toEqual([]);
    });
  };

  it('is started again where nothing in it is lost', async () => {
    const ana = await begin('stdio');
    await ana.request('tools/list', {});
    await kill();
    await within(async () => {
      expect(await codeOf(await ana.request('tools/list', {}, 2))).toEqual(FINE);
    });
    const { result } = await answerOf(await ana.call('echo', { text: 'alive' }, 3));
    expect(textOf(result)).toBe('alive');
  });

  it('takes with it what calls have left in it', async () => {
    const ana = await begin('stdio');
    expect(await codeOf(await ana.call('echo', { text: 'x' }))).toEqual(FINE);
    await kill();
    await within(async () => {
      expect(await codeOf(await ana.request('tools/list', {}, 2))).toEqual(LOST);
    });
  });

  it('is nothing that an SDK client would notice', async () => {
    const { client } = await connect(gate.endpoint('stdio'), {
      token: await gate.token('ana', 'stdio'),
    });
    try {
      const { tools } = await client.listTools();
      await kill();
      await within(async () => expect((await client.listTools()).tools).toEqual(tools));
    } finally {
      await client.close();
    }
  });
});

describe('an upstream that never knows its sessions', () => {
  it('is tried once for each call, and the client begins anew', async () => {
    const seen: string[] = [];
    const server = createServer(async (request, response) => {
      const body = request.method === 'POST' ? JSON.parse(await text(request)) : {};
      seen.push(body.method ?? request.method);
      if (body.method !== 'initialize') return void response.writeHead(404).end();
      const result = {
        ...{ protocolVersion: '2025-06-18', capabilities: { tools: {} } },
        serverInfo: { name: 'odd', version: '1' },
      };
      const head = { 'content-type': 'application/json', 'mcp-session-id': `s${seen.length}` };
      response.writeHead(200, head).end(JSON.stringify({ jsonrpc: '2.0', id: body.id, result }));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const front = await startGate({
      upstreams: { odd: { url: `http://127.0.0.1:${port}/mcp` } },
      policies: allowAll,
    });
    try {
      const token = await front.token('ana', 'odd');
      const fresh = async () => {
        const hello = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: {} };
        const first = new RawAgent(front.endpoint('odd'), token, '');
        const response = await first.request('initialize', hello, 'begin');
        await response.text();
        seen.length = 0;
        const id = response.headers.get('mcp-session-id') ?? '';
        return new RawAgent(front.endpoint('odd'), token, id);
      };
      const ana = await fresh();
      expect(await codeOf(await ana.request('tools/list', {}))).toEqual(LOST);
      expect(seen.filter((method) => method !== 'DELETE')).toEqual([
        ...['tools/list', 'initialize', 'tools/list'],
      ]);
      const bob = await fresh();
      expect(await codeOf(await bob.listen())).toEqual(LOST);
      expect(seen.filter((method) => method !== 'DELETE')).toEqual(['GET', 'initialize', 'GET']);
    } finally {
      await front.stop();
      server.close();
      server.closeAllConnections();
    }
  });
});
