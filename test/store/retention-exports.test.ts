import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CursorStore } from '../../src/export/cursor-store.ts';
import { StepFeed } from '../../src/store/sqlite/feed/step-feed.ts';
import { prove } from '../../src/store/sqlite/proof/prove.ts';
import { retain } from '../../src/store/sqlite/retention/retain.ts';
import type { UpkeepOptions } from '../../src/store/upkeep-options.ts';
import { end, head, step } from '../support/batches.ts';
import { exhaust, Kept } from '../support/kept.ts';

const DAY = 86_400_000;
/** Steps of a block: ten exchanges of three. */
const BLOCK = 30;
let kept: Kept;
let cursors: CursorStore;
let path: string;

beforeEach(() => {
  kept = new Kept();
  path = join(kept.folder, 'exports.db');
  cursors = new CursorStore(path);
});
afterEach(() => {
  cursors.close();
  kept.stop();
});

const idOf = (n: number) => `call-${String(n).padStart(5, '0')}`;

/** So many blocks of calls. */
function record(blocks: number, upstream = 'db'): void {
  for (let n = 0; n < blocks * 10; n++) {
    const id = idOf(recorded++);
    const at = kept.now;
    kept.append({
      opened: [head(id, { openedAt: at, upstream })],
      events: [0, 1, 2].map((seq) => step(id, seq, { at, payload: `"${'x'.repeat(400)}"` })),
      closed: [end(id, { closedAt: at })],
    });
    if (n % 10 === 9) kept.run(prove);
  }
}
let recorded = 0;
beforeEach(() => {
  recorded = 0;
});

/** An export has taken everything up to a position. */
function took(name: string, position: number): void {
  const feed = new StepFeed(kept.path);
  cursors.put(name, { position, step: feed.idAt(position) ?? null, pending: null });
  feed.close();
}

type Keep = NonNullable<UpkeepOptions['keep']>;
const waiting = (more: object = {}) => ({
  unexported: { path, names: ['siem', 'archive'], age: 3 * DAY, size: 100_000, ...more },
});
/** Each time as a gate that has just started does. */
const clean = (keep: Keep) => exhaust(kept.chore(retain, { keep, proof: kept.proof }));
const first = () => kept.reader.eventsAfter(0, 1)[0]?.position;
/** What exports are told. */
function told(): { readonly removed: number; readonly wanted: number } {
  const feed = new StepFeed(kept.path);
  const found = feed.retention();
  feed.close();
  return found;
}

describe('retention by age', () => {
  const keep = (more = {}) => ({ age: DAY, ...waiting(more) });

  it('waits for the slowest export, tells so, and goes on behind it', () => {
    record(4);
    kept.now += 2 * DAY;
    record(1);
    took('siem', 4 * BLOCK);
    took('archive', 2 * BLOCK + 1);
    took('of-before', 0);
    clean(keep());
    expect(first()).toBe(2 * BLOCK + 1);
    expect(told()).toEqual({ removed: 2 * BLOCK, wanted: 4 * BLOCK });
    took('archive', 4 * BLOCK);
    clean(keep());
    expect(first()).toBe(4 * BLOCK + 1);
    expect(told()).toEqual({ removed: 4 * BLOCK, wanted: 0 });
  });

  it('waits for so long, and no longer', () => {
    record(2);
    kept.now += 3.9 * DAY;
    record(1);
    took('siem', BLOCK);
    took('archive', 0);
    clean(keep());
    expect([first(), told().removed]).toEqual([1, 0]);
    kept.now += 0.2 * DAY;
    record(1);
    clean(keep());
    expect([first(), told().removed]).toEqual([2 * BLOCK + 1, 2 * BLOCK]);
  });

  const unknown: [string, () => void][] = [
    ['has not begun', () => took('siem', 2 * BLOCK)],
    [
      'has gone further in another database',
      () => {
        took('siem', 2 * BLOCK);
        cursors.put('archive', { position: 2 * BLOCK, step: 'other/1', pending: null });
      },
    ],
    [
      'is not kept anywhere',
      () => {
        clean(keep({ path: join(kept.folder, 'none.db') }));
      },
    ],
  ];
  it.each(unknown)('waits where how far an export has come %s', (_, prepare) => {
    record(2);
    kept.now += 2 * DAY;
    record(1);
    prepare();
    clean(keep());
    expect(first()).toBe(1);
  });

  it('waits for none where the configuration says so', () => {
    record(2);
    kept.now += 2 * DAY;
    record(1);
    clean({ age: DAY });
    expect([first(), told()]).toEqual([2 * BLOCK + 1, { removed: 2 * BLOCK, wanted: 0 }]);
  });
});

describe('retention by size', () => {
  it('lets the file grow for exports by so much, and no more', () => {
    const size = 300_000;
    const used = () =>
      (kept.value('page_count') - kept.value('freelist_count')) * kept.value('page_size');
    let most = 0;
    took('siem', 0);
    took('archive', 0);
    while (told().removed === 0) {
      record(1);
      kept.now += 60_000;
      most = Math.max(most, used());
      clean({ size, ...waiting() });
    }
    expect(most).toBeGreaterThan(0.95 * (size + 100_000));
    expect(most).toBeLessThan(size + 100_000);
    expect(used()).toBeGreaterThan(0.95 * size);
    // Once they have taken it, what is too much goes as ever.
    took('siem', recorded * 3);
    took('archive', recorded * 3);
    clean({ size, ...waiting() });
    expect(used()).toBeLessThan(0.95 * size);
    expect(told().wanted).toBe(0);
  });

  it('removes what they have taken of what is too much', () => {
    record(8);
    took('siem', 2 * BLOCK);
    took('archive', 2 * BLOCK);
    clean({ size: 50_000, ...waiting({ size: 10_000_000 }) });
    expect(first()).toBe(2 * BLOCK + 1);
    expect(told()).toMatchObject({ removed: 2 * BLOCK, wanted: 7 * BLOCK });
  });
});

describe('retention by upstream', () => {
  const keep = () => ({ upstreams: { chat: DAY }, ...waiting() });
  const chats = () => kept.ask(`SELECT count(*) FROM exchange WHERE upstream = 'chat'`)[0];

  it('waits for exports, and no longer than it may', () => {
    record(2, 'chat');
    record(1);
    kept.now += 2 * DAY;
    record(1);
    took('siem', BLOCK);
    took('archive', BLOCK);
    clean(keep());
    expect([chats(), told().wanted]).toEqual([10, BLOCK + 3]);
    kept.now += 2.1 * DAY;
    record(1);
    clean(keep());
    expect([chats(), told().wanted]).toEqual([0, 0]);
  });
});
