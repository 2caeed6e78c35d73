import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDevIssuer } from '../../src/auth/dev-issuer.ts';
import type { Target } from './load.ts';

// An upstream, a proxy that does nothing, and the gate in front of it: processes of their own, as they are run.

/** As the image runs the gate; the bare proxy gets the same. */
const FLAGS = ['--max-semi-space-size=64', ...(process.env.BENCH_FLAGS?.split(' ') ?? [])];

const silent = { info() {}, warn() {}, error() {}, debug() {} };

export interface Setting {
  readonly upstream: ChildProcess;
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
    await run({ upstream: upstream.child, targets, bare: bare.child, gate: gate.child });
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
    limits: { caller_sessions: 4_000, caller_calls: 4_000 },
  };
  const file = join(folder, 'sallyport.yaml');
  writeFileSync(file, JSON.stringify(config));
  return file;
}

/** Asks a child something, and waits for what it says. */
export async function ask<Answer>(child: ChildProcess, question: string): Promise<Answer> {
  child.send(question);
  const [answer] = (await once(child, 'message')) as [Answer];
  return answer;
}

/** The headers of a new session. */
export async function openSession(
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
  const said = await response.text();
  if (!session) throw new Error(`no session: ${response.status} ${said}`);
  const { authorization = '' } = headers;
  return { authorization, 'mcp-session-id': session, 'mcp-protocol-version': '2025-06-18' };
}

export function median(values: readonly number[]): number {
  return share(values, 0.5);
}

/** The value that this share of all is below. */
export function share(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * part)] ?? Number.NaN;
}
