import { Client as NewClient, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as OldTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import {
  ElicitRequestSchema,
  ResourceUpdatedNotificationSchema,
  ToolListChangedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { allowAll, type RunningGate, rawPost, startGate } from '../e2e/support/gate.ts';
import { type SessionServer, startSessionServer } from './fixtures/bridge-session-server.ts';
import { type StatelessServer, startStatelessServer } from './fixtures/bridge-stateless-server.ts';
import { HttpUpstream, json } from './fixtures/http-upstream.ts';
import { protocol, stateless } from './fixtures/stateless-client.ts';

let old: SessionServer;
let young: StatelessServer;
let gate: RunningGate;
const clients: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  [old, young] = await Promise.all([startSessionServer(), startStatelessServer()]);
  const upstreams = { old: { url: old.url }, young: { url: young.url } };
  gate = await startGate({ upstreams, policies: allowAll });
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
});
afterAll(async () => {
  await gate?.stop();
  await Promise.all([old.stop(), young.stop()]);
});

async function place(upstream: string) {
  const headers = { authorization: `Bearer ${await gate.token('ana', upstream)}` };
  return [new URL(gate.endpoint(upstream)), { requestInit: { headers } }] as const;
}
const self = { name: 'test', version: '1' };
const elicited = { action: 'accept' as const, content: { name: 'Ana' } };

async function oldClient(): Promise<OldClient> {
  const client = new OldClient(self, { capabilities: { elicitation: {} } });
  clients.push(client);
  client.setRequestHandler(ElicitRequestSchema, () => elicited);
  const transport = new OldTransport(...(await place('young')));
  // The SDK's own types disagree under exactOptionalPropertyTypes.
  await client.connect(transport as Parameters<OldClient['connect']>[0]);
  return client;
}

async function newClient(): Promise<NewClient> {
  const options = { capabilities: { elicitation: {} }, versionNegotiation: { mode: 'auto' } };
  const client = new NewClient(self, options as ConstructorParameters<typeof NewClient>[1]);
  clients.push(client);
  client.setRequestHandler('elicitation/create', () => elicited);
  await client.connect(new StreamableHTTPClientTransport(...(await place('old'))));
  return client;
}

describe('SDK v1 through the gate at a server without sessions', () => {
  it('lists, calls, and answers what the server asks', async () => {
    const client = await oldClient();
    expect(client.getServerVersion()).toMatchObject({ name: 'new' });
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toContain('echo');
    const echoed = await client.callTool({ name: 'echo', arguments: { say: 'hi' } });
    expect(echoed.content).toEqual([{ type: 'text', text: 'hi' }]);
    const asked = await client.callTool({ name: 'ask', arguments: {} });
    expect(asked.content).toEqual([{ type: 'text', text: 'Ana likes Ana' }]);
  });

  it('hears of progress and of changes', async () => {
    const client = await oldClient();
    const heard: string[] = [];
    for (const schema of [ToolListChangedNotificationSchema, ResourceUpdatedNotificationSchema]) {
      client.setNotificationHandler(schema, ({ method }) => void heard.push(method));
    }
    const onprogress = vi.fn();
    await client.callTool({ name: 'steps', arguments: {} }, undefined, { onprogress });
    expect(onprogress).toHaveBeenCalledTimes(2);
    await client.subscribeResource({ uri: 'test://one' });
    await vi.waitFor(() => {
      young.notify.toolsChanged();
      young.notify.resourceUpdated('test://one');
      expect(new Set(heard).size).toBe(2);
    });
    await client.ping();
  });
});

describe('SDK v2 through the gate at a server with sessions', () => {
  it('discovers, calls, and answers what the server asks', async () => {
    const client = await newClient();
    expect(client.getServerVersion()).toMatchObject({ name: 'old' });
    const called = await client.callTool({ name: 'echo', arguments: { say: 'hi' } });
    expect(called.content).toEqual([{ type: 'text', text: '{"say":"hi"}' }]);
    const asked = await client.callTool({ name: 'twice', arguments: {} });
    expect(JSON.stringify(asked.content)).toMatch(/Ana.*Ana/);
    const onprogress = vi.fn();
    await client.callTool({ name: 'steps', arguments: {} }, { onprogress });
    expect(onprogress).toHaveBeenCalledTimes(2);
  });

  it('cancels a call', async () => {
    const client = await newClient();
    const abort = new AbortController();
    const [calls, cancelled] = [old.metas.length, old.cancelled];
    const call = client.callTool({ name: 'hang', arguments: {} }, { signal: abort.signal });
    await vi.waitFor(() => expect(old.metas.length).toBe(calls + 1));
    abort.abort();
    await expect(call).rejects.toThrow();
    await vi.waitFor(() => expect(old.cancelled).toBe(cancelled + 1));
  });

  it('hears of changes that it listens for', async () => {
    const client = await newClient();
    const heard = vi.fn();
    client.setNotificationHandler('notifications/resources/updated', heard);
    const uri = 'test://one';
    const subscription = await client.listen({ resourceSubscriptions: [uri] });
    await vi.waitFor(() => expect(old.subscribed).toEqual([uri]));
    await vi.waitFor(async () => {
      await old.last?.sendResourceUpdated({ uri });
      expect(heard).toHaveBeenCalled();
    });
    await subscription.close();
    await vi.waitFor(() => expect(old.subscribed).toEqual([]));
  });
});

describe('a stop of the gate', () => {
  it('does not wait for an upstream that never answers initialize', async () => {
    const upstream = await HttpUpstream.start((response, { body }, id) => {
      if (body.includes('initialize')) return;
      const error = { code: -32601, message: 'no' };
      if (body === '') response.writeHead(405).end();
      else json(response, JSON.stringify({ jsonrpc: '2.0', id, error }));
    });
    const own = await startGate({ upstreams: { own: { url: upstream.url } }, policies: allowAll });
    const { message } = stateless('tools/list', 1);
    const asked = rawPost(own.endpoint('own'), JSON.stringify(message), {
      authorization: `Bearer ${await own.token('ana', 'own')}`,
      ...{ 'mcp-protocol-version': protocol, 'mcp-method': 'tools/list' },
    });
    const isOver = asked.then(
      () => true,
      () => true,
    );
    await vi.waitFor(() =>
      expect(upstream.received.some(({ body }) => body.includes('initialize'))).toBe(true),
    );
    await own.stop();
    expect(await isOver).toBe(true);
    await upstream.close();
  }, 20_000);
});
