import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DevIssuer, startDevIssuer } from '../../src/auth/dev-issuer.ts';
import type { Target } from '../relay/load.ts';
import { openSession } from '../relay/setting.ts';

// The gate as it is run, with a rule that asks people, an upstream that costs next to nothing, and many callers.

const FLAGS = process.env.BENCH_FLAGS?.split(' ') ?? [];

const silent = { info() {}, warn() {}, error() {}, debug() {} };

export interface Setting {
  readonly gate: ChildProcess;
  /** One for each caller, each with a session of its own. */
  readonly callers: readonly Target[];
  /** A caller whose calls nobody has to approve. */
  readonly other: Target;
  /** Calls the admin API as somebody who may approve. */
  readonly admin: (path: string, body?: object) => Promise<Response>;
}

export async function withGate(
  { callers, wait }: { readonly callers: number; readonly wait: string },
  run: (setting: Setting) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-bench-'));
  const names = Array.from({ length: callers }, (_, index) => `caller-${index}`);
  const users = [...names, 'other', 'dba'].map((sub) => {
    return { sub, email: `${sub}@example.com`, groups: sub === 'dba' ? [sub] : [], scopes: [] };
  });
  const issuer = await startDevIssuer({ users, resources: () => true, log: silent });
  const upstream = fork(new URL('../relay/upstream.ts', import.meta.url));
  const [{ url }] = (await once(upstream, 'message')) as [{ url: string }];
  const config = writeConfig(folder, url, issuer.url, wait);
  const gate = fork(new URL('../relay/gate.ts', import.meta.url), [config], {
    execArgv: ['--expose-gc', '--max-semi-space-size=64', ...FLAGS],
  });
  try {
    const [at] = (await once(gate, 'message')) as [{ url: string; admin: string }];
    const target = (name: string) => targetOf(issuer, name, at.url);
    const all: Target[] = [];
    for (const name of names) all.push(await target(name));
    const token = await issuer.tokenFor('dba', `${at.admin}/v1`);
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const admin: Setting['admin'] = (path, body) => {
      const more = body && { method: 'POST', body: JSON.stringify(body) };
      return fetch(`${at.admin}${path}`, { headers, ...more });
    };
    await run({ gate, callers: all, other: await target('other'), admin });
    gate.send('stop');
    await once(gate, 'exit');
  } finally {
    gate.kill();
    upstream.kill();
    await issuer.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function targetOf(issuer: DevIssuer, name: string, url: string): Promise<Target> {
  const plain = {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    authorization: `Bearer ${await issuer.tokenFor(name, url)}`,
  };
  return { name, url, headers: { ...plain, ...(await openSession(url, plain)) } };
}

function writeConfig(folder: string, upstream: string, issuer: string, wait: string): string {
  mkdirSync(join(folder, 'policies'));
  cpSync(new URL('./policy.yaml', import.meta.url), join(folder, 'policies', 'policy.yaml'));
  const config = {
    listen: { port: 0 },
    issuers: [{ url: issuer }],
    upstreams: { orders: { url: upstream } },
    admin: { listen: { port: 0 }, roles: { viewer: ['group:dba'] } },
    approvals: { wait },
    // Calls that wait are under way.
    limits: { calls: 20_000 },
  };
  const file = join(folder, 'sallyport.yaml');
  writeFileSync(file, JSON.stringify(config));
  return file;
}
