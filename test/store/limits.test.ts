import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { LimitClaim } from '../../src/model/decision.ts';
import { openLimits } from '../../src/store/limits-open.ts';
import { MemoryLimiter } from '../../src/store/memory/limiter.ts';
import { PostgresLimiter } from '../../src/store/postgres/limiter.ts';
import { LimitCounters } from '../../src/store/sqlite/limit/limit-counters.ts';
import { SqliteLimiter } from '../../src/store/sqlite/limit/limiter.ts';
import { Postgres } from '../support/postgres.ts';

const lines: string[] = [];
const note = (fields: object, message: string) =>
  void lines.push(`${JSON.stringify(fields)} ${message}`);
const log = { info: note, warn: note, error: note, debug: note };
const claim = (key: string, calls = 3, per = 3_600_000): LimitClaim => ({
  rule: 'r',
  key,
  calls,
  per,
});
const unavailable = { code: 'LIMIT_UNAVAILABLE' };

let folder: string;
let postgres: Postgres;
beforeAll(async () => {
  postgres = await Postgres.start();
}, 60_000);
afterAll(() => postgres?.remove(), 60_000);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-limits-'));
  lines.length = 0;
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('limits counted in memory', () => {
  it('reject where there is no room for another count, and forget none', async () => {
    const limiter = new MemoryLimiter({ clock: () => 0, counts: 2 });
    expect(limiter.take([claim('a'), claim('b')])).toBeUndefined();
    await expect(limiter.take([claim('a'), claim('c')])).rejects.toMatchObject(unavailable);
    for (let i = 0; i < 2; i++) expect(limiter.take([claim('a')])).toBeUndefined();
    expect(limiter.take([claim('a')])).toMatchObject({ claim: { key: 'a' } });
  });

  it('reject where there is no room for more entries', async () => {
    let now = 0;
    const limiter = new MemoryLimiter({ clock: () => now++, entries: 10 });
    for (let i = 0; i < 10; i++) expect(limiter.take([claim('a', 100)])).toBeUndefined();
    await expect(limiter.take([claim('a', 100)])).rejects.toMatchObject(unavailable);
  });

  it('have room again once other counts are over', async () => {
    let now = 0;
    const limiter = new MemoryLimiter({ clock: () => now, counts: 2 });
    limiter.take([claim('a', 3, 1_000), claim('b', 3, 5_000)]);
    await expect(limiter.take([claim('c')])).rejects.toMatchObject(unavailable);
    now = 2_000;
    expect(limiter.take([claim('c')])).toBeUndefined();
    await expect(limiter.take([claim('d')])).rejects.toMatchObject(unavailable);
    now = 6_000;
    expect(limiter.take([claim('d')])).toBeUndefined();
  });

  it('keep what was counted before the clock was set back', () => {
    let now = 10_000_000;
    const limiter = new MemoryLimiter({ clock: () => now });
    limiter.take([claim('a', 2)]);
    now -= 60_000;
    limiter.take([claim('a', 2)]);
    expect(limiter.take([claim('a', 2)])).toMatchObject({ until: now + 3_600_000 });
    now += 3_600_000;
    expect(limiter.take([claim('a', 2)])).toBeUndefined();
    expect(limiter.take([claim('a', 2)])).toMatchObject({ until: 10_000_000 + 3_600_000 });
  });
});

describe('limits counted in SQLite', () => {
  const path = () => join(folder, 'deep/counters.db');
  const open = () => new SqliteLimiter({ path: path(), clock: () => 1_000, log });

  it('leave a database alone that is from a newer sallyport', async () => {
    await open().close();
    const db = new Database(path());
    db.pragma('user_version = 99');
    db.close();
    expect(open).toThrow(expect.objectContaining({ code: 'STORE_UNREADABLE' }));
  });

  it('refuse to begin with a file that is no database', () => {
    writeFileSync(join(folder, 'counters.db'), 'x'.repeat(5_000));
    const given = { path: join(folder, 'counters.db'), clock: () => 0, log };
    expect(() => new SqliteLimiter(given)).toThrow(
      expect.objectContaining({ code: 'STORE_UNREADABLE' }),
    );
  });

  it('wait for somebody else who holds the database, and reject when that is too long', async () => {
    const limiter = open();
    const other = new Database(path());
    other.exec('BEGIN IMMEDIATE');
    const waits = limiter.take([claim('a')]);
    setTimeout(() => other.exec('COMMIT'), 100);
    expect(await waits).toBeUndefined();
    other.exec('BEGIN IMMEDIATE');
    await expect(limiter.take([claim('a')])).rejects.toMatchObject(unavailable);
    other.exec('COMMIT');
    other.close();
    // What was rejected took nothing.
    for (let i = 0; i < 2; i++) expect(await limiter.take([claim('a')])).toBeUndefined();
    expect(await limiter.take([claim('a')])).toBeDefined();
    await limiter.close();
  });

  it('finish what is under way when they close', async () => {
    const limiter = open();
    const takes = Array.from({ length: 50 }, () => limiter.take([claim('a', 40)]));
    await limiter.close();
    expect((await Promise.all(takes)).filter((reached) => !reached)).toHaveLength(40);
  });

  it('know how many are left of a count of which only a part was forgotten', () => {
    const counters = new LimitCounters({ path: join(folder, 'part.db'), busy: 20 });
    const many = claim('a', 5_000, 60_000);
    for (let now = 1; now <= 1_500; now++) counters.take([[many]], now);
    const later = 10_000_000;
    counters.clean(later);
    const takes = Array.from({ length: 5_001 }, () => [many]);
    const results = counters.take(takes, later);
    expect(results.filter((reached) => !reached)).toHaveLength(5_000);
    counters.close();
  });

  it('hold nothing of what they count but digests that the claims bring', async () => {
    const limiter = open();
    await limiter.take([claim('digest')]);
    await limiter.close();
    const db = new Database(path(), { readonly: true });
    expect(db.prepare('SELECT key FROM counter').all()).toEqual([{ key: 'digest' }]);
    db.close();
  });
});

describe('limits counted in PostgreSQL', () => {
  const open = (url: string) => new PostgresLimiter({ url, clock: Date.now, log });
  const query = async (url: string, sql: string) => {
    const client = new Client({ connectionString: url });
    await client.connect();
    await client.query(sql);
    await client.end();
  };

  it('leave a database alone that is from a newer sallyport', async () => {
    const url = await postgres.database();
    const before = open(url);
    expect(await before.take([claim('a')])).toBeUndefined();
    await before.close();
    await query(url, 'UPDATE sallyport_limits SET version = 99');
    const after = await openLimits({ store: 'postgres', url }, { clock: Date.now, log });
    await expect(after.take([claim('a')])).rejects.toMatchObject(unavailable);
    expect(lines.join()).toContain('newer than this sallyport');
    await after.close();
  });

  it('are exact whatever isolation the database has by default', async () => {
    const url = await postgres.database();
    const name = new URL(url).pathname.slice(1);
    await query(url, `ALTER DATABASE ${name} SET default_transaction_isolation = 'serializable'`);
    const gates = [open(url), open(url), open(url)];
    const takes = Array.from({ length: 90 }, (_, i) => gates[i % 3]?.take([claim('a', 30)]));
    expect((await Promise.all(takes)).filter((reached) => !reached)).toHaveLength(30);
    await Promise.all(gates.map((gate) => gate.close()));
  });

  it('go on after their tables were dropped', async () => {
    const url = await postgres.database();
    const limiter = open(url);
    await limiter.take([claim('a')]);
    await query(url, 'DROP SCHEMA public CASCADE; CREATE SCHEMA public');
    await expect(limiter.take([claim('a')])).rejects.toMatchObject(unavailable);
    expect(await limiter.take([claim('a')])).toBeUndefined();
    await limiter.close();
  });

  it('need no right to make tables once those are there', async () => {
    const url = await postgres.database();
    const first = open(url);
    await first.take([claim('a')]);
    await first.close();
    await query(
      url,
      `CREATE ROLE lesser LOGIN PASSWORD 'lesser';
       GRANT SELECT ON sallyport_limits TO lesser;
       GRANT SELECT, INSERT, UPDATE, DELETE ON sallyport_counter, sallyport_taken TO lesser`,
    );
    const lesser = new URL(url);
    lesser.username = lesser.password = 'lesser';
    const limiter = open(lesser.href);
    expect(await limiter.take([claim('a')])).toBeUndefined();
    await limiter.close();
  });

  describe('of a server that takes connections and never answers', () => {
    let server: Server;
    beforeEach(
      () =>
        new Promise<void>((resolve) => {
          server = createServer(() => undefined).listen(0, '127.0.0.1', () => resolve());
        }),
    );
    afterEach(() => void server.close());

    it('reject', async () => {
      const address = server.address();
      const port = typeof address === 'object' ? address?.port : 0;
      const limiter = open(`postgres://gate:secret@127.0.0.1:${port}/db`);
      await expect(limiter.take([claim('a')])).rejects.toMatchObject(unavailable);
      await limiter.close();
    });
  });

  it('reject a claim in time while somebody holds its count', async () => {
    const url = await postgres.database();
    const limiter = open(url);
    await limiter.take([claim('a')]);
    const holder = new Client({ connectionString: url });
    await holder.connect();
    await holder.query('BEGIN');
    await holder.query(`SELECT 1 FROM sallyport_counter WHERE key = 'a' FOR UPDATE`);
    await expect(limiter.take([claim('a')])).rejects.toMatchObject(unavailable);
    expect(await limiter.take([claim('b')])).toBeUndefined();
    await holder.query('COMMIT');
    await holder.end();
    for (let i = 0; i < 2; i++) expect(await limiter.take([claim('a')])).toBeUndefined();
    expect(await limiter.take([claim('a')])).toBeDefined();
    await limiter.close();
  });
});
