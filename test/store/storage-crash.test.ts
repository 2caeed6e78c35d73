import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { newProofKey, publicPemOf } from '../../src/store/proof/proof-key.ts';
import { verifyDatabase } from '../../src/store/sqlite/proof/verify-database.ts';
import { SqliteReader } from '../../src/store/sqlite/reader.ts';
import { SqliteStore } from '../../src/store/sqlite/store.ts';
import type { UpkeepOptions } from '../../src/store/upkeep-options.ts';
import { opening } from '../support/batches.ts';

const script = join(import.meta.dirname, '../support/keep-and-die.ts');
const key = newProofKey();
/** Everything is done to what was recorded a moment ago. */
const everything: UpkeepOptions = {
  proof: { key, every: 30 },
  compact: 1,
  search: true,
};

let folder: string;
let path: string;
let running: Recording | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-crash-'));
  path = join(folder, 'transcripts.db');
});
afterEach(async () => {
  await running?.kill();
  running = undefined;
  rmSync(folder, { recursive: true, force: true });
});

/** A process that records without end. */
class Recording {
  readonly #child: ChildProcess;
  #said = '';

  constructor(name: string, options: UpkeepOptions, shell = '', at = path) {
    const line = `${shell} exec "$@"`;
    const args = [process.execPath, script, at, name, JSON.stringify(options)];
    this.#child = spawn('/bin/sh', ['-c', line, '-', ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#child.stdout?.on('data', (chunk) => {
      this.#said += chunk;
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get lines(): string[] {
    return this.#said.split('\n').slice(0, -1);
  }

  /** What the store said it has kept. */
  get kept(): string[] {
    return this.lines.filter((line) => !/^[!?]/.test(line));
  }

  get refused(): string[] {
    return this.lines.filter((line) => line.startsWith('?'));
  }

  get troubles(): string[] {
    return this.lines.filter((line) => line.startsWith('!'));
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const closed = once(this.#child, 'close');
    this.#child.kill('SIGKILL');
    await closed;
  }
}

/** So many rows has a table; 0 while there is none. */
function countOf(table: 'block' | 'pack'): number {
  try {
    const db = new Database(path, { readonly: true });
    try {
      return db.prepare<[], number>(`SELECT count(*) FROM ${table}`).pluck().get() ?? 0;
    } finally {
      db.close();
    }
  } catch {
    return 0;
  }
}

async function expectAll(names: readonly string[]): Promise<void> {
  const db = new Database(path);
  expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
  db.close();
  const reader = new SqliteReader(path, { keys: [Buffer.alloc(32, 7)] });
  for (const name of names) {
    const id = `${name}-7`;
    const [first, second] = reader.events(id);
    expect(first, id).toMatchObject({
      payload: `{"call":"${id}"}`,
      original: `{"secret":"${id}"}`,
    });
    expect(second?.payload).toBe(`{"id":"${id}","rows":"${`order of ${id},`.repeat(40)}"}`);
    expect(second?.detail).toEqual({ rule: 'r' });
  }
  reader.close();
  const keys = publicPemOf(key);
  const report = await verifyDatabase(path, { keys, signal: new AbortController().signal });
  expect(report.findings).toEqual([]);
}

describe('a gate that is killed while it records, signs, indexes and compresses', () => {
  it('loses nothing that it said it has kept, and the next one goes on', async () => {
    const kept: string[] = [];
    for (const round of ['a', 'b', 'c']) {
      running = new Recording(round, everything);
      const packs = countOf('pack');
      await vi.waitFor(() => expect(countOf('pack')).toBeGreaterThan(packs), { timeout: 15_000 });
      // At any moment: each run, and each round, at another one.
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 300));
      await running.kill();
      kept.push(...running.kept);
      expect(running.troubles).toEqual([]);
      expect(running.refused).toEqual([]);
      await expectAll(kept);
    }
  });
});

describe('a disk that is full', () => {
  /** What is there cannot be added to: files may have so many blocks of 512 bytes. */
  it('refuses what cannot be kept, keeps what was, and goes on when there is room', async () => {
    running = new Recording('a', everything, `trap '' XFSZ; ulimit -S -f 2048;`);
    const at = () => running?.refused.length ?? 0;
    await vi.waitFor(() => expect(at()).toBeGreaterThan(3), { timeout: 15_000 });
    const before = running.kept;
    execFileSync('prlimit', ['--pid', String(running.pid), '--fsize=unlimited']);
    const goesOn = () => {
      expect(running?.kept.length).toBeGreaterThan(before.length + 20);
      expect(countOf('block')).toBeGreaterThan(0);
    };
    await vi.waitFor(goesOn, { timeout: 15_000 });
    await running.kill();
    await expectAll(running.kept);
  });
});

describe('a file system that only can be read', () => {
  it('keeps the gate from starting, with the reason', async () => {
    await (await SqliteStore.open({ path, durability: 'process' })).close();
    const mounted = spawnSync(
      'unshare',
      [
        '-rm',
        'sh',
        '-c',
        `mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"`,
        folder,
        process.execPath,
        script,
        path,
        'a',
        '{}',
      ],
      { encoding: 'utf8', timeout: 15_000 },
    );
    // Some machines don't let processes have file systems of their own.
    if (
      /unshare|mount|Operation not permitted/.test(mounted.stderr) &&
      !mounted.stderr.includes('STORE')
    )
      return;
    expect(mounted.status).not.toBe(0);
    expect(mounted.stderr).toMatch(/STORE_UNREADABLE|read-?only|EROFS/i);
    expect(mounted.stdout).toBe('');
  });
});

describe('a database that somebody else has locked', () => {
  afterEach(() => void vi.useRealTimers());

  it('refuses what could not be written for five seconds, and goes on once it is free', async () => {
    const store = await SqliteStore.open({ path, durability: 'process' });
    const other = new Database(path);
    other.exec('BEGIN IMMEDIATE');
    vi.useFakeTimers({ toFake: ['performance'] });
    const refused = store.append(opening('a'));
    const told = expect(refused).rejects.toThrow(/locked/);
    let isOver = false;
    refused.catch(() => (isOver = true));
    let waited = 0;
    for (; !isOver; waited += 500) {
      vi.advanceTimersByTime(500);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await told;
    expect(waited).toBeGreaterThanOrEqual(5_000);
    other.exec('COMMIT');
    other.close();
    await store.append(opening('b'));
    await store.close();
    const reader = new SqliteReader(path);
    expect(reader.exchange('a')).toBeUndefined();
    expect(reader.exchange('b')?.id).toBe('b');
    reader.close();
  });
});

describe('a damaged file', () => {
  /** The root page of a table, zeroed: as a disk that lies leaves it. */
  function damage(table: string): void {
    const db = new Database(path);
    const root = db.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').pluck().get(table);
    db.pragma('wal_checkpoint(TRUNCATE)');
    db.close();
    const file = openSync(path, 'r+');
    writeSync(file, Buffer.alloc(4096, 0xff), 0, 4096, (Number(root) - 1) * 4096);
    closeSync(file);
  }

  it('is refused at the start where its beginning is damaged', async () => {
    await (await SqliteStore.open({ path, durability: 'process' })).close();
    const bytes = readFileSync(path);
    bytes.fill(0xff, 0, 100);
    writeFileSync(path, bytes);
    await expect(SqliteStore.open({ path, durability: 'process' })).rejects.toThrow(
      expect.objectContaining({ code: 'STORE_UNREADABLE' }),
    );
  });

  it('refuses what would be written there', async () => {
    const first = await SqliteStore.open({ path, durability: 'process' });
    await first.append(opening('a'));
    await first.close();
    damage('event');
    await expect(async () => {
      const store = await SqliteStore.open({ path, durability: 'process' });
      await store.append(opening('b')).finally(() => store.close());
    }).rejects.toThrow();
  });

  it('is told by upkeep that comes upon it, while the gate goes on recording', async () => {
    const first = await SqliteStore.open({ path, durability: 'process' });
    await first.append(opening('a'));
    await first.close();
    damage('erased_contents');
    const news: string[] = [];
    const store = await SqliteStore.open({
      ...{ path, durability: 'process', upkeep: { proof: { key, every: 10 } } },
      onUpkeep: ({ chore, failure }) => void news.push(`${chore}: ${failure}`),
    });
    await vi.waitFor(() => expect(news.join()).toMatch(/prove: .*malformed/), { timeout: 10_000 });
    await store.append(opening('b'));
    await store.close();
    const reader = new SqliteReader(path);
    expect(reader.exchange('b')?.id).toBe('b');
    reader.close();
  });
});
