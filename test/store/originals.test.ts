import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { MemoryStore } from '../../src/store/memory/store.ts';
import { type MasterKeys, masterKeyName } from '../../src/store/seal/master-keys.ts';
import { SqliteReader } from '../../src/store/sqlite/reader.ts';
import { recordAccess } from '../../src/store/sqlite/sealed/sealed-access.ts';
import {
  neededMasters,
  rewrapPeriods,
  sealedPeriods,
} from '../../src/store/sqlite/sealed/sealed-periods.ts';
import { SqliteStore, type StoreOptions } from '../../src/store/sqlite/store.ts';
import { end, head, step } from '../support/batches.ts';

const key = (fill: number) => new Uint8Array(32).fill(fill);
const [first, second, third] = [key(1), key(2), key(3)];
const keys: MasterKeys = [first];
const SECRET = 'eve.secret@example.org';
const original = `{"id":1,"email":"${SECRET}"}`;
const payload = '{"id":1,"email":"[masked]"}';
const masked = (exchange: string, seq = 0) => step(exchange, seq, { payload, original });

/** A database with three exchanges, each in a period of its own. */
const made = mkdtempSync(join(tmpdir(), 'sallyport-originals-'));
const three = join(made, 'three.db');
beforeAll(async () => {
  for (const id of ['a', 'b', 'c']) {
    const store = await SqliteStore.open({ path: three, durability: 'process', keys });
    await store.append(whole(id));
    await store.close();
  }
});
afterAll(() => rmSync(made, { recursive: true }));

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-originals-'));
  path = join(folder, 't.db');
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true });
});

const open = (options: Partial<StoreOptions> = {}) =>
  SqliteStore.open({ path, durability: 'process', keys, ...options });
const whole = (id: string, n = 1) => ({
  opened: [head(id)],
  events: Array.from({ length: n }, (_, seq) => masked(id, seq)),
  closed: [end(id)],
});

function read<Result>(withKeys: MasterKeys | undefined, work: (reader: SqliteReader) => Result) {
  const reader = new SqliteReader(path, { keys: withKeys });
  try {
    return work(reader);
  } finally {
    reader.close();
  }
}
const originals = (withKeys?: MasterKeys) =>
  read(withKeys, (reader) => {
    return reader.eventsAfter(0, 1_000).map(({ original, sealed }) => sealed ?? original);
  });
const filesText = () =>
  readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'latin1'))
    .join('\n');

describe.each(['process', 'power'] as const)('originals, with durability %s', (durability) => {
  it('are read with the key, are known to be there without it, and are nowhere in the clear', async () => {
    const store = await open({ durability });
    await store.append(whole('a', 2));
    await store.append({ opened: [head('b')], events: [step('b', 0, { payload })], closed: [] });
    expect(filesText()).toContain('[masked]');
    expect(filesText()).not.toContain(SECRET);
    expect(originals(keys)).toEqual([original, original, undefined]);
    expect(originals()).toEqual([true, true, undefined]);
    await store.close();
    expect(filesText()).not.toContain(SECRET);
    expect(originals([second, first])).toEqual([original, original, undefined]);
    expect(originals([second])).toEqual([true, true, undefined]);
  });

  it('are not kept without a key to seal them with', async () => {
    const store = await open({ durability, keys: undefined });
    await store.append(whole('a'));
    await store.close();
    expect(originals(keys)).toEqual([undefined]);
    expect(neededMasters(path)).toEqual([]);
    expect(filesText()).not.toContain(SECRET);
  });
});

describe('originals in the database', () => {
  it('come back whatever batches they come in, and no masked value is in the files', async () => {
    const secret = fc
      .string({
        unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz0123456789'),
        minLength: 12,
        maxLength: 24,
      })
      .map((text) => `<${text}>`);
    const exchange = fc.array(fc.array(fc.option(secret), { minLength: 1, maxLength: 4 }), {
      minLength: 1,
      maxLength: 4,
    });
    await fc.assert(
      fc.asyncProperty(fc.array(exchange, { minLength: 1, maxLength: 8 }), async (exchanges) => {
        const store = await open();
        const wanted = exchanges.map((batches, n) => {
          const id = `x${n}`;
          let seq = 0;
          return batches.map((steps, index) => ({
            opened: index === 0 ? [head(id)] : [],
            events: steps.map((text) =>
              step(id, seq++, { payload, ...(text === null ? {} : { original: `"${text}"` }) }),
            ),
            closed: index === batches.length - 1 ? [end(id)] : [],
          }));
        });
        await Promise.all(wanted.flat().map((batch) => store.append(batch)));
        await store.close();
        read(keys, (reader) => {
          for (const [n, batches] of wanted.entries()) {
            const expected = batches.flatMap(({ events }) =>
              events.map((one) => ('original' in one ? one.original : undefined)),
            );
            expect(reader.events(`x${n}`).map((event) => event.original)).toEqual(expected);
          }
        });
        const files = filesText();
        for (const text of exchanges.flat(2)) if (text !== null) expect(files).not.toContain(text);
        for (const name of readdirSync(folder)) rmSync(join(folder, name));
      }),
      { numRuns: 5 },
    );
  });

  it('come late: after the end of the exchange, and after the store was opened anew', async () => {
    const store = await open();
    await store.append({
      opened: [head('a'), head('b')],
      events: [step('a', 0), step('b', 0)],
      closed: [end('a')],
    });
    await store.append({ opened: [], events: [masked('a', 1)], closed: [end('a')] });
    expect(originals(keys)).toEqual([undefined, undefined, original]);
    await store.close();
    const again = await open();
    await again.append({ opened: [head('c')], events: [masked('c')], closed: [] });
    await again.close();
    expect(read(keys, (reader) => reader.events('c').map((event) => event.original))).toEqual([
      original,
    ]);
  });

  it('are gone for good without the secret of their exchange, others are not', () => {
    copyFileSync(three, path);
    const db = new Database(path);
    db.exec("UPDATE exchange SET secret = NULL WHERE id = 'a'");
    db.close();
    expect(originals(keys)).toEqual([true, original, original]);
  });

  it.each([
    [
      'of another exchange',
      "UPDATE event SET sealed = (SELECT sealed FROM event WHERE exchange = 'b')",
    ],
    ['of another step', 'UPDATE event SET seq = seq + 1'],
    ['with another secret', 'UPDATE exchange SET secret = randomblob(32)'],
    ['of another period', 'UPDATE exchange SET period = period % 3 + 1'],
    ['with another wrapped key', 'UPDATE period SET wrapped = randomblob(61)'],
    ['cut short', "UPDATE event SET sealed = x'01'"],
    ['of an unknown period', 'DELETE FROM period'],
  ])('stay sealed %s', (_, sql) => {
    copyFileSync(three, path);
    const db = new Database(path);
    db.exec(sql);
    db.close();
    expect(originals(keys)[0]).toBe(true);
  });

  it('are kept as they are in memory where that is asked for', async () => {
    for (const kept of [true, false]) {
      const store = new MemoryStore({ originals: kept });
      await store.append(whole('a'));
      expect(store.events('a')[0]?.original).toBe(kept ? original : undefined);
      expect(store.events('a')[0]?.payload).toBe(payload);
    }
  });

  it('are sealed again with their exchange where a write has failed', async () => {
    const store = await open();
    await store.append(whole('a'));
    const taken = { ...whole('b'), opened: [head('b'), head('a')] };
    await expect(store.append(taken)).rejects.toThrow('UNIQUE');
    await store.append(whole('b'));
    await store.append({ opened: [], events: [masked('a', 1)], closed: [] });
    await store.close();
    expect(originals(keys)).toEqual([original, original, original]);
  });

  it('survive with what was acknowledged when the process is killed', async () => {
    const script = join(import.meta.dirname, '../support/seal-and-die.ts');
    const child = spawn(process.execPath, [script, path, '30'], { stdio: 'ignore' });
    const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
    expect(signal).toBe('SIGKILL');
    expect(filesText()).not.toContain('secret-29');
    const found = originals([new Uint8Array(32).fill(9)]);
    expect(found).toEqual(Array.from({ length: 30 }, (_, n) => `"secret-${n}"`));
    await (await open({ keys: [key(9)] })).close();
    expect(originals([key(9)]).slice(0, 30)).toEqual(found);
  });
});

describe('an exchange', () => {
  it('has secrets of its own, its period, and the step that ended it first', async () => {
    const store = await open();
    await store.append({ opened: [head('a')], events: [step('a', 0), step('a', 1)], closed: [] });
    await store.append({ opened: [], events: [step('a', 2), step('a', 3)], closed: [end('a')] });
    const late = { ...end('a'), closedAt: 3_000, outcome: 'failed' as const };
    await store.append({
      opened: [head('b')],
      events: [step('b', 0), step('a', 4)],
      closed: [late],
    });
    await store.close();
    const db = new Database(path, { readonly: true });
    const rows = db
      .prepare(
        'SELECT id, length(salt) AS salt, length(secret) AS secret, period, last, outcome, hex(salt || secret) AS both FROM exchange',
      )
      .all() as { both: string }[];
    db.close();
    expect(rows).toMatchObject([
      { id: 'a', salt: 16, secret: 32, period: 1, last: 3, outcome: 'answered' },
      { id: 'b', salt: 16, secret: 32, period: 1, last: null, outcome: 'open' },
    ]);
    expect(new Set(rows.map(({ both }) => both)).size).toBe(2);
  });
});

describe('a period', () => {
  it('is its own of each gate, where two have one file', async () => {
    const [one, other] = [await open(), await open()];
    await one.append(whole('a'));
    await other.append(whole('b'));
    await one.append(whole('c'));
    expect(sealedPeriods(path).map(({ exchanges }) => exchanges)).toEqual([2, 1]);
    expect(originals(keys)).toEqual([original, original, original]);
    await one.close();
    await other.close();
  });

  it('begins with the first batch of each start, and each day', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 0, 1) });
    const store = await open();
    await store.append(whole('a'));
    vi.setSystemTime(Date.UTC(2026, 0, 1, 23));
    await store.append(whole('b'));
    await store.append({ opened: [head('long')], events: [masked('long')], closed: [] });
    vi.setSystemTime(Date.UTC(2026, 0, 2));
    await store.append(whole('c'));
    await store.append({ opened: [], events: [masked('long', 1)], closed: [end('long')] });
    await store.close();
    await (await open()).close();
    const again = await open();
    await again.append(whole('d'));
    await again.close();
    expect(sealedPeriods(path)).toEqual([
      { id: 1, began: Date.UTC(2026, 0, 1), master: masterKeyName(first), exchanges: 3 },
      { id: 2, began: Date.UTC(2026, 0, 2), master: masterKeyName(first), exchanges: 1 },
      { id: 3, began: Date.UTC(2026, 0, 2), master: masterKeyName(first), exchanges: 1 },
    ]);
    expect(new Set(originals(keys))).toEqual(new Set([original]));
  });
});

describe('rotation', () => {
  const names = () => sealedPeriods(path).map(({ master }) => master);

  it('leaves payloads as they are, and makes the new key the only one that is needed', () => {
    copyFileSync(three, path);
    const sealed = () => {
      const db = new Database(path, { readonly: true });
      const rows = db.prepare('SELECT sealed FROM event ORDER BY position').all();
      db.close();
      return rows;
    };
    const before = sealed();
    expect(rewrapPeriods(path, [second, first])).toEqual({
      rewrapped: 3,
      before: 0,
      sealed: 0,
      inLog: false,
    });
    expect(names()).toEqual(Array(3).fill(masterKeyName(second)));
    expect(sealed()).toEqual(before);
    expect(originals([second])).toEqual([original, original, original]);
    expect(originals([first])).toEqual([true, true, true]);
    expect(rewrapPeriods(path, [second])).toEqual({
      rewrapped: 0,
      before: 3,
      sealed: 0,
      inLog: false,
    });
  });

  it('leaves no key that the old master key opens in the files', () => {
    copyFileSync(three, path);
    const db = new Database(path, { readonly: true });
    const wrapped = db.prepare('SELECT wrapped FROM period').all() as { wrapped: Buffer }[];
    db.close();
    const found = () =>
      wrapped.filter((one) => filesText().includes(one.wrapped.toString('latin1')));
    expect(found()).toHaveLength(3);
    rewrapPeriods(path, [second, first]);
    expect(found()).toHaveLength(0);
  });

  it('leaves what no key at hand opens as it is', () => {
    copyFileSync(three, path);
    expect(rewrapPeriods(path, [second, third])).toEqual({
      rewrapped: 0,
      before: 0,
      sealed: 3,
      inLog: false,
    });
    expect(originals(keys)).toEqual([original, original, original]);
  });

  it('goes on beside a gate that writes, whose next period has its own first key', async () => {
    copyFileSync(three, path);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
    const store = await open();
    await store.append({ opened: [head('d')], events: [masked('d')], closed: [] });
    expect(rewrapPeriods(path, [second, first]).rewrapped).toBe(4);
    await store.append({ opened: [], events: [masked('d', 1)], closed: [end('d')] });
    vi.setSystemTime(Date.now() + 86_400_000);
    await store.append(whole('e'));
    await store.close();
    expect(names()).toEqual([...Array(4).fill(masterKeyName(second)), masterKeyName(first)]);
    expect(originals([second])).toEqual([...Array(5).fill(original), true]);
    expect(new Set(originals([second, first]))).toEqual(new Set([original]));
  });

  it('that fails in the middle has lost nothing, and goes on the next time', () => {
    copyFileSync(three, path);
    const run = (sql: string) => {
      const db = new Database(path);
      db.exec(sql);
      db.close();
    };
    run(`CREATE TRIGGER stop BEFORE UPDATE ON period WHEN old.id = 2
         BEGIN SELECT RAISE(ABORT, 'the disk is full'); END`);
    const failed = expect.objectContaining({ code: 'STORE_UNAVAILABLE' }) as Error;
    expect(() => rewrapPeriods(path, [second, first])).toThrow(failed);
    expect(originals([second, first])).toEqual([original, original, original]);
    run('DROP TRIGGER stop');
    expect(rewrapPeriods(path, [second, first]).rewrapped).toBe(3);
    expect(originals([second])).toEqual([original, original, original]);
  });

  it('needs a database', () => {
    const unreadable = expect.objectContaining({ code: 'STORE_UNREADABLE' }) as Error;
    expect(() => rewrapPeriods(path, keys)).toThrow(unreadable);
    new Database(path).close();
    expect(() => sealedPeriods(path)).toThrow(unreadable);
  });
});

describe('whoever reads originals', () => {
  it('is recorded, beside a gate that writes', async () => {
    const store = await open();
    await store.append(whole('a'));
    const id = recordAccess(path, {
      by: 'os:eve',
      exchanges: ['a'],
      what: 'transcripts show',
      reason: 'ticket 7',
      at: 5,
    });
    await store.append(whole('b'));
    await store.close();
    read(undefined, (reader) => {
      expect(reader.exchange(id)).toMatchObject({
        upstream: '',
        method: 'transcripts/unseal',
        target: 'a',
        sub: 'os:eve',
        outcome: 'delivered',
      });
      expect(reader.events(id).at(-1)?.detail).toEqual({
        ...{ outcome: 'delivered', what: 'transcripts show', exchanges: ['a'], reason: 'ticket 7' },
      });
    });
  });

  it('is refused where that can not be recorded', async () => {
    const store = await open();
    const unavailable = expect.objectContaining({ code: 'STORE_UNAVAILABLE' }) as Error;
    const other = new Database(path);
    other.exec('DROP TABLE event');
    expect(() => recordAccess(path, { by: 'os:eve', what: 'x', at: 5 })).toThrow(unavailable);
    other.close();
    await store.close();
  });
});
