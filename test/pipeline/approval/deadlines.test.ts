import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { call, Desk, dan, demand, MINUTE } from './desk.ts';

const DAY = 24 * 60 * MINUTE;

describe('approvals whose time is over', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** Lets time pass, in steps, for the clock of the desk and for timers. */
  async function pass(desk: Desk, ms: number, step = 1_000): Promise<void> {
    for (let passed = 0; passed < ms; passed += step) {
      desk.now += step;
      await vi.advanceTimersByTimeAsync(step);
    }
  }
  const stateOf = async (desk: Desk, id: string) => (await desk.store.get(id))?.state;

  it('expire by themselves, pending or granted, at their time', async () => {
    const desk = new Desk([demand('ask', { expires: 2 * MINUTE, window: MINUTE })]);
    desk.approvals.start();
    // It has found nothing to do for long when the first one is asked for.
    await pass(desk, 1_000);
    const pending = await desk.ask();
    await pass(desk, MINUTE);
    const granted = await desk.ask(call({}, { sql: 'other' }));
    await desk.approve(granted.id, dan);
    await pass(desk, MINUTE - 1_000);
    expect(await stateOf(desk, pending.id)).toBe('pending');
    expect(await stateOf(desk, granted.id)).toBe('granted');
    await pass(desk, 3_000);
    expect(await stateOf(desk, pending.id)).toBe('expired');
    expect(await stateOf(desk, granted.id)).toBe('expired');
    expect(desk.steps().filter((step) => step.includes('expire'))).toHaveLength(2);
    await desk.approvals.stop();
  });

  it('expire though they were asked while the gate was down', async () => {
    const desk = new Desk();
    const { id } = await desk.ask();
    desk.now += DAY;
    desk.approvals.start();
    await vi.advanceTimersByTimeAsync(1);
    expect(await stateOf(desk, id)).toBe('expired');
    await desk.approvals.stop();
  });

  it('expire at their time however much else is asked for meanwhile', async () => {
    const desk = new Desk([demand('ask', { expires: MINUTE })]);
    desk.approvals.start();
    const { id } = await desk.ask();
    desk.rules = [demand('ask', { expires: DAY })];
    for (let i = 0; i < 700; i++) {
      await desk.ask(call({}, { i }));
      await pass(desk, 100, 100);
    }
    expect(await stateOf(desk, id)).toBe('expired');
    await desk.approvals.stop();
  });

  it('are ended by hundreds', async () => {
    const desk = new Desk();
    for (let i = 0; i < 350; i++) await desk.ask(call({}, { i }));
    desk.now += 15 * MINUTE;
    desk.approvals.start();
    await vi.advanceTimersByTimeAsync(1);
    expect(await desk.store.counts()).toEqual({ pending: 0, granted: 0 });
    await desk.approvals.stop();
  });

  it('are asked for no more often than something ends', async () => {
    const desk = new Desk([demand('ask', { expires: DAY })]);
    let asked = 0;
    const { overdue } = desk.store;
    desk.store.overdue = (...given) => {
      asked++;
      return overdue.apply(desk.store, given);
    };
    desk.approvals.start();
    await desk.ask();
    await pass(desk, 60 * MINUTE, MINUTE);
    expect(asked).toBeLessThan(10);
    await desk.approvals.stop();
  });

  it('expire though the store failed at first', async () => {
    const desk = new Desk();
    const { id } = await desk.ask();
    desk.now += DAY;
    const { overdue } = desk.store;
    desk.store.overdue = async () => {
      desk.store.overdue = overdue;
      throw new Error('down');
    };
    desk.approvals.start();
    await pass(desk, 6_000);
    expect(await stateOf(desk, id)).toBe('expired');
    expect(desk.logged.join()).toContain('APPROVALS_UNAVAILABLE');
    await desk.approvals.stop();
  });

  it('are forgotten once they are as old as is configured', async () => {
    const desk = new Desk();
    const { id } = await desk.ask();
    await desk.deny(id, dan);
    desk.now += 89 * DAY;
    desk.approvals.start();
    await pass(desk, 23 * 60 * MINUTE, 60 * MINUTE);
    expect(await stateOf(desk, id)).toBe('denied');
    await pass(desk, 120 * MINUTE, 60 * MINUTE);
    expect(await stateOf(desk, id)).toBeUndefined();
    await desk.approvals.stop();
  });
});
