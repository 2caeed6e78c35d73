import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDevIssuer } from '../../src/auth/dev-issuer.ts';
import { load, type Measured, type Target } from './load.ts';

// What the gate costs: the same calls straight to an upstream, through a proxy that does nothing, and through the
// gate with policy, masks and transcript. All in one run, side by side, so that the ratios mean something.

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const ROUND = Number(process.env.BENCH_ROUND_MS ?? 2_000);
const CPU_CALLS = 5_000;
const HEAP_CALLS = Number(process.env.BENCH_HEAP_CALLS ?? 200_000);

/** As the image runs the gate; the bare proxy gets the same. */
const FLAGS = ['--max-semi-space-size=64', ...(process.env.BENCH_FLAGS?.split(' ') ?? [])];

const silent = { info() {}, warn() {}, error() {}, debug() {} };

export async function relay(): Promise<void> {
  await withTargets(async ({ targets, bare, gate }) => {
    await compare(targets);
    await processorTime([bare, gate], targets.slice(1));
    await heap(gate, targets[2] as Target);
  });
}

interface Setting {
  readonly targets: readonly Target[];
  readonly bare: ChildProcess;
  readonly gate: ChildProcess;
}

export async function withTargets(run: (setting: Setting) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-bench-'));
  const issuer = await startDevIssuer({
    users: [{ sub: 'ana', email: 'ana@example.com', groups: ['analysts'], scopes: [] }],
    resources: () => true,
    log: silent,
  });
  const children: ChildProcess[] = [];
  const start = async (file: string, args: string[], flags: string[] = []) => {
    const child = fork(new URL(file, import.meta.url), args, { execArgv: flags });
    children.push(child);
    const [{ url }] = (await once(child, 'message')) as [{ url: string }];
    return { child, url };
  };
  try {
    const upstream = await start('./upstream.ts', []);
    const bare = await start('./bare.ts', [upstream.url], FLAGS);
    const config = writeConfig(folder, upstream.url, issuer.url);
    const gate = await start('./gate.ts', [config], ['--expose-gc', ...FLAGS]);
    const token = await issuer.tokenFor('ana', gate.url);
    const plain = {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    };
    const session = await openSession(gate.url, { ...plain, authorization: `Bearer ${token}` });
    // The same bytes to each of them: a client has its token and its session with or without a gate.
    const headers = { ...plain, ...session };
    const targets: Target[] = [
      { name: 'direct', url: upstream.url, headers },
      { name: 'bare', url: bare.url, headers },
      { name: 'gate', url: gate.url, headers },
    ];
    await run({ targets, bare: bare.child, gate: gate.child });
    gate.child.send('stop');
    await once(gate.child, 'exit');
  } finally {
    for (const child of children) child.kill();
    await issuer.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function writeConfig(folder: string, upstream: string, issuer: string): string {
  mkdirSync(join(folder, 'policies'));
  cpSync(new URL('./policy.yaml', import.meta.url), join(folder, 'policies', 'policy.yaml'));
  const config = {
    listen: { port: 0 },
    issuers: [{ url: issuer }],
    upstreams: { orders: { url: upstream } },
  };
  const file = join(folder, 'sallyport.yaml');
  writeFileSync(file, JSON.stringify(config));
  return file;
}

async function openSession(
  url: string,
  headers: Record<string, string>,
): Promise<Record<string, string>> {
  const params = {
    protocolVersion: '2025-06-18',
    capabilities: {},
    clientInfo: { name: 'bench', version: '1' },
  };
  const body = JSON.stringify({ jsonrpc: '2.0', id: 0, method: 'initialize', params });
  const response = await fetch(url, { method: 'POST', headers, body });
  const session = response.headers.get('mcp-session-id');
  if (!session) throw new Error(`no session: ${response.status} ${await response.text()}`);
  const { authorization = '' } = headers;
  return { authorization, 'mcp-session-id': session, 'mcp-protocol-version': '2025-06-18' };
}

async function compare(targets: readonly Target[]): Promise<void> {
  for (const target of targets) await load(target, 32, { milliseconds: ROUND });
  console.log('relay: 1 KB answers; the gate with policy, masks and transcript');
  console.log(
    'connections  target      calls/s    p50 ms    p99 ms   rate vs bare  p50 added to bare',
  );
  for (const connections of [1, 32, 256]) {
    const rounds: Measured[][] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const measured: Measured[] = [];
      for (const target of targets) {
        measured.push(await load(target, connections, { milliseconds: ROUND }));
      }
      rounds.push(measured);
    }
    for (const [index, target] of targets.entries()) {
      const of = (pick: (measured: Measured[]) => number) => median(rounds.map(pick));
      const own = (measured: Measured[]) => measured[index] as Measured;
      const bare = (measured: Measured[]) => measured[1] as Measured;
      console.log(
        [
          String(connections).padStart(11),
          `  ${target.name.padEnd(8)}`,
          of((m) => own(m).rate)
            .toFixed(0)
            .padStart(9),
          of((m) => own(m).p50)
            .toFixed(3)
            .padStart(10),
          of((m) => own(m).p99)
            .toFixed(3)
            .padStart(10),
          of((m) => own(m).rate / bare(m).rate)
            .toFixed(2)
            .padStart(15),
          of((m) => own(m).p50 - bare(m).p50)
            .toFixed(3)
            .padStart(19),
        ].join(''),
      );
    }
  }
}

/** Processor time a call; unlike rates it hardly minds what else the machine does. */
export async function processorTime(
  children: readonly ChildProcess[],
  targets: readonly Target[],
): Promise<void> {
  for (const connections of [1, 32]) {
    for (const [index, child] of children.entries()) {
      const target = targets[index] as Target;
      const ask = async () => {
        child.send('cpu');
        return ((await once(child, 'message')) as [{ all: number; main: number }])[0];
      };
      const before = await ask();
      await load(target, connections, { calls: CPU_CALLS });
      const after = await ask();
      const all = (after.all - before.all) / CPU_CALLS;
      const main = (after.main - before.main) / CPU_CALLS;
      console.log(
        `processor time a call, ${connections} connections, ${target.name}: ${all.toFixed(0)} us, ` +
          `${main.toFixed(0)} us of it on the main thread`,
      );
    }
  }
}

/** The heap after the first tenth of many calls, and after all of them. */
async function heap(child: ChildProcess, target: Target): Promise<void> {
  if (HEAP_CALLS === 0) return;
  const ask = async () => {
    child.send('heap');
    const [{ heap, rss }] = (await once(child, 'message')) as [{ heap: number; rss: number }];
    return { heap: heap / 1_048_576, rss: rss / 1_048_576 };
  };
  await load(target, 32, { calls: HEAP_CALLS / 10 });
  const before = await ask();
  await load(target, 32, { calls: HEAP_CALLS * 0.9 });
  const after = await ask();
  console.log(
    `heap: ${before.heap.toFixed(1)} MiB after ${HEAP_CALLS / 10} calls, ${after.heap.toFixed(1)} MiB after ` +
      `${HEAP_CALLS} (${(after.heap / before.heap).toFixed(2)}); rss ${before.rss.toFixed(0)} -> ${after.rss.toFixed(0)} MiB`,
  );
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
