import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as z from 'zod';
import type { DevIssuer } from '../../src/auth/dev-issuer.ts';
import { Receiver } from '../notify/receiver.ts';
import { pressed, SlackServer } from '../notify/slack-server.ts';
import { answerOf, RawAgent } from './fixtures/raw-agent.ts';
import { ServedGate, startIssuer, tokenOf } from './fixtures/served-gate.ts';
import { Upstream } from './fixtures/upstream.ts';

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

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-channels-'));
  mkdirSync(join(folder, 'rules'));
  writeFileSync(join(folder, 'rules/default.yaml'), policy);
  issuer = await startIssuer();
  audit = await Receiver.start();
  slack = await SlackServer.start();
  slack.now = Math.floor(Date.now() / 1_000);
  upstream = await Upstream.start(() => {
    const mcp = new McpServer({ name: 'database', version: '1' });
    mcp.registerTool('drop', { inputSchema: { table: z.string() } }, ({ table }) => ({
      content: [{ type: 'text', text: `dropped ${table}` }],
    }));
    return mcp;
  });
});
afterAll(async () => {
  await gate?.kill('SIGKILL');
  await Promise.all([issuer.stop(), upstream.stop(), audit.stop(), slack.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

/** Starts a gate in the same folder, and gives the URL of its admin listener. */
async function start(): Promise<string> {
  const ops = {
    ...{ token: 'xoxb-hush', channel: 'C1', signing_secret: SECRET, api: slack.url },
    users: { U1: { sub: 'bob', groups: ['dba'] } },
  };
  gate = await ServedGate.start({
    ...{ folder, issuer },
    config: {
      upstreams: { db: { url: upstream.url } },
      admin: { listen: { port: 0 }, roles: { viewer: ['group:dba'] } },
      approvals: {
        channels: { ops: { slack: ops }, audit: { webhook: { url: `${audit.url}/hush` } } },
      },
      policies: { directory: 'rules' },
    },
  });
  return /"url":"([^"]+)"[^\n]*"msg":"the admin API is listening"/.exec(gate.said)?.[1] ?? '';
}

const news = () => audit.received.map(({ body }) => (JSON.parse(body) as { type: string }).type);

it('a button in Slack lets a held call go on, and news outlives a gate that is killed', async () => {
  // It has the first piece, and never says so.
  audit.answer = () => undefined;
  const url = await start();
  const agent = await RawAgent.begin(gate.endpoint('db'), await tokenOf(issuer, 'ana', 'db'));
  const waiting = await agent.call('drop', { table: 'orders' });
  await expect.poll(() => slack.messages).toHaveLength(1);
  const text = JSON.stringify(slack.messages[0]?.blocks);
  const [, value = ''] = /"action_id":"approve","value":"([^"]+)"/.exec(text) ?? [];
  const seconds = Math.floor(Date.now() / 1_000);
  const press = pressed({ secret: SECRET, seconds }, { user: 'U1', action: 'approve', value });
  const response = await fetch(`${url}/channels/ops/slack`, {
    ...{ method: 'POST', headers: press.headers, body: new Uint8Array(press.body) },
  });
  expect(response.status).toBe(200);
  expect(await answerOf(waiting)).toMatchObject({
    result: { content: [{ type: 'text', text: 'dropped orders' }] },
  });
  await expect.poll(news).toEqual(['approval.asked']);
  await gate.kill('SIGKILL');
  audit.answer = (answer) => answer.writeHead(204).end();
  await start();
  await expect.poll(() => news().slice(1).sort()).toEqual(['approval.granted', 'approval.used']);
  // What is secret about a channel is in no log.
  expect(gate.said).not.toContain('hush');
  expect(await gate.kill('SIGTERM')).toBe(0);
});
