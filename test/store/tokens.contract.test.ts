import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Log, TokenEntry, TokenStore } from '../../src/model/seams.ts';
import type { StoreLocation } from '../../src/store/location.ts';
import { openTokens } from '../../src/store/tokens-open.ts';
import { Postgres } from '../support/postgres.ts';

const quiet: Log = { info() {}, warn() {}, error() {}, debug() {} };
const stores = ['memory', 'sqlite', 'postgres'] as const;
const HOUR = 3_600_000;

let postgres: Postgres;
beforeAll(async () => {
  postgres = await Postgres.start();
}, 60_000);
afterAll(() => postgres?.remove(), 60_000);

describe.each(stores)('tokens kept in %s', (name) => {
  let folder: string;
  let now: number;
  let location: StoreLocation;
  const open: TokenStore[] = [];

  const another = (max = 100, maxOfOwner = max): TokenStore => {
    const store = openTokens(location, { clock: () => now, log: quiet, max, maxOfOwner });
    open.push(store);
    return store;
  };
  const entry = (id: string, expires = now + HOUR): TokenEntry => {
    return { id, sealed: Buffer.from(`sealed ${id}`), expires };
  };
  const named = (from: number, to: number, expires?: number) =>
    Array.from({ length: to - from }, (_, i) => entry(`t${from + i}`, expires));
  const plain = (found: ReadonlyMap<string, TokenEntry>) =>
    [...found].map(([id, { sealed, expires }]) => [id, Buffer.from(sealed).toString(), expires]);

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sallyport-tokens-'));
    now = 1_000_000;
    location =
      name === 'memory'
        ? { store: name }
        : name === 'sqlite'
          ? { store: name, path: join(folder, 'deep/tokens.db'), durability: 'process' }
          : { store: name, url: await postgres.database() };
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map(async (store) => store.close()));
    rmSync(folder, { recursive: true });
  });

  it('are found by their ids, and only those', async () => {
    const store = another();
    await store.save('ana', [entry('a'), entry('b')]);
    expect(plain(await store.find(['a', 'x']))).toEqual([['a', 'sealed a', now + HOUR]]);
    expect(plain(await store.find([]))).toEqual([]);
  });

  it('keep the later of two times', async () => {
    const store = another();
    await store.save('ana', [entry('a', now + 10)]);
    await store.save('ana', [entry('a', now + 30), entry('b')]);
    await store.save('ana', [entry('a', now + 20)]);
    expect((await store.find(['a'])).get('a')?.expires).toBe(now + 30);
  });

  it('may come twice in one message', async () => {
    const store = another(2);
    await store.save('ana', [entry('a'), entry('a'), entry('b')]);
    expect((await store.find(['a', 'b'])).size).toBe(2);
  });

  it('are kept in thousands', async () => {
    const store = another(10_000);
    const many = named(0, 6_000);
    await store.save('ana', many);
    expect((await store.find(many.map(({ id }) => id))).size).toBe(6_000);
  });

  it('are found for a while after they have expired, and then forgotten', async () => {
    const store = another();
    await store.save('ana', [entry('a', now + 10)]);
    now += 20;
    expect((await store.find(['a'])).get('a')?.expires).toBe(now - 10);
    await store.clean();
    expect((await store.find(['a'])).size).toBe(0);
  });

  it('that have not expired are not forgotten', async () => {
    const store = another();
    await store.save('ana', [entry('a')]);
    await store.clean();
    expect((await store.find(['a'])).size).toBe(1);
  });

  it('that expire are forgotten as others come', async () => {
    const store = another();
    await store.save('ana', named(0, 5, now + 1));
    now += 10;
    await store.save('ana', [entry('x')]);
    const ids = named(0, 5).map(({ id }) => id);
    expect((await store.find(ids)).size).toBe(0);
  });

  it('are refused where there is no room, all of a message together', async () => {
    const store = another(10);
    await store.save('ana', named(0, 8));
    const saved = async () => store.save('ana', named(8, 11));
    await expect(saved()).rejects.toMatchObject({ code: 'TOKENS_FULL' });
    expect((await store.find(['t8', 't9', 't10'])).size).toBe(0);
    await store.save('ana', named(8, 10));
    expect((await store.find(['t8', 't9'])).size).toBe(2);
  });

  it('of one owner are bounded by themselves, so that others have room', async () => {
    const store = another(100, 10);
    await store.save('ana', named(0, 10));
    const saved = async () => store.save('ana', named(9, 11));
    await expect(saved()).rejects.toMatchObject({ code: 'TOKENS_FULL' });
    expect((await store.find(['t10'])).size).toBe(0);
    await store.save('bob', named(20, 30));
    // What is kept already needs no room.
    await store.save('ana', named(0, 10, now + 2 * HOUR));
    now += 3 * HOUR;
    await store.save('ana', named(40, 50));
    expect((await store.find(['t40', 't49'])).size).toBe(2);
    await expect((async () => store.save('ana', named(50, 51)))()).rejects.toMatchObject({
      code: 'TOKENS_FULL',
    });
  });

  it('of one owner are bounded also after another start', async () => {
    if (name === 'memory') return;
    await another(100, 10).save('ana', named(0, 8));
    const store = another(100, 10);
    const saved = async () => store.save('ana', named(8, 12));
    await expect(saved()).rejects.toMatchObject({ code: 'TOKENS_FULL' });
    await store.save('ana', named(8, 10));
  });

  it('have room that those leave which have expired', async () => {
    const store = another(200);
    await store.save('ana', named(0, 200, now + 1));
    now += 10;
    await store.save('ana', named(300, 500));
    expect((await store.find(['t300', 't499'])).size).toBe(2);
  });

  it('that are kept already need no room', async () => {
    const store = another(3);
    await store.save('ana', named(0, 3));
    now += 11_000;
    await store.save('ana', [entry('t0'), entry('t1')]);
    expect((await store.find(['t0'])).get('t0')?.expires).toBe(now + HOUR);
  });

  it('know the name of the key that they are sealed with', async () => {
    const store = another();
    expect(await store.sealedWith('one')).toBeUndefined();
    expect(await store.sealedWith('one')).toBe('one');
    expect(await store.sealedWith('two')).toBe('one');
    expect(await store.sealedWith('two')).toBe('two');
  });

  it('are out of reach once the store is closed', async () => {
    const store = another();
    await store.save('ana', [entry('a')]);
    await store.close();
    const failing = { code: 'TOKENS_UNAVAILABLE' };
    await expect((async () => store.save('ana', [entry('b')]))()).rejects.toMatchObject(failing);
    await expect((async () => store.find(['a']))()).rejects.toMatchObject(failing);
  });

  describe.runIf(name !== 'memory')('beyond the process', () => {
    it('outlive it', async () => {
      const store = another();
      await store.save('ana', [entry('a')]);
      await store.close();
      expect(plain(await another().find(['a']))).toEqual([['a', 'sealed a', now + HOUR]]);
    });

    it('are shared by all who have the store open', async () => {
      const [one, two] = [another(), another()];
      await Promise.all(
        Array.from({ length: 20 }, async (_, i) => {
          await (i % 2 ? one : two).save('ana', [
            entry('shared'),
            entry(`own ${i}`),
            entry('more'),
          ]);
        }),
      );
      expect((await one.find(['shared', 'more', 'own 1', 'own 2'])).size).toBe(4);
    });
  });
});

describe('tokens in PostgreSQL', () => {
  it('go on after the server was away, and are refused meanwhile', async () => {
    const url = await postgres.database();
    const store = openTokens(
      { store: 'postgres', url },
      { clock: () => 1, log: quiet, max: 10, maxOfOwner: 10 },
    );
    const one = { id: 'a', sealed: Buffer.from('x'), expires: 100 };
    await store.save('ana', [one]);
    await postgres.stop();
    const failing = { code: 'TOKENS_UNAVAILABLE' };
    await expect(store.save('ana', [one])).rejects.toMatchObject(failing);
    await expect(store.find(['a'])).rejects.toMatchObject(failing);
    await postgres.resume();
    expect((await store.find(['a'])).size).toBe(1);
    await store.close();
  }, 60_000);
});
