import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TranscriptStreams } from '../../src/admin/transcripts/transcripts-stream.ts';
import { MemoryStore } from '../../src/store/memory/store.ts';
import { followed } from '../../src/store/search/followed.ts';
import { keptLog } from '../auth/fixture.ts';
import { head, step } from '../support/batches.ts';

const MAX_WAITING = 262_144;
beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Streams of a token that ends in a minute. */
function started() {
  const store = new MemoryStore();
  const log = keptLog();
  let failure: Error | undefined;
  const streams = new TranscriptStreams({
    transcripts: {
      follow: async (position, page) => followed(store, position, page),
      lastPosition: async () => {
        if (failure) throw failure;
        return store.lastPosition();
      },
    },
    ...{ clock: Date.now, log },
  });
  const claims = { exp: Date.now() / 1_000 + 60 };
  const identity = { sub: 'alba', issuer: 'i', groups: [], scopes: [], claims };
  const open = (filter = {}, steps = true) => streams.open(identity, { filter, after: 0, steps });
  const record = (id: string, payload = '"x"') =>
    store.append({ opened: [head(id)], events: [step(id, 0, { payload })], closed: [] });
  const fail = (error: Error | undefined) => {
    failure = error;
  };
  return { open, record, log, fail };
}

describe('a stream of transcripts', () => {
  it('ends with its token, and tells nothing after', async () => {
    const { open, record } = started();
    const told = text(open());
    await record('a');
    await vi.advanceTimersByTimeAsync(59_000);
    vi.setSystemTime(Date.now() + 2_000);
    await record('late');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await told).toContain('"id":"a"');
    expect(await told).not.toContain('late');
  });

  it('is cut off where its end is not read, so that it takes no place for ever', async () => {
    const { open } = started();
    const [stream] = Array.from({ length: 10 }, () => open());
    expect(() => open()).toThrow('too many');
    await vi.advanceTimersByTimeAsync(60_000 + 16_000);
    expect(stream?.destroyed).toBe(true);
    expect(() => open()).not.toThrow();
  });

  it('waits for a slow reader, who misses nothing, in bounded memory', async () => {
    const { open, record } = started();
    const payload = JSON.stringify('x'.repeat(20_000));
    for (let index = 0; index < 200; index++) await record(`e${index}`, payload);
    const stream = open();
    await vi.advanceTimersByTimeAsync(5_000);
    // A page more than there is room for, at most.
    expect(stream.readableLength).toBeLessThan(MAX_WAITING + 100 * 20_500);
    const told = text(stream);
    await vi.advanceTimersByTimeAsync(60_000);
    expect((await told).match(/^event: step$/gm)).toHaveLength(200);
  });

  it('says how far it has come when nothing fits, so that whoever comes again needs not begin anew', async () => {
    const { open, record } = started();
    for (let index = 0; index < 5; index++) await record(`e${index}`);
    const told = text(open({ sub: 'nobody' }));
    await vi.advanceTimersByTimeAsync(40_000);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(await told).toMatch(/^retry: 3000\n\nid: 5\n\n:\n\n/);
  });

  it('goes on after the transcript could not be read, and says so once in the log', async () => {
    const { open, record, log, fail } = started();
    const told = text(open());
    fail(new Error('disk gone'));
    await vi.advanceTimersByTimeAsync(5_000);
    fail(undefined);
    await record('after');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await told).toContain('"id":"after"');
    expect(log.lines.filter((line) => line.includes('could not be told'))).toHaveLength(1);
  });
});
