import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Access } from '../../src/admin/access.ts';
import { AdminServer } from '../../src/admin/admin-server.ts';
import { approvalRoutes } from '../../src/admin/approvals/approval-routes.ts';
import { CountedApprovals } from '../../src/admin/approvals/approvals-counted.ts';
import { metricRoutes } from '../../src/admin/metrics.ts';
import { type DevIssuer, startDevIssuer } from '../../src/auth/dev-issuer.ts';
import { OidcAuthenticator } from '../../src/auth/oidc.ts';
import type { Approval, AskedCall } from '../../src/model/approval.ts';
import type { Json, JsonObject } from '../../src/model/json.ts';
import { Approvals } from '../../src/pipeline/approval/approvals.ts';
import { bindingOf } from '../../src/pipeline/approval/binding.ts';
import { newId } from '../../src/pipeline/new-id.ts';
import { compilePolicies } from '../../src/policy/compile.ts';
import type { PolicySet } from '../../src/policy/policy-set.ts';
import { openApprovals } from '../../src/store/approvals-open.ts';
import { SqliteSimilar } from '../../src/store/sqlite/similar.ts';
import { SqliteStore } from '../../src/store/sqlite/store.ts';
import { issuerOptions, keptLog } from '../auth/fixture.ts';

const user = (sub: string, ...groups: string[]) => {
  return { sub, email: `${sub}@x.test`, groups, scopes: [] };
};
const users = [
  ...[user('ruth', 'platform'), user('vera', 'auditors'), user('olaf', 'on-duty')],
  ...[user('dan', 'dba'), user('dora', 'dba'), user('ana', 'analysts', 'oncall'), user('eve')],
];
const roles = {
  ...{ admin: ['group:platform'], approver: ['group:on-duty'] },
  ...{ auditor: [], publisher: [], viewer: ['group:auditors'] },
};

export const policy = `apiVersion: sallyport/v1
upstreams: [db]
rules:
  - id: two-dbas
    on: { tools: [drop_table] }
    then: approve
    approval: { by: [group:dba], quorum: 2, break_glass: [group:oncall] }
    reason: Dropping a table can't be undone.
  - id: one-dba
    on: { tools: [execute] }
    then: approve
    approval: { by: [group:dba], standing: 1h }
  - id: with-reason
    on: { tools: [vacuum] }
    then: approve
    approval: { by: [user:dan], reason_required: true }
  - id: anybody-on-duty
    on: { tools: [restart] }
    then: approve
`;

/** Which rule asks for a tool. */
const asking: Readonly<Record<string, string>> = {
  ...{ drop_table: 'two-dbas', execute: 'one-dba' },
  ...{ vacuum: 'with-reason', restart: 'anybody-on-duty' },
};

/**
 * The admin API for approvals over real stores, with a real issuer. ana calls tools, and may break the glass of one; dan
 * and dora are database administrators, olaf has the role approver, ruth administers, vera looks on, eve is nobody.
 */
export class ApprovalsGate {
  readonly folder = mkdtempSync(join(tmpdir(), 'sallyport-approvals-'));
  readonly log = keptLog();
  issuer!: DevIssuer;
  approvals!: Approvals;
  transcripts!: SqliteStore;
  policies!: PolicySet;
  /** Milliseconds that the gate's clock is ahead. */
  ahead = 0;
  #server!: AdminServer;
  #similar!: SqliteSimilar;
  #store!: CountedApprovals;
  readonly #tokens = new Map<string, Promise<string>>();
  #asked = 0;

  static async start(): Promise<ApprovalsGate> {
    const gate = new ApprovalsGate();
    const { folder, log } = gate;
    gate.setPolicy(policy);
    gate.issuer = await startDevIssuer({ users, log, resources: () => true });
    const clock = () => Date.now() + gate.ahead;
    const transcripts = join(folder, 'transcripts.db');
    gate.transcripts = await SqliteStore.open({ path: transcripts, durability: 'process' });
    gate.#similar = new SqliteSimilar(transcripts);
    const kept = { store: 'sqlite', path: join(folder, 'approvals.db') } as const;
    const bounds = { max: 10_000, maxPerCaller: 10_000 };
    const store = openApprovals({ ...kept, durability: 'process' }, { clock, log, bounds });
    gate.#store = new CountedApprovals(store);
    gate.approvals = new Approvals({
      ...{ store: gate.#store, clock, log, recorder: gate.transcripts, channels: ['ops'] },
      demandOf: (rule) => gate.policies.demandOf(rule),
      revision: () => gate.policies.revision,
      keep: 86_400_000,
    });
    await gate.#listen(clock);
    return gate;
  }

  async #listen(clock: () => number): Promise<void> {
    const { log, approvals } = this;
    const url = () => this.url;
    const issuers = [issuerOptions(this.issuer.url)];
    const authenticator = new OidcAuthenticator({ issuers, publicUrl: url, clock: Date.now, log });
    const channels = () => new Map([['ops', { sent: 3, failed: 2, lost: 1 }]]);
    this.#server = new AdminServer({
      ...{ host: '127.0.0.1', port: 0, origin: { origins: [], hosts: [] }, roles, log },
      access: new Access({ authenticator, url, exact: true }),
      routes: [
        ...approvalRoutes({
          ...{ approvals, roles, similar: this.#similar, clock, log },
          pageOf: (id) => `https://gate.test/approvals/${id}`,
          rules: () => this.policies.rules,
          onChange: (listener) => this.#store.onChange(listener),
        }),
        ...metricRoutes({
          ...{ counts: () => new Map(), revision: () => this.policies.revision },
          maskCounts: { counts: () => [], messages: () => ({}) as never },
          figures: () => ({ calls: 0, sessions: 0 }) as never,
          approvals: { store: this.#store, channels },
        }),
      ],
      stopping: () => false,
      revision: () => this.policies.revision,
    });
    await this.#server.listen();
  }

  get url(): string {
    return this.#server.url;
  }

  setPolicy(text: string): void {
    const { policies } = compilePolicies([{ file: 'policies/db.yaml', text }]);
    if (!policies) throw new Error('the policy of this test has errors');
    this.policies = policies;
  }

  token(sub: string): Promise<string> {
    const known = this.#tokens.get(sub) ?? this.issuer.tokenFor(sub, `${this.url}/v1`);
    this.#tokens.set(sub, known);
    return known;
  }

  /** So many calls of a tool wait, none like another. */
  async askOften(tool: string, times: number): Promise<void> {
    const asked = Array.from({ length: times }, () => this.ask(tool, { number: this.#asked++ }));
    await Promise.all(asked);
  }

  /** A call of ana's waits for people. */
  ask(tool: string, args: JsonObject = {}, more: Partial<AskedCall> = {}): Promise<Approval> {
    const demand = this.policies.demandOf(asking[tool] ?? '');
    if (!demand) throw new Error(`no rule asks for ${tool}`);
    const call: AskedCall = {
      caller: {
        ...{ issuer: this.issuer.url, sub: 'ana', email: 'ana@x.test' },
        ...{ groups: ['analysts', 'oncall'], client: 'agent-client' },
      },
      ...{ agent: 'claude-code 2.1', upstream: 'db', method: 'tools/call', target: tool },
      args: { name: tool, arguments: args as Json } as JsonObject,
      tool: { description: 'Works on tables.', annotations: { destructiveHint: true } },
      ...{ exchange: newId(), revision: this.policies.revision, ...more },
    };
    return this.approvals.ask({ binding: bindingOf(call), call, demands: [demand] });
  }

  async send(sub: string, path: string, body?: unknown): Promise<Answered> {
    const authorization = `Bearer ${await this.token(sub)}`;
    const response = await fetch(`${this.url}/v1/approvals${path}`, {
      headers: { authorization, ...(body === undefined ? {} : { 'content-type': JSON_TYPE }) },
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Answered['body'] };
  }

  /** Status and error code of what is refused, status and state of what is not. */
  async brief(sub: string, path: string, body?: unknown): Promise<[number, string | undefined]> {
    const { status, body: answer } = await this.send(sub, path, body);
    return [status, answer.code ?? answer.state];
  }

  async metrics(): Promise<string> {
    const authorization = `Bearer ${await this.token('ruth')}`;
    return (await fetch(`${this.url}/metrics`, { headers: { authorization } })).text();
  }

  async stop(): Promise<void> {
    await this.#server.close();
    await this.approvals.stop();
    await this.#store.close();
    this.#similar.close();
    await this.transcripts.close();
    await this.issuer.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const JSON_TYPE = 'application/json';

interface Answered {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look at what they expect.
  readonly body: Readonly<Record<string, any>>;
}
