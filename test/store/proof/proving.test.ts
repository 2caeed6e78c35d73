import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LineVerifier } from '../../../src/store/proof/line-verifier.ts';
import {
  newProofKey,
  proofKeysOf,
  publicPemOf,
  signerOf,
} from '../../../src/store/proof/proof-key.ts';
import { recordOwn } from '../../../src/store/sqlite/own-exchange.ts';
import { newestSeal } from '../../../src/store/sqlite/proof/newest-seal.ts';
import { proofLines } from '../../../src/store/sqlite/proof/proof-lines.ts';
import { prove } from '../../../src/store/sqlite/proof/prove.ts';
import { runTasks } from '../../../src/store/sqlite/proof/verify-pool.ts';
import { SqliteReader } from '../../../src/store/sqlite/reader.ts';
import { SqliteStore } from '../../../src/store/sqlite/store.ts';
import type { UpkeepNews } from '../../../src/store/sqlite/upkeep/upkeep.ts';
import { opening } from '../../support/batches.ts';
import {
  exchange,
  key,
  openProved,
  publicKey,
  record,
  sign,
  tamper,
  verified,
  write,
} from './proved.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-proof-'));
  path = join(folder, 't.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A chore of its own, with a clock. */
function prover(every = 1_000) {
  const db = new Database(path);
  const clock = { now: 1_000_000 };
  const alarms: string[] = [];
  const options = { proof: { key, every } };
  const alarm = (what: string) => alarms.push(what);
  const chore = prove({ db, path, options, now: () => clock.now, alarm });
  if (!chore) throw new Error('it was asked for');
  const blocks = () => db.prepare('SELECT first, last FROM block ORDER BY last').all();
  return { chore, clock, alarms, blocks, db };
}

describe('what is recorded', () => {
  it('is signed each span of time, and the rest at the end', async () => {
    write(path, exchange('a'));
    const { chore, clock, blocks, db } = prover();
    expect(chore.step()).toBe(false);
    expect(blocks()).toEqual([{ first: 1, last: 5 }]);
    write(path, exchange('b'));
    clock.now += 999;
    chore.step();
    expect(blocks()).toHaveLength(1);
    clock.now += 1;
    chore.step();
    expect(blocks()).toEqual([
      { first: 1, last: 5 },
      { first: 6, last: 10 },
    ]);
    write(path, exchange('c'));
    chore.finish?.();
    expect(blocks()).toHaveLength(3);
    db.close();
    expect(await verified(path)).toMatchObject({ findings: [], steps: 15, unsigned: 0 });
  });

  it('is signed also after a clock was set back', async () => {
    write(path, exchange('a'));
    const { chore, clock, blocks, db } = prover();
    chore.step();
    write(path, exchange('b'));
    clock.now -= 500_000;
    chore.step();
    expect(blocks()).toHaveLength(2);
    db.close();
  });

  it('makes blocks of a bounded size, of as many steps and of as much text', async () => {
    const payload = 'x'.repeat(17_000_000);
    const { events, ...rest } = opening('large', 2);
    const large = events.map((one) => (one.seq ? one : { ...one, payload }));
    write(path, opening('many', 4_100), { ...rest, events: large });
    const { chore, blocks, db } = prover();
    while (chore.step());
    expect(blocks()).toEqual([
      { first: 1, last: 4_096 },
      { first: 4_097, last: 4_101 },
      { first: 4_102, last: 4_102 },
    ]);
    db.close();
    expect(await verified(path)).toMatchObject({ findings: [], steps: 4_102 });
  });

  it('is signed whatever is in it', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 40 });
    const at = fc.double({ min: 0, max: 1e13, noNaN: true });
    const samples = fc.array(fc.tuple(text, text, text, at), { minLength: 10, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(samples, async (all) => {
        rmSync(path, { force: true });
        const batches = all.map(([payload, target, note, at], index) => {
          const { events, ...rest } = opening(`e${index}`, 2, { target, session: note });
          const facts = { at, payload, detail: { [note]: payload }, original: target };
          return { ...rest, events: events.map((event) => ({ ...event, ...facts })) };
        });
        write(path, ...batches);
        sign(path);
        expect(await verified(path)).toMatchObject({ findings: [], steps: all.length * 2 });
        const lines = [...proofLines(path)].map((line): unknown => JSON.parse(line));
        const verifier = new LineVerifier(proofKeysOf(publicKey));
        for (const [index, line] of lines.slice(1).entries()) verifier.add(index, line);
        expect(verifier.report()).toMatchObject({ findings: [], steps: all.length * 2 });
      }),
      { numRuns: 3 },
    );
  });
});

describe('at a start', () => {
  const news: UpkeepNews[] = [];
  async function restarted(): Promise<string[]> {
    news.length = 0;
    const upkeep = { proof: { key, every: 1 } };
    const onUpkeep = (one: UpkeepNews) => news.push(one);
    const store = await SqliteStore.open({ path, durability: 'process', upkeep, onUpkeep });
    await store.append(exchange(`after-${Math.random()}`));
    await store.close();
    return news.flatMap(({ alarm }) => alarm ?? []);
  }
  beforeEach(() => record(path, ['a', 'b']));

  it('nothing is said of transcripts that are what they were', async () => {
    expect(await restarted()).toEqual([]);
    expect((await verified(path)).findings).toEqual([]);
  });

  it.each([
    ['a step of the newest block was changed', `UPDATE event SET kind = 'x' WHERE position = 7`],
    ['one of them is gone', 'DELETE FROM event WHERE position = 7'],
    ['the block was changed', 'UPDATE block SET at = at + 1'],
    ['steps were cut off', `DELETE FROM event WHERE exchange = 'b'`],
  ])('it is said that %s, and the place stays broken', async (_, statement) => {
    tamper(path, statement);
    expect(await restarted()).toHaveLength(1);
    expect((await verified(path)).findings.length).toBeGreaterThan(0);
    // What came since is proved all the same.
    expect(await verified(path, { from: 11 })).toMatchObject({ findings: [] });
  });

  it('new steps never take the positions of those that were cut off', async () => {
    tamper(path, `DELETE FROM event WHERE exchange = 'b'`, `DELETE FROM exchange WHERE id = 'b'`);
    await restarted();
    const reader = new SqliteReader(path);
    const [lost] = reader.exchanges({ method: 'transcripts/lost', limit: 9 });
    const events = reader.events(lost?.id ?? '');
    expect(events.map(({ position }) => position)).toEqual([11, 12]);
    expect(events.at(-1)?.detail).toEqual({ lost: [[6, 10]] });
    reader.close();
    const report = await verified(path);
    expect(report.findings).toMatchObject([{ wrong: 'removed', position: 6, last: 10 }]);
  });

  it('a gap in what was not signed yet is told, and stays in the proof', async () => {
    write(path, exchange('c'), exchange('d'));
    tamper(path, 'DELETE FROM event WHERE position = 13');
    expect(await restarted()).toEqual([expect.stringContaining('step 13 is missing')]);
    const report = await verified(path);
    expect(report.findings).toMatchObject([{ wrong: 'removed', position: 13 }]);
  });

  it('a gap without end is not filled', async () => {
    tamper(
      path,
      `INSERT INTO event SELECT 1000000000000, exchange, 9, at, kind, revision, detail, payload, sealed, kept, blob FROM event WHERE position = 3`,
    );
    expect(await restarted()).toHaveLength(1);
    const report = await verified(path);
    expect(report.findings[0]).toMatchObject({ wrong: 'removed', position: 11 });
  });
});

describe('a new key', () => {
  it('goes on where the old one ended', async () => {
    const other = newProofKey();
    record(path, ['a']);
    record(path, ['b'], other);
    record(path, ['c']);
    const both = await verified(path, { keys: `${publicKey}\n${publicPemOf(other)}` });
    expect(both).toMatchObject({ findings: [], blocks: 3 });
    const one = await verified(path);
    expect(one.findings).toMatchObject([{ wrong: 'forged', position: 6, last: 10 }]);
  });
});

describe('what is removed', () => {
  it('is missed by nobody where a signed record says so', async () => {
    record(path, ['a', 'b']);
    record(path, ['c']);
    const remove = (db: Database.Database, removed: readonly [number, number][]) =>
      recordOwn(db, {
        method: 'transcripts/remove',
        steps: [{ kind: 'closed', detail: { removed, reason: 'age', after: newestSeal(db) } }],
        at: Date.now(),
        signer: signerOf(key),
      });
    const db = new Database(path);
    db.exec(`DELETE FROM event WHERE position BETWEEN 6 AND 10`);
    db.exec(`DELETE FROM exchange WHERE id = 'b'`);
    db.close();
    expect((await verified(path)).findings).toMatchObject([{ wrong: 'removed', position: 6 }]);
    const again = new Database(path);
    remove(again, [
      [6, 7],
      [7, 9],
    ]);
    again.close();
    expect((await verified(path)).findings).toMatchObject([{ position: 10, last: 10 }]);
    const last = new Database(path);
    remove(last, [[10, 10]]);
    last.close();
    record(path, ['d']);
    expect(await verified(path)).toMatchObject({ findings: [], removed: 5, unsignedRecords: 0 });
  });

  it('is missed where who can write to the file has written the record, and the gate signed it', async () => {
    record(path, ['a', 'b']);
    tamper(path, `DELETE FROM event WHERE exchange = 'a'`, `DELETE FROM exchange WHERE id = 'a'`);
    const db = new Database(path);
    const own = { method: 'transcripts/remove', at: Date.now() } as const;
    const steps = [{ kind: 'closed' as const, detail: { removed: [[1, 5]], reason: 'age' } }];
    recordOwn(db, { ...own, steps });
    recordOwn(db, { ...own, steps, signer: signerOf(newProofKey()) });
    // A true record, made for something else.
    const other = recordOwn(db, { ...own, steps, signer: signerOf(key) });
    db.exec(
      `UPDATE event SET detail = replace(detail, '[1,5]', '[2,5]') WHERE exchange = '${other}'`,
    );
    db.close();
    const missing = [{ wrong: 'removed', position: 1, last: 5 }];
    expect((await verified(path)).findings).toMatchObject(missing);
    sign(path);
    expect((await verified(path)).findings).toMatchObject(missing);
  });

  it('is missed where the record was written by a client', async () => {
    const store = await openProved(path);
    await store.append(exchange('a'));
    const { opened, events, closed } = opening('b', 2, {
      upstream: '',
      method: 'transcripts/remove',
    });
    const detail = { removed: [[1, 5]] };
    const steps = events.map((event) => ({ ...event, detail }));
    await store.append({ opened, events: steps, closed });
    await store.close();
    tamper(path, `DELETE FROM event WHERE exchange = 'a'`, `DELETE FROM exchange WHERE id = 'a'`);
    expect((await verified(path)).findings).toMatchObject([{ wrong: 'removed', position: 1 }]);
  });
});

describe('two gates on one database', () => {
  it('sign each step once', async () => {
    write(path, exchange('a'));
    const one = prover();
    const db = new Database(path);
    // What the one signs comes between what the other reads and what it writes.
    const now = () => {
      one.chore.step();
      return one.clock.now;
    };
    const options = { proof: { key, every: 1 } };
    prove({ db, path, options, now, alarm: () => undefined })?.finish?.();
    db.close();
    expect(one.blocks()).toEqual([{ first: 1, last: 5 }]);
    one.db.close();
    expect((await verified(path)).findings).toEqual([]);
  });
});

describe('a gate that ends', () => {
  it('signs what is left for a few seconds only, and the next one goes on', async () => {
    write(path, exchange('a'));
    tamper(
      path,
      `INSERT INTO event (exchange, seq, at, kind, revision)
       WITH RECURSIVE n (n) AS (SELECT 5 UNION ALL SELECT n + 1 FROM n WHERE n < 20000)
       SELECT 'a', n, 1, 'received', 'r1' FROM n`,
    );
    let seconds = 0;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => 2_000 * seconds++);
    sign(path);
    clock.mockRestore();
    const left = await verified(path);
    expect(left.blocks).toBe(3);
    expect(left.unsigned).toBeGreaterThan(0);
    sign(path);
    expect(await verified(path)).toMatchObject({ findings: [], unsigned: 0 });
  });
});

describe('many threads', () => {
  it('find what one finds', async () => {
    for (const id of ['a', 'b', 'c', 'd']) record(path, [id]);
    tamper(path, `UPDATE event SET kind = 'x' WHERE position = 12`);
    const tasks = [0, 5, 10, 15].map((after) => ({ chunk: { after, last: after + 5 } }));
    const found: unknown[] = [];
    const { signal } = new AbortController();
    await runTasks(
      { path, keys: publicKey },
      tasks,
      (result) => found.push(...('chunk' in result ? result.chunk.findings : [])),
      { small: false, signal },
    );
    expect(found).toMatchObject([{ wrong: 'changed', position: 12 }]);
  });

  it('end when they are told to', async () => {
    record(path, ['a']);
    const controller = new AbortController();
    controller.abort();
    const tasks = [{ chunk: { after: 0, last: 5 } }];
    for (const small of [true, false]) {
      const options = { small, signal: controller.signal };
      await expect(runTasks({ path, keys: publicKey }, tasks, () => {}, options)).rejects.toThrow(
        /abort/,
      );
    }
  });
});
