import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type * as z from 'zod';
import { type DevIssuer, startDevIssuer } from '../../../src/auth/dev-issuer.ts';
import { devUsers } from '../../../src/auth/dev-user.ts';
import { OidcAuthenticator } from '../../../src/auth/oidc.ts';
import { type Config, configSchema, type IssuerConfig } from '../../../src/config/schema.ts';
import { type Daemon, startDaemon } from '../../../src/daemon.ts';
import type { Log } from '../../../src/model/seams.ts';
import { SqliteReader } from '../../../src/store/sqlite/reader.ts';

type ConfigInput = z.input<typeof configSchema>;

export interface GateOptions {
  readonly upstreams: ConfigInput['upstreams'];
  /** YAML of `default.yaml`, or of each file by name. */
  readonly policies: string | Readonly<Record<string, string>>;
  /** What differs from the defaults. */
  readonly config?: Omit<ConfigInput, 'upstreams'>;
  /** People log in at the development issuer, so approvals have pages. */
  readonly pages?: boolean;
  /** What differs in how tokens of the development issuer are judged. */
  readonly issuer?: Partial<IssuerConfig>;
}

/** A policy that lets everything pass. */
export const allowAll = `apiVersion: sallyport/v1
rules:
  - id: all
    on: { tools: ['*'], resources: ['**'], prompts: ['*'], methods: ['**'] }
    then: allow
`;

/** A real daemon with a real issuer, in this process, with everything else in a folder of its own. */
export class RunningGate {
  readonly folder: string;
  /** Every line of the log, of any level, as JSON. */
  readonly log: string[];
  readonly daemon: Daemon;
  readonly issuer: DevIssuer;
  readonly #tokens = new Map<string, Promise<string>>();
  readonly #readers: SqliteReader[] = [];

  constructor(folder: string, log: string[], daemon: Daemon, issuer: DevIssuer) {
    this.folder = folder;
    this.log = log;
    this.daemon = daemon;
    this.issuer = issuer;
  }

  get url(): string {
    return this.daemon.url;
  }

  /** The file of the transcript database. */
  get database(): string {
    return join(this.folder, 'transcripts.db');
  }

  /** The endpoint of an upstream, or of all. */
  endpoint(upstream = ''): string {
    return `${this.url}/mcp${upstream && `/${upstream}`}`;
  }

  /** An access token for a user (ana, bob) at the endpoint of an upstream, or of all. */
  token(user: string, upstream = ''): Promise<string> {
    return this.tokenAt(user, this.endpoint(upstream));
  }

  /** The same for any endpoint. */
  tokenAt(user: string, endpoint: string): Promise<string> {
    const key = `${user} ${endpoint}`;
    const known = this.#tokens.get(key);
    if (known) return known;
    const token = this.issuer.tokenFor(user, endpoint);
    this.#tokens.set(key, token);
    return token;
  }

  /** Reads the transcript; it is closed with the gate. */
  transcripts(): SqliteReader {
    const reader = new SqliteReader(this.database);
    this.#readers.push(reader);
    return reader;
  }

  /** Every byte of the database and its log, as text of one byte per character. */
  databaseBytes(): string {
    const files = readdirSync(this.folder).filter((name) => name.startsWith('transcripts.db'));
    return files.map((name) => readFileSync(join(this.folder, name), 'latin1')).join('\n');
  }

  writePolicy(file: string, yaml: string): void {
    writePolicy(this.folder, file, yaml);
  }

  /** Ends the daemon and the issuer; the folder stays until {@link stop}. */
  async halt(): Promise<void> {
    for (const reader of this.#readers.splice(0)) reader.close();
    await this.daemon.stop();
    await this.issuer.stop();
  }

  async stop(): Promise<void> {
    await this.halt();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Starts a gate on a free port; whoever starts it stops it. */
export async function startGate(options: GateOptions): Promise<RunningGate> {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-gate-'));
  const { policies } = options;
  const files = typeof policies === 'string' ? { 'default.yaml': policies } : policies;
  mkdirSync(join(folder, 'policies'));
  for (const [file, yaml] of Object.entries(files)) writePolicy(folder, file, yaml);
  const lines: string[] = [];
  const log = logTo(lines);
  const resources = (resource: string) =>
    /^\/(?:mcp|sse|v1)(?:\/|$)/.test(new URL(resource).pathname);
  const dev = await startDevIssuer({ users: devUsers, log, resources });
  try {
    const config = configOf(options);
    const issuers = [...config.issuers, issuerOf(dev, options)];
    const daemon = await startDaemon({
      ...{ config: withPages({ ...config, issuers }, dev.url, options), base: folder, log },
      authenticator: (publicUrl, clock) =>
        new OidcAuthenticator({ issuers, publicUrl, clock, log }),
    });
    return new RunningGate(folder, lines, daemon, dev);
  } catch (error) {
    await dev.stop();
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/** POSTs a body as it is. The headers are a good client's unless told otherwise; undefined leaves one out. */
export function rawPost(
  url: string,
  body: string | Uint8Array,
  headers: Readonly<Record<string, string | undefined>> = {},
  signal?: AbortSignal,
): Promise<Response> {
  const all: Record<string, string | undefined> = {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    ...headers,
  };
  const given = Object.entries(all).filter(
    (pair): pair is [string, string] => pair[1] !== undefined,
  );
  return fetch(url, {
    ...{ method: 'POST', headers: given, body: body as string, redirect: 'manual' },
    ...(signal ? { signal } : {}),
  });
}

function configOf({ upstreams, config = {} }: GateOptions) {
  return configSchema.parse({
    ...config,
    upstreams,
    listen: { port: 0, ...config.listen },
    policies: { directory: 'policies', poll: '100ms', ...config.policies },
    transcripts: { path: 'transcripts.db', ...config.transcripts },
    shutdown: { drain: '500ms', ...config.shutdown },
  });
}

function withPages(config: Config, issuer: string, { pages = false }: GateOptions): Config {
  if (!pages || !config.admin) return config;
  const who = { issuer, client_id: 'sallyport', scopes: ['openid', 'profile', 'email'] };
  return { ...config, admin: { ...config.admin, login: { ...who, lifetime: 3_600_000 } } };
}

function issuerOf({ url }: DevIssuer, { issuer }: GateOptions): IssuerConfig {
  return {
    ...{ url, groups_claim: 'groups', scopes_claim: 'scope', required_scopes: [] },
    ...{ algorithms: ['RS256', 'ES256'], clock_tolerance: 5_000 },
    ...issuer,
  };
}

function writePolicy(folder: string, file: string, yaml: string): void {
  const path = join(folder, 'policies', file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, yaml);
}

function logTo(lines: string[]): Log {
  const at = (level: string) => (fields: object, message: string) =>
    void lines.push(JSON.stringify({ level, message, ...fields }));
  return { info: at('info'), warn: at('warn'), error: at('error'), debug: at('debug') };
}
