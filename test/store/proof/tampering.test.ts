import { closeSync, copyFileSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newProofKey, publicPemOf } from '../../../src/store/proof/proof-key.ts';
import { publicKey, record, tamper, verified } from './proved.ts';

// Three blocks: a and b at positions 1 to 10, c and d at 11 to 20, e at 21 to 25.
let folder: string;
let proved: string;
let copies = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-tamper-'));
  proved = join(folder, 'proved.db');
  record(proved, ['a', 'b']);
  record(proved, ['c', 'd']);
  record(proved, ['e']);
});
afterAll(() => rmSync(folder, { recursive: true }));

function copy(): string {
  const path = join(folder, `copy-${++copies}.db`);
  copyFileSync(proved, path);
  return path;
}

const moved = 'exchange, seq, at, kind, revision, detail, payload, sealed';
const columns = `position, ${moved}`;

/** What somebody does, and what has to be said of it first. */
const cases: readonly (readonly [string, readonly string[], string, number])[] = [
  ['a payload is changed', [`UPDATE event SET payload = '{}' WHERE position = 13`], 'changed', 13],
  ['one is taken out', ['UPDATE event SET payload = NULL WHERE position = 13'], 'changed', 13],
  ['facts of a step', [`UPDATE event SET detail = '{}' WHERE position = 2`], 'changed', 2],
  [
    'a sealed original',
    [`UPDATE event SET sealed = x'00' WHERE position = 25 AND sealed IS NOT NULL`],
    ...(['changed', 25] as const),
  ],
  [
    'a payload becomes bytes',
    ['UPDATE event SET payload = CAST(payload AS BLOB) WHERE position = 1'],
    'changed',
    1,
  ],
  ['a time', ['UPDATE event SET at = at + 0.25 WHERE position = 7'], 'changed', 7],
  ['a kind', [`UPDATE event SET kind = 'blocked' WHERE position = 9`], 'changed', 9],
  ['the revision of a step', [`UPDATE event SET revision = 'r2' WHERE position = 9`], 'changed', 9],
  ['the number of a step', ['UPDATE event SET seq = 9 WHERE position = 9'], 'changed', 9],
  ['the exchange of a step', [`UPDATE event SET exchange = 'a' WHERE position = 9`], 'changed', 9],
  ['a step is taken out', ['DELETE FROM event WHERE position = 14'], 'removed', 14],
  ['the newest steps are', ['DELETE FROM event WHERE position > 23'], 'removed', 24],
  [
    'the oldest block is, with its steps',
    ['DELETE FROM event WHERE position <= 10', 'DELETE FROM block WHERE last = 10'],
    'removed',
    1,
  ],
  ['a block in the middle is', ['DELETE FROM block WHERE last = 20'], 'forged', 11],
  [
    'one is taken out, and those after it move up',
    [
      'DELETE FROM event WHERE position = 14',
      'UPDATE event SET position = position - 1 WHERE position > 14 AND position <= 20',
    ],
    ...(['removed', 14] as const),
  ],
  [
    'one is put in, and those after it move down',
    [
      'UPDATE event SET position = -position WHERE position >= 14 AND position < 20',
      'DELETE FROM event WHERE position = 20',
      'UPDATE event SET position = 1 - position WHERE position < 0',
      `INSERT INTO event (${columns}) SELECT 14, ${moved} FROM event WHERE position = 3`,
    ],
    ...(['inserted', 14] as const),
  ],
  [
    'two change places',
    [
      'UPDATE event SET position = 99 WHERE position = 4',
      'UPDATE event SET position = 4 WHERE position = 6',
      'UPDATE event SET position = 6 WHERE position = 99',
    ],
    ...(['reordered', 4] as const),
  ],
  [
    'one is put before the first',
    [`INSERT INTO event (${columns}) SELECT 0, ${moved} FROM event WHERE position = 3`],
    'inserted',
    0,
  ],
  [
    'an exchange is put in',
    [
      `INSERT INTO exchange SELECT * FROM exchange WHERE id = 'x'`,
      `INSERT INTO exchange (id, opened_at, upstream, method, revision, outcome) VALUES ('x', 1, 'db', 'ping', 'r1', 'answered')`,
    ],
    'inserted',
    0,
  ],
  ['an exchange is taken out', [`DELETE FROM exchange WHERE id = 'c'`], 'changed', 11],
  ...[
    'upstream',
    'method',
    'target',
    'session',
    'sub',
    'issuer',
    'client',
    'agent',
    'protocol',
    'ip',
    'identity',
    'revision',
  ].map(
    (name) =>
      [
        `the ${name} of an exchange`,
        [`UPDATE exchange SET ${name} = 'x' WHERE id = 'd'`],
        'changed',
        16,
      ] as const,
  ),
  ['when it was opened', [`UPDATE exchange SET opened_at = 1 WHERE id = 'd'`], 'changed', 16],
  ...['outcome', 'effect', 'rule'].map(
    (name) =>
      [
        `the ${name} of an exchange`,
        [`UPDATE exchange SET ${name} = 'failed' WHERE id = 'd'`],
        'changed',
        20,
      ] as const,
  ),
  ['when it ended', [`UPDATE exchange SET closed_at = 1 WHERE id = 'd'`], 'changed', 20],
  ['which step ended it', [`UPDATE exchange SET last = 2 WHERE id = 'd'`], 'changed', 18],
  ['its secret', [`UPDATE exchange SET secret = zeroblob(32) WHERE id = 'd'`], 'changed', 16],
  ['its salt', [`UPDATE exchange SET salt = zeroblob(16) WHERE id = 'd'`], 'changed', 16],
  ['a fact', [`INSERT INTO fact (digest, facts) VALUES ('x', '{}')`], 'changed', 0],
  [
    'a leaf, with its step',
    [`UPDATE block SET leaves = zeroblob(320) WHERE last = 20`],
    'forged',
    11,
  ],
  [
    'the leaves of a block are of another size',
    ['UPDATE block SET leaves = zeroblob(31) WHERE last = 20'],
    'forged',
    11,
  ],
  ['the time of a block', ['UPDATE block SET at = at - 1 WHERE last = 20'], 'forged', 11],
  [
    'the signature of a block in the middle',
    ['UPDATE block SET signature = zeroblob(64) WHERE last = 20'],
    'forged',
    11,
  ],
  [
    'the signature of the newest',
    ['UPDATE block SET signature = zeroblob(64) WHERE last = 25'],
    'forged',
    21,
  ],
  [
    'a block says that it begins later',
    ['UPDATE block SET first = 12 WHERE last = 20'],
    'forged',
    11,
  ],
  [
    'a block has no values',
    [`UPDATE block SET link = 'x', signer = 5 WHERE last = 10`],
    'forged',
    1,
  ],
  [
    'contents are erased without a record',
    [
      `INSERT INTO erased_contents SELECT 3, x'00'`,
      'UPDATE event SET payload = NULL, sealed = NULL WHERE position = 3',
    ],
    'changed',
    3,
  ],
];

describe('a transcript that nobody has changed', () => {
  it('is intact, and says what was looked at', async () => {
    const report = await verified(copy());
    expect(report).toMatchObject({ steps: 25, blocks: 3, first: 1, last: 25, unsigned: 0 });
    expect(report.findings).toEqual([]);
    expect(report.checkpoint).toBeDefined();
  });
});

describe('verify names the first wrong place where', () => {
  it.each(cases)('%s', async (_, statements, wrong, position) => {
    const path = copy();
    tamper(path, ...statements);
    const report = await verified(path);
    expect(report.findings[0]).toMatchObject({ wrong, position });
    expect(report.checkpoint).toBeUndefined();
  });
});

describe('a page of the file that SQLite cannot read', () => {
  function withoutPageOf(table: string): string {
    const path = copy();
    const db = new Database(path);
    const page = db
      .prepare<[string], number>('SELECT pageno FROM dbstat WHERE name = ? ORDER BY pageno LIMIT 1')
      .pluck()
      .get(table);
    db.close();
    const file = openSync(path, 'r+');
    writeSync(file, Buffer.alloc(4_096, 0x5a), 0, 4_096, ((page ?? 0) - 1) * 4_096);
    closeSync(file);
    return path;
  }

  it.each(['event', 'exchange', 'fact'])('is a finding, in the table %s', async (table) => {
    const { findings, checkpoint } = await verified(withoutPageOf(table));
    expect(findings.map(({ wrong }) => wrong)).toContain('unreadable');
    expect(checkpoint).toBeUndefined();
  });

  it('leaves nothing to verify, in the table block', async () => {
    const path = withoutPageOf('block');
    await expect(verified(path)).rejects.toMatchObject({ code: 'STORE_UNREADABLE' });
  });
});

describe('a signature counts', () => {
  it('only of keys that were given', async () => {
    const path = copy();
    const report = await verified(path, { keys: publicPemOf(newProofKey()) });
    expect(report.findings[0]).toMatchObject({ wrong: 'forged', position: 1, last: 25 });
  });

  it('not for what somebody has written and signed with a key of his own', async () => {
    const path = join(folder, 'forged.db');
    const own = newProofKey();
    record(path, ['a', 'b']);
    record(path, ['c'], own);
    const report = await verified(path);
    expect(report.findings).toMatchObject([{ wrong: 'forged', position: 11, last: 15 }]);
    const both = await verified(path, { keys: `${publicKey}${publicPemOf(own)}` });
    expect(both.findings).toEqual([]);
    expect(both.signers).toHaveLength(2);
  });
});

describe('a range', () => {
  it('is proved by itself, and says nothing of the rest', async () => {
    const path = copy();
    tamper(path, `UPDATE event SET kind = 'blocked' WHERE position = 2`);
    const range = await verified(path, { from: 12, to: 22 });
    expect(range).toMatchObject({ first: 11, last: 25, steps: 15, findings: [] });
    const all = await verified(path, { to: 5 });
    expect(all.findings[0]).toMatchObject({ wrong: 'changed', position: 2 });
  });

  it('may be one of time', async () => {
    const path = copy();
    expect(await verified(path, { since: Date.now() + 60_000 })).toMatchObject({ steps: 0 });
    expect(await verified(path, { since: Date.now() - 60_000 })).toMatchObject({ steps: 25 });
  });
});

describe('a checkpoint', () => {
  it('shows that the newest steps and blocks were cut off', async () => {
    const path = copy();
    const { checkpoint } = await verified(path);
    if (!checkpoint) throw new Error('there is one');
    expect((await verified(path, { checkpoint })).findings).toEqual([]);
    tamper(
      path,
      'DELETE FROM event WHERE position > 20',
      'DELETE FROM block WHERE last > 20',
      `DELETE FROM exchange WHERE id = 'e'`,
    );
    // Nothing in the file says so.
    expect((await verified(path)).findings).toEqual([]);
    const report = await verified(path, { checkpoint });
    expect(report.findings).toMatchObject([{ wrong: 'rolled-back', position: 21, last: 25 }]);
    // A gate goes on with the positions that are free again.
    record(path, ['f', 'g']);
    const later = await verified(path, { checkpoint });
    expect(later.findings[0]).toMatchObject({ wrong: 'rolled-back', position: 25 });
  });
});
