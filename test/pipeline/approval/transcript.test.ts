import { describe, expect, it } from 'vitest';
import type { TranscriptBatch } from '../../../src/model/transcript.ts';
import { MemoryStore } from '../../../src/store/memory/store.ts';
import { Desk, dan, decider, demand, dora, MINUTE } from './desk.ts';

/** The facts of each exchange: head, kinds and details, end. */
function read(store: MemoryStore) {
  return store.exchanges({ limit: 50 }).map(({ id, openedAt: _, closedAt: __, ...head }) => ({
    ...head,
    events: store.events(id).map(({ kind, detail, seq }) => ({ seq, kind, detail })),
  }));
}

describe('the transcript of an approval', () => {
  it('has an exchange for each decision, of the one who decides', async () => {
    const store = new MemoryStore();
    const desk = new Desk([demand('ask', { breakGlass: ['group:oncall'] })], { recorder: store });
    const { id } = await desk.ask();
    const ann = decider('ann', { groups: ['oncall'] });
    await desk.approve(id, ann, { breakGlass: true, reason: 'down', via: 'page' });
    expect(read(store)).toEqual(
      [
        {
          id: expect.any(String),
          ...{ upstream: 'db', method: 'approvals/approve', target: id, revision: 'r2' },
          ...{ sub: 'ann', issuer: 'https://issuer.test', identity: expect.any(String) },
          outcome: 'delivered',
          events: [
            { seq: 0, kind: 'opened', detail: { approval: id, exchange: 'x-1', via: 'page' } },
            {
              ...{ seq: 1, kind: 'resolved' },
              detail: {
                ...{ approval: id, state: 'granted', by: 'ann', reason: 'down' },
                ...{ rules: ['ask'], broke_glass: true },
              },
            },
            { seq: 2, kind: 'closed', detail: { outcome: 'delivered' } },
          ],
        },
      ]
        .map(({ id: _, ...rest }) => rest)
        .map((one) => expect.objectContaining(one)),
    );
  });

  it('has every step that no call takes, and what was refused', async () => {
    const desk = new Desk([demand('ask', { quorum: 2 })]);
    const one = await desk.ask();
    await desk.approve(one.id, dan);
    await expect(desk.approve(one.id, decider('ann', { groups: ['dba'] }))).rejects.toThrow();
    await desk.deny(one.id, dora);
    await desk.approvals.revoke((await desk.ask()).id, dan, 'no', 'api');
    await desk.approvals.cancel((await desk.ask()).id, 'gone');
    const last = await desk.ask();
    desk.now += 15 * MINUTE;
    await desk.approvals.get(last.id);
    expect(desk.steps()).toEqual([
      'approvals/approve pending dan',
      'approvals/approve APPROVAL_SELF ann',
      'approvals/deny denied dora',
      'approvals/revoke revoked dan',
      'approvals/cancel cancelled ann',
      'approvals/expire expired gate',
    ]);
  });

  /** Takes so many batches, then none. */
  const failing = (taken: number, batches: TranscriptBatch[]) => ({
    append: async (batch: TranscriptBatch) => {
      if (batches.length >= taken) throw new Error('disk full');
      batches.push(batch);
    },
  });

  it('is begun before a yes counts: what can not be recorded is not approved', async () => {
    const desk = new Desk([demand('ask')], { recorder: failing(0, []) });
    const { id } = await desk.ask();
    await expect(desk.approve(id, dan)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(await desk.approvals.get(id)).toMatchObject({ state: 'pending', version: 1 });
  });

  it('begins before a yes counts: what the rules ask for by then is what counts', async () => {
    const batches: TranscriptBatch[] = [];
    const append = async (batch: TranscriptBatch) => {
      if (batches.push(batch) === 1) desk.rules = [demand('ask', { quorum: 2 })];
    };
    const desk: Desk = new Desk([demand('ask')], { recorder: { append } });
    const { id } = await desk.ask();
    await expect(desk.approve(id, dan)).rejects.toMatchObject({ code: 'APPROVAL_OUTDATED' });
    expect(await desk.approvals.get(id)).toMatchObject({ state: 'revoked' });
    const details = batches.flatMap(({ events }) => events).map(({ detail }) => detail);
    expect(details).toContainEqual(expect.objectContaining({ code: 'APPROVAL_OUTDATED' }));
  });

  it('does not keep a yes where transcripts are not required', async () => {
    const desk = new Desk([demand('ask')], { recorder: failing(0, []), required: false });
    const { id } = await desk.ask();
    expect(await desk.approve(id, dan)).toMatchObject({ state: 'granted' });
    expect(desk.logged.join()).toContain('STORE_UNAVAILABLE');
  });

  it('does not keep a no', async () => {
    const desk = new Desk([demand('ask')], { recorder: failing(0, []) });
    const { id } = await desk.ask();
    expect(await desk.deny(id, dan)).toMatchObject({ state: 'denied' });
  });

  it('says that somebody wanted a yes even where the gate dies on the way', async () => {
    const batches: TranscriptBatch[] = [];
    const desk = new Desk([demand('ask')], { recorder: failing(1, batches) });
    const { id } = await desk.ask();
    expect(await desk.approve(id, dan)).toMatchObject({ state: 'granted' });
    expect(batches.flatMap(({ opened }) => opened)).toMatchObject([{ target: id, sub: 'dan' }]);
  });
});
