import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Approval,
  type ApprovalState,
  approvalStates,
  isOpen,
} from '../../src/model/approval.ts';
import type { ApprovalStore } from '../../src/model/approval-store.ts';
import { openApprovals } from '../../src/store/approvals-open.ts';
import type { StoreLocation } from '../../src/store/location.ts';
import { approvalNamed, changed, noticeNamed } from '../support/approvals.ts';
import { Postgres } from '../support/postgres.ts';

// Whatever is done, the three stores say the same.

const log = { info() {}, warn() {}, error() {}, debug() {} };
const bounds = { max: 6, maxPerCaller: 4 };
const NOW = 50;

type Step = (store: ApprovalStore) => Promise<unknown>;

const oneOf = (names: string) => fc.constantFrom(...names);
const time = fc.integer({ min: 0, max: 100 });
const caller = oneOf('xy').map((sub) => ({ issuer: 'https://issuer.test', sub }));
const place = fc.record({ caller, target: oneOf('pq'), upstream: oneOf('uv') });
const notices = fc
  .uniqueArray(fc.record({ channel: oneOf('kl'), due: time }), {
    maxLength: 2,
    selector: ({ channel }) => channel,
  })
  .map(
    (some) => (approval: string, version: number) =>
      some.map(({ channel, due }) =>
        noticeNamed(`${approval}.${version}.${channel}`, { approval, channel, due }),
      ),
  );
const standing = fc.option(
  time.map((until) => ({ when: {}, until, calls: 0 })),
  { nil: undefined },
);

const opens = fc.tuple(oneOf('abcdefgh'), oneOf('12345678'), place, notices, time).map(
  ([id, binding, call, noticesOf, expiresAt]): Step =>
    async (store) => {
      // An id is never given twice.
      if (await store.get(id)) return 'is there';
      const made = approvalNamed(id, { binding, call, expiresAt });
      return store.open(made, noticesOf(id, 1));
    },
);

/** As approvals change: never back, and never open again. */
const replaces = fc
  .record({
    id: oneOf('abcdefgh'),
    state: fc.constantFrom<ApprovalState>(...approvalStates),
    ...{ at: time, standing, noticesOf: notices, isLate: fc.boolean() },
  })
  .map(
    ({ id, state, at, standing, noticesOf, isLate }): Step =>
      async (store) => {
        const now = await store.get(id);
        if (!now || !isOpen(now)) return 'has ended';
        if (now.state === 'granted' && state === 'pending') return 'is granted';
        const more: Partial<Approval> = {
          state,
          ...(state === 'granted' && { usableUntil: at, ...(standing && { standing }) }),
          ...(!isOpen({ state }) && { endedAt: at }),
        };
        const next = changed(isLate ? { ...now, version: now.version + 1 } : now, more);
        return store.replace(next, noticesOf(id, next.version));
      },
  );

const asks = fc.oneof(
  fc
    .record(
      {
        states: fc.subarray([...approvalStates]),
        ...{ upstream: oneOf('uv'), target: oneOf('pq'), caller: oneOf('xy') },
        ...{ binding: oneOf('12345678'), before: oneOf('abcdefghi') },
        standing: fc.constant(true as const),
        limit: fc.integer({ min: 1, max: 9 }),
      },
      { requiredKeys: ['limit'] },
    )
    .map(
      (query): Step =>
        (store) =>
          store.list(query),
    ),
  fc.tuple(time, time).map(
    ([now, limit]): Step =>
      (store) =>
        store.overdue(now, limit),
  ),
  place.map(
    ({ caller, ...call }): Step =>
      (store) => {
        return store.standing({ ...caller, ...call, method: 'tools/call' });
      },
  ),
  oneOf('12345678').map(
    (binding): Step =>
      (store) =>
        store.withBinding(binding),
  ),
  fc.tuple(oneOf('12345678'), fc.integer({ min: 1, max: 3 })).map(
    ([binding, limit]): Step =>
      (store) =>
        store.list({ states: ['denied'], binding, limit }),
  ),
  fc.tuple(oneOf('kl'), time, time, fc.integer({ min: 1, max: 4 })).map(
    ([channel, now, until, limit]): Step =>
      (store) => {
        return store.claim(channel, now, until, limit);
      },
  ),
  fc.tuple(oneOf('abcdefgh'), fc.integer({ min: 1, max: 3 }), oneOf('kl'), fc.option(time)).map(
    ([id, version, channel, due]): Step =>
      (store) => {
        const notice = `${id}.${version}.${channel}`;
        return due === null ? store.settle(notice) : store.postpone(notice, due);
      },
  ),
  time.map(
    (before): Step =>
      (store) =>
        store.forget(before),
  ),
);

const steps = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: opens },
    { weight: 3, arbitrary: replaces },
    { weight: 4, arbitrary: asks },
  ),
  { maxLength: 60 },
);

/** What a store answers to each step, and how it stands after it. */
async function saidBy(location: StoreLocation, done: readonly Step[]): Promise<unknown[]> {
  const store = openApprovals(location, { clock: () => NOW, log, bounds });
  const said: unknown[] = [];
  store.onChange((id) => said.push({ heard: id }));
  try {
    for (const step of done) {
      said.push(await step(store).catch((error: { code?: string }) => ({ code: error.code })));
      said.push([await store.counts(), await store.nextEnd(), await store.nextNotice('k')]);
    }
  } finally {
    await store.close();
  }
  return said;
}

const memory = { store: 'memory' } as const;

describe('the stores of approvals', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-agree-'));
  let postgres: Postgres;
  beforeAll(async () => {
    postgres = await Postgres.start();
  }, 60_000);
  afterAll(async () => {
    await postgres?.remove();
    rmSync(folder, { recursive: true });
  }, 60_000);

  it('agree, in memory and in SQLite, whatever is done', async () => {
    let made = 0;
    await fc.assert(
      fc.asyncProperty(steps, async (done) => {
        const path = join(folder, `${++made}.db`);
        const sqlite = { store: 'sqlite', path, durability: 'process' } as const;
        expect(await saidBy(sqlite, done)).toEqual(await saidBy(memory, done));
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  it('agree, in memory and in PostgreSQL, whatever is done', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (done) => {
        const database = { store: 'postgres', url: await postgres.schema() } as const;
        expect(await saidBy(database, done)).toEqual(await saidBy(memory, done));
      }),
      { numRuns: 6 },
    );
  }, 60_000);
});
