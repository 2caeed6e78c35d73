import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DevIssuer } from '../../src/auth/dev-issuer.ts';
import { Postgres } from '../support/postgres.ts';
import { type Agent, connect, textOf } from './fixtures/agent.ts';
import { answerOf, RawAgent } from './fixtures/raw-agent.ts';
import { type RawUpstream, startRawUpstream } from './fixtures/raw-upstream.ts';
import { ServedGate, startIssuer, tokenOf } from './fixtures/served-gate.ts';
import { EverythingServer } from './fixtures/servers.ts';

// Each test starts processes, some of them several times.
vi.setConfig({ testTimeout: 120_000 });

const UPSTREAM = 'everything';
const DECISION = 'dev.sallyport/decision';

let issuer: DevIssuer;
let upstream: EverythingServer;
let counting: RawUpstream;
let postgres: Postgres;
let folder: string;
/** Calls that reached the server which counts them. */
let reached = 0;
const gates: ServedGate[] = [];
const agents: Agent[] = [];

beforeAll(async () => {
  [issuer, upstream, postgres, counting] = await Promise.all([
    startIssuer(),
    EverythingServer.start(),
    Postgres.start(),
    startRawUpstream({
      'tools/call': () => {
        reached++;
        return JSON.stringify({ content: [{ type: 'text', text: 'done' }] });
      },
    }),
  ]);
}, 60_000);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-limits-'));
  reached = 0;
});
afterEach(async () => {
  await Promise.all(agents.splice(0).map(({ client }) => client.close().catch(() => undefined)));
  await Promise.all(gates.splice(0).map((gate) => gate.kill('SIGKILL')));
  rmSync(folder, { recursive: true });
});
afterAll(async () => {
  await Promise.all([issuer?.stop(), upstream?.stop(), counting?.stop(), postgres?.remove()]);
}, 60_000);

/** A gate, in a folder of its own, whose tool `echo` may be called so often an hour. */
async function start(calls: number, counters: object = {}, name = 'gate'): Promise<ServedGate> {
  const own = join(folder, name);
  mkdirSync(join(own, 'policies'), { recursive: true });
  const rule = { id: 'budget', on: { tools: ['echo'] }, limit: { calls, per: '1h' } };
  const policy = { apiVersion: 'sallyport/v1', rules: [rule] };
  writeFileSync(join(own, 'policies/limits.yaml'), JSON.stringify(policy));
  const upstreams = { everything: { url: upstream.url }, counting: { url: counting.url } };
  const gate = await ServedGate.start({
    ...{ folder: own, issuer },
    config: { upstreams, counters, sessions: { key: 'k'.repeat(32) } },
  });
  gates.push(gate);
  return gate;
}

async function agentAt(gate: ServedGate, user = 'ana'): Promise<Agent> {
  const token = await tokenOf(issuer, user, UPSTREAM);
  const agent = await connect(gate.endpoint(UPSTREAM), { token });
  agents.push(agent);
  return agent;
}

const echo = ({ client }: Agent) =>
  client.callTool({ name: 'echo', arguments: { message: 'hello' } });

/** How many of so many calls, one after the other, were let through. */
async function granted(agent: Agent, times: number): Promise<number> {
  let count = 0;
  for (let i = 0; i < times; i++) if (!(await echo(agent)).isError) count++;
  return count;
}

describe('a limit of three calls an hour', () => {
  it('lets three through; the fourth is told the rule, the bound and when to try again', async () => {
    const gate = await start(3);
    const agent = await agentAt(gate);
    expect(await granted(agent, 3)).toBe(3);
    const refused = await echo(agent);
    expect(refused.isError).toBe(true);
    expect(textOf(refused)).toMatch(
      /^Blocked by policy rule "budget": tools\/call echo\. Reason: rule budget lets 3 through in 1h\. Try again in (?:1h|59m(?: \d+s)?)\. /,
    );
    expect(refused._meta).toMatchObject({
      [DECISION]: { effect: 'block', rule: 'budget', retryAfter: expect.any(Number) },
    });
    const sum = { name: 'get-sum', arguments: { a: 1, b: 2 } };
    expect((await agent.client.callTool(sum)).isError).toBeFalsy();
    gate.read((reader) => {
      const [blocked] = reader.exchanges({ outcome: 'blocked', limit: 10 });
      expect(blocked).toMatchObject({ rule: 'budget', target: 'echo', sub: 'ana' });
      const decided = reader.events(blocked?.id ?? '').filter(({ kind }) => kind === 'decided');
      expect(decided.at(-1)?.detail).toMatchObject({
        limit: { rule: 'budget', calls: 3, per: 3_600_000, until: expect.any(Number) },
      });
    });
  });

  it('is each caller’s own, whichever session it calls in', async () => {
    const gate = await start(3);
    const [ana, again, bob] = [
      await agentAt(gate),
      await agentAt(gate),
      await agentAt(gate, 'bob'),
    ];
    expect(await granted(ana, 2)).toBe(2);
    expect(await granted(again, 2)).toBe(1);
    expect(await granted(bob, 4)).toBe(3);
  });

  it('still holds after the gate was killed and started again', async () => {
    const gate = await start(3);
    expect(await granted(await agentAt(gate), 2)).toBe(2);
    await gate.kill('SIGKILL');
    const second = await start(3);
    expect(await granted(await agentAt(second), 2)).toBe(1);
    await second.kill('SIGTERM');
    expect(await granted(await agentAt(await start(3)), 1)).toBe(0);
    // A reload to other numbers goes on from what was counted.
    expect(await granted(await agentAt(await start(4)), 2)).toBe(1);
  });
});

/** Calls over and over, several at a time, until the gate is gone. */
async function callUntilItDies(agent: RawAgent, worker: number): Promise<void> {
  for (let i = 0; ; i++) {
    try {
      await answerOf(await agent.call('echo', {}, `${worker}-${i}`));
    } catch {
      return;
    }
  }
}

describe('a gate that is killed under load', () => {
  it('lets no call through that it has not counted', async () => {
    const most = 150;
    const token = await tokenOf(issuer, 'ana', 'counting');
    for (let round = 0; round < 4; round++) {
      const gate = await start(most);
      const agent = await RawAgent.begin(gate.endpoint('counting'), token);
      const before = reached;
      const load = Array.from({ length: 8 }, (_, worker) => callUntilItDies(agent, worker));
      await vi.waitFor(() => expect(reached).toBeGreaterThan(Math.min(before + 20, most - 2)), {
        timeout: 30_000,
      });
      await gate.kill('SIGKILL');
      await Promise.all(load);
    }
    expect(reached).toBeLessThanOrEqual(most);
    const agent = await RawAgent.begin((await start(most)).endpoint('counting'), token);
    for (let i = 0; i < most; i++) await answerOf(await agent.call('echo', {}, i));
    expect(reached).toBeLessThanOrEqual(most);
    const { result } = await answerOf(await agent.call('echo'));
    expect(result?.isError).toBe(true);
  });
});

describe('gates that count in one PostgreSQL', () => {
  it('share a limit exactly, however many call at once', async () => {
    const counters = { store: 'postgres', url: await postgres.database() };
    const [one, two] = await Promise.all([start(15, counters, 'one'), start(15, counters, 'two')]);
    const clients = await Promise.all([agentAt(one), agentAt(two), agentAt(one), agentAt(two)]);
    const calls = Array.from({ length: 40 }, (_, i) => echo(clients[i % 4] as Agent));
    const results = await Promise.all(calls);
    expect(results.filter(({ isError }) => !isError)).toHaveLength(15);
    const bob = await agentAt(two, 'bob');
    expect(await granted(bob, 1)).toBe(1);
  });

  it('refuse what is limited while it is away, and go on counting when it is back', async () => {
    const counters = { store: 'postgres', url: await postgres.database() };
    const gate = await start(3, counters);
    const agent = await agentAt(gate);
    expect(await granted(agent, 2)).toBe(2);
    await postgres.stop();
    const refused = await echo(agent);
    expect(textOf(refused)).toContain('calls cannot be counted now');
    expect(gate.said).toContain('LIMIT_UNAVAILABLE');
    const sum = { name: 'get-sum', arguments: { a: 1, b: 2 } };
    expect((await agent.client.callTool(sum)).isError).toBeFalsy();
    // Gates start all the same.
    const other = await agentAt(await start(3, counters, 'other'));
    expect((await echo(other)).isError).toBe(true);
    await postgres.resume();
    expect(await granted(agent, 2)).toBe(1);
    expect(await granted(other, 1)).toBe(0);
  });

  it('never log the password', async () => {
    const url = (await postgres.database()).replace(/:\d+\//, ':1/');
    const gate = await start(3, { store: 'postgres', url });
    expect(gate.said).toContain('LIMIT_UNAVAILABLE');
    expect((await echo(await agentAt(gate))).isError).toBe(true);
    expect(gate.said).not.toContain('word');
  });
});
