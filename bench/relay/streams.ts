import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'undici';
import type { Target } from './load.ts';
import { ask, median, openSession, type Setting, share, withTargets } from './setting.ts';

// What streams cost: sessions that are opened and closed, the first byte of a streamed answer, and many clients that
// listen at once.

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const SESSIONS = Number(process.env.BENCH_SESSIONS ?? 1_000);
const STREAMED = 300;
const OPENED = 200;
const LISTEN = 10_000;

export async function streams(): Promise<void> {
  await withTargets(async (setting) => {
    await sessionRate(setting.targets);
    await firstByte(setting.targets);
    await listeners(setting);
  });
}

/** Sessions that are opened and closed a second, one after the other from 8 clients. */
async function sessionRate([direct, , gate]: readonly Target[]): Promise<void> {
  if (!direct || !gate) return;
  const rates: number[][] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, target] of [direct, gate].entries()) {
      const started = performance.now();
      let left = OPENED;
      const one = async () => {
        while (left-- > 0) {
          const session = await openSession(target.url, plainOf(target));
          const headers = { ...plainOf(target), ...session };
          await fetch(target.url, { method: 'DELETE', headers });
        }
      };
      await Promise.all(Array.from({ length: 8 }, one));
      rates[index]?.push((OPENED * 1_000) / (performance.now() - started));
    }
  }
  const [alone = 0, gated = 0] = rates.map(median);
  console.log(
    `sessions opened and closed: direct ${alone.toFixed(0)}/s, gate ${gated.toFixed(0)}/s (${(gated / alone).toFixed(2)})`,
  );
}

/** Headers of a request that begins a session. */
function plainOf({ headers }: Target): Record<string, string> {
  const { 'mcp-session-id': _, ...rest } = headers;
  return rest;
}

/** The time until the first byte of a streamed answer. */
async function firstByte(targets: readonly Target[]): Promise<void> {
  const clients = targets.map(({ url }) => new Client(new URL(url).origin));
  const times = targets.map((): number[] => []);
  for (let call = 0; call < STREAMED; call++) {
    for (const [index, target] of targets.entries()) {
      const time = await streamed(clients[index] as Client, target, call);
      if (call >= STREAMED / 10) times[index]?.push(time);
    }
  }
  await Promise.all(clients.map((client) => client.close()));
  const [, bare = Number.NaN] = times.map(median);
  for (const [index, { name }] of targets.entries()) {
    const own = median(times[index] ?? []);
    console.log(
      `first byte of a streamed answer, ${name.padEnd(6)} p50 ${own.toFixed(3)} ms (${(own / bare).toFixed(2)} of bare)`,
    );
  }
}

function streamed(client: Client, { url, headers }: Target, call: number): Promise<number> {
  const _meta = { progressToken: 'p' };
  const params = { name: 'list_slowly', arguments: { sql: 'select 1' }, _meta };
  const body = JSON.stringify({ jsonrpc: '2.0', id: `f${call}`, method: 'tools/call', params });
  const started = performance.now();
  let first: number | undefined;
  return new Promise((resolve, reject) => {
    client.dispatch(
      { method: 'POST', path: new URL(url).pathname, body, headers: { ...headers } },
      {
        onRequestStart: () => undefined,
        onResponseStart: () => undefined,
        onResponseData: () => {
          first ??= performance.now() - started;
        },
        onResponseEnd: () => resolve(first ?? Number.NaN),
        onResponseError: (_controller, error) => reject(error),
      },
    );
  });
}

interface Memory {
  readonly heap: number;
  readonly rss: number;
}

/** Memory and delay with many clients that listen. */
async function listeners({ targets, gate, upstream }: Setting): Promise<void> {
  const target = targets[2] as Target;
  const before = await ask<Memory>(gate, 'heap');
  const delays: number[] = [];
  const clients: Client[] = [];
  for (let index = 0; index < SESSIONS; index++) {
    const session = await openSession(target.url, plainOf(target));
    clients.push(listen(target, { ...plainOf(target), ...session }, delays));
  }
  await sleep(2_000);
  const idle = await ask<Memory>(gate, 'heap');
  const { streams: open } = await ask<{ streams: number }>(upstream, 'count');
  console.log(
    `${SESSIONS} sessions that listen (${open} streams at the upstream): ` +
      `${kib(idle.heap - before.heap)} KiB of heap each, rss ${kib(idle.rss - before.rss)} KiB each`,
  );
  await ask(upstream, 'notify');
  await sleep(LISTEN);
  const busy = await ask<Memory>(gate, 'heap');
  const said = (delays.length / (LISTEN / 1_000)).toFixed(0);
  console.log(
    `10 notifications a second to each: ${said}/s came, delay p50 ${share(delays, 0.5).toFixed(1)} ms, ` +
      `p99 ${share(delays, 0.99).toFixed(1)} ms, ${kib(busy.heap - before.heap)} KiB of heap each`,
  );
  await Promise.all(clients.map((client) => client.destroy()));
}

function kib(bytes: number): string {
  return (bytes / SESSIONS / 1_024).toFixed(1);
}

function listen(target: Target, headers: Record<string, string>, delays: number[]): Client {
  const client = new Client(new URL(target.url).origin, { bodyTimeout: 0 });
  const accept = { ...headers, accept: 'text/event-stream' };
  client.dispatch(
    { method: 'GET', path: new URL(target.url).pathname, headers: accept },
    {
      onRequestStart: () => undefined,
      onResponseStart: (_controller, status) => {
        if (status !== 200) throw new Error(`HTTP status ${status}`);
      },
      onResponseData: (_controller, chunk) => {
        const now = performance.timeOrigin + performance.now();
        for (const [, at] of chunk.toString().matchAll(/"at":([\d.]+)/g))
          delays.push(now - Number(at));
      },
      onResponseEnd: () => undefined,
      onResponseError: () => undefined,
    },
  );
  return client;
}
