import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Approval } from '../../src/model/approval.ts';
import type { Log } from '../../src/model/seams.ts';
import { ApprovalTables } from '../../src/store/sqlite/approval/approval-tables.ts';
import { SqliteApprovals } from '../../src/store/sqlite/approval/approvals.ts';
import { NoticeTable } from '../../src/store/sqlite/approval/notice-table.ts';
import { approvalNamed, changed, noticeNamed } from '../support/approvals.ts';

const quiet: Log = { info() {}, warn() {}, error() {}, debug() {} };
const unavailable = { code: 'APPROVALS_UNAVAILABLE' };
let folder: string;
let path: string;
const opened: SqliteApprovals[] = [];
const open = (durability: 'process' | 'power' = 'process') => {
  const bounds = { max: 1_000, maxPerCaller: 1_000 };
  const store = new SqliteApprovals({ path, clock: Date.now, log: quiet, bounds, durability });
  opened.push(store);
  return store;
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-approvals-'));
  path = join(folder, 'deep', 'approvals.db');
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((store) => store.close()));
  rmSync(folder, { recursive: true });
});

describe('a database of approvals', () => {
  it.each([30, 90, 200])(
    'has all that was said to be done, and no half of anything, when it is killed after %i steps',
    async (steps) => {
      const done = await liveAndDie(steps);
      expect(done.size).toBeGreaterThan(0);
      const db = new Database(path, { readonly: true });
      const rows = db
        .prepare<[], { id: string; version: number; state: string; notices: number }>(
          `SELECT id, version, state, (SELECT count(*) FROM notice WHERE approval = a.id) AS notices
           FROM approval a`,
        )
        .all();
      const kept = new Map(rows.map((row) => [row.id, row]));
      for (const [id, version] of done) {
        expect(kept.get(id)?.version).toBeGreaterThanOrEqual(version);
      }
      const states = ['pending', 'granted', 'used'];
      for (const { version, state, notices } of rows) {
        expect([state, notices]).toEqual([states[version - 1], version]);
      }
      const count = (state: string) => rows.filter((row) => row.state === state).length;
      expect(db.prepare('SELECT * FROM open_approvals').all()).toEqual([
        { pending: count('pending'), granted: count('granted') },
      ]);
      db.close();
      await goesOn(rows.map(({ id }) => id));
    },
  );

  it('waits while another process holds it, and the event loop goes on', async () => {
    const store = open();
    await store.open(approvalNamed('a'), []);
    const other = new Database(path);
    other.exec('BEGIN IMMEDIATE');
    const waiting = store.open(approvalNamed('b'), []);
    // Timers run while it waits, or this one could not let the lock go.
    setTimeout(() => other.exec('COMMIT'), 50);
    expect((await waiting).id).toBe('b');
    other.close();
  });

  it('takes each grant once where two processes have it open', async () => {
    const granted = changed(approvalNamed('a'), { state: 'granted' });
    const stores = [open(), open()] as const;
    await stores[0].open(approvalNamed('a'), []);
    await stores[1].replace(granted, []);
    const used = changed(granted, { state: 'used', endedAt: 1 });
    const taken = await Promise.all(
      Array.from({ length: 10 }, (_, i) => stores[i % 2 ? 1 : 0].replace(used, [])),
    );
    expect(taken.filter(Boolean)).toHaveLength(1);
  });

  it('keeps those beside one that it refuses', async () => {
    const store = open();
    await store.open(approvalNamed('a'), [noticeNamed('n')]);
    const tried = await Promise.allSettled([
      store.open(approvalNamed('b'), []),
      store.open(approvalNamed('c'), [noticeNamed('n')]),
      store.open(approvalNamed('d'), []),
    ]);
    expect(tried.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect((await store.list({ limit: 10 })).map(({ id }) => id)).toEqual(['d', 'b', 'a']);
  });

  it('refuses where its file was damaged, and says so', async () => {
    const store = open('power');
    await store.open(approvalNamed('a'), []);
    const other = new Database(path);
    other.exec('DROP TABLE notice');
    other.close();
    const refused = store.open(approvalNamed('b'), [noticeNamed('n')]);
    await expect(refused).rejects.toMatchObject(unavailable);
    expect(await store.get('b')).toBeUndefined();
  });

  it('finds the noes to one call without a look at others', async () => {
    await open().close();
    const asked: string[] = [];
    const db = new Database(path, { verbose: (sql) => asked.push(String(sql)) });
    const notices = new NoticeTable(db);
    const tables = new ApprovalTables(db, { bounds: { max: 1, maxPerCaller: 1 }, notices });
    tables.list({ states: ['denied'], binding: 'b', limit: 1 });
    const plan = db.prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${asked.at(-1)}`).all();
    const [search, ...rest] = plan.map(({ detail }) => detail);
    expect(search).toMatch(
      /^SEARCH approval USING INDEX approval_by_binding \(binding=\? AND state=\?/,
    );
    expect(rest).toEqual([]);
    db.close();
  });

  it('is for nobody else to read', () => {
    open();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
  });

  it('is refused where it is from a newer sallyport, or no database', async () => {
    await open().close();
    const db = new Database(path);
    db.pragma('user_version = 99');
    db.close();
    expect(() => open()).toThrow(expect.objectContaining({ code: 'STORE_UNREADABLE' }));
    path = folder;
    expect(() => open()).toThrow(expect.objectContaining({ code: 'STORE_UNREADABLE' }));
  });
});

/** The highest version that was said to be kept, by id. */
async function liveAndDie(steps: number): Promise<ReadonlyMap<string, number>> {
  const script = join(import.meta.dirname, '../support/approve-and-die.ts');
  const child = spawn(process.execPath, [script, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    if (said.split('\n').length > steps) child.kill('SIGKILL');
  });
  const [, signal] = (await once(child, 'close')) as [number | null, string | null];
  expect(signal).toBe('SIGKILL');
  const lines = said.split('\n').slice(0, -1);
  return new Map(lines.map((line) => [line.split(' ')[0] ?? '', Number(line.split(' ')[1])]));
}

/** What was under way can be decided, used and asked for again. */
async function goesOn(ids: readonly string[]): Promise<void> {
  const store = open();
  const left = await store.list({ states: ['pending', 'granted'], limit: 1_000 });
  for (const one of left) expect(ids).toContain(one.id);
  for (const one of left) {
    const again = approvalNamed('z', { binding: one.binding });
    expect(await store.open(again, [])).toEqual(one);
    expect(await store.replace(changed(one, end), [])).toBe(true);
  }
  expect(await store.counts()).toEqual({ pending: 0, granted: 0 });
}

const end: Partial<Approval> = { state: 'cancelled', endedAt: 3_000 };
