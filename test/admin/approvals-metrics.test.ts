import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApprovalsGate } from './approvals-gate.ts';

let gate: ApprovalsGate;
beforeAll(async () => {
  gate = await ApprovalsGate.start();
});
afterAll(() => gate?.stop());

const total = (news: string, count: number) => `sallyport_approvals_total{news="${news}"} ${count}`;

describe('metrics', () => {
  it('tell what has become of approvals and of the news about them', async () => {
    const before = await gate.metrics();
    expect(before).toContain(total('asked', 0));
    expect(before).toContain('sallyport_approvals_open{state="pending"} 0');
    const first = await gate.ask('drop_table', { table: 'customer_names' });
    await gate.ask('drop_table', { table: 'customer_names' });
    await gate.send('ana', `/${first.id}/approve`, { breakGlass: true, reason: 'fire' });
    const alike = await gate.ask('execute', { sql: 'a' });
    await gate.send('dan', `/${alike.id}/approve`, { standing: { for: '1h' } });
    await gate.approvals.take(alike.id, 'one');
    await gate.approvals.take(alike.id, 'two');
    const made = await gate.ask('execute', { sql: 'b' });
    await gate.send('dan', `/${made.id}/approve`, {});
    await gate.approvals.take(made.id, 'three');
    await gate.approvals.nextRound(made.id, 0);
    const refused = await gate.ask('execute', { sql: 'c' });
    await gate.send('dan', `/${refused.id}/deny`, {});
    await gate.ask('restart');
    const text = await gate.metrics();
    const counts = { asked: 5, granted: 3, denied: 1, used: 1, 'broke-glass': 1, expired: 0 };
    for (const [news, count] of Object.entries(counts)) expect(text).toContain(total(news, count));
    expect(text).toContain('sallyport_approvals_open{state="pending"} 1');
    expect(text).toContain('sallyport_approvals_open{state="granted"} 2');
    expect(text).toContain('sallyport_approval_decision_seconds_count{news="granted"} 3');
    expect(text).toContain('sallyport_approval_decision_seconds_count{news="denied"} 1');
    expect(text).toContain('sallyport_channel_messages_total{channel="ops",how="lost"} 1');
    expect(text).not.toContain('customer_names');
    expect(await gate.metrics()).toContain(total('asked', 5));
  });
});
