import { brotliCompressSync, constants, createGzip, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { HttpClient, limits } from './fixtures/http-client.ts';
import {
  answerJson,
  event,
  HttpUpstream,
  json,
  noteText,
  resultText,
  saying,
  sse,
  startTcp,
} from './fixtures/http-upstream.ts';
import { textOf } from './fixtures/stdio-client.ts';

let upstream: HttpUpstream;
let client: HttpClient;

beforeEach(async () => {
  upstream = await HttpUpstream.start();
  client = new HttpClient(upstream.url);
});
afterEach(async () => {
  // Whatever a body did, the next call is none the worse for it.
  upstream.handler = answerJson;
  expect(textOf(await client.call())).toBe('fine');
  await client.link.stop();
  await upstream.close();
});

const stream = (id: unknown) =>
  `\ufeff: hello\n\nid: e1\ndata:\n\n${event(noteText('grüße 🎈'), 'event: message\r\n')}` +
  `retry: 500\r\n\r\ndata: ${resultText(id).replace('{', '{\rdata: ')}\r\n\r\n`;

it('reads a stream of events, with all that the format allows', async () => {
  upstream.handler = (response, _, id) => sse(response, stream(id));
  const sink = await client.call();
  expect(sink.heard).toEqual(['open', 'notification', 'result', 'end']);
  expect(sink.messages[0]).toMatchObject({ params: { data: 'grüße 🎈' } });
  expect(sink.head).toEqual({ streamed: true });
});

it('reads the same events wherever the stream is cut', async () => {
  const bytes = Buffer.from(stream(1));
  for (let at = 0; at <= bytes.length; at++) {
    upstream.handler = (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(bytes.subarray(0, at));
      setImmediate(() => response.end(bytes.subarray(at)));
    };
    const sink = client.start({}, undefined, 1);
    await sink.over;
    expect([at, sink.heard]).toEqual([at, ['open', 'notification', 'result', 'end']]);
    expect(textOf(sink)).toBe('fine');
  }
});

it('reads a stream that comes byte by byte', async () => {
  const bytes = [...Buffer.from(stream(1))];
  upstream.handler = (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const next = () => {
      const byte = bytes.shift();
      if (byte === undefined) response.end();
      else response.write(Buffer.of(byte), () => setImmediate(next));
    };
    next();
  };
  const sink = client.start({}, undefined, 1);
  await sink.over;
  expect(sink.heard).toEqual(['open', 'notification', 'result', 'end']);
});

it.each(['\n', '\r', '\r\n'])('takes %j for the end of a line', async (end) => {
  upstream.handler = (response, _, id) =>
    sse(response, `: x${end}id: 7${end}data: ${resultText(id)}${end}${end}`);
  expect(textOf(await client.call())).toBe('fine');
});

it('drops events that are not MCP, and keeps the others', async () => {
  const bad = ['rubbish', '[]', '{"a":1}', 'null', `[${resultText(1)}]`, '['.repeat(10_000)];
  const events = bad.map((data) => event(data)).join('');
  const other = event(noteText('of another kind'), 'event: endpoint\n');
  upstream.handler = (response, _, id) =>
    sse(response, event(noteText(1)) + events + other + event(resultText(id)));
  const sink = await client.call();
  expect(sink.heard).toEqual(['open', 'notification', 'result', 'end']);
  expect(client.log.lines.filter((line) => line.startsWith('warn'))).toHaveLength(bad.length);
});

it.each([
  ['a stream', event('{"x":1}')],
  ['space, then a stream', ` \n\n${event('{"x":1}')}`],
  ['a stream with a byte order mark', `\ufeff${event('{"x":1}')}`],
  ['a comment, then a stream', `: hi\n\n${event('{"x":1}')}`],
])('sees that %s stands under a JSON content type', async (_name, prefix) => {
  upstream.handler = (response, _, id) => json(response, prefix + event(resultText(id)));
  const sink = await client.call();
  expect(sink.heard).toEqual(['open', 'result', 'end']);
  expect(sink.head?.streamed).toBe(true);
});

it('sees a stream under a JSON content type whose space comes on its own', async () => {
  upstream.handler = (response, _, id) => {
    response.writeHead(200, { 'content-type': 'application/json' }).write('\n\n');
    setImmediate(() => response.end(event(resultText(id))));
  };
  expect((await client.call()).heard).toEqual(['open', 'result', 'end']);
});

it.each([
  ['space around it', (text: string) => `\r\n\t ${text} \n`],
  ['a byte order mark', (text: string) => `\ufeff${text}`],
  ['lines', (text: string) => JSON.stringify(JSON.parse(text), null, 2)],
])('reads a JSON answer with %s', async (_name, written) => {
  upstream.handler = (response, _, id) => json(response, written(resultText(id)));
  const sink = await client.call();
  expect(sink.heard).toEqual(['open', 'result', 'end']);
  expect(sink.head?.streamed).toBe(false);
});

it.each(['application/json; charset=utf-8', 'APPLICATION/JSON', 'text/plain', ''])(
  'reads a JSON answer of content type %j',
  async (type) => {
    upstream.handler = (response, _, id) =>
      json(response, resultText(id), 200, { 'content-type': type });
    expect(textOf(await client.call())).toBe('fine');
  },
);

it.each([
  ['no JSON', 'not json'],
  ['half of it', '{"jsonrpc":"2.0","id":1,"resu'],
  ['a page', '<!doctype html><h1>Login</h1>'],
  ['null', 'null'],
  ['a string', '"fine"'],
  ['a number', '5'],
  ['nothing but space', '  \n'],
  ['an object of another kind', '{"ok":true}'],
  ['a batch', `[${resultText(1)}]`],
  ['an empty batch', '[]'],
  ['deep JSON', `{"jsonrpc":"2.0","id":1,"result":{"x":${'['.repeat(9_000)}${']'.repeat(9_000)}}}`],
  ['a result that is no object', '{"jsonrpc":"2.0","id":1,"result":[1]}'],
  ['a result and an error', '{"jsonrpc":"2.0","id":1,"result":{},"error":{}}'],
  ['another version of JSON-RPC', '{"jsonrpc":"1.0","id":1,"result":{}}'],
  ['bytes that are not UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d])],
  ['the end of a compressed body only', gzipSync('{}').subarray(4)],
])('refuses %s as an answer', async (_name, body) => {
  upstream.handler = (response) => json(response, body);
  const sink = await client.call();
  expect(sink.heard).toEqual(['fail']);
  expect(sink.error?.code).toBe('UPSTREAM_INVALID');
  expect(sink.error?.message).not.toContain('Login');
});

it('just ends where there is no answer at all', async () => {
  upstream.handler = (response) => json(response, '');
  expect((await client.call()).heard).toEqual(['open', 'end']);
  upstream.handler = (response) => sse(response, ': nothing\n\n');
  expect((await client.call()).heard).toEqual(['open', 'end']);
  upstream.handler = (response) => json(response, 'null', 202);
  expect((await client.call()).heard).toEqual(['open', 'end']);
});

const large = 'x'.repeat(limits.bytes);

it.each([true, false])(
  'refuses a JSON answer over the limit (its length given: %s)',
  async (given) => {
    upstream.handler = (response, _, id) => {
      const body = resultText(id, large);
      const length = given ? { 'content-length': String(Buffer.byteLength(body)) } : {};
      response.writeHead(200, { 'content-type': 'application/json', ...length });
      response.write(body.slice(0, 10));
      response.end(body.slice(10));
    };
    const sink = await client.call();
    expect(sink.heard).toEqual(['fail']);
    expect(sink.error?.code).toBe('UPSTREAM_INVALID');
  },
);

it('stops reading an answer that outgrows the limit', async () => {
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  upstream.handler = (response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).write(`{"x":"${large}${large}`);
    response.once('close', resolve);
  };
  expect((await client.call()).error?.code).toBe('UPSTREAM_INVALID');
  await closed;
});

it.each(['data: ', 'id: ', 'event: '])(
  'refuses a stream with a line over the limit that begins with %j',
  async (start) => {
    upstream.handler = (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(event(noteText(1)) + start + large + large);
    };
    const sink = await client.call();
    expect(sink.heard).toEqual(['open', 'notification', 'fail']);
    expect(sink.error?.code).toBe('UPSTREAM_INVALID');
  },
);

it('passes over a comment of any length', async () => {
  upstream.handler = (response, _, id) => sse(response, `: ${large}\n\n${event(resultText(id))}`);
  expect(textOf(await client.call())).toBe('fine');
});

const encodings = {
  gzip: gzipSync,
  'x-gzip': gzipSync,
  GZIP: gzipSync,
  deflate: deflateSync,
  br: brotliCompressSync,
};

it.each(Object.entries(encodings))('reads a body compressed by %s', async (encoding, compress) => {
  const headers = { 'content-encoding': encoding };
  upstream.handler = (response, _, id) => json(response, compress(resultText(id)), 200, headers);
  expect((await client.call()).heard).toEqual(['open', 'result', 'end']);

  upstream.handler = (response, _, id) => sse(response, compress(stream(id)), headers);
  expect((await client.call()).heard).toEqual(['open', 'notification', 'result', 'end']);
});

it('reads a body that is said not to be compressed', async () => {
  upstream.handler = (response, _, id) =>
    json(response, resultText(id), 200, { 'content-encoding': 'identity' });
  expect(textOf(await client.call())).toBe('fine');
});

it('reads each event of a compressed stream as soon as it is sent', async () => {
  const gzip = createGzip({ flush: constants.Z_SYNC_FLUSH });
  upstream.handler = (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'content-encoding': 'gzip' });
    gzip.pipe(response);
    gzip.write(event(noteText(1)));
  };
  const sink = client.start({}, undefined, 'one');
  await expect.poll(() => sink.heard).toEqual(['open', 'notification']);
  gzip.end(event(resultText('one')));
  await sink.over;
  expect(sink.heard).toEqual(['open', 'notification', 'result', 'end']);
});

it.each([
  ['an unknown encoding', 'zstd-17', 'x'],
  ['two encodings', 'gzip, gzip', gzipSync(gzipSync('{}'))],
  ['a body that is not compressed', 'gzip', resultText(1)],
  ['a broken body', 'br', brotliCompressSync(large).subarray(5)],
  ['half a body', 'deflate', deflateSync(resultText(1)).subarray(0, -10)],
  ['the name of an inherited member', 'constructor', resultText(1)],
])('refuses %s', async (_name, encoding, body) => {
  upstream.handler = (response) => json(response, body, 200, { 'content-encoding': encoding });
  const sink = await client.call();
  expect(sink.heard).toEqual(['fail']);
  expect(sink.error?.code).toBe('UPSTREAM_INVALID');
});

it.each([
  ['gzip', gzipSync],
  ['br', brotliCompressSync],
] as const)('does not unpack a bomb in %s further than the limit', async (encoding, compress) => {
  const bomb = compress(Buffer.alloc(50_000_000, 0x20));
  const headers = { 'content-encoding': encoding };
  upstream.handler = (response) => json(response, bomb, 200, headers);
  expect((await client.call()).error?.code).toBe('UPSTREAM_INVALID');

  const events = compress(event(noteText('x')).repeat(200_000));
  upstream.handler = (response) => sse(response, events, headers);
  const sink = client.start();
  const { promise, resolve } = Promise.withResolvers<void>();
  sink.taking = promise;
  await expect.poll(() => sink.messages.length).toBeGreaterThan(0);
  await new Promise((done) => setTimeout(done, 200));
  expect(sink.messages.length).toBeLessThan(10_000);
  sink.taking = undefined;
  resolve();
  await sink.over;
  expect(sink.messages.length).toBe(200_000);
});

it('takes an early hint for no answer', async () => {
  const body = resultText(1);
  const tcp = await startTcp(
    saying(
      'HTTP/1.1 103 Early Hints\r\nlink: </x>\r\nmcp-session-id: early\r\n\r\n' +
        `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    ),
  );
  const other = new HttpClient(tcp.url);
  const sink = await other.call();
  expect(sink.heard).toEqual(['open', 'result', 'end']);
  expect(sink.head?.session).toBeUndefined();
  await other.link.stop();
  await tcp.close();
});
