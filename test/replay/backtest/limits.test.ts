import { describe, expect, it } from 'vitest';
import { LimitLedger } from '../../../src/cli/replay/backtest/limit-ledger.ts';
import type { LimitClaim } from '../../../src/model/decision.ts';
import type { DueClaim } from '../../../src/replay/backtest/limit-claims.ts';
import { recordedCount } from '../../../src/replay/backtest/recorded-count.ts';
import { RecordedCase } from '../../../src/replay/recorded-case.ts';
import type { Recorded } from '../../../src/replay/recorded-exchange.ts';
import { MemoryLimiter } from '../../../src/store/memory/limiter.ts';
import fc from '../../support/fast-check.ts';
import { policiesOf, type RuleText } from '../../support/policies.ts';
import { backtested, call, exchangesOf, type Happening, recordedDay } from './recorded-day.ts';

const all: RuleText = { id: 'all', on: { tools: ['*'] }, then: 'allow' };
const limited = (calls: number, per = '10s', more: object = {}): RuleText => ({
  ...{ id: 'few', on: { tools: ['*'] } },
  limit: { calls, per, ...more },
});
const calls = (count: number, after = 1_000, by = 'ana') =>
  Array.from({ length: count }, (_, a) => call('query', { a }, after, by));

/** Exchanges that limits refused when they were recorded. */
function refusedThen(day: readonly Recorded[]): string[] {
  const refused = day.filter((one) => {
    const found = RecordedCase.of(one);
    return typeof found !== 'string' && recordedCount(found).then === 'limited';
  });
  return refused.map(({ record }) => record.id).sort();
}

const happening: fc.Arbitrary<Happening> = fc
  .record({
    after: fc.nat(6).map((seconds) => seconds * 1_000),
    by: fc.constantFrom('ana', 'bob'),
    tool: fc.constantFrom('query', 'pay'),
    args: fc.record({ a: fc.constantFrom('x@example.com', 'y@example.com', 'z'), b: fc.nat(2) }),
  })
  .map(({ after, by, tool, args }) => call(tool, args, after, by));
const day = fc.array(happening, { minLength: 8, maxLength: 24 });
const by = fc.constantFrom(undefined, 'args.a', 'target.name', 'request.upstream', ['identity.sub', 'args.b']); // biome-ignore format: one line says it
const limit = fc
  .record({ calls: fc.integer({ min: 1, max: 4 }), per: fc.constantFrom('10s', '30s'), by })
  .map(({ by: paths, ...one }) => (paths === undefined ? one : { ...one, by: paths }));
const rules = fc
  .tuple(limit, limit, fc.constantFrom({}, { 'args.b': { eq: 1 } }), fc.nat(3))
  .map(([one, other, when, kind]): RuleText[] => [
    { ...all, limit: one },
    { id: 'some', on: { tools: ['pay'] }, ...(Object.keys(when).length > 0 && { when }), limit: other }, // biome-ignore format: one line says it
    ...(kind === 0 ? [{ id: 'no', on: { tools: ['pay'] }, when: { 'args.b': { eq: 2 } }, then: 'block' }] : []), // biome-ignore format: one line says it
    ...(kind === 1 ? [{ id: 'late', on: { tools: ['pay'] }, when: { 'result.isError': { eq: false } }, then: 'block' }] : []), // biome-ignore format: one line says it
    ...(kind === 2 ? [{ id: 'masks', on: { tools: ['*'] }, mask: [{ find: 'email', in: ['args'] }] }] : []), // biome-ignore format: one line says it
  ]);
const RUNS = { numRuns: 10 };

describe('a backtest of limits', () => {
  it('refuses what a gate with these limits refuses', async () => {
    const judge = async (happenings: readonly Happening[], texts: readonly RuleText[]) => {
      const policies = policiesOf(texts);
      const truth = await recordedDay(policies, happenings);
      const recorded = await recordedDay(policiesOf([all]), happenings);
      expect(exchangesOf(backtested(recorded, policies), 'limit')).toEqual(refusedThen(truth));
    };
    await fc.assert(fc.asyncProperty(day, rules, judge), RUNS);
  });

  it('finds no difference to the limits that were in force, though steps tell the time a little later', async () => {
    const judge = async (happenings: readonly Happening[], texts: readonly RuleText[]) => {
      const policies = policiesOf(texts);
      const recorded = await recordedDay(policies, happenings, { tick: 3 });
      const { rows, limits } = backtested(recorded, policies);
      expect(rows).toEqual([]);
      const refused = Object.values(limits.refused).reduce((sum, count) => sum + count, 0);
      expect(refused).toBe(refusedThen(recorded).length);
    };
    await fc.assert(fc.asyncProperty(day, rules, judge), RUNS);
  });

  it('says of what is masked only what can be told', async () => {
    const masking = policiesOf([{ ...all, mask: [{ find: 'email', in: ['args'] }] }]);
    const judge = async (happenings: readonly Happening[], texts: readonly RuleText[]) => {
      const policies = policiesOf(texts);
      const truth = new Set(refusedThen(await recordedDay(policies, happenings)));
      const recorded = await recordedDay(masking, happenings, { originals: false });
      const tally = backtested(recorded, policies);
      const open = new Set(exchangesOf(tally, 'indeterminate'));
      const refused = new Set(exchangesOf(tally, 'limit'));
      for (const { record } of recorded) {
        if (!open.has(record.id)) expect(refused.has(record.id)).toBe(truth.has(record.id));
      }
    };
    // What masks make of the arguments counts where the policies mask them too.
    const kept = rules.filter((texts) => !texts.some(({ id }) => id === 'masks'));
    await fc.assert(fc.asyncProperty(day, kept, judge), RUNS);
  });

  it('compares two sets of policies, and adds up to the same however it is shared out', async () => {
    const judge = async (
      happenings: readonly Happening[],
      texts: readonly RuleText[],
      others: readonly RuleText[],
      share: number,
    ) => {
      const [policies, baseline] = [policiesOf(texts), policiesOf(others)];
      const recorded = await recordedDay(policiesOf([all]), happenings);
      const whole = backtested(recorded, policies, { baseline });
      expect(backtested(recorded, policies, { baseline, share, backwards: true })).toEqual(whole);
      expect(backtested(recorded, policies, { baseline: policies }).rows).toEqual([]);
      const [now, then] = [policies, baseline].map((one) => exchangesOf(backtested(recorded, one), 'limit')); // biome-ignore format: one line says it
      const news = now?.filter((id) => !then?.includes(id));
      expect(exchangesOf(whole, 'limit')).toEqual(expect.arrayContaining(news ?? []));
    };
    await fc.assert(fc.asyncProperty(day, rules, rules, fc.integer({ min: 1, max: 9 }), judge), RUNS); // biome-ignore format: one line says it
  });

  it('tells which rule has the limit, of what, and for whom', async () => {
    const recorded = await recordedDay(policiesOf([all]), [...calls(3), ...calls(2, 500, 'bob')]);
    const { rows, callers, matrix, limits } = backtested(recorded, policiesOf([all, limited(1)]));
    expect(rows).toMatchObject([
      {
        difference: 'effect',
        before: 'allow',
        after: 'limit',
        beforeRule: 'all',
        afterRule: 'few',
      },
    ]);
    expect(rows[0]).toMatchObject({ upstream: 'db', target: 'query', exchanges: 3 });
    expect(callers.map(({ sub, kinds }) => [sub, kinds])).toEqual([
      ['ana', { 'allow → limit': 2 }],
      ['bob', { 'allow → limit': 1 }],
    ]);
    expect(matrix).toEqual({ 'allow allow': 2, 'allow limit': 3 });
    expect(limits).toMatchObject({ counted: 5, refused: { few: 3 } });
  });

  it('lets through what a wider limit would, and what comes to it no more because rules stop others', async () => {
    const recorded = await recordedDay(policiesOf([all, limited(2)]), calls(4));
    expect(refusedThen(recorded)).toHaveLength(2);
    const wider = backtested(recorded, policiesOf([all, limited(4)]));
    expect(wider.rows).toMatchObject([{ before: 'limit', after: 'allow', exchanges: 2 }]);
    const stops = {
      id: 'no',
      on: { tools: ['query'] },
      when: { 'args.a': { lt: 2 } },
      then: 'block',
    };
    const { matrix } = backtested(recorded, policiesOf([all, limited(2), stops]));
    expect(matrix).toEqual({ 'allow block': 2, 'limit allow': 2 });
    expect(backtested(recorded, policiesOf([all])).rows).toMatchObject([{ before: 'limit', after: 'allow' }]); // biome-ignore format: one line says it
  });

  it('never says of a refusal that it would go on where what was counted then is not recorded', async () => {
    const recorded = await recordedDay(policiesOf([all, limited(2)]), calls(4));
    const shows = { id: 'more', on: { tools: ['other'] }, then: 'allow' };
    const { rows } = backtested(recorded.slice(1), policiesOf([all, limited(2), shows]));
    expect(rows).toMatchObject([
      { difference: 'open', before: 'limit', possible: ['allow', 'limit'], exchanges: 2 },
    ]);
  });

  it('takes what these very policies have done then as it was', async () => {
    const policies = policiesOf([all, limited(2)]);
    const { revision } = policies;
    const recorded = await recordedDay(policies, calls(4), { revision });
    expect(backtested(recorded.slice(1), policies).matrix).toEqual({ 'allow allow': 1, 'limit limit': 2 }); // biome-ignore format: one line says it
    // Its counts began anew in between, such as after a restart.
    const again = await recordedDay(policies, calls(2), { revision });
    const both = [...recorded.slice(0, 2), ...again.map(otherIds)];
    expect(backtested(both, policies).rows).toEqual([]);
  });

  it('lets through what is over to the millisecond, though another limit refused it then', async () => {
    const other = { ...limited(1, '1m', { by: 'args.a' }), id: 'other' };
    const steps = [call('query', { a: 1 }), call('query', { a: 1 }, 10_000)];
    const recorded = await recordedDay(policiesOf([all, other]), steps);
    const { rows } = backtested(recorded, policiesOf([all, limited(1)]));
    expect(rows).toMatchObject([{ before: 'limit', after: 'allow' }]);
  });

  it('counts what it does not know before the first exchange', async () => {
    const recorded = await recordedDay(policiesOf([all]), calls(6, 4_000));
    const { limits } = backtested(recorded, policiesOf([all, limited(3)]));
    expect(limits).toEqual({
      counted: 6,
      early: 3,
      unknownKeys: 0,
      crowded: 0,
      inside: 0,
      refused: {},
    });
  });

  it('does not know whether what would be held counts, and says so', async () => {
    const recorded = await recordedDay(policiesOf([all]), [call('pay', {}), call('query', {}), call('query', {})]); // biome-ignore format: one line says it
    const ask = {
      id: 'ask',
      on: { tools: ['pay'] },
      then: 'approve',
      approval: { by: ['group:a'] },
    };
    const { rows } = backtested(recorded, policiesOf([all, ask, limited(2)]));
    expect(rows.map(({ after, possible, afterRule }) => [after, possible, afterRule])).toEqual([
      ['approve', undefined, 'ask'],
      ['indeterminate', ['allow', 'limit'], 'few'],
    ]);
    // It is counted when they say yes, which may be later.
    const late = await recordedDay(policiesOf([all]), [call('pay', {}), call('query', {}, 60_000)]);
    expect(openIn(late, 1, ask)).toEqual(['exchange-002']);
  });

  it('counts a call once that comes back with what its upstream asked for', async () => {
    const day = await broughtBack({ inputResponses: { q: {} } });
    // The first time it is free; who sends it again calls again.
    expect([refusedBy(day, 2), refusedBy(day, 1)]).toEqual([[], ['exchange-003']]);
    // What the gate itself has asked was not counted before: the call has waited for people.
    const visited = await broughtBack({ inputResponses: { 'dev.sallyport/approval': {} } });
    expect(refusedBy(visited, 2)).toEqual(['exchange-003']);
    // In a revision with sessions it means nothing.
    const sessions = await broughtBack({ inputResponses: { q: {} } }, '2025-06-18');
    expect(refusedBy(sessions, 2)).toEqual(['exchange-003']);
  });

  it('does not know whether a call was counted before that comes back without an answer, and was held', async () => {
    const day = await broughtBack({});
    expect(refusedBy(day, 2)).toEqual([]);
    const yes = (round?: number) => day.map((one, index) => (index === 0 ? one : resolved(one, round))); // biome-ignore format: one line says it
    expect(openIn(yes(), 1)).toEqual(['exchange-002', 'exchange-003']);
    // Under the yes of an earlier round it is its upstream that has asked.
    expect([refusedBy(yes(1), 1), openIn(yes(1), 1)]).toEqual([['exchange-003'], []]);
  });

  it('counts a call that waited for people when they said yes, and at once where nobody is asked', async () => {
    const recorded = await recordedDay(policiesOf([all]), calls(3));
    const [first, second, third] = recorded as [Recorded, Recorded, Recorded];
    const day = [heldFor(first, 60_000), second, third];
    const ask = { id: 'ask', on: { tools: ['*'] }, when: { 'args.a': { eq: 0 } }, then: 'approve', approval: { by: ['group:a'] } }; // biome-ignore format: one line says it
    const refused = (...rules: RuleText[]) => exchangesOf(backtested(day, policiesOf([all, ...rules])), 'limit'); // biome-ignore format: one line says it
    expect(refused(limited(2))).toEqual(['exchange-003']);
    expect(refused(limited(2), ask)).toEqual([]);
    // Where one set of policies asks and the other does not, no time fits both.
    const baseline = policiesOf([all, ask, limited(2)]);
    expect(exchangesOf(backtested(day, policiesOf([all, limited(2)]), { baseline }), 'limit')).toEqual([]); // biome-ignore format: one line says it
    expect(backtested(day, baseline, { baseline }).rows).toEqual([]);
  });

  it('takes a yes that was given before for one', async () => {
    const recorded = await recordedDay(policiesOf([all, limited(1)]), calls(2));
    const [first, second] = recorded as [Recorded, Recorded];
    const ask = { id: 'ask', on: { tools: ['*'] }, then: 'approve', approval: { by: ['group:a'] } };
    const { rows } = backtested([resolved(first), resolved(second)], policiesOf([all, ask, limited(1)])); // biome-ignore format: one line says it
    expect(rows.filter(({ before }) => before === 'limit')).toEqual([]);
  });

  it('does not know what is counted where it does not know what is masked', async () => {
    const masking = policiesOf([{ ...all, mask: [{ path: 'args.a' }] }]);
    const steps = [call('query', { a: 'x', b: 1 }), call('query', { a: 'y', b: 1 })];
    const recorded = await recordedDay(masking, steps, { originals: false });
    const perhaps = { id: 'perhaps', on: { tools: ['*'] }, when: { 'args.a': { eq: 'x' } }, mask: [{ path: 'args.b' }] }; // biome-ignore format: one line says it
    const { rows } = backtested(recorded, policiesOf([all, perhaps, limited(1, '10s', { by: 'args.b' })])); // biome-ignore format: one line says it
    expect(rows.filter(({ after }) => after === 'limit')).toEqual([]);
    expect(rows.some(({ possible }) => possible?.includes('limit'))).toBe(true);
  });

  it('asks limits of what is not told as well: it may come to one itself, or be stopped', async () => {
    const open = async (...rules: RuleText[]) => {
      const recorded = await recordedDay(policiesOf([all]), [call('query', {}, 0), call('pay', {}, 6_000), call('query', {}, 6_000)]); // biome-ignore format: one line says it
      // The second is not over yet.
      const day = recorded.map(({ record: { closedAt, ...record }, ...rest }, index) => ({
        ...rest,
        record: index === 1 || closedAt === undefined ? record : { ...record, closedAt },
      }));
      return exchangesOf(backtested(day, policiesOf([all, limited(1), ...rules])), 'limit');
    };
    expect(await open()).toEqual([]);
    expect(await open({ id: 'no', on: { tools: ['pay'] }, then: 'block' })).toEqual([]);
  });

  it('says how many answers carried requests, which a gate counts and this does not', async () => {
    const asks = { resultType: 'input_required', inputRequests: { q: { method: 'roots/list' } } };
    const recorded = await recordedDay(policiesOf([all]), [call('query', {}), call('query', {})]);
    const payload = JSON.stringify({ jsonrpc: '2.0', id: 1, result: asks });
    const day = recorded.map((one, index) => ({
      ...one,
      events: one.events.map((event) =>
        index === 0 && event.kind === 'answered' ? { ...event, payload } : event,
      ),
    }));
    expect(backtested(day, policiesOf([all, limited(9)])).limits).toMatchObject({ inside: 1 });
    expect(backtested(day, policiesOf([all])).limits).toMatchObject({ inside: 0 });
  });

  it('counts what follows another right, and does not judge it', async () => {
    const recorded = await recordedDay(policiesOf([{ ...all, on: { tools: ['*'], methods: ['*'] } }]), [call('query', {}), call('query', {})]); // biome-ignore format: one line says it
    const [first, second] = recorded as [Recorded, Recorded];
    const task = { ...first, record: { ...first.record, method: 'tasks/get' } };
    const any = { id: 'few', limit: { calls: 1, per: '10s' } };
    const { judged, unjudged, rows } = backtested([task, second], policiesOf([all, any]));
    expect([judged, Object.values(unjudged)]).toEqual([1, [1]]);
    expect(rows).toMatchObject([{ after: 'limit' }]);
  });
});

/** A call, and two that say that they come back for the same. */
async function broughtBack(params: object, protocol = '2026-07-28'): Promise<Recorded[]> {
  const recorded = await recordedDay(policiesOf([all]), [call('query', {}), call('query', {}), call('query', {})]); // biome-ignore format: one line says it
  return recorded.map((one, index) => {
    const record = { ...one.record, protocol };
    if (index === 0) return { ...one, record };
    const sent = { name: 'query', arguments: {}, requestState: 's', ...params };
    const payload = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: sent });
    const events = one.events.map((event, at) => (at === 0 ? { ...event, payload } : event));
    return { ...one, record, events };
  });
}

const refusedBy = (day: readonly Recorded[], most: number) =>
  exchangesOf(backtested(day, policiesOf([all, limited(most)])), 'limit');
const openIn = (day: readonly Recorded[], most: number, ...rules: RuleText[]) =>
  exchangesOf(backtested(day, policiesOf([all, limited(most), ...rules])), 'indeterminate');

/** The same call, which went on, or came to its limit, once people had said yes. */
function resolved({ events, ...rest }: Recorded, round?: number): Recorded {
  const at = events.findIndex(({ kind }) => kind === 'decided') + 1;
  const detail = { state: 'used', ...(round !== undefined && { round }) };
  const [opened] = events as [Recorded['events'][number]];
  const { payload: _, ...step } = opened;
  const yes = { ...step, kind: 'resolved' as const, detail };
  return { ...rest, events: events.toSpliced(at, 0, yes) };
}

/** The same call, for which people took so many milliseconds to say yes. */
function heldFor(one: Recorded, time: number): Recorded {
  const { events, ...rest } = resolved(one);
  const from = events.findIndex(({ kind }) => kind === 'resolved');
  const later = events.map((event, index) => (index < from ? event : { ...event, at: event.at + time })); // biome-ignore format: one line says it
  return { ...rest, events: later };
}

/** The same, an hour later. */
function otherIds({ record, events, ...rest }: Recorded): Recorded {
  const id = `${record.id}-later`;
  const later = <Value extends { readonly at: number }>(one: Value) => ({
    ...one,
    at: one.at + 500,
  });
  return {
    ...rest,
    record: { ...record, id, openedAt: record.openedAt + 500 },
    events: events.map((event) => ({ ...later(event), exchange: id })),
  };
}

describe('a ledger of limits', () => {
  it('counts as the gate does', () => {
    const sizes = fc.constantFrom(1, 2, 3, 20_000);
    const takes = fc.array(
      fc.record({ after: fc.nat(400), keys: fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 3 }) }), // biome-ignore format: one line says it
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(takes, sizes, (all, size) => {
        let now = 1_000_000;
        const limiter = new MemoryLimiter({ clock: () => now });
        const ledger = new LimitLedger();
        for (const { after, keys } of all) {
          now += after;
          const claims = keys.map(
            (key): LimitClaim => ({ rule: 'r', key, calls: size, per: 1_000 }),
          );
          const due = claims.map((claim): DueClaim => ({ ...claim, limit: 0 }));
          const reached = limiter.take(claims);
          const { room } = ledger.look(due, now);
          expect(room).toBe(reached ? 'none' : 'room');
          if (room === 'room') ledger.take(due, now, true);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('is in doubt about new counts where there is no room for them, and has it again once others are over', () => {
    const ledger = new LimitLedger({ counts: 2, entries: 100 });
    const claim = (key: string): DueClaim => ({ rule: 'r', key, limit: 0, calls: 1, per: 1_000 });
    for (const key of ['a', 'b', 'c']) ledger.take([claim(key)], 0, true);
    expect(ledger.crowded).toBe(1);
    expect(ledger.look([claim('c')], 0)).toEqual({ room: 'either', rule: 'r' });
    ledger.take([claim('a')], 100_000, true);
    expect(ledger.look([claim('c')], 100_000)).toEqual({ room: 'room' });
  });

  it('refuses what the gate itself can not tell apart', () => {
    const claim: DueClaim = { rule: 'r', key: undefined, limit: 0, calls: 9, per: 1_000 };
    expect(new LimitLedger().look([claim], 0)).toEqual({ room: 'none', rule: 'r' });
  });
});
