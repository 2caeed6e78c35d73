import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { unusedParts } from '../../../src/store/sqlite/proof/unused-parts.ts';
import { wipeUnused } from '../../../src/store/sqlite/proof/wipe-unused.ts';

let folder: string;
let path: string;
let db: Database.Database;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-wipe-'));
  path = join(folder, 't.db');
  db = new Database(path);
  db.pragma('auto_vacuum = INCREMENTAL');
  db.pragma('journal_mode = WAL');
  db.pragma('secure_delete = ON');
  db.exec(`CREATE TABLE upkeep (name TEXT PRIMARY KEY, position INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE row (id TEXT PRIMARY KEY, text TEXT) WITHOUT ROWID;
    CREATE TABLE long (id INTEGER PRIMARY KEY, bytes BLOB)`);
});
afterEach(() => {
  db.close();
  rmSync(folder, { recursive: true });
});

/** Rows that grow, in an order in which pages are split again and again; then their texts are taken away. */
function fillAndEmpty(): void {
  const insert = db.prepare('INSERT INTO row (id, text) VALUES (?, ?)');
  const grow = db.prepare(`UPDATE row SET text = text || ? WHERE id = ?`);
  const id = (i: number) => `id-${(i * 7_919) % 1_000}`.padEnd(36, '-');
  db.transaction(() => {
    for (let i = 0; i < 1_000; i++) insert.run(id(i), `erased-${i}-${'x'.repeat(i % 90)}`);
    for (let i = 0; i < 1_000; i++) grow.run('y'.repeat(i % 60), id(i));
    db.exec(`INSERT INTO long (bytes) SELECT randomblob(20000) FROM row LIMIT 40`);
    db.exec('UPDATE row SET text = NULL');
  })();
  db.pragma('wal_checkpoint(TRUNCATE)');
}

/** Texts that were taken away, in the file and its log. */
function copies(): number {
  const files = [path, `${path}-wal`].map((file) => readFileSync(file, 'latin1'));
  return files.join('').match(/erased-\d/g)?.length ?? 0;
}

describe('wiping what pages do not use', () => {
  it('takes away what rows left behind, for good, and nothing else', async () => {
    fillAndEmpty();
    expect(copies()).toBeGreaterThan(0);
    // Another connection that has all pages in memory, and writes on afterwards.
    const all = () => [
      ...db.prepare('SELECT * FROM row').all(),
      ...db.prepare('SELECT * FROM long').all(),
    ];
    const before = all();
    expect(await wipeUnused(path)).toBe(true);
    expect(copies()).toBe(0);
    expect(all()).toEqual(before);
    db.exec(`UPDATE row SET text = 'z'`);
    db.pragma('wal_checkpoint(TRUNCATE)');
    expect(copies()).toBe(0);
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
  });

  it('finds them in free blocks as well, where somebody wrote without care', async () => {
    db.pragma('secure_delete = OFF');
    fillAndEmpty();
    const before = copies();
    expect(before).toBeGreaterThan(500);
    expect(await wipeUnused(path)).toBe(true);
    expect(copies()).toBeLessThan(before / 10);
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
  });

  it('says so where others still read the log', async () => {
    fillAndEmpty();
    const reader = new Database(path, { readonly: true });
    db.exec(`UPDATE row SET text = 'a'`);
    reader.exec('BEGIN');
    reader.prepare('SELECT count(*) FROM row').get();
    db.exec(`UPDATE row SET text = 'b'`);
    expect(await wipeUnused(path, 1)).toBe(false);
    reader.exec('COMMIT');
    expect(await wipeUnused(path, 1)).toBe(true);
    reader.close();
  });
});

describe('unused parts of a page', () => {
  const format = { size: 4_096, reserved: 0, hasPointerMap: true };
  /** A page that looks like one of a table, with one cell and one free block. */
  const page = Buffer.alloc(4_096, 'x');
  page.set([13, 0x0f, 0x20, 0, 1, 0x0f, 0x00, 0]);
  page.set([0, 0, 0, 0x40], 0x0f20);
  const broken = Buffer.from(page);
  broken.set([0x0f, 0x20], 0x0f20);
  const middle = { from: 10, to: 0x0f00 };
  const both = [middle, { from: 0x0f24, to: 0x0f60 }];
  const cases = [
    ['are its middle, and free blocks', page, 3, format, both],
    ['are its middle alone where blocks lead in a circle', broken, 3, format, [middle]],
    ['are none in a pointer map', page, 2, format, []],
    ['are none in the next pointer map', page, 822, format, []],
    ['are there without pointer maps', page, 2, { ...format, hasPointerMap: false }, both],
    ['are none in the page that is never used', page, 262_145, format, []],
    ['are none where pages cannot be told apart', page, 2 ** 25, format, []],
    ['are none where cells begin behind its end', page, 3, { ...format, reserved: 257 }, []],
    ['are none in the page of a long text', Buffer.alloc(4_096, 1), 3, format, []],
  ] as const;
  it.each(cases)('%s', (_, of, number, how, parts) => {
    expect(unusedParts(of, number, how)).toEqual(parts);
  });
});
