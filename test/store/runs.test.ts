import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { v7 as newId } from 'uuid';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BatchWriter } from '../../src/store/sqlite/commit/batch-writer.ts';
import { FileLock } from '../../src/store/sqlite/file-lock.ts';
import { SqliteReader } from '../../src/store/sqlite/reader.ts';
import { watchRuns } from '../../src/store/sqlite/run/watch-runs.ts';
import { alone, handOver } from '../../src/store/sqlite/upkeep/alone.ts';
import type { Chore } from '../../src/store/sqlite/upkeep/chore.ts';
import { closing, opening } from '../support/batches.ts';

const MINUTE = 60_000;
const script = join(import.meta.dirname, '../support/hold-open.ts');
let folder: string;
let path: string;
let children: ChildProcess[];
let closers: (() => void)[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-runs-'));
  path = join(folder, 't.db');
  [children, closers] = [[], []];
});
afterEach(async () => {
  await Promise.all(children.map(killed));
  for (const close of closers.reverse()) close();
  rmSync(folder, { recursive: true });
});

/** Another process that has an exchange open. */
async function gateWith(exchange: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [script, path, exchange], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  children.push(child);
  await once(child.stdout as NonNullable<ChildProcess['stdout']>, 'data');
  return child;
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

/** A gate in this process. */
function gate(run?: string): BatchWriter {
  const options = { path, durability: 'process', ...(run === undefined ? {} : { run }) } as const;
  const writer = new BatchWriter(options, { busy: 1_000, checkpoint: 1_000 });
  closers.push(() => writer.close());
  return writer;
}

/** What a gate does beside writing, at the time that it is told. */
function choreOf(run: string, now: () => number): Chore {
  const chore = watchRuns({ db: opened(), path, options: { run }, now, alarm: () => undefined });
  if (!chore) throw new Error('there is none');
  return chore;
}

function opened(): Database.Database {
  const db = new Database(path);
  closers.push(() => db.close());
  return db;
}

function outcomes(...ids: string[]): (string | undefined)[] {
  const reader = new SqliteReader(path);
  const found = ids.map((id) => reader.exchange(id)?.outcome);
  reader.close();
  return found;
}

const runs = () => opened().prepare('SELECT name FROM run ORDER BY id').pluck().all();
const locks = () => readdirSync(folder).filter((name) => name.includes('-run-'));

describe('two gates with one database', () => {
  it('end what dead ones have left open, and nothing of each other', async () => {
    const [draining, lost, later] = [newId(), newId(), newId()];
    const [first, second] = await Promise.all([gateWith(draining), gateWith(lost)]);
    gate('this');
    expect(outcomes(draining, lost)).toEqual(['open', 'open']);
    await killed(second);
    // The one that starts next ends it at once, and so does one that runs already.
    gate();
    expect(outcomes(draining, lost)).toEqual(['open', 'failed']);
    const third = await gateWith(later);
    let now = Date.now();
    const chore = choreOf('this', () => now);
    chore.step();
    expect(outcomes(later)).toEqual(['open']);
    await killed(third);
    chore.step();
    expect(outcomes(later)).toEqual(['open']);
    now += 11_000;
    chore.step();
    expect(outcomes(draining, later)).toEqual(['open', 'failed']);
    first.stdin?.write('end\n');
    await once(first, 'exit');
    expect(outcomes(draining)).toEqual(['answered']);
    const reader = new SqliteReader(path);
    expect(reader.events(later).at(-1)).toMatchObject({
      ...{ seq: 1, kind: 'closed', revision: 'r1' },
      detail: { outcome: 'failed', reason: 'the gate ended before the exchange did' },
    });
    expect(reader.events(draining)).toHaveLength(1);
    reader.close();
    expect(locks()).toHaveLength(2);
  });
});

describe('a run whose lock file is gone', () => {
  it('counts as alive until it has given no sign of life for a minute', () => {
    const id = newId();
    gate('lost').write(opening(id));
    rmSync(join(folder, 't.db-run-lost'));
    gate('next');
    expect(outcomes(id)).toEqual(['open']);
    // It is alive, and says so.
    const now = Date.now() + MINUTE;
    choreOf('lost', () => now).step();
    const chore = (at: number) => choreOf('next', () => at).step();
    chore(now + MINUTE);
    expect(outcomes(id)).toEqual(['open']);
    chore(now + MINUTE + 1);
    expect(outcomes(id)).toEqual(['failed']);
    expect(runs()).toEqual(['next']);
  });
});

describe('a run', () => {
  it('leaves nothing behind when it ends, but for what it has left open', () => {
    const writer = gate('one');
    writer.write(opening('a'));
    expect([runs(), locks()]).toEqual([['one'], ['t.db-run-one']]);
    writer.close();
    closers.length = 0;
    expect([runs(), locks()]).toEqual([[], []]);
    gate();
    expect(outcomes('a')).toEqual(['failed']);
  });

  it('takes away lock files of databases that were here before', () => {
    writeFileSync(join(folder, 't.db-run-of-before'), '');
    writeFileSync(join(folder, 'other.db-run-x'), '');
    const held = FileLock.take(join(folder, 't.db-run-of-another'));
    gate('one');
    expect(locks().sort()).toEqual(['other.db-run-x', 't.db-run-of-another', 't.db-run-one']);
    held?.release();
  });

  it('does not begin where its lock cannot be had, and says which file that is', () => {
    mkdirSync(join(folder, 't.db-run-one'));
    expect(() => gate('one')).toThrow(/^cannot lock .*t\.db-run-one: /);
    rmSync(join(folder, 't.db-run-one'), { recursive: true });
    gate('two');
    expect(runs()).toEqual(['two']);
  });

  it('ends what many have left open that died, each at its own time', () => {
    const ids = [0, 1, 90_000, 7_200_000].map((ago) => {
      const id = newId({ msecs: Date.now() - ago });
      const name = `died-${ago}`;
      gate(name).write(opening(id));
      opened().exec(`UPDATE run SET seen = seen - ${ago + 2 * MINUTE} WHERE name = '${name}'`);
      rmSync(join(folder, `t.db-run-${name}`));
      return id;
    });
    const now = Date.now() + 11_000;
    gate('alive');
    choreOf('alive', () => now).step();
    expect(outcomes(...ids)).toEqual(ids.map(() => 'failed'));
    expect(runs()).toEqual(['alive']);
  });

  it('ends exchanges of before there were runs', () => {
    gate().write(opening('old'));
    opened().exec('UPDATE exchange SET run = NULL');
    gate();
    expect(outcomes('old')).toEqual(['failed']);
  });

  it('goes on with what it has open while another starts', () => {
    const first = gate('first');
    first.write(opening('a'));
    gate('second').write(opening('b'));
    first.write(closing('a'));
    expect(outcomes('a', 'b')).toEqual(['answered', 'open']);
  });
});

describe('upkeep', () => {
  it('is done by one gate at a time, and by the next one once that has ended', () => {
    gate();
    const done: string[] = [];
    const upkeepOf = (name: string): Chore[] => {
      const context = { db: opened(), path, options: {}, now: Date.now, alarm: () => undefined };
      const make = () => ({
        name,
        step: () => done.push(name) > 0,
        finish: () => done.push('end'),
      });
      return [alone(make), handOver].flatMap((maker) => maker(context) ?? []);
    };
    const [first, second] = [upkeepOf('first'), upkeepOf('second')];
    expect([first[0]?.step(), second[0]?.step()]).toEqual([true, false]);
    for (const chore of second) chore.finish?.();
    for (const chore of first) chore.finish?.();
    second[0]?.step();
    expect(done).toEqual(['first', 'end', 'second']);
    second[1]?.finish?.();
    expect(readdirSync(folder).filter((name) => name.endsWith('-upkeep'))).toEqual([]);
  });
});

describe('a lock', () => {
  it('is one, also where its file was taken away meanwhile', () => {
    const at = join(folder, 'lock');
    expect(FileLock.isHeld(at)).toBeUndefined();
    const first = FileLock.take(at);
    expect([FileLock.take(at), FileLock.isHeld(at)]).toEqual([undefined, true]);
    first?.release({ keep: true });
    expect(FileLock.isHeld(at)).toBe(false);
    const second = FileLock.take(at);
    second?.release();
    const third = FileLock.take(at);
    expect([third !== undefined, FileLock.take(at)]).toEqual([true, undefined]);
    third?.release();
  });
});
