import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Eraser } from '../../src/store/sqlite/proof/eraser.ts';
import { SqliteReader } from '../../src/store/sqlite/reader.ts';
import { migrate } from '../../src/store/sqlite/schema.ts';
import { key, record, verified } from './proof/proved.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-migration-'));
  path = join(folder, 't.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A database as the version before proofs has left it: some exchanges of four steps. */
function earlier(exchanges: number): void {
  const db = new Database(path);
  db.pragma('journal_mode = WAL');
  db.exec(`
    CREATE TABLE exchange (
      id TEXT PRIMARY KEY, opened_at REAL NOT NULL, closed_at REAL, upstream TEXT NOT NULL, method TEXT NOT NULL,
      target TEXT, session TEXT, sub TEXT, issuer TEXT, client TEXT, agent TEXT, protocol TEXT,
      revision TEXT NOT NULL, outcome TEXT NOT NULL DEFAULT 'open', effect TEXT, rule TEXT, data_key BLOB
    ) WITHOUT ROWID;
    CREATE TABLE event (
      position INTEGER PRIMARY KEY, exchange TEXT NOT NULL, seq INTEGER NOT NULL, at REAL NOT NULL,
      kind TEXT NOT NULL, revision TEXT NOT NULL, detail TEXT, payload TEXT, sealed BLOB, digest BLOB, chain BLOB
    );
    CREATE INDEX event_of_exchange ON event (exchange);
    CREATE TABLE identity (digest TEXT PRIMARY KEY, facts TEXT NOT NULL) WITHOUT ROWID;
    ALTER TABLE exchange ADD COLUMN ip TEXT;
    ALTER TABLE exchange ADD COLUMN identity TEXT;
    CREATE INDEX similar ON exchange (sub);
    PRAGMA user_version = 3;
    WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < ${exchanges})
    INSERT INTO exchange (id, opened_at, closed_at, upstream, method, target, sub, revision, outcome)
    SELECT format('old-%06d', n), n, n, 'db', 'tools/call', 'query', 'ana', 'r1', 'answered' FROM n;
    INSERT INTO event (exchange, seq, at, kind, revision, payload)
    SELECT id, seq, opened_at, kind, 'r1', json_object('says', id || printf('%.1000c', 'x'))
    FROM exchange, (SELECT column1 AS seq, column2 AS kind FROM (VALUES (0, 'opened'), (1, 'decided'), (2, 'forwarded'), (3, 'answered')))
    ORDER BY id, seq;`);
  db.close();
}

describe('a database of before there were proofs', () => {
  it('is brought up to date without being written anew', () => {
    earlier(500);
    const db = new Database(path);
    migrate(db);
    expect(statSync(`${path}-wal`).size).toBeLessThan(statSync(path).size / 10);
    db.close();
  });

  it('is signed as it is, read as before, and erased from', async () => {
    earlier(3);
    record(path, ['new']);
    expect(await verified(path)).toMatchObject({ findings: [], unsigned: 0, steps: 17 });
    const reader = new SqliteReader(path);
    expect(reader.exchange('old-000002')).toMatchObject({ sub: 'ana', outcome: 'answered' });
    expect(reader.events('old-000002').map(({ kind }) => kind)).toEqual([
      ...['opened', 'decided', 'forwarded', 'answered'],
    ]);
    reader.close();
    const eraser = new Eraser(path, key);
    await eraser.erase(['old-000002'], { names: true, reason: 'asked', by: 'os:dpo' });
    eraser.close();
    expect(await verified(path)).toMatchObject({ findings: [], erased: 1 });
  });
});
