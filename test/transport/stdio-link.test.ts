import { describe, expect, it, vi } from 'vitest';
import { CollectingSink } from './fixtures/collecting-sink.ts';
import {
  answer,
  hostile,
  never,
  notification,
  request,
  StdioClient,
  textOf,
} from './fixtures/stdio-client.ts';
import { stoppedClients } from './fixtures/stopped-clients.ts';

const { clients, connect } = stoppedClients();

describe('sessions of a stdio upstream', () => {
  it('opens a session of its own for each initialize', async () => {
    const client = await connect();
    const first = client.session;
    const sink = await client.initialize();
    expect(sink.heard).toEqual(['open', 'result', 'end']);
    expect(sink.head?.streamed).toBe(false);
    expect(client.session).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-/);
    expect(client.session).not.toBe(first);
  });

  it('refuses messages and listeners of a session it does not know', async () => {
    const client = await connect();
    for (const session of [undefined, 'other']) {
      const sink = new CollectingSink();
      client.link.send(request('ping', {}, 1), { owner: 'ana', session }, sink, never);
      client.link.listen({ owner: 'ana', session }, undefined, sink, never);
      expect(sink.heard).toEqual(['fail', 'fail']);
      expect(sink.error?.code).toBe('SESSION_UNKNOWN');
    }
  });

  it('refuses more sessions than it may have, until one has ended', async () => {
    const client = await connect({ processes: 1 });
    const refused = client.send(request('initialize', {}, 1), '');
    expect(refused.error?.code).toBe('SESSION_LIMIT');
    expect(refused.error?.hint).toContain('processes');
    await client.link.end({ owner: 'ana', session: client.session });
    await vi.waitFor(async () => expect((await client.initialize()).error).toBeUndefined());
  });

  it('ends a session whose initialize was answered by an error', async () => {
    const client = await connect({ command: [...hostile, 'refuse'], processes: 1 });
    await vi.waitFor(async () => {
      const sink = await client.initialize();
      expect(sink.heard).toEqual(['open', 'error', 'end']);
    });
    expect((await client.call('echo')).error?.code).toBe('SESSION_UNKNOWN');
  });

  it('ends a session whose initialize was given up', async () => {
    const client = new StdioClient({ command: [...hostile, 'mute'], processes: 1, grace: 50 });
    clients.push(client);
    const controller = new AbortController();
    const initialize = request('initialize', {}, 1);
    const sink = client.send(initialize, '', controller.signal);
    expect(client.send(initialize, '').error?.code).toBe('SESSION_LIMIT');
    controller.abort();
    await vi.waitFor(() => expect(client.send(initialize, '').error).toBeUndefined());
    expect(sink.heard).toEqual([]);
  });

  it('fails what waits when its session is ended, and knows it no longer', async () => {
    const client = await connect();
    const sink = client.start('silent');
    const listener = client.listen();
    await client.link.end({ owner: 'ana', session: client.session });
    expect(sink.error?.code).toBe('UPSTREAM_ENDED');
    expect(listener.heard).toEqual(['open', 'end']);
    expect((await client.call('echo')).error?.code).toBe('SESSION_UNKNOWN');
  });

  it('ends a session that is not used', async () => {
    const client = await connect({ idle: 100 });
    await vi.waitFor(() => expect(client.start('echo').error?.code).toBe('SESSION_UNKNOWN'), {
      interval: 200,
      timeout: 5_000,
    });
  });

  it('keeps a session that somebody listens to, or that has a call waiting', async () => {
    const client = await connect({ idle: 300 });
    const controller = new AbortController();
    const listener = client.listen(controller.signal);
    await new Promise((resolve) => setTimeout(resolve, 800));
    const held = client.start('hold');
    controller.abort();
    await new Promise((resolve) => setTimeout(resolve, 800));
    await client.call('release');
    expect(held.heard).toEqual(['open', 'result', 'end']);
    expect(listener.heard).toEqual(['open']);
  });

  it('refuses everything once it is stopped', async () => {
    const client = await connect();
    const waiting = client.start('silent');
    await client.link.stop();
    expect(waiting.error?.code).toBe('GATE_STOPPING');
    expect((await client.call('echo')).error?.code).toBe('GATE_STOPPING');
    expect((await client.initialize()).error?.code).toBe('GATE_STOPPING');
  });

  it('gives the process nothing of the environment but what is harmless or configured', async () => {
    vi.stubEnv('SALLYPORT_SECRET', 'secret');
    const client = await connect({ env: { API_KEY: 'configured' } });
    const environment = JSON.parse(textOf(await client.call('environment')));
    vi.unstubAllEnvs();
    expect(environment).toMatchObject({ API_KEY: 'configured', PATH: process.env.PATH });
    const harmless = ['API_KEY', 'HOME', 'LOGNAME', 'PATH', 'SHELL', 'TERM', 'USER'];
    expect(Object.keys(environment).filter((name) => !harmless.includes(name))).toEqual([]);
  });
});

describe('routing of what a stdio upstream sends', () => {
  it('gives each call its answer and keeps the kind of its id', async () => {
    const client = await connect();
    const sinks = [1, '1', 2.5].map((id) =>
      client.send(request('tools/call', { name: 'echo' }, id)),
    );
    await Promise.all(sinks.map((sink) => sink.over));
    expect(sinks.map(textOf)).toEqual(['echo number 1', 'echo string 1', 'echo number 2.5']);
  });

  it('gives progress to the call with its token', async () => {
    const client = await connect();
    const other = client.start('silent', { _meta: { progressToken: '7' } });
    const sink = await client.call('progress', { _meta: { progressToken: 7 } });
    expect(sink.heard).toEqual(['open', 'notification', 'notification', 'result', 'end']);
    expect(sink.head?.streamed).toBe(true);
    expect(other.heard).toEqual([]);
  });

  it('gives what belongs to no call by name to the only one that waits', async () => {
    const client = await connect();
    const listener = client.listen();
    const sink = await client.call('notes', { arguments: { count: 2 } });
    expect(sink.heard).toEqual(['open', 'notification', 'notification', 'result', 'end']);
    expect(listener.heard).toEqual(['open']);
  });

  it('gives what belongs to no call to the newest listener', async () => {
    const client = await connect();
    const [older, newer] = [client.listen(), client.listen()];
    await client.send(notification('notifications/note')).over;
    await vi.waitFor(() => expect(newer.heard).toEqual(['open', 'notification']));
    expect(older.heard).toEqual(['open']);
  });

  it('gives it to an older listener when the newest has gone', async () => {
    const client = await connect();
    const controller = new AbortController();
    const [older, newer] = [client.listen(), client.listen(controller.signal)];
    controller.abort();
    await client.send(notification('notifications/note')).over;
    await vi.waitFor(() => expect(older.heard).toEqual(['open', 'notification']));
    expect(newer.heard).toEqual(['open']);
  });

  it('keeps what nobody can take for the next listener, the latest hundred', async () => {
    const client = await connect();
    client.start('silent');
    const notes = client.start('notes', { arguments: { count: 150 } });
    await notes.over;
    const listener = client.listen();
    await vi.waitFor(() => expect(listener.messages).toHaveLength(100));
    expect(listener.messages.at(-1)).toMatchObject({ params: { data: 150 } });
    expect(client.log.lines.join('\n')).toContain('nobody listens');
  });

  it('hands a listener what was kept before what comes later', async () => {
    const client = await connect();
    const { promise, resolve } = Promise.withResolvers<void>();
    const calls = [client.start('silent'), client.start('notes', { arguments: { count: 3 } })];
    await calls[1]?.over;
    client.start('silent');
    const listener = new CollectingSink();
    listener.taking = promise;
    client.link.listen({ owner: 'ana', session: client.session }, undefined, listener, never);
    await client.send(notification('notifications/note', { data: 4 })).over;
    await (await connect()).call('echo');
    expect(listener.messages).toHaveLength(1);
    listener.taking = undefined;
    resolve();
    await vi.waitFor(() => expect(listener.messages).toHaveLength(4));
    const data = listener.messages.map((each) => 'params' in each && each.params?.data);
    expect(data).toEqual([1, 2, 3, 4]);
  });

  it('gives a request of the upstream to the oldest call where several wait', async () => {
    const client = await connect();
    const [oldest, asking] = [client.start('silent'), client.start('ask')];
    await vi.waitFor(() => expect(oldest.heard).toEqual(['open', 'request']));
    const [question] = oldest.messages;
    const id = question && 'id' in question ? question.id : null;
    const sent = client.send(answer(id ?? '', { roots: [] }));
    await asking.over;
    expect(sent.heard).toEqual(['open', 'end']);
    expect(textOf(asking)).toBe('answered {"roots":[]}');
  });

  it('gives a request of the upstream to a listener rather than to one of several calls', async () => {
    const client = await connect();
    const listener = client.listen();
    const calls = [client.start('silent'), client.start('ask')];
    await vi.waitFor(() => expect(listener.heard).toEqual(['open', 'request']));
    expect(calls.flatMap((call) => call.heard)).toEqual([]);
  });

  it('drops the second answer to a call', async () => {
    const client = await connect();
    const sink = await client.call('twice');
    expect(textOf(await client.call('echo'))).toContain('echo');
    expect(sink.heard).toEqual(['open', 'result', 'end']);
    expect(textOf(sink)).toBe('first');
  });
});

describe('calls of a stdio upstream that go wrong', () => {
  it('fails a call that gets no answer in time, or only what is no answer to it', async () => {
    const client = await connect({ timeout: 3_000 });
    const sinks = ['silent', 'other-kind', 'no-object'].map((tool) => client.start(tool));
    await Promise.all(sinks.map((sink) => sink.over));
    const codes = sinks.map((sink) => sink.error?.code);
    expect(codes).toEqual(['UPSTREAM_TIMEOUT', 'UPSTREAM_TIMEOUT', 'UPSTREAM_TIMEOUT']);
    expect((await client.call('echo')).error).toBeUndefined();
  });

  it('opens a stream for a call that is silent for a while', async () => {
    const client = await connect({ openAfter: 10 });
    const sink = client.start('hold');
    await vi.waitFor(() => expect(sink.head).toEqual({ streamed: true }));
    await client.call('release');
    await sink.over;
    expect(sink.heard).toEqual(['open', 'result', 'end']);
  });

  it('says nothing to a call that was given up', async () => {
    const client = await connect();
    const controller = new AbortController();
    const sink = client.start('hold', {}, controller.signal);
    controller.abort();
    await client.call('release');
    expect(sink.heard).toEqual([]);
  });

  it('does not send what was given up before', async () => {
    const client = await connect();
    const sink = client.start('exit', {}, AbortSignal.abort());
    expect((await client.call('echo')).error).toBeUndefined();
    expect(sink.heard).toEqual([]);
  });

  it('refuses an id whose answer may still come, so that no call gets that of another', async () => {
    const client = await connect();
    const controller = new AbortController();
    const hold = request('tools/call', { name: 'hold' }, 'same');
    client.send(hold, client.session, controller.signal);
    expect(client.send(hold).error?.code).toBe('REQUEST_DUPLICATE');
    controller.abort();
    expect(client.send(hold).error?.code).toBe('REQUEST_DUPLICATE');
    await client.call('release');
    const again = client.send(request('tools/call', { name: 'echo' }, 'same'));
    await again.over;
    expect(textOf(again)).toBe('echo string same');
  });

  it('ends a session in which thousands of calls were given up and never answered', async () => {
    const client = await connect({ limits: { bytes: 1_000_000, depth: 32 } });
    const controller = new AbortController();
    const start = () => client.start('silent', {}, controller.signal);
    Array.from({ length: 5_000 }, start);
    controller.abort();
    expect((await client.call('echo')).error?.code).toBe('SESSION_UNKNOWN');
  });

  it('reads no more while a sink takes its time, and all of it after', async () => {
    const client = await connect();
    const { promise, resolve } = Promise.withResolvers<void>();
    const sink = new CollectingSink();
    sink.taking = promise;
    const frame = request('tools/call', { name: 'notes', arguments: { count: 5_000 } }, 'slow');
    client.link.send(frame, { owner: 'ana', session: client.session }, sink, never);
    await vi.waitFor(() => expect(sink.messages).toHaveLength(1));
    await (await connect()).call('echo');
    expect(sink.messages).toHaveLength(1);
    sink.taking = undefined;
    resolve();
    await sink.over;
    expect(sink.messages).toHaveLength(5_001);
    expect(sink.heard.at(-1)).toBe('end');
  });

  it('reads on when a sink that takes its time is given up', async () => {
    const client = await connect();
    const controller = new AbortController();
    const sink = new CollectingSink();
    sink.taking = new Promise(() => {});
    const frame = request('tools/call', { name: 'notes', arguments: { count: 3 } }, 'stuck');
    client.link.send(frame, { owner: 'ana', session: client.session }, sink, controller.signal);
    await vi.waitFor(() => expect(sink.messages).toHaveLength(1));
    controller.abort();
    expect(textOf(await client.call('echo'))).toContain('echo');
    expect(sink.heard).toEqual(['open', 'notification']);
  });

  it('fails the call of a sink that throws, and no other', async () => {
    const client = await connect();
    const sink = new CollectingSink();
    const { promise, reject } = Promise.withResolvers<void>();
    sink.taking = promise;
    client.link.send(
      request('tools/call', { name: 'notes', arguments: { count: 3 } }, 'bad'),
      { owner: 'ana', session: client.session },
      sink,
      never,
    );
    await vi.waitFor(() => expect(sink.messages).toHaveLength(1));
    reject(new Error('cannot take it'));
    await sink.over;
    expect(sink.error?.code).toBe('STAGE_FAULT');
    expect((await client.call('echo')).error).toBeUndefined();
  });
});
