import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DevIssuer } from '../../src/auth/dev-issuer.ts';
import type { SqliteReader } from '../../src/store/sqlite/reader.ts';
import { answerOf, RawAgent } from './fixtures/raw-agent.ts';
import { type RawUpstream, startRawUpstream } from './fixtures/raw-upstream.ts';
import { ServedGate, startIssuer, tokenOf } from './fixtures/served-gate.ts';

const CONNECTIONS = 16;
/** A result that repeats what it was asked, and is more than one page of a database. */
const filling = 'x'.repeat(5_000);

let folder: string;
let issuer: DevIssuer;
let upstream: RawUpstream;
let token: string;
let gate: ServedGate | undefined;

beforeAll(async () => {
  upstream = await startRawUpstream({
    'tools/call': (params) => {
      const { name } = params as { name: string };
      return JSON.stringify({ content: [{ type: 'text', text: `${name} ${filling}` }] });
    },
  });
  issuer = await startIssuer();
  token = await tokenOf(issuer, 'ana', 'raw');
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-kill-'));
});
afterEach(async () => {
  await gate?.kill('SIGKILL');
  gate = undefined;
  rmSync(folder, { recursive: true });
});
afterAll(async () => {
  await upstream?.stop();
  await issuer?.stop();
});

function start(more: { durability?: 'process' | 'power'; shell?: string } = {}) {
  const { durability = 'process', shell = '' } = more;
  return ServedGate.start({
    ...{ folder, issuer, shell },
    config: {
      upstreams: { raw: { url: upstream.url } },
      sessions: { key: 'k'.repeat(32) },
      transcripts: { path: 'transcripts.db', durability },
    },
  });
}

describe.each([
  ['process', 4],
  ['power', 2],
] as const)('a gate of durability "%s" that is killed under load', (durability, rounds) => {
  it('has every answer that a client saw in its transcript, whole, and goes on', async () => {
    /** Answers that clients saw, by the tool that was called. */
    const seen = new Map<string, string>();
    let sessions: string[] = [];
    for (let round = 0; round < rounds; round++) {
      gate = await start({ durability });
      const url = gate.endpoint('raw');
      sessions = await sessionsAt(url, sessions);
      const before = seen.size;
      const load = sessions.map((session, index) =>
        callUntilItDies(new RawAgent(url, token, session), `r${round}-c${index}`, seen),
      );
      await vi.waitFor(() => expect(seen.size).toBeGreaterThan(before), { timeout: 10_000 });
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 400));
      expect(await gate.kill('SIGKILL')).toBe('SIGKILL');
      await Promise.all(load);
      expect(integrity(gate.database)).toBe('ok');
      gate.read((reader) => expectKept(reader, seen));
    }
    gate = await start({ durability });
    const agent = new RawAgent(gate.endpoint('raw'), token, sessions[0] ?? '');
    expect((await answerOf(await agent.call('afterwards'))).result).toBeDefined();
    gate.read((reader) => {
      expect(reader.exchanges({ target: 'afterwards', limit: 9 })).toMatchObject([
        { outcome: 'answered', rule: 'all' },
      ]);
    });
  });
});

it('lets nothing pass while the transcript can not be written, and everything afterwards', async () => {
  // Writes beyond 1 MiB fail, as they do on a full disk.
  gate = await start({ shell: 'ulimit -S -f 2048;' });
  const agent = await RawAgent.begin(gate.endpoint('raw'), token);
  const args = { text: 'y'.repeat(30_000) };
  const code = async (name: string) =>
    (await answerOf(await agent.call(name, args))).error?.data?.code;
  const answered: string[] = [];
  const refused: string[] = [];
  // Moving the log into the database can make room for some more; in the end both are full.
  for (let row = 0, count = 0; row < 10; count++) {
    expect(count).toBeLessThan(1_000);
    const name = `call-${count}-`;
    const failure = await code(name);
    expect([undefined, 'STORE_UNAVAILABLE']).toContain(failure);
    row = failure === undefined ? 0 : row + 1;
    (failure === undefined ? answered : refused).push(name);
  }
  expect(gate.said).toContain('STORE_UNAVAILABLE');
  const sent = upstream.bodies.join();
  const kept = gate.read((reader) => reader.exchanges({ method: 'tools/call', limit: 10_000 }));
  const outcomes = new Map(kept.map(({ target, outcome }) => [target, outcome]));
  expect(answered.length).toBeGreaterThan(5);
  for (const name of answered) expect(outcomes.get(name)).toBe('answered');
  // What could not be recorded never left; what did leave is on record, and its answer was withheld.
  for (const name of refused) {
    // What the store could not take is written late where there was room to wait: as what failed, and never more.
    const never = sent.includes(name) ? ['open', 'failed'] : [undefined, 'failed'];
    expect(never).toContain(outcomes.get(name));
  }
  expect(refused.filter((name) => !sent.includes(name)).length).toBeGreaterThan(0);

  execFileSync('prlimit', ['--pid', String(gate.pid), '--fsize=unlimited']);
  expect(await code('accepted')).toBeUndefined();
  expect(upstream.bodies.at(-1)).toContain('"accepted"');
  expect(integrity(gate.database)).toBe('ok');
});

/** The sessions that there are, or new ones. */
async function sessionsAt(url: string, known: string[]): Promise<string[]> {
  if (known.length > 0) return known;
  const agents = Array.from({ length: CONNECTIONS }, () => RawAgent.begin(url, token));
  return (await Promise.all(agents)).map(({ session }) => session);
}

async function callUntilItDies(agent: RawAgent, name: string, seen: Map<string, string>) {
  for (let id = 0; ; id++) {
    const tool = `${name}-${id}`;
    try {
      const response = await agent.call(tool, {}, tool);
      const body = await response.text();
      expect(response.status, body).toBe(200);
      seen.set(tool, body);
    } catch (error) {
      if (error instanceof TypeError) return;
      throw error;
    }
  }
}

function expectKept(reader: SqliteReader, seen: ReadonlyMap<string, string>): void {
  const exchanges = new Map(
    reader.exchanges({ method: 'tools/call', limit: 1_000_000 }).map((one) => [one.target, one]),
  );
  for (const [tool, body] of seen) {
    const exchange = exchanges.get(tool);
    expect(exchange, tool).toMatchObject({ outcome: 'answered', rule: 'all', sub: 'ana' });
    const events = reader.events(exchange?.id ?? '');
    expect(events.map(({ kind, seq }) => `${seq} ${kind}`)).toEqual([
      '0 opened',
      '1 decided',
      '2 forwarded',
      '3 answered',
    ]);
    expect(events[0]?.payload).toContain(`"name":"${tool}"`);
    expect(events[3]?.payload).toBe(body);
  }
}

function integrity(path: string): unknown {
  const db = new Database(path);
  try {
    return db.pragma('integrity_check', { simple: true });
  } finally {
    db.close();
  }
}
