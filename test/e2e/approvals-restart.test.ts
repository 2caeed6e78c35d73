import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as z from 'zod';
import type { DevIssuer } from '../../src/auth/dev-issuer.ts';
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

let folder: string;
let issuer: DevIssuer;
let upstream: Upstream;
let gate: ServedGate;
const dropped: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-approvals-'));
  mkdirSync(join(folder, 'rules'));
  writeFileSync(join(folder, 'rules/default.yaml'), policy);
  issuer = await startIssuer();
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
  await Promise.all([issuer.stop(), upstream.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

/** Starts a gate in the same folder, with the session of an agent before it, and somebody who decides there. */
async function start(before?: RawAgent) {
  gate = await ServedGate.start({
    ...{ folder, issuer },
    config: {
      upstreams: { db: { url: upstream.url } },
      sessions: { key: 'a key for sessions that outlive a gate' },
      admin: { listen: { port: 0 }, roles: { viewer: ['group:dba'] } },
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
  return { agent, bob: new Approver(admin, await issuer.tokenFor('bob', `${admin}/v1`)) };
}

const drop = (agent: RawAgent) => agent.call('drop', { table: 'orders' });
const stateIn = ({ result }: Message) => {
  const meta = result?._meta as { 'dev.sallyport/decision'?: { approval?: { state: string } } };
  return meta?.['dev.sallyport/decision']?.approval?.state;
};

it('a call that waits outlives a gate that stops, and one that is killed, and is made once', async () => {
  const first = await start();
  const waiting = await drop(first.agent);
  const { id } = await first.bob.asked('drop');
  const stopped = gate.kill('SIGTERM');
  expect(stateIn(await answerOf(waiting))).toBe('pending');
  expect(await stopped).toBe(0);

  const second = await start(first.agent);
  const again = await drop(second.agent);
  expect((await second.bob.asked('drop')).id).toBe(id);
  await gate.kill('SIGKILL');
  await expect(again.text()).rejects.toThrow();

  const third = await start(first.agent);
  const [kept] = gate.read((reader) => reader.exchanges({ limit: 1, upstream: 'db' }));
  const events = gate.read((reader) => reader.events(kept?.id ?? ''));
  expect(events.map(({ kind }) => kind)).toContain('held');
  expect((await third.bob.asked('drop')).id).toBe(id);
  await third.bob.approve(id);
  expect(await answerOf(await drop(third.agent))).toMatchObject({
    result: { content: [{ text: 'dropped orders' }] },
  });
  expect(await third.bob.ended(id)).toBe('used');
  const anew = await drop(third.agent);
  expect((await third.bob.asked('drop')).id).not.toBe(id);
  await anew.body?.cancel();
  expect(dropped).toEqual(['orders']);
});
