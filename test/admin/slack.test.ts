import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { slackRoutes } from '../../src/admin/approvals/slack-routes.ts';
import { type Admin, openAdmin } from '../../src/admin/open-admin.ts';
import { OidcAuthenticator } from '../../src/auth/oidc.ts';
import { openOrigin } from '../../src/config/open-origin.ts';
import { LivePolicies } from '../../src/config/reload.ts';
import { configSchema } from '../../src/config/schema.ts';
import type { ApprovalDemand } from '../../src/model/approval.ts';
import { Dispatcher } from '../../src/notify/dispatcher.ts';
import { openChannels } from '../../src/notify/open-channels.ts';
import { Tickets } from '../../src/notify/ticket.ts';
import { Approvals } from '../../src/pipeline/approval/approvals.ts';
import { Seal } from '../../src/protocol/seal.ts';
import { openApprovals } from '../../src/store/approvals-open.ts';
import { anApproval, Lines } from '../notify/fixture.ts';
import { pressed, type SlackRequest, SlackServer } from '../notify/slack-server.ts';

const SECRET = 'signing secret of the app';
const clock = () => Date.now();
const seconds = () => Math.floor(Date.now() / 1_000);

let slack: SlackServer;
let folder: string;
let admin: Admin;
let approvals: Approvals;
let dispatcher: Dispatcher;
let demand: ApprovalDemand;

beforeEach(async () => {
  slack = await SlackServer.start();
  slack.now = seconds();
  folder = mkdtempSync(join(tmpdir(), 'sallyport-slack-'));
  const [first] = anApproval().demands;
  if (!first) throw new Error('asks for nothing');
  demand = first;
  const log = new Lines();
  const config = configSchema.parse({
    ...{ upstreams: {}, policies: { directory: folder } },
    issuers: [{ url: 'https://id.example.com', audience: 'agents' }],
    admin: { listen: { port: 0 }, roles: { approver: ['user:ann'] } },
    approvals: {
      channels: {
        ops: {
          slack: {
            ...{ token: 'xoxb-hush', channel: 'C1', signing_secret: SECRET, api: slack.url },
            users: {
              U1: { sub: 'ann', groups: ['dba'] },
              U2: { sub: 'bob', groups: ['dba'] },
              UA: { sub: 'ann', issuer: 'https://other.example.com', groups: ['dba'] },
              UM: { sub: 'mia', groups: ['dba'] },
              UX: { sub: 'xie', groups: ['sales'] },
            },
          },
        },
      },
    },
  });
  if (!config.admin) throw new Error('no admin API is configured');
  const bounds = { max: 1_000, maxPerCaller: 1_000 };
  const store = openApprovals({ store: 'memory' }, { clock, log, bounds });
  const pageOf = (id: string) => `https://gate.example.com/approvals/${id}`;
  const channels = openChannels(config.approvals.channels, {
    ...{ base: folder, pageOf, linkFor: () => undefined, clock, log },
  });
  approvals = new Approvals({
    ...{ store, clock, log, channels: ['ops'], keep: 1e9, revision: () => 'r1', required: true },
    recorder: { append: async () => undefined },
    demandOf: () => demand,
  });
  dispatcher = new Dispatcher({ store, channels, pageOf, clock, log });
  dispatcher.start();
  const origin = await openOrigin(config.policies, folder);
  const { issuers } = config;
  admin = openAdmin({
    ...{ config: config.admin, base: folder, issuers, clock, log, origin },
    authenticator: (publicUrl) => new OidcAuthenticator({ issuers, publicUrl, clock, log }),
    live: new LivePolicies(origin, log),
    counts: () => new Map(),
    maskCounts: { counts: () => [], messages: 0 } as never,
    figures: () => ({}) as never,
    stopping: () => false,
    approvals: {
      ...{ approvals, onChange: () => undefined },
      tickets: new Tickets(new Seal(Buffer.alloc(32), 'ticket'), clock),
    },
    doors: slackRoutes({ channels, approvals, roles: config.admin.roles }),
  });
  await admin.listen();
});
afterEach(async () => {
  await admin.close();
  await dispatcher.stop();
  await approvals.stop();
  await slack.stop();
  rmSync(folder, { recursive: true });
});

async function ask(change: Partial<ApprovalDemand> = {}): Promise<string> {
  demand = { ...demand, ...change };
  const { call } = anApproval();
  const asked = await approvals.ask({ binding: 'binding', call, demands: [demand] });
  await expect.poll(() => slack.messages).toHaveLength(1);
  return asked.id;
}

function post({ headers, body }: SlackRequest): Promise<Response> {
  const sent = new Uint8Array(body);
  return fetch(`${admin.url}/channels/ops/slack`, { method: 'POST', headers, body: sent });
}

function press(user: string, value: string, action = 'approve', secret = SECRET): SlackRequest {
  const ts = slack.messages[0]?.ts;
  return pressed({ secret, seconds: seconds() }, { user, action, value, ...(ts && { ts }) });
}

const shown = () => JSON.stringify(slack.messages[0]?.blocks);
const told = () => slack.calls.filter(({ method }) => method === 'chat.postEphemeral').map(({ given }) => given.text); // biome-ignore format: one line says it

describe('buttons in Slack', () => {
  it('approve a call, and the message says who did', async () => {
    const id = await ask();
    const response = await post(press('U1', id));
    expect([response.status, await response.text()]).toEqual([200, '']);
    expect(await approvals.get(id)).toMatchObject({
      state: 'granted',
      ballots: [{ by: { sub: 'ann' }, via: 'ops', verdict: 'approve' }],
    });
    await expect.poll(shown).toContain('Approved by');
  });

  it('deny a call', async () => {
    const id = await ask();
    expect((await post(press('U2', id, 'deny'))).status).toBe(200);
    expect(await approvals.get(id)).toMatchObject({ state: 'denied' });
    await expect.poll(shown).toContain('Denied by');
  });

  it('know the role approver where the rule names nobody', async () => {
    const id = await ask({ by: [] });
    await post(press('U2', id));
    await expect.poll(told).toHaveLength(1);
    await post(press('U1', id));
    expect(await approvals.get(id)).toMatchObject({ state: 'granted' });
  });

  it.each([
    { name: 'the caller', user: 'UM' },
    { name: 'somebody whom the rule does not name', user: 'UX' },
    { name: 'a stranger', user: 'U9' },
  ])('decide nothing for $name, who is told so', async ({ user }) => {
    const id = await ask();
    expect((await post(press(user, id))).status).toBe(200);
    expect(await approvals.get(id)).toMatchObject({ state: 'pending', ballots: [] });
    await expect.poll(told).toHaveLength(1);
  });

  it('count a person once, though two users of Slack are that person', async () => {
    const id = await ask({ quorum: 2 });
    await post(press('U1', id));
    await post(press('UA', id));
    expect(await approvals.get(id)).toMatchObject({ state: 'pending' });
    await post(press('U2', id));
    expect(await approvals.get(id)).toMatchObject({ state: 'granted' });
  });

  it('are refused with a forged signature, or sent a second time', async () => {
    const id = await ask({ quorum: 2 });
    const forged = await post(press('U1', id, 'approve', 'a guess of sixteen'));
    expect(forged.status).toBe(401);
    expect(await forged.json()).toMatchObject({ code: 'SLACK_SIGNATURE' });
    expect(await approvals.get(id)).toMatchObject({ ballots: [] });
    const request = press('U1', id);
    expect((await post(request)).status).toBe(200);
    expect((await post(request)).status).toBe(401);
  });

  it('tell whoever is late that it is over', async () => {
    const id = await ask();
    await post(press('U1', id));
    await post(press('U2', id));
    await expect.poll(told).toHaveLength(1);
    expect(await approvals.get(id)).toMatchObject({ ballots: [{ by: { sub: 'ann' } }] });
  });

  it('take nothing that is no form, and nothing large', async () => {
    const { headers, body } = press('U1', await ask());
    const json = { ...headers, 'content-type': 'application/json' };
    expect((await post({ headers: json, body })).status).toBe(415);
    expect((await post({ headers, body: Buffer.alloc(300_000, 'x') })).status).toBe(413);
  });
});
