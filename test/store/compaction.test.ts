import { readFileSync } from 'node:fs';
import { zstdDecompressSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TranscriptBatch } from '../../src/model/transcript.ts';
import { compact } from '../../src/store/sqlite/compaction/compact.ts';
import { shrink } from '../../src/store/sqlite/compaction/shrink.ts';
import { prove } from '../../src/store/sqlite/proof/prove.ts';
import { SqliteReader } from '../../src/store/sqlite/reader.ts';
import { wordIndexing } from '../../src/store/sqlite/search/index-words.ts';
import { moveLog } from '../../src/store/sqlite/upkeep/move-log.ts';
import { end, head, step } from '../support/batches.ts';
import { Kept } from '../support/kept.ts';

const AGE = 600_000;
let kept: Kept;

beforeEach(() => {
  kept = new Kept();
});
afterEach(() => kept.stop());

/** An exchange of three steps; the second has facts only. */
function call(id: string, payload: string, at = kept.now): TranscriptBatch {
  const detail = { effect: 'allow', rule: 'r', reason: `because of ${id}` };
  return {
    opened: [head(id, { openedAt: at })],
    events: [
      step(id, 0, { at, payload: `{"id":"${id}"}`, detail: { direction: 'up' } }),
      step(id, 1, { at, kind: 'decided', detail }),
      step(id, 2, { at, kind: 'answered', payload }),
    ],
    closed: [end(id, { closedAt: at })],
  };
}

const nameOf = (n: number) => `call-${String(n).padStart(4, '0')}`;
/** Text of some length that no other call has, and that compresses as messages do. */
const textOf = (n: number, length: number) =>
  `{"rows":[${`"order ${n} of customer ${n * 7919}",`.repeat(length)}`.slice(0, length);

/** Calls from one number to another, of 900 characters each. */
function fill(from: number, to: number): void {
  for (let n = from; n < to; n++) kept.append(call(nameOf(n), textOf(n, 900)));
}

/** Signs what there is, and compacts what is old by then. */
function compactLater(after = AGE): void {
  kept.run(prove);
  kept.now += after;
  kept.run(compact, { compact: AGE });
}

const packs = () => kept.ask('SELECT count(*) FROM pack')[0];
const blobs = () => kept.ask('SELECT refs FROM blob ORDER BY id');

describe('compaction', () => {
  it('never gives the place of a large text to another, so that no reader takes one for the other', async () => {
    const large = (n: number) => JSON.stringify({ n, text: textOf(n, 9_000) });
    kept.append(call('first', large(1)));
    fill(0, 200);
    compactLater();
    const said = () => kept.reader.events('second').at(-1)?.payload;
    expect(kept.reader.events('first').at(-1)?.payload).toBe(large(1));
    await kept.erase(['first']);
    kept.append(call('second', large(2)));
    fill(200, 400);
    compactLater();
    expect(blobs()).toEqual([1]);
    expect(said()).toBe(large(2));
  });

  it('finds why a call was refused also once that is compressed', () => {
    const detail = { reason: 'mail stays inside' };
    const refused = [step('a', 0), step('a', 1, { kind: 'blocked', detail })];
    kept.append({ opened: [head('a')], events: refused, closed: [end('a')] });
    fill(0, 200);
    kept.run(wordIndexing, { search: true });
    const found = () => kept.reader.search({ text: '"stays inside"', limit: 9 }).found;
    expect(found()).toHaveLength(1);
    compactLater();
    expect(kept.ask('SELECT detail FROM event WHERE position = 2')).toEqual([null]);
    expect(found()).toMatchObject([{ exchange: { id: 'a' }, hit: { kind: 'blocked' } }]);
  });

  it('moves the log twice a second at most', () => {
    const chore = kept.chore(moveLog, {});
    kept.ask('PRAGMA wal_autocheckpoint = 0');
    chore.step();
    const before = readFileSync(kept.path);
    fill(0, 20);
    kept.now += 499;
    chore.step();
    expect(readFileSync(kept.path).equals(before)).toBe(true);
    kept.now += 1;
    chore.step();
    expect(readFileSync(kept.path).equals(before)).toBe(false);
  });

  it('leaves every reader what was there before', async () => {
    fill(0, 400);
    const before = kept.reader.eventsAfter(0, 10_000);
    compactLater();
    expect(packs()).toBeGreaterThan(4);
    expect(kept.ask('SELECT count(*) FROM event WHERE payload IS NOT NULL')[0]).toBeLessThan(200);
    expect(kept.reader.eventsAfter(0, 10_000)).toEqual(before);
    expect(kept.reader.events(nameOf(7))).toEqual(before.slice(21, 24));
    const report = await kept.verify();
    expect(report).toMatchObject({ steps: 1200, unsigned: 0, findings: [] });
  });

  it('makes the file much smaller than the texts were', () => {
    fill(0, 400);
    const pages = kept.value('page_count');
    compactLater();
    kept.run(shrink);
    const free = kept.value('freelist_count');
    expect(free).toBeLessThanOrEqual(Math.max(256, kept.value('page_count') * 0.04) + 64);
    expect(kept.value('page_count') - free).toBeLessThan(pages / 2);
  });

  it('keeps large payloads once, however often they come', () => {
    const large = textOf(1, 20_000);
    for (let n = 0; n < 10; n++) kept.append(call(nameOf(n), large));
    kept.append(call('other', textOf(2, 20_000)));
    fill(10, 100);
    compactLater();
    expect(blobs()).toEqual([10, 1]);
    expect(kept.reader.events(nameOf(3))[2]?.payload).toBe(large);
    expect(kept.reader.events('other')[1]?.detail).toMatchObject({ reason: 'because of other' });
  });

  it('keeps any text as it is', () => {
    const odd = ['', '\u0000', 'caf\u00e9 \u{1f600}\n', '"\\"', '\ufeff', 'x'.repeat(4_095)];
    odd.forEach((text, n) => void kept.append(call(nameOf(n), text)));
    fill(odd.length, 100);
    compactLater();
    expect(packs()).toBeGreaterThan(0);
    odd.forEach((text, n) => void expect(kept.reader.events(nameOf(n))[2]?.payload).toBe(text));
  });

  it('waits until steps are old enough, signed, and make a pack', () => {
    fill(0, 40);
    compactLater();
    expect(packs()).toBe(0);
    fill(40, 200);
    kept.run(compact, { compact: AGE });
    expect(packs()).toBe(0);
    kept.run(prove);
    kept.run(compact, { compact: AGE });
    // What came first is old; what came later is not.
    expect(packs()).toBe(0);
    compactLater();
    expect(packs()).toBeGreaterThan(1);
  });

  it('goes on where the clock was set back', () => {
    fill(0, 100);
    kept.now -= 10 * AGE;
    fill(100, 200);
    compactLater();
    expect(kept.ask('SELECT max(last) FROM pack')[0]).toBeGreaterThan(500);
  });

  it('leaves what was erased erased, also when that happens in between', async () => {
    fill(0, 200);
    await kept.erase([nameOf(0), nameOf(9)]);
    kept.run(prove);
    kept.now += AGE;
    const chore = kept.chore(compact, { compact: AGE, proof: kept.proof });
    chore.step();
    await kept.erase([nameOf(5), nameOf(150)]);
    kept.run(compact, { compact: AGE });
    kept.run(prove);
    for (const n of [0, 9, 5, 150]) {
      const events = kept.reader.events(nameOf(n));
      expect(events.map(({ payload, detail }) => [payload, detail])).toEqual(
        Array.from({ length: 3 }, () => [undefined, undefined]),
      );
    }
    expect(kept.reader.events(nameOf(6))[2]?.payload).toBe(textOf(6, 900));
    expect(await kept.verify()).toMatchObject({ erased: 4, findings: [] });
  });

  it('takes erased texts out of packs and blobs, and what nothing has any more out of the file', async () => {
    const large = textOf(1, 20_000);
    for (let n = 0; n < 3; n++) kept.append(call(nameOf(n), large));
    fill(3, 200);
    compactLater();
    const [first] = kept.ask('SELECT data FROM pack ORDER BY last LIMIT 1') as Buffer[];
    expect(zstdDecompressSync(first ?? Buffer.alloc(0)).toString()).toContain(nameOf(4));
    await kept.erase([nameOf(4), nameOf(0)]);
    const [after] = kept.ask('SELECT data FROM pack ORDER BY last LIMIT 1') as Buffer[];
    expect(zstdDecompressSync(after ?? Buffer.alloc(0)).toString()).not.toContain(nameOf(4));
    expect(blobs()).toEqual([2]);
    await kept.erase([nameOf(1), nameOf(2)]);
    expect(blobs()).toEqual([]);
    await kept.erase(Array.from({ length: 200 }, (_, n) => nameOf(n)));
    expect(packs()).toBe(0);
  });

  it('is gone on with by the next gate, and done once', () => {
    fill(0, 400);
    kept.run(prove);
    kept.now += AGE;
    kept.chore(compact, { compact: AGE, proof: kept.proof }).step();
    kept.reopen();
    kept.run(compact, { compact: AGE });
    const made = packs();
    kept.reopen();
    kept.run(compact, { compact: AGE });
    expect(packs()).toBe(made);
    expect(kept.ask('SELECT count(*) FROM event WHERE kept = 1')[0]).toBeGreaterThan(1_000);
  });

  it('tells a damaged pack by its steps', () => {
    fill(0, 200);
    compactLater();
    kept.ask(`UPDATE pack SET data = x'28b52ffd00' WHERE last = (SELECT min(last) FROM pack)
      RETURNING last`);
    const reader = new SqliteReader(kept.path);
    expect(() => reader.events(nameOf(1))).toThrow(
      expect.objectContaining({
        code: 'STORE_UNREADABLE',
        message: expect.stringMatching(/^the pack of the steps 1 to \d+ is damaged/),
      }),
    );
    reader.close();
  });
});
