import type { Socket } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { HttpClient } from './fixtures/http-client.ts';
import {
  answerJson,
  event,
  HttpUpstream,
  json,
  noteText,
  resultText,
  saying,
  startTcp,
} from './fixtures/http-upstream.ts';
import { textOf } from './fixtures/stdio-client.ts';

let upstream: HttpUpstream;
let client: HttpClient;
const closers: (() => Promise<void>)[] = [];

beforeEach(async () => {
  upstream = await HttpUpstream.start();
  client = new HttpClient(upstream.url);
});
afterEach(async () => {
  // Whatever failed, the next call is none the worse for it.
  upstream.handler = answerJson;
  expect(textOf(await client.call())).toBe('fine');
  await client.link.stop();
  await upstream.close();
  for (const close of closers.splice(0)) await close();
});

const session = { owner: 'ana', session: 'S1' };
const errorText = (id: unknown, message = 'no such tool') =>
  JSON.stringify({ jsonrpc: '2.0', id, error: { code: -32602, message } });

it.each([
  [400, 'UPSTREAM_STATUS'],
  [401, 'UPSTREAM_STATUS'],
  [402, 'UPSTREAM_STATUS'],
  [403, 'UPSTREAM_STATUS'],
  [404, 'UPSTREAM_STATUS'],
  [405, 'UPSTREAM_STATUS'],
  [406, 'UPSTREAM_STATUS'],
  [415, 'UPSTREAM_STATUS'],
  [421, 'UPSTREAM_STATUS'],
  [429, 'UPSTREAM_RATE_LIMIT'],
  [500, 'UPSTREAM_STATUS'],
  [502, 'UPSTREAM_STATUS'],
  [503, 'UPSTREAM_BUSY'],
  [504, 'UPSTREAM_STATUS'],
])('says what status %i means, and nothing of its page', async (status, code) => {
  upstream.handler = (response) =>
    json(response, '<h1>key=s3cret</h1>', status, { 'content-type': 'text/html' });
  const { heard, error } = await client.call();
  expect(heard).toEqual(['fail']);
  expect(error?.code).toBe(code);
  expect(error?.explain()).not.toMatch(/s3cret|h1/);
});

it.each([429, 503])('hands on when to try again after %i', async (status) => {
  const at = 'Wed, 21 Oct 2026 07:28:00 GMT';
  for (const [given, expected] of [
    ['7', '7'],
    [at, at],
    ['x'.repeat(1_000), undefined],
    ['7\x80', undefined],
    ['', undefined],
  ] as const) {
    upstream.handler = (response) => json(response, 'wait', status, { 'retry-after': given });
    expect([given, (await client.call()).error?.retryAfter]).toEqual([given, expected]);
  }
});

it.each([
  [404, 'gone'],
  [404, ''],
  [404, errorText(1, 'Session not found')],
  [404, errorText(null, 'no')],
  [400, 'Invalid session ID'],
  [400, errorText(null, 'Bad Request: No valid session ID provided')],
  [400, errorText(1, 'unknown Mcp-Session-Id')],
])('takes %i %s for the end of the session, where there was one', async (status, body) => {
  upstream.handler = (response) => json(response, body, status);
  expect((await client.call(session)).error?.code).toBe('SESSION_UNKNOWN');
  expect((await client.call()).error?.code).not.toBe('SESSION_UNKNOWN');
});

it.each([400, 401, 403, 404, 422, 500, 503])(
  'takes a JSON-RPC error beside %i for the answer, if it answers this request',
  async (status) => {
    upstream.handler = (response, _, id) => json(response, errorText(id), status);
    const sink = await client.call();
    expect(sink.heard).toEqual(['open', 'error', 'end']);
    expect(sink.messages[0]).toMatchObject({ error: { message: 'no such tool' } });

    for (const id of [null, 999, '2']) {
      upstream.handler = (response) => json(response, errorText(id), status);
      expect((await client.call()).heard).toEqual(['fail']);
    }
    upstream.handler = (response, _, id) => json(response, resultText(id), status);
    expect((await client.call()).heard).toEqual(['fail']);
    upstream.handler = (response, _, id) => {
      response.writeHead(status, { 'content-type': 'text/event-stream' });
      response.end(event(resultText(id)));
    };
    expect((await client.call()).heard).toEqual(['fail']);
  },
);

it.each([301, 302, 303, 307, 308])('does not follow a redirect with %i', async (status) => {
  const target = await HttpUpstream.start();
  closers.push(() => target.close());
  upstream.handler = (response) => json(response, '', status, { location: target.url });
  const own = new HttpClient(upstream.url, { headers: { authorization: 'Bearer key' } });
  closers.push(() => own.link.stop());
  expect((await own.call(session)).error?.code).toBe('UPSTREAM_STATUS');
  expect((await own.notify(session)).error?.code).toBe('UPSTREAM_STATUS');
  expect((await own.listened(session)).error?.code).toBe('UPSTREAM_STATUS');
  await own.link.end(session);
  expect(target.received).toEqual([]);
  expect(target.connections).toBe(0);
});

/** What a call of a server made of raw TCP comes to. */
async function callTcp(talk: (socket: Socket) => void, timeout = 20_000) {
  const tcp = await startTcp(talk);
  const own = new HttpClient(tcp.url, { timeout });
  closers.push(
    () => own.link.stop(),
    () => tcp.close(),
  );
  const { heard, error } = await own.call(session);
  return { heard, code: error?.code };
}

it('says that nobody listens', async () => {
  const tcp = await startTcp(() => undefined);
  await tcp.close();
  const own = new HttpClient(tcp.url);
  closers.push(() => own.link.stop());
  for (const sink of [await own.call(), await own.notify(), await own.listened()]) {
    expect(sink.heard).toEqual(['fail']);
    expect(sink.error).toMatchObject({
      code: 'UPSTREAM_UNREACHABLE',
      message: 'hostile cannot be reached (ECONNREFUSED)',
    });
  }
  await own.link.end(session);
});

it('says that a name is not known', async () => {
  const own = new HttpClient('http://no-such-host.invalid/mcp');
  closers.push(() => own.link.stop());
  expect((await own.call()).error?.code).toBe('UPSTREAM_UNREACHABLE');
});

const head = 'HTTP/1.1 200 OK\r\ncontent-type: ';
const chunked = 'transfer-encoding: chunked\r\n\r\n';

it.each<[string, (socket: Socket) => void, string[], string]>([
  ['closes at once', (socket) => void socket.destroy(), ['fail'], 'UPSTREAM_ENDED'],
  ['closes without a word', saying(''), ['fail'], 'UPSTREAM_ENDED'],
  ['closes in its headers', saying(head), ['fail'], 'UPSTREAM_ENDED'],
  [
    'closes in a JSON body',
    saying(`${head}application/json\r\ncontent-length: 500\r\n\r\n{"jsonrpc"`),
    ['fail'],
    'UPSTREAM_ENDED',
  ],
  [
    'closes in a chunk',
    saying(`${head}application/json\r\n${chunked}ff\r\n{"jsonrpc"`),
    ['fail'],
    'UPSTREAM_ENDED',
  ],
  [
    'closes in a stream',
    saying(`${head}text/event-stream\r\n${chunked}ff\r\n${event(noteText(1))}`),
    ['open', 'notification', 'fail'],
    'UPSTREAM_ENDED',
  ],
  ['talks SMTP', saying('220 mail.example ESMTP\r\n'), ['fail'], 'UPSTREAM_INVALID'],
  ['sends noise', saying(Buffer.alloc(2_000, 0x15)), ['fail'], 'UPSTREAM_INVALID'],
  [
    'sends huge headers',
    saying(`HTTP/1.1 200 OK\r\nx-a: ${'x'.repeat(100_000)}\r\n\r\n`),
    ['fail'],
    'UPSTREAM_INVALID',
  ],
  [
    'sends endless headers',
    (socket) => void socket.once('data', () => flood(socket, 'HTTP/1.1 200 OK\r\n', 'x-a: b\r\n')),
    ['fail'],
    'UPSTREAM_INVALID',
  ],
  [
    'gives two lengths',
    saying(`${head}application/json\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}}`),
    ['fail'],
    'UPSTREAM_INVALID',
  ],
  [
    'gives a length and chunks',
    saying(`${head}application/json\r\ncontent-length: 2\r\n${chunked}2\r\n{}\r\n0\r\n\r\n`),
    ['fail'],
    'UPSTREAM_INVALID',
  ],
  [
    'sends a chunk of odd length',
    saying(`${head}application/json\r\n${chunked}zz\r\n{}\r\n`),
    ['fail'],
    'UPSTREAM_INVALID',
  ],
])('fails the call to an upstream that %s', async (_name, talk, heard, code) => {
  expect(await callTcp(talk)).toEqual({ heard, code });
});

/** Writes for as long as the other end reads. */
function flood(socket: Socket, first: string, then: string): void {
  const more = then.repeat(1_000);
  const write = () => {
    while (socket.writable && socket.write(more));
  };
  socket.write(first);
  socket.on('drain', write);
  write();
}

it.each<[string, (socket: Socket) => void, string[]]>([
  ['says nothing', () => undefined, ['fail']],
  ['stops in its headers', saying(head, false), ['fail']],
  [
    'stops in its body',
    saying(`${head}application/json\r\ncontent-length: 500\r\n\r\n{"jsonrpc"`, false),
    ['fail'],
  ],
  [
    'stops in a stream',
    saying(`${head}text/event-stream\r\n\r\n${event(noteText(1))}`, false),
    ['open', 'notification', 'fail'],
  ],
])('gives up on an upstream that %s', async (_name, talk, heard) => {
  expect(await callTcp(talk, 300)).toEqual({ heard, code: 'UPSTREAM_TIMEOUT' });
});

it('lets the stream of the upstream itself be silent for longer than a call', async () => {
  const own = new HttpClient(upstream.url, { timeout: 200 });
  closers.push(() => own.link.stop());
  upstream.handler = (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': hello\n\n');
    setTimeout(() => response.end(event(noteText(1))), 1_000);
  };
  const sink = own.listen();
  await sink.over;
  expect(sink.heard).toEqual(['open', 'notification', 'end']);
});
