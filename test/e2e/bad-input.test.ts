import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sessionRevisions, statelessRevisions } from '../../src/protocol/revisions.ts';
import { json, resultText } from '../transport/fixtures/http-upstream.ts';
import { instead, mcpHandler, UPSTREAM_SESSION } from './support/mcp-upstream.ts';
import { call, initialize, message, RawClient } from './support/raw-client.ts';
import { httpText, rawHttp } from './support/raw-http.ts';
import { HEADER_SECRET, TriedGate } from './support/tried-gate.ts';

let tried: TriedGate;

beforeAll(async () => {
  tried = await TriedGate.start();
});
beforeEach(() => tried.begin());
afterEach(() => tried.expectHealth());
afterAll(() => tried?.stop());

const nested = (depth: number) => call(JSON.parse('['.repeat(depth) + ']'.repeat(depth)));

describe('a body', () => {
  it.each<[string, string | Uint8Array, string, number]>([
    ['that is empty', '', 'FRAME_NOT_JSON', -32700],
    ['that is no JSON', 'hello', 'FRAME_NOT_JSON', -32700],
    ['that is half of JSON', call('x').slice(0, -1), 'FRAME_NOT_JSON', -32700],
    ['that is not UTF-8', Buffer.from([0x22, 0xc3, 0x28, 0x22]), 'FRAME_NOT_JSON', -32700],
    ['that is UTF-16', Buffer.from(call('x'), 'utf16le'), 'FRAME_NOT_JSON', -32700],
    ['of two messages', call('x') + call('y'), 'FRAME_NOT_JSON', -32700],
    ['that nests too deeply', nested(16), 'FRAME_TOO_DEEP', -32600],
    ['that never stops nesting', '{"a":'.repeat(2_000), 'FRAME_TOO_DEEP', -32600],
    ['that is a batch', `[${call('x')}]`, 'FRAME_BATCH', -32600],
    ['that is an empty batch', '[]', 'FRAME_BATCH', -32600],
    ['that is null', 'null', 'FRAME_INVALID', -32600],
    ['that is a string', '"tools/call"', 'FRAME_INVALID', -32600],
    ['that is an empty object', '{}', 'FRAME_INVALID', -32600],
    ['of another JSON-RPC', call('x').replace('2.0', '1.0'), 'FRAME_INVALID', -32600],
    ['with the id null', call('x', null), 'FRAME_INVALID', -32600],
    ['with an object for id', call('x', { a: 1 }), 'FRAME_INVALID', -32600],
    ['with a list for id', call('x', [1]), 'FRAME_INVALID', -32600],
    ['with true for id', call('x', true), 'FRAME_INVALID', -32600],
    ['with a huge id', call('x', 'i'.repeat(2_000)), 'FRAME_INVALID', -32600],
    ['with an endless number for id', call('x', 7).replace('7', '1e999'), 'FRAME_INVALID', -32600],
    ['with a list of params', message('ping', []), 'FRAME_INVALID', -32600],
    ['with text for params', message('ping').replace('{}', '"x"'), 'FRAME_INVALID', -32600],
    ['with a number for method', '{"jsonrpc":"2.0","id":1,"method":5}', 'FRAME_INVALID', -32600],
    ['without a method', '{"jsonrpc":"2.0","id":1}', 'FRAME_INVALID', -32600],
    [
      'with result and error',
      '{"jsonrpc":"2.0","id":1,"result":{},"error":{"code":1,"message":""}}',
      'FRAME_INVALID',
      -32600,
    ],
    [
      'that answers what nobody asked',
      '{"jsonrpc":"2.0","id":1,"result":{}}',
      'FRAME_INVALID',
      -32600,
    ],
    [
      'that answers with an error what nobody asked',
      '{"jsonrpc":"2.0","id":null,"error":{"code":1,"message":"x"}}',
      'FRAME_INVALID',
      -32600,
    ],
  ])('%s is refused', async (_name, body, code, rpc) => {
    const before = tried.upstream.received.length;
    const answer = await tried.expectRefusal(await tried.ana.post(body), 400, code, rpc);
    expect(answer.id).toBeNull();
    expect(tried.upstream.received).toHaveLength(before);
  });

  it('may be just as deep as the limit', async () => {
    expect((await tried.ana.post(nested(13))).status).toBe(200);
  });

  it('of any size over the limit is refused, with its length given or not', async () => {
    for (const size of [21_000, 1_000_000, 20_000_000]) {
      const body = call('x'.repeat(size));
      await tried.expectRefusal(await tried.ana.post(body), 413, 'FRAME_TOO_LARGE', -32600);
      const stream = new Blob([body]).stream();
      const headers = { ...tried.ana.headers, accept: 'application/json, text/event-stream' };
      const response = await fetch(tried.ana.url, {
        ...{ method: 'POST', body: stream, duplex: 'half' },
        headers: { ...headers, 'content-type': 'application/json' },
      } as RequestInit);
      await tried.expectRefusal(response, 413, 'FRAME_TOO_LARGE', -32600);
    }
  });

  it('that is too large is answered even to who writes all of it before reading', async () => {
    const body = call('x'.repeat(300_000));
    const good = tried.request(call('after'));
    const { 'content-length': _, ...headers } = tried.headersFor(body);
    const chunks = body.match(/.{1,10000}/gs) ?? [];
    const chunked = chunks.map((text) => `${text.length.toString(16)}\r\n${text}\r\n`);
    const head = httpText('POST', '/mcp/files', { ...headers, 'transfer-encoding': 'chunked' });
    for (const pieces of [
      [...(tried.request(body).match(/.{1,10000}/gs) ?? []), good],
      [head, ...chunked, '0\r\n\r\n', good],
    ]) {
      const [first, second] = await rawHttp(tried.gate.url, pieces, 2);
      expect(first?.status).toBe(413);
      expect(JSON.parse(first?.body ?? '').error.data.code).toBe('FRAME_TOO_LARGE');
      // A connection that was closed would lose the answer to clients that still write.
      expect(second?.body).toContain('after');
    }
  });

  it('may come in pieces, and in chunks', async () => {
    const text = tried.request(call('in pieces'));
    const [slow] = await rawHttp(tried.gate.url, text.match(/.{1,40}/gs) ?? []);
    expect(slow?.body).toContain('in pieces');

    const body = call('in chunks');
    const chunks = [...body].map((letter) => `1\r\n${letter}\r\n`).join('');
    const { 'content-length': _, ...headers } = tried.headersFor(body);
    const chunked = { ...headers, 'transfer-encoding': 'chunked' };
    const [response] = await rawHttp(
      tried.gate.url,
      httpText('POST', '/mcp/files', chunked, `${chunks}0\r\n\r\n`),
    );
    expect(response?.body).toContain('in chunks');
  });

  it('of a pipelined request is not mixed up with another', async () => {
    const texts = ['first', 'second', 'third'];
    const all = texts.map((text, index) => tried.request(call(text, index))).join('');
    const responses = await rawHttp(tried.gate.url, all, 3);
    expect(responses.map(({ body }) => JSON.parse(body))).toMatchObject(
      texts.map((text, id) => ({ id, result: { content: [{ text }] } })),
    );
  });
});

describe('a header', () => {
  it.each([
    ['text/plain', 415, 'HTTP_CONTENT_TYPE'],
    ['text/json', 415, 'HTTP_CONTENT_TYPE'],
    ['application/x-www-form-urlencoded', 415, 'HTTP_CONTENT_TYPE'],
    ['application/json-seq', 415, 'HTTP_CONTENT_TYPE'],
    ['multipart/form-data; boundary=application/json', 415, 'HTTP_CONTENT_TYPE'],
    ['rubbish', 415, 'HTTP_CONTENT_TYPE'],
    ['', 415, 'HTTP_CONTENT_TYPE'],
  ])('Content-Type: %s is refused', async (type, status, code) => {
    await tried.expectRefusal(
      await tried.ana.post(call('x'), { 'content-type': type }),
      status,
      code,
    );
  });

  it.each(['application/json; charset=utf-8', 'Application/JSON', 'application/json;x=y'])(
    'Content-Type: %s is fine',
    async (type) => {
      expect((await tried.ana.post(call('x'), { 'content-type': type })).status).toBe(200);
    },
  );

  it.each([
    undefined,
    'application/json',
    'text/event-stream',
    'text/html',
    'application/json;q=0, text/event-stream',
    'application/*, text/html',
    '',
  ])('Accept: %s is refused', async (accept) => {
    // fetch would fill in */* of its own.
    const [response] = await rawHttp(
      tried.gate.url,
      accept === undefined
        ? tried.request(call('x')).replace(/accept: .*\r\n/, '')
        : tried.request(call('x'), { accept }),
    );
    expect(response?.status).toBe(406);
    expect(JSON.parse(response?.body ?? '').error.data.code).toBe('HTTP_ACCEPT');
    await expect.poll(tried.recorded).toContain('HTTP_ACCEPT');
  });

  it.each(['*/*', 'text/*, application/*;q=0.1', 'TEXT/EVENT-STREAM , APPLICATION/JSON'])(
    'Accept: %s is fine',
    async (accept) => {
      expect((await tried.ana.post(call('x'), { accept })).status).toBe(200);
    },
  );

  it.each(['1999-01-01', 'latest', '2025-06-18, 2025-06-18'])(
    'MCP-Protocol-Version: %s is refused, with those that are supported',
    async (version) => {
      const headers = { 'mcp-protocol-version': version };
      const response = await tried.ana.post(call('x'), headers);
      const { error } = await tried.expectRefusal(response, 400, 'HTTP_PROTOCOL_VERSION', -32022);
      const supported = [...sessionRevisions, ...statelessRevisions];
      expect(error?.data).toMatchObject({ supported, requested: version });
      const get = await tried.ana.send('GET', { ...headers, accept: 'text/event-stream' });
      await tried.expectRefusal(get, 400, 'HTTP_PROTOCOL_VERSION', -32022);
      await tried.expectRefusal(
        await tried.ana.send('DELETE', headers),
        400,
        'HTTP_PROTOCOL_VERSION',
        -32022,
      );
    },
  );

  it('of the caller goes no further, and none of the upstream comes back', async () => {
    tried.upstream.handler = (response, received, id) => {
      response.setHeader('set-cookie', 'upstream=1');
      response.setHeader('x-powered-by', 'upstream');
      mcpHandler(response, received, id);
    };
    const response = await tried.ana.post(initialize(), {
      cookie: 'a=b',
      'x-custom': 'c',
      'x-forwarded-for': '192.0.2.1',
      forwarded: 'for=192.0.2.1',
      'mcp-protocol-version': '2025-11-25',
    });
    expect(tried.upstream.last?.headers).toEqual({
      host: new URL(tried.upstream.url).host,
      connection: 'keep-alive',
      authorization: `Bearer ${HEADER_SECRET}`,
      accept: 'application/json, text/event-stream',
      'content-type': 'application/json',
      'content-length': String(tried.upstream.last?.body.length),
      'mcp-protocol-version': '2025-11-25',
    });
    const names = [...response.headers.keys()].filter(
      (name) => !/^(date|connection|keep-alive)$/.test(name),
    );
    expect(names.sort()).toEqual(['content-length', 'content-type', 'mcp-session-id']);
    expect(response.headers.get('mcp-session-id')).not.toContain(UPSTREAM_SESSION);
  });

  it('that smuggles a second request does not get it through', async () => {
    const before = tried.upstream.received.length;
    const smuggled = tried.request(call('smuggled'));
    const body = `0\r\n\r\n${smuggled}`;
    const head = { ...tried.headersFor(body), 'transfer-encoding': 'chunked' };
    for (const text of [
      httpText('POST', '/mcp/files', head, body),
      httpText('POST', '/mcp/files', { ...head, 'transfer-encoding': 'chunked, identity' }, body),
      httpText('POST', '/mcp/files', { ...head, 'transfer-encoding': 'xchunked' }, body),
      httpText('POST', '/mcp/files', { ...head, 'content-length ': '5' }, body),
      httpText('POST', '/mcp/files', { ...tried.headersFor(body), 'Content-Length': '5' }, body),
      tried.request(body).replace(/content-length: (\d+)/, 'content-length: +$1'),
      tried.request(body).replace(/content-length: (\d+)/, 'content-length: 5, 5'),
      tried.request(body).replace(/\r\nhost/, '\r\n host'),
      tried.request(body).replace(/\r\n/, '\n'),
    ]) {
      const responses = await rawHttp(tried.gate.url, text, 2);
      expect(responses.map(({ status }) => status)).toEqual([400]);
    }
    expect(tried.upstream.received).toHaveLength(before);
  });

  it.each([
    'evil.example',
    'evil.example:7411',
    '127.0.0.1.evil.example',
    '',
    'localhost.evil.example',
  ])('Host: %s is refused, as a name that some site points here would be', async (host) => {
    const before = tried.upstream.received.length;
    const [response] = await rawHttp(tried.gate.url, tried.request(call('x'), { host }));
    expect(response?.status).toBe(403);
    expect(JSON.parse(response?.body ?? '').error.data.code).toBe('HTTP_HOST');
    await expect.poll(tried.recorded).toContain('HTTP_HOST');
    expect(tried.upstream.received).toHaveLength(before);
  });

  it.each([
    'https://evil.example',
    'null',
    'http://inspector.example',
    'https://inspector.example.evil',
  ])('Origin: %s is refused, for whatever is asked', async (origin) => {
    await tried.expectRefusal(await tried.ana.post(call('x'), { origin }), 403, 'HTTP_ORIGIN');
    const preflight = await tried.ana.send('OPTIONS', { origin });
    expect(preflight.headers.get('access-control-allow-origin')).toBeNull();
    await tried.expectRefusal(preflight, 403, 'HTTP_ORIGIN');
    const metadata = await fetch(
      `${tried.gate.url}/.well-known/oauth-protected-resource/mcp/files`,
      {
        headers: { origin },
      },
    );
    await tried.expectRefusal(metadata, 403, 'HTTP_ORIGIN');
  });

  it('Origin: of an allowed browser client is answered as browsers need it', async () => {
    const origin = 'https://inspector.example';
    const preflight = await tried.ana.send('OPTIONS', { origin, authorization: undefined });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe(origin);
    expect(preflight.headers.get('access-control-allow-methods')).toBe('GET, POST, DELETE');
    for (const name of ['authorization', 'content-type', 'mcp-session-id', 'last-event-id']) {
      expect(preflight.headers.get('access-control-allow-headers')).toContain(name);
    }
    const good = await tried.ana.post(call('x'), { origin });
    const bad = await tried.ana.post('rubbish', { origin });
    const unknown = await tried.ana.post(call('x'), { origin, authorization: undefined });
    expect([good.status, bad.status, unknown.status]).toEqual([200, 400, 401]);
    for (const { headers } of [good, bad, unknown]) {
      expect(headers.get('access-control-allow-origin')).toBe(origin);
      expect(headers.get('access-control-expose-headers')).toContain('mcp-session-id');
      expect(headers.get('vary')).toBe('Origin');
    }
  });
});

describe('a URL', () => {
  it.each([
    ['/', 404, 'HTTP_PATH'],
    ['/', 404, 'HTTP_PATH'],
    ['/mcp/', 404, 'UPSTREAM_UNKNOWN'],
    ['/mcp/files/', 404, 'HTTP_PATH'],
    ['/mcp//files', 404, 'HTTP_PATH'],
    ['/mcp/files/x', 404, 'HTTP_PATH'],
    ['/MCP/files', 404, 'HTTP_PATH'],
    ['/mcp/FILES', 404, 'UPSTREAM_UNKNOWN'],
    ['/mcp/nothing', 404, 'UPSTREAM_UNKNOWN'],
    ['/mcp/__proto__', 404, 'UPSTREAM_UNKNOWN'],
    ['/mcp/toString', 404, 'UPSTREAM_UNKNOWN'],
    ['/mcp/..%2ffiles', 404, 'UPSTREAM_UNKNOWN'],
    ['/mcp/files%00', 404, 'UPSTREAM_UNKNOWN'],
    ['/mcp/files%0d%0aX-A:%20b', 404, 'UPSTREAM_UNKNOWN'],
    ['/mcp/%', 404, 'HTTP_PATH'],
    ['/mcp/%ff', 404, 'HTTP_PATH'],
    [`/mcp/${'x'.repeat(300)}`, 404, 'HTTP_PATH'],
    ['/mcp/files;x', 404, 'UPSTREAM_UNKNOWN'],
    ['/.well-known/oauth-protected-resource', 404, 'HTTP_PATH'],
    ['/.well-known/oauth-protected-resource/mcp/nothing', 404, 'UPSTREAM_UNKNOWN'],
  ])('%s leads nowhere', async (path, status, code) => {
    const method = path.startsWith('/.well-known') ? 'GET' : 'POST';
    const headers = tried.headersFor(method === 'GET' ? '' : initialize());
    const text = httpText(method, path, headers, method === 'GET' ? '' : initialize());
    const [response] = await rawHttp(tried.gate.url, text);
    expect({ status: response?.status, body: response?.body }).toMatchObject({ status });
    expect(JSON.parse(response?.body ?? '').error.data.code).toBe(code);
    await expect.poll(tried.recorded).toContain(code);
  });

  it('may spell an upstream otherwise, or be followed by a query', async () => {
    for (const path of ['/mcp/%66iles', '/mcp/files?x=y', `${tried.gate.url}/mcp/files`]) {
      const text = httpText('POST', path, tried.headersFor(call('same')), call('same'));
      const [response] = await rawHttp(tried.gate.url, text);
      expect(response?.body).toContain('same');
    }
  });

  it('may lead to an upstream with the name of an inherited member', async () => {
    const client = await RawClient.open(tried.gate, 'ana', 'constructor');
    expect(await client.echo('built')).toBe('built');
  });

  it.each(['PUT', 'PATCH', 'HEAD', 'OPTIONS'])(
    'of an endpoint does not take %s',
    async (method) => {
      const body = ['PUT', 'PATCH'].includes(method) ? 'x=y' : undefined;
      const response = await tried.ana.send(method, {}, body);
      expect(response.status).toBe(405);
      expect(response.headers.get('allow')).toBe('POST, GET, DELETE');
      if (method !== 'HEAD') await tried.expectRefusal(response, 405, 'HTTP_METHOD');
      await expect.poll(tried.recorded).toContain('HTTP_METHOD');
    },
  );

  it.each(['GETT', 'CONNECT', 'QUERY'])('does not take %s', async (method) => {
    const text = httpText(method, '/mcp/files', tried.headersFor(''));
    const responses = await rawHttp(tried.gate.url, text);
    expect(responses.every(({ status }) => status >= 400 && status < 500)).toBe(true);
  });
});

it('survives clients that go away at any point', async () => {
  const text = tried.request(call('gone'));
  for (const length of [10, 200, text.length - 5, text.length]) {
    const socket = connect(Number(new URL(tried.gate.url).port), '127.0.0.1');
    await once(socket, 'connect');
    await new Promise<void>((resolve) => socket.write(text.slice(0, length), () => resolve()));
    socket.destroy();
  }
  await expect.poll(tried.recorded).toContain('CLIENT_GONE');
  const { promise, resolve } = Promise.withResolvers<void>();
  tried.upstream.handler = instead('slowly', (response, id) => {
    setTimeout(() => {
      json(response, resultText(id));
      resolve();
    }, 50);
  });
  const abort = new AbortController();
  const lost = tried.ana.post(call('slowly'), {}, abort.signal);
  await expect.poll(() => tried.upstream.last?.body).toContain('slowly');
  abort.abort();
  await expect(lost).rejects.toThrow();
  await promise;
});

it('shows no secret in the log, in an error or in the database', () => tried.expectNoSecret());
