import { describe, expect, it } from 'vitest';
import type { Approvals } from '../../../src/pipeline/approval/approvals.ts';
import { call, Desk, dan, demand, dora, MINUTE } from './desk.ts';

const forever = () => new AbortController().signal;

/** Calls that wait, and the order in which they went on. */
class Waits {
  readonly over: string[] = [];
  readonly #approvals: Approvals;
  readonly #until: number;

  constructor({ approvals, now }: Desk, until = now + 60 * MINUTE) {
    this.#approvals = approvals;
    this.#until = until;
  }

  /** @param then what the call does next */
  async begin(id: string, name: string, signal = forever(), then?: () => Promise<unknown>) {
    await this.#approvals.wait(id, this.#until, signal);
    this.over.push(name);
    await then?.();
  }
}

describe('waiting for an approval', () => {
  it('ends once somebody has decided', async () => {
    const desk = new Desk();
    for (const decide of ['approve', 'deny'] as const) {
      const { id } = await desk.ask(call({}, { decide }));
      const waits = new Waits(desk);
      const over = waits.begin(id, 'call');
      await desk[decide](id, dan);
      await over;
    }
  });

  it('does not begin for one that is decided, or unknown', async () => {
    const desk = new Desk();
    const { id } = await desk.ask();
    await desk.approve(id, dan);
    const waits = new Waits(desk);
    await waits.begin(id, 'granted');
    await waits.begin('0', 'unknown');
  });

  it('does not end by a yes that is not enough', async () => {
    const desk = new Desk([demand('ask', { quorum: 2 })]);
    const { id } = await desk.ask();
    const waits = new Waits(desk);
    const over = waits.begin(id, 'call');
    await desk.approve(id, dan);
    await new Promise(setImmediate);
    expect(waits.over).toEqual([]);
    await desk.approve(id, dora);
    await over;
  });

  it('ends at its time, and when the approval expires', async () => {
    const desk = new Desk();
    const { id, expiresAt } = await desk.ask();
    await new Waits(desk, desk.now + 5).begin(id, 'call');
    desk.now = expiresAt - 5;
    await new Waits(desk).begin(id, 'call');
    expect(await desk.approvals.get(id)).toMatchObject({ state: 'pending' });
  });

  it('ends once nobody waits for the call', async () => {
    const desk = new Desk();
    const { id } = await desk.ask();
    const client = new AbortController();
    const over = new Waits(desk).begin(id, 'call', client.signal);
    client.abort();
    await over;
    await new Waits(desk).begin(id, 'call', client.signal);
  });

  it('lets the newest go first, and the others once the grant is used', async () => {
    const desk = new Desk();
    const { id } = await desk.ask();
    const waits = new Waits(desk);
    const take = () => desk.approvals.take(id, 'x-3');
    const all = [
      ...[waits.begin(id, 'first'), waits.begin(id, 'second')],
      waits.begin(id, 'third', forever(), take),
    ];
    await new Promise(setImmediate);
    await desk.approve(id, dan);
    await Promise.all(all);
    expect(waits.over).toEqual(['third', 'second', 'first']);
    expect(await desk.approvals.get(id)).toMatchObject({ usedBy: 'x-3' });
  });

  it('gives the next one a turn where the newest does not take the grant', async () => {
    const desk = new Desk();
    const { id } = await desk.ask();
    const waits = new Waits(desk);
    const take = () => desk.approvals.take(id, 'x-1');
    const all = [waits.begin(id, 'first', forever(), take), waits.begin(id, 'second')];
    await new Promise(setImmediate);
    await desk.approve(id, dan);
    await Promise.all(all);
    expect(waits.over).toEqual(['second', 'first']);
    expect(await desk.approvals.get(id)).toMatchObject({ usedBy: 'x-1' });
  });

  it('passes over those that nobody waits for', async () => {
    const desk = new Desk();
    const { id } = await desk.ask();
    const client = new AbortController();
    const waits = new Waits(desk);
    const all = [waits.begin(id, 'first'), waits.begin(id, 'second', client.signal)];
    await new Promise(setImmediate);
    client.abort();
    await desk.approve(id, dan);
    await Promise.all(all);
    expect(waits.over).toEqual(['second', 'first']);
  });

  it('ends for all at once where the grant is for calls alike', async () => {
    const desk = new Desk([demand('ask', { standing: MINUTE })]);
    const { id } = await desk.ask();
    const waits = new Waits(desk);
    const all = Promise.all([waits.begin(id, 'first'), waits.begin(id, 'second')]);
    await new Promise(setImmediate);
    await desk.approve(id, dan, {
      standing: { for: MINUTE, when: { 'args.sql': { eq: 'drop x' } } },
    });
    await new Promise(setImmediate);
    expect(waits.over).toEqual(['second', 'first']);
    await all;
  });

  it('is no reason to cancel while others wait', async () => {
    const desk = new Desk();
    const { id } = await desk.ask();
    const client = new AbortController();
    const other = new Waits(desk).begin(id, 'other', client.signal);
    await desk.approvals.cancel(id, 'gone');
    expect(await desk.approvals.get(id)).toMatchObject({ state: 'pending' });
    client.abort();
    await other;
    await desk.approvals.cancel(id, 'gone');
    expect(await desk.approvals.get(id)).toMatchObject({ state: 'cancelled' });
  });

  it('ends for everybody when another policy is in force, or the gate stops', async () => {
    const desk = new Desk();
    const { id } = await desk.ask();
    const many = () => Array.from({ length: 1_000 }, () => new Waits(desk).begin(id, 'call'));
    const changed = many();
    desk.approvals.policyChanged();
    await Promise.all(changed);
    const stopped = many();
    expect(desk.approvals.stopping).toBe(false);
    await desk.approvals.stop();
    expect(desk.approvals.stopping).toBe(true);
    await Promise.all(stopped);
    await new Waits(desk).begin(id, 'call');
    expect(await desk.approvals.get(id)).toMatchObject({ state: 'pending' });
  });

  it('ends by what another gate has done', async () => {
    const here = new Desk();
    const there = new Desk(here.rules, { store: here.store });
    const { id } = await here.ask();
    const over = new Waits(here).begin(id, 'call');
    await there.approve(id, dan);
    await over;
  });

  it('outlives a store that fails for a moment', async () => {
    const desk = new Desk();
    const { id } = await desk.ask();
    const over = new Waits(desk).begin(id, 'call');
    await new Promise(setImmediate);
    const { get } = desk.store;
    let failed = 0;
    desk.store.get = async (asked) => {
      // The gate looks once to count the yes, once to check it, and then for those who wait.
      if (failed === 0 && (await get.call(desk.store, asked))?.state === 'granted') {
        failed++;
        throw new Error('down');
      }
      return get.call(desk.store, asked);
    };
    await desk.approve(id, dan);
    await over;
    expect(failed).toBe(1);
    expect(desk.logged.join()).toContain('APPROVALS_UNAVAILABLE');
  });
});
