import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Approval, Ballot } from '../../src/model/approval.ts';
import type { ApprovalQuery, ApprovalStore } from '../../src/model/approval-store.ts';
import { parseJson } from '../../src/model/json.ts';
import type { Log } from '../../src/model/seams.ts';
import { openApprovals } from '../../src/store/approvals-open.ts';
import type { StoreLocation } from '../../src/store/location.ts';
import { approvalNamed, changed, noticeNamed } from '../support/approvals.ts';
import { Postgres } from '../support/postgres.ts';

const quiet: Log = { info() {}, warn() {}, error() {}, debug() {} };
const stores = ['memory', 'sqlite', 'postgres'] as const;
const full = { code: 'APPROVALS_FULL' };
const unavailable = { code: 'APPROVALS_UNAVAILABLE' };

let postgres: Postgres;
beforeAll(async () => {
  postgres = await Postgres.start();
}, 60_000);
afterAll(() => postgres?.remove(), 60_000);

describe.each(stores)('approvals kept in %s', (name) => {
  let folder: string;
  let now: number;
  let location: StoreLocation;
  let store: ApprovalStore;
  const open: ApprovalStore[] = [];

  const another = (max = 1_000, maxPerCaller = max, log = quiet): ApprovalStore => {
    const bounds = { max, maxPerCaller };
    const made = openApprovals(location, { clock: () => now, log, bounds });
    open.push(made);
    return made;
  };
  const ids = (approvals: readonly Approval[]) => approvals.map(({ id }) => id);
  const listed = async (query: Partial<ApprovalQuery> = {}) =>
    ids(await store.list({ limit: 100, ...query }));
  const claimed = async (at: number, until: number, limit = 10, channel = 'ops') =>
    (await store.claim(channel, at, until, limit)).map(({ id }) => id);
  const ended = (approval: Approval, endedAt: number, state: Approval['state'] = 'denied') =>
    changed(approval, { state, endedAt });
  const grant = (approval: Approval, more: Partial<Approval> = {}) =>
    changed(approval, { state: 'granted', usableUntil: 601_000, ...more });
  const standing = { when: { 'args.table': { eq: 'users' } }, until: 50_000, calls: 0 };

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sallyport-approvals-'));
    now = 1_000;
    location =
      name === 'memory'
        ? { store: name }
        : name === 'sqlite'
          ? { store: name, path: join(folder, 'deep/approvals.db'), durability: 'process' }
          : { store: name, url: await postgres.schema() };
    store = another();
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((one) => one.close()));
    rmSync(folder, { recursive: true });
  });

  it('are found by their ids, as they were given', async () => {
    const odd = approvalNamed('a', {
      call: {
        target: 'nul \u0000, half \ud800, quote " and 😀',
        args: {
          big: parseJson('12345678901234567890.5'),
          text: '\u0000\ud800 \u2028 "',
          own: parseJson('{"__proto__": 1}'),
          deep: [{ a: [[]] }],
        },
        tool: { annotations: { destructiveHint: true } },
      },
    });
    expect(await store.open(odd, [])).toEqual(odd);
    const found = await store.get('a');
    expect(found).toEqual(odd);
    expect(JSON.stringify(found?.call.args)).toBe(JSON.stringify(odd.call.args));
    expect(await store.get('b')).toBeUndefined();
    expect(await listed({ target: odd.call.target })).toEqual(['a']);
    expect(await listed({ target: odd.call.target.replace('\ud800', '\ufffd') })).toEqual([]);
  });

  it('are kept with arguments as large as anybody may be shown', async () => {
    const text = 'ä'.repeat(262_144);
    await store.open(approvalNamed('a', { call: { args: { text }, target: text } }), []);
    expect((await store.get('a'))?.call.args).toEqual({ text });
    expect(await listed({ target: text })).toEqual(['a']);
  });

  describe('of one binding', () => {
    it('are one while it is open, whoever asks', async () => {
      const first = approvalNamed('a', { binding: 'same' });
      await store.open(first, []);
      expect(await store.open(approvalNamed('b', { binding: 'same' }), [])).toEqual(first);
      const granted = grant(first);
      await store.replace(granted, []);
      expect(await store.open(approvalNamed('c', { binding: 'same' }), [])).toEqual(granted);
      expect(await store.withBinding('same')).toEqual(granted);
      expect(await listed()).toEqual(['a']);
    });

    it('may be another once it has ended', async () => {
      const first = approvalNamed('a', { binding: 'same' });
      await store.open(first, []);
      await store.replace(ended(first, 2_000), []);
      expect(await store.withBinding('same')).toBeUndefined();
      const second = approvalNamed('b', { binding: 'same' });
      expect(await store.open(second, [])).toEqual(second);
      expect(await store.withBinding('same')).toEqual(second);
    });

    it('that were denied are found, the last first, until they are forgotten', async () => {
      const noes = async (query: Partial<ApprovalQuery> = {}) =>
        listed({ states: ['denied'], binding: 'same', ...query });
      for (const [i, id] of ['a', 'b', 'c', 'd'].entries()) {
        const one = approvalNamed(id, { binding: id === 'c' ? 'other' : 'same' });
        await store.open(one, []);
        expect(await noes()).not.toContain(id);
        await store.replace(ended(one, 2_000 + i, id === 'b' ? 'cancelled' : 'denied'), []);
      }
      expect(await noes()).toEqual(['d', 'a']);
      // One is one, whatever version it has.
      const [last] = await store.list({ limit: 1 });
      if (last) await store.replace(changed(last, { reason: 'no' }), []);
      expect(await noes()).toEqual(['d', 'a']);
      expect(await noes({ limit: 1 })).toEqual(['d']);
      expect(await noes({ before: 'd' })).toEqual(['a']);
      await store.forget(2_001);
      expect(await noes()).toEqual(['d']);
      await store.forget(3_000);
      expect(await noes()).toEqual([]);
    });

    it('are one where many ask at once', async () => {
      const gates = name === 'memory' ? [store] : [store, another(), another()];
      const found = await Promise.all(
        Array.from({ length: 30 }, (_, i) => {
          const gate = gates[i % gates.length] ?? store;
          return gate.open(approvalNamed(`a${i}`, { binding: 'same' }), [
            noticeNamed(`n${i}`, { approval: `a${i}` }),
          ]);
        }),
      );
      expect(new Set(ids(found)).size).toBe(1);
      const [only] = found;
      expect(await listed()).toEqual([only?.id]);
      // Nobody is told of those that were not opened.
      expect((await store.claim('ops', 2_000, 3_000, 100)).map(({ approval }) => approval)).toEqual(
        [only?.id],
      );
    });
  });

  describe('are replaced', () => {
    it('only in the version that was seen', async () => {
      const first = approvalNamed('a');
      await store.open(first, []);
      const second = grant(first);
      expect(await store.replace(second, [])).toBe(true);
      expect(await store.replace(ended(first, 2_000), [])).toBe(false);
      expect(await store.replace(changed(changed(second, {}), {}), [])).toBe(false);
      expect(await store.replace(approvalNamed('b', { version: 2 }), [])).toBe(false);
      expect(await store.get('a')).toEqual(second);
      expect(await store.get('b')).toBeUndefined();
    });

    it('once, where many try at once', async () => {
      const gates = name === 'memory' ? [store] : [store, another(), another()];
      const granted = grant(approvalNamed('a'));
      await store.open(approvalNamed('a'), []);
      await store.replace(granted, []);
      const taken = await Promise.all(
        Array.from({ length: 30 }, (_, i) => {
          const used = changed(granted, { state: 'used', usedBy: `e${i}`, endedAt: 2_000 });
          return (gates[i % gates.length] ?? store).replace(used, [
            noticeNamed(`n${i}`, { news: 'used' }),
          ]);
        }),
      );
      expect(taken.filter(Boolean)).toHaveLength(1);
      const winner = taken.indexOf(true);
      expect((await store.get('a'))?.usedBy).toBe(`e${winner}`);
      expect(await claimed(2_000, 3_000, 100)).toEqual([`n${winner}`]);
    });

    it('with the call and the binding that they were opened with', async () => {
      const first = approvalNamed('a');
      await store.open(first, []);
      const { call } = approvalNamed('a', { call: { target: 'another' } });
      expect(await store.replace(grant(first, { binding: 'another' }), [])).toBe(false);
      expect(await store.replace(grant(first, { call }), [])).toBe(true);
      expect((await store.get('a'))?.call).toEqual(first.call);
    });

    it('whole, so that nobody sees what was left out', async () => {
      const first = grant(approvalNamed('a', { reason: 'one' }), { rounds: 3 });
      await store.open({ ...first, version: 1 }, []);
      const { reason, rounds, ...rest } = ended({ ...first, version: 1 }, 2_000);
      expect([reason, rounds]).toEqual(['one', 3]);
      expect(await store.replace(rest, [])).toBe(true);
      expect(await store.get('a')).toEqual(rest);
    });
  });

  describe('are bounded', () => {
    it('in all, by those that are pending', async () => {
      store = another(3, 3);
      const three = ['a', 'b', 'c'].map((id) => approvalNamed(id, { call: callOf(id) }));
      for (const one of three) await store.open(one, []);
      const fourth = approvalNamed('d', { call: callOf('d') });
      await expect(store.open(fourth, [noticeNamed('n')])).rejects.toMatchObject(full);
      expect(await store.get('d')).toBeUndefined();
      expect(await store.nextNotice('ops')).toBeUndefined();
      // Joining takes no room.
      expect((await store.open(approvalNamed('x', { binding: 'binding of a' }), [])).id).toBe('a');
      await store.replace(grant(three[0] ?? fourth), []);
      expect((await store.open(fourth, [])).id).toBe('d');
    });

    it('of one caller, so that others have room', async () => {
      store = another(100, 2);
      const [a, b, c] = ['a', 'b', 'c'].map((id) => approvalNamed(id)) as [
        Approval,
        Approval,
        Approval,
      ];
      await store.open(a, []);
      await store.open(b, []);
      await expect(store.open(c, [])).rejects.toMatchObject(full);
      const issuer = 'https://other.test';
      await store.open(approvalNamed('d', { call: { caller: { issuer, sub: 'ann' } } }), []);
      await store.open(approvalNamed('e', { call: callOf('bob') }), []);
      await store.replace(ended(a, 2_000), []);
      expect((await store.open(c, [])).id).toBe('c');
    });

    it('however many ask at once', async () => {
      store = another(100, 5);
      const gates = name === 'memory' ? [store] : [store, another(100, 5), another(100, 5)];
      const tried = await Promise.allSettled(
        Array.from({ length: 20 }, (_, i) => {
          return (gates[i % gates.length] ?? store).open(approvalNamed(`a${i}`), []);
        }),
      );
      expect(tried.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
      expect(await store.counts()).toEqual({ pending: 5, granted: 0 });
    });
  });

  it('are counted by state while they are open', async () => {
    expect(await store.counts()).toEqual({ pending: 0, granted: 0 });
    const [a, b, c] = ['a', 'b', 'c'].map((id) => approvalNamed(id)) as [
      Approval,
      Approval,
      Approval,
    ];
    for (const one of [a, b, c]) await store.open(one, []);
    await store.replace(grant(a), []);
    await store.replace(changed(b, { rounds: 1 }), []);
    expect(await store.counts()).toEqual({ pending: 2, granted: 1 });
    await store.replace(ended(c, 2_000, 'cancelled'), []);
    await store.replace(ended(grant(a), 2_000, 'used'), []);
    expect(await store.counts()).toEqual({ pending: 1, granted: 0 });
  });

  describe('are listed', () => {
    const people = ['ann', 'bob'];
    beforeEach(async () => {
      for (let i = 0; i < 12; i++) {
        const approval = approvalNamed(`a${String(i).padStart(2, '0')}`, {
          call: {
            ...callOf(people[i % 2] ?? ''),
            target: i < 6 ? 'drop_table' : 'send',
            upstream: i % 3 ? 'db' : 'mail',
          },
        });
        await store.open(approval, []);
        if (i % 4 === 1) await store.replace(ended(approval, 2_000), []);
        if (i % 4 === 2) await store.replace(grant(approval, { standing }), []);
        if (i % 4 === 3) await store.replace(grant(approval, { ballots: [glass] }), []);
      }
    });
    const glass: Ballot = {
      by: { issuer: 'i', sub: 'ann' },
      at: 5,
      verdict: 'approve',
      reason: 'fire',
      breakGlass: true,
      via: 'api',
      rules: ['r'],
    };

    const cases: readonly (readonly [Partial<ApprovalQuery>, string])[] = [
      [{}, '11 10 09 08 07 06 05 04 03 02 01 00'],
      [{ limit: 3 }, '11 10 09'],
      [{ limit: 3, before: 'a09' }, '08 07 06'],
      [{ before: 'a' }, ''],
      [{ before: 'a04x' }, '04 03 02 01 00'],
      [{ states: ['pending'] }, '08 04 00'],
      [{ states: ['pending', 'denied', 'pending'], limit: 4 }, '09 08 05 04'],
      [{ states: ['granted'], before: 'a07' }, '06 03 02'],
      [{ states: [] }, ''],
      [{ states: ['used'] }, ''],
      [{ caller: 'ann' }, '10 08 06 04 02 00'],
      [{ caller: 'an' }, ''],
      [{ caller: 'bob', states: ['denied'], limit: 2 }, '09 05'],
      [{ target: 'send' }, '11 10 09 08 07 06'],
      [{ upstream: 'mail' }, '09 06 03 00'],
      [{ upstream: 'mail', states: ['pending', 'granted'] }, '06 03 00'],
      [{ target: 'send', caller: 'bob', upstream: 'mail', before: 'a11' }, '09'],
      [{ breakGlass: true }, '11 07 03'],
      [{ standing: true }, '10 06 02'],
      [{ standing: true, states: ['granted'], target: 'send', limit: 1 }, '10'],
      [{ standing: true, breakGlass: true }, ''],
      [{ binding: 'binding of a05' }, '05'],
      [{ binding: 'binding of a05', states: ['denied'], limit: 1 }, '05'],
      [{ binding: 'binding of a05', states: ['pending', 'used'] }, ''],
      [{ binding: 'binding of a05', states: ['denied'], caller: 'ann' }, ''],
      [{ binding: 'binding of a04', states: ['denied'] }, ''],
      [{ binding: 'binding', states: ['denied'] }, ''],
    ];

    it('by all that is asked for, the newest first', async () => {
      for (const [query, expected] of cases) {
        const found = await listed(query);
        expect([query, found.map((id) => id.slice(1)).join(' ')]).toEqual([query, expected]);
      }
    });
  });

  describe('for calls alike', () => {
    const call = { issuer: 'https://issuer.test', sub: 'ann', upstream: 'db' };
    const alike = { ...call, method: 'tools/call', target: 'drop_table' };

    it('are found while they are in force, and only for that caller and target', async () => {
      const [a, b, c] = ['a', 'b', 'c'].map((id) => approvalNamed(id)) as [
        Approval,
        Approval,
        Approval,
      ];
      for (const one of [a, b, c]) await store.open(one, []);
      await store.replace(grant(a, { standing }), []);
      await store.replace(grant(b), []);
      await store.replace(grant(c, { standing: { ...standing, until: 20_000 } }), []);
      expect(ids(await store.standing(alike))).toEqual(['c', 'a']);
      for (const [key, other] of Object.entries({ ...alike, sub: 'bob', issuer: 'https://x' })) {
        if (alike[key as keyof typeof alike] === other) continue;
        expect(await store.standing({ ...alike, [key]: other })).toEqual([]);
      }
      for (const key of Object.keys(alike)) {
        expect(await store.standing({ ...alike, [key]: 'other' })).toEqual([]);
      }
      now = 20_000;
      expect(ids(await store.standing(alike))).toEqual(['a']);
      await store.replace(ended(grant(a, { standing }), 2_000, 'revoked'), []);
      expect(await store.standing(alike)).toEqual([]);
    });

    it('are not found by a text that only looks the same', async () => {
      const one = approvalNamed('a', { call: { target: 'x\ud800' } });
      await store.open(one, []);
      await store.replace(grant(one, { standing }), []);
      expect(ids(await store.standing({ ...alike, target: 'x\ud800' }))).toEqual(['a']);
      expect(await store.standing({ ...alike, target: 'x\ufffd' })).toEqual([]);
      expect(await store.standing({ ...alike, target: 'x\\ud800' })).toEqual([]);
    });
  });

  describe('whose time is over', () => {
    it('are found, the first that ended first', async () => {
      expect(await store.nextEnd()).toBeUndefined();
      const times = { a: 5_000, b: 3_000, c: 4_000, d: 9_000 };
      const made = Object.entries(times).map(([id, expiresAt]) => approvalNamed(id, { expiresAt }));
      for (const one of made) await store.open(one, []);
      expect(await store.nextEnd()).toBe(3_000);
      expect(ids(await store.overdue(2_999, 10))).toEqual([]);
      expect(ids(await store.overdue(5_000, 10))).toEqual(['b', 'c', 'a']);
      expect(ids(await store.overdue(5_000, 2))).toEqual(['b', 'c']);
      const [a, b] = made as [Approval, Approval];
      await store.replace(ended(b, 3_000, 'expired'), []);
      await store.replace(grant(a, { usableUntil: 20_000 }), []);
      expect(ids(await store.overdue(10_000, 10))).toEqual(['c', 'd']);
      expect(await store.nextEnd()).toBe(4_000);
    });

    it('once granted are those whose grant is over', async () => {
      const [a, b] = [approvalNamed('a'), approvalNamed('b')];
      await store.open(a, []);
      await store.open(b, []);
      await store.replace(grant(a, { usableUntil: 3_000 }), []);
      await store.replace(grant(b, { usableUntil: 2_000, standing }), []);
      expect(await store.nextEnd()).toBe(3_000);
      expect(ids(await store.overdue(40_000, 10))).toEqual(['a']);
      expect(ids(await store.overdue(50_000, 10))).toEqual(['a', 'b']);
    });
  });

  describe('have notices', () => {
    beforeEach(async () => {
      await store.open(approvalNamed('a'), [
        noticeNamed('n1', { due: 1_000 }),
        noticeNamed('n2', { due: 3_000 }),
        noticeNamed('n3', { due: 2_000 }),
        noticeNamed('m1', { channel: 'mail', due: 500 }),
      ]);
    });

    it('that are due by channel, the longest due first', async () => {
      expect(await store.nextNotice('ops')).toBe(1_000);
      expect(await store.nextNotice('mail')).toBe(500);
      expect(await store.nextNotice('none')).toBeUndefined();
      expect(await claimed(999, 9_000)).toEqual([]);
      expect(await claimed(2_500, 9_000)).toEqual(['n1', 'n3']);
      expect(await store.nextNotice('ops')).toBe(3_000);
    });

    it('of which somebody takes no more than they want', async () => {
      expect(await claimed(5_000, 9_000, 2)).toEqual(['n1', 'n3']);
      expect(await claimed(5_000, 9_000, 2)).toEqual(['n2']);
    });

    it('that nobody else has until the time is over, and somebody else then', async () => {
      expect(await claimed(5_000, 9_000, 1)).toEqual(['n1']);
      expect(await claimed(5_000, 9_000)).toEqual(['n3', 'n2']);
      expect(await claimed(8_999, 20_000)).toEqual([]);
      expect(await claimed(9_000, 20_000)).toEqual(['n1', 'n2', 'n3']);
    });

    it('that are taken once, where many try at once', async () => {
      const gates = name === 'memory' ? [store] : [store, another(), another()];
      const taken = await Promise.all(
        Array.from({ length: 12 }, (_, i) =>
          (gates[i % gates.length] ?? store).claim('ops', 5_000, 9_000, 1),
        ),
      );
      expect(
        taken
          .flat()
          .map(({ id }) => id)
          .sort(),
      ).toEqual(['n1', 'n2', 'n3']);
    });

    it('that are gone once they are settled', async () => {
      await store.settle('n1');
      await store.settle('unknown');
      expect(await claimed(5_000, 9_000)).toEqual(['n3', 'n2']);
    });

    it('that are due again once they are postponed, with the try counted', async () => {
      await claimed(1_000, 9_000);
      await store.postpone('n1', 4_000);
      await store.postpone('unknown', 4_000);
      expect(await claimed(3_999, 9_000)).toEqual(['n3', 'n2']);
      expect(await store.claim('ops', 4_000, 9_000, 10)).toEqual([
        noticeNamed('n1', { due: 9_000, attempts: 1 }),
      ]);
    });

    it('that come with a change', async () => {
      await store.replace(grant(approvalNamed('a')), [noticeNamed('n4', { news: 'granted' })]);
      expect(await claimed(1_000, 9_000)).toEqual(['n1', 'n4']);
    });

    it('without which nothing is changed', async () => {
      const granted = grant(approvalNamed('a'));
      if (name !== 'memory') {
        // Of an id that is taken: the database refuses it.
        await expect(store.replace(granted, [noticeNamed('n1')])).rejects.toMatchObject(
          unavailable,
        );
        await expect(
          store.open(approvalNamed('b'), [noticeNamed('n1', { approval: 'b' })]),
        ).rejects.toMatchObject(unavailable);
        expect((await store.get('a'))?.version).toBe(1);
        expect(await store.get('b')).toBeUndefined();
        expect(await store.counts()).toEqual({ pending: 1, granted: 0 });
      }
      expect(await store.replace(granted, [noticeNamed('n9')])).toBe(true);
    });
  });

  it('that have ended are forgotten after a while, with their notices', async () => {
    const made = Array.from({ length: 300 }, (_, i) => approvalNamed(`a${i}`));
    await Promise.all(
      made.map((one) => store.open(one, [noticeNamed(`n ${one.id}`, { approval: one.id })])),
    );
    await Promise.all(made.slice(0, 290).map((one) => store.replace(ended(one, 5_000), [])));
    expect(await store.forget(5_000)).toBe(false);
    expect((await listed({ limit: 1_000 })).length).toBe(300);
    let times = 1;
    while (await store.forget(5_001)) times++;
    expect(times).toBeGreaterThan(1);
    expect((await listed({ limit: 1_000 })).sort()).toEqual(ids(made.slice(290)).sort());
    const left = (await store.claim('ops', 9_000, 10_000, 1_000)).map(({ approval }) => approval);
    expect(left.sort()).toEqual(ids(made.slice(290)).sort());
    expect(await store.counts()).toEqual({ pending: 10, granted: 0 });
  });

  it('are called out as they change, and not where nothing changes', async () => {
    const heard: string[] = [];
    store.onChange((id) => heard.push(id));
    const also = vi.fn();
    store.onChange(also);
    const first = approvalNamed('a');
    await store.open(first, []);
    await store.open(approvalNamed('b', { binding: first.binding }), []);
    await store.replace(grant(first), []);
    await store.replace(grant(first), []);
    expect(heard).toEqual(['a', 'a']);
    expect(also).toHaveBeenCalledTimes(2);
  });

  it('are kept though a listener fails, which the log says', async () => {
    const error = vi.fn();
    store = another(10, 10, { ...quiet, error });
    store.onChange(() => {
      throw new Error('a listener failed');
    });
    const heard = vi.fn();
    store.onChange(heard);
    expect((await store.open(approvalNamed('a'), [])).id).toBe('a');
    expect(heard).toHaveBeenCalledWith('a');
    expect(error).toHaveBeenCalledOnce();
  });

  it('are out of reach once the store is closed, after what was asked for before', async () => {
    const opening = store.open(approvalNamed('a'), []);
    await opening;
    const granting = name === 'memory' ? undefined : store.replace(grant(approvalNamed('a')), []);
    await store.close();
    await store.close();
    if (granting) expect(await granting).toBe(true);
    await expect(store.open(approvalNamed('b'), [])).rejects.toMatchObject(unavailable);
    await expect(store.replace(grant(approvalNamed('a')), [])).rejects.toMatchObject(unavailable);
    await expect(store.get('a')).rejects.toMatchObject(unavailable);
    await expect(store.list({ limit: 1 })).rejects.toMatchObject(unavailable);
    await expect(store.claim('ops', 1, 2, 3)).rejects.toMatchObject(unavailable);
  });

  describe.runIf(name !== 'memory')('beyond the process', () => {
    it('outlive it', async () => {
      const first = approvalNamed('a');
      await store.open(first, [noticeNamed('n')]);
      await store.replace(grant(first, { standing }), []);
      await store.close();
      store = another();
      expect(await store.get('a')).toEqual(grant(first, { standing }));
      expect(await store.counts()).toEqual({ pending: 0, granted: 1 });
      expect(await claimed(1_000, 2_000)).toEqual(['n']);
      expect((await store.open(approvalNamed('b', { binding: first.binding }), [])).id).toBe('a');
    });

    it.runIf(name === 'postgres')('are called out to all who have the store open', async () => {
      const other = another();
      const heard: string[] = [];
      other.onChange((id) => heard.push(id));
      await store.open(approvalNamed('a'), []);
      await vi.waitFor(() => expect(heard).toContain('a'), { timeout: 10_000 });
      heard.splice(0);
      await store.replace(grant(approvalNamed('a')), []);
      await vi.waitFor(() => expect(heard).toContain('a'), { timeout: 10_000 });
    });
  });
});

function callOf(sub: string): Pick<Approval['call'], 'caller'> {
  return { caller: { issuer: 'https://issuer.test', sub } };
}
