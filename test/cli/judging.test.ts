import { chmodSync, closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { explain } from '../../src/cli/explain.ts';
import { runBacktest } from '../../src/cli/replay/backtest/backtest-threads.ts';
import { backtest } from '../../src/cli/replay/backtest.ts';
import { scan } from '../../src/cli/scan.ts';
import { suggest } from '../../src/cli/suggest.ts';
import type { Verb } from '../../src/cli/verb.ts';
import { factRecord } from '../../src/pipeline/identity-ledger.ts';
import { OpenedOriginals } from '../../src/store/sqlite/bulk/opened-originals.ts';
import { BatchWriter } from '../../src/store/sqlite/commit/batch-writer.ts';
import { SqliteReader } from '../../src/store/sqlite/reader.ts';
import { recordAccess } from '../../src/store/sqlite/sealed/sealed-access.ts';
import { end, head, step } from '../support/batches.ts';
import { facts } from '../support/recorded.ts';
import { Folder, run } from './terminal.ts';

const key = 'cd'.repeat(32);
const policy = `apiVersion: sallyport/v1
upstreams: [db]
rules: [{ id: all, on: { tools: [query] }, then: allow }]
`;
/** Looks at what was masked. */
const looking = policy.replace('then:', "when: { args.sql: { contains: '@' } }, then:");
const idOf = (n: number) => `01a1fd25-0000-7000-8000-${String(n).padStart(12, '0')}`;
const callOf = (sql: string) =>
  JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'query', arguments: { sql } } }); // biome-ignore format: one line says it

let folder: Folder;
let path: string;
beforeEach(() => {
  folder = new Folder().write({ 'p.yaml': policy, 'q.yaml': looking, 'a.key': `${key}\n` });
  path = join(folder.path, 't.db');
  chmodSync(join(folder.path, 'a.key'), 0o600);
  const keys = [Buffer.from(key, 'hex')] as const;
  const writer = new BatchWriter(
    { path, durability: 'process', keys },
    { busy: 1_000, checkpoint: 1_000 },
  );
  for (const batch of [masked(1), stopped(2), masked(3, {})]) writer.write(batch);
  writer.close();
});
afterEach(() => folder.remove());

const identity = factRecord({ ...facts('ana', ['analysts']) });
const original = { original: callOf('ana@example.com') };

/** A call whose arguments were masked. */
function masked(n: number, came: object = original) {
  const id = idOf(n);
  const about = { target: 'query', sub: 'ana', openedAt: 1_000 * n, identity: identity.digest };
  const received = { kind: 'request', direction: 'up', masked: [['arguments.sql', 'all']] };
  const result = '{"jsonrpc":"2.0","id":1,"result":{"content":[]}}';
  return {
    facts: [identity],
    opened: [head(id, about)],
    events: [
      step(id, 0, { detail: received, payload: callOf('[redacted]'), ...came }),
      step(id, 1, { kind: 'decided', detail: { effect: 'allow', rule: 'all' } }),
      step(id, 2, { kind: 'forwarded' }),
      step(id, 3, { kind: 'answered', payload: result }),
    ],
    closed: [end(id, { effect: 'allow', rule: 'all' })],
  };
}

/** One that was blocked, and of which only the beginning may be read. */
function stopped(n: number) {
  const id = idOf(n);
  const received = { kind: 'request', direction: 'up', characters: 100_000 };
  return {
    opened: [head(id, { target: 'query', sub: 'ana', openedAt: 1_000 * n })],
    events: [
      step(id, 0, { detail: received, payload: callOf('x').slice(0, 20), ...original }),
      step(id, 1, { kind: 'blocked', detail: { code: 'POLICY_BLOCKED' } }),
    ],
    closed: [end(id, { outcome: 'blocked', effect: 'block' })],
  };
}

/** What the transcript says of who has opened originals. */
function unsealings() {
  const reader = new SqliteReader(path);
  const all = reader.exchangesAfter('', { limit: 100, method: 'transcripts/unseal' });
  const told = all.map(({ id, sub, target }) => ({
    sub,
    target,
    ...reader.events(id).at(-1)?.detail,
  }));
  reader.close();
  return told;
}

/** SQLite writes to no file that says a later SQLite has written it (file format, section 1.3.3): also for root. */
function protect(): void {
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.from([9]), 0, 1, 18);
  closeSync(file);
}

const source = ['--db', 't.db', '--key', 'a.key'];
const verbs: [string, Verb, string[], object][] = [
  [
    'explain',
    explain,
    [idOf(1), '--policies', 'p.yaml'],
    { target: idOf(1), exchanges: [idOf(1)] },
  ],
  [
    'scan',
    scan,
    ['--upstream', 'db'],
    { target: idOf(2), exchanges: [idOf(2)], filter: { upstreams: ['db'] } },
  ],
  ['suggest', suggest, [], { target: idOf(1), exchanges: [idOf(1)] }],
  ['replay backtest', backtest, ['--policy', 'q.yaml'], { count: 1 }],
];

it('counts what several threads have opened', async () => {
  const opened = new OpenedOriginals();
  const task = {
    ...{ path, keys: [Buffer.from(key, 'hex')] as const, filter: {}, examples: 0 },
    ...{ policies: [{ file: 'q.yaml', text: looking }], opened: opened.shared },
  };
  const { signal } = new AbortController();
  const threads = { signal, progress: () => undefined, few: 0, share: 3, threads: 2 };
  await runBacktest(task, threads);
  expect(opened.count).toBe(1);
});

describe.each(verbs)('sallyport %s', (what, verb, args, expected) => {
  const ran = (...more: string[]) => run(verb, folder.path, ...args, ...source, ...more);

  it('records who has had originals opened, and at which exchanges', async () => {
    const { err } = await ran();
    expect(err).not.toContain('read-only');
    expect(unsealings()).toEqual([
      {
        sub: expect.stringMatching(/^os:/),
        target: undefined,
        outcome: 'delivered',
        what,
        ...expected,
      },
    ]);
  });

  it('records nothing where originals stay sealed', async () => {
    await ran('--masked-only');
    expect(unsealings()).toEqual([]);
  });

  it('says that nobody will know where the database is read-only, and goes on', async () => {
    const { out: before, code } = await ran();
    protect();
    const { out, err, code: after } = await ran();
    expect(err).toContain('read-only: nobody will know that originals of 1 exchange were opened\n');
    expect([out, after]).toEqual([before, code]);
    expect(unsealings()).toHaveLength(1);
  });

  it('prints nothing where it could be recorded, but fails to be', async () => {
    const db = new Database(path);
    db.exec(`CREATE TRIGGER full BEFORE INSERT ON event BEGIN SELECT RAISE(ABORT, 'full'); END`);
    db.close();
    const printed: string[] = [];
    const failed = run(verb, folder.path, ...args, ...source).then(({ out }) => printed.push(out));
    await expect(failed).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(printed).toEqual([]);
  });
});

it('names a thousand exchanges at most, and counts the others', () => {
  const exchanges = Array.from({ length: 1_002 }, (_, n) => idOf(n));
  recordAccess(path, { by: 'os:eve', what: 'scan', exchanges, count: 5_000, at: 5 });
  recordAccess(path, { by: 'os:eve', what: 'replay backtest', count: 7, at: 6 });
  expect(unsealings()).toMatchObject([
    { target: undefined, exchanges: exchanges.slice(0, 1_000), more: 4_000 },
    { target: undefined, count: 7 },
  ]);
});

it('counts exchanges that were read in several threads, each once', () => {
  const [here, there] = [new OpenedOriginals(), new OpenedOriginals()];
  const shared = new OpenedOriginals(here.shared);
  for (const id of ['a', 'a', 'b']) here.note(id);
  shared.note('c');
  there.note('d');
  expect([here.count, shared.count, there.count]).toEqual([3, 3, 1]);
  expect(here.exchanges).toEqual(['a', 'b']);
});

it('records nothing of exchanges that have no original', async () => {
  const { code } = await run(explain, folder.path, idOf(3), '--policies', 'p.yaml', ...source);
  expect([code, unsealings()]).toEqual([0, []]);
});
