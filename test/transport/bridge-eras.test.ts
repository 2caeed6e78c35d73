import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Frame } from '../../src/model/message.ts';
import type { UpstreamLink } from '../../src/transport/contract.ts';
import { HttpLink } from '../../src/transport/http/link.ts';
import { StdioLink } from '../../src/transport/stdio/link.ts';
import { version } from '../../src/version.ts';
import {
  BridgeClient,
  type BridgeClientOptions,
  errorOf,
  questionsIn,
  resultOf,
} from './fixtures/bridge-client.ts';
import { startSessionServer } from './fixtures/bridge-session-server.ts';
import { startStatelessServer } from './fixtures/bridge-stateless-server.ts';
import { HttpUpstream, json } from './fixtures/http-upstream.ts';
import { statelessServer } from './fixtures/stateless-client.ts';
import { CollectingLog, textOf } from './fixtures/stdio-client.ts';

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});
function connect(options: BridgeClientOptions): BridgeClient {
  const client = new BridgeClient(options);
  stops.push(() => client.link.stop());
  return client;
}
async function started<Server extends { stop(): Promise<void> }>(server: Promise<Server>) {
  const own = await server;
  stops.push(() => own.stop());
  return own;
}
const limits = { bytes: 4_194_304, depth: 64 };
function stdio(command: readonly string[]): StdioLink {
  const log = new CollectingLog();
  return new StdioLink({
    ...{ name: 'up', command, env: {}, timeout: 30_000, processes: 10, idle: 60_000 },
    ...{ grace: 500, limits, log },
  });
}

/** A link that tells what goes over it. */
class Tapped implements UpstreamLink {
  readonly frames: Frame[] = [];
  readonly #inner: UpstreamLink;

  constructor(inner: UpstreamLink) {
    this.#inner = inner;
  }

  get methods(): string[] {
    return this.frames.flatMap(({ message }) => ('method' in message ? [message.method] : []));
  }

  send(...[frame, ...rest]: Parameters<UpstreamLink['send']>): void {
    this.frames.push(frame);
    this.#inner.send(frame, ...rest);
  }

  listen(...all: Parameters<UpstreamLink['listen']>): void {
    this.#inner.listen(...all);
  }

  end(...all: Parameters<UpstreamLink['end']>): Promise<void> {
    return this.#inner.end(...all);
  }

  stop(): Promise<void> {
    return this.#inner.stop();
  }
}
function tapped(url: string): Tapped {
  const log = new CollectingLog();
  return new Tapped(new HttpLink({ name: 'up', url, headers: {}, timeout: 20_000, limits, log }));
}

describe('the era of an upstream', () => {
  it('is found out once for requests that come together', async () => {
    const { url } = await started(startStatelessServer());
    const inner = tapped(url);
    const client = connect({ inner });
    await Promise.all([client.ask1('resources/list'), client.ask1('resources/list')]);
    expect(inner.methods.sort()).toEqual(['resources/list', 'resources/list', 'server/discover']);
  });

  it('is asked for by the gate in its own name', async () => {
    const { url } = await started(startStatelessServer());
    const inner = tapped(url);
    await connect({ inner }).ask1('resources/list');
    const [probe] = inner.frames;
    expect(probe?.message).toMatchObject({
      method: 'server/discover',
      params: {
        _meta: {
          'io.modelcontextprotocol/clientInfo': { name: 'sallyport', version: version() },
        },
      },
    });
  });

  it('is asked for again after a while', async () => {
    const { url } = await started(startStatelessServer());
    const inner = tapped(url);
    let now = 0;
    const client = connect({ inner, clock: () => now });
    await client.ask1('resources/list');
    now += 299_000;
    await client.ask1('resources/list');
    now += 2_000;
    await client.ask1('resources/list');
    expect(inner.methods.filter((method) => method === 'server/discover')).toHaveLength(2);
  });

  it('needs no finding out where the configuration says it', async () => {
    const { url } = await started(startStatelessServer());
    const inner = tapped(url);
    const client = connect({ inner, era: 'stateless' });
    await client.initialize();
    expect(inner.methods).toEqual(['server/discover']);
  });

  it('is not guessed from an upstream that cannot be reached', async () => {
    const upstream = await HttpUpstream.start();
    const { url } = upstream;
    await upstream.close();
    const client = connect({ url });
    const sink = await client.ask1('tools/list');
    expect(sink.error?.code).toBe('UPSTREAM_UNREACHABLE');
  });

  it('is the session era where the upstream says nothing to the question', async () => {
    const upstream = await HttpUpstream.start((response, { method: verb, body }, id) => {
      if (verb !== 'POST') return response.writeHead(405).end();
      if (body.includes('server/discover')) return;
      const { method } = JSON.parse(body);
      if (id === undefined) return response.writeHead(202).end();
      const result =
        method === 'initialize'
          ? { protocolVersion: '2025-06-18', capabilities: {}, serverInfo: { name: 'mute' } }
          : { content: [] };
      json(response, JSON.stringify({ jsonrpc: '2.0', id, result }));
    });
    stops.push(() => upstream.close());
    const client = connect({ url: upstream.url, times: { probe: 100 } });
    expect(resultOf(await client.call1('any'))).toMatchObject({ resultType: 'complete' });
  });

  it('is found out anew after the upstream was replaced by a newer one', async () => {
    const [old, young] = [
      await started(startSessionServer()),
      await started(startStatelessServer()),
    ];
    const upstream = await started(startSwitch(old.url));
    const client = connect({ url: upstream.url });
    expect(textOf(await client.call1('id'))).toMatch(/^number/);
    upstream.to = young.url;
    expect((await client.call1('id')).error?.code).toBe('UPSTREAM_ENDED');
    const sink = await client.call1('echo', {}, { arguments: { say: 'new' } });
    expect(textOf(sink)).toBe('new');
  });

  it('that was found out matters no more than what the upstream says', async () => {
    const [old, young] = [
      await started(startSessionServer()),
      await started(startStatelessServer()),
    ];
    const upstream = await started(startSwitch(young.url));
    const client = connect({ url: upstream.url });
    await client.initialize();
    expect(client.session).toMatch(/^era1/);
    upstream.to = old.url;
    await client.initialize();
    expect(client.session).not.toMatch(/^era1/);
    expect(old.sessions).toBe(1);
  });

  it('is found out anew after the upstream was replaced by an older one', async () => {
    const [old, young] = [
      await started(startSessionServer()),
      await started(startStatelessServer()),
    ];
    const upstream = await started(startSwitch(young.url));
    let now = 0;
    const client = connect({ url: upstream.url, clock: () => now });
    await client.initialize();
    now += 60_000;
    upstream.to = old.url;
    const lost = client.call('id');
    await lost.over;
    expect(lost.error?.code).toBe('SESSION_UNKNOWN');
    await client.initialize();
    expect(old.sessions).toBe(1);
  });
});

/** An upstream that is another from one moment to the next. */
async function startSwitch(to: string) {
  const own = { to, url: '', stop: () => upstream.close() };
  const upstream = await HttpUpstream.start((response, { method, headers, body }) => {
    const { host: _, connection: __, 'content-length': ___, ...kept } = headers;
    const sent = method === 'POST' ? { body } : {};
    const asked = { method, headers: kept as Record<string, string>, ...sent };
    if (method === 'GET') return response.writeHead(405).end();
    void fetch(own.to, asked).then(async (answer) => {
      const session = answer.headers.get('mcp-session-id');
      const type = answer.headers.get('content-type') ?? 'text/plain';
      response
        .writeHead(answer.status, {
          'content-type': type,
          ...(session && { 'mcp-session-id': session }),
        })
        .end(await answer.text());
    });
  });
  own.url = upstream.url;
  return own;
}

describe('where the eras agree', () => {
  it('a session goes through as it is', async () => {
    const { url } = await started(startSessionServer());
    const inner = tapped(url);
    const client = connect({ inner });
    await client.initialize({ elicitation: {} });
    const sink = client.call('ask');
    await vi.waitFor(() => expect(questionsIn(sink)).toHaveLength(1));
    await client.answer(questionsIn(sink)[0]?.id ?? 0, { action: 'decline' });
    await sink.over;
    expect(textOf(sink)).toContain('decline');
    expect(inner.methods).toEqual(['initialize', 'notifications/initialized', 'tools/call']);
    expect(resultOf(sink)).not.toHaveProperty('resultType');
  });

  it('a stateless request goes through as it is', async () => {
    const { url } = await started(startStatelessServer());
    const inner = tapped(url);
    const client = connect({ inner });
    const params = { name: 'echo', arguments: { say: 'x' } };
    const sink = await client.ask1('tools/call', params, { id: 'own' });
    expect(inner.frames.at(-1)?.message).toMatchObject({ id: 'own' });
    expect(resultOf(sink)).toMatchObject({ resultType: 'complete' });
  });

  it('a server of both eras serves clients of both as they are', async () => {
    const { url } = await started(startStatelessServer('stateless'));
    const inner = tapped(url);
    const client = connect({ inner });
    await client.initialize();
    const params = { name: 'echo', arguments: { say: 'x' } };
    const old = await client.ask('tools/call', params);
    expect(resultOf(old)).not.toHaveProperty('resultType');
    const young = await client.ask1('tools/call', params);
    expect(resultOf(young)).toHaveProperty('resultType');
    expect(inner.methods).toEqual([
      'initialize',
      'notifications/initialized',
      'tools/call',
      'server/discover',
      'tools/call',
    ]);
  });

  it('a session that the server refuses for good reasons is refused', async () => {
    const upstream = await HttpUpstream.start((response, _received, id) => {
      const error = { code: -32602, message: 'no such version' };
      json(response, JSON.stringify({ jsonrpc: '2.0', id, error }));
    });
    stops.push(() => upstream.close());
    const sink = await connect({ url: upstream.url }).initialize();
    expect(sink.heard).toEqual(['open', 'error', 'end']);
    expect(errorOf(sink)).toEqual({ code: -32602, message: 'no such version' });
  });
});

describe('servers on stdio', () => {
  it('without sessions serve session-era clients', async () => {
    const client = connect({ inner: stdio(statelessServer) });
    await client.initialize();
    const sink = client.call('id');
    await sink.over;
    expect(textOf(sink)).toMatch(/^number/);
    const held = client.start('tools/call', { name: 'hold', arguments: { label: 'x' } });
    await client.call('release').over;
    await vi.waitFor(async () => {
      await client.call('release').over;
      expect(held.heard).toContain('end');
    });
  });

  it('with sessions serve stateless clients (server-everything)', async () => {
    const entry = import.meta.resolve('@modelcontextprotocol/server-everything/dist/index.js');
    const command = [process.execPath, fileURLToPath(entry), 'stdio'];
    const client = connect({ inner: stdio(command), times: { probe: 20_000 } });
    const capabilities = { sampling: {}, elicitation: {}, roots: {} };
    const discovered = resultOf(await client.ask1('server/discover', {}, { capabilities }));
    expect(discovered).toMatchObject({ supportedVersions: ['2026-07-28'] });
    const args = { arguments: { prompt: 'hi', maxTokens: 5 } };
    const name = 'trigger-sampling-request';
    const asked = resultOf(await client.call1(name, { capabilities }, args));
    expect(asked).toMatchObject({ resultType: 'input_required' });
    const [key = ''] = Object.keys(asked.inputRequests as object);
    const content = { type: 'text', text: 'sampled' };
    const inputResponses = { [key]: { role: 'assistant', model: 'm', content } };
    const state = { inputResponses, requestState: asked.requestState ?? '' };
    const sink = await client.call1(name, { capabilities }, { ...args, ...state });
    expect(textOf(sink)).toContain('sampled');
  });
});
