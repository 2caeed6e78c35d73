import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  StatelessClient,
  SUBSCRIPTION,
  stateless,
  statelessHostile,
} from './fixtures/stateless-client.ts';
import { answer, notification, textOf } from './fixtures/stdio-client.ts';

const clients: StatelessClient[] = [];
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.link.stop()));
});
function connect(): StatelessClient {
  const client = new StatelessClient({ command: statelessHostile });
  clients.push(client);
  return client;
}

describe('a stdio upstream of the stateless era that misbehaves', () => {
  it('gets an error where it asks, and the call goes on', async () => {
    const client = connect();
    const sink = await client.call('ask');
    expect(sink.heard).toEqual(['open', 'result', 'end']);
    expect(JSON.parse(textOf(sink))).toMatchObject({ code: -32_600 });
    expect(client.log.lines.join('\n')).toContain('debug the upstream sent a request');
  });

  it('cannot answer a call that was given up, nor the next with the same id', async () => {
    const client = connect();
    const controller = new AbortController();
    const gone = client.start('silent', { id: 'same', signal: controller.signal });
    controller.abort();
    const sink = await client.call('late', { id: 'same' });
    expect(textOf(sink)).toBe('done');
    expect(sink.heard).toEqual(['open', 'result', 'end']);
    expect(gone.heard).toEqual([]);
    expect(JSON.parse(textOf(await client.call('heard')))).toEqual([['cancelled', 1]]);
  });

  it('loses an answer whose id is of another kind', async () => {
    const sink = await connect().call('string-answer', { id: 1 });
    expect(textOf(sink)).toBe('right');
  });

  it('loses progress with a token that no call gave', async () => {
    const client = connect();
    const sinks = [
      await client.call('stray-progress'),
      await client.call('stray-progress', { token: { odd: 1 } }),
    ];
    expect(sinks.flatMap(({ heard }) => heard)).toEqual([
      ...['open', 'result', 'end', 'open', 'result', 'end'],
    ]);
  });

  it('reaches no call with the subscription id of none', async () => {
    const client = connect();
    const listener = client.subscribe('s');
    const sink = await client.call('stray-subscription');
    expect(sink.heard).toEqual(['open', 'result', 'end']);
    expect(listener.heard).toEqual(['open', 'notification']);
  });

  it('reaches the only call under way with what names none, and nobody where there are several', async () => {
    const client = connect();
    const listener = client.subscribe('s');
    const alone = await client.call('message');
    expect(alone.heard).toEqual(['open', 'notification', 'result', 'end']);
    client.start('silent');
    const among = await client.call('message');
    expect(among.heard).toEqual(['open', 'result', 'end']);
    expect(listener.heard).toEqual(['open', 'notification']);
  });

  it('may end a subscription, and no call', async () => {
    const client = connect();
    const listener = client.subscribe('s');
    const sink = await client.call('end-subscription');
    expect(sink.heard).toEqual(['open', 'result', 'end']);
    expect(listener.heard).toEqual(['open', 'notification', 'end']);
    expect(textOf(await client.call('heard'))).toBe('[]');
  });

  it('may close a subscription with a result, which has the id of the request', async () => {
    const client = connect();
    const listener = client.subscribe('s');
    await client.call('close-subscription');
    expect(listener.heard).toEqual(['open', 'notification', 'result', 'end']);
    expect(listener.messages[1]).toMatchObject({
      ...{ id: 's', result: { _meta: { [SUBSCRIPTION]: 's' } } },
    });
  });
});

describe('a slow client of a shared channel', () => {
  it('holds up nobody else, and gets everything in order when it takes it', async () => {
    const client = connect();
    const { promise, resolve } = Promise.withResolvers<void>();
    const listener = client.subscribe('s');
    listener.taking = promise;
    const slow = client.start('flood', { args: { count: 20 }, token: 't' });
    slow.taking = promise;
    await vi.waitFor(() => expect(slow.messages).toHaveLength(1), { timeout: 15_000 });
    const sink = await client.call('end-subscription');
    expect(textOf(sink)).toBe('ended');
    expect([slow.heard, listener.heard]).toEqual([
      ['open', 'notification'],
      ['open', 'notification'],
    ]);
    slow.taking = undefined;
    resolve();
    await Promise.all([slow.over, listener.over]);
    expect(listener.heard).toEqual(['open', 'notification', 'end']);
    expect(slow.heard.slice(-2)).toEqual(['result', 'end']);
    const seen = slow.messages.flatMap((each) => ('params' in each ? [each.params?.progress] : []));
    expect(seen).toEqual(Array.from({ length: 20 }, (_, n) => n));
  });

  it('has the server wait where too much would be kept, until it takes it or is gone', async () => {
    const client = connect();
    const controller = new AbortController();
    const { signal } = controller;
    const slow = client.start('flood', { args: { count: 5_000 }, token: 't', signal });
    slow.taking = new Promise(() => {});
    await vi.waitFor(() => expect(slow.messages).toHaveLength(1), { timeout: 15_000 });
    const other = client.start('heard');
    await new Promise((done) => setTimeout(done, 500));
    expect(other.heard).toEqual([]);
    controller.abort();
    await other.over;
    expect(textOf(other)).toBe('[]');
    expect(slow.messages).toHaveLength(1);
  });
});

describe('what goes over a shared channel', () => {
  it('has the ids of the link on the wire, and everything else as the client said', async () => {
    const client = connect();
    const sink = await client.call('meta', { id: 'mine', token: 'mine' });
    const meta = JSON.parse(textOf(sink));
    expect(meta).toEqual({
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
      'io.modelcontextprotocol/clientCapabilities': {},
      progressToken: 1,
    });
  });

  it('changes an answer in nothing but its id', async () => {
    const client = connect();
    const sink = client.send(stateless('tools/call', 'x', { name: 'big' }));
    await sink.over;
    expect(JSON.stringify(sink.messages[0])).toBe(
      '{"jsonrpc":"2.0","id":"x","result":{"n":12345678901234567890,"__proto__":1}}',
    );
    const refused = await client.call('refuse', { id: 1.5 });
    expect(refused.messages[0]).toMatchObject({ id: 1.5, error: { code: -32_602 } });
  });

  it("has neither a client's cancellation, which names an id of its own, nor an answer", async () => {
    const client = connect();
    const waiting = client.start('silent', { id: 'mine' });
    const sinks = [
      client.send(notification('notifications/cancelled', { requestId: 1 })),
      client.send(answer('question', {})),
    ];
    expect(sinks.map(({ heard }) => heard)).toEqual([
      ['open', 'end'],
      ['open', 'end'],
    ]);
    expect(textOf(await client.call('heard'))).toBe('[]');
    await client.call('late');
    await vi.waitFor(() => expect(waiting.heard).toEqual(['open', 'result', 'end']));
  });
});
