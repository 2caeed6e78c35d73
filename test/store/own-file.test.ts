import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FileLock } from '../../src/store/sqlite/file-lock.ts';
import { inOwnFile } from '../../src/store/sqlite/in-own-file.ts';
import { SqliteReader } from '../../src/store/sqlite/reader.ts';
import { UpkeepThread } from '../../src/store/sqlite/upkeep/upkeep-thread.ts';
import { record, verified } from './proof/proved.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-own-file-'));
  path = join(folder, 't.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Whether another process gets the lock. */
function isFree(): boolean {
  const script = `
    const db = new (require('better-sqlite3'))(${JSON.stringify(path)}, { timeout: 0 });
    try { db.exec('BEGIN EXCLUSIVE'); } catch { process.exitCode = 7; }`;
  const { status, stderr } = spawnSync(process.execPath, ['-e', script], {
    cwd: import.meta.dirname,
    encoding: 'utf8',
  });
  expect([0, 7], stderr).toContain(status);
  return status === 0;
}

it('a database that is there keeps the locks that this process has on it', () => {
  const lock = FileLock.take(path);
  inOwnFile(path, 'tokens', () => undefined);
  expect(isFree()).toBe(false);
  lock?.release({ keep: true });
  expect(isFree()).toBe(true);
});

it('a database that is not there is made for its owner only', () => {
  const within = join(folder, 'made', 't.db');
  inOwnFile(within, 'tokens', () => new Database(within)).close();
  const modeOf = (of: string) => statSync(of).mode & 0o777;
  expect([modeOf(within), modeOf(join(folder, 'made'))]).toEqual([0o600, 0o700]);
});

it('where SQLite may not write beside a database, it is said what to do', async () => {
  record(path, ['a']);
  // As in a folder that is read-only: what is needed beside it can't be made.
  symlinkSync(join(folder, 'none', 'shm'), `${path}-shm`);
  const expected = {
    code: 'STORE_UNREADABLE',
    hint: expect.stringContaining('copy it, with its -wal'),
  };
  expect(() => new SqliteReader(path)).toThrow(expect.objectContaining(expected));
  await expect(verified(path)).rejects.toMatchObject(expected);
});

it('upkeep that cannot begin says so', async () => {
  mkdirSync(path);
  const news: unknown[] = [];
  const thread = new UpkeepThread(path, {}, (one) => news.push(one));
  await thread.ended;
  expect(news).toEqual([{ chore: 'upkeep', failure: expect.stringContaining('database') }]);
});
