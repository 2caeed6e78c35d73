import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SseLinkOptions } from '../../src/transport/sse/link.ts';
import { LegacyServer } from './fixtures/legacy-server.ts';
import { SseClient } from './fixtures/sse-client.ts';
import { answer, notification, textOf } from './fixtures/stdio-client.ts';

const limits = { bytes: 4_194_304, depth: 64 };

describe('a server over HTTP with SSE', () => {
  let server: LegacyServer;
  const clients: SseClient[] = [];
  beforeEach(async () => {
    server = await LegacyServer.start();
  });
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.link.stop()));
    await server.close();
  });
  async function connect(options: Partial<SseLinkOptions> = {}): Promise<SseClient> {
    const client = new SseClient(server.url, options);
    clients.push(client);
    await client.initialize();
    return client;
  }

  it('has a stream of its own for each session', async () => {
    const client = await connect();
    const first = client.session;
    const sink = await client.initialize();
    expect(sink.heard).toEqual(['open', 'result', 'end']);
    expect(sink.head?.streamed).toBe(false);
    expect(client.session).not.toBe(first);
    expect(server.streams).toBe(2);
  });

  it('answers calls, each with its id', async () => {
    const client = await connect();
    const sinks = ['one', 'two'].map((text) => client.start('echo', { arguments: { text } }));
    await Promise.all(sinks.map((sink) => sink.over));
    expect(sinks.map(textOf)).toEqual(['one', 'two']);
  });

  it('gets the configured headers with every request', async () => {
    await connect({ headers: { authorization: 'Bearer configured' } });
    expect(server.received.length).toBeGreaterThan(2);
    const tokens = server.received.map(({ authorization }) => authorization);
    expect(new Set(tokens)).toEqual(new Set(['Bearer configured']));
  });

  it('reports progress to the call that asked for it', async () => {
    const client = await connect();
    const sink = await client.call('steps', { _meta: { progressToken: 7 } });
    expect(sink.heard).toEqual(['open', 'notification', 'notification', 'result', 'end']);
  });

  it('asks the client within a call and takes its answer', async () => {
    const client = await connect();
    const sink = client.start('sample');
    await vi.waitFor(() => expect(sink.heard).toEqual(['open', 'request']));
    const [question] = sink.messages;
    const id = question && 'id' in question ? question.id : null;
    const content = { type: 'text', text: 'sampled' };
    const sent = client.send(answer(id ?? '', { role: 'assistant', content, model: 'm' }));
    await Promise.all([sink.over, sent.over]);
    expect(textOf(sink)).toContain('sampled');
    expect(sent.heard).toEqual(['open', 'end']);
  });

  it('notifies whoever listens', async () => {
    const client = await connect();
    const listener = client.listen();
    await client.call('announce');
    await vi.waitFor(() => expect(listener.heard).toEqual(['open', 'notification']));
    expect(listener.messages[0]).toMatchObject({ params: { data: 'later' } });
  });

  it('ends a session by closing its stream', async () => {
    const client = await connect();
    const [waiting, listener] = [client.start('silent'), client.listen()];
    await client.link.end({ owner: 'ana', session: client.session });
    expect(waiting.error?.code).toBe('UPSTREAM_ENDED');
    expect(listener.heard).toEqual(['open', 'end']);
    expect((await client.call('echo')).error?.code).toBe('SESSION_UNKNOWN');
    await vi.waitFor(() => expect(server.streams).toBe(0));
  });

  it('ends a session when its stream ends', async () => {
    const client = await connect();
    const [waiting, listener] = [client.start('silent'), client.listen()];
    server.breakOff();
    await Promise.all([waiting.over, listener.over]);
    expect(waiting.error?.code).toBe('UPSTREAM_ENDED');
    expect(listener.heard).toEqual(['open', 'end']);
    expect((await client.call('echo')).error?.code).toBe('SESSION_UNKNOWN');
    expect((await client.initialize()).error).toBeUndefined();
  });

  it('ends a session that the server has forgotten, though its stream is open', async () => {
    const client = await connect();
    await client.call('forget');
    await vi.waitFor(async () => {
      const sent = client.send(notification('notifications/more'));
      await sent.over;
      expect(sent.error?.code).toBe('SESSION_UNKNOWN');
    });
    expect((await client.call('echo')).error?.code).toBe('SESSION_UNKNOWN');
  });

  it('ends a session that is not used', async () => {
    const client = await connect({ idle: 100 });
    await vi.waitFor(() => expect(server.streams).toBe(0), { timeout: 5_000 });
    expect((await client.call('echo')).error?.code).toBe('SESSION_UNKNOWN');
  });

  it('refuses more sessions than it may have, until one has ended', async () => {
    const client = await connect({ sessions: 1 });
    const refused = await client.begin();
    expect(refused.error?.code).toBe('SESSION_LIMIT');
    expect(refused.error?.hint).toContain('sessions');
    await client.link.end({ owner: 'ana', session: client.session });
    expect((await client.initialize()).error).toBeUndefined();
  });

  it('opens no session for an initialize that was given up', async () => {
    const client = await connect({ sessions: 2 });
    const controller = new AbortController();
    const sink = client.begin(controller.signal);
    controller.abort();
    expect((await client.initialize()).error).toBeUndefined();
    expect(sink.heard).toEqual([]);
    await vi.waitFor(() => expect(server.streams).toBe(2));
  });

  it('refuses everything once the link is stopped', async () => {
    const client = await connect();
    const waiting = client.start('silent');
    await client.link.stop();
    expect(waiting.error?.code).toBe('GATE_STOPPING');
    expect((await client.initialize()).error?.code).toBe('GATE_STOPPING');
    await vi.waitFor(() => expect(server.streams).toBe(0));
  });
});

describe('the reference server over HTTP with SSE', () => {
  let client: SseClient;
  let stop = () => {};
  beforeAll(async () => {
    const port = await freePort();
    const entry = import.meta.resolve('@modelcontextprotocol/server-everything/dist/index.js');
    const server = spawn(process.execPath, [fileURLToPath(entry), 'sse'], {
      env: { ...process.env, PORT: String(port) },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    stop = () => server.kill();
    let said = '';
    server.stderr.on('data', (chunk) => {
      said += chunk;
    });
    await vi.waitFor(() => expect(said).toContain('is running'), { timeout: 20_000 });
    client = new SseClient(`http://127.0.0.1:${port}/sse`, { timeout: 60_000, limits });
    await client.initialize();
  }, 30_000);
  afterAll(async () => {
    await client.link.stop();
    stop();
  });

  it('answers a call', async () => {
    const sink = await client.call('echo', { arguments: { message: 'hello' } });
    expect(textOf(sink)).toContain('hello');
  });

  it('reports progress to the call that asked for it', async () => {
    const sink = await client.call('trigger-long-running-operation', {
      arguments: { duration: 0.5, steps: 2 },
      _meta: { progressToken: 'p' },
    });
    expect(sink.heard).toEqual(['open', 'notification', 'notification', 'result', 'end']);
  });

  it('asks the client within a call and takes its answer', async () => {
    const sink = client.start('trigger-sampling-request', {
      arguments: { prompt: 'hi', maxTokens: 5 },
    });
    await vi.waitFor(() => expect(sink.heard).toEqual(['open', 'request']));
    const [question] = sink.messages;
    const id = question && 'id' in question ? question.id : null;
    const content = { type: 'text', text: 'sampled' };
    client.send(answer(id ?? '', { role: 'assistant', content, model: 'm' }));
    await sink.over;
    expect(textOf(sink)).toContain('sampled');
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
