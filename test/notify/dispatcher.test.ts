import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Approval } from '../../src/model/approval.ts';
import type { ApprovalNotice } from '../../src/model/approval-store.ts';
import { Dispatcher } from '../../src/notify/dispatcher.ts';
import { approvalBody } from '../../src/notify/webhook/approval-body.ts';
import { WebhookChannel } from '../../src/notify/webhook/webhook-channel.ts';
import { MemoryApprovals } from '../../src/store/memory/approvals.ts';
import { aNotice, anApproval, Lines, NOW } from './fixture.ts';
import { Receiver } from './receiver.ts';

const DAY = 86_400_000;

let receiver: Receiver;
let store: MemoryApprovals;
let log: Lines;
let now: number;
let dispatcher: Dispatcher;
const clock = () => now;
const pageOf = (id: string) => `https://gate.example.com/approvals/${id}`;

beforeEach(async () => {
  now = NOW;
  log = new Lines();
  receiver = await Receiver.start();
  store = new MemoryApprovals({ clock, log, bounds: { max: 10_000, maxPerCaller: 10_000 } });
  dispatcher = dispatch(['ops', 'audit']);
});
afterEach(async () => {
  await dispatcher.stop();
  await receiver.stop();
});

function dispatch(names: readonly string[]): Dispatcher {
  const channels = names.map(
    (name) =>
      new WebhookChannel({
        ...{ name, url: `${receiver.url}/${name}`, headers: {}, body: approvalBody },
        ...{ timeout: 5_000, clock },
      }),
  );
  return new Dispatcher({ store, channels, pageOf, clock, log, random: () => 0.5 });
}

function failing(path: string, status = 503, headers = {}): void {
  receiver.answer = (response, received) => {
    response.writeHead(received.path === path ? status : 204, headers).end();
  };
}

const paths = () => receiver.received.map(({ path }) => path);
const counts = (name: string) => dispatcher.counts().get(name);

let made = 0;
/** Asks for an approval, with a notice for each of the channels. */
async function ask(...channels: string[]): Promise<Approval> {
  const id = `019a-${String(++made).padStart(6, '0')}`;
  const approval = anApproval({ id, binding: id, createdAt: now, expiresAt: now + 3 * DAY });
  const notices: ApprovalNotice[] = channels.map((channel) =>
    aNotice({ id: `${id}-${channel}`, approval: id, channel, due: now }),
  );
  await store.open(approval, notices);
  return approval;
}

/** Time goes by, and timers with it. */
function later(milliseconds: number): void {
  now += milliseconds;
  dispatcher.look();
}

describe('news of approvals', () => {
  it('comes to each channel that it is for, with the page', async () => {
    dispatcher.start();
    const { id } = await ask('ops', 'audit');
    await expect.poll(() => paths().sort()).toEqual(['/audit', '/ops']);
    expect(receiver.last).toMatchObject({ url: pageOf(id), approval: { id } });
    await expect.poll(() => store.nextNotice('ops')).toBeUndefined();
    expect(counts('ops')).toEqual({ sent: 1, failed: 0, lost: 0 });
  });

  it('that was there before the start comes, too', async () => {
    await ask('ops');
    dispatcher.start();
    await expect.poll(paths).toEqual(['/ops']);
  });

  it('comes once where two gates share a store', async () => {
    const other = dispatch(['ops']);
    dispatcher.start();
    other.start();
    for (let i = 0; i < 30; i++) await ask('ops');
    await expect.poll(() => store.nextNotice('ops')).toBeUndefined();
    const keys = receiver.received.map(({ headers }) => headers['idempotency-key']);
    expect(new Set(keys).size).toBe(30);
    expect(keys).toHaveLength(30);
    await other.stop();
  });

  it('is tried again with the same key, later and later', async () => {
    failing('/ops');
    dispatcher.start();
    await ask('ops');
    const tries = () => counts('ops')?.failed;
    await expect.poll(tries).toBe(1);
    expect(await store.nextNotice('ops')).toBe(NOW + 3_750);
    later(3_749);
    later(1);
    await expect.poll(tries).toBe(2);
    await expect.poll(() => store.nextNotice('ops')).toBe(now + 7_500);
    failing('/none');
    later(7_500);
    await expect.poll(() => counts('ops')?.sent).toBe(1);
    const keys = receiver.received.map(({ headers }) => headers['idempotency-key']);
    expect(new Set(keys).size).toBe(1);
    expect(log.lines.map(({ level, code, attempts }) => ({ level, code, attempts }))).toEqual([
      { level: 'warn', code: 'CHANNEL_FAILED', attempts: 1 },
      { level: 'warn', code: 'CHANNEL_FAILED', attempts: 2 },
      { level: 'info', code: undefined, attempts: undefined },
    ]);
  });

  it('waits as long as the receiver asks for', async () => {
    failing('/ops', 429, { 'retry-after': '120' });
    dispatcher.start();
    await ask('ops');
    await expect.poll(() => counts('ops')?.failed).toBe(1);
    await expect.poll(() => store.nextNotice('ops')).toBe(NOW + 120_000);
    // Nothing else is sent there meanwhile.
    await ask('ops', 'audit');
    await expect.poll(() => counts('audit')?.sent).toBe(1);
    later(119_000);
    expect(paths().filter((path) => path === '/ops')).toHaveLength(1);
    failing('/none');
    later(1_000);
    await expect.poll(() => counts('ops')?.sent).toBe(2);
  });

  it('is given up after a day, with an error in the log', async () => {
    failing('/ops');
    dispatcher.start();
    const { id } = await ask('ops');
    await expect.poll(() => counts('ops')?.failed).toBe(1);
    later(DAY);
    await expect.poll(() => counts('ops')?.lost).toBe(1);
    await expect.poll(() => store.nextNotice('ops')).toBeUndefined();
    expect(log.lines.at(-1)).toMatchObject({
      ...{ level: 'error', code: 'CHANNEL_FAILED', channel: 'ops', approval: id, news: 'asked' },
      cause: 'the receiver answered 503',
    });
    // The approval itself is as it was.
    expect(await store.get(id)).toMatchObject({ state: 'pending' });
  });

  it('comes to other channels while one fails, which is asked less and less', async () => {
    failing('/ops');
    dispatcher.start();
    for (let i = 0; i < 100; i++) await ask('ops', 'audit');
    await expect.poll(() => counts('audit')?.sent).toBe(100);
    await expect.poll(() => counts('ops')?.failed).toBeGreaterThan(0);
    const first = counts('ops')?.failed ?? 0;
    expect(first).toBeLessThanOrEqual(8);
    // From then on one goes ahead, after a rest of at most five minutes.
    for (let more = 1; more <= 5; more++) {
      later(300_000);
      await expect.poll(() => counts('ops')?.failed).toBe(first + more);
    }
    failing('/none');
    later(300_000);
    await expect.poll(() => counts('ops')?.sent).toBeGreaterThan(50);
  });

  it('of a gate that has died meanwhile is taken by another one', async () => {
    await ask('ops');
    await store.claim('ops', now, now + 90_000, 1);
    dispatcher.start();
    later(89_999);
    await expect.poll(() => store.nextNotice('ops')).toBe(NOW + 90_000);
    expect(paths()).toEqual([]);
    later(1);
    await expect.poll(paths).toEqual(['/ops']);
  });

  it('that is forgotten with its approval while it is sent holds nothing up', async () => {
    dispatcher.start();
    const approval = await ask('ops');
    receiver.answer = async (response) => {
      await store.replace({ ...approval, version: 2, state: 'expired', endedAt: now }, []);
      await store.forget(now + 1);
      response.writeHead(503).end();
    };
    await expect.poll(() => counts('ops')?.failed).toBe(1);
    expect(await store.get(approval.id)).toBeUndefined();
    failing('/none');
    later(1_000);
    await ask('ops');
    await expect.poll(() => counts('ops')?.sent).toBe(1);
    expect(await store.nextNotice('ops')).toBeUndefined();
  });

  it('waits in the store where the gate stops', async () => {
    let answer = (): void => undefined;
    receiver.answer = (response) => {
      answer = () => response.writeHead(204).end();
    };
    dispatcher.start();
    await ask('ops');
    await expect.poll(paths).toEqual(['/ops']);
    const stopped = dispatcher.stop();
    await ask('ops');
    answer();
    await stopped;
    expect(paths()).toEqual(['/ops']);
    expect(counts('ops')?.sent).toBe(1);
    expect(await store.nextNotice('ops')).toBe(NOW);
  });

  it('is read again once a store that failed is there', async () => {
    await store.close();
    dispatcher.start();
    await expect.poll(() => log.lines.length).toBe(2);
    expect(log.lines.map(({ code }) => code)).toEqual([
      'APPROVALS_UNAVAILABLE',
      'APPROVALS_UNAVAILABLE',
    ]);
  });
});
