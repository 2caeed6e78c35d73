import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import Database from 'better-sqlite3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newProofKey } from '../../../src/store/proof/proof-key.ts';
import { compact } from '../../../src/store/sqlite/compaction/compact.ts';
import { Eraser, type Erasure } from '../../../src/store/sqlite/proof/eraser.ts';
import { SqliteReader } from '../../../src/store/sqlite/reader.ts';
import { indexWords } from '../../../src/store/sqlite/search/index-words.ts';
import { opening } from '../../support/batches.ts';
import { exchange, key, masterKey, openProved, record, tamper, verified } from './proved.ts';

const why = { reason: 'request 4711', by: 'os:dpo' };
let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-erase-'));
  path = join(folder, 't.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

async function erase(ids: readonly string[], more: Partial<Erasure> = {}) {
  const eraser = new Eraser(path, key);
  try {
    const counts = await eraser.erase(ids, { ...why, names: false, ...more });
    expect(await eraser.finish()).toBe(true);
    return counts;
  } finally {
    eraser.close();
  }
}

/** Which of these texts are in any of the files. */
function found(...texts: readonly (string | Buffer)[]): string[] {
  const files = readdirSync(folder).map((name) => readFileSync(join(folder, name)));
  return texts
    .filter((text) => files.some((file) => file.includes(text)))
    .map((text) => text.toString('latin1'));
}

const texts = (id: string) =>
  ['request', 'opened', 'reason', 'masked', 'answer', 'target'].map((what) => `${what}-of-${id}`);

describe('erasing an exchange', () => {
  it('leaves nothing of what it said in the files, and the proof intact', async () => {
    record(path, ['a', 'b', 'c']);
    const db = new Database(path);
    const { secret } = db.prepare(`SELECT secret FROM exchange WHERE id = 'b'`).get() as {
      secret: Buffer;
    };
    const sealed = db
      .prepare<[], Buffer>(`SELECT sealed FROM event WHERE exchange = 'b' AND sealed IS NOT NULL`)
      .pluck()
      .all();
    db.close();
    expect(sealed).toHaveLength(2);
    expect(found(...texts('b'), secret, ...sealed)).toHaveLength(9);
    expect(await erase(['b'])).toEqual({ erased: 1, steps: 4, nothing: 0, open: 0 });
    expect(found(...texts('b'), secret, ...sealed)).toEqual([]);
    expect(found(...texts('a'))).toHaveLength(6);
    // The record of it waits for the gate to sign it.
    const waiting = await verified(path);
    expect(waiting).toMatchObject({ findings: [], erased: 1, unsignedRecords: 1, unsigned: 2 });
    record(path, ['d']);
    const report = await verified(path);
    expect(report).toMatchObject({ findings: [], erased: 1, unsignedRecords: 0, unsigned: 0 });
  });

  it('needs the key of the proof, for the record of it has to be signed', () => {
    record(path, ['a']);
    for (const other of [undefined, newProofKey()]) {
      expect(() => new Eraser(path, other)).toThrow(
        expect.objectContaining({ code: 'ERASE_REFUSED' }) as Error,
      );
    }
  });

  it('keeps who called what upstream when, and how it was judged and ended', async () => {
    record(path, ['a']);
    await erase(['a']);
    const reader = new SqliteReader(path, { keys: [masterKey] });
    expect(reader.exchange('a')).toMatchObject({
      ...{ sub: 'ana', session: 'session-of-a', upstream: 'db', method: 'tools/call' },
      ...{ effect: 'allow', rule: 'read', outcome: 'answered' },
    });
    expect(reader.exchange('a')?.target).toBeUndefined();
    expect(reader.events('a').map(({ kind }) => kind)).toEqual([
      ...['opened', 'decided', 'masked', 'forwarded', 'answered'],
    ]);
    for (const event of reader.events('a')) {
      expect([event.detail, event.payload, event.original]).toEqual([
        ...[undefined, undefined, undefined],
      ]);
    }
    reader.close();
  });

  it('is recorded: which, why, and by whom, but not what was looked for', async () => {
    record(path, ['a', 'b']);
    await erase(['a', 'b'], { names: true });
    const reader = new SqliteReader(path);
    const own = reader.exchanges({ method: 'transcripts/erase', limit: 9 });
    expect(own).toMatchObject([{ sub: 'os:dpo', outcome: 'delivered', upstream: '' }]);
    expect(reader.events(own[0]?.id ?? '').at(-1)?.detail).toMatchObject({
      ...{ erased: ['a', 'b'], names: true, reason: 'request 4711' },
    });
    reader.close();
  });

  it('with names takes who called out of the files as well', async () => {
    record(path, ['a', 'b', 'c']);
    const store = await openProved(path);
    const facts = [
      { digest: 'bo-id', facts: '{"sub":"bo-of-facts"}' },
      { digest: 'bo-client', facts: '{"name":"client-of-bo","version":"1"}' },
      { digest: 'client', facts: '{"name":"client-of-all"}' },
    ];
    await store.append({ ...exchange('d', 'bo-the-caller'), facts });
    await store.append({ ...exchange('e', 'eve-the-caller') });
    await store.close();
    tamper(
      path,
      `UPDATE exchange SET identity = 'bo-id', agent = 'client-of-bo/1' WHERE id = 'd'`,
      `UPDATE exchange SET agent = 'client-of-all' WHERE id = 'e'`,
    );
    const kept = ['eve-the-caller', 'client-of-all'];
    const names = ['bo-the-caller', 'session-of-d', 'bo-of-facts', 'client-of-bo', ...kept];
    expect(found(...names)).toEqual(names);
    await erase(['d'], { names: true });
    expect(found(...names)).toEqual(kept);
  });

  it('holds up in the proof with names, and after erasing twice', async () => {
    record(path, ['a', 'b', 'c']);
    await erase(['b']);
    expect(await erase(['b'])).toMatchObject({ erased: 0, nothing: 1 });
    expect(await erase(['b'], { names: true })).toMatchObject({ erased: 1 });
    await erase(['a', 'c'], { names: true });
    record(path, ['d']);
    expect(await verified(path)).toMatchObject({ findings: [], erased: 3, unsignedRecords: 0 });
  });

  it('works while a gate writes, before its steps are signed', async () => {
    const store = await openProved(path);
    await store.append(exchange('a'));
    const writing = (async () => {
      for (let i = 0; i < 60; i++) await store.append(exchange(`w${i}`));
    })();
    await erase(['a']);
    await writing;
    await erase(['w3', 'w50', 'w59']);
    await store.close();
    expect(found(...texts('a'), ...texts('w50'))).toEqual([]);
    expect(await verified(path)).toMatchObject({ findings: [], erased: 4, unsigned: 0 });
  });

  it('takes a step along that comes late, while it is at work', async () => {
    const store = await openProved(path);
    for (const id of ['a', 'b']) await store.append(exchange(id));
    const late = new Database(path);
    const insert = late.prepare(
      `INSERT INTO event (exchange, seq, at, kind, revision, payload) VALUES ('a', 9, 1, 'closed', 'r', 'late-of-a')`,
    );
    function* ids() {
      yield 'a';
      insert.run();
      yield 'b';
    }
    const eraser = new Eraser(path, key);
    await eraser.erase(ids(), { ...why, names: false });
    await eraser.finish();
    eraser.close();
    late.close();
    await store.close();
    expect(found('late-of-a')).toEqual([]);
    expect(await verified(path)).toMatchObject({ findings: [], erased: 2, unsigned: 0 });
  });

  it('of many at once leaves nothing behind in pages that were split or freed', async () => {
    const store = await openProved(path);
    const ids = Array.from({ length: 200 }, (_, i) => `many-${String(i).padStart(3, '0')}`);
    // In an order in which pages are split in the middle.
    const mixed = [...ids].sort(() => Math.random() - 0.5);
    for (const half of [mixed.slice(0, 100), mixed.slice(100)]) {
      await Promise.all(half.map((id) => store.append(exchange(id))));
    }
    await store.close();
    const kept = ids.filter((_, i) => i % 7 === 0);
    const gone = ids.filter((_, i) => i % 7 !== 0);
    const db = new Database(path, { readonly: true });
    const read = db.prepare<[string], Buffer>('SELECT secret FROM exchange WHERE id = ?').pluck();
    const secrets = gone.map((id) => read.get(id) as Buffer);
    db.close();
    expect(found(...secrets)).toHaveLength(gone.length);
    await erase(gone);
    expect(found(...secrets)).toEqual([]);
    const left =
      readFileSync(path, 'latin1').match(
        /(request|opened|reason|masked|answer|target|session)-of-many-\d+/g,
      ) ?? [];
    const expected = kept.flatMap((id) => [...texts(id), `session-of-${id}`]);
    const others = gone.map((id) => `session-of-${id}`);
    expect([...new Set(left)].sort()).toEqual([...expected, ...others].sort());
    record(path, ['after']);
    expect(await verified(path)).toMatchObject({ findings: [], erased: gone.length });
  });

  it('takes it out of packs, of blobs and of the index of words', async () => {
    const large = 'large-and-often '.repeat(400);
    const store = await openProved(path);
    for (const id of ['a', 'b', 'c', 'd', 'e', 'f']) {
      const { events, ...rest } = exchange(id);
      const payloads: Readonly<Record<number, string>> = { 2: `${large}bulk-of-${id}`, 4: large };
      await store.append({
        ...rest,
        events: events.map((event) => ({
          ...event,
          payload: payloads[event.seq] ?? event.payload ?? '',
        })),
      });
    }
    await store.close();
    const db = new Database(path);
    db.pragma('secure_delete = ON');
    const options = { proof: { key, every: 1 }, compact: 0, search: true };
    const context = { db, path, options, now: () => Date.now() + 1e12, alarm: () => {} };
    for (const make of [indexWords, compact]) {
      const chore = make(context);
      for (let i = 0; i < 50 && chore?.step(); i++);
    }
    const kept = db.prepare('SELECT count(*) FROM event WHERE kept IS NOT NULL').pluck().get();
    expect(kept).toBeGreaterThan(12);
    db.close();
    const packed = await verified(path);
    expect(packed).toMatchObject({ findings: [], steps: 30 });
    await erase(['a', 'b'], { names: true });
    record(path, ['z']);
    expect(await verified(path)).toMatchObject({ findings: [], erased: 2 });
    const reader = new SqliteReader(path);
    expect(reader.events('a').every(({ payload, detail }) => !payload && !detail)).toBe(true);
    expect(reader.events('c').at(-1)?.payload).toBe(large);
    reader.close();
    const files = new Database(path, { readonly: true });
    const packs = files.prepare<[], Buffer>('SELECT data FROM pack').pluck().all();
    const blobs = files.prepare<[], Buffer>('SELECT data FROM blob').pluck().all();
    files.close();
    const inside = [...packs, ...blobs].map((data) => zstdDecompressSync(data).toString('latin1'));
    expect(inside.join('')).not.toMatch(/-of-[ab]/);
    expect(inside.join('')).toContain('bulk-of-c');
    expect(found(...texts('a'), 'bulk-of-a', 'bulk-of-b')).toEqual([]);
  });

  it('leaves what has not ended, and what was done to transcripts', async () => {
    const store = await openProved(path);
    await store.append(exchange('a'));
    await store.append(opening('open', 2));
    expect(await erase(['open', 'a', 'unknown'])).toMatchObject({ erased: 1, open: 1, nothing: 1 });
    const reader = new SqliteReader(path);
    const [own] = reader.exchanges({ method: 'transcripts/erase', limit: 9 });
    reader.close();
    expect(await erase([own?.id ?? ''])).toMatchObject({ erased: 0, nothing: 1 });
    await store.close();
  });
});

describe('verify names', () => {
  let base: string;
  let copies = 0;
  beforeAll(async () => {
    base = mkdtempSync(join(tmpdir(), 'sallyport-erased-'));
    path = join(base, 'proved.db');
    record(path, ['a', 'b']);
    await erase(['a'], { names: true });
    await erase(['b']);
    record(path, ['c']);
  });
  afterAll(() => rmSync(base, { recursive: true }));
  function copy(): string {
    const to = join(base, `copy-${++copies}.db`);
    copyFileSync(join(base, 'proved.db'), to);
    return to;
  }

  const cases: readonly (readonly [string, string, object])[] = [
    [
      'another text in the place of one',
      `UPDATE event SET payload = 'x' WHERE position = 3`,
      { wrong: 'changed', position: 3 },
    ],
    [
      'another target',
      `UPDATE exchange SET target = 'x' WHERE id = 'b'`,
      { wrong: 'changed', position: 6 },
    ],
    [
      'another caller',
      `UPDATE exchange SET sub = 'x' WHERE id = 'a'`,
      { wrong: 'changed', position: 1 },
    ],
    [
      'another caller of what was erased without names',
      `UPDATE exchange SET sub = 'x' WHERE id = 'b'`,
      { wrong: 'changed', position: 6 },
    ],
    [
      'another digest',
      `UPDATE erased_contents SET digest = zeroblob(32) WHERE position = 3`,
      { wrong: 'changed', position: 3 },
    ],
    [
      'a digest that is gone',
      `DELETE FROM erased_contents WHERE position = 3`,
      { wrong: 'changed', position: 3 },
    ],
    [
      'a record that is changed',
      `UPDATE event SET detail = replace(detail, '"a"', '"x"') WHERE detail LIKE '%"erased":["a"]%'`,
      { wrong: 'changed', position: 12 },
    ],
  ];
  it.each(cases)('%s', async (_, statement, finding) => {
    const proved = copy();
    tamper(proved, statement);
    expect((await verified(proved)).findings[0]).toMatchObject(finding);
  });

  it('what was erased by somebody who left no record', async () => {
    const proved = copy();
    const eraser = new Eraser(proved, key);
    await eraser.erase(['c'], { ...why, names: false });
    eraser.close();
    tamper(
      proved,
      `DELETE FROM event WHERE position > 19`,
      `DELETE FROM exchange WHERE id NOT IN (SELECT exchange FROM event)`,
    );
    const { findings } = await verified(proved);
    expect(findings).toMatchObject([{ wrong: 'erased', exchange: 'c' }]);
  });
});
