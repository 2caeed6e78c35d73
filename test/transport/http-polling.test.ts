import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { HttpClient } from './fixtures/http-client.ts';
import {
  event,
  type Handler,
  HttpUpstream,
  json,
  noteText,
  resultText,
  sse,
} from './fixtures/http-upstream.ts';
import { request, textOf } from './fixtures/stdio-client.ts';

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

const place = { session: 'S1', protocol: '2025-11-25' };
/** Comes back soon, so that tests don't wait. */
const prime = 'id: e0\nretry: 10\ndata: \n\n';
const asking = JSON.stringify({ jsonrpc: '2.0', id: 'q1', method: 'ping' });
const gets = () => upstream.received.filter(({ method }) => method === 'GET');
const cursors = () => gets().map(({ headers }) => headers['last-event-id']);

function start(response: ServerResponse, text = ''): ServerResponse {
  response.writeHead(200, { 'content-type': 'text/event-stream' }).write(text || ': hello\n\n');
  return response;
}

/** Sends the text, and then the connection is cut, which does not end the response. */
const cutAfter = (response: ServerResponse, text: string) =>
  start(response).write(text, () => setTimeout(() => response.destroy(), 20));

/** Answers a POST with one stream, and GETs with others in turn; the last answers all that follow. */
function streams(first: string, ...resumed: (string | Handler)[]): Handler {
  return (response, received, id) => {
    if (received.method === 'POST') return sse(response, first);
    const next = resumed[Math.min(gets().length, resumed.length) - 1] ?? '';
    if (typeof next === 'string') sse(response, next);
    else next(response, received, id);
  };
}

const steps = [
  prime,
  event(noteText(1), 'id: e1\n'),
  event(asking, 'id: e2\n'),
  event(noteText(2), 'id: e3\n'),
  event(resultText(1), 'id: e4\n'),
];

it.each(
  steps.slice(0, -1).flatMap((_, at) => [
    { at, how: 'closed', ends: sse },
    { at, how: 'cut', ends: cutAfter },
  ]),
)('goes on with a call whose stream is $how after event $at', async ({ at, ends }) => {
  upstream.handler = (response, { method }) => {
    if (method === 'POST') ends(response, steps.slice(0, at + 1).join(''));
    else sse(response, steps.slice(at + 1).join(''));
  };
  const sink = await client.call(place);
  expect(sink.heard).toEqual(['open', 'notification', 'request', 'notification', 'result', 'end']);
  expect(gets()).toMatchObject([
    {
      url: '/mcp',
      headers: {
        accept: 'text/event-stream',
        'last-event-id': `e${at}`,
        'mcp-session-id': 'S1',
        'mcp-protocol-version': '2025-11-25',
      },
    },
  ]);
});

it('goes on as often as something new comes', async () => {
  upstream.handler = streams(prime, ...steps.slice(1));
  const sink = await client.call(place);
  expect(sink.heard).toEqual(['open', 'notification', 'request', 'notification', 'result', 'end']);
  expect(cursors()).toEqual(['e0', 'e1', 'e2', 'e3']);
});

it('reads the rest of the resumed stream after a message was cut in the middle', async () => {
  const [, note = ''] = steps;
  upstream.handler = streams(prime + note.slice(0, -20), steps.slice(1).join(''));
  expect((await client.call(place)).heard).toHaveLength(6);
  expect(cursors()).toEqual(['e0']);
});

it.each([
  ['as long as the upstream says', 'id: e0\nretry: 400\ndata: \n\n', 400],
  ['a second where it says nothing', 'id: e0\ndata: \n\n', 1_000],
])('waits %s', async (_name, first, least) => {
  let from = 0;
  let waited = 0;
  upstream.handler = (response, { method }) => {
    if (method === 'POST') from = performance.now();
    else waited = performance.now() - from;
    sse(response, method === 'POST' ? first : event(resultText(1)));
  };
  expect(textOf(await client.call(place))).toBe('fine');
  // Timers may come a little early.
  expect(waited).toBeGreaterThan(least - 10);
});

it.each([
  ['no id', event(noteText(1)), ['open', 'notification', 'end']],
  ['nothing', '', ['open', 'end']],
  ['an id that was taken back', `${prime}id:\n\n`, ['open', 'end']],
  ['an id that no header can hold', 'id: a\x01b\ndata: \n\n', ['open', 'end']],
  ['an endless id', `id: ${'x'.repeat(5_000)}\ndata: \n\n`, ['open', 'end']],
])('ends a call whose stream had %s', async (_name, first, heard) => {
  upstream.handler = streams(first);
  expect((await client.call(place)).heard).toEqual(heard);
  expect(gets()).toEqual([]);
});

it('fails a call whose stream is cut before it had an id', async () => {
  upstream.handler = (response) => cutAfter(response, event(noteText(1)));
  const sink = await client.call(place);
  expect(sink.heard).toEqual(['open', 'notification', 'fail']);
  expect(sink.error?.code).toBe('UPSTREAM_ENDED');
  expect(gets()).toEqual([]);
});

it('asks for nothing more once the answer has come', async () => {
  upstream.handler = streams(prime + event(resultText(1), 'id: e1\n'));
  expect((await client.call(place)).heard).toEqual(['open', 'result', 'end']);
  upstream.handler = (response) => cutAfter(response, prime + event(resultText(2), 'id: e1\n'));
  expect((await client.call(place)).heard).toEqual(['open', 'result', 'fail']);
  expect(gets()).toEqual([]);
});

it('takes an answer to something else for no answer', async () => {
  upstream.handler = streams(prime + event(resultText(99)), event(resultText(1)));
  expect((await client.call(place)).heard).toEqual(['open', 'result', 'result', 'end']);
});

it.each([
  ['an id in an event without data', 'id: e7\nretry: 10\n\n', 'e7'],
  ['an id beyond ASCII', 'id: grün\nretry: 10\ndata: \n\n', 'grün'],
  ['the id of an event that is not MCP', `${prime}id: e8\ndata: junk\n\n`, 'e8'],
])('goes on from %s', async (_name, first, id) => {
  upstream.handler = streams(first, event(resultText(1)));
  expect(textOf(await client.call(place))).toBe('fine');
  const given = cursors().map((cursor) => Buffer.from(String(cursor), 'latin1').toString());
  expect(given).toEqual([id]);
});

it('goes on in the session that the cut stream has opened', async () => {
  upstream.handler = (response, { method }) => {
    if (method === 'GET') sse(response, event(resultText(1)));
    else sse(response, prime, { 'mcp-session-id': 'new-1' });
  };
  const sink = client.send(request('initialize', {}, 1));
  await sink.over;
  expect(sink.heard).toEqual(['open', 'result', 'end']);
  expect(sink.head).toEqual({ session: 'new-1', streamed: true });
  expect(gets()).toMatchObject([{ headers: { 'mcp-session-id': 'new-1' } }]);
});

it.each<[string, Handler, string]>([
  ['405', (response) => json(response, '', 405), 'UPSTREAM_ENDED'],
  ['500', (response) => json(response, '', 500), 'UPSTREAM_ENDED'],
  ['401', (response) => json(response, '', 401), 'UPSTREAM_ENDED'],
  ['204', (response) => response.writeHead(204).end(), 'UPSTREAM_ENDED'],
  ['JSON', (response) => json(response, resultText(1)), 'UPSTREAM_ENDED'],
  ['404', (response) => json(response, '', 404), 'SESSION_UNKNOWN'],
])('gives up where the upstream answers %s', async (_name, refuses, code) => {
  upstream.handler = streams(prime, refuses);
  const sink = await client.call(place);
  expect(sink.heard).toEqual(['open', 'fail']);
  expect(sink.error?.code).toBe(code);
  expect(gets()).toHaveLength(1);
});

it('tries again where the upstream is away for a moment', async () => {
  upstream.handler = streams(
    prime,
    (response) => void response.destroy(),
    (response) => json(response, 'wait', 503),
    event(resultText(1)),
  );
  expect((await client.call(place)).heard).toEqual(['open', 'result', 'end']);
  expect(cursors()).toEqual(['e0', 'e0', 'e0']);
});

it('gives up after five connections that brought nothing', async () => {
  upstream.handler = streams(prime, ': nothing new\n\n');
  const sink = await client.call(place);
  expect(sink.heard).toEqual(['open', 'fail']);
  expect(sink.error?.code).toBe('UPSTREAM_ENDED');
  expect(gets()).toHaveLength(5);
});

it('does not take the same id again for news', async () => {
  upstream.handler = streams(prime, 'id: e0\ndata: \n\n');
  expect((await client.call(place)).error?.code).toBe('UPSTREAM_ENDED');
});

it.each<[string, string | Handler]>([
  ['says nothing but when to come back', 'retry: 10\n\n'],
  ['says nothing', () => undefined],
  ['goes silent', (response) => void start(response)],
])('gives up after the longest silence where the upstream %s', async (_name, resumed) => {
  const own = new HttpClient(upstream.url, { timeout: 1_000 });
  upstream.handler = streams(prime, resumed);
  const sink = await own.call(place);
  expect(sink.heard).toEqual(['open', 'fail']);
  expect(sink.error?.code).toBe('UPSTREAM_TIMEOUT');
  await own.link.stop();
});

it('does not wait for an upstream that asks for more than the longest silence', async () => {
  upstream.handler = streams('id: e0\nretry: 99999999999\ndata: \n\n');
  expect((await client.call(place)).error?.code).toBe('UPSTREAM_TIMEOUT');
  expect(gets()).toEqual([]);
});

it('asks for nothing more when the call is given up while it waits', async () => {
  upstream.handler = streams('id: e0\nretry: 300\ndata: \n\n');
  const abort = new AbortController();
  const sink = client.start(place, abort.signal);
  await expect.poll(() => sink.heard).toEqual(['open']);
  abort.abort();
  await new Promise((done) => setTimeout(done, 500));
  expect(sink.heard).toEqual(['open']);
  expect(gets()).toEqual([]);
});

it('closes the resumed stream when the call is given up', async () => {
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  upstream.handler = streams(prime, (response) => {
    start(response, event(noteText(1))).once('close', resolve);
  });
  const abort = new AbortController();
  const sink = client.start(place, abort.signal);
  await expect.poll(() => sink.heard).toEqual(['open', 'notification']);
  abort.abort();
  await closed;
  expect(sink.heard).toEqual(['open', 'notification']);
});

it.each(['waits', 'is resumed'])('fails a call that %s when the link stops', async (state) => {
  const retry = state === 'waits' ? 60_000 : 10;
  const own = new HttpClient(upstream.url, { timeout: 120_000 });
  upstream.handler = streams(`id: e0\nretry: ${retry}\ndata: \n\n`, (response) => {
    start(response, event(noteText(1)));
  });
  const sink = own.start(place);
  await expect.poll(() => sink.heard).toHaveLength(state === 'waits' ? 1 : 2);
  await own.link.stop();
  await sink.over;
  expect(sink.heard.at(-1)).toBe('fail');
  expect(sink.error?.code).toBe('UPSTREAM_ENDED');
});

it('never resumes a stream of the stateless era', async () => {
  upstream.handler = streams(prime);
  expect((await client.call({ protocol: '2026-07-28' })).heard).toEqual(['open', 'end']);
  expect(gets()).toEqual([]);
});

it('reads a resumed stream no faster than its messages are taken', async () => {
  upstream.handler = streams(prime, steps.slice(1).join(''));
  const { promise, resolve } = Promise.withResolvers<void>();
  const sink = client.start(place);
  sink.taking = promise;
  await expect.poll(() => sink.messages.length).toBeGreaterThan(0);
  expect(sink.heard).not.toContain('end');
  resolve();
  await sink.over;
  expect(sink.heard).toEqual(['open', 'notification', 'request', 'notification', 'result', 'end']);
});

/** GETs are answered with these streams in turn, and then with one that stays. */
function ownStreams(...texts: string[]): Handler {
  return (response) => {
    const text = texts[gets().length - 1];
    if (text === undefined) start(response, event(noteText('last'), 'id: z9\n'));
    else sse(response, text);
  };
}

it('goes on with the stream of the upstream itself that says when to come back', async () => {
  upstream.handler = ownStreams(
    'id: z0\nretry: 10\ndata: \n\n',
    event(noteText(1), 'id: z1\n'),
    'retry: 20\n\n',
  );
  const abort = new AbortController();
  const sink = client.listen(place, undefined, abort.signal);
  await expect.poll(() => sink.messages).toHaveLength(2);
  expect(sink.heard).toEqual(['open', 'notification', 'notification']);
  expect(cursors()).toEqual([undefined, 'z0', 'z1', 'z1']);
  expect(gets().at(-1)).toMatchObject({ headers: { 'mcp-session-id': 'S1' } });
  abort.abort();
});

it('goes on with the stream of the upstream itself that is cut, from where the client was', async () => {
  let socket: ServerResponse['socket'] | undefined;
  upstream.handler = (response) => {
    socket = start(response, event(noteText(gets().length))).socket;
  };
  const abort = new AbortController();
  const sink = client.listen(place, 'z4', abort.signal);
  await expect.poll(() => sink.messages).toHaveLength(1);
  socket?.destroy();
  await expect.poll(() => sink.messages, { timeout: 5_000 }).toHaveLength(2);
  expect(cursors()).toEqual(['z4', 'z4']);
  abort.abort();
  if (socket && !socket.destroyed) await once(socket, 'close');
  expect(sink.heard).toEqual(['open', 'notification', 'notification']);
});

it.each([
  ['405', 405, 'UPSTREAM_ENDED'],
  ['404', 404, 'SESSION_UNKNOWN'],
])('ends the stream of the upstream itself where it answers %s', async (_name, status, code) => {
  upstream.handler = (response) => {
    if (gets().length === 1) sse(response, prime);
    else json(response, '', status);
  };
  const sink = await client.listened(place);
  expect(sink.heard).toEqual(['open', 'fail']);
  expect(sink.error?.code).toBe(code);
});

it.each([
  ['no id', 'retry: 10\n\n'],
  ['an id, but no time to come back', 'id: z0\ndata: \n\n'],
])('ends the stream of the upstream itself that closes after %s', async (_name, text) => {
  upstream.handler = ownStreams(text);
  expect((await client.listened(place)).heard).toEqual(['open', 'end']);
  expect(gets()).toHaveLength(1);
});
