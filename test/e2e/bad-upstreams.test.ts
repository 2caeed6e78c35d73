import type { ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { event, json, resultText } from '../transport/fixtures/http-upstream.ts';
import { instead } from './support/mcp-upstream.ts';
import { answerOf, call, initialize, RawClient } from './support/raw-client.ts';
import { MASKED, TriedGate } from './support/tried-gate.ts';

let tried: TriedGate;

beforeAll(async () => {
  tried = await TriedGate.start();
});
beforeEach(() => tried.begin());
afterEach(() => tried.expectHealth());
afterAll(() => tried?.stop());

describe('an upstream', () => {
  const cases: [string, (response: ServerResponse, id: unknown) => void, number, string][] = [
    ['answers 500', (response) => json(response, 'no', 500), 502, 'UPSTREAM_STATUS'],
    ['answers 401', (response) => json(response, 'no', 401), 502, 'UPSTREAM_STATUS'],
    ['answers 503', (response) => json(response, 'no', 503), 503, 'UPSTREAM_BUSY'],
    ['answers 429', (response) => json(response, 'no', 429), 429, 'UPSTREAM_RATE_LIMIT'],
    ['answers rubbish', (response) => json(response, '<html>'), 502, 'UPSTREAM_INVALID'],
    [
      'answers with a batch',
      (response, id) => json(response, `[${resultText(id)}]`),
      502,
      'UPSTREAM_INVALID',
    ],
    [
      'answers too much',
      (response, id) => json(response, resultText(id, 'x'.repeat(30_000))),
      502,
      'UPSTREAM_INVALID',
    ],
    ['answers nothing', (response) => json(response, ''), 502, 'UPSTREAM_ENDED'],
    [
      'takes a request for a notification',
      (response) => json(response, '', 202),
      502,
      'UPSTREAM_ENDED',
    ],
    [
      'answers another request',
      (response) => json(response, resultText('other')),
      502,
      'UPSTREAM_ENDED',
    ],
    [
      'answers by another kind of id',
      (response, id) => json(response, resultText(Number(id))),
      502,
      'UPSTREAM_ENDED',
    ],
    ['breaks off', (response) => void response.destroy(), 502, 'UPSTREAM_ENDED'],
    [
      'redirects',
      (response) => json(response, '', 307, { location: '/x' }),
      502,
      'UPSTREAM_STATUS',
    ],
    ['never answers', () => undefined, 504, 'UPSTREAM_TIMEOUT'],
    ['has forgotten the session', (response) => json(response, 'no', 404), 404, 'SESSION_UNKNOWN'],
  ];

  it.each(cases)('that %s fails one call, and says so', async (_name, answers, status, code) => {
    tried.upstream.handler = instead('trouble', answers);
    const client = await RawClient.open(tried.gate, 'ana', 'files');
    tried.mark();
    const rpc = code === 'SESSION_UNKNOWN' ? -32000 : -32013;
    const answer = await tried.expectRefusal(
      await client.post(call('trouble', '7')),
      status,
      code,
      rpc,
    );
    expect(answer.id).toBe('7');
    if (code === 'SESSION_UNKNOWN') {
      await tried.expectRefusal(await client.post(call('x')), 404, 'SESSION_UNKNOWN');
    } else {
      expect(await client.echo('next')).toBe('next');
    }
  });

  it.each<[string, (response: ServerResponse, id: unknown) => void, string]>([
    ['ends', (response) => void response.end(), 'UPSTREAM_ENDED'],
    ['breaks off', (response) => void response.destroy(), 'UPSTREAM_ENDED'],
    ['goes silent', () => undefined, 'UPSTREAM_TIMEOUT'],
    [
      'outgrows the limit',
      (response) => void response.write('data: '.padEnd(30_000, 'x')),
      'UPSTREAM_INVALID',
    ],
  ])('whose stream %s before the answer is reported on the stream', async (_name, end, code) => {
    tried.upstream.handler = instead('trouble', (response, id) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(
        event(
          '{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":1}}',
        ),
      );
      setTimeout(end, 50, response, id);
    });
    const response = await tried.ana.post(call('trouble', 'c9'));
    expect(response.status).toBe(200);
    const answer = await answerOf(response);
    tried.told(JSON.stringify(answer));
    expect(answer).toMatchObject({ id: 'c9', error: { code: -32013, data: { code } } });
    await expect.poll(tried.recorded).toContain(code);
  });

  it('that is down fails requests and tells so', async () => {
    const dead = new RawClient(tried.gate.endpoint('dead'), await tried.gate.token('ana', 'dead'));
    const response = await dead.post(initialize());
    await tried.expectRefusal(response, 502, 'UPSTREAM_UNREACHABLE', -32013);
  });

  it('that fails takes no notification, and the client is told', async () => {
    const note = '{"jsonrpc":"2.0","method":"notifications/initialized"}';
    expect((await tried.ana.post(note)).status).toBe(202);
    tried.upstream.handler = (response) => void response.destroy();
    await tried.expectRefusal(await tried.ana.post(note), 502, 'UPSTREAM_ENDED', -32013);
  });

  it('that has no stream of its own leaves it to the gate', async () => {
    const response = await tried.ana.send('GET', { accept: 'text/event-stream' });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    await response.body?.cancel();
  });

  it.each(['1'.repeat(20_000), 'a\r\nx-injected: b', 'grün', ''])(
    'may name any revision in its answer to initialize (%#)',
    async (protocolVersion) => {
      tried.upstream.handler = instead('initialize', (response, id) => {
        const result = {
          protocolVersion,
          capabilities: {},
          serverInfo: { name: 'x', version: '1' },
        };
        json(response, JSON.stringify({ jsonrpc: '2.0', id, result }));
      });
      const client = await RawClient.open(tried.gate, 'ana', 'files');
      expect(client.session?.length).toBeLessThan(4_096);
      expect(await client.echo('fine')).toBe('fine');
    },
  );

  it('may answer with any Retry-After', async () => {
    for (const [given, expected] of [
      ['12', '12'],
      ['5\x80', null],
    ] as const) {
      tried.upstream.handler = instead('busy', (response) =>
        json(response, '', 503, { 'retry-after': given }),
      );
      const response = await tried.ana.post(call('busy'));
      expect(response.headers.get('retry-after')).toBe(expected);
      await tried.expectRefusal(response, 503, 'UPSTREAM_BUSY');
    }
  });
});

it('masks what a call, an answer or an error says', async () => {
  tried.upstream.handler = instead('ask', (response, id) => json(response, resultText(id, MASKED)));
  const answer = await (await tried.ana.post(call(`ask ${MASKED}`))).text();
  tried.upstream.handler = instead('ask', (response, id) =>
    json(response, JSON.stringify({ jsonrpc: '2.0', id, error: { code: 1, message: MASKED } })),
  );
  const error = await (await tried.ana.post(call(`ask ${MASKED}`))).text();
  expect(tried.upstream.last?.body).toContain('ask [redacted:email]');
  for (const text of [answer, error]) {
    tried.told(text);
    expect(text).toContain('[redacted:email]');
  }
});

it('shows no secret in the log, in an error or in the database', () => tried.expectNoSecret());
