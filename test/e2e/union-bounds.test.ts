import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { HttpUpstream, json } from '../transport/fixtures/http-upstream.ts';
import { connect } from './fixtures/agent.ts';
import { allowAll, type RunningGate, rawPost, startGate } from './support/gate.ts';
import { mcpHandler } from './support/mcp-upstream.ts';

/** What a test starts, and what ends with it: the tests that wait run side by side. */
interface Own {
  closeLater(close: () => Promise<unknown>): void;
  upstreamOf(handler: HttpUpstream['handler']): Promise<HttpUpstream>;
  gateOf(options: Parameters<typeof startGate>[0]): Promise<RunningGate>;
}

const it = test.extend<{ own: Own }>({
  // biome-ignore lint/correctness/noEmptyPattern: Vitest reads from it what a fixture needs.
  own: async ({}, use) => {
    const closers: (() => Promise<unknown>)[] = [];
    await use({
      closeLater: (close) => void closers.push(close),
      upstreamOf: async (handler) => {
        const upstream = await HttpUpstream.start(handler);
        closers.push(() => upstream.close());
        return upstream;
      },
      gateOf: async (options) => {
        const gate = await startGate(options);
        closers.push(() => gate.stop());
        return gate;
      },
    });
    for (const close of closers.reverse()) await close();
  },
});

const rpc = (method: string, params: object = {}, id: unknown = 1) =>
  JSON.stringify({ jsonrpc: '2.0', id, method, params });
const clientInfo = { name: 'm', version: '1' };
const init = (protocolVersion = '2025-11-25') =>
  rpc('initialize', { protocolVersion, capabilities: {}, clientInfo }, 0);

describe.concurrent('a union with one upstream that hangs', () => {
  it('takes notifications for the others at once', { timeout: 60_000 }, async ({ own }) => {
    const good = await own.upstreamOf(mcpHandler);
    const hung = await own.upstreamOf((response, received, id) => {
      if (received.method !== 'POST') mcpHandler(response, received, id);
    });
    const gate = await own.gateOf({
      upstreams: {
        good: { url: good.url, era: 'session' },
        hung: { url: hung.url, era: 'session', timeout: '30s' },
      },
      policies: allowAll,
    });
    const authorization = `Bearer ${await gate.token('ana')}`;
    const begun = await rawPost(gate.endpoint(), init(), { authorization });
    await begun.text();
    const head = { authorization, 'mcp-session-id': begun.headers.get('mcp-session-id') ?? '' };
    const notice = { jsonrpc: '2.0', method: 'notifications/roots/list_changed' };
    const taken = rawPost(gate.endpoint(), JSON.stringify(notice), head).then(() => true);
    expect(await Promise.race([taken, sleep(4_000, false)])).toBe(true);
  });
});

describe.concurrent('a session of the union', () => {
  it('leaves nothing open when it is left while an upstream begins', {
    timeout: 60_000,
  }, async ({ own }) => {
    let answer: (() => void) | undefined;
    const ended: string[] = [];
    const slow = await own.upstreamOf((response, received, id) => {
      if (received.method === 'DELETE') ended.push('slow');
      if (!received.body.includes('initialize"')) return mcpHandler(response, received, id);
      answer = () => mcpHandler(response, received, id);
    });
    const good = await own.upstreamOf(mcpHandler);
    const gate = await own.gateOf({
      upstreams: {
        good: { url: good.url, era: 'session' },
        slow: { url: slow.url, era: 'session', timeout: '60s' },
      },
      policies: allowAll,
    });
    const authorization = `Bearer ${await gate.token('ana')}`;
    const begun = await rawPost(gate.endpoint(), init(), { authorization });
    await begun.text();
    const head = { authorization, 'mcp-session-id': begun.headers.get('mcp-session-id') ?? '' };
    await fetch(gate.endpoint(), { method: 'DELETE', headers: head });
    answer?.();
    await vi.waitFor(() => expect(ended).toEqual(['slow']), { timeout: 3_000 });
  });
});

describe.concurrent('the union', () => {
  it('tells progress of a client only to the upstream that asked', async ({ own }) => {
    const one = await own.upstreamOf(mcpHandler);
    const two = await own.upstreamOf(mcpHandler);
    const gate = await own.gateOf({
      upstreams: { one: { url: one.url, era: 'session' }, two: { url: two.url, era: 'session' } },
      policies: allowAll,
    });
    const authorization = `Bearer ${await gate.token('ana')}`;
    const begun = await rawPost(gate.endpoint(), init(), { authorization });
    await begun.text();
    const session = begun.headers.get('mcp-session-id') ?? '';
    const notice = JSON.stringify({
      ...{ jsonrpc: '2.0', method: 'notifications/progress' },
      params: { progressToken: 'token-of-one', progress: 1, message: 'the answer is PRIVATE' },
    });
    await rawPost(gate.endpoint(), notice, { authorization, 'mcp-session-id': session });
    const told = [one, two].filter(({ received }) =>
      received.some(({ body }) => body.includes('PRIVATE')),
    );
    expect(told.length).toBeLessThan(2);
  });

  it('takes no more calls of a session than one may have', { timeout: 30_000 }, async ({ own }) => {
    const good = await own.upstreamOf(mcpHandler);
    const hung = await own.upstreamOf((response, received, id) => {
      if (received.method === 'POST') return undefined;
      return mcpHandler(response, received, id);
    });
    const gate = await own.gateOf({
      upstreams: {
        good: { url: good.url, era: 'session' },
        hung: { url: hung.url, era: 'session', timeout: '20s' },
      },
      policies: allowAll,
      config: { limits: { session_calls: 3, caller_calls: 5 } },
    });
    const authorization = `Bearer ${await gate.token('ana')}`;
    const begun = await rawPost(gate.endpoint(), init(), { authorization });
    await begun.text();
    const session = begun.headers.get('mcp-session-id') ?? '';
    const abort = new AbortController();
    let refused = 0;
    for (let id = 1; id <= 40; id++) {
      void rawPost(
        gate.endpoint(),
        rpc('tools/call', { name: 'hung__x', arguments: {} }, id),
        { authorization, 'mcp-session-id': session },
        abort.signal,
      ).then(
        () => refused++,
        () => undefined,
      );
    }
    // The upstream times out later than this.
    await vi.waitFor(() => expect(40 - refused).toBeLessThanOrEqual(3));
    abort.abort();
  });

  it('bounds what a client says of its revision', async ({ own }) => {
    const good = await own.upstreamOf(mcpHandler);
    const gate = await own.gateOf({
      upstreams: { good: { url: good.url, era: 'session' } },
      policies: allowAll,
    });
    const authorization = `Bearer ${await gate.token('ana')}`;
    const body = init('v'.repeat(100_000));
    const response = await rawPost(gate.endpoint(), body, { authorization });
    expect(response.headers.get('mcp-session-id')?.length ?? 0).toBeLessThan(8_192);
  });
});

describe.concurrent('an upstream of the union that comes late', () => {
  it('is told of to clients that listen, and heard from then on', async ({ own }) => {
    let answer: (() => void) | undefined;
    const slow = await own.upstreamOf((response, received, id) => {
      if (!received.body.includes('initialize"')) return mcpHandler(response, received, id);
      answer = () => mcpHandler(response, received, id);
    });
    const good = await own.upstreamOf(mcpHandler);
    const gate = await own.gateOf({
      upstreams: {
        good: { url: good.url, era: 'session' },
        slow: { url: slow.url, era: 'session', timeout: '60s' },
      },
      policies: allowAll,
    });
    const { ToolListChangedNotificationSchema } = await import(
      '@modelcontextprotocol/sdk/types.js'
    );
    const changed = vi.fn();
    const { client } = await connect(gate.endpoint(), {
      token: await gate.token('ana'),
      prepare: (it) => it.setNotificationHandler(ToolListChangedNotificationSchema, changed),
    });
    own.closeLater(() => client.close());
    const listens = ({ received }: HttpUpstream) => received.some(({ method }) => method === 'GET');
    await vi.waitFor(() => expect(listens(good)).toBe(true), { timeout: 10_000 });
    answer?.();
    await vi.waitFor(() => expect(changed).toHaveBeenCalled(), { timeout: 10_000 });
    await vi.waitFor(() => expect(listens(slow)).toBe(true), { timeout: 10_000 });
  });
});

describe('a name that leads nowhere', () => {
  it('is recorded', async ({ own }) => {
    const good = await own.upstreamOf(mcpHandler);
    const upstreams = { good: { url: good.url, era: 'session' as const } };
    const gate = await own.gateOf({ upstreams, policies: allowAll });
    const { client } = await connect(gate.endpoint(), { token: await gate.token('ana') });
    own.closeLater(() => client.close());
    await expect(client.callTool({ name: 'nobody__x' })).rejects.toThrow('Unknown tool');
    const found = gate.transcripts().exchanges({ limit: 5, method: 'tools/call', upstream: '' });
    expect(found).toMatchObject([{ outcome: 'failed', sub: 'ana' }]);
  });
});

describe('a union of many', () => {
  it('does not make Node warn of a leak', async ({ own }) => {
    const warnings: string[] = [];
    const listen = (warning: Error) => void warnings.push(warning.message);
    process.on('warning', listen);
    own.closeLater(async () => void process.off('warning', listen));
    const result = { tools: [], resultType: 'complete' };
    const waiting: (() => void)[] = [];
    const slow = await own.upstreamOf((response, { body }) => {
      const { id } = JSON.parse(body || '{}');
      waiting.push(() => json(response, JSON.stringify({ jsonrpc: '2.0', id, result })));
    });
    const names = Array.from({ length: 14 }, (_, number) => `u${number}`);
    const upstreams = Object.fromEntries(
      names.map((name) => [name, { url: slow.url, era: 'stateless' as const }]),
    );
    const gate = await own.gateOf({ upstreams, policies: allowAll });
    const version = '2026-07-28';
    const _meta = {
      'io.modelcontextprotocol/protocolVersion': version,
      'io.modelcontextprotocol/clientCapabilities': {},
    };
    const authorization = `Bearer ${await gate.token('ana')}`;
    const head = { authorization, 'mcp-protocol-version': version, 'mcp-method': 'tools/list' };
    const asked = rawPost(gate.endpoint(), rpc('tools/list', { _meta }), head);
    // All of them at once.
    await vi.waitFor(() => expect(waiting).toHaveLength(names.length));
    for (const answer of waiting) answer();
    expect(await (await asked).json()).toMatchObject({ result: { tools: [] } });
    expect(warnings).toEqual([]);
  });
});
