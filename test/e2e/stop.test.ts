import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DevIssuer } from '../../src/auth/dev-issuer.ts';
import { textOf } from './fixtures/agent.ts';
import { allMessages, answerOf, messagesOf, RawAgent } from './fixtures/raw-agent.ts';
import { childrenOf, ServedGate, startIssuer, tokenOf } from './fixtures/served-gate.ts';
import { commands } from './fixtures/servers.ts';
import { Upstream } from './fixtures/upstream.ts';
import { waitingServer } from './fixtures/waiting-server.ts';

let folder: string;
let issuer: DevIssuer;
let own: Upstream;
let gate: ServedGate;
/** Lets each running call of `wait` end with a text. */
let release: ((text: string) => void)[];

beforeAll(async () => {
  issuer = await startIssuer();
  own = await Upstream.start(() => waitingServer((end) => release.push(end)));
});
beforeEach(() => {
  release = [];
  own.seen.length = 0;
  folder = mkdtempSync(join(tmpdir(), 'sallyport-stop-'));
});
afterEach(async () => {
  await gate?.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});
afterAll(async () => {
  await own?.stop();
  await issuer?.stop();
});

/** A call that takes a moment, and an answer that fits into no buffer on the way. */
const [ms, fill] = [800, 10_000_000];

async function start(drain: string, more: object = {}): Promise<void> {
  gate = await ServedGate.start({
    ...{ folder, issuer },
    config: {
      upstreams: { own: { url: own.url }, stdio: { command: commands.own } },
      shutdown: { drain },
      ...more,
    },
  });
}

async function begin(upstream: string): Promise<RawAgent> {
  return RawAgent.begin(gate.endpoint(upstream), await tokenOf(issuer, 'ana', upstream));
}

async function isStopping(): Promise<void> {
  await vi.waitFor(async () => {
    expect((await fetch(`${gate.url}/healthz`)).status).toBe(503);
  });
}

function outcomes(target: string): string[] {
  return gate.read((reader) =>
    reader.exchanges({ target, limit: 10 }).map(({ outcome }) => outcome),
  );
}

describe.each(['SIGTERM', 'SIGINT'] as const)('a gate that gets %s', (signal) => {
  it('refuses what is new, ends what runs, and leaves nothing behind', async () => {
    await start('20s');
    expect((await fetch(`${gate.url}/healthz`)).status).toBe(200);
    const [ana, child] = [await begin('own'), await begin('stdio')];
    const stream = await ana.listen();
    const children = childrenOf(gate.pid);
    expect(children).toHaveLength(1);
    const call = ana.call('wait', {}, 'running');
    await vi.waitFor(() => expect(release).toHaveLength(1));

    const ended = gate.kill(signal);
    await isStopping();
    expect(await allMessages(stream)).toEqual([]);
    for (const late of [await ana.call('wait', {}, 'late'), await child.call('echo', {}, 'late')]) {
      expect(late.status).toBe(503);
      expect(Number(late.headers.get('retry-after'))).toBeGreaterThan(0);
      expect((await answerOf(late)).error?.data?.code).toBe('GATE_STOPPING');
    }
    expect((await ana.listen()).status).toBe(503);
    expect(release).toHaveLength(1);

    release[0]?.('ended in time');
    expect(textOf((await answerOf(await call)).result)).toBe('ended in time');
    expect(await ended).toBe(0);
    expect(children.filter(isRunning)).toEqual([]);
    expect(outcomes('wait')).toContain('answered');
    const open = gate.read((reader) => reader.exchanges({ outcome: 'open', limit: 10 }));
    expect(open).toEqual([]);
  });
});

it('still passes on what a running call needs of its client', async () => {
  await start('20s');
  const ana = await begin('own');
  const messages = messagesOf(await ana.call('ask'));
  const { value: asked } = await messages.next();
  expect(asked?.method).toBe('roots/list');
  const ended = gate.kill('SIGTERM');
  await isStopping();
  const taken = await ana.post({ id: asked?.id, result: { roots: [{ uri: 'file:///x' }] } });
  expect(taken.status).toBe(202);
  expect(textOf((await messages.next()).value?.result)).toContain('file:///x');
  expect(await ended).toBe(0);
});

it.each([
  ['an answer', 'application/json', (client: RawAgent) => client.call('wait', { ms, fill })],
  [
    'a stream',
    'text/event-stream',
    (client: RawAgent) => {
      const _meta = { progressToken: 'p' };
      return client.request('tools/call', { name: 'wait', arguments: { ms, fill }, _meta });
    },
  ],
])('lets a slow reader have all of %s before it ends', async (_, type, send) => {
  await start('20s', { limits: { message: '16MiB' } });
  const call = send(await begin('stdio'));
  await vi.waitFor(() => expect(outcomes('wait')).toEqual(['open']));
  const ended = gate.kill('SIGTERM');
  const response = await call;
  expect(response.headers.get('content-type')).toBe(type);
  // By now the gate has nothing else to wait for.
  const answered = () => expect(outcomes('wait')).toEqual(['answered']);
  await vi.waitFor(answered, { timeout: 10_000 });
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(textOf((await answerOf(response)).result).length).toBeGreaterThan(fill);
  expect(await ended).toBe(0);
});

it('ends with an error what takes longer than the drain', async () => {
  await start('300ms');
  const [ana, child] = [await begin('own'), await begin('stdio')];
  const calls = [ana.call('wait', {}, 'streamed'), child.call('wait', { ms: 20_000 }, 'plain')];
  await vi.waitFor(() => expect(release).toHaveLength(1));
  await vi.waitFor(() => expect(outcomes('wait')).toHaveLength(2));
  const ended = gate.kill('SIGTERM');
  const answers = await Promise.all(calls.map(async (call) => answerOf(await call)));
  expect(answers.map(({ error }) => error?.data?.code)).toEqual(['GATE_STOPPING', 'GATE_STOPPING']);
  expect(answers.map(({ id }) => id)).toEqual(['streamed', 'plain']);
  expect(await ended).toBe(0);
  expect(outcomes('wait')).toEqual(['failed', 'failed']);
});

it('does not wait after a second signal', async () => {
  await start('60s');
  const [ana, child] = [await begin('own'), await begin('stdio')];
  void ana.call('wait', {}, 'running').catch(() => undefined);
  // It would go on without its input.
  void child.call('wait', { ms: 600_000 }, 'running').catch(() => undefined);
  await vi.waitFor(() => expect(release).toHaveLength(1));
  await vi.waitFor(() => expect(outcomes('wait')).toEqual(['open', 'open']));
  const children = childrenOf(gate.pid);
  expect(children).toHaveLength(1);
  const ended = gate.kill('SIGTERM');
  await isStopping();
  void gate.kill('SIGTERM');
  expect(await ended).toBe(2);
  await vi.waitFor(() => expect(children.filter(isRunning)).toEqual([]), { timeout: 10_000 });
});

it('leaves no process of any session behind', async () => {
  await start('5s');
  await begin('stdio');
  await begin('stdio');
  const children = childrenOf(gate.pid);
  expect(children).toHaveLength(2);
  expect(await gate.kill('SIGTERM')).toBe(0);
  expect(children.filter(isRunning)).toEqual([]);
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
