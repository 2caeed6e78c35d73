import { describe, expect, it } from 'vitest';
import type { AskedCall } from '../../../src/model/approval.ts';
import { MAX_ASKED } from '../../../src/pipeline/approval/asked-params.ts';
import { call, Desk, dan, decider, demand, dora, ISSUER, MINUTE } from './desk.ts';

const ann = decider('ann', { groups: ['oncall'] });

describe('asking', () => {
  it('asks once for one call: the identical call joins it', async () => {
    const desk = new Desk();
    const [one, other] = await Promise.all([desk.ask(), desk.ask(call({ exchange: 'x-2' }))]);
    expect(other.id).toBe(one.id);
    expect(await desk.store.counts()).toEqual({ pending: 1, granted: 0 });
    expect(await desk.news('ops')).toEqual(['asked']);
  });

  it.each<[string, Partial<AskedCall>]>([
    ['another caller', { caller: { issuer: ISSUER, sub: 'bob' } }],
    ['the same sub of another issuer', { caller: { issuer: 'https://other.test', sub: 'ann' } }],
    ['another upstream', { upstream: 'db2' }],
    ['another tool', { target: 'exec', args: { name: 'exec', arguments: { sql: 'drop x' } } }],
    ['other arguments', { args: { name: 'query', arguments: { sql: 'drop y' } } }],
    ['further arguments', { args: { name: 'query', arguments: { sql: 'drop x', force: true } } }],
    ['other metadata', { args: { name: 'query', arguments: { sql: 'drop x' }, _meta: { db: 2 } } }],
  ])('asks anew for %s', async (_, more) => {
    const desk = new Desk();
    const { id } = await desk.ask();
    await desk.approve(id, dan);
    const other = await desk.ask(call(more));
    expect(other).toMatchObject({ state: 'pending' });
    expect(other.id).not.toBe(id);
  });

  it('asks for as long as the rule with the least patience waits', async () => {
    const desk = new Desk([demand('a', { expires: 5 * MINUTE }), demand('b')]);
    const { createdAt, expiresAt } = await desk.ask();
    expect(expiresAt - createdAt).toBe(5 * MINUTE);
  });

  it('asks anew once the rules ask for something else', async () => {
    const desk = new Desk();
    const { id } = await desk.ask();
    await desk.approve(id, dan);
    desk.rules = [demand('ask', { quorum: 2 })];
    const again = await desk.ask();
    expect(again.id).not.toBe(id);
    expect(await desk.approvals.get(id)).toMatchObject({ state: 'revoked' });
    expect(await desk.approvals.take(id, 'x-1')).toBeUndefined();
  });

  it('asks anew once the time is over, though nobody has noticed yet', async () => {
    const desk = new Desk();
    const { id } = await desk.ask();
    desk.now += 15 * MINUTE;
    expect((await desk.ask()).id).not.toBe(id);
    expect(await desk.approvals.get(id)).toMatchObject({ state: 'expired', endedAt: desk.now });
  });

  it('asks nobody about more than somebody can look at', async () => {
    const args = { name: 'query', arguments: { sql: 'x'.repeat(MAX_ASKED) } };
    await expect(new Desk().ask(call({ args }))).rejects.toMatchObject({
      code: 'APPROVAL_TOO_LARGE',
    });
  });

  it('asks for no more at a time than is configured', async () => {
    const desk = new Desk([demand('ask')], { bounds: { max: 10, maxPerCaller: 1 } });
    await desk.ask();
    await expect(desk.ask(call({}, { sql: 'other' }))).rejects.toMatchObject({
      code: 'APPROVALS_FULL',
    });
    expect(await desk.ask()).toMatchObject({ state: 'pending' });
  });
});

describe('a grant', () => {
  it('is taken once, however many try at once', async () => {
    const desk = new Desk();
    const { id } = await desk.ask();
    await desk.approve(id, dan);
    const tries = Array.from({ length: 20 }, (_, i) => desk.approvals.take(id, `x-${i}`));
    const taken = (await Promise.all(tries)).filter((one) => one !== undefined);
    expect(taken).toMatchObject([{ state: 'used', usedBy: 'x-0', endedAt: desk.now }]);
    expect((await desk.ask()).id).not.toBe(id);
  });

  it('is not taken before it is given', async () => {
    const desk = new Desk();
    const { id } = await desk.ask();
    expect(await desk.approvals.take(id, 'x-1')).toBeUndefined();
    expect(await desk.approvals.take('0', 'x-1')).toBeUndefined();
    expect(await desk.approvals.get(id)).toMatchObject({ state: 'pending' });
  });

  it('lasts as long as the rule with the least patience lets it', async () => {
    const desk = new Desk([demand('a', { window: 2 * MINUTE }), demand('b')]);
    const { id } = await desk.ask();
    const { usableUntil } = await desk.approve(id, dan);
    expect(usableUntil).toBe(desk.now + 2 * MINUTE);
    desk.now += 2 * MINUTE;
    expect(await desk.approvals.take(id, 'x-1')).toBeUndefined();
    expect(await desk.approvals.get(id)).toMatchObject({ state: 'expired' });
  });

  it('may be used though the time to decide is over', async () => {
    const desk = new Desk();
    const { id } = await desk.ask();
    desk.now += 14 * MINUTE;
    await desk.approve(id, dan);
    desk.now += 9 * MINUTE;
    expect(await desk.approvals.take(id, 'x-1')).toMatchObject({ state: 'used' });
  });

  it('lets each round that the upstream asks for be answered once, in turn', async () => {
    const desk = new Desk();
    const { id } = await desk.ask();
    await desk.approve(id, dan);
    expect(await desk.approvals.nextRound(id, 0)).toBe(false);
    await desk.approvals.take(id, 'x-1');
    const answered: boolean[] = [];
    for (const round of [1, 0, 0, 1, 0, 3, 2]) {
      answered.push(await desk.approvals.nextRound(id, round));
    }
    expect(answered).toEqual([false, true, false, true, false, false, true]);
    const both = [3, 3].map((round) => desk.approvals.nextRound(id, round));
    expect((await Promise.all(both)).filter(Boolean)).toHaveLength(1);
  });
});

describe('an approval that ends without a call', () => {
  it('is revoked with a reason, granted or not', async () => {
    const desk = new Desk();
    const { id } = await desk.ask();
    await desk.approve(id, dan);
    const revoke = (reason: string) => desk.approvals.revoke(id, dora, reason, 'api');
    await expect(revoke(' ')).rejects.toMatchObject({ code: 'APPROVAL_REASON' });
    expect(await revoke('a mistake')).toMatchObject({ state: 'revoked', reason: 'a mistake' });
    expect(await desk.approvals.take(id, 'x-1')).toBeUndefined();
    await expect(revoke('again')).rejects.toMatchObject({ code: 'APPROVAL_ENDED' });
    const pending = await desk.ask();
    const after = await desk.approvals.revoke(pending.id, dora, 'no', 'api');
    expect(after).toMatchObject({ state: 'revoked' });
  });

  it('is revoked or taken, not both', async () => {
    const desk = new Desk();
    const { id } = await desk.ask();
    await desk.approve(id, dan);
    const [taken, revoked] = await Promise.allSettled([
      desk.approvals.take(id, 'x-1'),
      desk.approvals.revoke(id, dora, 'stop', 'api'),
    ]);
    expect(taken).toMatchObject({ value: { state: 'used' } });
    expect(revoked).toMatchObject({ reason: { code: 'APPROVAL_ENDED' } });
  });

  it('is cancelled once the caller has given it up', async () => {
    const desk = new Desk();
    const { id } = await desk.ask();
    await desk.approvals.cancel(id, 'the client has gone');
    expect(await desk.approvals.get(id)).toMatchObject({
      state: 'cancelled',
      reason: 'the client has gone',
    });
    await expect(desk.approve(id, dan)).rejects.toMatchObject({ code: 'APPROVAL_ENDED' });
  });

  it('is not cancelled where somebody has said yes by then, or nobody knows of it', async () => {
    const desk = new Desk();
    const { id } = await desk.ask();
    await desk.approve(id, dan);
    await desk.approvals.cancel(id, 'gone');
    await desk.approvals.cancel('0', 'gone');
    expect(await desk.approvals.get(id)).toMatchObject({ state: 'granted' });
  });

  it('is taken back by its caller alone, granted or not, whoever waits', async () => {
    const desk = new Desk();
    const { id } = await desk.ask();
    const waits = desk.approvals.wait(id, desk.now + MINUTE, new AbortController().signal);
    const elsewhere = { ...ann, issuer: 'https://other.test' };
    await expect(desk.approvals.giveUp(id, elsewhere, '', 'api')).rejects.toMatchObject({
      code: 'APPROVAL_NOT_YOURS',
    });
    const after = await desk.approvals.giveUp(id, ann, 'no need', 'api');
    expect(after).toMatchObject({ state: 'cancelled', reason: 'no need' });
    await waits;
  });

  it('is withdrawn by the gate, and that is nobody else in the transcript', async () => {
    const desk = new Desk();
    const { id } = await desk.ask();
    await desk.approve(id, dan);
    await desk.approvals.withdraw(id, 'revoked', 'the policy has changed');
    await desk.approvals.withdraw(id, 'cancelled', 'again');
    expect(await desk.approvals.get(id)).toMatchObject({ state: 'revoked' });
    expect(desk.steps()).toEqual([
      'approvals/approve granted dan',
      'approvals/revoke revoked gate',
    ]);
  });
});

describe('news', () => {
  it('goes to all channels where no rule names one, and to those alone that rules name', async () => {
    const desk = new Desk();
    await desk.ask();
    expect([await desk.news('ops'), await desk.news('sec')]).toEqual([['asked'], ['asked']]);
    desk.rules = [demand('a', { notify: [] }), demand('b', { notify: ['sec', 'gone'] })];
    await desk.ask(call({}, { sql: 'other' }));
    expect([await desk.news('ops'), await desk.news('sec')]).toEqual([[], ['asked']]);
  });

  it('tells each change once', async () => {
    const desk = new Desk([demand('ask', { quorum: 2 })]);
    const { id } = await desk.ask();
    await desk.approve(id, dan);
    await desk.approve(id, dora);
    await desk.approvals.take(id, 'x-1');
    await desk.approvals.nextRound(id, 0);
    expect(await desk.news('ops')).toEqual(['asked', 'granted', 'used']);
    const denied = await desk.ask();
    await desk.deny(denied.id, dan, 'no');
    const cancelled = await desk.ask();
    await desk.approvals.cancel(cancelled.id, 'gone');
    const revoked = await desk.ask();
    await desk.approvals.revoke(revoked.id, dan, 'no', 'api');
    await desk.ask();
    desk.now += 15 * MINUTE;
    await desk.ask();
    const told = await desk.news('ops');
    expect(told.filter((news) => news !== 'asked').sort()).toEqual([
      ...['cancelled', 'denied', 'expired', 'revoked'],
    ]);
  });

  it('of broken glass goes to every channel, each time', async () => {
    const rules = [demand('a', { notify: [], breakGlass: ['group:oncall'] }), demand('b')];
    const desk = new Desk([...rules.map((one) => ({ ...one, notify: [] }))]);
    const { id } = await desk.ask();
    await desk.approve(id, ann, { breakGlass: true, reason: 'down' });
    await desk.approve(id, ann, { breakGlass: true, reason: 'really down' });
    expect(await desk.news('ops')).toEqual(['broke-glass', 'broke-glass']);
    expect(await desk.store.list({ breakGlass: true, limit: 5 })).toMatchObject([{ id }]);
  });
});
