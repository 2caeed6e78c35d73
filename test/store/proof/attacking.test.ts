import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LineVerifier } from '../../../src/store/proof/line-verifier.ts';
import { proofKeysOf, signerOf } from '../../../src/store/proof/proof-key.ts';
import type { StepLine } from '../../../src/store/proof/proof-line.ts';
import { packed } from '../../../src/store/sqlite/compaction/pack.ts';
import { recordOwn } from '../../../src/store/sqlite/own-exchange.ts';
import { newestSeal } from '../../../src/store/sqlite/proof/newest-seal.ts';
import { proofLines } from '../../../src/store/sqlite/proof/proof-lines.ts';
import { prove } from '../../../src/store/sqlite/proof/prove.ts';
import { opening, step } from '../../support/batches.ts';
import { computeAnew } from './compute-anew.ts';
import {
  exchange,
  key,
  Proved,
  publicKey,
  record,
  sign,
  tamper,
  verified,
  within,
  write,
} from './proved.ts';

// What somebody does who can write to the file, at any time, and knows everything but the key that signs.

let proved: Proved;
beforeAll(() => {
  proved = new Proved();
});
afterAll(() => proved.close());

describe('a history that was computed anew', () => {
  it('is not vouched for by what a gate signs when it starts again', async () => {
    const path = proved.copy();
    tamper(path, `UPDATE event SET payload = '{}' WHERE position = 3`);
    within(path, computeAnew);
    record(path, ['d']);
    const { findings } = await verified(path);
    expect(findings).toContainEqual(expect.objectContaining({ wrong: 'forged', position: 1 }));
  });

  it('is not vouched for by the next block of a gate that runs, and is told at once', async () => {
    const path = proved.copy();
    const alarms: string[] = [];
    const db = new Database(path);
    const options = { proof: { key, every: 1 } };
    const alarm = (what: string) => void alarms.push(what);
    const chore = prove({ db, path, options, now: Date.now, alarm });
    write(path, exchange('d'));
    chore?.finish?.();
    expect(alarms).toEqual([]);
    tamper(path, `UPDATE exchange SET sub = 'eve' WHERE id = 'd'`);
    within(path, computeAnew);
    write(path, exchange('e'));
    chore?.finish?.();
    write(path, exchange('f'));
    chore?.finish?.();
    db.close();
    expect(alarms).toEqual([expect.stringContaining('was changed')]);
    const { findings } = await verified(path);
    expect(findings).toContainEqual(expect.objectContaining({ wrong: 'forged', position: 16 }));
    // What came since is proved all the same.
    expect(await verified(path, { from: 21 })).toMatchObject({ findings: [], steps: 10 });
  });

  it('stops no gate from signing where a block cannot be one', async () => {
    const path = proved.copy();
    tamper(path, `UPDATE block SET link = 'x', signature = 5 WHERE last = 15`);
    record(path, ['d']);
    const { findings } = await verified(path);
    expect(findings[0]).toMatchObject({ wrong: 'forged', position: 11, last: 15 });
    expect(await verified(path, { from: 16 })).toMatchObject({ findings: [], steps: 5 });
  });
});

describe('a database with something in it that no gate makes', () => {
  const stored = `UPDATE sqlite_schema SET sql = replace(sql, 'kind TEXT NOT NULL', 'kind TEXT NOT NULL COLLATE NOCASE')`;
  it.each([
    [
      'a trigger has a say in what is recorded later',
      [
        `CREATE TRIGGER hide AFTER INSERT ON exchange WHEN new.sub = 'eve' BEGIN
           UPDATE exchange SET sub = 'ana' WHERE id = new.id; END`,
      ],
    ],
    [
      'a view stands for a table',
      ['ALTER TABLE fact RENAME TO real_fact', 'CREATE VIEW fact AS SELECT * FROM real_fact'],
    ],
    [
      'a table has another default',
      [
        'PRAGMA writable_schema = ON',
        `UPDATE sqlite_schema SET sql = replace(sql, '''open''', '''answered''')`,
      ],
    ],
    ['texts are compared in another way', ['PRAGMA writable_schema = ON', stored]],
    ['a table has one more column', ['ALTER TABLE event ADD COLUMN note TEXT']],
  ])('is not what was signed: %s', async (_, statements) => {
    const path = proved.copy();
    within(path, (db) => {
      db.unsafeMode();
      for (const sql of statements) db.exec(sql);
    });
    const { findings, checkpoint } = await verified(path);
    expect(findings).toMatchObject([{ wrong: 'changed', position: 0 }]);
    expect(checkpoint).toBeUndefined();
    const alarms: string[] = [];
    within(path, (db) => {
      const alarm = (what: string) => void alarms.push(what);
      const options = { proof: { key, every: 1 } };
      prove({ db, path, options, now: Date.now, alarm })?.finish?.();
    });
    expect(alarms).toHaveLength(1);
  });

  it('may have an index of somebody, and tables beside those of the gate', async () => {
    const path = proved.copy();
    tamper(path, 'CREATE INDEX mine ON exchange (sub)', 'CREATE TABLE his (a)', 'ANALYZE');
    expect((await verified(path)).findings).toEqual([]);
  });

  it('is not verified where it says that it is of a newer sallyport', async () => {
    const path = proved.copy();
    tamper(path, 'PRAGMA user_version = 99');
    await expect(verified(path)).rejects.toMatchObject({ code: 'PROOF_UNREADABLE' });
  });
});

/** What readers would be shown by then, and what is said of it. */
const shown: readonly (readonly [string, readonly string[], string, string])[] = [
  [
    'an index lacks a step, which readers then do not find',
    [
      'DROP INDEX event_of_exchange',
      'CREATE INDEX event_of_exchange ON event (exchange) WHERE position <> 14',
      'PRAGMA writable_schema = ON',
      `UPDATE sqlite_schema SET sql = replace(sql, ' WHERE position <> 14', '')
       WHERE name = 'event_of_exchange'`,
    ],
    ...(['unreadable', 'event'] as const),
  ],
  [
    'an exchange whose id is no text',
    [
      `INSERT INTO exchange (id, opened_at, upstream, method, revision) VALUES (x'ff', 1, 'db', 'x', 'r1')`,
    ],
    ...(['inserted', 'no steps'] as const),
  ],
  [
    'an exchange whose id is empty',
    [
      `INSERT INTO exchange (id, opened_at, upstream, method, revision) VALUES ('', 1, 'db', 'x', 'r1')`,
    ],
    ...(['inserted', 'no steps'] as const),
  ],
  [
    'an exchange that is open has a decision',
    [
      'DELETE FROM event WHERE position > 14',
      `UPDATE exchange SET outcome = 'open', closed_at = NULL, last = NULL, rule = NULL WHERE id = 'c'`,
    ],
    ...(['changed', 'how it ended'] as const),
  ],
  ['the key of originals is gone', ['DELETE FROM period'], 'removed', 'key of its originals'],
  [
    'the originals are said to be of another key',
    [
      `INSERT INTO period SELECT 9, began, master, wrapped FROM period LIMIT 1`,
      `UPDATE exchange SET period = 9 WHERE id = 'c'`,
    ],
    ...(['changed', 'not what was signed'] as const),
  ],
  [
    'a text stands in its row and in a pack',
    ['UPDATE event SET kept = 1 WHERE position = 13'],
    ...(['changed', 'place of what was erased'] as const),
  ],
];

describe('readers are shown nothing else than what was verified, so it is said that', () => {
  it.each(shown)('%s', async (_, statements, wrong, why) => {
    const path = proved.copy();
    within(path, (db) => {
      db.unsafeMode();
      for (const sql of statements) db.exec(sql);
    });
    const { findings } = await verified(path);
    const said = { wrong, why: expect.stringContaining(why) };
    expect(findings).toContainEqual(expect.objectContaining(said));
  });

  it('two packs have texts of the same steps', async () => {
    const path = proved.copy();
    within(path, (db) => {
      const insert = db.prepare('INSERT INTO pack (last, first, bytes, data) VALUES (?, ?, 1, ?)');
      const steps = (position: number) => [{ position, detail: null, payload: '{}' }];
      insert.run(5, 1, packed(steps(3)).data);
      insert.run(10, 6, packed(steps(8)).data);
    });
    expect((await verified(path)).findings).toEqual([]);
    tamper(path, 'UPDATE pack SET first = 2 WHERE last = 10');
    expect((await verified(path)).findings).toMatchObject([{ wrong: 'changed', position: 10 }]);
  });

  it('a text was there as bytes when it was signed, and has changed since', async () => {
    const path = proved.pathOf('bytes.db');
    write(path, exchange('a'));
    tamper(path, `UPDATE event SET payload = x'00ff' WHERE position = 3`);
    sign(path);
    expect((await verified(path)).findings).toEqual([]);
    tamper(path, `UPDATE event SET payload = x'00fe' WHERE position = 3`);
    expect((await verified(path)).findings).toMatchObject([{ wrong: 'changed', position: 3 }]);
  });

  it('an exchange of before there were proofs has ended in another way', async () => {
    const path = proved.pathOf('old.db');
    write(path, exchange('a'));
    tamper(path, 'UPDATE exchange SET salt = NULL, secret = NULL, last = NULL');
    tamper(path, 'UPDATE event SET sealed = NULL');
    sign(path);
    expect((await verified(path)).findings).toEqual([]);
    tamper(path, `UPDATE exchange SET outcome = 'blocked'`);
    expect((await verified(path)).findings).toMatchObject([{ wrong: 'changed', position: 1 }]);
  });
});

describe('a record of a removal', () => {
  function removed(path: string, after: string | null): void {
    within(path, (db) => {
      const detail = { reason: 'age', removed: [[1, 5]], after };
      recordOwn(db, {
        ...{ method: 'transcripts/remove', at: Date.now(), signer: signerOf(key) },
        steps: [{ kind: 'closed', detail }],
      });
    });
  }
  const taken = [`DELETE FROM event WHERE exchange = 'a'`, `DELETE FROM exchange WHERE id = 'a'`];

  it('counts in the history that it was made in', async () => {
    const path = proved.copy();
    removed(path, within(path, newestSeal));
    tamper(path, ...taken);
    expect((await verified(path)).findings).toEqual([]);
    sign(path);
    expect((await verified(path)).findings).toEqual([]);
  });

  it('does not count in another history that the same key has signed', async () => {
    const other = proved.pathOf('other.db');
    record(other, ['x']);
    const path = proved.copy();
    removed(path, within(other, newestSeal));
    tamper(path, ...taken);
    const missing = [{ wrong: 'removed', position: 1, last: 5 }];
    expect((await verified(path)).findings).toMatchObject(missing);
    sign(path);
    expect((await verified(path)).findings).toMatchObject(missing);
  });
});

describe('a step of an exported proof', () => {
  it('is not what it was where a part of its text is said to be its salt', () => {
    const path = proved.pathOf('salt.db');
    // A text of a client that fits two ways of reading it.
    write(path, { ...opening('a', 1), events: [step('a', 0, { payload: 'a:-:2:{}' })] });
    sign(path);
    const report = (change: (line: StepLine) => object) => {
      const verifier = new LineVerifier(proofKeysOf(publicKey));
      const [, ...lines] = [...proofLines(path)].map((line) => JSON.parse(line) as StepLine);
      for (const line of lines) verifier.add(2, line.type === 'step' ? change(line) : line);
      return verifier.report();
    };
    expect(report((line) => line)).toMatchObject({ steps: 1, findings: [] });
    const { findings } = report((line) => ({
      ...line,
      ...{ salt: `${line.salt}:-:8:a`, payload: '{}' },
    }));
    expect(findings).toMatchObject([{ wrong: 'unreadable' }]);
  });
});

describe('an exchange whose first step retention has removed', () => {
  it('is counted, for nothing proves what it is about', async () => {
    const path = proved.copy();
    expect(await verified(path)).toMatchObject({ headless: 0 });
    within(path, (db) => {
      db.exec('DELETE FROM event WHERE position <= 10');
      db.exec(`DELETE FROM exchange WHERE id IN ('a', 'b')`);
      db.exec(`INSERT INTO exchange (id, opened_at, upstream, method, revision, salt)
               VALUES ('0', 1, 'db', 'x', 'r1', zeroblob(16))`);
      recordOwn(db, {
        ...{ method: 'transcripts/remove', at: Date.now(), signer: signerOf(key) },
        steps: [{ kind: 'closed', detail: { removed: [[1, 10]], after: newestSeal(db) } }],
      });
    });
    expect(await verified(path)).toMatchObject({ findings: [], headless: 1, removed: 10 });
  });
});
