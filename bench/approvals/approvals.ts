import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { load, type Measured, type Target } from '../relay/load.ts';
import { ask, median } from '../relay/setting.ts';
import { type Setting, withGate } from './setting.ts';

// What calls that wait for people cost: others, memory, and the processor while nothing happens.

/** Each caller has as many pending as the configuration allows by default. */
const PER_CALLER = 100;
const PENDING = Number(process.env.BENCH_PENDING ?? 10_000);
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const CALLS = Number(process.env.BENCH_CALLS ?? 2_000);
/** Held calls that are opened at a time. */
const AT_ONCE = 64;
/** Milliseconds for which nothing happens. */
const QUIET = 10_000;
const DECIDED = 50;
/** Approvals on one page of the admin API. */
const PAGE = 100;

interface Cpu {
  /** Microseconds. */
  readonly main: number;
}

interface Memory {
  readonly heap: number;
  readonly rss: number;
}

export async function approvals(): Promise<void> {
  const callers = Math.ceil(PENDING / PER_CALLER);
  console.log('Calls whose clients were told to call again:');
  await withGate({ callers, wait: '100ms' }, async (setting) => {
    await measure(setting, 'are pending', undefined);
  });
  console.log('Calls that are held:');
  await withGate({ callers, wait: '1h' }, async (setting) => {
    await measure(setting, 'wait', decide);
  });
}

/** @param then what is done with them at the end */
async function measure(
  setting: Setting,
  what: string,
  then: ((setting: Setting, held: Held) => Promise<void>) | undefined,
): Promise<void> {
  const { gate, other } = setting;
  await load(other, 4, { calls: CALLS });
  const alone = await costOfOthers(setting);
  const quiet = await idleCpu(gate);
  const before = await ask<Memory>(gate, 'heap');
  const held = await hold(setting);
  await sleep(3_000);
  const after = await ask<Memory>(gate, 'heap');
  print('memory of each', [
    `heap ${kib(after.heap - before.heap)} KiB`,
    `rss ${kib(after.rss - before.rss)} KiB`,
  ]);
  const beside = await costOfOthers(setting);
  const waiting = await idleCpu(gate);
  for (const name of ['p50', 'p99', 'cpu'] as const) {
    const [without, withThem] = [alone[name], beside[name]];
    print(`calls of others, ${name}`, [
      `alone ${without.toFixed(3)} ms`,
      `beside ${PENDING} that ${what} ${withThem.toFixed(3)} ms (${(withThem / without).toFixed(2)})`,
    ]);
  }
  print('processor while nothing happens', [
    `alone ${quiet.toFixed(2)} %`,
    `with ${PENDING} that ${what} ${waiting.toFixed(2)} %`,
  ]);
  await then?.(setting, held);
  for (const pool of held.pools) await pool.destroy();
}

interface Cost extends Pick<Measured, 'p50' | 'p99'> {
  /** Milliseconds of the gate's main thread for a call, which other programs on the machine change less. */
  readonly cpu: number;
}

async function costOfOthers({ gate, other }: Setting): Promise<Cost> {
  const found: Measured[] = [];
  const before = await ask<Cpu>(gate, 'cpu');
  for (let round = 0; round < ROUNDS; round++) found.push(await load(other, 4, { calls: CALLS }));
  const after = await ask<Cpu>(gate, 'cpu');
  return {
    p50: median(found.map(({ p50 }) => p50)),
    p99: median(found.map(({ p99 }) => p99)),
    cpu: (after.main - before.main) / (1_000 * ROUNDS * CALLS),
  };
}

/** Share of one processor, in percent, that the gate's main thread takes. */
async function idleCpu(gate: ChildProcess): Promise<number> {
  const before = await ask<Cpu>(gate, 'cpu');
  await sleep(QUIET);
  const after = await ask<Cpu>(gate, 'cpu');
  return (after.main - before.main) / (QUIET * 10);
}

interface Held {
  readonly pools: readonly Pool[];
  /** Calls that have an answer, by their table. */
  readonly answered: Map<string, number>;
}

/** Makes the calls, and resolves once all of them are pending. */
async function hold({ callers, admin, gate }: Setting): Promise<Held> {
  const answered = new Map<string, number>();
  const pools = callers.map(({ url }) => new Pool(new URL(url).origin, { connections: null }));
  const began = await ask<Cpu>(gate, 'cpu');
  const started = performance.now();
  let next = 0;
  const one = async () => {
    for (let index = next++; index < PENDING; index = next++) {
      const caller = callers[index % callers.length];
      const pool = pools[index % pools.length];
      if (caller && pool) await heldCall(pool, caller, `table-${index}`, answered);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
  while ((await pendingOf(admin)) < PENDING) await sleep(1_000);
  const rate = (PENDING * 1_000) / (performance.now() - started);
  const spent = ((await ask<Cpu>(gate, 'cpu')).main - began.main) / (1_000 * PENDING);
  print('calls that need a yes', [`${rate.toFixed(0)}/s`, `cpu ${spent.toFixed(3)} ms each`]);
  return { pools, answered };
}

/** Resolves once the gate has begun to answer, with a stream on which the call waits. */
function heldCall(
  pool: Pool,
  { url, headers }: Target,
  table: string,
  answered: Map<string, number>,
): Promise<void> {
  const params = { name: 'drop_table', arguments: { table } };
  const body = JSON.stringify({ jsonrpc: '2.0', id: table, method: 'tools/call', params });
  const quiet = { headersTimeout: 0, bodyTimeout: 0 };
  return new Promise((resolve, reject) => {
    pool.dispatch(
      { method: 'POST', path: new URL(url).pathname, body, headers: { ...headers }, ...quiet },
      {
        onRequestStart: () => undefined,
        onResponseStart: (_controller, status) => {
          if (status === 200) resolve();
          else reject(new Error(`HTTP status ${status}`));
        },
        onResponseData: (_controller, chunk) => {
          if (chunk.includes('"result"')) answered.set(table, performance.now());
        },
        onResponseEnd: () => undefined,
        onResponseError: (_controller, error) => reject(error),
      },
    );
  });
}

async function pendingOf(admin: Setting['admin']): Promise<number> {
  let count = 0;
  for (let before = ''; ; ) {
    const page = await admin(`/v1/approvals?state=pending&limit=${PAGE}${before}`);
    const { approvals: some } = (await page.json()) as { approvals: { id: string }[] };
    count += some.length;
    if (some.length < PAGE) return count;
    before = `&before=${some.at(-1)?.id}`;
  }
}

/** The time from somebody's yes to the answer of the call. */
async function decide({ admin }: Setting, { answered }: Held): Promise<void> {
  const listed = await admin(`/v1/approvals?state=pending&limit=${DECIDED}`);
  const { approvals: some } = (await listed.json()) as { approvals: { id: string }[] };
  const times: number[] = [];
  for (const { id } of some) {
    const page = await (await admin(`/v1/approvals/${id}`)).json();
    const { table } = (page as { args: { arguments: { table: string } } }).args.arguments;
    const started = performance.now();
    const said = await admin(`/v1/approvals/${id}/approve`, {});
    if (!said.ok) throw new Error(`${said.status} ${await said.text()}`);
    while (!answered.has(table)) await sleep(1);
    times.push((answered.get(table) ?? 0) - started);
  }
  print('from a yes to the answer', [`p50 ${median(times).toFixed(1)} ms`]);
}

function kib(bytes: number): string {
  return (bytes / PENDING / 1_024).toFixed(1);
}

function print(what: string, figures: readonly string[]): void {
  console.log(`${what}: ${figures.join(', ')}`);
}
