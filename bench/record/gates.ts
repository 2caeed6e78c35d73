import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDevIssuer } from '../../src/auth/dev-issuer.ts';
import type { Target } from '../relay/load.ts';
import { openSession } from '../relay/setting.ts';

// Gates that differ only in what they record, each with a database of its own, in front of one upstream.

const FLAGS = ['--max-semi-space-size=64', ...(process.env.BENCH_FLAGS?.split(' ') ?? [])];
const silent = { info() {}, warn() {}, error() {}, debug() {} };

/** What a gate records: sections of `transcripts`; `off` records nothing. */
export type Recording = 'off' | Readonly<Record<string, unknown>>;

/** A gate under way. */
export interface RecordingGate {
  readonly child: ChildProcess;
  readonly target: Target;
  readonly database: string;
  readonly policies: string;
}

/** Starts them all, and stops them once `run` is done; `look` comes then, while the databases are still there. */
export async function withGates(
  recordings: Readonly<Record<string, Recording>>,
  run: (gates: readonly RecordingGate[]) => Promise<void>,
  look: (gates: readonly RecordingGate[]) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-bench-'));
  const users = [{ sub: 'ana', email: 'ana@example.com', groups: ['analysts'], scopes: [] }];
  const issuer = await startDevIssuer({ users, resources: () => true, log: silent });
  const children: ChildProcess[] = [];
  const start = async (file: string, args: string[], env: NodeJS.ProcessEnv) => {
    const url = new URL(file, import.meta.url);
    const child = fork(url, args, { execArgv: FLAGS, env: { ...process.env, ...env } });
    children.push(child);
    const [{ url: at }] = (await once(child, 'message')) as [{ url: string }];
    return { child, url: at };
  };
  try {
    const upstream = await start('../relay/upstream.ts', [], {});
    const gates: RecordingGate[] = [];
    for (const [name, recording] of Object.entries(recordings)) {
      const base = join(folder, name);
      const config = writeConfig(base, upstream.url, issuer.url, recording);
      const env = { BENCH_RECORD: recording === 'off' ? 'off' : 'on' };
      const { child, url } = await start('../relay/gate.ts', [config], env);
      const plain = {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        authorization: `Bearer ${await issuer.tokenFor('ana', url)}`,
      };
      const headers = { ...plain, ...(await openSession(url, plain)) };
      const database = join(base, '.sallyport', 'transcripts.db');
      const policies = join(base, 'policies');
      gates.push({ child, target: { name, url, headers }, database, policies });
    }
    await run(gates);
    for (const { child } of gates) {
      child.send('stop');
      await once(child, 'exit');
    }
    await look(gates);
  } finally {
    for (const child of children) child.kill();
    await issuer.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function writeConfig(base: string, upstream: string, issuer: string, recording: Recording): string {
  mkdirSync(join(base, 'policies'), { recursive: true });
  const policy = new URL('../relay/policy.yaml', import.meta.url);
  cpSync(policy, join(base, 'policies', 'policy.yaml'));
  const config = {
    listen: { port: 0 },
    issuers: [{ url: issuer }],
    upstreams: { orders: { url: upstream } },
    transcripts: recording === 'off' ? {} : recording,
  };
  const file = join(base, 'sallyport.yaml');
  writeFileSync(file, JSON.stringify(config));
  return file;
}
