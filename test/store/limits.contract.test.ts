import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { LimitClaim } from '../../src/model/decision.ts';
import type { LimitsStore } from '../../src/store/limits-store.ts';
import { MemoryLimiter } from '../../src/store/memory/limiter.ts';
import { PostgresLimiter } from '../../src/store/postgres/limiter.ts';
import { SqliteLimiter } from '../../src/store/sqlite/limit/limiter.ts';
import { Postgres } from '../support/postgres.ts';

const log = { info() {}, warn() {}, error() {}, debug() {} };
const HOUR = 3_600_000;
const claim = (key: string | undefined, calls = 3, per = HOUR): LimitClaim => ({
  rule: `rule of ${key}`,
  key,
  calls,
  per,
});

/** Begun at a time that no grain divides, as those are. */
class FakeClock {
  now = 1_700_000_000_123.4;
  readonly read = () => this.now;
  readonly pass = async (milliseconds: number) => {
    this.now += milliseconds;
  };
}

interface Opened {
  readonly limiter: LimitsStore;
  /** The same counts for another gate; left out where they are not shared. */
  readonly another?: () => LimitsStore;
  /** Lets time pass. */
  readonly pass: (milliseconds: number) => Promise<void>;
  readonly now: () => number;
  /** How many counts and entries are kept. */
  readonly kept?: () => Promise<readonly [number, number]>;
}

let postgres: Postgres;
beforeAll(async () => {
  postgres = await Postgres.start();
}, 60_000);
afterAll(() => postgres?.remove(), 60_000);

/** Every store that keeps the contract; one more is one more row. */
const stores: Readonly<Record<string, (folder: string) => Promise<Opened>>> = {
  memory: async () => {
    const clock = new FakeClock();
    return {
      limiter: new MemoryLimiter({ clock: clock.read }),
      pass: clock.pass,
      now: clock.read,
    };
  },
  sqlite: async (folder) => {
    const clock = new FakeClock();
    const path = join(folder, 'counters.db');
    const another = () => new SqliteLimiter({ path, clock: clock.read, log });
    return {
      ...{ limiter: another(), another, now: clock.read },
      pass: clock.pass,
      kept: async () => {
        const db = new Database(path, { readonly: true });
        const count = (table: string) =>
          (db.prepare(`SELECT count(*) AS n FROM ${table}`).get() as { n: number }).n;
        const found = [count('counter'), count('taken')] as const;
        db.close();
        return found;
      },
    };
  },
  postgres: async () => {
    const url = await postgres.database();
    const now = () => Date.now();
    const another = () => new PostgresLimiter({ url, clock: now, log });
    const query = async (sql: string): Promise<readonly Record<string, unknown>[]> => {
      const client = new Client({ connectionString: url });
      await client.connect();
      const { rows } = await client.query(sql);
      await client.end();
      return rows;
    };
    return {
      ...{ limiter: another(), another, now },
      // Its clock is that of the server, so what it has is made older instead.
      pass: async (milliseconds) => {
        await query(`UPDATE sallyport_taken SET at = -(at - ${milliseconds})`);
        await query('UPDATE sallyport_taken SET at = -at');
        await query(`UPDATE sallyport_counter SET expires = expires - ${milliseconds}`);
      },
      kept: async () => {
        const [row] = await query(
          `SELECT (SELECT count(*) FROM sallyport_counter)::int AS counts,
                  (SELECT count(*) FROM sallyport_taken)::int AS entries`,
        );
        return [Number(row?.counts), Number(row?.entries)];
      },
    };
  },
};

describe.each(Object.entries(stores))('limits counted in %s', (name, open) => {
  let folder: string;
  let opened: Opened;
  const others: LimitsStore[] = [];
  const take = (...claims: LimitClaim[]) => opened.limiter.take(claims);
  const another = () => {
    const other = opened.another?.();
    if (!other) throw new Error('its counts are not shared');
    others.push(other);
    return other;
  };
  /** How many of so many takes had room. */
  const granted = async (takes: number, ...claims: LimitClaim[]) => {
    let count = 0;
    for (let i = 0; i < takes; i++) if (!(await take(...claims))) count++;
    return count;
  };

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sallyport-limits-'));
    opened = await open(folder);
  });
  afterEach(async () => {
    await Promise.all([opened.limiter, ...others.splice(0)].map((store) => store.close()));
    rmSync(folder, { recursive: true, force: true });
  });

  it('has room for as many takes as the limit says, and then for none', async () => {
    expect(await granted(5, claim('a'))).toBe(3);
  });

  it('says which claim had no room, and when it will have', async () => {
    expect(await granted(3, claim('a'))).toBe(3);
    const reached = await take(claim('b'), claim('a'), claim('c'));
    expect(reached?.claim).toEqual(claim('a'));
    const left = (reached?.until ?? 0) - opened.now();
    expect(left).toBeGreaterThan(HOUR - 60_000);
    expect(left).toBeLessThanOrEqual(HOUR + 1);
  });

  it('counts each key by itself', async () => {
    expect(await granted(4, claim('a'))).toBe(3);
    expect(await granted(4, claim('b'))).toBe(3);
  });

  it('takes from all claims or from none', async () => {
    expect(await granted(3, claim('full'))).toBe(3);
    expect(await granted(10, claim('a'), claim('full'))).toBe(0);
    expect(await granted(10, claim('full'), claim('a'))).toBe(0);
    expect(await granted(4, claim('a'))).toBe(3);
  });

  it('counts a key as often as it is claimed', async () => {
    expect(await take(claim('a'), claim('a'))).toBeUndefined();
    expect(await take(claim('a'), claim('a'))).toMatchObject({ claim: { key: 'a' } });
    expect(await granted(3, claim('a'))).toBe(1);
    expect(await take(claim('b', 1), claim('b', 1))).toMatchObject({ claim: { key: 'b' } });
    expect(await granted(3, claim('b', 1))).toBe(1);
  });

  it('has no room for a claim without a key, and takes nothing from the others', async () => {
    const reached = await take(claim('a'), claim(undefined));
    expect(reached).toEqual({ claim: claim(undefined), until: Number.POSITIVE_INFINITY });
    expect(await granted(4, claim('a'))).toBe(3);
  });

  it('takes no claims at all', async () => {
    expect(await take()).toBeUndefined();
  });

  it('slides: no span has more than the limit, wherever it begins', async () => {
    expect(await granted(1, claim('a'))).toBe(1);
    await opened.pass(HOUR / 2);
    expect(await granted(3, claim('a'))).toBe(2);
    await opened.pass(HOUR / 2 - 60_000);
    expect(await granted(1, claim('a'))).toBe(0);
    await opened.pass(60_002);
    expect(await granted(3, claim('a'))).toBe(1);
    await opened.pass(HOUR / 2);
    expect(await granted(5, claim('a'))).toBe(2);
  });

  it('has room when it said that it would', async () => {
    expect(await granted(3, claim('a'))).toBe(3);
    const { until = 0 } = (await take(claim('a'))) ?? {};
    await opened.pass(until - opened.now());
    expect(await granted(4, claim('a'))).toBe(3);
  });

  it('does not count what was refused', async () => {
    expect(await granted(50, claim('a'))).toBe(3);
    await opened.pass(HOUR + 1);
    expect(await granted(50, claim('a'))).toBe(3);
  });

  it('goes on counting under other numbers, which a reload may bring', async () => {
    expect(await granted(3, claim('a', 3))).toBe(3);
    expect(await granted(5, claim('a', 5))).toBe(2);
    expect(await granted(5, claim('a', 2))).toBe(0);
    const many = claim('a', 20_000);
    expect(await granted(600, many)).toBe(600);
    for (let taken = 600; taken < 9_000; taken += 600) {
      expect(await take(...Array.from({ length: 600 }, () => many))).toBeUndefined();
    }
    expect(await granted(1, claim('a', 9_005))).toBe(0);
    await opened.pass(HOUR / 2);
    expect(await granted(10, claim('a', 10, HOUR / 4))).toBe(10);
  }, 60_000);

  it('bounds large numbers too, late by a thousandth of the span at most', async () => {
    const many = claim('a', 12_000);
    for (let taken = 0; taken < 12_000; taken += 600) {
      expect(await take(...Array.from({ length: 600 }, () => many))).toBeUndefined();
      await opened.pass(1_000);
    }
    expect(await granted(2, many)).toBe(0);
    const kept = await opened.kept?.();
    expect(kept?.[1] ?? 20).toBeLessThanOrEqual(21);
    await opened.pass(HOUR - 620_000);
    expect(await granted(1, many)).toBe(0);
    await opened.pass(600_000 + HOUR / 1_000 + 1);
    expect(await granted(1, many)).toBe(1);
  });

  it('grants exactly as many as the limit when many come at once', async () => {
    const takes = Array.from({ length: 200 }, () => take(claim('a', 50), claim('b', 70)));
    const results = await Promise.all(takes);
    expect(results.filter((reached) => !reached)).toHaveLength(50);
    expect(await granted(30, claim('b', 70))).toBe(20);
  });

  it('rejects once it is closed', async () => {
    await opened.limiter.close();
    await expect(take(claim('a'))).rejects.toMatchObject({ code: 'LIMIT_UNAVAILABLE' });
  });

  describe.runIf(name !== 'memory')('kept', () => {
    it('outlives those who counted', async () => {
      expect(await granted(2, claim('a'))).toBe(2);
      await opened.limiter.close();
      const later = another();
      expect(await later.take([claim('a')])).toBeUndefined();
      expect(await later.take([claim('a')])).toMatchObject({ claim: { key: 'a' } });
    });

    it('is shared by all who count there, exactly', async () => {
      const gates = [opened.limiter, another(), another(), another()];
      const takes = Array.from({ length: 400 }, (_, i) => {
        const both = [claim('a', 100), claim('b', 150)];
        return gates[i % gates.length]?.take(i % 2 ? both : both.reverse());
      });
      const results = await Promise.all(takes);
      expect(results.filter((reached) => !reached)).toHaveLength(100);
    });

    it('forgets what is over, a little at a time', async () => {
      for (let i = 0; i < 200; i++) await take(claim(`old ${i}`, 3, 1_000));
      for (let i = 0; i < 50; i++) await take(claim('older', 100, 1_000));
      await opened.pass(2 * HOUR);
      for (let i = 0; i < 256; i++) await take(claim('new', 3));
      await opened.limiter.close();
      const [counts, entries] = (await opened.kept?.()) ?? [];
      expect(counts).toBe(1);
      expect(entries).toBeLessThanOrEqual(3);
    });
  });
});
