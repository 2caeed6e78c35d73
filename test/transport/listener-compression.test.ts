import { once } from 'node:events';
import { type IncomingMessage, request, type ServerResponse } from 'node:http';
import { constants } from 'node:http2';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  brotliDecompressSync,
  createBrotliDecompress,
  createGunzip,
  createZstdDecompress,
  gunzipSync,
  zstdDecompressSync,
} from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { ClientResponse } from '../../src/transport/http/client-response.ts';
import { Compression } from '../../src/transport/http/compress.ts';
import { HttpServer } from '../../src/transport/http/http-server.ts';
import { KeepAlive } from '../../src/transport/http/keep-alive.ts';
import { Http2Client } from './fixtures/http2-client.ts';

// What one response to a client does on the wire: whole or as a stream, over both versions, compressed or not.

const decoders = {
  br: { whole: brotliDecompressSync, stream: createBrotliDecompress },
  zstd: { whole: zstdDecompressSync, stream: createZstdDecompress },
  gzip: { whole: gunzipSync, stream: createGunzip },
} as const;
const encodings = ['br', 'zstd', 'gzip'] as const;
const MIN = 1_024;
const LONG = JSON.stringify({ text: 'all the same, '.repeat(5_000) });
const NOISE = JSON.stringify({ text: Array.from({ length: 6_000 }, () => Math.random()).join() });

/** Events of noise that fit into no buffer on the way. */
const COUNT = 150;

let server: HttpServer;
let compression: Compression;
let client: Http2Client | undefined;
/** The response to the request that came last. */
let response: ClientResponse;
const gone = new Set<ClientResponse>();

async function start(serve: (response: ClientResponse) => void): Promise<void> {
  gone.clear();
  compression = new Compression(MIN);
  const handler = (asked: IncomingMessage, raw: ServerResponse) => {
    raw.setHeader('vary', 'Origin');
    compression.offer(raw);
    const made = new ClientResponse(raw, new KeepAlive(), 1);
    response = made;
    made.onGone(() => gone.add(made));
    asked.resume();
    serve(response);
  };
  server = new HttpServer(handler, { requestTimeout: 30_000 });
  await server.listen('127.0.0.1', 0);
}

afterEach(async () => {
  client?.close();
  client = undefined;
  await server.close();
});

interface Answer {
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Readable;
  readonly cut: () => void;
}
type Ask = (headers: Readonly<Record<string, string>>, method?: string) => Promise<Answer>;

const http1: Ask = async (headers, method = 'POST') => {
  const port = server.address?.port;
  const asked = request({ host: '127.0.0.1', port, method, headers, agent: false }).end();
  const [body] = (await once(asked, 'response')) as [IncomingMessage];
  return { headers: body.headers, body, cut: () => asked.destroy() };
};
const http2: Ask = async (headers, method = 'POST') => {
  client = new Http2Client(`http://127.0.0.1:${server.address?.port}`);
  const stream = client.open({ ':method': method, ...headers });
  const [head] = await once(stream, 'response');
  return { headers: head, body: stream, cut: () => stream.close(constants.NGHTTP2_CANCEL) };
};
const versions: [string, Ask][] = [
  ['HTTP/1.1', http1],
  ['HTTP/2', http2],
];
const each = versions.flatMap(([version, ask]) =>
  encodings.map((coding) => [coding, version, ask] as const),
);
const bytesOf = async (body: Readable) => Buffer.concat(await Array.fromAsync(body));

describe('a JSON answer', () => {
  it.each(each)('comes in %s over %s, with its right length', async (coding, _, ask) => {
    await start((to) => to.answer(LONG, 'a-session'));
    const { headers, body } = await ask({ 'accept-encoding': coding });
    const bytes = await bytesOf(body);
    expect(headers).toMatchObject({
      'content-encoding': coding,
      'content-length': String(bytes.length),
      'content-type': 'application/json',
      'mcp-session-id': 'a-session',
      vary: 'Origin, accept-encoding',
    });
    expect(bytes.length).toBeLessThan(LONG.length / 10);
    expect(decoders[coding].whole(bytes).toString()).toBe(LONG);
    expect(gone).not.toContain(response);
    expect(compression.busy).toBe(false);
  });

  it.each(versions)(
    'that nobody asks to have compressed comes as it is over %s',
    async (_, ask) => {
      await start((to) => to.answer(LONG));
      const { headers, body } = await ask({});
      expect(headers).not.toHaveProperty('content-encoding');
      expect(headers).toMatchObject({
        'content-length': String(LONG.length),
        vary: 'Origin, accept-encoding',
      });
      expect((await bytesOf(body)).toString()).toBe(LONG);
    },
  );

  it('that is small comes as it is, unless its client takes nothing like that', async () => {
    const small = 'x'.repeat(MIN - 1);
    await start((to) => to.answer(small));
    const plain = await http1({ 'accept-encoding': 'gzip' });
    expect(plain.headers).not.toHaveProperty('content-encoding');
    expect(plain.headers.vary).toBe('Origin');
    expect((await bytesOf(plain.body)).toString()).toBe(small);
    const strict = await http1({ 'accept-encoding': 'gzip, identity;q=0' });
    expect(gunzipSync(await bytesOf(strict.body)).toString()).toBe(small);
  });

  it('is counted in bytes', async () => {
    const text = 'ü'.repeat(MIN / 2);
    await start((to) => to.answer(text));
    const { body } = await http1({ 'accept-encoding': 'gzip' });
    expect(gunzipSync(await bytesOf(body)).toString()).toBe(text);
  });

  it('is lost without harm when its client goes while it is compressed', async () => {
    await start((to) => to.answer(NOISE.repeat(20)));
    const asked = request({ port: server.address?.port, headers: { 'accept-encoding': 'br' } });
    asked.on('error', () => undefined).end();
    await expect.poll(() => response?.gone).toBe(true);
    asked.destroy();
    await expect.poll(() => compression.busy).toBe(false);
    const { body } = await http1({});
    expect((await bytesOf(body)).length).toBe(NOISE.length * 20);
  });
});

describe('a stream of events', () => {
  it.each(each)('comes in %s over %s, each event before the next', async (coding, _, ask) => {
    await start((to) => to.open('a-session'));
    const { headers, body } = await ask({ 'accept-encoding': coding });
    expect(headers).toMatchObject({
      'content-encoding': coding,
      'content-type': 'text/event-stream',
      'mcp-session-id': 'a-session',
    });
    const decoded = body.pipe(decoders[coding].stream()).setEncoding('utf8');
    const next = async () => (await once(decoded, 'data'))[0];
    response.prime('p-1', 3_000);
    expect(await next()).toBe('id: p-1\nretry: 3000\ndata: \n\n');
    for (let at = 0; at < 20; at++) {
      void response.message(`{"at":${at}}`, `e-${at}`);
      expect(await next()).toBe(`id: e-${at}\ndata: {"at":${at}}\n\n`);
    }
    response.answer('{"done":true}');
    expect(await next()).toBe('data: {"done":true}\n\n');
    await once(decoded, 'end');
    expect(gone).not.toContain(response);
    await expect.poll(() => compression.busy).toBe(false);
  });

  it.each(versions)('that lasts is not compressed over %s', async (_, ask) => {
    await start((to) => to.open());
    const accept = { 'accept-encoding': 'gzip, br, zstd' };
    const get = await ask(accept, 'GET');
    const subscription = await http1({ ...accept, 'mcp-method': 'subscriptions/listen' });
    for (const { headers, body, cut } of [get, subscription]) {
      expect(headers).not.toHaveProperty('content-encoding');
      expect(headers.vary).toBe('Origin');
      body.on('error', () => undefined);
      cut();
    }
  });

  it.each([
    ...versions.map(([name, ask]) => [name, ask, 'identity'] as const),
    ...each.map(([coding, name, ask]) => [`${name}, ${coding}`, ask, coding] as const),
  ])('says that its client has gone over %s', async (_, ask, coding) => {
    await start((to) => to.open());
    const { body, cut } = await ask({ 'accept-encoding': coding });
    body.on('error', () => undefined);
    void response.message('one');
    cut();
    await expect.poll(() => gone.has(response)).toBe(true);
    expect(response.gone).toBe(true);
    void response.message('lost');
    response.answer('lost');
    expect(compression.busy).toBe(false);
  });

  it.each([
    ...versions.map(([name, ask]) => [name, ask, 'identity'] as const),
    ...versions.map(([name, ask]) => [`${name}, compressed`, ask, 'gzip'] as const),
  ])('waits for a slow reader over %s, and loses nothing', async (_, ask, coding) => {
    await start((to) => to.open());
    const { body } = await ask({ 'accept-encoding': coding });
    let waits = 0;
    let sent = 0;
    const send = async () => {
      for (; sent < COUNT; sent++) {
        const slow = response.message(NOISE);
        if (slow) waits++;
        await slow;
      }
      response.answer('last');
    };
    const all = send();
    await expect.poll(() => waits).toBeGreaterThan(0);
    await sleep(300);
    expect(sent).toBeLessThan(COUNT);
    expect(server.unread || waits > 0).toBe(true);
    const read = coding === 'gzip' ? body.pipe(createGunzip()) : body;
    const text = (await bytesOf(read)).toString();
    await all;
    const events = text.split('\n\n').filter((event) => event !== '');
    expect(events).toHaveLength(COUNT + 1);
    expect(events.filter((event) => event === `data: ${NOISE}`)).toHaveLength(COUNT);
    expect(events.at(-1)).toBe('data: last');
  });

  it('counts as unread until all that was compressed has left', async () => {
    await start((to) => to.open());
    const { body } = await http1({ 'accept-encoding': 'gzip' });
    for (let at = 0; at < COUNT; at++) void response.message(NOISE);
    response.answer('last');
    expect(compression.busy).toBe(true);
    let always = true;
    const watch = setInterval(() => {
      always &&= compression.busy || server.unread;
    }, 1);
    await sleep(200);
    expect(always).toBe(true);
    clearInterval(watch);
    await bytesOf(body);
    await expect.poll(() => compression.busy || server.unread).toBe(false);
  });
});
