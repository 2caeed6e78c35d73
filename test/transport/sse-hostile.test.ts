import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SseLinkOptions } from '../../src/transport/sse/link.ts';
import { CollectingSink } from './fixtures/collecting-sink.ts';
import { begin, endpoint, RawSseServer, said } from './fixtures/raw-sse-server.ts';
import { SseClient } from './fixtures/sse-client.ts';
import { never, notification, request } from './fixtures/stdio-client.ts';

let server: RawSseServer;
const clients: SseClient[] = [];
beforeEach(async () => {
  server = await RawSseServer.start();
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.link.stop()));
  await server.close();
});
function client(options: Partial<SseLinkOptions> = {}): SseClient {
  const made = new SseClient(server.url, options);
  clients.push(made);
  return made;
}
async function connect(options: Partial<SseLinkOptions> = {}): Promise<SseClient> {
  const made = client(options);
  await made.initialize();
  return made;
}

describe('the endpoint that an upstream over HTTP with SSE names', () => {
  it.each([
    ['/messages?session=1', '/messages?session=1'],
    ['messages', '/base/messages'],
    ['?session=1', '/base/sse?session=1'],
    ['../up#part', '/up'],
  ])('may be relative: %s', async (data, path) => {
    server.open = (response) => {
      begin(response);
      response.write(endpoint(data));
    };
    expect((await client().initialize()).error).toBeUndefined();
    expect(server.posts[0]?.path).toBe(path);
  });

  it('may be absolute, with the origin of the upstream', async () => {
    server.open = (response) => {
      begin(response);
      response.write(endpoint(`${server.origin}/there`));
    };
    expect((await client().initialize()).error).toBeUndefined();
    expect(server.posts[0]?.path).toBe('/there');
  });

  it.each([
    ['another host', () => 'http://other.example/messages'],
    ['another host, relative to the scheme', () => '//other.example/messages'],
    ['another port', () => 'http://127.0.0.1:1/messages'],
    ['another name of the host', () => server.origin.replace('127.0.0.1', 'localhost')],
    ['another scheme', () => server.origin.replace('http:', 'https:')],
    ['a host in place of a password', () => `${server.origin}@other.example/messages`],
    ['a URL inside another', () => `blob:${server.origin}/messages`],
    ['no host', () => 'data:text/plain,hello'],
    ['no URL', () => 'http://['],
    ['nothing', () => `${server.origin}/${'x'.repeat(9_000)}`],
  ])('must be of the same origin: %s', async (_, data) => {
    server.open = (response) => {
      begin(response);
      response.write(endpoint(data()));
    };
    const made = client();
    const sink = await made.initialize();
    expect(sink.heard).toEqual(['fail']);
    expect(sink.error?.code).toBe('UPSTREAM_INVALID');
    expect(server.posts).toEqual([]);
    expect((await made.call('echo')).error?.code).toBe('SESSION_UNKNOWN');
  });

  it('must come in time, whatever else comes', async () => {
    server.open = (response) => {
      begin(response);
      const pings = setInterval(() => response.write(`: ping\n\n${said({ method: 'x' })}`), 50);
      response.on('close', () => clearInterval(pings));
    };
    const sink = await client({ timeout: 400 }).initialize();
    expect(sink.error?.code).toBe('UPSTREAM_TIMEOUT');
  });

  it('stays as it was named first', async () => {
    const made = await connect();
    server.post = ({ id }, response, stream) => {
      response.writeHead(202).end();
      stream.write(`${endpoint('/other')}${endpoint('http://other.example')}`);
      stream.write(said({ id, result: {} }));
    };
    await made.call('echo');
    expect((await made.call('echo')).error).toBeUndefined();
    expect(new Set(server.posts.map(({ path }) => path))).toEqual(new Set(['/messages?session=1']));
  });
});

const stream = { 'content-type': 'text/event-stream' };

describe('a stream over HTTP with SSE that is none', () => {
  it.each<[string, (response: ServerResponse) => void, string]>([
    ['another type', (r) => r.end('{}'), 'UPSTREAM_INVALID'],
    ['no body', (r) => r.writeHead(204).end(), 'UPSTREAM_INVALID'],
    ['encoded', (r) => begin(r, { 'content-encoding': 'gzip' }), 'UPSTREAM_INVALID'],
    ['redirected', (r) => r.writeHead(307, { location: '/sse2' }).end(), 'UPSTREAM_STATUS'],
    ['not there', (r) => r.writeHead(404).end(), 'UPSTREAM_STATUS'],
    ['not allowed', (r) => r.writeHead(405).end(), 'UPSTREAM_STATUS'],
    ['not authorized', (r) => r.writeHead(401).end(), 'UPSTREAM_STATUS'],
    ['too many', (r) => r.writeHead(429, { 'retry-after': '7' }).end(), 'UPSTREAM_RATE_LIMIT'],
    ['broken off', (r) => r.destroy(), 'UPSTREAM_ENDED'],
    ['ended', (r) => r.writeHead(200, stream).end(), 'UPSTREAM_ENDED'],
    [
      'broken off later',
      (r) => r.writeHead(200, stream).write(':\n', () => r.destroy()),
      'UPSTREAM_ENDED',
    ],
    ['silent', () => {}, 'UPSTREAM_TIMEOUT'],
  ])('fails initialize: %s', async (_, open, code) => {
    server.open = open;
    const made = client({ timeout: 700, sessions: 1 });
    for (let i = 0; i < 2; i++) {
      const sink = await made.initialize();
      expect(sink.heard).toEqual(['fail']);
      expect(sink.error?.code).toBe(code);
    }
    expect(server.gets).toEqual(['/base/sse', '/base/sse']);
    expect(server.posts).toEqual([]);
  });

  it('fails initialize where nobody answers', async () => {
    const made = new SseClient('http://127.0.0.1:1/sse');
    expect((await made.initialize()).error?.code).toBe('UPSTREAM_UNREACHABLE');
    await made.link.stop();
  });

  it('says when to come back', async () => {
    server.open = (response) => response.writeHead(503, { 'retry-after': '120' }).end();
    const { error } = await client().initialize();
    expect(error).toMatchObject({ code: 'UPSTREAM_BUSY', retryAfter: '120' });
  });

  it.each([
    ['data', 'data: '],
    ['many lines of data', 'data: x\ndata: '],
    ['a name', 'event: '],
  ])('is ended where an event does not end: %s', async (_, start) => {
    const made = await connect();
    server.post = (_message, response, stream) => {
      response.writeHead(202).end();
      stream.write(start);
      const part = start.startsWith('data: x') ? 'x\ndata: '.repeat(8_000) : 'x'.repeat(60_000);
      const more = setInterval(() => stream.write(part), 5);
      stream.on('close', () => clearInterval(more));
    };
    const sink = await made.call('echo');
    expect(sink.error?.code).toBe('UPSTREAM_INVALID');
    expect((await made.call('echo')).error?.code).toBe('SESSION_UNKNOWN');
  });
});

describe('messages to and from an upstream over HTTP with SSE', () => {
  it('may be junk; the log says so once and never what', async () => {
    const made = await connect();
    server.post = ({ id }, response, stream) => {
      response.writeHead(202).end();
      stream.write('data: Listening!\n\ndata:\n\nevent: other\ndata: {}\n\n');
      stream.write(`data: [${JSON.stringify({ jsonrpc: '2.0', id, result: {} })}]\n\n`);
      stream.write(said({ id, result: { after: 'junk' } }));
    };
    const sink = await made.call('echo');
    expect(sink.messages).toMatchObject([{ result: { after: 'junk' } }]);
    const warnings = made.log.lines.filter((line) => line.startsWith('warn'));
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).not.toContain('Listening');
  });

  it('may come a byte at a time', async () => {
    const bytes = (text: string, stream: ServerResponse) => {
      const all = Buffer.from(text);
      const write = (at: number) => {
        stream.write(all.subarray(at, at + 1));
        if (at + 1 < all.length) setImmediate(write, at + 1);
      };
      write(0);
    };
    server.open = (response) => {
      begin(response);
      bytes('\uFEFFevent: endpoint\r\ndata: /messages\r\n\r\n', response);
    };
    const made = await connect();
    server.post = ({ id }, response, stream) => {
      response.writeHead(202).end();
      bytes(`data: {"jsonrpc":"2.0",\rdata: "id":${id},"result":{"x":"🎈"}}\r\r`, stream);
    };
    const sink = await made.call('echo');
    expect(sink.messages).toMatchObject([{ result: { x: '🎈' } }]);
  });

  it('may be answered on the stream before they are accepted', async () => {
    const made = await connect();
    server.post = ({ id }, response, stream) => {
      stream.write(said({ id, result: {} }));
      setTimeout(() => response.writeHead(200).end('Accepted'), 100);
    };
    expect((await made.call('echo')).heard).toEqual(['open', 'result', 'end']);
  });

  it.each([
    [400, 'UPSTREAM_STATUS'],
    [308, 'UPSTREAM_STATUS'],
    [429, 'UPSTREAM_RATE_LIMIT'],
    [503, 'UPSTREAM_BUSY'],
    [404, 'SESSION_UNKNOWN'],
  ])('fail where they are refused with status %i', async (status, code) => {
    const made = await connect();
    const stays = made.listen();
    server.post = (_message, response) => {
      response.writeHead(status, { location: '/elsewhere' }).end('no');
    };
    const note = made.send(notification('notifications/more'));
    await note.over;
    expect(note.error?.code).toBe(code);
    expect(note.heard).toEqual(['fail']);
    const again = await made.call('echo');
    expect(again.error?.code).toBe(code);
    expect(stays.heard).toEqual(status === 404 ? ['open', 'end'] : ['open']);
    expect(server.posts.map(({ path }) => path)).not.toContain('/elsewhere');
  });

  it('fail where nobody accepts them in time', async () => {
    const made = await connect({ timeout: 400 });
    server.post = () => {};
    const note = made.send(notification('notifications/more'));
    const call = made.start('echo');
    await Promise.all([note.over, call.over]);
    expect(note.error?.code).toBe('UPSTREAM_TIMEOUT');
    expect(call.error?.code).toBe('UPSTREAM_TIMEOUT');
  });

  it('fail where the connection breaks, alone', async () => {
    const made = await connect();
    const good = server.post;
    server.post = (_message, response) => void response.destroy();
    expect((await made.call('echo')).error?.code).toBe('UPSTREAM_ENDED');
    server.post = good;
    expect((await made.call('echo')).error).toBeUndefined();
  });

  it('are heard to the last words, however long that takes', async () => {
    const made = await connect();
    server.post = ({ id }, response, stream) => {
      response.writeHead(202).end();
      stream.write(said({ method: 'notifications/message', params: { data: 1 } }));
      stream.end(said({ id, result: { last: 'words' } }));
    };
    const { promise, resolve } = Promise.withResolvers<void>();
    const sink = made.start('echo');
    sink.taking = promise;
    await vi.waitFor(() => expect(sink.heard).toEqual(['open', 'notification']));
    resolve();
    await sink.over;
    expect(sink.messages[1]).toMatchObject({ result: { last: 'words' } });
  });

  it('are read no more while a sink takes its time, and all of them after', async () => {
    const made = await connect();
    const note = said({ method: 'notifications/message', params: { data: 'x'.repeat(1_000) } });
    let written = 0;
    server.post = async ({ id }, response, stream) => {
      response.writeHead(202).end();
      for (; written < 20_000; written++) if (!stream.write(note)) await once(stream, 'drain');
      stream.write(said({ id, result: {} }));
    };
    const { promise, resolve } = Promise.withResolvers<void>();
    const sink = new CollectingSink();
    sink.taking = promise;
    const call = request('tools/call', { name: 'much' }, 'slow');
    made.link.send(call, { owner: 'ana', session: made.session }, sink, never);
    await vi.waitFor(() => expect(sink.messages).toHaveLength(1));
    expect(await settled(() => written)).toBeLessThan(20_000);
    expect(sink.messages).toHaveLength(1);
    sink.taking = undefined;
    resolve();
    await sink.over;
    expect(sink.messages).toHaveLength(20_001);
  });
});

/** A number once it changes no more. */
async function settled(value: () => number): Promise<number> {
  for (let before = value(), same = 0; same < 3; before = value()) {
    await new Promise((done) => setTimeout(done, 150));
    same = value() === before ? same + 1 : 0;
  }
  return value();
}
