import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { McpClient } from '../../src/cli/mcp-client/mcp-client.ts';
import type { McpPlace } from '../../src/cli/mcp-client/mcp-client-place.ts';
import { placeOfUpstream } from '../../src/cli/mcp-client/mcp-client-place.ts';
import { configSchema } from '../../src/config/schema.ts';
import { BothErasUpstream } from '../e2e/fixtures/both-eras-upstream.ts';
import { EverythingSseServer } from '../e2e/fixtures/everything-sse.ts';
import { commands, EverythingServer } from '../e2e/fixtures/servers.ts';
import { type Handler, HttpUpstream, json } from '../transport/fixtures/http-upstream.ts';
import { statelessServer } from './stateless-server.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function connect(place: McpPlace, timeout = 20_000, signal = new AbortController().signal) {
  const client = await McpClient.connect(place, { signal, timeout });
  cleanups.push(() => client.close());
  return client;
}

async function codeOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => 'none',
    (error) => error.code,
  );
}

/** A server of the session era; `answer` gives the result of what is no handshake. */
async function server(
  answer: (message: { method: string; params: Params }) => object,
  written = (text: string) => text,
  capabilities: object = { tools: {} },
) {
  const handler: Handler = (response, { method, body }, id) => {
    if (method === 'GET') return void response.writeHead(405).end();
    if (method === 'DELETE') return void response.writeHead(200).end();
    if (id === undefined) return void response.writeHead(202).end();
    const message = JSON.parse(body);
    if (message.method === 'server/discover') {
      const error = { code: -32601, message: 'no' };
      return json(response, JSON.stringify({ jsonrpc: '2.0', id, error }));
    }
    const { protocolVersion } = message.params ?? {};
    const serverInfo = { name: 'it', version: '1' };
    const outcome =
      message.method === 'initialize'
        ? { result: { protocolVersion, capabilities, serverInfo } }
        : answer(message);
    json(response, written(JSON.stringify({ jsonrpc: '2.0', id, ...outcome })));
  };
  const upstream = await HttpUpstream.start(handler);
  cleanups.push(() => upstream.close());
  return upstream;
}

interface Params {
  readonly cursor?: string;
}

async function stateless(called?: object) {
  const upstream = await statelessServer(called && (() => called));
  cleanups.push(() => upstream.close());
  return upstream;
}

async function plainHttp(status: number, body = ''): Promise<string> {
  const http: Server = createServer((_request, response) => {
    response.writeHead(status, { 'content-type': 'text/plain' }).end(body);
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  cleanups.push(async () => http.close());
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`;
}

describe('the MCP client of verbs', () => {
  it('lists the tools of the reference server over Streamable HTTP, and calls one', async () => {
    const everything = await EverythingServer.start();
    cleanups.push(() => everything.stop());
    const client = await connect({ url: everything.url });
    const names = (await client.listTools()).map(({ name }) => name);
    expect(names).toContain('echo');
    const { result } = await client.callTool('echo', { message: 'hi' });
    expect(JSON.stringify(result)).toContain('hi');
  });

  it('sees the tools that are listed only to clients which can be asked, and refuses to be', async () => {
    const everything = await EverythingServer.start();
    cleanups.push(() => everything.stop());
    const client = await connect({ url: everything.url });
    const names = (await client.listTools()).map(({ name }) => name);
    const asking = ['trigger-sampling-request', 'trigger-elicitation-request'];
    expect(names).toEqual(expect.arrayContaining(['get-roots-list', ...asking]));
    const sampled = await client.callTool('trigger-sampling-request', { prompt: 'hi' });
    expect(JSON.stringify(sampled)).toContain('sallyport has no model to ask');
    const elicited = await client.callTool('trigger-elicitation-request', {});
    expect(JSON.stringify(elicited)).toMatch(/declined/i);
    const rooted = await client.callTool('get-roots-list', {});
    expect(JSON.stringify(rooted)).toContain('no roots');
  });

  it('speaks the HTTP+SSE of 2024-11-05 where it is told to', async () => {
    const everything = await EverythingSseServer.start();
    cleanups.push(() => everything.stop());
    const client = await connect({ url: everything.url, transport: 'sse' });
    expect((await client.listTools()).length).toBeGreaterThan(5);
  });

  it.each(['both', 'stateless'] as const)(
    'asks a server which eras it speaks: %s',
    async (eras) => {
      const upstream = await BothErasUpstream.start(eras);
      cleanups.push(() => upstream.stop());
      const client = await connect({ url: upstream.url });
      expect(client.protocol).toBe('2026-07-28');
      const [tool] = await client.listTools();
      expect(tool).toMatchObject({ name: expect.any(String), inputSchema: { type: 'object' } });
    },
  );

  it('speaks the era that the place says', async () => {
    const upstream = await BothErasUpstream.start('both');
    cleanups.push(() => upstream.stop());
    const client = await connect({ url: upstream.url, era: 'session' });
    expect(client.protocol).toBe('2025-11-25');
  });

  it('starts an upstream of the configuration with its folder and environment', async () => {
    const script = `
      const lines = require('node:readline').createInterface({ input: process.stdin });
      lines.on('line', (line) => {
        const { id, method, params } = JSON.parse(line);
        if (id === undefined) return;
        const serverInfo = { name: 'it', version: '1' };
        const results = {
          initialize: { protocolVersion: params?.protocolVersion, capabilities: { tools: {} }, serverInfo },
          'tools/list': { tools: [{ name: process.env.SECRET + ' in ' + process.cwd(), inputSchema: { type: 'object' } }] },
        };
        const result = results[method];
        const said = result ? { result } : { error: { code: -32601, message: 'no' } };
        console.log(JSON.stringify({ jsonrpc: '2.0', id, ...said }));
      });`;
    const config = configSchema.parse({
      upstreams: {
        it: { command: [process.execPath, '-e', script], cwd: 'src', env: { SECRET: 'known' } },
      },
    });
    const { it: upstream } = config.upstreams;
    if (!upstream) throw new Error('no upstream');
    const client = await connect(placeOfUpstream(upstream, process.cwd()));
    const [tool] = await client.listTools();
    expect(tool?.name).toBe(`known in ${process.cwd()}/src`);
  });

  it('reads tools as they were sent, on every page', async () => {
    const odd = {
      name: 'b',
      inputSchema: { type: 'object', 'x-own': [1] },
      annotations: { own: 1 },
    };
    const { url } = await server(({ params }) => ({
      result: params?.cursor
        ? { tools: [odd] }
        : { tools: [{ name: 'a', inputSchema: { type: 'object' } }], nextCursor: 'more' },
    }));
    const client = await connect({ url });
    const tools = await client.listTools();
    expect(tools[1]).toEqual(odd);
    expect(tools.length).toBe(2);
  });

  it('sends headers and the token with every request', async () => {
    const upstream = await server(() => ({ result: { tools: [] } }));
    const place = { url: upstream.url, headers: { 'x-own': 'yes' }, token: 'secret' };
    await (await connect(place)).listTools();
    const own = upstream.received.map(({ headers }) => [headers['x-own'], headers.authorization]);
    expect(new Set(own.map(String))).toEqual(new Set(['yes,Bearer secret']));
  });

  it('gives answers as they were sent, with all that no schema names', async () => {
    const result = { contents: [{ uri: 'doc://1', own: { deep: [1] } }], 'x-own': 1 };
    const { url } = await server(() => ({ result }));
    const client = await connect({ url });
    expect(await client.request('resources/read', { uri: 'doc://1' })).toEqual({ result });
    expect(await client.callTool('a', {})).toEqual({ result });
  });

  it('lists resources, templates and prompts, page by page, and nothing of what a server lacks', async () => {
    const { url } = await server(({ method, params }) => {
      const [kind = ''] = method === 'resources/templates/list' ? ['resourceTemplates'] : method.split('/'); // biome-ignore format: one line says it
      const first = { [kind]: [{ name: `${kind} 1` }], nextCursor: 'more' };
      return { result: params?.cursor ? { [kind]: [{ name: `${kind} 2`, own: 1 }] } : first };
    }, undefined, { resources: {}, prompts: {} }); // biome-ignore format: one line says it
    const client = await connect({ url });
    for (const kind of ['resources', 'resourceTemplates', 'prompts'] as const) {
      const items = [{ name: `${kind} 1` }, { name: `${kind} 2`, own: 1 }];
      expect(await client.list(kind)).toEqual({ items });
    }
    expect(client.offers('tools')).toBe(false);
    expect(await client.list('tools')).toEqual({ items: [] });
  });

  it('gives a refusal of a list as an answer too, but not where tools must be had', async () => {
    const error = { code: -32000, message: 'not for you' };
    const { url } = await server(() => ({ error }));
    const client = await connect({ url });
    expect(await client.list('tools')).toEqual({ error });
    expect(await codeOf(client.listTools())).toBe('UPSTREAM_STATUS');
  });

  it('repeats arguments in headers where a stateless server wants that', async () => {
    const upstream = await stateless();
    const client = await connect({ url: upstream.url });
    const { result } = await client.callTool('report', { region: 'Zürich', note: 'x' });
    expect(result).toMatchObject({ content: [{ type: 'text', text: 'done', own: 1 }] });
    const { headers } = upstream.received.at(-1) ?? {};
    expect(headers?.['mcp-param-region']).toBe(`=?base64?${Buffer.from('Zürich').toString('base64')}?=`); // biome-ignore format: one line says it
  });

  it('gives back what asks for input, and answers nothing', async () => {
    const asks = {
      resultType: 'input_required',
      inputRequests: { q: { method: 'elicitation/create', params: { message: 'sure?' } } },
      requestState: 's',
    };
    const upstream = await stateless(asks);
    const client = await connect({ url: upstream.url });
    const before = upstream.received.length;
    expect(await client.request('tools/call', { name: 'report' })).toEqual({ result: asks });
    expect(upstream.received.length).toBe(before + 1);
  });

  it('gives a refusal of a call as an answer, not as an error', async () => {
    const error = { code: -32000, message: 'not today', data: { why: 'rain' } };
    const { url } = await server(() => ({ error }));
    const client = await connect({ url });
    expect(await client.callTool('x', {})).toEqual({ error });
  });
});

describe('what can go wrong with a server', () => {
  const tool = { name: 'a', inputSchema: { type: 'object' } };

  it.each([
    [401, 'AUTH_TOKEN_MISSING', undefined],
    [401, 'AUTH_TOKEN_INVALID', 'stale'],
    [403, 'UPSTREAM_STATUS', undefined],
    [429, 'UPSTREAM_RATE_LIMIT', undefined],
    [503, 'UPSTREAM_BUSY', undefined],
  ] as const)('HTTP %i is %s', async (status, code, token) => {
    const url = await plainHttp(status, 'no \u001b[31mway');
    const era = 'session' as const;
    const failed = connect({ url, era, ...(token ? { token } : {}) });
    expect(await codeOf(failed)).toBe(code);
    expect(await codeOf(connect({ url, ...(token ? { token } : {}) }))).toBe(code);
    await failed.catch(({ message }) => expect(message).not.toContain('\u001b'));
  });

  it('nobody listens', async () => {
    const gone = await HttpUpstream.start();
    await gone.close();
    for (const url of ['http://127.0.0.1:1/mcp', gone.url, 'http://no-such-host.invalid/mcp']) {
      expect(await codeOf(connect({ url }))).toBe('UPSTREAM_UNREACHABLE');
      expect(await codeOf(connect({ url, era: 'session' }))).toBe('UPSTREAM_UNREACHABLE');
    }
  });

  it('there is no such program', async () => {
    const place = { command: ['/no/such/program'], cwd: '/', env: {} };
    expect(await codeOf(connect(place))).toBe('UPSTREAM_UNREACHABLE');
  });

  it('the program ends, and what it wrote is told', async () => {
    const script = 'console.error("no \\u001b[31mlicence"); process.exit(3)';
    const place = {
      command: [process.execPath, '-e', script],
      cwd: '/',
      env: {},
      era: 'session' as const,
    };
    const error = await connect(place).catch((thrown) => thrown);
    expect(error.code).toBe('UPSTREAM_ENDED');
    expect(error.hint).toContain('no \\x1b[31mlicence');
  });

  it('a program that says nothing', async () => {
    const place = {
      command: [process.execPath, '-e', 'setInterval(() => {}, 1e6)'],
      cwd: '/',
      env: {},
    };
    expect(await codeOf(connect(place, 300))).toBe('UPSTREAM_TIMEOUT');
  });

  it('it is no MCP server', async () => {
    expect(await codeOf(connect({ url: await plainHttp(200, '<html>') }))).toBe('UPSTREAM_INVALID');
  });

  it.each([
    [
      'has no end',
      (cursor = '') => ({ tools: [tool], nextCursor: `${cursor}x` }),
      'UPSTREAM_INVALID',
    ],
    ['goes in a circle', () => ({ tools: [tool], nextCursor: 'x' }), 'UPSTREAM_INVALID'],
    ['holds no tools', () => ({ tools: 'none' }), 'UPSTREAM_INVALID'],
    ['holds what is no tool', () => ({ tools: [1] }), 'UPSTREAM_INVALID'],
    ['is huge', () => ({ tools: [{ ...tool, description: 'x'.repeat(17e6) }] }), 'FRAME_TOO_LARGE'],
  ] as const)('a list that %s', async (_, result, code) => {
    const { url } = await server(({ params }) => ({ result: result(params?.cursor) }));
    const client = await connect({ url });
    expect(await codeOf(client.listTools())).toBe(code);
  });

  it.each([200, 100_000])('a tool that nests %i deep', async (depth) => {
    const { url } = await server(
      () => ({ result: { tools: [tool] } }),
      (text) =>
        text.replace('"name":"a"', `"name":"a","x":${'['.repeat(depth)}${']'.repeat(depth)}`),
    );
    const client = await connect({ url });
    expect(await codeOf(client.listTools())).toBe('UPSTREAM_INVALID');
  });

  it('is interrupted by its signal', async () => {
    const controller = new AbortController();
    const { url } = await server(() => {
      controller.abort();
      return { result: { tools: [] } };
    });
    const client = await connect({ url }, 20_000, controller.signal);
    expect(await codeOf(client.listTools())).toBe('CLIENT_GONE');
  });

  it('a server of the reference over stdio is ended with the client', async () => {
    const client = await connect({ command: commands.memory, cwd: process.cwd(), env: {} });
    expect((await client.listTools()).length).toBeGreaterThan(3);
  });
});
