import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { event, HttpUpstream, json, resultText, sse } from '../transport/fixtures/http-upstream.ts';
import { EventReader } from './fixtures/event-reader.ts';
import { type RunningGate, startGate } from './support/gate.ts';
import { mcpHandler } from './support/mcp-upstream.ts';
import { call, message, RawClient } from './support/raw-client.ts';

/** Policies that let everything pass, and hide mail addresses. */
const masking = `apiVersion: sallyport/v1
rules:
  - id: all
    on: { tools: ['*'], methods: ['**'] }
    then: allow
    mask: [{ find: email, in: [result] }]
`;

let upstream: HttpUpstream;
let gate: RunningGate;
/** Answers the GETs of calls that were cut off. */
let resumed: ServerResponse[];

beforeAll(async () => {
  upstream = await HttpUpstream.start((response, received, id) => {
    if (received.body.includes('tools/call')) {
      return sse(response, `id: e0\nretry: 50\ndata: \n\n`);
    }
    if (received.headers['last-event-id'] !== 'e0') return mcpHandler(response, received, id);
    resumed.push(response);
  });
  gate = await startGate({ upstreams: { polled: { url: upstream.url } }, policies: masking });
});
beforeEach(() => {
  resumed = [];
});
afterAll(async () => {
  await gate?.stop();
  await upstream?.close();
});

/** A call of a client that knows how to come back, with its first event, which primes. */
async function begin(id: number, protocolVersion = '2025-11-25') {
  const client = new RawClient(gate.endpoint('polled'), await gate.token('ana', 'polled'));
  const params = {
    ...{ protocolVersion, capabilities: {} },
    clientInfo: { name: 'raw', version: '1' },
  };
  const opened = await client.post(message('initialize', params));
  client.session = opened.headers.get('mcp-session-id') ?? undefined;
  await opened.text();
  const headers = {
    ...{ accept: 'application/json, text/event-stream', 'content-type': 'application/json' },
    ...client.headers,
  };
  const reader = await EventReader.open(client.url, {
    ...{ method: 'POST', headers, body: call('x', id) },
  });
  const primed = protocolVersion === '2025-11-25' ? await reader.next() : undefined;
  await expect.poll(() => resumed).toHaveLength(1);
  const back = () => {
    const resume = { accept: 'text/event-stream', 'last-event-id': primed?.id ?? '' };
    return EventReader.open(client.url, { headers: { ...client.headers, ...resume } });
  };
  return { reader, back };
}

const answer = (id: number) => {
  const [response] = resumed;
  if (response) sse(response, event(resultText(id, 'for ana@example.com'), 'id: e1\n'));
};

it('brings the answer of a call that its upstream cut off, judged and masked', async () => {
  const { reader } = await begin(1, '2025-06-18');
  answer(1);
  const { message: got } = await reader.message();
  expect(got).toMatchObject({ id: 1, result: { content: [{ type: 'text' }] } });
  expect(JSON.stringify(got)).not.toContain('ana@example.com');
});

it('sends the client away for as long, where its revision knows that', async () => {
  const { reader, back } = await begin(4);
  expect(await reader.next()).toMatchObject({ data: '' });
  expect(await reader.next()).toBeUndefined();
  const again = await back();
  answer(4);
  const { message: got } = await again.message();
  expect(got).toMatchObject({ id: 4, result: { content: [{ type: 'text' }] } });
  expect(JSON.stringify(got)).not.toContain('ana@example.com');
});

it('lets the client come back meanwhile', async () => {
  const { reader, back } = await begin(2);
  reader.cut();
  const again = await back();
  expect(again.response.status).toBe(200);
  expect(again.response.headers.get('content-type')).toBe('text/event-stream');
  answer(2);
  expect((await again.message()).message).toMatchObject({ id: 2, result: {} });
});

it('tells the client where the upstream does not go on', async () => {
  const { reader } = await begin(3, '2025-06-18');
  const [response] = resumed;
  if (response) json(response, '', 405);
  const { message: got } = await reader.message();
  expect(got).toMatchObject({ id: 3, error: { data: { code: 'UPSTREAM_ENDED' } } });
});
