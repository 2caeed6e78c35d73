import Database from 'better-sqlite3';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApprovalDesk } from '../../src/admin/approvals/approvals-desk.ts';
import type { Identity } from '../../src/model/identity.ts';
import type { ExchangeEnd, ExchangeHead } from '../../src/model/transcript.ts';
import { Approvals } from '../../src/pipeline/approval/approvals.ts';
import { newId } from '../../src/pipeline/new-id.ts';
import { MemoryApprovals } from '../../src/store/memory/approvals.ts';
import { keptLog } from '../auth/fixture.ts';
import { approvalNamed } from '../support/approvals.ts';
import { closing, opening } from '../support/batches.ts';
import { ApprovalsGate } from './approvals-gate.ts';

// What is told of approvals: in pages, beside earlier calls, as they change, and in figures.

let gate: ApprovalsGate;
let stopped = false;
beforeAll(async () => {
  gate = await ApprovalsGate.start();
});
afterAll(() => (stopped ? undefined : gate?.stop()));

const total = (news: string, count: number) => `sallyport_approvals_total{news="${news}"} ${count}`;

// It counts from nothing, so it is the first.
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

/** Somebody whom nothing else here is about. */
const bea = () => ({ caller: { issuer: gate.issuer.url, sub: 'bea' } });

/** An exchange of the past. */
async function past(head: Partial<ExchangeHead>, end: Partial<ExchangeEnd> = {}): Promise<string> {
  const id = newId();
  const usual = { target: 'execute', sub: 'bea', issuer: gate.issuer.url };
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
    const before = await gate.ask('execute', { sql: 'delete from secrets_of_the_past' }, bea());
    await gate.send('dan', `/${before.id}/deny`, { reason: 'no' });
    const foreign = await gate.ask(
      'execute',
      {},
      {
        caller: { issuer: 'https://other.test', sub: 'bea' },
      },
    );
    const { id } = await gate.ask('execute', { sql: 'delete from carts' }, bea());
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

const roles = {
  ...{ admin: [], approver: ['user:olaf'], auditor: [], publisher: [], viewer: ['user:vera'] },
};
const by = ['group:red', 'group:blue', 'user:dan'];
const issuer = 'https://issuer.test';
const people = ['dan', 'olaf', 'vera', 'ann', 'eve'];

/** A desk over approvals that name the one or the other. */
async function deskOver(names: readonly (readonly string[])[]) {
  const clock = () => 2_000;
  const log = keptLog();
  const bounds = { max: 1_000, maxPerCaller: 1_000 };
  const store = new MemoryApprovals({ clock, log, bounds });
  for (const [at, named] of names.entries()) {
    const approval = approvalNamed(`id-${String(at).padStart(4, '0')}`);
    const demands = approval.demands.map((demand) => ({ ...demand, by: named }));
    await store.open({ ...approval, demands }, []);
  }
  const demandOf = () => undefined;
  const approvals = new Approvals({
    ...{ store, clock, log, recorder: { append: async () => undefined }, channels: [] },
    ...{ demandOf, revision: () => 'r1', keep: 1_000 },
  });
  return new ApprovalDesk({
    ...{ approvals, roles, clock, log, pageOf: () => undefined, rules: () => [] },
  });
}

describe('pages of a list', () => {
  it('have together what somebody may see, each once, the newest first', async () => {
    const names = fc.array(fc.subarray(by), { minLength: 0, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(
        ...[names, fc.integer({ min: 1, max: 50 }), fc.constantFrom(...people)],
        ...[fc.subarray(['red', 'blue']), fc.boolean(), fc.integer({ min: 1, max: 9 })],
        async (pattern, times, sub, groups, mine, limit) => {
          const named = Array.from({ length: times }, () => pattern).flat();
          const desk = await deskOver(named);
          const identity: Identity = { issuer, sub, groups, scopes: [], claims: {} };
          const viewer = desk.viewer(identity);
          const found: string[] = [];
          let before: string | undefined;
          do {
            const at = before === undefined ? {} : { before };
            const page = await desk.list(viewer, { mine, limit: limit * 10, ...at });
            found.push(...page.approvals.map(({ id }) => id));
            expect(page.approvals.length).toBeLessThanOrEqual(limit * 10);
            before = page.next;
          } while (before !== undefined);
          const isNamed = (one: readonly string[]) =>
            one.length === 0
              ? sub === 'olaf'
              : one.includes(`user:${sub}`) || groups.some((name) => one.includes(`group:${name}`));
          const reads = ['olaf', 'vera', 'ann'].includes(sub);
          const expected = named.flatMap((one, at) => {
            const shown = mine ? isNamed(one) && sub !== 'ann' : reads || isNamed(one);
            return shown ? [`id-${String(at).padStart(4, '0')}`] : [];
          });
          expect(found).toEqual(expected.reverse());
        },
      ),
      { numRuns: 20 },
    );
  });
});

/** A stream of events, as somebody reads it. */
class Listener {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #abort: AbortController;
  text = '';

  static async start(sub: string): Promise<Listener> {
    const abort = new AbortController();
    const response = await fetch(`${gate.url}/v1/approvals/events`, {
      headers: { authorization: `Bearer ${await gate.token(sub)}` },
      signal: abort.signal,
    });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    expect(response.headers.get('cache-control')).toBe('no-store');
    const listener = new Listener(response.body as ReadableStream<Uint8Array>, abort);
    await listener.until('retry');
    return listener;
  }

  private constructor(body: ReadableStream<Uint8Array>, abort: AbortController) {
    this.#reader = body.getReader();
    this.#abort = abort;
  }

  async until(part: string): Promise<string> {
    while (!this.text.includes(part)) {
      const { value, done } = await this.#reader.read();
      if (done) throw new Error(`the stream ended without ${part}`);
      this.text += Buffer.from(value).toString('utf8');
    }
    return this.text;
  }

  stop(): void {
    this.#abort.abort();
  }
}

async function statusFor(sub: string): Promise<number> {
  const headers = { authorization: `Bearer ${await gate.token(sub)}` };
  const response = await fetch(`${gate.url}/v1/approvals/events`, { headers });
  await response.body?.cancel();
  return response.status;
}

describe('the name of the stream', () => {
  it('takes no part of the path for an id', async () => {
    expect((await gate.send('dan', '/event')).status).toBe(404);
  });
});

describe('the stream of events', () => {
  it('tells what changes to whoever may see it, and nothing else', async () => {
    const dan = await Listener.start('dan');
    const eve = await Listener.start('eve');
    const ana = await Listener.start('ana');
    const { id } = await gate.ask('execute', { sql: 'delete from carts' });
    const others = await gate.ask('restart', { service: 'shop' });
    await gate.send('dan', `/${id}/approve`, { reason: 'fine' });
    const text = await dan.until('"granted"');
    expect(text).toContain(`id: ${id}.2\nevent: approval\ndata: {`);
    expect(text).not.toContain('delete from carts');
    expect(text).not.toContain(others.id);
    expect(await ana.until('"granted"')).toContain(others.id);
    // What would have come for eve has come before this.
    const own = await gate.ask('restart', {}, { caller: { issuer: gate.issuer.url, sub: 'eve' } });
    expect(await eve.until(own.id)).not.toContain(id);
    for (const one of [dan, eve, ana]) one.stop();
  });

  it('is not for everybody at once', async () => {
    const open: Listener[] = [];
    for (let many = 0; many < 10; many++) open.push(await Listener.start('vera'));
    expect(await gate.brief('vera', '/events')).toEqual([429, 'ADMIN_STREAMS']);
    (await Listener.start('olaf')).stop();
    open.pop()?.stop();
    // The gate hears of it a moment later.
    await expect.poll(() => statusFor('vera')).toBe(200);
    for (const one of open) one.stop();
  });

  it('ends when the gate stops', async () => {
    const dan = await Listener.start('dan');
    await gate.stop();
    stopped = true;
    await expect(dan.until('nothing more')).rejects.toThrow();
  });
});
