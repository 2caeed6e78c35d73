import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TranscriptBatch, TranscriptEvent } from '../../src/model/transcript.ts';
import { BulkReader } from '../../src/store/sqlite/bulk/bulk-reader.ts';
import { compact } from '../../src/store/sqlite/compaction/compact.ts';
import { prove } from '../../src/store/sqlite/proof/prove.ts';
import { SqliteReader } from '../../src/store/sqlite/reader.ts';
import { SqliteStore } from '../../src/store/sqlite/store.ts';
import { end, head, step } from '../support/batches.ts';
import fc from '../support/fast-check.ts';
import { Kept } from '../support/kept.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-bulk-'));
  path = join(folder, 't.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

async function keep(batches: readonly TranscriptBatch[]): Promise<void> {
  const store = await SqliteStore.open({ path, durability: 'process' });
  for (const batch of batches) await store.append(batch);
  await store.close();
}

const plain = ({ exchange, seq, at, kind, revision, detail, payload }: TranscriptEvent) => ({
  ...{ exchange, seq, at, kind, revision, detail, payload },
});

/** Everything in a file, read in ranges of so many positions. */
function read(size: number, filter = {}) {
  const reader = new BulkReader(path, { filter });
  const all = [];
  const { first = 1, last = 0 } = reader.extent() ?? {};
  for (let from = first; from <= last; from += size) {
    for (const { record, events } of reader.exchanges({
      first: from,
      last: Math.min(last, from + size - 1),
    })) {
      // biome-ignore format: one line says it
      all.push({ record: JSON.parse(JSON.stringify(record)), events: events.map(plain) });
    }
  }
  reader.close();
  return all;
}

function expected() {
  const reader = new SqliteReader(path);
  const records = reader.exchangesAfter('', { limit: 10_000 });
  const all = records.map((record) => ({ record, events: reader.events(record.id).map(plain) }));
  reader.close();
  return all;
}

const byId = (all: ReturnType<typeof read>) =>
  all.toSorted((a, b) => (a.record.id < b.record.id ? -1 : 1));

describe('reading in bulk', () => {
  it('gives what the reader gives, whatever is written between and however it is shared out', async () => {
    const steps = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 60 });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(steps, fc.integer({ min: 1, max: 50 }), async (order, size) => {
        path = join(folder, `${run++}.db`);
        const next = new Map<number, number>();
        const batches = order.map((exchange): TranscriptBatch => {
          const seq = next.get(exchange) ?? 0;
          next.set(exchange, seq + 1);
          const id = `e${exchange}`;
          const detail = { n: seq, sallyport: 'é' };
          const event = step(id, seq, { payload: `{"n":${seq}}`, detail });
          const isOver = seq === 3;
          return { opened: seq === 0 ? [head(id)] : [], events: [event], closed: isOver ? [end(id)] : [] }; // biome-ignore format: one line says it
        });
        await keep(batches);
        expect(byId(read(size))).toEqual(expected());
      }),
      { numRuns: 12 },
    );
  });

  it('narrows by everything that it is told', async () => {
    const ids = ['a', 'b', 'c'];
    await keep(
      ids.map((id, n) => ({
        opened: [head(id, { upstream: id, openedAt: 1_000 * n, method: 'm', sub: `s${n % 2}`, target: 't' })], // biome-ignore format: one line says it
        events: [step(id, 0)],
        closed: [end(id, { rule: `r${n}`, effect: 'allow' })],
      })),
    );
    const found = (filter: object) =>
      read(100, filter)
        .map(({ record }) => record.id)
        .join('');
    expect(found({})).toBe('abc');
    expect(found({ upstreams: ['a', 'c'] })).toBe('ac');
    expect(found({ sub: 's0', target: 't', method: 'm', outcome: 'answered' })).toBe('ac');
    expect(found({ rule: 'r1', effect: 'allow' })).toBe('b');
    expect(found({ since: 1_000 })).toBe('bc');
    expect(found({ until: 1_000 })).toBe('a');
    expect(found({ session: 'x' })).toBe('');
  });

  it('reads a large payload when it is asked for', async () => {
    const payload = 'x'.repeat(100_000);
    await keep([{ opened: [head('a')], events: [step('a', 0, { payload })], closed: [end('a')] }]);
    expect(read(10)[0]?.events[0]?.payload).toBe(payload);
  });

  it('reads a large payload that was compacted since the rest was read', () => {
    const kept = new Kept();
    const payload = `"${'x'.repeat(100_000)}"`;
    kept.append({
      opened: [head('a', { openedAt: kept.now })],
      events: [step('a', 0, { at: kept.now, payload })],
      closed: [end('a')],
    });
    const reader = new BulkReader(kept.path);
    const [exchange] = reader.exchanges({ first: 1, last: 1 });
    kept.run(prove);
    kept.now += 600_000;
    kept.run(compact, { compact: 600_000 });
    expect(kept.ask('SELECT count(*) FROM blob')[0]).toBe(1);
    expect(exchange?.events[0]?.payload).toBe(payload);
    reader.close();
    kept.stop();
  });

  it('finds where a time begins among very many steps', async () => {
    const count = 60_000;
    const ids = Array.from({ length: count }, (_, n) => `e${String(n).padStart(6, '0')}`);
    await (await SqliteStore.open({ path, durability: 'process' })).close();
    const db = new Database(path);
    const numbers = `WITH RECURSIVE number (n) AS
      (SELECT 0 UNION ALL SELECT n + 1 FROM number WHERE n < ${count - 1})`;
    db.exec(`${numbers} INSERT INTO exchange (id, opened_at, upstream, method, revision)
      SELECT format('e%06d', n), n * 1000, 'u', 'm', 'r' FROM number`);
    db.exec(`${numbers} INSERT INTO event (exchange, seq, at, kind, revision)
      SELECT format('e%06d', n), 0, n * 1000, 'opened', 'r' FROM number`);
    db.close();
    const since = (count - 10) * 1_000;
    const reader = new BulkReader(path, { filter: { since } });
    const range = reader.extent();
    expect(range?.first).toBeGreaterThan(count - 1_000);
    const found = range ? [...reader.exchanges(range)] : [];
    expect(found.map(({ record }) => record.id)).toEqual(ids.slice(-10));
    reader.close();
  });

  it('gives what was there before compaction', () => {
    const kept = new Kept();
    const ids = Array.from({ length: 300 }, (_, n) => `e${n}`);
    for (const id of ids) {
      const opened = [head(id, { openedAt: kept.now })];
      const text = `${id} `.repeat(100);
      const events = [0, 1].map((seq) => step(id, seq, { payload: text, detail: { id } }));
      kept.append({ opened, events, closed: [end(id)] });
    }
    ({ path } = kept);
    const before = read(5_000);
    kept.run(prove);
    kept.now += 600_000;
    kept.run(compact, { compact: 600_000 });
    expect(kept.ask('SELECT count(*) FROM pack')[0]).toBeGreaterThan(0);
    expect(read(70)).toEqual(before);
    expect(before).toHaveLength(300);
    kept.stop();
  });

  it('says that there is no database', () => {
    expect(() => new BulkReader(path)).toThrow(
      expect.objectContaining({ code: 'STORE_UNREADABLE' }),
    );
  });
});
