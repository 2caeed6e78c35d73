import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Log } from '../../src/model/seams.ts';
import { approvalList } from '../../src/store/postgres/approval-list.ts';
import { PostgresApprovals } from '../../src/store/postgres/approvals.ts';
import { approvalNamed, changed, noticeNamed } from '../support/approvals.ts';
import { Postgres } from '../support/postgres.ts';

const unavailable = { code: 'APPROVALS_UNAVAILABLE' };
const patience = { timeout: 15_000, interval: 20 };
const opened: PostgresApprovals[] = [];
let postgres: Postgres;
let url: string;
let log: { [name in keyof Log]: ReturnType<typeof vi.fn<Log[name]>> };

const open = () => {
  const bounds = { max: 100, maxPerCaller: 100 };
  const store = new PostgresApprovals({ url, clock: Date.now, log, bounds });
  opened.push(store);
  return store;
};
/** A store and what it hears, once it hears of others. */
const listening = async (other: PostgresApprovals) => {
  const heard: string[] = [];
  const store = open();
  store.onChange((id) => heard.push(id));
  await other.open(approvalNamed('first'), []);
  await vi.waitFor(() => expect(heard).toContain('first'), patience);
  return { store, heard };
};
const query = async (sql: string, values?: readonly unknown[]) => {
  const client = new Client({ connectionString: url });
  await client.connect();
  const found = await client.query(sql, values && [...values]).finally(() => client.end());
  return found.rows as readonly object[];
};

beforeAll(async () => {
  postgres = await Postgres.start();
}, 60_000);
afterAll(() => postgres?.remove(), 60_000);
beforeEach(async () => {
  url = await postgres.database();
  log = { info: vi.fn(), warn: vi.fn(), error: vi.fn(), debug: vi.fn() };
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((store) => store.close()));
});

describe('approvals in PostgreSQL', () => {
  it('hear what changed while the connection that listens was lost', async () => {
    const other = open();
    const { heard } = await listening(other);
    heard.splice(0);
    // What is written before there is another connection is in no NOTIFY that it gets.
    await query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE query LIKE 'LISTEN %' OR query LIKE '%changed >=%' AND pid <> pg_backend_pid()`,
    );
    await other.open(approvalNamed('meanwhile'), []);
    await vi.waitFor(() => expect(heard).toContain('meanwhile'), patience);
    await vi.waitFor(() => expect(log.info).toHaveBeenCalledOnce(), patience);
    expect(log.warn).toHaveBeenCalledOnce();
    expect(log.warn.mock.calls[0]?.[0]).toMatchObject(unavailable);
    await other.open(approvalNamed('later'), []);
    await vi.waitFor(() => expect(heard).toContain('later'), patience);
  }, 30_000);

  it('go on after the server has crashed, with all that was kept, and are refused meanwhile', async () => {
    const other = open();
    const { store, heard } = await listening(other);
    const granted = changed(approvalNamed('first'), { state: 'granted' });
    expect(await store.replace(granted, [noticeNamed('n')])).toBe(true);
    await postgres.stop();
    await expect(store.get('first')).rejects.toMatchObject(unavailable);
    await expect(store.open(approvalNamed('a'), [])).rejects.toMatchObject(unavailable);
    await expect(store.replace(changed(granted, {}), [])).rejects.toMatchObject(unavailable);
    await postgres.resume();
    expect(await store.get('first')).toEqual(granted);
    expect(await store.counts()).toEqual({ pending: 0, granted: 1 });
    expect((await store.claim('ops', 9_000, 10_000, 9)).map(({ id }) => id)).toEqual(['n']);
    heard.splice(0);
    await other.open(approvalNamed('after'), []);
    await vi.waitFor(() => expect(heard).toContain('after'), patience);
  }, 60_000);

  it('keep no gate from starting while the server is away', async () => {
    await postgres.stop();
    const store = open();
    const heard: string[] = [];
    store.onChange((id) => heard.push(id));
    await expect(store.counts()).rejects.toMatchObject(unavailable);
    await postgres.resume();
    const other = open();
    await other.open(approvalNamed('a'), []);
    await vi.waitFor(() => expect(heard).toContain('a'), patience);
    expect((await store.get('a'))?.id).toBe('a');
  }, 60_000);

  it('share a database with counters and tokens, and are refused where it is from a newer sallyport', async () => {
    await open().counts();
    await query('UPDATE sallyport_approvals SET version = 99');
    await expect(open().counts()).rejects.toMatchObject({
      ...unavailable,
      message: expect.stringContaining('newer than this sallyport') as string,
    });
  });

  it('are brought to the schema once, where many gates start at a time', async () => {
    const gates = Array.from({ length: 6 }, open);
    const found = await Promise.all(gates.map((gate) => gate.counts()));
    expect(new Set(found.map(({ pending }) => pending))).toEqual(new Set([0]));
    expect(await query('SELECT version FROM sallyport_approvals')).toEqual([{ version: 1 }]);
    expect(await query('SELECT * FROM sallyport_open_approvals')).toHaveLength(1);
  });

  it('are found by their binding without a look at others, where they were denied', async () => {
    const store = open();
    await store.open(approvalNamed('a'), []);
    // As many as make the planner think, all of one caller and one target.
    await query(
      `INSERT INTO sallyport_approval SELECT (jsonb_populate_record(a, jsonb_build_object(
         'id', 'x' || n, 'binding', 'b' || n % 500, 'state', 'denied', 'ends', null, 'ended_at', 1))).*
       FROM sallyport_approval a, generate_series(1, 2000) n;
       ANALYZE sallyport_approval`,
    );
    const { sql, values } = approvalList({ states: ['denied'], binding: 'b7', limit: 1 });
    const plan = JSON.stringify(await query(`EXPLAIN ${sql}`, values));
    expect(plan).toContain('Index Scan Backward using sallyport_approval_by_binding');
    expect(plan).not.toContain('Seq Scan');
  });

  it('do not wait for a writer that holds a row for long', async () => {
    const store = open();
    await store.open(approvalNamed('a'), []);
    const client = new Client({ connectionString: url });
    await client.connect();
    await client.query('BEGIN; SELECT * FROM sallyport_open_approvals FOR UPDATE');
    await expect(store.open(approvalNamed('b'), [])).rejects.toMatchObject(unavailable);
    expect((await store.get('a'))?.id).toBe('a');
    await client.end();
    expect((await store.open(approvalNamed('b'), [])).id).toBe('b');
  }, 30_000);

  it('have nothing to say about ids that somebody else makes up', async () => {
    const other = open();
    const { store, heard } = await listening(other);
    heard.splice(0);
    await query(`SELECT pg_notify('sallyport_approvals', 'no-space'),
      pg_notify('sallyport_approvals', 'gate ' || repeat('x', 7000)),
      pg_notify('sallyport_approvals', '')`);
    await other.open(approvalNamed('b'), []);
    await vi.waitFor(() => expect(heard).toContain('b'), patience);
    expect(heard).toHaveLength(2);
    expect(await store.get(heard[0] ?? '')).toBeUndefined();
    expect(await store.get('\u0000')).toBeUndefined();
  });
});
