import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { HttpUpstream } from '../transport/fixtures/http-upstream.ts';
import { allowAll, type GateOptions, type RunningGate, startGate } from './support/gate.ts';
import { instead, mcpHandler, startMcpUpstream } from './support/mcp-upstream.ts';
import { answerOf, call, initialize, RawClient } from './support/raw-client.ts';

// What a hostile client, or a hostile upstream, could take so that nothing is left for others.

let gate: RunningGate;
let upstream: HttpUpstream;

async function start(config: GateOptions['config'] = {}, policies = allowAll): Promise<void> {
  upstream = await startMcpUpstream();
  gate = await startGate({ upstreams: { files: { url: upstream.url } }, policies, config });
}

afterEach(async () => {
  await gate.stop();
  await upstream.close();
});

const EVENTS = { 'content-type': 'text/event-stream' };

function event(message: object): string {
  return `data: ${JSON.stringify({ jsonrpc: '2.0', ...message })}\n\n`;
}

describe('one caller', () => {
  it('can not take all sessions', async () => {
    await start({ limits: { caller_sessions: 2 } });
    await RawClient.open(gate, 'ana', 'files');
    const second = await RawClient.open(gate, 'ana', 'files');
    const refused = await new RawClient(second.url, second.token).post(initialize());
    expect(refused.status).toBe(503);
    expect((await answerOf(refused)).error?.data?.code).toBe('SESSION_LIMIT');
    await RawClient.open(gate, 'bob', 'files');
    await second.send('DELETE');
    await RawClient.open(gate, 'ana', 'files');
  });

  it('can not take all sessions by asking for many at once', async () => {
    await start({ limits: { caller_sessions: 2 } });
    const token = await gate.token('ana', 'files');
    const answers = await Promise.all(
      Array.from({ length: 8 }, () =>
        new RawClient(gate.endpoint('files'), token).post(initialize()),
      ),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(2);
  });

  it('can not take all calls', async () => {
    await start({ limits: { caller_calls: 1 } });
    const waiting: ServerResponse[] = [];
    upstream.handler = instead('wait', (response) => void waiting.push(response));
    const ana = await RawClient.open(gate, 'ana', 'files');
    const bob = await RawClient.open(gate, 'bob', 'files');
    const running = ana.post(call('wait', 'a'));
    await expect.poll(() => waiting.length).toBe(1);
    const refused = await ana.post(call('more', 'b'));
    expect(refused.status).toBe(429);
    expect((await answerOf(refused)).error?.data?.code).toBe('CALL_LIMIT');
    expect(await bob.echo('free')).toBe('free');
    waiting[0]?.writeHead(200, { 'content-type': 'application/json' });
    waiting[0]?.end(JSON.stringify({ jsonrpc: '2.0', id: 'a', result: { content: [] } }));
    expect((await running).status).toBe(200);
    expect(await ana.echo('again')).toBe('again');
  });
});

describe('a stream', () => {
  it('is not opened for a client that has gone while its token was verified', async () => {
    await start();
    let streams = 0;
    upstream.handler = (response, received, id) => {
      if (received.method !== 'GET') return mcpHandler(response, received, id);
      streams++;
      response.once('close', () => streams--);
      response.writeHead(200, EVENTS).flushHeaders();
    };
    const ana = await RawClient.open(gate, 'ana', 'files');
    const { host, hostname, port } = new URL(ana.url);
    for (let round = 0; round < 16; round++) {
      // Another token each time, so that none has been verified before.
      const token = await gate.issuer.tokenFor('ana', ana.url);
      const socket = connect(Number(port), hostname);
      await once(socket, 'connect');
      socket.write(
        `GET /mcp/files HTTP/1.1\r\nhost: ${host}\r\naccept: text/event-stream\r\n` +
          `authorization: Bearer ${token}\r\nmcp-session-id: ${ana.session}\r\n\r\n`,
      );
      socket.resetAndDestroy();
    }
    expect(await ana.echo('still')).toBe('still');
    await expect.poll(() => streams).toBe(0);
  });

  it('of an upstream that goes on after its answer is cut off, blocked answer or not', async () => {
    const policies = `${allowAll}  - id: no-secrets
    on: { tools: ['*'] }
    when: { 'result.content[*].text': { contains: secret } }
    then: block
`;
    await start({}, policies);
    const open = new Set<ServerResponse>();
    upstream.handler = instead('endless', (response, id) => {
      open.add(response);
      response.once('close', () => open.delete(response));
      const content = [{ type: 'text', text: 'secret' }];
      response.writeHead(200, EVENTS).write(event({ id, result: { content } }));
    });
    const ana = await RawClient.open(gate, 'ana', 'files');
    const answer = await answerOf(await ana.post(call('endless')));
    expect(answer.result?.content?.[0]?.text).toContain('no-secrets');
    expect(open.size).toBe(1);
    await expect.poll(() => open.size, { timeout: 20_000 }).toBe(0);
  });
});

describe('an upstream that asks and asks', () => {
  it('gets so many refusals at a time, and no more connections', async () => {
    await start({}, allowAll.replace("methods: ['**']", "methods: ['tools/call']"));
    const pending: ServerResponse[] = [];
    upstream.handler = (response, received, id) => {
      if (received.body.includes('"error"')) return void pending.push(response);
      if (!received.body.includes('ask')) return mcpHandler(response, received, id);
      response.writeHead(200, EVENTS);
      for (let asked = 0; asked < 300; asked++) {
        response.write(event({ id: `q${asked}`, method: 'elicitation/create', params: {} }));
      }
      response.end(event({ id, result: { content: [] } }));
    };
    const ana = await RawClient.open(gate, 'ana', 'files');
    await (await ana.post(call('ask'))).text();
    await expect.poll(() => pending.length).toBe(64);
    for (const response of pending) response.writeHead(202).end();
    expect(await ana.echo('still')).toBe('still');
  });

  it('gets one answer to each of its requests', async () => {
    await start();
    upstream.handler = instead('ask', (response, id) => {
      response.writeHead(200, EVENTS).write(event({ id: 'q1', method: 'roots/list' }));
      response.end(event({ id, result: { content: [] } }));
    });
    const ana = await RawClient.open(gate, 'ana', 'files');
    const stream = await (await ana.post(call('ask'))).text();
    const asked = JSON.parse(/^data: (.*)$/m.exec(stream)?.[1] ?? '') as { id: string };
    const answer = JSON.stringify({ jsonrpc: '2.0', id: asked.id, result: { roots: [] } });
    expect((await ana.post(answer)).status).toBe(202);
    const again = await ana.post(answer);
    expect(again.status).toBe(400);
    expect((await answerOf(again)).error?.data?.code).toBe('FRAME_INVALID');
  });
});

describe('a cancellation', () => {
  it('of a call that is not open does not reach the upstream', async () => {
    await start();
    const ana = await RawClient.open(gate, 'ana', 'files');
    const before = upstream.received.length;
    const params = { requestId: 'of-somebody' };
    const cancelled = JSON.stringify({ jsonrpc: '2.0', method: 'notifications/cancelled', params });
    expect((await ana.post(cancelled)).status).toBe(202);
    expect(upstream.received).toHaveLength(before);
  });
});

describe('a call that gets no answer in time', () => {
  it('is taken back at the upstream', async () => {
    upstream = await startMcpUpstream();
    const upstreams = { files: { url: upstream.url, timeout: '1s' } };
    gate = await startGate({ upstreams, policies: allowAll });
    upstream.handler = instead('never', () => undefined);
    const ana = await RawClient.open(gate, 'ana', 'files');
    expect((await ana.post(call('never', 'n'))).status).toBe(504);
    await expect.poll(() => upstream.last?.body).toContain('notifications/cancelled');
    expect(JSON.parse(upstream.last?.body ?? '')).toMatchObject({ params: { requestId: 'n' } });
    expect(await ana.echo('still')).toBe('still');
  });
});

describe('a session', () => {
  it('ends when it has lived long enough, used or not', async () => {
    await start({ sessions: { lifetime: '1s', idle: '1s' } });
    const ana = await RawClient.open(gate, 'ana', 'files');
    await expect
      .poll(async () => (await ana.post(call('x', crypto.randomUUID()))).status, {
        timeout: 20_000,
      })
      .toBe(404);
  });
});
