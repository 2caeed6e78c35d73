import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TranscriptReader, TranscriptStore } from '../../src/store/contract.ts';
import { MemoryStore } from '../../src/store/memory/store.ts';
import { SqliteReader } from '../../src/store/sqlite/reader.ts';
import { SqliteStore } from '../../src/store/sqlite/store.ts';
import { closing, end, head, opening, step } from '../support/batches.ts';

interface Opened {
  readonly store: TranscriptStore;
  readonly reader: TranscriptReader;
}
/** Every store that keeps the contract; one more is one more row. */
const stores: Readonly<Record<string, (folder: string) => Promise<Opened>>> = {
  memory: async () => {
    const store = new MemoryStore();
    return { store, reader: store };
  },
  sqlite: async (folder) => openSqlite(folder, 'process'),
  'sqlite, safe from power cuts': async (folder) => openSqlite(folder, 'power'),
};

async function openSqlite(folder: string, durability: 'process' | 'power'): Promise<Opened> {
  const path = join(folder, 'transcript.db');
  const store = await SqliteStore.open({ path, durability });
  return { store, reader: new SqliteReader(path) };
}

describe.each(Object.entries(stores))('the %s store', (_, open) => {
  let folder: string;
  let store: TranscriptStore;
  let reader: TranscriptReader;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sallyport-store-'));
    ({ store, reader } = await open(folder));
  });
  afterEach(async () => {
    reader.close();
    await store.close();
    rmSync(folder, { recursive: true });
  });
  const ids = (filter: Parameters<TranscriptReader['exchanges']>[0]) =>
    reader.exchanges(filter).map(({ id }) => id);

  it('is empty at first', () => {
    expect(reader.exchanges({ limit: 10 })).toEqual([]);
    expect(reader.exchange('a')).toBeUndefined();
    expect(reader.events('a')).toEqual([]);
    expect(reader.eventsAfter(0, 10)).toEqual([]);
    expect(reader.lastPosition()).toBe(0);
  });

  it('gives back whole what it was given', async () => {
    const full = head('x-1', {
      session: 's',
      target: 'query',
      sub: 'ana',
      issuer: 'https://issuer.test',
      client: 'c',
      agent: 'inspector/1',
      protocol: '2025-11-25',
      ip: '10.1.2.3',
      identity: 'digest',
      openedAt: 1234.5,
    });
    const events = [
      step('x-1', 0),
      step('x-1', 1, { payload: '{"a":1}' }),
      step('x-1', 2, { kind: 'decided', detail: { effect: 'allow', matched: ['a'], none: null } }),
    ];
    await store.append({ opened: [full], events, closed: [] });
    expect(reader.exchange('x-1')).toEqual({ ...full, outcome: 'open' });
    expect(reader.events('x-1')).toEqual(events.map((event, i) => ({ ...event, position: i + 1 })));

    await store.append(closing('x-1', { outcome: 'blocked', effect: 'block', rule: 'r' }));
    expect(reader.exchange('x-1')).toEqual({
      ...full,
      closedAt: 2000.5,
      outcome: 'blocked',
      effect: 'block',
      rule: 'r',
    });
  });

  it('keeps what a token said once, for all exchanges that name it', async () => {
    const facts = { ...{ sub: 'ana', issuer: 'https://issuer.test', groups: ['analysts'] } };
    const record = { digest: 'd1', facts: JSON.stringify({ ...facts, scopes: [], claims: {} }) };
    const by = { identity: 'd1', ip: '10.1.2.3' };
    await store.append({ ...opening('a', 1, by), facts: [record] });
    await store.append(opening('b', 1, by));
    await store.append({ ...opening('c', 1, by), facts: [record] });
    expect(reader.exchange('b')).toMatchObject(by);
    expect(reader.fact('d1')).toEqual({ ...facts, scopes: [], claims: {} });
    expect(reader.fact('d2')).toBeUndefined();
  });

  it('gives all exchanges page by page, oldest first', async () => {
    for (const id of ['a', 'b', 'c', 'd']) {
      await store.append(opening(id, 1, { upstream: id === 'b' ? 'files' : 'db' }));
    }
    await store.append(opening('e', 1, { openedAt: 5000 }));
    const idsAfter = (...args: Parameters<TranscriptReader['exchangesAfter']>) =>
      reader.exchangesAfter(...args).map(({ id }) => id);
    expect(idsAfter('', { limit: 2 })).toEqual(['a', 'b']);
    expect(idsAfter('b', { limit: 2 })).toEqual(['c', 'd']);
    expect(idsAfter('d', { limit: 2 })).toEqual(['e']);
    expect(idsAfter('e', { limit: 2 })).toEqual([]);
    expect(idsAfter('', { limit: 3, upstream: 'db' })).toEqual(['a', 'c', 'd']);
    expect(idsAfter('a', { limit: 3, since: 4000 })).toEqual(['e']);
  });

  it('keeps steps in order, also when they come in several batches', async () => {
    await store.append(opening('a', 2));
    await store.append(opening('b', 1));
    await store.append({ opened: [], events: [step('a', 2), step('b', 1)], closed: [end('a')] });
    expect(reader.events('a').map(({ seq }) => seq)).toEqual([0, 1, 2]);
    expect(reader.eventsAfter(0, 10).map(({ exchange, seq }) => `${exchange}${seq}`)).toEqual([
      'a0',
      'a1',
      'b0',
      'a2',
      'b1',
    ]);
    expect(reader.exchange('a')?.outcome).toBe('answered');
    expect(reader.exchange('b')?.outcome).toBe('open');
  });

  it('reads on from a position, page by page', async () => {
    for (const id of ['a', 'b', 'c']) await store.append(opening(id, 3));
    const seen: string[] = [];
    let position = 0;
    for (;;) {
      const page = reader.eventsAfter(position, 2);
      if (page.length === 0) break;
      expect(page.length).toBeLessThanOrEqual(2);
      seen.push(...page.map(({ exchange, seq }) => `${exchange}${seq}`));
      position = page.at(-1)?.position ?? 0;
    }
    expect(seen).toEqual(['a0', 'a1', 'a2', 'b0', 'b1', 'b2', 'c0', 'c1', 'c2']);
    expect(position).toBe(reader.lastPosition());
    await store.append(opening('d', 1));
    expect(reader.eventsAfter(position, 2).map(({ exchange }) => exchange)).toEqual(['d']);
    expect(reader.lastPosition()).toBe(10);
  });

  it('gives the newest exchanges that fit, oldest first', async () => {
    for (const id of ['3', '1', '5', '2', '4']) {
      await store.append(opening(id, 1, { openedAt: 1000 + Number(id) }));
    }
    expect(ids({ limit: 10 })).toEqual(['1', '2', '3', '4', '5']);
    expect(ids({ limit: 2 })).toEqual(['4', '5']);
    expect(ids({ limit: 0 })).toEqual([]);
    expect(ids({ limit: 10, since: 1003 })).toEqual(['3', '4', '5']);
    expect(ids({ limit: 1, since: 1003 })).toEqual(['5']);
  });

  it('narrows by every field, alone and together', async () => {
    const common = {
      upstream: 'db',
      sub: 'ana',
      target: 'query',
      method: 'tools/call',
      session: 's',
    };
    const other = {
      upstream: 'web',
      sub: 'bob',
      target: 'drop',
      method: 'resources/read',
      session: 't',
    };
    await store.append(opening('0', 1, common));
    for (const [index, [key, value]] of Object.entries(other).entries()) {
      await store.append(opening(String(index + 1), 1, { ...common, [key]: value }));
    }
    await store.append(opening('6', 1, { upstream: 'bare', method: 'ping' }));
    await store.append(closing('0', { outcome: 'blocked', rule: 'r' }));
    for (const [index, [key, value]] of Object.entries(other).entries()) {
      expect(ids({ limit: 10, [key]: value })).toEqual([String(index + 1)]);
    }
    expect(ids({ limit: 10, ...common })).toEqual(['0']);
    expect(ids({ limit: 10, outcome: 'blocked' })).toEqual(['0']);
    expect(ids({ limit: 10, outcome: 'open', upstream: 'web' })).toEqual(['1']);
    expect(ids({ limit: 10, rule: 'r' })).toEqual(['0']);
    expect(ids({ limit: 10, rule: 'R' })).toEqual([]);
    expect(ids({ limit: 10, sub: '' })).toEqual([]);
  });

  it('finds an exchange by its id or an unambiguous end of it', async () => {
    for (const id of ['019a-0001', '019a-1001', '019b-2', '2', 'x%y_z']) {
      await store.append(opening(id));
    }
    expect(reader.exchange('019a-0001')?.id).toBe('019a-0001');
    expect(reader.exchange('-1001')?.id).toBe('019a-1001');
    expect(reader.exchange('001')).toBeUndefined();
    expect(reader.exchange('2')?.id).toBe('2');
    expect(reader.exchange('b-2')?.id).toBe('019b-2');
    expect(reader.exchange('B-2')).toBeUndefined();
    expect(reader.exchange('_z')?.id).toBe('x%y_z');
    for (const id of ['', '%', '_', '%2', '019a', 'nothing']) {
      expect(reader.exchange(id)).toBeUndefined();
    }
  });

  it('keeps any text', async () => {
    const payload = 'caf\u00e9 \u{1f600} \u0000 \ufeff \'"; DROP TABLE event; --\r\n';
    const detail = { reason: payload, deep: { list: [1, 'x', null, true] } };
    await store.append({
      opened: [head('\u00e9', { target: payload })],
      events: [step('\u00e9', 0, { payload, detail })],
      closed: [],
    });
    expect(reader.events('\u00e9')[0]).toMatchObject({ payload, detail });
    expect(ids({ limit: 1, target: payload })).toEqual(['\u00e9']);
  });

  it('keeps big payloads', async () => {
    const payload = 'x'.repeat(8_000_000);
    await store.append({ ...opening('a'), events: [step('a', 0, { payload })] });
    expect(reader.events('a')[0]?.payload?.length).toBe(payload.length);
  });

  it('takes a thousand appends at once, and resolves when each is kept', async () => {
    const names = Array.from({ length: 1000 }, (_, i) => `e${String(i).padStart(4, '0')}`);
    const appends = names.map(async (name) => {
      await store.append(opening(name, 2));
      expect(reader.events(name)).toHaveLength(2);
    });
    await Promise.all(appends);
    expect(reader.exchanges({ limit: 2000 }).map(({ id }) => id)).toEqual(names);
    const positions = reader.eventsAfter(0, 5000).map(({ position }) => position);
    expect(positions).toEqual(Array.from({ length: 2000 }, (_, i) => i + 1));
  });

  it('keeps what was appended before it closes, and refuses what comes after', async () => {
    const pending = Array.from({ length: 50 }, (_, i) => store.append(opening(`e${i}`)));
    const closed = store.close();
    await expect(store.append(opening('late'))).rejects.toThrow();
    await Promise.all([...pending, closed]);
    expect(reader.exchanges({ limit: 100 })).toHaveLength(50);
    await expect(store.append(opening('later'))).rejects.toThrow();
    await store.close();
  });
});
