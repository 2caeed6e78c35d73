import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SqliteReader } from '../../src/store/sqlite/reader.ts';
import { ApprovalsGate, policy } from './approvals-gate.ts';

let gate: ApprovalsGate;
beforeAll(async () => {
  gate = await ApprovalsGate.start();
});
afterAll(() => gate?.stop());

/** A call that nobody has asked about before. */
let count = 0;
const ask = async (tool: string) => (await gate.ask(tool, { table: `t${count++}` })).id;

describe('whoever looks at approvals', () => {
  it.each([
    ['ana', 'who has asked', 200],
    ['dan', 'whom the rule names', 200],
    ['olaf', 'who has the role approver', 200],
    ['ruth', 'who administers', 200],
    ['vera', 'who looks on', 200],
    ['eve', 'who has nothing to do with it', 404],
  ])('sees one, or is told that there is none: %s, %s', async (sub, _, status) => {
    const id = await ask('drop_table');
    expect((await gate.send(sub, `/${id}`)).status).toBe(status);
    expect((await gate.send(sub, `/${id}/proposal`)).status).toBe(status);
    const { body } = await gate.send(sub, '?limit=1');
    expect(body.approvals.map((one: { id: string }) => one.id)).toEqual(status === 200 ? [id] : []);
  });

  it.each([
    ['dan', true],
    ['vera', true],
    ['ana', false],
  ])('sees what others call only where they decide or look on: %s, %s', async (sub, sees) => {
    const { body } = await gate.send(sub, `/${await ask('drop_table')}`);
    expect('recent' in body.earlier).toBe(sees);
    expect(body.earlier.calls).toEqual([]);
  });

  it('needs a token', async () => {
    const id = await ask('execute');
    for (const path of ['', `/${id}`, '/events', `/${id}/proposal`]) {
      expect((await fetch(`${gate.url}/v1/approvals${path}`)).status).toBe(401);
    }
    for (const what of ['approve', 'deny', 'revoke', 'cancel']) {
      const method = 'POST';
      expect((await fetch(`${gate.url}/v1/approvals/${id}/${what}`, { method })).status).toBe(401);
    }
    expect((await gate.approvals.get(id))?.state).toBe('pending');
  });

  it('sees what would be sent, why the rule asks, and who is missing', async () => {
    const id = await ask('drop_table');
    await gate.send('dan', `/${id}/approve`, { reason: 'looks right' });
    const { body } = await gate.send('dora', `/${id}`);
    expect(body).toMatchObject({
      ...{ id, state: 'pending', agent: 'claude-code 2.1', upstream: 'db', target: 'drop_table' },
      caller: { sub: 'ana', email: 'ana@x.test', client: 'agent-client' },
      args: { name: 'drop_table', arguments: { table: expect.any(String) } },
      tool: { annotations: { destructiveHint: true } },
      missing: [{ rule: 'two-dbas', by: ['group:dba'], people: 1 }],
      demands: [
        {
          ...{ rule: 'two-dbas', at: { file: 'policies/db.yaml', line: 4 }, quorum: 2 },
          reason: "Dropping a table can't be undone.",
          ...{ approvedBy: [{ sub: 'dan' }], missing: 1 },
        },
      ],
      ballots: [{ by: { sub: 'dan' }, verdict: 'approve', reason: 'looks right', via: 'api' }],
      you: { approve: true, deny: true, breakGlass: false, revoke: false, cancel: false },
      url: `https://gate.test/approvals/${id}`,
    });
    expect(body.expiresAt).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
  });

  it('sees numbers as they would be sent, and not as a double has them', async () => {
    const digits = '12345678901234567890';
    const raw = (JSON as unknown as { rawJSON(text: string): never }).rawJSON(digits);
    const { id } = await gate.ask('execute', { limit: raw });
    const authorization = `Bearer ${await gate.token('dan')}`;
    const response = await fetch(`${gate.url}/v1/approvals/${id}`, { headers: { authorization } });
    expect(await response.text()).toContain(`"limit":${digits}`);
    const { body } = await gate.send('dan', `/${id}/approve`, { standing: { for: '10m' } });
    // No bound can say it, so that none is made up.
    expect(body.code).toBe('APPROVAL_STANDING');
  });

  it.each([
    ['ana', { approve: false, deny: false, breakGlass: true, revoke: false, cancel: true }],
    ['dan', { approve: true, deny: true, breakGlass: false, revoke: false, cancel: false }],
    ['olaf', { approve: false, deny: true, breakGlass: false, revoke: false, cancel: false }],
    ['ruth', { approve: false, deny: false, breakGlass: false, revoke: true, cancel: false }],
    ['vera', { approve: false, deny: false, breakGlass: false, revoke: false, cancel: false }],
  ])('is told what they can do, and can do just that: %s', async (sub, you) => {
    const id = await ask('drop_table');
    expect((await gate.send(sub, `/${id}`)).body.you).toMatchObject(you);
    const tries = {
      breakGlass: () => gate.send(sub, `/${id}/approve`, { breakGlass: true, reason: 'fire' }),
      approve: () => gate.send(sub, `/${id}/approve`, {}),
      cancel: () => gate.send(sub, `/${id}/cancel`, {}),
      deny: () => gate.send(sub, `/${id}/deny`, {}),
      revoke: () => gate.send(sub, `/${id}/revoke`, { reason: 'no' }),
    };
    for (const [what, tryIt] of Object.entries(tries)) {
      if (you[what as keyof typeof you]) continue;
      expect([what, (await tryIt()).status]).toEqual([what, 403]);
      expect((await gate.approvals.get(id))?.state).toBe('pending');
    }
    const [can] = Object.entries(you).flatMap(([what, may]) => (may ? [what] : []));
    if (can) expect((await tries[can as keyof typeof tries]()).status).toBe(200);
  });
});

describe('lists of approvals', () => {
  it('go on where they ended, whatever comes in between', async () => {
    const before = [await ask('restart'), await ask('restart'), await ask('restart')];
    const seen: string[] = [];
    let next: string | undefined;
    do {
      const at = next === undefined ? '' : `&before=${next}`;
      const { body } = await gate.send('olaf', `?target=restart&limit=1${at}`);
      seen.push(...body.approvals.map((one: { id: string }) => one.id));
      next = body.next;
      await ask('restart');
    } while (next !== undefined);
    expect(seen).toEqual(before.reverse());
  });

  it('find what is for somebody among what is not', async () => {
    const mine = await ask('vacuum');
    await gate.askOften('restart', 150);
    const { body } = await gate.send('dan', '?mine=true&limit=1&target=vacuum');
    expect(body.approvals).toMatchObject([{ id: mine }]);
    // dan reads by being named: what is not for him is looked through, and not shown.
    const first = await gate.send('dan', '?mine=true&limit=1');
    expect(first.body.approvals).toMatchObject([{ id: mine }]);
    await gate.send('dan', `/${mine}/approve`, { reason: 'yes' });
    const after = await gate.send('dan', '?mine=true&target=vacuum');
    expect(after.body.approvals).toEqual([]);
  });

  it('say where to go on once they have looked through enough', async () => {
    const oldest = await ask('vacuum');
    await gate.askOften('restart', 510);
    const first = await gate.send('dan', '?state=pending&mine=true');
    expect(first.body.approvals).toEqual([]);
    const second = await gate.send('dan', `?state=pending&mine=true&before=${first.body.next}`);
    expect(second.body.approvals[0]).toMatchObject({ id: oldest });
  });

  it('narrow by state, caller, broken glass and grants for calls alike', async () => {
    const broken = await ask('drop_table');
    await gate.send('ana', `/${broken}/approve`, { breakGlass: true, reason: 'all is down' });
    const alike = await ask('execute');
    await gate.send('dan', `/${alike}/approve`, { standing: { for: '1h' } });
    const listed = async (query: string) => {
      const { body } = await gate.send('ruth', query);
      return body.approvals.map((one: { id: string }) => one.id);
    };
    expect(await listed('?break-glass=true')).toContain(broken);
    expect(await listed('?break-glass=true')).not.toContain(alike);
    expect(await listed('?standing=true')).toContain(alike);
    expect(await listed('?standing')).not.toContain(broken);
    expect(await listed('?state=granted,used&upstream=db')).toEqual(
      expect.arrayContaining([broken, alike]),
    );
    expect(await listed('?caller=eve')).toEqual([]);
    expect(await listed('?state=denied&target=nothing')).toEqual([]);
  });

  it.each([
    '?status=pending',
    '?state=open',
    '?limit=0',
    '?limit=ten',
    '?mine=yes',
    '?caller=',
    '?before=a&before=b',
    `?target=${'x'.repeat(3_000)}`,
  ])('refuse what they do not know: %s', async (query) => {
    expect(await gate.brief('ruth', query)).toEqual([400, 'ADMIN_REQUEST']);
  });

  it('leave out what would be sent', async () => {
    await gate.ask('execute', { sql: 'select private_matter' });
    const { body } = await gate.send('ruth', '?limit=1');
    expect(JSON.stringify(body)).not.toContain('private_matter');
  });
});

describe('a decision', () => {
  it('counts people, and grants the call once they are enough', async () => {
    const id = await ask('drop_table');
    expect(await gate.brief('dan', `/${id}/approve`, {})).toEqual([200, 'pending']);
    // The same person again is no second one.
    expect(await gate.brief('dan', `/${id}/approve`, {})).toEqual([200, 'pending']);
    const { body } = await gate.send('dan', `/${id}`);
    expect(body.you).toMatchObject({ approve: false, why: 'you have approved it already' });
    expect(await gate.brief('dora', `/${id}/approve`, {})).toEqual([200, 'granted']);
    expect(await gate.brief('dora', `/${id}/approve`, {})).toEqual([409, 'APPROVAL_ENDED']);
  });

  it('by a no ends it, with the reason', async () => {
    const id = await ask('drop_table');
    await gate.send('dan', `/${id}/approve`, {});
    const { body } = await gate.send('olaf', `/${id}/deny`, { reason: 'use staging' });
    expect(body).toMatchObject({ state: 'denied', reason: 'use staging', missing: [] });
    expect(await gate.brief('dora', `/${id}/approve`, {})).toEqual([409, 'APPROVAL_ENDED']);
  });

  it('needs a reason where the rule asks for one', async () => {
    const id = await ask('vacuum');
    expect((await gate.send('dan', `/${id}`)).body.you.reasonRequired).toBe(true);
    for (const body of [{}, { reason: ' ' }]) {
      expect(await gate.brief('dan', `/${id}/approve`, body)).toEqual([422, 'APPROVAL_REASON']);
    }
    expect(await gate.brief('dan', `/${id}/approve`, { reason: 'x' })).toEqual([200, 'granted']);
  });

  it('of a rule that names nobody is made by the role approver', async () => {
    const id = await ask('restart');
    expect(await gate.brief('dan', `/${id}/approve`, {})).toEqual([404, 'APPROVAL_UNKNOWN']);
    expect(await gate.brief('ruth', `/${id}/approve`, {})).toEqual([403, 'APPROVAL_NOT_YOURS']);
    expect(await gate.brief('olaf', `/${id}/approve`, {})).toEqual([200, 'granted']);
  });

  it('of the caller alone breaks the glass, with a reason, and is marked', async () => {
    const id = await ask('drop_table');
    const alone = { breakGlass: true };
    expect(await gate.brief('ana', `/${id}/approve`, alone)).toEqual([422, 'APPROVAL_REASON']);
    const told = { ...alone, reason: 'orders are down' };
    const { body } = await gate.send('ana', `/${id}/approve`, told);
    expect(body).toMatchObject({ state: 'granted', breakGlass: true });
    expect(body.ballots).toMatchObject([{ by: { sub: 'ana' }, breakGlass: true }]);
  });

  it('on what the rules ask for no longer is refused', async () => {
    const id = await ask('execute');
    gate.setPolicy(policy.replace('by: [group:dba], standing: 1h', 'by: [group:dba], quorum: 2'));
    expect(await gate.brief('dan', `/${id}/approve`, {})).toEqual([409, 'APPROVAL_OUTDATED']);
    gate.setPolicy(policy);
    expect((await gate.approvals.get(id))?.state).toBe('revoked');
  });

  it('comes too late once the time is over', async () => {
    const id = await ask('execute');
    gate.ahead += 16 * 60_000;
    const { body } = await gate.send('dan', `/${id}`);
    expect([body.state, body.you.approve]).toEqual(['expired', false]);
    expect(await gate.brief('dan', `/${id}/approve`, {})).toEqual([409, 'APPROVAL_ENDED']);
  });

  it.each([
    ['approve', '{"reason":1}'],
    ['approve', '{"standing":{"for":"soon"}}'],
    ['approve', '{"standing":{"for":"1h","when":[]}}'],
    ['approve', '{"break_glass":true}'],
    ['approve', `{"standing":{"for":"1h","when":${'{"a":'.repeat(40)}1${'}'.repeat(40)}}}`],
    ['deny', 'no'],
    ['revoke', '[]'],
    ['cancel', '{"why":"x"}'],
  ])('is read as it is meant, or not at all: %s %s', async (what, body) => {
    const id = await ask('execute');
    const authorization = `Bearer ${await gate.token('dan')}`;
    const response = await fetch(`${gate.url}/v1/approvals/${id}/${what}`, {
      ...{ method: 'POST', body },
      headers: { authorization, 'content-type': 'application/json' },
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'ADMIN_REQUEST' });
    expect((await gate.approvals.get(id))?.state).toBe('pending');
  });

  it('is in the transcript with who made it and where', async () => {
    const id = await ask('execute');
    await gate.send('dan', `/${id}/deny`, { reason: 'not on a Friday' });
    const reader = new SqliteReader(`${gate.folder}/transcripts.db`);
    const [step] = reader.exchanges({ target: id, limit: 1 });
    expect(step).toMatchObject({ method: 'approvals/deny', sub: 'dan', outcome: 'delivered' });
    const details = reader.events(step?.id ?? '').map(({ detail }) => detail);
    expect(details[0]).toMatchObject({ approval: id, via: 'api' });
    expect(details[1]).toMatchObject({ state: 'denied', by: 'dan', reason: 'not on a Friday' });
    reader.close();
  });
});

describe('a grant for calls alike', () => {
  it('is for the same arguments unless it says otherwise, and is shown as a rule would say it', async () => {
    const { id } = await gate.ask('execute', { sql: 'delete from carts', limit: 7 });
    const { body } = await gate.send('dan', `/${id}`);
    expect(body.you.standing).toBe(3_600_000);
    const granted = await gate.send('dan', `/${id}/approve`, { standing: { for: '30m' } });
    expect(granted.body.standing).toMatchObject({
      calls: 0,
      when: { 'args.sql': { eq: 'delete from carts' }, 'args.limit': { eq: 7 } },
      yaml: 'args.sql: { eq: "delete from carts" }\nargs.limit: { eq: 7 }\n',
    });
    const left = Date.parse(granted.body.standing.until) - Date.now() - gate.ahead;
    expect(left).toBeGreaterThan(29 * 60_000);
    expect(left).toBeLessThanOrEqual(30 * 60_000);
  });

  it.each([
    ['longer than the rule says', 'execute', { for: '2h' }],
    ['where the rule says nothing of it', 'drop_table', { for: '1m' }],
    ['for other calls than the one', 'execute', { for: '1h', when: { 'args.table': { eq: '' } } }],
    ['by what is no argument', 'execute', { for: '1h', when: { 'identity.sub': { eq: 'ana' } } }],
    ['by what is no condition', 'execute', { for: '1h', when: { 'args.table': { like: 't' } } }],
  ])('is refused %s', async (_, tool, standing) => {
    const id = await ask(tool);
    const answer = await gate.brief('dan', `/${id}/approve`, { standing });
    expect(answer).toEqual([422, 'APPROVAL_STANDING']);
    expect((await gate.approvals.get(id))?.state).toBe('pending');
  });

  it('is taken back by whoever gave it, or administers; by others not', async () => {
    const grant = async () => {
      const id = await ask('execute');
      await gate.send('dan', `/${id}/approve`, { standing: { for: '1h' } });
      return id;
    };
    const reason = { reason: 'enough' };
    const own = await grant();
    expect(await gate.brief('dora', `/${own}/revoke`, reason)).toEqual([403, 'APPROVAL_NOT_YOURS']);
    expect(await gate.brief('dan', `/${own}/revoke`, {})).toEqual([422, 'APPROVAL_REASON']);
    expect(await gate.brief('dan', `/${own}/revoke`, reason)).toEqual([200, 'revoked']);
    expect(await gate.brief('ruth', `/${own}/revoke`, reason)).toEqual([409, 'APPROVAL_ENDED']);
    expect(await gate.brief('ruth', `/${await grant()}/revoke`, reason)).toEqual([200, 'revoked']);
  });
});

describe('a caller', () => {
  it('gives a call up, granted or not, until it is made', async () => {
    const pending = await ask('execute');
    expect(await gate.brief('dan', `/${pending}/cancel`, {})).toEqual([403, 'APPROVAL_NOT_YOURS']);
    expect(await gate.brief('ana', `/${pending}/cancel`, {})).toEqual([200, 'cancelled']);
    const granted = await ask('execute');
    await gate.send('dan', `/${granted}/approve`, {});
    expect(await gate.brief('ana', `/${granted}/cancel`, {})).toEqual([200, 'cancelled']);
    const made = await ask('execute');
    await gate.send('dan', `/${made}/approve`, {});
    expect((await gate.approvals.take(made, 'exchange'))?.state).toBe('used');
    expect(await gate.brief('ana', `/${made}/cancel`, {})).toEqual([409, 'APPROVAL_ENDED']);
  });
});

describe('a proposal', () => {
  it('is policy for calls like it', async () => {
    const { id } = await gate.ask('execute', { sql: 'analyze carts' });
    const { body } = await gate.send('dan', `/${id}/proposal`);
    expect(body.yaml).toContain('args.sql: { eq: "analyze carts" }');
    expect(body.yaml).toContain('Rule one-dba (policies/db.yaml:');
    expect(body.document.rules).toMatchObject([{ on: { tools: ['execute'] }, then: 'allow' }]);
  });

  it('is none where no rule can say what the arguments are', async () => {
    const { id } = await gate.ask('execute', { sql: Array.from({ length: 500 }, (_, i) => i) });
    expect(await gate.brief('dan', `/${id}/proposal`)).toEqual([422, 'APPROVAL_TOO_LARGE']);
  });
});
