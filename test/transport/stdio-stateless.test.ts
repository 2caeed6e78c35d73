import { afterEach, describe, expect, it, vi } from 'vitest';
import { CollectingSink } from './fixtures/collecting-sink.ts';
import { protocol, StatelessClient, SUBSCRIPTION, stateless } from './fixtures/stateless-client.ts';
import { never, runs, textOf } from './fixtures/stdio-client.ts';

const clients: StatelessClient[] = [];
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.link.stop()));
});
function connect(options: ConstructorParameters<typeof StatelessClient>[0] = {}): StatelessClient {
  const client = new StatelessClient(options);
  clients.push(client);
  return client;
}
/** Processes start slowly where the machine is busy. */
const soon = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 15_000 });
const pidOf = async (client: StatelessClient, owner: string) =>
  Number(textOf(await client.call('pid', { owner })));
const progressOf = ({ messages }: CollectingSink) =>
  messages.flatMap((message) =>
    'params' in message ? [[message.params?.progressToken, message.params?.message]] : [],
  );

describe('a stdio server of the stateless era', () => {
  it('answers without a session', async () => {
    const client = connect();
    const sink = client.send(stateless('server/discover', 'who are you'));
    await sink.over;
    expect(sink.heard).toEqual(['open', 'result', 'end']);
    expect(sink.head).toEqual({ streamed: false });
    expect(sink.messages[0]).toMatchObject({
      id: 'who are you',
      result: { supportedVersions: expect.arrayContaining([protocol]) },
    });
  });

  it('reports progress to the call that asked for it', async () => {
    const client = connect();
    const sink = client.start('hold', { args: { label: 'mine' }, token: 'p', id: 'a' });
    await soon(() => expect(sink.heard).toEqual(['open', 'notification']));
    await client.call('release');
    await sink.over;
    expect(sink.heard).toEqual(['open', 'notification', 'notification', 'result', 'end']);
    expect(sink.head).toEqual({ streamed: true });
    expect(progressOf(sink)).toEqual([
      ['p', 'mine'],
      ['p', 'mine'],
    ]);
  });

  it('has one process for all clients of an owner, and no other owner in it', async () => {
    const client = connect();
    const [first, again, other] = [
      await pidOf(client, 'ana'),
      await pidOf(client, 'ana'),
      await pidOf(client, 'ben'),
    ];
    expect(again).toBe(first);
    expect(other).not.toBe(first);
  });

  it('gives clients with the same id and token their own answers, each id of its kind', async () => {
    const client = connect();
    const calls = [
      { id: 1, token: 7, args: { label: 'one' } },
      { id: 1, token: 7, args: { label: 'two' } },
      { id: '1', token: '7', args: { label: 'three' } },
    ];
    const sinks = calls.map((call) => client.start('hold', call));
    await soon(() => expect(sinks.every(({ heard }) => heard.length === 2)).toBe(true));
    await client.call('release', { id: 1 });
    await Promise.all(sinks.map((sink) => sink.over));
    expect(sinks.map(textOf)).toEqual(['one', 'two', 'three']);
    expect(sinks.map(({ messages: [, , last] }) => last && 'id' in last && last.id)).toEqual([
      ...[1, 1, '1'],
    ]);
    expect(sinks.map((sink) => progressOf(sink)[0])).toEqual([
      [7, 'one'],
      [7, 'two'],
      ['7', 'three'],
    ]);
  });

  it('is told of a call that was given up, and of no other', async () => {
    const client = connect();
    const controller = new AbortController();
    const { signal } = controller;
    const gone = client.start('hold', { id: 1, args: { label: 'gone' }, signal });
    const stays = client.start('hold', { id: 1, args: { label: 'stays' } });
    await soon(async () => expect(textOf(await client.call('counts'))).toMatch(/^2 held/));
    controller.abort();
    await soon(async () => {
      expect(textOf(await client.call('counts'))).toBe('1 held, 1 cancelled');
    });
    await client.call('release');
    await stays.over;
    expect(textOf(stays)).toBe('stays');
    expect(gone.heard).toEqual([]);
  });

  it('is told of a call that waited too long', async () => {
    const client = connect({ timeout: 3_000 });
    const sink = await client.call('hold', { args: { label: 'slow' } });
    expect(sink.error?.code).toBe('UPSTREAM_TIMEOUT');
    expect(textOf(await client.call('counts'))).toBe('0 held, 1 cancelled');
  });

  it('tells subscribers what changed, each under the id of its own request', async () => {
    const client = connect();
    const [number, text] = [client.subscribe(5), client.subscribe('5')];
    await soon(() => expect(text.heard).toEqual(['open', 'notification']));
    await client.call('change', { id: 5 });
    await soon(() => expect([number, text].map((s) => s.messages.length)).toEqual([2, 2]));
    const ids = [number, text].map(({ messages }) =>
      messages.map((each) => 'params' in each && each.params?._meta),
    );
    expect(ids).toEqual([
      [{ [SUBSCRIPTION]: 5 }, { [SUBSCRIPTION]: 5 }],
      [{ [SUBSCRIPTION]: '5' }, { [SUBSCRIPTION]: '5' }],
    ]);
    expect(number.messages[1]).toMatchObject({ method: 'notifications/tools/list_changed' });
  });

  it('sends nothing to a subscription that was given up', async () => {
    const client = connect();
    const controller = new AbortController();
    const gone = client.subscribe(1, controller.signal);
    const stays = client.subscribe(1);
    await soon(() => expect(stays.heard).toEqual(['open', 'notification']));
    controller.abort();
    await client.call('change');
    await soon(() => expect(stays.messages).toHaveLength(2));
    expect(gone.messages).toHaveLength(1);
  });

  it('may be silent on a subscription for longer than on a call', async () => {
    const client = connect({ timeout: 3_000, openAfter: 20 });
    await client.call('pid');
    const listener = client.subscribe(1);
    const waits = await client.call('hold', { args: { label: 'slow' } });
    expect(waits.error?.code).toBe('UPSTREAM_TIMEOUT');
    await client.call('change');
    await soon(() => expect(listener.messages).toHaveLength(2));
    expect(listener.error).toBeUndefined();
  });

  it('has no stream of its own', () => {
    const sink = new CollectingSink();
    connect().link.listen({ owner: 'ana', protocol }, undefined, sink, never);
    expect(sink.heard).toEqual(['fail']);
    expect(sink.error?.code).toBe('HTTP_METHOD');
  });
});

describe('processes of the stateless era', () => {
  it('fails what waits when its process dies, and starts another for the next call', async () => {
    const client = connect();
    const first = await pidOf(client, 'ana');
    const [listener, waiting] = [
      client.subscribe(1),
      client.start('hold', { args: { label: 'x' } }),
    ];
    const ending = await client.call('exit');
    await Promise.all([listener.over, waiting.over]);
    const codes = [ending, listener, waiting].map((sink) => sink.error?.code);
    expect(codes).toEqual(['UPSTREAM_ENDED', 'UPSTREAM_ENDED', 'UPSTREAM_ENDED']);
    expect(await pidOf(client, 'ana')).not.toBe(first);
  });

  it('ends a process that is not used, and keeps one with a subscription', async () => {
    const client = connect({ idle: 700 });
    const listener = client.subscribe(1);
    await soon(() => expect(listener.heard).toContain('notification'));
    const [used, unused] = [await pidOf(client, 'ana'), await pidOf(client, 'ben')];
    await soon(() => expect(runs(unused)).toBe(false));
    expect(runs(used)).toBe(true);
    expect(listener.error).toBeUndefined();
  });

  it('makes room for another owner by ending a process without calls', async () => {
    const client = connect({ processes: 1 });
    const first = await pidOf(client, 'ana');
    const pids = await Promise.all(['ben', 'cleo'].map((owner) => pidOf(client, owner)));
    expect(runs(first)).toBe(false);
    expect(pids.filter((pid) => pid > 0)).not.toEqual([]);
  });

  it('refuses another owner where all processes have calls under way', async () => {
    const client = connect({ processes: 1 });
    const waiting = client.start('hold', { args: { label: 'x' } });
    const refused = await client.call('pid', { owner: 'ben' });
    expect(refused.error?.code).toBe('SESSION_LIMIT');
    await client.call('release');
    await waiting.over;
    expect(await pidOf(client, 'ben')).toBeGreaterThan(0);
  });

  it('ends the process of an owner on request, unless a call is under way', async () => {
    const client = connect();
    const pid = await pidOf(client, 'ana');
    const waiting = client.start('hold', { args: { label: 'x' } });
    await client.link.end({ owner: 'ana', protocol });
    expect(waiting.error).toBeUndefined();
    await client.call('release');
    await waiting.over;
    await client.link.end({ owner: 'ana', protocol });
    expect(runs(pid)).toBe(false);
  });

  it('refuses everything once the link is stopped', async () => {
    const client = connect();
    const waiting = client.start('hold', { args: { label: 'x' } });
    await client.link.stop();
    expect(waiting.error?.code).toBe('GATE_STOPPING');
    expect((await client.call('pid')).error?.code).toBe('GATE_STOPPING');
  });
});
