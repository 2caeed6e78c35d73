import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { HttpClient } from './fixtures/http-client.ts';
import {
  answerJson,
  event,
  HttpUpstream,
  json,
  noteText,
  resultText,
  sse,
} from './fixtures/http-upstream.ts';
import { answer, request, textOf } from './fixtures/stdio-client.ts';

let upstream: HttpUpstream;
let client: HttpClient;

beforeEach(async () => {
  upstream = await HttpUpstream.start();
  client = new HttpClient(upstream.url);
});
afterEach(async () => {
  await client.link.stop();
  await upstream.close();
});

it('sends a request as a POST that takes JSON and streams', async () => {
  const sink = await client.call({ session: 'S1', protocol: '2025-06-18' });
  expect(sink.heard).toEqual(['open', 'result', 'end']);
  expect(textOf(sink)).toBe('fine');
  expect(upstream.last).toMatchObject({
    method: 'POST',
    url: '/mcp',
    headers: {
      accept: 'application/json, text/event-stream',
      'content-type': 'application/json',
      'mcp-session-id': 'S1',
      'mcp-protocol-version': '2025-06-18',
    },
  });
  expect(JSON.parse(upstream.last?.body ?? '')).toMatchObject({ id: 1, method: 'tools/call' });
});

it('names neither session nor revision before there is one', async () => {
  await client.call();
  expect(Object.keys(upstream.last?.headers ?? {}).sort()).toEqual(
    ['accept', 'connection', 'content-length', 'content-type', 'host'].sort(),
  );
});

it('sends the headers of its configuration, and keeps path and query of its URL', async () => {
  const own = new HttpClient(`${upstream.url}/v1?tenant=a%20b`, {
    headers: { authorization: 'Bearer upstream-key', 'x-team': 'orders' },
  });
  await own.call();
  await own.notify();
  await own.listened();
  await own.link.end({ owner: 'ana', session: 'S1' });
  await own.link.stop();
  expect(upstream.received.map(({ method }) => method)).toEqual(['POST', 'POST', 'GET', 'DELETE']);
  for (const { url, headers } of upstream.received) {
    expect(url).toBe('/mcp/v1?tenant=a%20b');
    expect(headers).toMatchObject({ authorization: 'Bearer upstream-key', 'x-team': 'orders' });
  }
});

it('tells of the session that the upstream opened', async () => {
  upstream.handler = (response, _, id) =>
    json(response, resultText(id), 200, { 'mcp-session-id': 'abc-1' });
  expect((await client.call()).head).toEqual({ session: 'abc-1', streamed: false });

  upstream.handler = (response, _, id) =>
    sse(response, event(resultText(id)), { 'mcp-session-id': 'abc-2' });
  expect((await client.call()).head).toEqual({ session: 'abc-2', streamed: true });
});

it.each(['a b', 'grün', 'a\tb', 'x'.repeat(1_025)])(
  'refuses a session id that no header should hold: %#',
  async (id) => {
    upstream.handler = (response, _, request) =>
      json(response, resultText(request), 200, { 'mcp-session-id': id });
    const sink = await client.call();
    expect(sink.heard).toEqual(['fail']);
    expect(sink.error?.code).toBe('UPSTREAM_INVALID');
  },
);

it('opens the stream of the upstream itself, and resumes it', async () => {
  upstream.handler = (response) => sse(response, event(noteText(1), 'id: e1\n'));
  const sink = client.listen({ session: 'S1', protocol: '2025-11-25' }, 'e0');
  await sink.over;
  expect(sink.heard).toEqual(['open', 'notification', 'end']);
  expect(upstream.last).toMatchObject({
    method: 'GET',
    headers: {
      accept: 'text/event-stream',
      'mcp-session-id': 'S1',
      'mcp-protocol-version': '2025-11-25',
      'last-event-id': 'e0',
    },
  });
});

it('hands on the ids of events', async () => {
  upstream.handler = (response) =>
    sse(response, `id: a\ndata:\n\n${event(noteText(1), 'id: b\n')}${event(noteText(2))}`);
  const ids: (string | undefined)[] = [];
  const sink = client.listen();
  const frame = sink.frame.bind(sink);
  sink.frame = (one, ...[id]: [string?]) => {
    ids.push(id);
    return frame(one);
  };
  await sink.over;
  expect(ids[0]).toBe('b');
  expect(sink.messages).toHaveLength(2);
});

it.each([
  [405, 'HTTP_METHOD'],
  [404, 'SESSION_UNKNOWN'],
  [200, 'UPSTREAM_INVALID'],
  [204, 'UPSTREAM_INVALID'],
  [500, 'UPSTREAM_STATUS'],
])('says why there is no stream where a GET is answered %i', async (status, code) => {
  upstream.handler = (response) => json(response, status === 204 ? '' : '{"x":1}', status);
  expect((await client.listened({ session: 'S1' })).error?.code).toBe(code);
});

it('ends a session with DELETE, and never minds how that is answered', async () => {
  await client.link.end({ owner: 'ana', session: 'S1', protocol: '2025-06-18' });
  expect(upstream.last).toMatchObject({
    method: 'DELETE',
    headers: { 'mcp-session-id': 'S1', 'mcp-protocol-version': '2025-06-18' },
  });
  upstream.handler = (response) => json(response, 'no', 405);
  await client.link.end({ owner: 'ana', session: 'S1' });
  upstream.handler = (response) => response.destroy();
  await client.link.end({ owner: 'ana', session: 'S1' });
  await client.link.end({ owner: 'ana' });
  expect(upstream.received).toHaveLength(3);
});

it.each([
  ['202 without a body', 202, ''],
  ['202 with null', 202, 'null'],
  ['204', 204, ''],
  ['200 without a body', 200, ''],
  ['200 with null', 200, 'null'],
  ['200 with an empty object', 200, '{}'],
  ['200 with a page', 200, '<html>ok</html>'],
])('has a notification taken by %s', async (_name, status, body) => {
  upstream.handler = (response) => json(response, body, status);
  expect((await client.notify()).heard).toEqual(['open', 'end']);
  const sink = client.send(answer('q1', {}));
  await sink.over;
  expect(sink.heard).toEqual(['open', 'end']);
  upstream.handler = answerJson;
  expect(textOf(await client.call())).toBe('fine');
});

it('does not wait for the end of a stream that answers a notification', async () => {
  let closed: Promise<unknown> | undefined;
  upstream.handler = (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': hello\n\n');
    closed = once(response, 'close');
  };
  expect((await client.notify()).heard).toEqual(['open', 'end']);
  await closed;
});

it.each([
  [400, 'UPSTREAM_STATUS'],
  [404, 'SESSION_UNKNOWN'],
  [500, 'UPSTREAM_STATUS'],
  [503, 'UPSTREAM_BUSY'],
])('tells that a notification was refused with %i', async (status, code) => {
  upstream.handler = (response) => json(response, 'no', status);
  const sink = await client.notify({ session: 'S1' });
  expect(sink.heard).toEqual(['fail']);
  expect(sink.error?.code).toBe(code);
});

it('uses connections again', async () => {
  for (let n = 0; n < 5; n++) {
    await client.call();
    await client.notify();
  }
  upstream.handler = (response, _, id) => sse(response, event(resultText(id)));
  for (let n = 0; n < 5; n++) await client.call();
  // undici lets a connection rest for a turn of the event loop.
  expect(upstream.connections).toBeLessThanOrEqual(2);
});

it('runs calls beside each other, each with its own answer', async () => {
  const waiting: [ServerResponse, unknown][] = [];
  upstream.handler = (response, _, id) => void waiting.push([response, id]);
  const sinks = [1, 2, 3].map(() => client.start());
  await expect.poll(() => waiting.length).toBe(3);
  for (const [response, id] of waiting.reverse()) json(response, resultText(id, `for ${id}`));
  await Promise.all(sinks.map((sink) => sink.over));
  expect(sinks.map(textOf)).toEqual(['for 1', 'for 2', 'for 3']);
});

it.each([
  ['before its answer', [], () => undefined],
  ['in the middle of a stream', ['open'], begin],
])('gives up a call at the upstream as well when aborted %s', async (_name, heard, answers) => {
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  upstream.handler = (response) => {
    response.once('close', resolve);
    answers(response);
  };
  const abort = new AbortController();
  const sink = client.start({}, abort.signal);
  await expect.poll(() => [upstream.received.length, sink.heard]).toEqual([1, heard]);
  abort.abort();
  await closed;
  expect(sink.heard).toEqual(heard);
  upstream.handler = answerJson;
  expect(textOf(await client.call())).toBe('fine');
});

it('sends nothing for a call that was given up before', async () => {
  const sink = client.start({}, AbortSignal.abort());
  expect(textOf(await client.call())).toBe('fine');
  expect(sink.heard).toEqual([]);
  expect(upstream.received).toHaveLength(1);
});

it('ends what runs when it stops', async () => {
  upstream.handler = begin;
  const call = client.start();
  const stream = client.listen();
  await expect.poll(() => [call.heard.length, stream.heard.length]).toEqual([1, 1]);
  await client.link.stop();
  await Promise.all([call.over, stream.over]);
  expect([call.heard, stream.heard]).toEqual([
    ['open', 'fail'],
    ['open', 'fail'],
  ]);
  const late = await client.call();
  expect(late.heard).toEqual(['fail']);
  expect(late.error?.code).toBe('UPSTREAM_UNREACHABLE');
});

it('fails a call that no HTTP request can carry, and does not throw', async () => {
  const sink = client.send(request('ping', {}, 1), { protocol: 'a\r\nb: c' });
  await sink.over;
  expect(sink.error?.code).toBe('UPSTREAM_UNREACHABLE');
  expect(upstream.received).toHaveLength(0);
});

it('reads no faster than its frames are taken', async () => {
  // Far more than what sockets, parsers and pipes hold on the way.
  const total = 64 * 1_048_576;
  const note = Buffer.from(event(noteText('x'.repeat(16_000))));
  let written = 0;
  let response: ServerResponse | undefined;
  const fill = () => {
    while (written < total) {
      written += note.byteLength;
      if (!response?.write(note)) return;
    }
  };
  upstream.handler = (opened) => {
    response = opened.writeHead(200, { 'content-type': 'text/event-stream' });
    response.on('drain', fill);
    fill();
  };
  const sink = client.start();
  const { promise, resolve } = Promise.withResolvers<void>();
  sink.taking = promise;
  await expect.poll(() => sink.messages.length).toBeGreaterThan(0);
  let before = -1;
  while (before !== written) {
    before = written;
    await new Promise((done) => setTimeout(done, 100));
  }
  expect(written).toBeLessThan(total / 2);
  expect(sink.messages.length).toBeLessThan(100);

  sink.taking = undefined;
  resolve();
  await expect.poll(() => written, { timeout: 20_000 }).toBeGreaterThanOrEqual(total);
  response?.end();
  await sink.over;
  expect(sink.messages.length).toBe(written / note.byteLength);
});

function begin(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': hello\n\n');
}
