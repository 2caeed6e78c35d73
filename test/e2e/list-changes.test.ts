import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import {
  PromptListChangedNotificationSchema,
  ResourceListChangedNotificationSchema,
  ToolListChangedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connect } from './fixtures/agent.ts';
import { messagesOf, RawAgent } from './fixtures/raw-agent.ts';
import { type RawUpstream, startRawUpstream } from './fixtures/raw-upstream.ts';
import { commands } from './fixtures/servers.ts';
import { Upstream } from './fixtures/upstream.ts';
import { waitingServer } from './fixtures/waiting-server.ts';
import { type RunningGate, startGate } from './support/gate.ts';

const allow = (tools: string) => `apiVersion: sallyport/v1
rules:
  - { id: some, on: { tools: [${tools}] }, then: allow }
`;
const tools = JSON.stringify({
  tools: ['echo', 'wait'].map((name) => ({ name, inputSchema: { type: 'object' } })),
});

let own: Upstream;
let silent: RawUpstream;
let gate: RunningGate;
const clients: Client[] = [];

beforeAll(async () => {
  own = await Upstream.start(() => waitingServer(() => undefined));
  silent = await startRawUpstream({ 'tools/list': tools });
});
beforeEach(async () => {
  gate = await startGate({
    upstreams: {
      own: { url: own.url },
      silent: { url: silent.url },
      stdio: { command: commands.own },
    },
    policies: allow('echo'),
  });
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await gate?.stop();
});
afterAll(async () => {
  await own?.stop();
  await silent?.stop();
});

const names = async (client: Client) => (await client.listTools()).tools.map(({ name }) => name);

async function change(yaml: string): Promise<void> {
  gate.writePolicy('default.yaml', yaml);
  await gate.daemon.look();
}

/** A client on the official SDK that notes what it is told. */
async function listening(upstream: string) {
  const token = await gate.token('ana', upstream);
  const heard: string[] = [];
  const { client } = await connect(gate.endpoint(upstream), {
    token,
    prepare: (fresh) => {
      for (const schema of [
        ToolListChangedNotificationSchema,
        ResourceListChangedNotificationSchema,
        PromptListChangedNotificationSchema,
      ]) {
        fresh.setNotificationHandler(schema, ({ method }) => void heard.push(method));
      }
    },
  });
  clients.push(client);
  return { client, heard };
}

/** Resolves once the gate has the stream of the newest session. */
async function hasStream(): Promise<void> {
  const reader = gate.transcripts();
  await expect
    .poll(() => reader.exchanges({ limit: 100 }).some(({ method }) => method === 'GET'))
    .toBe(true);
}

describe('changed policies', () => {
  it.each([
    ['with a stream of its own', 'own'],
    ['without one', 'silent'],
    ['over stdio', 'stdio'],
  ])('are told to the clients of an upstream %s', async (_, upstream) => {
    const { client, heard } = await listening(upstream);
    expect(await names(client)).toEqual(['echo']);
    expect(client.getServerCapabilities()).toMatchObject({ tools: { listChanged: true } });
    await hasStream();
    await change(allow('echo, wait'));
    await expect.poll(() => heard).toEqual(['notifications/tools/list_changed']);
    expect((await names(client)).sort()).toEqual(['echo', 'wait']);
  });

  it('are told once to each session, however many streams it has, without an id', async () => {
    const ana = await RawAgent.begin(gate.endpoint('silent'), await gate.token('ana', 'silent'));
    const stop = new AbortController();
    const streams = [await ana.listen(stop.signal), await ana.listen(stop.signal)];
    expect(streams.map(({ status }) => status)).toEqual([200, 200]);
    const heard: unknown[] = [];
    for (const stream of streams) {
      void (async () => {
        for await (const message of messagesOf(stream)) heard.push(message);
      })().catch(() => undefined);
    }
    await change(allow('wait'));
    await change(allow('echo'));
    const news = { jsonrpc: '2.0', method: 'notifications/tools/list_changed' };
    await expect.poll(() => heard).toEqual([news, news]);
    stop.abort();
  });

  it('are told of no list that the client was not offered', async () => {
    const { heard } = await listening('own');
    await hasStream();
    const all = 'apiVersion: sallyport/v1\nrules: [{ id: all, then: allow }]\n';
    await change(all);
    await change(allow('echo'));
    await expect.poll(() => heard.length).toBe(2);
    expect(new Set(heard)).toEqual(new Set(['notifications/tools/list_changed']));
  });

  it('are not told where they have errors, or are the same as before', async () => {
    const { heard } = await listening('own');
    await hasStream();
    await change('apiVersion: nothing');
    await gate.daemon.look();
    await change(allow('echo, wait'));
    await expect.poll(() => heard.length).toBe(1);
  });

  it('are in the transcript as news of the gate', async () => {
    const { heard } = await listening('own');
    await hasStream();
    await change(allow('wait'));
    await expect.poll(() => heard.length).toBe(1);
    const events = gate.transcripts().eventsAfter(0, 1_000);
    const news = events.filter(({ detail }) => detail?.why === 'the policies have changed');
    expect(news.map(({ detail }) => detail?.by)).toEqual(['gate']);
  });
});
