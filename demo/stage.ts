import { cpSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { startDevIssuer } from '../src/auth/dev-issuer.ts';
import { devUsers } from '../src/auth/dev-user.ts';
import { Agent } from './agent.ts';
import { Child } from './child.ts';

const demo = fileURLToPath(new URL('.', import.meta.url));
const gateProgram = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const filesystem = packageFile('@modelcontextprotocol/server-filesystem/dist/index.js');
const everything = packageFile('@modelcontextprotocol/server-everything/dist/index.js');
const memory = packageFile('@modelcontextprotocol/server-memory/dist/index.js');

/** What stands for a credential in the environment of the test server. */
export const SECRET = 'DEMO_API_KEY=not-a-real-key';

/** The customer in crm.jsonl who has not paid. */
export const CUSTOMER = { name: 'Dorothy Vaughan', address: 'dorothy@example.com' } as const;

/** Who says yes to what developers publish. */
export const LEAD = 'dora';

/** All that the demo plays with: real processes, and a folder that is gone afterwards. */
export class Stage {
  /** The temporary folder; the paths below are in it. */
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'sallyport-demo-')));
  readonly files = join(this.folder, 'files');
  readonly policies = join(this.folder, 'policies');
  readonly config = join(this.folder, 'sallyport.yaml');
  readonly customers = join(this.folder, 'crm.jsonl');
  readonly database = join(this.folder, 'transcripts.db');
  /** What tokens stand for, sealed. */
  readonly tokens = join(this.folder, 'tokens.db');
  readonly approvals = join(this.folder, 'approvals.db');
  /** URLs; empty until {@link open}. */
  issuerUrl = '';
  serverUrl = '';
  gateUrl = '';
  adminUrl = '';
  #gate: Child | undefined;
  #tokenFor: ((user: string, resource: string) => Promise<string>) | undefined;
  #closed = false;
  readonly #closers: (() => Promise<unknown>)[] = [];

  /** Starts everything: issuer, test server, gate. */
  async open(): Promise<void> {
    cpSync(join(demo, 'files'), this.files, { recursive: true });
    cpSync(join(demo, 'policies'), this.policies, { recursive: true });
    cpSync(join(demo, 'crm.jsonl'), this.customers);
    await Promise.all([this.#startIssuer(), this.#startServer()]);
    if (!this.#closed) await this.#startGate();
  }

  /** Connects a user's agent to a server behind the gate. */
  async connect(user: string, upstream: string): Promise<Agent> {
    const url = `${this.gateUrl}/mcp/${upstream}`;
    const agent = await Agent.connect(`agent-of-${user}`, url, await this.#tokenFor?.(user, url));
    this.#closers.push(() => agent.close());
    return agent;
  }

  /** A token of somebody's for the admin API. */
  readonly adminToken = async (user: string): Promise<string> => {
    return (await this.#tokenFor?.(user, `${this.adminUrl}/v1`)) ?? '';
  };

  /** Connects to the test server itself, past the gate. */
  async connectDirectly(): Promise<Agent> {
    const agent = await Agent.connect('nobody', this.serverUrl);
    this.#closers.push(() => agent.close());
    return agent;
  }

  /** What the gate has logged so far. */
  get log(): string {
    return this.#gate?.said ?? '';
  }

  /**
   * Ends what was started, last things first, whatever fails; then removes the folder.
   *
   * @returns the exit code of the gate, or the signal that ended it
   */
  async close(): Promise<string | undefined> {
    this.#closed = true;
    for (const closer of this.#closers.splice(0).reverse()) await closer().catch(() => undefined);
    rmSync(this.folder, { recursive: true, force: true });
    return this.#gate?.stop();
  }

  async #startIssuer(): Promise<void> {
    const silent = () => undefined;
    const log = { debug: silent, info: silent, warn: silent, error: silent };
    const issuer = await startDevIssuer({ users: devUsers, resources: () => true, log });
    this.#closers.push(() => issuer.stop());
    this.#tokenFor = issuer.tokenFor;
    this.issuerUrl = issuer.url;
  }

  async #startServer(): Promise<void> {
    const port = await freePort();
    // It listens on all addresses and tells its environment to whoever asks: so it gets next to none.
    const [name = '', value] = SECRET.split('=');
    const env = { PORT: String(port), [name]: value };
    const server = new Child('the test server', [everything, 'streamableHttp'], {
      ...{ cwd: this.folder, env },
    });
    this.#closers.push(() => server.stop());
    await server.hear((line) => line.includes('listening') || undefined);
    this.serverUrl = `http://127.0.0.1:${port}/mcp`;
  }

  async #startGate(): Promise<void> {
    const config = {
      listen: { port: 0 },
      issuers: [{ url: this.issuerUrl }],
      upstreams: {
        files: { command: [process.execPath, filesystem, 'files'] },
        crm: { command: [process.execPath, memory], env: { MEMORY_FILE_PATH: this.customers } },
        everything: { url: this.serverUrl },
      },
      transcripts: { path: 'transcripts.db' },
      admin: { listen: { port: 0 }, roles: { viewer: ['group:leads'] } },
    };
    writeFileSync(this.config, stringify(config));
    const args = [gateProgram, 'serve', '--config', this.config];
    const gate = new Child('the gate', args, { cwd: this.folder, env: process.env });
    this.#gate = gate;
    this.#closers.push(() => gate.stop());
    const urlIn = (what: string) => (line: string) =>
      new RegExp(`"url":"([^"]+)".*"msg":"${what}"`).exec(line)?.[1];
    this.adminUrl = await gate.hear(urlIn('the admin API is listening'));
    this.gateUrl = await gate.hear(urlIn('listening'));
  }
}

function packageFile(path: string): string {
  return fileURLToPath(import.meta.resolve(path));
}

/** The test server can't tell which port it took by itself. */
async function freePort(): Promise<number> {
  const server: Server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
