import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExchangeEnd, ExchangeHead } from '../../src/model/transcript.ts';
import { newId } from '../../src/pipeline/new-id.ts';
import { closing, opening } from '../support/batches.ts';
import { ApprovalsGate } from './approvals-gate.ts';

let gate: ApprovalsGate;
beforeAll(async () => {
  gate = await ApprovalsGate.start();
});
afterAll(() => gate?.stop());

/** An exchange of the past. */
async function past(head: Partial<ExchangeHead>, end: Partial<ExchangeEnd> = {}): Promise<string> {
  const id = newId();
  const usual = { target: 'execute', sub: 'ana', issuer: gate.issuer.url };
  await gate.transcripts.append(opening(id, 1, { ...usual, ...head }));
  await gate.transcripts.append(closing(id, { effect: 'approve', rule: 'one-dba', ...end }));
  return id;
}

describe('whoever decides', () => {
  it('sees what came of earlier calls of the same caller and target', async () => {
    const made = await past({});
    const failed = await past({}, { outcome: 'failed' });
    await past({}, { outcome: 'blocked' });
    await past({}, { effect: 'allow' });
    await past({ sub: 'bob' });
    await past({ issuer: 'https://other.test' });
    await past({ target: 'drop_table' });
    await past({ upstream: 'other' });
    await past({ method: 'prompts/get' });
    const before = await gate.ask('execute', { sql: 'delete from secrets_of_the_past' });
    await gate.send('dan', `/${before.id}/deny`, { reason: 'no' });
    const foreign = await gate.ask(
      'execute',
      {},
      {
        caller: { issuer: 'https://other.test', sub: 'ana' },
      },
    );
    const { id } = await gate.ask('execute', { sql: 'delete from carts' });
    await past({});
    const { body } = await gate.send('dora', `/${id}`);
    const { earlier } = body;
    expect(earlier.approvals).toMatchObject([{ id: before.id, state: 'denied', reason: 'no' }]);
    expect(JSON.stringify(earlier)).not.toContain(foreign.id);
    const found = earlier.calls.map((one: { exchange: string }) => one.exchange);
    expect(found).toEqual([failed, made]);
    expect(earlier.calls[0]).toMatchObject({ outcome: 'failed', milliseconds: 1001 });
    expect(earlier.recent).toMatchObject({
      caller: { answered: 2, failed: 1, blocked: 1 },
      others: { answered: 2 },
    });
    // Others' arguments are for whoever decided then.
    expect(JSON.stringify(body)).not.toContain('secrets_of_the_past');
  });

  it('finds them by an index, so that it costs the same however much is recorded', () => {
    const db = new Database(`${gate.folder}/transcripts.db`, { readonly: true });
    const plan = db
      .prepare(
        `EXPLAIN QUERY PLAN SELECT id FROM exchange WHERE upstream = 'a' AND target = 'b' AND id < 'c'
           AND effect = 'approve' ORDER BY id DESC LIMIT 500`,
      )
      .all();
    expect(JSON.stringify(plan)).toContain('exchange_approved (upstream=? AND target=? AND id<?)');
    db.close();
  });

  it('decides all the same where transcripts cannot be read', async () => {
    const db = new Database(`${gate.folder}/transcripts.db`);
    db.exec('ALTER TABLE exchange RENAME COLUMN outcome TO result');
    const { id } = await gate.ask('execute', { sql: 'delete from baskets' });
    const { status, body } = await gate.send('dan', `/${id}`);
    db.exec('ALTER TABLE exchange RENAME COLUMN result TO outcome');
    db.close();
    expect([status, body.earlier.calls]).toEqual([200, undefined]);
    expect(gate.log.lines.join()).toContain('earlier calls are not shown');
    expect(await gate.brief('dan', `/${id}/approve`, {})).toEqual([200, 'granted']);
  });
});
