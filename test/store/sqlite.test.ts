import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SqliteReader } from '../../src/store/sqlite/reader.ts';
import { SCHEMA_VERSION } from '../../src/store/sqlite/schema.ts';
import { SqliteStore } from '../../src/store/sqlite/store.ts';
import { closing, opening } from '../support/batches.ts';

let folder: string;
let path: string;
const open = (at = path) => SqliteStore.open({ path: at, durability: 'process' });
const unreadable = expect.objectContaining({ code: 'STORE_UNREADABLE' }) as Error;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-sqlite-'));
  path = join(folder, 'deep', 'down', 'transcript.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('a database', () => {
  it('is made with its folders, and keeps everything when it is opened again', async () => {
    const first = await open();
    await first.append(opening('a', 3));
    await first.append(closing('a'));
    await first.close();
    // Closed in order, the log is folded into the one file.
    expect(readdirSync(dirname(path))).toEqual(['transcript.db']);
    const second = await open();
    await second.append(opening('b', 2));
    await second.close();
    const reader = new SqliteReader(path);
    expect(reader.exchanges({ limit: 9 }).map(({ id, outcome }) => [id, outcome])).toEqual([
      ['a', 'answered'],
      ['b', 'open'],
    ]);
    expect(reader.eventsAfter(0, 9).map(({ position }) => position)).toEqual([1, 2, 3, 4, 5]);
    reader.close();
  });

  it('keeps what was acknowledged when the process is killed', async () => {
    const script = join(import.meta.dirname, '../support/append-and-die.ts');
    const child = spawn(process.execPath, [script, path, '40'], { stdio: 'ignore' });
    const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
    expect(signal).toBe('SIGKILL');
    const reader = new SqliteReader(path);
    expect(reader.exchanges({ limit: 100 })).toHaveLength(40);
    expect(reader.lastPosition()).toBe(80);
    reader.close();
    const store = await open();
    await store.append(opening('after'));
    await store.close();
  });

  it('has what a gate left open when it died closed by the next one', async () => {
    const died = await open();
    await died.append(opening('a', 2));
    await died.append(opening('b', 1));
    await died.append(closing('b'));
    await died.close();
    await (await open()).close();
    const reader = new SqliteReader(path);
    expect(reader.exchange('a')?.outcome).toBe('failed');
    expect(reader.exchange('b')?.outcome).toBe('answered');
    expect(reader.events('a').at(-1)).toMatchObject({
      ...{ seq: 2, kind: 'closed', revision: 'r1' },
      detail: { outcome: 'failed', reason: 'the gate ended before the exchange did' },
    });
    expect(reader.events('b')).toHaveLength(1);
    reader.close();
  });

  it('is read while it is written, whole batches only', async () => {
    const store = await open();
    const reader = new SqliteReader(path);
    let writing = true;
    const appends = (async () => {
      for (let i = 0; i < 200; i++) await store.append(opening(`e${i}`, 3));
      writing = false;
    })();
    while (writing) {
      expect(reader.eventsAfter(0, 10_000).length % 3).toBe(0);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await appends;
    expect(reader.lastPosition()).toBe(600);
    reader.close();
    await store.close();
  });

  it('waits while another process holds it, and the event loop goes on', async () => {
    const store = await open();
    await store.append(opening('a'));
    const other = new Database(path);
    other.exec('BEGIN IMMEDIATE');
    const waiting = store.append(opening('b'));
    // Timers run while the append waits, or this one could not let the lock go.
    setTimeout(() => other.exec('COMMIT'), 300);
    await waiting;
    other.close();
    await store.close();
    const reader = new SqliteReader(path);
    expect(reader.exchanges({ limit: 9 }).map(({ id }) => id)).toEqual(['a', 'b']);
    reader.close();
  });

  it('writes all of a batch or nothing, and goes on after a failure', async () => {
    const store = await open();
    await store.append(opening('a'));
    const twice = { ...opening('b', 2), opened: [...opening('b').opened, ...opening('a').opened] };
    await expect(store.append(twice)).rejects.toThrow(/UNIQUE/);
    await store.append(opening('c'));
    await store.close();
    const reader = new SqliteReader(path);
    expect(reader.exchanges({ limit: 9 }).map(({ id }) => id)).toEqual(['a', 'c']);
    expect(reader.events('b')).toEqual([]);
    reader.close();
  });
});

/** A database as the first version of sallyport left it, with one exchange. */
function firstVersion(at: string): void {
  mkdirSync(dirname(at), { recursive: true });
  const db = new Database(at);
  db.exec(`CREATE TABLE exchange (
     id TEXT PRIMARY KEY, opened_at REAL NOT NULL, closed_at REAL, upstream TEXT NOT NULL,
     method TEXT NOT NULL, target TEXT, session TEXT, sub TEXT, issuer TEXT, client TEXT,
     agent TEXT, protocol TEXT, revision TEXT NOT NULL, outcome TEXT NOT NULL DEFAULT 'open',
     effect TEXT, rule TEXT, data_key BLOB
   ) WITHOUT ROWID;
   CREATE TABLE event (
     position INTEGER PRIMARY KEY, exchange TEXT NOT NULL, seq INTEGER NOT NULL, at REAL NOT NULL,
     kind TEXT NOT NULL, revision TEXT NOT NULL, detail TEXT, payload TEXT, sealed BLOB,
     digest BLOB, chain BLOB
   );
   CREATE INDEX event_of_exchange ON event (exchange);
   INSERT INTO exchange (id, opened_at, upstream, method, revision, outcome, sub)
     VALUES ('old', 1, 'db', 'ping', 'r1', 'answered', 'ana');
   PRAGMA user_version = 1;`);
  db.close();
}

describe('a database of an earlier sallyport', () => {
  it('is read as it is, without the facts that it has not', () => {
    firstVersion(path);
    const reader = new SqliteReader(path);
    const { ip, identity, ...record } = reader.exchange('old') ?? {};
    expect(record).toMatchObject({ id: 'old', sub: 'ana', outcome: 'answered' });
    expect([ip, identity, reader.fact('any')]).toEqual([undefined, undefined, undefined]);
    expect(reader.exchangesAfter('', { limit: 1 })).toHaveLength(1);
    reader.close();
    const db = new Database(path);
    expect(db.pragma('user_version', { simple: true })).toBe(1);
    db.close();
  });

  it('is brought up to date by the gate that writes it, and keeps what it has', async () => {
    firstVersion(path);
    const store = await open();
    const facts = [{ digest: 'd1', facts: '{"sub":"bo"}' }];
    await store.append({ ...opening('new', 1, { identity: 'd1' }), facts });
    await store.close();
    const reader = new SqliteReader(path);
    expect(reader.exchangesAfter('', { limit: 9 }).map(({ id }) => id)).toEqual(['new', 'old']);
    expect(reader.fact('d1')).toEqual({ sub: 'bo' });
    reader.close();
  });
});

describe('a database is refused', () => {
  it('from a newer sallyport, and left as it was', async () => {
    await (await open()).close();
    const db = new Database(path);
    db.pragma(`user_version = ${SCHEMA_VERSION + 1}`);
    db.close();
    await expect(open()).rejects.toThrow(unreadable);
    await expect(open()).rejects.toThrow(/newer/);
    const after = new Database(path);
    expect(after.pragma('user_version', { simple: true })).toBe(SCHEMA_VERSION + 1);
    after.close();
  });

  it('at a path that cannot be written', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, 'no database, and longer than its header would be'.repeat(50));
    await expect(open(join(file, 'transcript.db'))).rejects.toThrow(unreadable);
    await expect(open(folder)).rejects.toThrow(unreadable);
    await expect(open(file)).rejects.toThrow(unreadable);
  });

  it('by a reader where there is none, or something else', () => {
    const file = join(folder, 'file');
    writeFileSync(file, 'no database, and longer than its header would be'.repeat(50));
    for (const at of [path, file]) expect(() => new SqliteReader(at)).toThrow(unreadable);
  });
});
