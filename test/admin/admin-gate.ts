import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as z from 'zod';
import { type DevIssuer, startDevIssuer } from '../../src/auth/dev-issuer.ts';
import { OidcAuthenticator } from '../../src/auth/oidc.ts';
import { newKeyPair, type PushKey, privateKey } from '../../src/config/pushed/push-key.ts';
import {
  BUNDLE_VERSION,
  type PolicyBundle,
  signBundle,
} from '../../src/config/pushed/pushed-bundle.ts';
import { configSchema } from '../../src/config/schema.ts';
import { type Daemon, startDaemon } from '../../src/daemon.ts';
import type { Log } from '../../src/model/seams.ts';

export const head = 'apiVersion: sallyport/v1\nrules:\n';
export const rule = (id: string, then = 'allow') =>
  `  - { id: ${id}, on: { tools: [${id}] }, then: ${then} }\n`;
export const fileOf = (...ids: string[]) => [
  { file: 'policies/a.yaml', text: head + ids.map((id) => rule(id)).join('') },
];

const users = [
  { sub: 'ruth', email: 'r@x.test', groups: ['platform'], scopes: [] },
  { sub: 'ci', email: 'c@x.test', groups: [], scopes: [] },
  { sub: 'vera', email: 'v@x.test', groups: ['auditors'], scopes: [] },
  { sub: 'ana', email: 'a@x.test', groups: ['analysts'], scopes: [] },
];

/** A key pair as a pipeline has it. */
export async function newPushKey() {
  const { privatePem, publicPem } = newKeyPair();
  const key = await privateKey(privatePem);
  const { x = '' } = key.key.export({ format: 'jwk' });
  return { ...key, privatePem, publicPem, jwk: { kty: 'OKP', crv: 'Ed25519', x } };
}

type ConfigInput = z.input<typeof configSchema>;

/** A real gate with an admin API and a real issuer: ruth administers, ci publishes, vera looks on, ana has no role. */
export class AdminGate {
  readonly folder = mkdtempSync(join(tmpdir(), 'sallyport-admin-'));
  readonly log: string[] = [];
  key!: PushKey & { readonly privatePem: string; readonly jwk: Readonly<Record<string, string>> };
  issuer!: DevIssuer;
  #daemon: Daemon | undefined;
  #made = Date.now() - 1_000_000;

  static async start(config: Partial<ConfigInput> = {}): Promise<AdminGate> {
    const gate = new AdminGate();
    gate.key = await newPushKey();
    const silent = () => undefined;
    const quiet = { debug: silent, info: silent, warn: silent, error: silent };
    gate.issuer = await startDevIssuer({ users, log: quiet, resources: () => true });
    await gate.restart(config);
    return gate;
  }

  /** Starts the daemon anew with the same folder. */
  async restart(config: Partial<ConfigInput> = {}): Promise<void> {
    await this.#daemon?.stop();
    this.#daemon = undefined;
    const at = (level: string) => (fields: object, message: string) =>
      void this.log.push(JSON.stringify({ level, message, ...fields }));
    const log: Log = { info: at('info'), warn: at('warn'), error: at('error'), debug: at('debug') };
    const parsed = configSchema.parse({
      ...{ upstreams: {}, listen: { port: 0 }, transcripts: { path: 'transcripts.db' } },
      issuers: [{ url: this.issuer.url, audience: 'agents' }],
      policies: { pushed: { keys: [this.key.jwk], keep: 3 } },
      admin: {
        listen: { port: 0 },
        roles: { admin: ['group:platform'], publisher: ['user:ci'], viewer: ['group:auditors'] },
      },
      shutdown: { drain: '100ms' },
      ...config,
    });
    this.#daemon = await startDaemon({
      ...{ config: parsed, base: this.folder, log },
      authenticator: (publicUrl, clock) =>
        new OidcAuthenticator({ issuers: parsed.issuers, publicUrl, clock, log }),
    });
  }

  get url(): string {
    return this.#daemon?.adminUrl ?? '';
  }

  get gateUrl(): string {
    return this.#daemon?.url ?? '';
  }

  token(user: string, resource = `${this.url}/v1`): Promise<string> {
    return this.issuer.tokenFor(user, resource);
  }

  async send(
    user: string,
    path: string,
    { method = 'GET', headers = {}, body }: Sent = {},
  ): Promise<Answered> {
    const authorization = `Bearer ${await this.token(user)}`;
    const response = await fetch(`${this.url}${path}`, {
      ...{ method, headers: { authorization, ...headers } },
      ...(body === undefined ? {} : { body }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: JSON.parse(text) };
  }

  /** A bundle that is newer than the ones before. */
  bundle(files: PolicyBundle['files'], more: Partial<PolicyBundle> = {}, key = this.key) {
    this.#made += 1_000;
    const createdAt = new Date(this.#made).toISOString();
    return signBundle({ apiVersion: BUNDLE_VERSION, createdAt, files, ...more }, key);
  }

  async revision(): Promise<string> {
    return (await this.send('ruth', '/v1/policies')).body.revision ?? '';
  }

  /** Pushes what is in force now away, unless told otherwise. */
  async push(jws: string, { user = 'ci', ifMatch, query = '', headers = {} }: PushOptions = {}) {
    const match = ifMatch ?? `"${await this.revision()}"`;
    return this.send(user, `/v1/policies${query}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/jose', 'if-match': match, ...headers },
      body: jws,
    });
  }

  async rollback(to: string, { user = 'ci', ifMatch }: PushOptions = {}) {
    return this.send(user, '/v1/policies/rollback', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'if-match': ifMatch ?? `"${await this.revision()}"`,
      },
      body: JSON.stringify({ to }),
    });
  }

  logged(text: string): string[] {
    return this.log.filter((line) => line.includes(text));
  }

  async stop(): Promise<void> {
    await this.#daemon?.stop();
    await this.issuer.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

interface PushOptions {
  readonly user?: string;
  readonly ifMatch?: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, never>> & {
    readonly code?: string;
    readonly message?: string;
    readonly revision?: string;
    readonly replaces?: string;
    readonly changed?: boolean;
    readonly problems?: readonly { readonly text: string }[];
    readonly revisions?: readonly {
      readonly revision: string;
      readonly current: boolean;
      readonly by: string;
    }[];
    readonly rules?: readonly { readonly id: string }[];
    readonly files?: readonly { readonly file: string; readonly text?: string }[];
  };
}
