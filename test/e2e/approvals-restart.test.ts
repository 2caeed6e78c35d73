import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as z from 'zod';
import type { DevIssuer } from '../../src/auth/dev-issuer.ts';
import { openApprovals } from '../../src/store/approvals-open.ts';
import { Receiver } from '../notify/receiver.ts';
import { pressed, SlackServer } from '../notify/slack-server.ts';
import { answerOf, type Message, RawAgent } from './fixtures/raw-agent.ts';
import { ServedGate, startIssuer, tokenOf } from './fixtures/served-gate.ts';
import { Upstream } from './fixtures/upstream.ts';
import { Approver } from './support/approver.ts';

const policy = `apiVersion: sallyport/v1
rules:
  - id: dba-says
    on: { tools: [drop] }
    then: approve
    approval: { by: [group:dba] }
`;
const SECRET = 'signing secret of the app';

let folder: string;
let issuer: DevIssuer;
let upstream: Upstream;
let audit: Receiver;
let slack: SlackServer;
let gate: ServedGate;
const dropped: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-approvals-'));
  mkdirSync(join(folder, 'rules'));
  writeFileSync(join(folder, 'rules/default.yaml'), policy);
  issuer = await startIssuer();
  audit = await Receiver.start();
  slack = await SlackServer.start();
  slack.now = Math.floor(Date.now() / 1_000);
  upstream = await Upstream.start(() => {
    const mcp = new McpServer({ name: 'database', version: '1' });
    mcp.registerTool('drop', { inputSchema: { table: z.string() } }, ({ table }) => {
      dropped.push(table);
      return { content: [{ type: 'text', text: `dropped ${table}` }] };
    });
    return mcp;
  });
});
afterAll(async () => {
  await gate?.kill('SIGKILL');
  await Promise.all([issuer.stop(), upstream.stop(), audit.stop(), slack.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

/** Starts a gate in the same folder, with the session of an agent before it, and somebody who decides there. */
async function start(before?: RawAgent) {
  const ops = {
    ...{ token: 'xoxb-hush', channel: 'C1', signing_secret: SECRET, api: slack.url },
    users: { U1: { sub: 'bob', groups: ['dba'] } },
  };
  gate = await ServedGate.start({
    ...{ folder, issuer },
    config: {
      upstreams: { db: { url: upstream.url } },
      sessions: { key: 'a key for sessions that outlive a gate' },
      admin: { listen: { port: 0 }, roles: { viewer: ['group:dba'] } },
      approvals: {
        channels: { ops: { slack: ops }, audit: { webhook: { url: `${audit.url}/hush` } } },
      },
      policies: { directory: 'rules' },
    },
  });
  const token = await tokenOf(issuer, 'ana', 'db');
  const endpoint = gate.endpoint('db');
  const agent = before
    ? new RawAgent(endpoint, token, before.session)
    : await RawAgent.begin(endpoint, token);
  const admin =
    /"url":"([^"]+)"[^\n]*"msg":"the admin API is listening"/.exec(gate.said)?.[1] ?? '';
  const bob = new Approver(admin, await issuer.tokenFor('bob', `${admin}/v1`));
  return { agent, bob, admin };
}

const drop = (agent: RawAgent, table: string) => agent.call('drop', { table });
const done = (table: string) => ({ result: { content: [{ text: `dropped ${table}` }] } });
const stateIn = ({ result }: Message) => {
  const meta = result?._meta as { 'dev.sallyport/decision'?: { approval?: { state: string } } };
  return meta?.['dev.sallyport/decision']?.approval?.state;
};
const news = () => audit.received.map(({ body }) => (JSON.parse(body) as { type: string }).type);

/** Presses the button of the first message in Slack, and gives the status that Slack gets. */
async function press(admin: string): Promise<number> {
  const text = JSON.stringify(slack.messages[0]?.blocks);
  const [, value = ''] = /"action_id":"approve","value":"([^"]+)"/.exec(text) ?? [];
  const seconds = Math.floor(Date.now() / 1_000);
  const { headers, body } = pressed(
    { secret: SECRET, seconds },
    { user: 'U1', action: 'approve', value },
  );
  const sent = { method: 'POST', headers, body: new Uint8Array(body) };
  return (await fetch(`${admin}/channels/ops/slack`, sent)).status;
}

it('calls that wait and news of them outlive a gate that is killed and one that stops', async () => {
  // It has the first piece, and never says so.
  audit.answer = () => undefined;
  const first = await start();
  const pressedOne = await drop(first.agent, 'orders');
  await expect.poll(() => slack.messages).toHaveLength(1);
  expect(await press(first.admin)).toBe(200);
  expect(await answerOf(pressedOne)).toMatchObject(done('orders'));
  await expect.poll(news).toEqual(['approval.asked']);
  const waiting = await drop(first.agent, 'users');
  const { id } = await first.bob.asked('drop');
  await gate.kill('SIGKILL');
  await expect(waiting.text()).rejects.toThrow();
  // What is secret about a channel is in no log.
  expect(gate.said).not.toContain('hush');

  audit.answer = (answer) => answer.writeHead(204).end();
  const second = await start(first.agent);
  await expect
    .poll(() => news().slice(1).sort())
    .toEqual(['approval.asked', 'approval.granted', 'approval.used']);
  const [kept] = gate.read((reader) => reader.exchanges({ limit: 1, upstream: 'db' }));
  const events = gate.read((reader) => reader.events(kept?.id ?? ''));
  expect(events.map(({ kind }) => kind)).toContain('held');
  expect((await second.bob.asked('drop')).id).toBe(id);
  await second.bob.approve(id);
  expect(await answerOf(await drop(second.agent, 'users'))).toMatchObject(done('users'));
  expect(await second.bob.ended(id)).toBe('used');
  expect(dropped).toEqual(['orders', 'users']);

  const again = await drop(second.agent, 'users');
  const anew = (await second.bob.asked('drop')).id;
  expect(anew).not.toBe(id);
  const stopped = gate.kill('SIGTERM');
  expect(stateIn(await answerOf(again))).toBe('pending');
  expect(await stopped).toBe(0);
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const store = openApprovals(
    { store: 'sqlite', path: join(folder, 'approvals.db'), durability: 'process' },
    { clock: Date.now, log, bounds: { max: 9, maxPerCaller: 9 } },
  );
  expect(await store.get(anew)).toMatchObject({ state: 'pending' });
  await store.close();
  expect(dropped).toEqual(['orders', 'users']);
  expect(gate.said).not.toContain('hush');
});
