import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DevIssuer } from '../../src/auth/dev-issuer.ts';
import { connect, textOf } from './fixtures/agent.ts';
import { allMessages, answerOf, type Message, messagesOf, RawAgent } from './fixtures/raw-agent.ts';
import { ServedGate, startIssuer, tokenOf } from './fixtures/served-gate.ts';
import { commands, EverythingServer } from './fixtures/servers.ts';
import { Upstream } from './fixtures/upstream.ts';
import { waitingServer } from './fixtures/waiting-server.ts';
import { allowAll, type RunningGate, rawPost, startGate } from './support/gate.ts';

let own: Upstream;
let gate: RunningGate;
/** Lets each running call of `wait` end with a text. */
let release: ((text: string) => void)[];

beforeAll(async () => {
  own = await Upstream.start(ownServer);
  gate = await startGate({
    upstreams: {
      own: { url: own.url },
      stdio: { command: commands.everything },
      loud: { command: commands.own },
    },
    policies: allowAll,
    config: { limits: { session_streams: 3 } },
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

const ownServer = () => waitingServer((end) => release.push(end));

async function begin(upstream: string, user = 'ana'): Promise<RawAgent> {
  return RawAgent.begin(gate.endpoint(upstream), await gate.token(user, upstream));
}

async function codeOf(response: Response): Promise<unknown> {
  const { error } = await answerOf(response);
  return [response.status, error?.data?.code];
}

describe('two sessions of one user', () => {
  it('have calls of their own, under ids of their own', async () => {
    const [one, two] = [await begin('own'), await begin('own')];
    expect(one.session).not.toBe(two.session);
    const calls = [one.call('wait', {}, 1)];
    await vi.waitFor(() => expect(release).toHaveLength(1));
    calls.push(two.call('wait', {}, 1));
    await vi.waitFor(() => expect(release).toHaveLength(2));
    release[1]?.('two');
    release[0]?.('one');
    const answers = await Promise.all(calls.map(async (call) => answerOf(await call)));
    expect(answers.map(({ result }) => textOf(result))).toEqual(['one', 'two']);
  });

  it('can not cancel what goes on in the other', async () => {
    const [one, two] = [await begin('own'), await begin('own')];
    const call = one.call('wait', {}, 5);
    await vi.waitFor(() => expect(release).toHaveLength(1));
    await two.post({ method: 'notifications/cancelled', params: { requestId: 5 } });
    release[0]?.('goes on');
    expect(textOf((await answerOf(await call)).result)).toBe('goes on');
  });

  it('hear what is said to them, and nothing else', async () => {
    const streams = [];
    for (const name of ['one', 'two']) {
      const agent = await begin('own');
      const messages = messagesOf(await agent.listen());
      await own.isHeard();
      streams.push({ name, agent, messages, server: own.latest });
    }
    for (const { name, server } of streams) {
      await server.server.sendLoggingMessage({ level: 'info', data: name });
    }
    for (const { name, messages, agent } of streams) {
      expect((await messages.next()).value?.params).toMatchObject({ data: name });
      await agent.end();
      expect((await messages.next()).done).toBe(true);
    }
  });

  it('end one by one', async () => {
    const [one, two] = [await begin('own'), await begin('own')];
    expect((await one.end()).status).toBe(200);
    expect(await codeOf(await one.call('echo', { text: '' }))).toEqual([404, 'SESSION_UNKNOWN']);
    expect(textOf((await answerOf(await two.call('echo', { text: 'on' }))).result)).toBe('on');
  });
});

describe('whose session it is', () => {
  it('is told by the subject, so that a fresh token goes on with it', async () => {
    const ana = await begin('own');
    const fresh = await gate.issuer.tokenFor('ana', gate.endpoint('own'));
    expect(fresh).not.toBe(await gate.token('ana', 'own'));
    const answer = await answerOf(await ana.as(fresh).call('echo', { text: 'fresh' }));
    expect(textOf(answer.result)).toBe('fresh');
  });

  it('is nobody else, whatever they do with it', async () => {
    const ana = await begin('own');
    const thief = ana.as(await gate.token('bob', 'own'));
    const before = own.seen.length;
    for (const attempt of [thief.call('echo', { text: '' }), thief.listen(), thief.end()]) {
      expect((await attempt).status).toBe(404);
    }
    expect((await thief.post({ method: 'notifications/initialized' })).status).toBe(404);
    expect(own.seen.length).toBe(before);
    expect(textOf((await answerOf(await ana.call('echo', { text: 'mine' }))).result)).toBe('mine');
  });

  it('holds for one upstream', async () => {
    const ana = await begin('own');
    const token = await gate.token('ana', 'stdio');
    const elsewhere = new RawAgent(gate.endpoint('stdio'), token, ana.session);
    expect((await elsewhere.call('echo', { message: '' })).status).toBe(404);
  });
});

describe('the end of a session', () => {
  it('reaches the upstream under its own id', async () => {
    const ana = await begin('own');
    const [id] = [...own.sessions.keys()].slice(-1);
    expect(id).not.toBe(ana.session);
    expect((await ana.end()).status).toBe(200);
    expect(own.seen.at(-1)).toMatchObject({ method: 'DELETE', session: id });
    expect(own.sessions.has(id ?? '')).toBe(false);
    expect(await codeOf(await ana.end())).toEqual([404, 'SESSION_UNKNOWN']);
  });

  it('ends the process of a stdio upstream, and calls in it', async () => {
    const before = serversOf(process.pid);
    const ana = await begin('stdio');
    const started = () => serversOf(process.pid).filter((pid) => !before.includes(pid));
    expect(started()).toHaveLength(1);
    const args = { duration: 30, steps: 2 };
    const call = ana.call('trigger-long-running-operation', args, 3);
    await vi.waitFor(() => expect(openCalls('stdio')).toBe(1));
    expect((await ana.end()).status).toBe(200);
    expect(await allMessages(await call)).toEqual([]);
    await vi.waitFor(() => expect(started()).toEqual([]));
    await vi.waitFor(() => expect(openCalls('stdio')).toBe(0));
  });

  it('comes to a session whose client has gone before it heard of it', async () => {
    // The client has gone before the server can say anything.
    const command = ['sh', '-c', 'sleep 1; exec "$@"', 'sh', ...commands.everything];
    const late = await startGate({ upstreams: { late: { command } }, policies: allowAll });
    try {
      const before = serversOf(process.pid);
      const started = () => serversOf(process.pid).filter((pid) => !before.includes(pid));
      const controller = new AbortController();
      const params = {
        ...{ protocolVersion: '2025-06-18', capabilities: {} },
        clientInfo: { name: 'hasty', version: '1' },
      };
      const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params });
      const authorization = `Bearer ${await late.token('ana', 'late')}`;
      const url = late.endpoint('late');
      const asked = rawPost(url, body, { authorization }, controller.signal).catch(() => 'gone');
      await vi.waitFor(() => expect(started()).toHaveLength(1));
      controller.abort();
      expect(await asked).toBe('gone');
      await vi.waitFor(() => expect(started()).toEqual([]), { timeout: 10_000 });
    } finally {
      await late.stop();
    }
  });

  it('comes to a session that nothing uses, at its upstream as well', async () => {
    const idle = '400ms';
    const brief = await startGate({
      upstreams: { own: { url: own.url } },
      policies: allowAll,
      config: { sessions: { idle } },
    });
    try {
      const url = brief.endpoint('own');
      const ana = await RawAgent.begin(url, await brief.token('ana', 'own'));
      const call = ana.call('wait');
      await vi.waitFor(() => expect(release).toHaveLength(1));
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      expect(own.methods).not.toContain('DELETE');
      release[0]?.('long');
      expect(textOf((await answerOf(await call)).result)).toBe('long');
      const answered = performance.now();
      await vi.waitFor(() => expect(own.methods).toContain('DELETE'), { timeout: 5_000 });
      // A call that took longer than that was no idleness.
      expect(performance.now() - answered).toBeGreaterThan(300);
      expect(await codeOf(await ana.call('echo', { text: '' }))).toEqual([404, 'SESSION_UNKNOWN']);
    } finally {
      await brief.stop();
    }
  });
});

describe('an upstream that is started again', () => {
  it.each([
    ['answers 404', async (port?: number) => Upstream.start(ownServer, port)],
    ['answers 400', async (port?: number) => EverythingServer.start(port)],
  ])(
    'and %s has lost sessions that calls have left something in: clients begin anew',
    async (_, start) => {
      const first = await start();
      const front = await startGate({
        upstreams: { moody: { url: first.url } },
        policies: allowAll,
      });
      const clients: Client[] = [];
      let second: typeof first | undefined;
      try {
        const token = await front.token('ana', 'moody');
        const url = front.endpoint('moody');
        const ana = await RawAgent.begin(url, token);
        const { client } = await connect(url, { token });
        clients.push(client);
        // Nothing says of this tool that it only reads. (Others are begun again: see renewal.test.ts.)
        await ana.call('leaves-something');
        await client.callTool({ name: 'leaves-something' }).catch(() => undefined);
        await first.stop();
        second = await start(first.port);
        expect(await codeOf(await ana.request('tools/list', {}))).toEqual([404, 'SESSION_UNKNOWN']);
        // The gate remembers; the upstream isn't asked again.
        expect(await codeOf(await ana.request('tools/list', {}))).toEqual([404, 'SESSION_UNKNOWN']);
        await expect(client.listTools()).rejects.toMatchObject({ code: 404 });
        const again = await connect(url, { token });
        clients.push(again.client);
        expect((await again.client.listTools()).tools.length).toBeGreaterThan(0);
      } finally {
        await Promise.all(clients.map((one) => one.close()));
        await front.stop();
        await first.stop();
        await second?.stop();
      }
    },
  );

  it('fails what is under way, and new calls while it is down', async () => {
    const first = await Upstream.start(ownServer);
    const front = await startGate({ upstreams: { own: { url: first.url } }, policies: allowAll });
    try {
      const ana = await RawAgent.begin(front.endpoint('own'), await front.token('ana', 'own'));
      const call = ana.call('wait');
      await vi.waitFor(() => expect(release).toHaveLength(1));
      await first.stop();
      const { error } = await answerOf(await call);
      expect(error?.data?.code).toBe('UPSTREAM_ENDED');
      const late = await ana.call('echo', { text: '' }, 2);
      expect(await codeOf(late)).toEqual([502, 'UPSTREAM_UNREACHABLE']);
    } finally {
      await front.stop();
    }
  });
});

describe('a gate that is started again', () => {
  let folder: string;
  let issuer: DevIssuer;
  let served: ServedGate;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sallyport-sessions-'));
    issuer = await startIssuer();
  });
  afterEach(async () => {
    await served?.kill('SIGKILL');
    await issuer.stop();
    rmSync(folder, { recursive: true });
  });

  const start = (key: string) =>
    ServedGate.start({
      ...{ folder, issuer },
      config: { upstreams: { own: { url: own.url } }, sessions: { key } },
    });

  it('goes on with its sessions under the same key, and only then', async () => {
    const [key, another] = ['k'.repeat(32), 'l'.repeat(32)];
    const token = await tokenOf(issuer, 'ana', 'own');
    served = await start(key);
    const ana = await RawAgent.begin(served.endpoint('own'), token);
    const ended = await RawAgent.begin(served.endpoint('own'), token);
    await ended.end();
    await served.kill('SIGKILL');

    served = await start(key);
    const same = new RawAgent(served.endpoint('own'), token, ana.session);
    expect(textOf((await answerOf(await same.call('echo', { text: 'on' }))).result)).toBe('on');
    const thief = same.as(await tokenOf(issuer, 'bob', 'own'));
    expect((await thief.call('echo', { text: '' })).status).toBe(404);
    const gone = new RawAgent(served.endpoint('own'), token, ended.session);
    expect((await gone.call('echo', { text: '' })).status).toBe(404);
    await served.kill('SIGKILL');

    served = await start(another);
    const strange = new RawAgent(served.endpoint('own'), token, ana.session);
    expect(await codeOf(await strange.call('echo', { text: '' }))).toEqual([
      404,
      'SESSION_UNKNOWN',
    ]);
  });
});

describe('streams of a session', () => {
  it('may be several: each message goes out on one of them', async () => {
    const ana = await begin('loud');
    const heard: Message[][] = [[], [], []];
    const controller = new AbortController();
    for (const messages of heard) {
      const stream = await ana.listen(controller.signal);
      expect(stream.status).toBe(200);
      void collect(stream, messages);
    }
    expect(await codeOf(await ana.listen())).toEqual([429, 'CALL_LIMIT']);
    for (const text of ['first', 'last']) await (await ana.call('announce', { text })).text();
    const said = () => heard.flat().map(({ params }) => params?.data);
    await vi.waitFor(() => expect(said()).toContain('last'), { timeout: 5_000 });
    expect(said()).toEqual(['first', 'last']);
    controller.abort();
    await ana.end();
  });

  it('resume where the client says', async () => {
    const ana = await begin('own');
    const headers = { ...ana.headers, accept: 'text/event-stream', 'last-event-id': 'event-41' };
    const controller = new AbortController();
    const given = Object.entries(headers).filter((pair): pair is [string, string] => !!pair[1]);
    await fetch(ana.url, { headers: given, signal: controller.signal });
    expect(own.seen.at(-1)?.headers['last-event-id']).toBe('event-41');
    controller.abort();
  });

  it('end at the upstream when the client goes', async () => {
    const ana = await begin('own');
    const controller = new AbortController();
    const first = await ana.listen(controller.signal);
    expect(first.status).toBe(200);
    controller.abort();
    // The SDK's server has one stream per session, so a second one shows that the first has ended.
    await vi.waitFor(async () => {
      const next = new AbortController();
      const { status } = await ana.listen(next.signal);
      next.abort();
      expect(status).toBe(200);
    });
  });
});

it('completes a call whose client has gone, and records it', async () => {
  const ana = await begin('own');
  const controller = new AbortController();
  const params = { name: 'wait', arguments: {} };
  const body = JSON.stringify({ jsonrpc: '2.0', id: 'lost', method: 'tools/call', params });
  const response = rawPost(ana.url, body, ana.headers, controller.signal);
  const call = response.then((opened) => opened.text());
  call.catch(() => undefined);
  await vi.waitFor(() => expect(release).toHaveLength(1));
  controller.abort();
  await expect(call).rejects.toThrow();
  // The gate's side of the connection closes a moment later.
  await (await ana.call('echo', { text: 'x' }, 2)).text();
  release[0]?.('nobody listens');
  const reader = gate.transcripts();
  const [exchange] = reader.exchanges({ target: 'wait', limit: 1 });
  const events = () => reader.events(exchange?.id ?? '');
  await vi.waitFor(() => expect(events().at(-1)?.kind).toBe('answered'));
  expect(events().at(-1)?.payload).toContain('nobody listens');
  expect(events().map(({ detail }) => detail?.code)).toContain('CLIENT_GONE');
  expect(own.methods).not.toContain('notifications/cancelled');
});

async function collect(stream: Response, into: Message[]): Promise<void> {
  try {
    for await (const message of messagesOf(stream)) into.push(message);
  } catch {
    // Given up by the test.
  }
}

function openCalls(upstream: string): number {
  const reader = gate.transcripts();
  const open = reader.exchanges({ upstream, outcome: 'open', limit: 100 }).length;
  reader.close();
  return open;
}

/** Processes of reference servers that this process has started. */
function serversOf(parent: number): number[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' });
  return lines.split('\n').flatMap((line) => {
    const [pid, ppid] = line.trim().split(/\s+/);
    return Number(ppid) === parent && line.includes('server-everything') ? [Number(pid)] : [];
  });
}
