import { describe, expect, it } from 'vitest';
import { Session } from '../../src/pipeline/session.ts';
import {
  type EventLimits,
  EventStore,
  eventLimits,
  type KeptStream,
} from '../../src/transport/http/event-store.ts';

const MIB = 2 ** 20;

/** A stream of a size that a test says; as much of it as `loose` says may be dropped. */
class Kept implements KeptStream {
  readonly name = crypto.randomUUID();
  size: number;
  lost = false;
  #loose: number;

  constructor(size: number, loose = 0) {
    this.size = size;
    this.#loose = loose;
  }

  shed(): boolean {
    if (this.#loose === 0) return false;
    const dropped = Math.min(this.#loose, 100);
    this.#loose -= dropped;
    this.size -= dropped;
    return true;
  }

  lose(): void {
    this.lost = true;
  }
}

function sessionOf(sub: string): Session {
  const name = crypto.randomUUID();
  const about = { sub, issuer: 'https://issuer.example', upstream: 'own', client: {} };
  const when = { begunAt: 0, usedAt: 0, protocol: '2025-11-25', upstreamSession: undefined };
  return new Session({ name, id: name, ...about, ...when });
}

const storeOf = (less: Partial<EventLimits> = {}) =>
  new EventStore<Kept>({ ...eventLimits, ...less });

/** Streams of a caller whose client is away, each in a session of its own. */
function away(store: EventStore<Kept>, sub: string, sizes: readonly number[]): Kept[] {
  return sizes.map((size) => {
    const stream = new Kept(size);
    store.enter(sessionOf(sub), stream);
    store.rest(stream);
    return stream;
  });
}

const lost = (streams: readonly Kept[]) => streams.filter((stream) => stream.lost).length;

describe('what a caller leaves behind', () => {
  it('takes no more than half of what all may', () => {
    const store = storeOf();
    const greedy = away(store, 'ana', Array(100).fill(MIB));
    expect([store.size, lost(greedy)]).toEqual([32 * MIB, 68]);
    expect(greedy.slice(0, 68).every((stream) => stream.lost)).toBe(true);
  });

  it('never takes the place of what waits for a caller who holds less', () => {
    const store = storeOf();
    const bob = away(store, 'bob', [1_000]);
    const eve = away(store, 'eve', Array(30).fill(MIB));
    const ana = away(store, 'ana', Array(200).fill(MIB));
    expect([lost(bob), lost(eve), lost(ana)]).toEqual([0, 0, 168]);
    const more = away(store, 'bob', Array(10).fill(MIB));
    expect([lost(bob), lost(more)]).toEqual([0, 0]);
    // Those who hold the most give up in turn what is needed.
    expect([lost(eve), lost(ana), store.size <= 64 * MIB]).toEqual([4, 173, true]);
  });

  it('gives way to others where its caller holds the most', () => {
    const store = storeOf({ principalSize: 2_000, size: 3_000 });
    const ana = away(store, 'ana', [500, 500, 500, 500]);
    const bob = away(store, 'bob', [800]);
    const eve = away(store, 'eve', [600]);
    expect([lost(ana), lost(bob), lost(eve)]).toEqual([1, 0, 0]);
    expect(ana[0]?.lost).toBe(true);
  });

  it('is told apart by issuer as well', () => {
    const store = storeOf({ principalSize: 1_000 });
    const here = away(store, 'ana', [900]);
    const there = new Kept(900);
    store.enter(new Session({ ...sessionOf('ana'), issuer: 'https://other.example' }), there);
    expect([here[0]?.lost, there.lost]).toEqual([false, false]);
  });
});

describe('streams that someone listens to', () => {
  it('lose what was heard before the answers of callers who hold less', () => {
    const store = storeOf({ principalSize: 5_000, size: 6_000 });
    const bob = away(store, 'bob', [1_000]);
    const live = [new Kept(2_500, 2_500), new Kept(2_500, 2_500)];
    for (const stream of live) store.enter(sessionOf('ana'), stream);
    const eve = away(store, 'eve', [1_500]);
    expect([lost(bob), lost(eve), lost(live)]).toEqual([0, 0, 0]);
    expect([store.size, live.map(({ size }) => size)]).toEqual([6_000, [1_000, 2_500]]);
  });

  it('that can lose nothing do not make others lose their answers', () => {
    const store = storeOf({ principalSize: 5_000, size: 6_000 });
    const bob = away(store, 'bob', [1_000]);
    for (let number = 0; number < 9; number++) store.enter(sessionOf('ana'), new Kept(1_000));
    expect(lost(bob)).toBe(0);
  });
});
