import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { startDevIssuer } from '../../src/auth/dev-issuer.ts';
import { median, openSession, share } from '../relay/setting.ts';

// What masking of large results costs other calls: small calls through a gate, one after the other, while results of
// 5 MB pass through it with all detectors, and the same where no mask is due. Both in turn, in the same gate.

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const ROUND = Number(process.env.BENCH_ROUND_MS ?? 5_000);
/** Milliseconds between a small call and the next. */
const PAUSE = 2;
/** Milliseconds from one large call to the next, so that as many come masked as not. */
const EVERY = 1_000;
const FLAGS = ['--max-semi-space-size=64'];
const silent = { info() {}, warn() {}, error() {}, debug() {} };

const policy = `apiVersion: sallyport/v1
rules:
  - { id: all, on: { tools: ['*'] }, then: allow }
`;
const masks = `apiVersion: sallyport/v1
upstreams: [masked]
rules:
  - { id: hide, mask: [{ find: [everything] }] }
`;

interface Target {
  readonly url: string;
  readonly headers: Record<string, string>;
}

export async function aside(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-bench-'));
  const issuer = await startDevIssuer({
    users: [{ sub: 'ana', email: 'ana@example.com', groups: [], scopes: [] }],
    resources: () => true,
    log: silent,
  });
  const children: ChildProcess[] = [];
  const start = async (file: string, args: string[], flags: string[] = []) => {
    const child = fork(new URL(file, import.meta.url), args, { execArgv: flags });
    children.push(child);
    const [{ url }] = (await once(child, 'message')) as [{ url: string }];
    return url;
  };
  try {
    const upstream = await start('./large-upstream.ts', []);
    const gate = await start(
      '../relay/gate.ts',
      [writeConfig(folder, upstream, issuer.url)],
      FLAGS,
    );
    const target = async (name: string): Promise<Target> => {
      const url = gate.replace('/orders', `/${name}`);
      const authorization = `Bearer ${await issuer.tokenFor('ana', url)}`;
      const plain = {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
      };
      const session = await openSession(url, { ...plain, authorization });
      return { url, headers: { ...plain, ...session } };
    };
    await compare(await target('small'), [await target('plain'), await target('masked')]);
  } finally {
    for (const child of children) child.kill();
    await issuer.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function compare(small: Target, large: readonly Target[]): Promise<void> {
  for (const target of large) await round(small, target, 2_000);
  const rounds: Awaited<ReturnType<typeof round>>[][] = [[], []];
  for (let turn = 0; turn < ROUNDS; turn++) {
    for (const [index, target] of large.entries()) {
      rounds[index]?.push(await round(small, target, ROUND));
    }
  }
  console.log('\naside: a small call beside results of 5 MB, which pass as they are or masked');
  console.log('5 MB results  p50 ms    p99 ms    most ms   a large call, ms');
  const p99s = rounds.map((measured, index) => {
    const of = (part: number) => median(measured.map(({ small: all }) => share(all, part)));
    const long = median(measured.flatMap(({ large: all }) => all));
    const figures = [of(0.5), of(0.99), of(1)].map((value) => value.toFixed(1).padStart(8));
    console.log(
      `${['plain', 'masked'][index]?.padEnd(12)}${figures.join('  ')}  ${long.toFixed(0).padStart(12)}`,
    );
    return of(0.99);
  });
  const [plain = 0, masked = 0] = p99s;
  console.log(`p99 of the small call, masked / plain: ${(masked / plain).toFixed(2)}`);
}

/** Milliseconds of each small call, and of each large one, while both go on. */
async function round(small: Target, large: Target, length: number) {
  const end = performance.now() + length;
  const repeat = async (target: Target, tool: string, pause: (took: number) => number) => {
    const took: number[] = [];
    while (performance.now() < end) {
      const before = performance.now();
      await call(target, tool);
      const milliseconds = performance.now() - before;
      took.push(milliseconds);
      await wait(pause(milliseconds));
    }
    return took;
  };
  const [smalls, larges] = await Promise.all([
    repeat(small, 'query', () => PAUSE),
    repeat(large, 'export', (took) => Math.max(0, EVERY - took)),
  ]);
  return { small: smalls, large: larges };
}

let nextId = 1;

async function call({ url, headers }: Target, name: string): Promise<void> {
  const message = { jsonrpc: '2.0', id: nextId++, method: 'tools/call', params: { name } };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(message) });
  const answer = await response.text();
  if (answer.length < (name === 'export' ? 2_000_000 : 500)) {
    throw new Error(`${name}: ${answer.slice(0, 200)}`);
  }
}

function writeConfig(folder: string, upstream: string, issuer: string): string {
  mkdirSync(join(folder, 'policies'));
  writeFileSync(join(folder, 'policies', 'all.yaml'), policy);
  writeFileSync(join(folder, 'policies', 'masks.yaml'), masks);
  const url = { url: upstream };
  const config = {
    listen: { port: 0 },
    limits: { message: '16MiB' },
    issuers: [{ url: issuer }],
    upstreams: { small: url, plain: url, masked: url, orders: url },
  };
  const file = join(folder, 'sallyport.yaml');
  writeFileSync(file, JSON.stringify(config));
  return file;
}
