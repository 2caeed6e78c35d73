import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { transcripts } from '../../src/cli/transcripts.ts';
import { CursorStore } from '../../src/export/cursor-store.ts';
import { BatchWriter } from '../../src/store/sqlite/commit/batch-writer.ts';
import { end, opening } from '../support/batches.ts';
import { Folder, run } from './terminal.ts';

let folder: Folder;
let path: string;
beforeEach(() => {
  folder = new Folder();
  path = join(folder.path, 't.db');
  const writer = new BatchWriter({ path, durability: 'process' }, { busy: 1_000, checkpoint: 1 });
  writer.write({ ...opening('a', 9), closed: [end('a')] });
  writer.close();
});
afterEach(() => folder.remove());
const size = (...args: string[]) => run(transcripts, folder.path, 'size', ...args);

/** How far exports have come, and retention. */
function exported(positions: Readonly<Record<string, number>>, removed: number, wanted: number) {
  const cursors = new CursorStore(join(folder.path, 'exports.db'));
  for (const [name, position] of Object.entries(positions)) {
    cursors.put(name, { position, step: null, pending: null });
  }
  cursors.close();
  const db = new Database(path);
  const put = db.prepare('INSERT INTO upkeep (name, position) VALUES (?, ?)');
  put.run('remove', removed);
  put.run('wait for exports', wanted);
  db.close();
}

it('tells what there is, and nothing of exports where there are none', async () => {
  const { code, out } = await size('--db', 't.db');
  expect(code).toBe(0);
  expect(out).toContain('  1 exchange, 9 steps\n');
  expect(out).not.toContain('export');
});

it('tells how far exports have come, and whether retention waits for them', async () => {
  exported({ archive: 9, siem: 4, slow: 1 }, 2, 6);
  const { out } = await size('--db', 't.db');
  expect(out).toMatch(/\n\n {2}export archive has everything\n/);
  const since = /the oldest of 1970-01-01T00:00:0\dZ/.source;
  const siem = new RegExp(`export siem is 5 steps behind, ${since}; retention waits for it\n`);
  expect(out.replaceAll(/\.\d{3}Z/g, 'Z')).toMatch(siem);
  expect(out).toMatch(
    /export slow is 8 steps behind.*; RETENTION REMOVES WHAT IT HAS NOT TAKEN\n$/,
  );
});

it('tells of configured exports only, where a configuration names the database', async () => {
  exported({ before: 1, siem: 9 }, 0, 0);
  const exports = '{ siem: { file: { path: out.jsonl } } }';
  folder.write({ 'c.yaml': `upstreams: {}\ntranscripts: { path: t.db, export: ${exports} }\n` });
  const { out } = await size('--config', 'c.yaml', '--json');
  expect(JSON.parse(out)).toMatchObject({
    exports: [{ name: 'siem', behind: 0, retention: 'free' }],
  });
});

it('says that it cannot read how far exports have come', async () => {
  folder.write({ 'exports.db': 'no database, and longer than its header would be'.repeat(50) });
  await expect(size('--db', 't.db')).rejects.toMatchObject({ code: 'STORE_UNREADABLE' });
});
