import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { constants, type OutgoingHttpHeaders } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { Agent, fetch as undiciFetch } from 'undici';
import { afterEach, describe, expect, it } from 'vitest';
import type { HttpUpstream } from '../transport/fixtures/http-upstream.ts';
import { Http2Client } from '../transport/fixtures/http2-client.ts';
import { textOf } from './fixtures/agent.ts';
import { allowAll, type GateOptions, type RunningGate, startGate } from './support/gate.ts';
import { mcpHandler, startMcpUpstream } from './support/mcp-upstream.ts';
import { call, initialize } from './support/raw-client.ts';

// A gate whose clients speak HTTP/2, over cleartext (prior knowledge) and over TLS.

const pem = (name: string) => join(import.meta.dirname, '../transport/fixtures/tls', name);
const ca = readFileSync(pem('first.cert.pem'));
const tls = { cert: pem('first.cert.pem'), key: pem('first.key.pem') };

let gate: RunningGate;
let upstream: HttpUpstream;
let client: Http2Client;
let headers: OutgoingHttpHeaders;

async function start(config: GateOptions['config'] = {}): Promise<void> {
  upstream = await startMcpUpstream();
  gate = await startGate({
    upstreams: { files: { url: upstream.url } },
    policies: allowAll,
    config,
  });
  client = new Http2Client(gate.url, { ca });
  headers = {
    ':path': '/mcp/files',
    authorization: `Bearer ${await gate.token('ana', 'files')}`,
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
  };
}

afterEach(async () => {
  client.close();
  await gate.stop();
  await upstream.close();
});

async function begin(): Promise<void> {
  const { headers: head } = await client.send(headers, initialize());
  headers['mcp-session-id'] = String(head['mcp-session-id']);
}

async function echo(text: string, id: unknown = text): Promise<unknown> {
  const { body } = await client.send(headers, call(text, id));
  return textOf(JSON.parse(body.toString()).result);
}

const failures = () =>
  gate
    .transcripts()
    .eventsAfter(0, 1_000)
    .filter(({ kind }) => kind === 'failed')
    .map(({ detail }) => detail?.code);

describe('a client of HTTP/2', () => {
  it('has many calls under way on one connection', async () => {
    await start();
    await begin();
    const texts = Array.from({ length: 100 }, (_, at) => `call ${at}`);
    expect(await Promise.all(texts.map((text) => echo(text)))).toEqual(texts);
    expect(gate.log.filter((line) => /STAGE_FAULT|"level":"error"/.test(line))).toEqual([]);
  });

  it('shares the port, and its session, with clients of HTTP/1.1', async () => {
    await start();
    await begin();
    const { ':path': path, ...others } = headers as Record<string, string>;
    const response = await fetch(`${gate.url}${path}`, {
      ...{ method: 'POST', headers: others, body: call('the same session') },
    });
    expect(textOf(JSON.parse(await response.text()).result)).toBe('the same session');
  });

  it('gets the events of a stream as they are sent, and comes back after a reset for what it missed', async () => {
    await start();
    let stream: ServerResponse | undefined;
    upstream.handler = (response, received, id) => {
      if (received.method !== 'GET') return mcpHandler(response, received, id);
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      stream = response.once('close', () => {
        stream = undefined;
      });
    };
    await begin();
    const listening = client.open({ ...headers, ':method': 'GET' }).setEncoding('utf8');
    await expect.poll(() => stream).toBeDefined();
    for (const data of ['one', 'two', 'three']) {
      const note = {
        jsonrpc: '2.0',
        method: 'notifications/message',
        params: { level: 'info', data },
      };
      stream?.write(`data: ${JSON.stringify(note)}\n\n`);
      expect(String((await once(listening, 'data'))[0])).toContain(`"data":"${data}"`);
    }
    listening.close(constants.NGHTTP2_CANCEL);
    expect(await echo('still here')).toBe('still here');
    const missed = { jsonrpc: '2.0', method: 'notifications/message', params: { data: 'missed' } };
    stream?.write(`data: ${JSON.stringify(missed)}\n\n`);
    const again = client.open({ ...headers, ':method': 'GET' }).setEncoding('utf8');
    expect(String((await once(again, 'data'))[0])).toContain('"data":"missed"');
    again.close(constants.NGHTTP2_CANCEL);
  });

  it.each([
    ['HTTP_HOST', 403, { ':authority': 'evil.example' }, call('x')],
    ['AUTH_TOKEN_MISSING', 401, { authorization: '' }, call('x')],
    ['HTTP_PATH', 404, { ':path': '/elsewhere' }, call('x')],
    ['FRAME_TOO_LARGE', 413, {}, call('x'.repeat(200_000))],
    ['HTTP_METHOD', 405, { ':method': 'PUT' }, call('x')],
  ])('is told %s', async (code, status, wrong, body) => {
    await start({ limits: { message: '100KiB' } });
    await begin();
    const answer = await client.send({ ...headers, ...wrong }, body);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body.toString()).error.data.code).toBe(code);
    expect(await echo('still here')).toBe('still here');
  });

  it('may take a request back at any time', async () => {
    await start();
    await begin();
    for (let round = 0; round < 16; round++) {
      // Another token each time, so that none has been verified before.
      const authorization = `Bearer ${await gate.issuer.tokenFor('ana', gate.endpoint('files'))}`;
      const asked = client.session.request({ ...headers, ':method': 'POST', authorization });
      asked.on('error', () => undefined);
      const body = call('never mind', `c${round}`);
      if (round % 2 === 0) asked.end(body);
      else asked.write(body.slice(0, 20));
      if (round % 4 > 1) await new Promise((resolve) => setTimeout(resolve, 5));
      asked.close(constants.NGHTTP2_CANCEL);
    }
    expect(await echo('still here')).toBe('still here');
    await expect.poll(failures).toContain('CLIENT_GONE');
    expect(failures()).not.toContain('STAGE_FAULT');
    expect(gate.log.filter((line) => /STAGE_FAULT|"level":"error"/.test(line))).toEqual([]);
  });

  it.each(['FOO', 'PROPFIND'])(
    'finds nothing by a method that nobody knows (%s)',
    async (method) => {
      await start();
      const { status, body } = await client.send({ ...headers, ':method': method });
      expect(status).toBe(404);
      expect(JSON.parse(body.toString())).toMatchObject({ error: { data: { code: 'HTTP_PATH' } } });
      await expect.poll(failures).toEqual(['HTTP_PATH']);
      // As over HTTP/1.1.
      expect((await fetch(gate.endpoint('files'), { method: 'PROPFIND' })).status).toBe(404);
    },
  );
});

describe('an SDK client', () => {
  it.each([
    ['cleartext', {}],
    ['TLS', { listen: { tls } }],
  ])('works over HTTP/2 and %s', async (name, config) => {
    await start(config);
    expect(gate.url).toMatch(name === 'TLS' ? /^https:/ : /^http:/);
    // The types of undici lack useH2c.
    const options = { allowH2: true, useH2c: name !== 'TLS', connect: { ca } };
    const dispatcher = new Agent(options as Agent.Options);
    const versions = new Set<string | undefined>();
    const transport = new StreamableHTTPClientTransport(new URL(gate.endpoint('files')), {
      requestInit: { headers: { authorization: String(headers.authorization) } },
      fetch: async (url, init) => {
        const response = await undiciFetch(url, { ...(init as object), dispatcher });
        versions.add(response.headers.get('connection') ?? undefined);
        return response as unknown as Response;
      },
    });
    const agent = new Client({ name: 'agent', version: '7' });
    await agent.connect(transport as Parameters<Client['connect']>[0]);
    const results = ['one', 'two'].map((text) =>
      agent.callTool({ name: 'echo', arguments: { text } }),
    );
    expect((await Promise.all(results)).map(textOf)).toEqual(['one', 'two']);
    // HTTP/1.1 would say keep-alive.
    expect([...versions]).toEqual([undefined]);
    await agent.close();
    await dispatcher.close();
  });
});

describe('a gate with a certificate', () => {
  it('names itself by https where tokens are asked for', async () => {
    await start({ listen: { tls } });
    const { headers: head } = await client.send({ ...headers, authorization: '' }, initialize());
    expect(head['www-authenticate']).toContain(`resource_metadata="${gate.url}/`);
    const path = '/.well-known/oauth-protected-resource/mcp/files';
    const { body } = await client.send({ ':path': path });
    expect(JSON.parse(body.toString()).resource).toBe(gate.endpoint('files'));
  });

  it('does not start with one that does not fit', async () => {
    await start();
    const folder = mkdtempSync(join(tmpdir(), 'sallyport-pair-'));
    const [cert, key] = [join(folder, 'cert'), join(folder, 'key')];
    copyFileSync(pem('first.cert.pem'), cert);
    copyFileSync(pem('second.key.pem'), key);
    const config = { listen: { tls: { cert, key } } };
    const upstreams = { files: { url: upstream.url } };
    const starting = startGate({ upstreams, policies: allowAll, config });
    await expect(starting).rejects.toMatchObject({ code: 'TLS_UNUSABLE' });
    rmSync(folder, { recursive: true });
  });
});
