import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { GateError } from '../../src/model/errors.ts';
import { Session } from '../../src/pipeline/session.ts';
import { ClientResponse } from '../../src/transport/http/client-response.ts';
import { decodeEventId, encodeEventId, newStreamName } from '../../src/transport/http/event-id.ts';
import { type EventLimits, EventStore, eventLimits } from '../../src/transport/http/event-store.ts';
import { KeepAlive } from '../../src/transport/http/keep-alive.ts';
import { Resumable, type ResumableOptions } from '../../src/transport/http/resumable.ts';
import { EventReader } from '../e2e/fixtures/event-reader.ts';

let server: Server;
/** Responses that wait for what a test does with them, oldest first. */
let responses: ServerResponse[];
let store: EventStore<Resumable>;
const readers: EventReader[] = [];

beforeEach(async () => {
  responses = [];
  store = new EventStore();
  server = createServer((_request: IncomingMessage, response) => void responses.push(response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(async () => {
  for (const reader of readers.splice(0)) reader.cut();
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

const limits = (less: Partial<EventLimits>): EventLimits => ({ ...eventLimits, ...less });

let begun = 0;
function newSession(): Session {
  const name = `session ${++begun}`;
  const about = { sub: 'ana', issuer: 'https://issuer.example', upstream: 'own', client: {} };
  const when = { begunAt: 0, usedAt: 0, protocol: '2025-11-25', upstreamSession: undefined };
  return new Session({ name, id: name, ...about, ...when });
}

/** A connection of a client, and the gate's side of it. */
class Connection {
  readonly client: ClientResponse;
  readonly raw: ServerResponse;
  readonly #opening: Promise<EventReader>;

  private constructor(raw: ServerResponse, opening: Promise<EventReader>) {
    this.raw = raw;
    this.client = new ClientResponse(raw, new KeepAlive(), null);
    this.#opening = opening;
  }

  static async open(): Promise<Connection> {
    const { port } = server.address() as AddressInfo;
    const opening = EventReader.open(`http://127.0.0.1:${port}/`, {});
    opening.then(
      (reader) => readers.push(reader),
      () => undefined,
    );
    await vi.waitFor(() => expect(responses).toHaveLength(1));
    const [raw] = responses.splice(0);
    if (!raw) throw new Error('no response');
    return new Connection(raw, opening);
  }

  /** What the client reads; there is something once the stream is open. */
  get reader(): Promise<EventReader> {
    return this.#opening;
  }

  /** The client goes, and the gate has heard of it. */
  async cut(): Promise<void> {
    const closed = once(this.raw, 'close');
    (await this.reader).cut();
    await closed;
  }

  async texts(): Promise<(string | undefined)[]> {
    const events = await (await this.reader).rest();
    return events.filter(({ data }) => data).map(({ data }) => data);
  }
}

interface Begun {
  readonly stream: Resumable;
  readonly connection: Connection;
}

async function begin(more: Partial<ResumableOptions> = {}): Promise<Begun> {
  const connection = await Connection.open();
  const { client } = connection;
  const session = newSession();
  const about = { standing: '', store, session, client };
  const known = { kind: 'call', id: 1, primes: true, ...about } as const;
  return { stream: new Resumable({ ...known, ...more }), connection };
}

/** A stream whose client has gone after one message. */
async function left(more: Partial<ResumableOptions> = {}): Promise<Resumable> {
  const { stream, connection } = await begin(more);
  stream.message('one');
  await connection.cut();
  return stream;
}

/** What a client gets that comes back. */
async function regained(stream: Resumable, after: number): Promise<(string | undefined)[]> {
  const connection = await Connection.open();
  stream.resume(connection.client, after);
  return connection.texts();
}

describe('what a client that lost its connection gets', () => {
  it.each([0, 1, 2, 3])('is all that came after event %i', async (number) => {
    const { stream, connection } = await begin();
    for (const text of ['one', 'two']) stream.message(text);
    stream.answer('three');
    expect(await connection.texts()).toEqual(['one', 'two', 'three']);
    expect(stream.hasMore(number)).toBe(number < 3);
    expect(await regained(stream, number)).toEqual(['one', 'two', 'three'].slice(number));
  });

  it('goes on live', async () => {
    const stream = await left();
    stream.message('away');
    const connection = await Connection.open();
    stream.resume(connection.client, 1);
    stream.message('back');
    stream.answer('done');
    expect(await connection.texts()).toEqual(['away', 'back', 'done']);
  });

  it('waits where the gate itself ends the connection, as with its token', async () => {
    const { stream, connection } = await begin();
    stream.message('one');
    stream.release(connection.client);
    expect(await connection.texts()).toEqual(['one']);
    expect(stream.waits).toBe(true);
    stream.answer('two');
    expect(await regained(stream, 1)).toEqual(['two']);
  });

  it('is nothing where no id was given: nobody could come back', async () => {
    const { stream, connection } = await begin({ primes: false });
    const gone = vi.fn();
    stream.onGone(gone);
    stream.open();
    await connection.cut();
    expect([stream.gone, gone.mock.calls.length, store.streams]).toEqual([true, 1, 0]);
    stream.answer('too late');
    expect(store.size).toBe(0);
  });

  it('is an error where the call has failed', async () => {
    const stream = await left();
    stream.fail(new GateError('UPSTREAM_ENDED', 'the upstream has ended'));
    const [text] = await regained(stream, 1);
    expect(JSON.parse(text ?? '')).toMatchObject({ id: 1, error: { data: {} } });
  });

  it('is plain JSON as long as there is no stream', async () => {
    const { stream, connection } = await begin();
    stream.answer('{}');
    const { response } = await connection.reader;
    expect(response.headers.get('content-type')).toBe('application/json');
    expect([await response.text(), store.streams]).toEqual(['{}', 0]);
  });
});

describe('a slow client', () => {
  it('slows its upstream, until it has gone', async () => {
    const { stream, connection } = await begin();
    stream.open();
    await connection.reader;
    const filler = 'x'.repeat(100_000);
    const pending: Promise<void>[] = [];
    while (pending.length === 0) pending.push(...[stream.message(filler)].filter((it) => !!it));
    await connection.cut();
    await Promise.all(pending);
    expect(stream.message('nobody slows this')).toBeUndefined();
    expect(stream.waits).toBe(true);
  });

  it('gets what it had not taken when it takes the stream over', async () => {
    const { stream, connection } = await begin({ kind: 'listen', id: null });
    stream.message('taken');
    const reader = await connection.reader;
    expect([(await reader.next())?.data, (await reader.next())?.data]).toEqual(['', 'taken']);
    const taken = stream.delivered;
    await connection.cut();
    stream.message('left');
    expect([taken, stream.delivered]).toEqual([1, 1]);
    const again = await Connection.open();
    stream.resume(again.client, stream.delivered);
    stream.end();
    expect(await again.texts()).toEqual(['left']);
  });
});

describe('a flood while the client is away', () => {
  it('is bounded by its number, and the answer stays', async () => {
    store = new EventStore(limits({ stream: { events: 10, size: 1_000 } }));
    const stream = await left();
    for (let number = 0; number < 10_000; number++) stream.message(`${number}`);
    stream.answer('done');
    const newest = Array.from({ length: 10 }, (_, at) => `${9_990 + at}`);
    expect(await regained(stream, 1)).toEqual([...newest, 'done']);
  });

  it('is bounded by its size, whatever one message has', async () => {
    store = new EventStore(limits({ stream: { events: 100, size: 1_000 } }));
    const stream = await left();
    for (let number = 0; number < 100; number++) stream.message('x'.repeat(300));
    expect(store.size).toBe(900);
    stream.message('y'.repeat(5_000));
    stream.answer('done');
    expect(store.size).toBe(5_004);
    expect(await regained(stream, 1)).toEqual(['y'.repeat(5_000), 'done']);
  });

  it('of one session does not grow over what a session may have', async () => {
    store = new EventStore(limits({ sessionSize: 2_000 }));
    const session = newSession();
    const streams = [];
    for (let number = 0; number < 5; number++) streams.push(await left({ session }));
    for (const stream of streams) stream.message('x'.repeat(900));
    expect(store.size).toBeLessThanOrEqual(2_000);
    expect(streams.map(({ gone }) => gone)).toEqual([true, true, true, false, false]);
  });

  it('of many sessions takes the place of those that have been away for longest', async () => {
    store = new EventStore(limits({ size: 3_000 }));
    const streams = [];
    for (let number = 0; number < 6; number++) {
      const stream = await left();
      stream.message('x'.repeat(900));
      streams.push(stream);
    }
    expect(store.size).toBeLessThanOrEqual(3_000);
    expect(streams.filter(({ gone }) => gone)).toEqual(streams.slice(0, 3));
  });

  it('makes room in itself where nobody else is away', async () => {
    store = new EventStore(limits({ size: 1_000 }));
    const { stream } = await begin();
    for (let number = 0; number < 10; number++) stream.message(`${number}`.repeat(300));
    expect(store.size).toBeLessThanOrEqual(1_000);
    expect(stream.gone).toBe(false);
  });
});

describe('streams without a client', () => {
  it('are so many per session', async () => {
    store = new EventStore(limits({ sessionStreams: 2 }));
    const session = newSession();
    const streams = [];
    for (let number = 0; number < 4; number++) streams.push(await left({ session }));
    expect(streams.map(({ gone }) => gone)).toEqual([true, true, false, false]);
    expect(store.of(session)).toEqual(streams.slice(2));
  });

  it('are forgotten after a while, and whoever waits for them hears of it', async () => {
    store = new EventStore(limits({ time: 200 }));
    const { stream, connection } = await begin();
    stream.message('one');
    const finished = await begin();
    finished.stream.message('one');
    finished.stream.answer('two');
    const gone = vi.fn();
    finished.stream.onGone(gone);
    stream.onGone(gone);
    await connection.cut();
    await vi.waitFor(() => expect(stream.gone).toBe(true));
    expect([store.streams, store.size, gone.mock.calls.length]).toEqual([0, 0, 1]);
    expect(finished.stream.hasMore(0)).toBe(false);
  });

  it('are not forgotten as long as a client is back', async () => {
    store = new EventStore(limits({ time: 100 }));
    const stream = await left();
    const connection = await Connection.open();
    stream.resume(connection.client, 1);
    await new Promise((resolve) => setTimeout(resolve, 400));
    stream.answer('done');
    expect(await connection.texts()).toEqual(['done']);
  });

  it('end with their session', async () => {
    const session = newSession();
    const streams = [await left({ session }), await left({ session })];
    const other = await left();
    store.end(session);
    expect([...streams, other].map(({ gone }) => gone)).toEqual([true, true, false]);
    expect(store.size).toBe(3);
  });

  it('are found by their own session only', async () => {
    const session = newSession();
    const stream = await left({ session });
    expect(store.find(session, stream.name)).toBe(stream);
    expect(store.find(newSession(), stream.name)).toBeUndefined();
  });
});

describe('an event id', () => {
  it.each(['up-1', 'a b', 'x'.repeat(512), undefined])(
    'carries what the upstream gave (%s)',
    (upstream) => {
      const id = { stream: newStreamName('listen'), number: 41, upstream };
      expect(decodeEventId(encodeEventId(id))).toEqual(id);
    },
  );

  it.each(['é', 'a\nb', ' x', 'x'.repeat(513), ''])(
    'leaves out what no header can carry (%j)',
    (upstream) => {
      const id = { stream: newStreamName('call'), number: 0, upstream };
      expect(decodeEventId(encodeEventId(id))).toEqual({ ...id, upstream: undefined });
    },
  );

  it('is not read with a header smuggled into it', () => {
    const carried = Buffer.from('x\r\nauthorization: y').toString('base64url');
    const stream = newStreamName('listen');
    expect(decodeEventId(`${stream}.1.${carried}`)?.upstream).toBeUndefined();
  });

  it.each(['', 'event-41', 'c.1', '1.2.3', `${'c'.repeat(13)}.`, `x${'c'.repeat(12)}.1`])(
    'is not taken for one of the gate where it is none (%j)',
    (id) => expect(decodeEventId(id)).toBeUndefined(),
  );
});
