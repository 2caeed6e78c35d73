import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Check } from './check.ts';

/** One entry of the suite. */
export interface Scenario {
  readonly role: 'server' | 'client';
  readonly name: string;
  /** Revisions that it is part of; none for a protocol extension. */
  readonly revisions: readonly string[];
}

/** One run of the suite, in a process of its own. */
export interface Invocation {
  readonly role: Scenario['role'];
  /** Absent: all that a revision has. */
  readonly scenario?: string | undefined;
  /** Absent: what the scenario itself says. */
  readonly revision?: string | undefined;
  /** URL of the server, or the command that starts the client. */
  readonly tested: string;
  /** Where to keep what was found. */
  readonly folder: string;
}

const program = fileURLToPath(
  new URL('../../node_modules/@modelcontextprotocol/conformance/dist/index.js', import.meta.url),
);
/** Milliseconds until a client is given up. */
const TIMEOUT = 20_000;
/** As the suite names its folders: role, scenario, time. */
const resultFolder = /^(?:server-)?(.+)-\d{4}-\d\d-\d\dT[\d-]+Z$/;

/** What the installed suite holds. */
export async function listScenarios(): Promise<Scenario[]> {
  const { output } = await run(['list']);
  const scenarios: Scenario[] = [];
  let role: Scenario['role'] | undefined;
  for (const line of output.split('\n')) {
    const [, section] = /^(\w+).* scenarios \(/.exec(line) ?? [];
    if (section)
      role = section === 'Server' ? 'server' : section === 'Client' ? 'client' : undefined;
    const [, name, among = ''] = /^ {2}- (\S+) \[(.*)\]$/.exec(line) ?? [];
    if (!name || !role) continue;
    scenarios.push({ role, name, revisions: among === 'extension' ? [] : among.split(',') });
  }
  return scenarios;
}

/** Runs the suite and reads the checks of each scenario that it ran. */
export async function invoke(invocation: Invocation): Promise<Map<string, Check[]>> {
  const { role, scenario, revision, tested, folder } = invocation;
  mkdirSync(folder, { recursive: true });
  const { output } = await run([
    ...[role, role === 'server' ? '--url' : '--command', tested, '--output-dir', folder],
    ...(scenario === undefined ? ['--suite', 'all'] : ['--scenario', scenario]),
    ...(revision === undefined ? [] : ['--spec-version', revision]),
    ...(role === 'client' ? ['--timeout', String(TIMEOUT)] : []),
  ]);
  const found = new Map<string, Check[]>();
  for (const entry of readdirSync(folder)) {
    const [, name] = resultFolder.exec(entry) ?? [];
    const file = join(folder, entry, 'checks.json');
    // A scenario that breaks off leaves its folder empty.
    if (name === undefined || !existsSync(file)) continue;
    const checks = JSON.parse(readFileSync(file, 'utf8')) as Check[];
    found.set(name, role === 'client' ? [...checks, ending(output)] : checks);
  }
  return found;
}

/** The suite tells only in its output that a client failed or had to be stopped. */
function ending(output: string): Check {
  const [errorMessage] = /CLIENT (?:TIMED OUT|EXITED WITH ERROR).*/.exec(output) ?? [];
  const id = 'client-ended-well';
  return errorMessage ? { id, status: 'FAILURE', errorMessage } : { id, status: 'SUCCESS' };
}

function run(args: readonly string[]): Promise<{ output: string }> {
  return new Promise((resolve, reject) => {
    // Most of a short run is spent compiling the same code again.
    const env = { NODE_COMPILE_CACHE: join(tmpdir(), 'sallyport-compile-cache'), ...process.env };
    const stdio = ['ignore', 'pipe', 'pipe'] as ['ignore', 'pipe', 'pipe'];
    const child = spawn(process.execPath, [program, ...args], { env, stdio });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    child.on('error', reject);
    child.on('close', () => resolve({ output }));
  });
}
