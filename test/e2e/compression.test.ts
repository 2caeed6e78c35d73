import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { request } from 'node:http';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { event, type HttpUpstream } from '../transport/fixtures/http-upstream.ts';
import { connect, textOf } from './fixtures/agent.ts';
import { allowAll, type GateOptions, type RunningGate, startGate } from './support/gate.ts';
import { instead, mcpHandler, startMcpUpstream } from './support/mcp-upstream.ts';
import { answerOf, call, RawClient } from './support/raw-client.ts';

// Answers are compressed for clients that ask, and say the same.

const LONG = 'all the same, '.repeat(2_000);

let gate: RunningGate;
let upstream: HttpUpstream;
let ana: RawClient;

async function start(listen: NonNullable<GateOptions['config']>['listen'] = {}): Promise<void> {
  upstream = await startMcpUpstream();
  const upstreams = { files: { url: upstream.url } };
  gate = await startGate({ upstreams, policies: allowAll, config: { listen } });
  ana = await RawClient.open(gate, 'ana', 'files');
}

afterEach(async () => {
  await gate.stop();
  await upstream.close();
});

describe('an answer', () => {
  it.each(['gzip', 'br', 'zstd'])('is compressed with %s for who asks', async (coding) => {
    await start();
    const response = await ana.post(call(LONG), { 'accept-encoding': coding });
    expect(response.headers.get('content-encoding')).toBe(coding);
    expect(Number(response.headers.get('content-length'))).toBeLessThan(LONG.length / 10);
    expect(textOf((await answerOf(response)).result)).toBe(LONG);
  });

  it.each([
    ['for who does not ask', undefined, LONG, 'identity'],
    ['where it is small', undefined, 'small', 'gzip'],
    ['where that is switched off', false, LONG, 'gzip'],
    ['where it is smaller than what is set', { min: '1MiB' }, LONG, 'gzip'],
  ] as const)('is left as it is %s', async (_, compression, text, accepted) => {
    await start(compression === undefined ? {} : { compression });
    const response = await ana.post(call(text), { 'accept-encoding': accepted });
    expect(response.headers.get('content-encoding')).toBeNull();
    expect(textOf((await answerOf(response)).result)).toBe(text);
  });

  it('is the same for an SDK client', async () => {
    await start();
    const { client } = await connect(ana.url, { token: ana.token });
    const result = await client.callTool({ name: 'echo', arguments: { text: LONG } });
    expect(textOf(result)).toBe(LONG);
    await client.close();
  });
});

describe('a stream', () => {
  const note = (data: number) => ({
    ...{ jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data } },
  });

  it('of a call is compressed, and each event comes before the next is sent', async () => {
    await start();
    let stream: ServerResponse | undefined;
    let id: unknown;
    upstream.handler = instead('stream', (response, asked) => {
      id = asked;
      stream = response.writeHead(200, { 'content-type': 'text/event-stream' });
      stream.write(event(JSON.stringify(note(0))));
    });
    const { body, encoding } = await open('POST', call('stream'));
    expect(encoding).toBe('gzip');
    const decoded = body.pipe(createGunzip()).setEncoding('utf8');
    const next = async () => String((await once(decoded, 'data'))[0]);
    expect(await next()).toContain(JSON.stringify(note(0)));
    for (let at = 1; at < 10; at++) {
      stream?.write(event(JSON.stringify(note(at))));
      expect(await next()).toContain(JSON.stringify(note(at)));
    }
    const result = { content: [{ type: 'text', text: LONG }] };
    stream?.end(event(JSON.stringify({ jsonrpc: '2.0', id, result })));
    let rest = '';
    for await (const chunk of decoded) rest += chunk;
    expect(rest).toContain(LONG);
  });

  it('that listens is not compressed', async () => {
    await start();
    upstream.handler = (response, received, id) => {
      if (received.method !== 'GET') return mcpHandler(response, received, id);
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(event(JSON.stringify(note(7))));
    };
    const { body, encoding } = await open('GET');
    expect(encoding).toBeUndefined();
    expect(String((await once(body, 'data'))[0])).toContain('"data":7');
    body.destroy();
  });

  async function open(method: string, sent?: string) {
    const headers = {
      ...ana.headers,
      'content-type': 'application/json',
      accept: sent === undefined ? 'text/event-stream' : 'application/json, text/event-stream',
      'accept-encoding': 'gzip, br',
    };
    const asked = request(ana.url, { method, headers }).end(sent);
    const [response] = await once(asked, 'response');
    const encoding: unknown = response.headers['content-encoding'];
    return { body: response as Readable, encoding };
  }
});
