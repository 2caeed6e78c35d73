import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import {
  type CallToolResult,
  type ClientCapabilities,
  ElicitationCompleteNotificationSchema,
  ElicitRequestSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { compileCache } from '../support/compile-cache.ts';
import { connect, textOf } from './fixtures/agent.ts';
import { allMessages, messagesOf, RawAgent } from './fixtures/raw-agent.ts';
import { Upstream } from './fixtures/upstream.ts';
import { Approver } from './support/approver.ts';
import { type RunningGate, startGate } from './support/gate.ts';
import { message, RawClient } from './support/raw-client.ts';

const policies = `apiVersion: sallyport/v1
rules:
  - id: all
    on: { tools: ['*'] }
    then: allow
  - id: dba-says
    on: { tools: [drop] }
    then: approve
    approval: { by: [group:dba] }
    mask: [{ find: [email], in: [args] }]
    reason: Nobody gets it back.
`;
const config = { admin: { listen: { port: 0 }, roles: { viewer: ['group:dba'] } } };
const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** A server that remembers what it has dropped. */
function database(dropped: string[]): McpServer {
  const mcp = new McpServer({ name: 'database', version: '1' });
  const inputSchema = { table: z.string() };
  mcp.registerTool(
    'drop',
    { inputSchema, annotations: { destructiveHint: true } },
    ({ table }, { sendNotification, _meta }) => {
      dropped.push(table);
      const { progressToken } = _meta ?? {};
      const params = { progressToken: progressToken ?? '', progress: 0, message: 'dropping' };
      if (progressToken !== undefined) {
        void sendNotification({ method: 'notifications/progress', params });
      }
      return { content: [{ type: 'text', text: `dropped ${table}` }] };
    },
  );
  return mcp;
}

let gate: RunningGate;
/** One that tells clients to call again at once. */
let hasty: RunningGate;
let upstream: Upstream;
let bob: Approver;
const dropped: string[] = [];
const closers: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  upstream = await Upstream.start(() => database(dropped));
  const upstreams = { db: { url: upstream.url } };
  gate = await startGate({ upstreams, policies, config, pages: true });
  const approvals = { wait: '1ms' };
  hasty = await startGate({ upstreams, policies, config: { ...config, approvals } });
  bob = await Approver.of(gate);
});
beforeEach(() => {
  dropped.length = 0;
});
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
  // One that failed leaves nothing to the next one.
  for (const { id } of await bob.list()) await bob.deny(id, 'over');
});
afterAll(async () => {
  await Promise.all([gate?.stop(), hasty?.stop()]);
  await upstream?.stop();
});

/** A client on the official SDK. */
async function sdk(
  at = gate,
  capabilities: ClientCapabilities = {},
  prepare?: (it: Client) => void,
) {
  const options = { token: await at.token('ana', 'db'), capabilities, ...(prepare && { prepare }) };
  const { client } = await connect(at.endpoint('db'), options);
  closers.push(() => client.close());
  return client;
}

async function over(transport: Transport): Promise<Client> {
  const client = new Client({ name: 'agent', version: '7' }, { capabilities: {} });
  await client.connect(transport);
  closers.push(() => client.close());
  return client;
}

const drop = (client: Client, table: string, name = 'drop') =>
  client.callTool({ name, arguments: { table } }) as Promise<CallToolResult>;
/** What a tool's result says of its approval. */
const approvalIn = ({ _meta }: CallToolResult) =>
  (_meta?.['dev.sallyport/decision'] as Told | undefined)?.approval ?? { id: '', state: '' };
interface Told {
  readonly approval: { readonly id: string; readonly state: string };
}

async function approveNext(target = 'drop'): Promise<string> {
  const { id } = await bob.asked(target);
  await bob.approve(id);
  return id;
}

describe('a call that waits, of a client on the official SDK', () => {
  it('is made once somebody has said yes', async () => {
    const client = await sdk();
    const result = drop(client, 'plain');
    const id = await approveNext();
    expect(textOf(await result)).toBe('dropped plain');
    expect(dropped).toEqual(['plain']);
    expect(await bob.ended(id)).toBe('used');
  });

  it('is kept alive by progress that grows, and goes on with that of the upstream', async () => {
    const client = await sdk();
    const heard: { progress: number; message?: string | undefined }[] = [];
    const result = client.callTool({ name: 'drop', arguments: { table: 'progress' } }, undefined, {
      onprogress: (progress) => heard.push(progress),
      resetTimeoutOnProgress: true,
    });
    const id = await approveNext();
    expect(textOf(await result)).toBe('dropped progress');
    expect(heard.map(({ message }) => message)).toEqual([`waiting for approval ${id}`, 'dropping']);
    expect(heard[0]?.progress).toBeLessThan(heard[1]?.progress ?? 0);
  });

  it('sends its user to the page, and says when that is done', async () => {
    const shown: unknown[] = [];
    const done: string[] = [];
    const client = await sdk(gate, { elicitation: { url: {} } }, (it) => {
      it.setRequestHandler(ElicitRequestSchema, ({ params }) => {
        shown.push(params);
        return { action: 'accept' };
      });
      it.setNotificationHandler(ElicitationCompleteNotificationSchema, ({ params }) => {
        done.push(params.elicitationId);
      });
    });
    const result = drop(client, 'visit');
    const { id } = await bob.asked('drop');
    await expect.poll(() => shown).toHaveLength(1);
    expect(shown[0]).toMatchObject({
      ...{ mode: 'url', url: `${gate.daemon.adminUrl}/approvals/${id}` },
      message: expect.stringContaining('Nobody gets it back'),
    });
    await bob.approve(id);
    expect(textOf(await result)).toBe('dropped visit');
    expect(done).toEqual([id]);
  });

  it('is given up by a user who declines', async () => {
    const client = await sdk(gate, { elicitation: { url: {} } }, (it) => {
      it.setRequestHandler(ElicitRequestSchema, () => ({ action: 'decline' }));
    });
    const result = await drop(client, 'declined');
    expect(result.isError).toBe(true);
    const { id, state } = approvalIn(result);
    expect([state, await bob.ended(id)]).toEqual(['cancelled', 'cancelled']);
    expect(dropped).toEqual([]);
  });

  it('is shown as it would be sent, and is then what later ones are compared with', async () => {
    const client = await sdk();
    const result = drop(client, 'orders of ana.secret@example.org');
    const { id } = await bob.asked('drop');
    const page = await bob.get(id);
    expect(page).toMatchObject({ target: 'drop', upstream: 'db', caller: { sub: 'ana' } });
    const file = expect.stringMatching(/policies\/default\.yaml$/);
    expect(page.demands).toMatchObject([{ rule: 'dba-says', at: { file, line: 6 } }]);
    expect(JSON.stringify(page)).not.toContain('secret');
    await bob.approve(id);
    expect(textOf(await result)).toContain('dropped orders of [');
    const { usedBy } = await bob.get(id);
    const next = drop(client, 'once more');
    const other = await bob.asked('drop');
    const earlier = async () => (await bob.get(other.id)).earlier;
    await expect
      .poll(async () => (await earlier()).calls[0])
      .toMatchObject({ exchange: usedBy, outcome: 'answered' });
    const [asked] = (await earlier()).approvals;
    expect(asked).toMatchObject({ id, state: 'used', exchange: usedBy });
    await bob.deny(other.id, 'not twice');
    expect(textOf(await next)).toContain('not twice');
  });

  it('tells the model why somebody has said no', async () => {
    const client = await sdk();
    const result = drop(client, 'denied');
    const { id } = await bob.asked('drop');
    await bob.deny(id, 'Archive it first.');
    expect(textOf(await result)).toContain('Archive it first');
    expect(textOf(await drop(client, 'denied'))).toContain('Archive it first');
    expect(dropped).toEqual([]);
  });

  it('is cancelled with the call', async () => {
    const client = await sdk();
    const controller = new AbortController();
    const params = { name: 'drop', arguments: { table: 'aborted' } };
    const result = client.callTool(params, undefined, { signal: controller.signal });
    const { id } = await bob.asked('drop');
    controller.abort('never mind');
    await expect(result).rejects.toThrow('never mind');
    expect(await bob.ended(id)).toBe('cancelled');
    expect(dropped).toEqual([]);
  });

  it('is made once, however many ask for the same at once', async () => {
    const clients = await Promise.all(Array.from({ length: 4 }, () => sdk()));
    const results = clients.map((client) => drop(client, 'many'));
    await approveNext();
    const first = await Promise.race(results);
    expect(textOf(first)).toBe('dropped many');
    expect(dropped).toEqual(['many']);
    // The others ask anew.
    const { id } = await bob.asked('drop');
    await bob.deny(id, 'once is enough');
    const texts = (await Promise.all(results)).map(textOf);
    expect(texts.filter((text) => text.includes('once is enough'))).toHaveLength(3);
    expect(dropped).toEqual(['many']);
  });

  it('is answered by the rules of now where they have changed meanwhile', async () => {
    const client = await sdk();
    const result = drop(client, 'reloaded');
    const { id } = await bob.asked('drop');
    gate.writePolicy(
      'default.yaml',
      policies.replace('then: approve', 'then: block').replace(/ +approval: .*\n/, ''),
    );
    await gate.daemon.look();
    expect(textOf(await result)).toContain('Blocked by policy rule "dba-says"');
    expect(await bob.ended(id)).toBe('cancelled');
    gate.writePolicy('default.yaml', policies);
    await gate.daemon.look();
    expect(dropped).toEqual([]);
  });
});

describe('a call that is answered before its client would time out', () => {
  it('takes the grant when it is made again, and once', async () => {
    const client = await sdk(hasty);
    const approver = await Approver.of(hasty);
    const pending = await drop(client, 'again');
    expect(pending.isError).toBe(true);
    expect(approvalIn(pending).state).toBe('pending');
    const { id } = approvalIn(await drop(client, 'again'));
    expect(id).toBe(approvalIn(pending).id);
    await approver.approve(id);
    // Another session of the same caller is as good.
    const other = await sdk(hasty);
    expect(textOf(await drop(other, 'again'))).toBe('dropped again');
    const anew = approvalIn(await drop(client, 'again'));
    expect([anew.state, anew.id === id]).toEqual(['pending', false]);
    expect(dropped).toEqual(['again']);
  });

  it('needs another grant with another argument, and nobody else has it', async () => {
    const client = await sdk(hasty);
    const approver = await Approver.of(hasty);
    const { id } = approvalIn(await drop(client, 'mine'));
    await approver.approve(id);
    const changed = approvalIn(await drop(client, 'yours'));
    const foreign = await connect(hasty.endpoint('db'), { token: await hasty.token('bob', 'db') });
    closers.push(() => foreign.client.close());
    const others = approvalIn(await drop(foreign.client, 'mine'));
    expect([changed.state, others.state]).toEqual(['pending', 'pending']);
    expect(new Set([id, changed.id, others.id]).size).toBe(3);
    expect(dropped).toEqual([]);
  });
});

describe('a call that waits, by another way', () => {
  it('goes over HTTP with SSE', async () => {
    const url = new URL(`${gate.url}/sse/db`);
    const headers = { authorization: `Bearer ${await gate.tokenAt('ana', url.href)}` };
    const client = await over(new SSEClientTransport(url, { requestInit: { headers } }));
    const result = drop(client, 'legacy');
    await approveNext();
    expect(textOf(await result)).toBe('dropped legacy');
  });

  it('goes over the endpoint of all upstreams, with progress and the page', async () => {
    const shown: unknown[] = [];
    const token = await gate.token('ana');
    const { client } = await connect(gate.endpoint(), {
      token,
      capabilities: { elicitation: { url: {} } },
      prepare: (it) =>
        it.setRequestHandler(ElicitRequestSchema, ({ params }) => {
          shown.push(params);
          return { action: 'accept' };
        }),
    });
    closers.push(() => client.close());
    const heard: unknown[] = [];
    const params = { name: 'db-drop', arguments: { table: 'union' } };
    const { tools } = await client.listTools();
    const name = tools.find((tool) => tool.name.endsWith('drop'))?.name ?? '';
    const options = {
      onprogress: (it: { message?: string | undefined }) => heard.push(it.message),
    };
    const result = client.callTool({ ...params, name }, undefined, options);
    const id = await approveNext();
    expect(textOf(await result)).toBe('dropped union');
    expect(heard[0]).toBe(`waiting for approval ${id}`);
    await expect.poll(() => shown).toHaveLength(1);
  });

  it('goes in a batch, whose other members do not wait for it', async () => {
    const client = new RawClient(gate.endpoint('db'), await gate.token('ana', 'db'));
    const begun = await client.post(
      message('initialize', {
        ...{ protocolVersion: '2025-03-26', capabilities: {} },
        clientInfo: { name: 'batches', version: '1' },
      }),
    );
    await begun.text();
    client.session = begun.headers.get('mcp-session-id') ?? undefined;
    const held = message('tools/call', { name: 'drop', arguments: { table: 'batch' } }, 1);
    const response = await client.post(`[${held},${message('ping', {}, 2)}]`);
    const messages = messagesOf(response);
    expect((await messages.next()).value).toMatchObject({ id: 2 });
    await approveNext();
    expect((await messages.next()).value).toMatchObject({
      ...{ id: 1, result: { content: [{ text: 'dropped batch' }] } },
    });
  });

  it('goes over the stdio verb', async () => {
    const client = await over(
      new StdioClientTransport({
        command: process.execPath,
        args: [main, 'stdio', 'db', '--gate', gate.url],
        env: { ...compileCache, SALLYPORT_TOKEN: await gate.token('ana', 'db') },
      }),
    );
    const result = drop(client, 'stdio');
    await approveNext();
    expect(textOf(await result)).toBe('dropped stdio');
  });
});

describe('a client whose connection is lost while its call waits', () => {
  const args = { table: 'lost' };

  it('cancels nothing by that, and nothing is done until it calls again', async () => {
    const agent = await RawAgent.begin(gate.endpoint('db'), await gate.token('ana', 'db'));
    const lost = await agent.call('drop', args, 1);
    const { id } = await bob.asked('drop');
    await lost.body?.cancel();
    await delay(50);
    await bob.approve(id);
    await delay(50);
    expect((await bob.get(id)).state).toBe('granted');
    expect(dropped).toEqual([]);
    const again = await allMessages(await agent.call('drop', args, 2));
    expect(again.at(-1)).toMatchObject({ result: { content: [{ text: 'dropped lost' }] } });
    expect(await bob.ended(id)).toBe('used');
  });

  it('cancels it by ending the session', async () => {
    const agent = await RawAgent.begin(gate.endpoint('db'), await gate.token('ana', 'db'));
    const response = await agent.call('drop', { table: 'left' }, 1);
    const { id } = await bob.asked('drop');
    await agent.end();
    expect(await bob.ended(id)).toBe('cancelled');
    expect(await allMessages(response)).toEqual([]);
  });

  it('answers only what the gate has asked in its own session', async () => {
    const agent = await RawAgent.begin(gate.endpoint('db'), await gate.token('ana', 'db'));
    const response = await agent.post({ id: 'forged', result: { action: 'decline' } });
    expect(await response.json()).toMatchObject({ error: { data: { code: 'FRAME_INVALID' } } });
  });
});
