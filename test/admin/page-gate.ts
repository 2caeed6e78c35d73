import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as z from 'zod';
import { type Admin, openAdmin } from '../../src/admin/open-admin.ts';
import type { PublicRoute } from '../../src/admin/route.ts';
import { type DevIssuer, startDevIssuer } from '../../src/auth/dev-issuer.ts';
import { DEV_LOGIN_CLIENT } from '../../src/auth/dev-provider.ts';
import { OidcAuthenticator } from '../../src/auth/oidc.ts';
import { openOrigin } from '../../src/config/open-origin.ts';
import { LivePolicies } from '../../src/config/reload.ts';
import { configSchema } from '../../src/config/schema.ts';
import type { Approval, ApprovalDemand } from '../../src/model/approval.ts';
import type { Log } from '../../src/model/seams.ts';
import { Tickets } from '../../src/notify/ticket.ts';
import { Approvals } from '../../src/pipeline/approval/approvals.ts';
import { Seal } from '../../src/protocol/seal.ts';
import { openApprovals } from '../../src/store/approvals-open.ts';
import { approvalNamed } from '../support/approvals.ts';

export const KEY = 'a key of 32 characters, or more of them';

const users = [
  { sub: 'ana', email: 'ana@x.test', groups: ['analysts', 'oncall'], scopes: [] },
  { sub: 'dora', email: 'Dora@x.test', groups: ['dba'], scopes: [] },
  { sub: 'dan', email: 'dan@x.test', groups: ['dba'], scopes: [] },
  { sub: 'ruth', email: 'ruth@x.test', groups: ['platform'], scopes: [] },
  { sub: 'eve', email: 'eve@x.test', groups: ['<img src=x>'], scopes: [] },
  { sub: 'mia', email: 'mia@x.test', groups: many('group', 900), scopes: [] },
  { sub: 'max', email: 'max@x.test', groups: many('department', 3_000), scopes: [] },
];

function many(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${name}-${index}`);
}

/** Changes the login; `false`: there is none. */
type Login = AdminInput['login'];
type AdminInput = NonNullable<z.input<typeof configSchema>['admin']>;

/** The real admin listener with its pages, a real issuer, and approvals in memory that tests ask for. */
export class PageGate {
  readonly folder = mkdtempSync(join(tmpdir(), 'sallyport-pages-'));
  readonly log: string[] = [];
  readonly tickets: Tickets;
  issuer!: DevIssuer;
  approvals!: Approvals;
  admin!: Admin;
  /** Milliseconds by which the gate's clock is ahead. */
  ahead = 0;
  /** Rules that ask for something else by now. */
  readonly changed = new Set<string>();
  readonly #demands = new Map<string, ApprovalDemand>();
  readonly clock = () => Date.now() + this.ahead;
  #asked = 0;

  constructor() {
    this.tickets = new Tickets(new Seal(Buffer.from(KEY), 'ticket'), this.clock);
  }

  static async start(): Promise<PageGate> {
    const gate = new PageGate();
    const silent = () => undefined;
    const quiet = { debug: silent, info: silent, warn: silent, error: silent };
    gate.issuer = await startDevIssuer({ users, log: quiet, resources: () => true });
    gate.admin = await gate.open();
    return gate;
  }

  /** An admin listener more: of another replica, or configured otherwise. */
  async open(
    { login, ...more }: Partial<Omit<AdminInput, 'login'>> & { login?: Login | false } = {},
    key?: string,
    doors: readonly PublicRoute[] = [],
  ): Promise<Admin> {
    const at = (level: string) => (fields: object, message: string) =>
      void this.log.push(JSON.stringify({ level, message, ...fields }));
    const log: Log = { info: at('info'), warn: at('warn'), error: at('error'), debug: at('debug') };
    const config = configSchema.parse({
      ...{ upstreams: {}, issuers: [{ url: this.issuer.url, audience: 'agents' }] },
      policies: { directory: this.folder },
      admin: {
        listen: { port: 0 },
        ...(login !== false && {
          login: {
            ...{ issuer: this.issuer.url, client_id: DEV_LOGIN_CLIENT, lifetime: '1h' },
            scopes: ['openid', 'email', 'groups'],
            ...login,
          },
        }),
        roles: { admin: ['group:platform'] },
        ...more,
      },
    });
    const { clock } = this;
    const bounds = { max: 1_000, maxPerCaller: 1_000 };
    const store = openApprovals({ store: 'memory' }, { clock, log, bounds });
    this.approvals ??= new Approvals({
      ...{ store, clock, log, channels: [], keep: 1e9, revision: () => 'r1', required: true },
      recorder: { append: async () => undefined },
      demandOf: (rule) => (this.changed.has(rule) ? undefined : this.#demands.get(rule)),
    });
    const origin = await openOrigin(config.policies, this.folder);
    if (!config.admin) throw new Error('no admin API is configured');
    const admin = openAdmin({
      ...{ config: config.admin, base: this.folder, issuers: config.issuers, clock, log, origin },
      authenticator: (publicUrl) =>
        new OidcAuthenticator({ issuers: config.issuers, publicUrl, clock, log }),
      live: new LivePolicies(origin, log),
      counts: () => new Map(),
      maskCounts: { counts: () => [], messages: 0 } as never,
      figures: () => ({}) as never,
      stopping: () => false,
      approvals: {
        ...{ approvals: this.approvals, onChange: () => undefined, tickets: this.tickets },
      },
      ...{ key, doors },
    });
    await admin.listen();
    return admin;
  }

  get url(): string {
    return this.admin.url;
  }

  /** Asks for a call of ana's; `demand` changes what the rule asks for, which by default is a yes of the group dba. */
  async ask(call: Partial<Approval['call']> = {}, demand: Partial<ApprovalDemand> = {}) {
    const id = `${++this.#asked}`;
    const { call: asked, demands } = approvalNamed(id, {
      call: {
        caller: { issuer: this.issuer.url, sub: 'ana', email: 'ana@x.test', groups: ['analysts'] },
        ...call,
      },
    });
    const [first] = demands;
    if (!first) throw new Error('asks for nothing');
    const own = { ...first, rule: `ask-${id}`, ...demand };
    this.#demands.set(own.rule, own);
    return this.approvals.ask({ binding: `binding ${id}`, call: asked, demands: [own] });
  }

  async stop(): Promise<void> {
    await this.admin.close();
    await this.approvals.stop();
    await this.issuer.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
