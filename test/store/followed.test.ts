import { describe, expect, it } from 'vitest';
import { MemoryStore } from '../../src/store/memory/store.ts';
import { followed } from '../../src/store/search/followed.ts';
import { end, head, step } from '../support/batches.ts';

const STEPS = 300;

/** An exchange that is over, with so many steps that may each have been the last. */
async function longExchange() {
  const store = new MemoryStore();
  const events = Array.from({ length: STEPS }, (_, seq) =>
    step('e1', seq, seq === 0 ? {} : { kind: 'blocked', payload: `"message ${seq}"` }),
  );
  const closed = [end('e1', { outcome: 'blocked' })];
  await store.append({ opened: [head('e1')], events, closed });
  const asked = { pages: 0, steps: 0 };
  const reader = {
    exchange: (id: string) => store.exchange(id),
    eventsAfter: (position: number, limit: number) => store.eventsAfter(position, limit),
    stepsAfter: (id: string, seq: number, limit: number) => {
      asked.pages++;
      asked.steps += limit;
      return store.stepsAfter(id, seq, limit);
    },
  };
  const all = (filter = {}) => {
    const found = [];
    for (let position = 0, hasMore = true; hasMore; ) {
      const page = followed(reader, position, { ...filter, limit: 100 });
      found.push(...page.steps);
      ({ position, hasMore } = page);
    }
    return found;
  };
  return { all, asked };
}

describe('a long exchange that is followed', () => {
  it('is asked once a page which step it ended with, however many may be', async () => {
    const { all, asked } = await longExchange();
    expect(all().filter(({ isEnd }) => isEnd).map(({ event }) => event.seq)).toEqual([STEPS - 1]); // biome-ignore format: one line says it
    expect(asked).toEqual({ pages: 3, steps: 3 });
  });

  it('is looked through for words a few steps at a time', async () => {
    const { all, asked } = await longExchange();
    expect(all({ text: '"message 7"' }).map(({ event }) => event.seq)).toEqual([7, STEPS - 1]);
    expect(asked.pages).toBeLessThan(8);
  });
});
