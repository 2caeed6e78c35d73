import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';

const root = resolve(import.meta.dirname, '../..');
let folder: string;
let gate: Gate | undefined;
const clients: Client[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-start-'));
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await gate?.stop('SIGKILL');
  gate = undefined;
  rmSync(folder, { recursive: true });
});

it('prints a client configuration that works as it is', async () => {
  gate = new Gate(exampleConfig());
  const servers = await gate.clientConfiguration();
  expect(Object.keys(servers)).toEqual(['files', 'everything']);

  const files = await connect(servers.files);
  const args = { path: 'customers.csv' };
  const customers = JSON.stringify(
    await files.callTool({ name: 'read_text_file', arguments: args }),
  );
  expect(customers).toContain('Ada Lovelace,[redacted:email],***************1111');
  expect(customers).not.toContain('ada@example.com');

  const everything = await connect(servers.everything);
  const { tools } = await everything.listTools();
  expect(tools.map(({ name }) => name)).toEqual(['echo']);
});

it('prints tokens for the admin API, where there is one', async () => {
  const config = exampleConfig();
  const roles = { viewer: ['group:analysts'] };
  writeFileSync(
    config,
    stringify({ ...parse(readFileSync(config, 'utf8')), admin: { listen: { port: 0 }, roles } }),
  );
  gate = new Gate(config);
  await gate.clientConfiguration();
  const [, url = ''] = /^The admin API listens on (\S+?),/m.exec(gate.out) ?? [];
  const read = async (user: string) => {
    const [, token = ''] =
      new RegExp(`SALLYPORT_TOKEN=(\\S+) +# ${user}$`, 'm').exec(gate?.out ?? '') ?? [];
    return (await fetch(`${url}/v1/policies`, { headers: { Authorization: `Bearer ${token}` } }))
      .status;
  };
  expect([await read('ana'), await read('bob'), await read('nobody')]).toEqual([200, 403, 401]);
});

it('lets somebody else say yes to what a developer moves out of the drafts', async () => {
  const files = mkdtempSync(join(folder, 'files-'));
  mkdirSync(join(files, 'drafts'));
  writeFileSync(join(files, 'drafts', 'note.md'), 'Hello');
  const config = exampleConfig();
  const changed = parse(readFileSync(config, 'utf8'));
  changed.upstreams.files.command[1] = files;
  writeFileSync(config, stringify(changed));
  gate = new Gate(config);
  await gate.clientConfiguration();
  const [, url = ''] = /^The admin API listens on (\S+?),/m.exec(gate.out) ?? [];
  const [, token = ''] = /SALLYPORT_TOKEN=(\S+) +# dora$/m.exec(gate.out) ?? [];
  const [, ofBob = ''] = /^As bob:\n(\{.*?^\})/ms.exec(gate.out) ?? [];
  const bob = await connect(JSON.parse(ofBob).mcpServers.files);
  const draft = { source: 'drafts/note.md', destination: 'note.md' };
  const moved = bob.callTool({ name: 'move_file', arguments: draft });

  const ask = async (path: string, init: object = {}): Promise<Listed> => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const response = await fetch(`${url}/v1/approvals${path}`, { ...init, headers });
    return (await response.json()) as Listed;
  };
  const waiting = async () => (await ask('?mine=true')).approvals?.[0]?.id;
  await expect.poll(waiting, { timeout: 20_000 }).toBeDefined();
  await ask(`/${await waiting()}/approve`, { method: 'POST', body: '{}' });
  expect(JSON.stringify(await moved)).toContain('Successfully moved');
  expect(readFileSync(join(files, 'note.md'), 'utf8')).toBe('Hello');
});

it('stops on SIGTERM with exit code 0, and leaves no process behind', async () => {
  gate = new Gate(exampleConfig());
  const servers = await gate.clientConfiguration();
  await connect(servers.files);
  await connect(servers.everything);
  const children = childrenOf(gate.pid);
  expect(children).toHaveLength(2);

  expect(await gate.stop('SIGTERM')).toBe(0);
  expect(children.filter(isRunning)).toEqual([]);
});

it('refuses to be a development gate for the whole network', async () => {
  gate = new Gate(exampleConfig({ host: '0.0.0.0' }));
  expect(await gate.ended).toBe(2);
  expect(gate.err).toContain('USAGE --dev does not listen on 0.0.0.0');
  expect(gate.out).toBe('');
});

/** The example configuration on a free port, with its transcript elsewhere. */
function exampleConfig(listen: { host?: string } = {}): string {
  const config = parse(readFileSync(join(root, 'sallyport.yaml'), 'utf8'));
  config.listen = { ...config.listen, port: 0, ...listen };
  config.admin.listen.port = 0;
  for (const upstream of Object.values<Record<string, unknown>>(config.upstreams)) {
    upstream.cwd = root;
  }
  config.policies.directory = resolve(root, config.policies.directory);
  config.transcripts.path = join(folder, 'transcripts.db');
  const file = join(folder, 'sallyport.yaml');
  writeFileSync(file, stringify(config));
  return file;
}

type Listed = { readonly approvals?: readonly { readonly id: string }[] };

type Server = {
  readonly type: string;
  readonly url: string;
  readonly headers: Record<string, string>;
};

/** `sallyport serve --dev` as a process. */
class Gate {
  out = '';
  err = '';
  readonly ended: Promise<number | null>;
  readonly #process: ChildProcess;

  constructor(config: string) {
    const main = join(root, 'src/main.ts');
    const args = [main, 'serve', '--dev', '--config', config];
    this.#process = spawn(process.execPath, args, { cwd: folder });
    this.#process.stdout?.on('data', (data) => {
      this.out += data;
    });
    this.#process.stderr?.on('data', (data) => {
      this.err += data;
    });
    this.ended = once(this.#process, 'close').then(([code]) => code);
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** The JSON among what it prints, once it is there. */
  async clientConfiguration(): Promise<Record<string, Server>> {
    const json = () => /^\{$.*?^\}$/ms.exec(this.out)?.[0];
    await expect.poll(json, { timeout: 50_000 }).toBeDefined();
    return JSON.parse(json() ?? '').mcpServers;
  }

  async stop(signal: NodeJS.Signals): Promise<number | null> {
    this.#process.kill(signal);
    return this.ended;
  }
}

async function connect(server: Server | undefined): Promise<Client> {
  if (server?.type !== 'http') throw new Error('no such server');
  const { url, headers } = server;
  const transport = new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } });
  const client = new Client({ name: 'e2e', version: '1' });
  // The SDK's own types disagree under exactOptionalPropertyTypes.
  await client.connect(transport as Parameters<Client['connect']>[0]);
  clients.push(client);
  return client;
}

function childrenOf(parent: number): number[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).split('\n');
  const pairs = lines.map((line) => line.trim().split(/\s+/).map(Number));
  return pairs.flatMap(([pid, ppid]) => (pid !== undefined && ppid === parent ? [pid] : []));
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
