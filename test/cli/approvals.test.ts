import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { roughSpan } from '../../src/cli/approvals/rough-span.ts';
import { approvals } from '../../src/cli/approvals.ts';
import { ApprovalsGate } from '../admin/approvals-gate.ts';
import { Folder, type Ran, run } from './terminal.ts';

let gate: ApprovalsGate;
let desk: Folder;
beforeAll(async () => {
  gate = await ApprovalsGate.start();
});
afterAll(() => gate?.stop());
beforeEach(() => {
  desk = new Folder();
});
afterEach(() => desk.remove());

/** `sallyport approvals …` as somebody. */
async function as(sub: string, ...args: string[]): Promise<Ran> {
  desk.write({ [sub]: await gate.token(sub) });
  return run(approvals, desk.path, ...args, '--to', gate.url, '--token-file', sub);
}

const unknown = '019c2f40-5b7e-7c1a-9f3e-0d2b4a6c8e10';

describe('sallyport approvals list', () => {
  it('says who has asked for what, and whom it needs', async () => {
    const { id } = await gate.ask('drop_table', { table: 'carts' });
    const { code, out } = await as('dan', 'list', '--mine');
    expect(code).toBe(0);
    const [head = '', line = '', ...more] = out.trimEnd().split('\n');
    expect(head.split(/\s{2,}/)).toEqual(['id', 'state', 'time', 'who', 'what', 'needs']);
    expect(more).toEqual([]);
    const [, ...cells] = line.split(/\s{2,}/);
    expect(line).toContain(id);
    expect(cells[0]).toBe('pending');
    expect(cells[1]).toMatch(/^14m \d+s left$|^15m left$/);
    expect(cells.slice(2)).toEqual(['ana', 'db drop_table', '2 of group:dba']);
    expect((await as('eve', 'list')).err).toBe('no approvals\n');
  });

  it('goes on until it has as many as it was asked for', async () => {
    await gate.askOften('restart', 130);
    const { out } = await as('olaf', 'list', '--limit', '120', '--target', 'restart', '--json');
    const found = JSON.parse(out).approvals.map((one: { id: string }) => one.id);
    expect(new Set(found).size).toBe(120);
    expect(found).toEqual([...found].sort().reverse());
  });

  it.each([
    [['list', '--state', 'pendign']],
    [['list', '--limit', '0']],
    [['list', 'more']],
    [['show']],
    [['deny', 'a', 'b']],
    [['show', 'a'], 'it is the whole of what "sallyport approvals list" prints first in a line'],
    [['show', '../policies']],
    [['approve', unknown, '--when', '{}']],
    [['approve', unknown, '--for', '1h', '--when', '[]']],
    [['approve', unknown, '--for', 'soon'], 'such as 30m or 2h'],
    [['aprove', unknown], 'did you mean "approve"?'],
    [[]],
  ])('refuses what makes no sense: %j', async (args, ...[hint]: string[]) => {
    const refused = { code: 'USAGE', ...(hint === undefined ? {} : { hint }) };
    await expect(as('dan', ...args)).rejects.toMatchObject(refused);
  });
});

describe('sallyport approvals show', () => {
  it('prints what somebody needs to decide', async () => {
    const before = await gate.ask('drop_table', { table: 'old' });
    await gate.send('dan', `/${before.id}/deny`, { reason: 'ask again on Monday' });
    const { id } = await gate.ask('drop_table', { table: 'orders', cascade: true });
    await gate.send('dora', `/${id}/approve`, { reason: 'planned' });
    const { out } = await as('dan', 'show', id);
    expect(out).toContain(`approval  ${id}\nstate     pending, 1`);
    expect(out).toContain(`who       ana <ana@x.test> (analysts, oncall) of ${gate.issuer.url}`);
    expect(out).toContain('by        claude-code 2.1, client agent-client');
    expect(out).toContain('what      tools/call drop_table on db');
    expect(out).toContain('      "table": "orders",\n      "cascade": true');
    expect(out).toContain('the tool\n  Works on tables.\n  {"destructiveHint":true}');
    expect(out).toContain(
      'two-dbas  policies/db.yaml:4\n    "Dropping a table can\'t be undone."\n    2 of group:dba; not the caller; break glass: group:oncall\n    1 missing, so far dora',
    );
    expect(out).toContain('dora  approve (api): planned');
    expect(out).toContain(`asked, denied  ${before.id}  ask again on Monday`);
    expect(out).toContain('you\n  can approve, deny\n');
    expect(out).toContain(`https://gate.test/approvals/${id}`);
    const own = await as('ana', 'show', id);
    expect(own.out).toContain('can break the glass, cancel (not approve: ');
  });

  it('lets nobody draw on the terminal', async () => {
    const evil = '\u001b[2J\u202eevil';
    const caller = { issuer: gate.issuer.url, sub: `ana${evil}` };
    const { id } = await gate.ask('restart', { [evil]: evil }, { caller, agent: evil });
    await gate.send('olaf', `/${id}/deny`, { reason: `no${evil}` });
    for (const args of [
      ['list', '--state', 'all'],
      ['show', id],
      ['show', id, '--json'],
    ]) {
      const { out } = await as('olaf', ...args);
      expect(out).not.toContain('\u001b');
      expect(out).not.toContain('\u202e');
    }
  });

  it('prints numbers as they would be sent', async () => {
    const digits = '12345678901234567890';
    const raw = (JSON as unknown as { rawJSON(text: string): never }).rawJSON(digits);
    const { id } = await gate.ask('execute', { limit: raw });
    expect((await as('dan', 'show', id)).out).toContain(`"limit": ${digits}`);
    expect((await as('dan', 'show', id, '--json')).out).toContain(`"limit": ${digits}`);
  });

  it('says that there is none to whoever may not see it', async () => {
    const { id } = await gate.ask('execute', { sql: 'x' });
    await expect(as('eve', 'show', id)).rejects.toMatchObject({ code: 'APPROVAL_UNKNOWN' });
    await expect(as('dan', 'show', unknown)).rejects.toMatchObject({ code: 'APPROVAL_UNKNOWN' });
  });
});

describe('sallyport approvals approve', () => {
  it('counts a yes, and says whom it still needs', async () => {
    const { id } = await gate.ask('drop_table', { table: 'a' });
    const first = await as('dan', 'approve', id);
    expect(first).toMatchObject({
      code: 1,
      out: `${id} counted; it still needs 1 of group:dba\n`,
    });
    const second = await as('dora', 'approve', id, '--reason', 'checked');
    expect(second.code).toBe(0);
    expect(second.out).toMatch(/^\S+ granted; the call may be made until 2\S+Z\n$/);
  });

  it('approves calls alike, within bounds', async () => {
    const { id } = await gate.ask('execute', { sql: 'delete from carts where id = 1' });
    desk.write({ 'when.json': '{"args.sql": {"starts_with": "delete from carts "}}' });
    const { code, out } = await as('dan', 'approve', id, '--for', '1h', '--when', '@when.json');
    expect(code).toBe(0);
    expect(out).toMatch(/^\S+ granted, and calls alike until 2\S+Z\n$/);
    const page = await as('dan', 'show', id);
    expect(page.out).toMatch(/alike\s+no calls so far, until /);
    expect(page.out).toContain('args.sql: { starts_with: "delete from carts " }');
    expect((await as('dan', 'list', '--standing')).out).toContain('calls alike');
    const taken = await as('dan', 'revoke', id, '--reason', 'done');
    expect(taken.out).toBe(`${id} revoked\n`);
  });

  it('breaks the glass where the caller says so', async () => {
    const { id } = await gate.ask('drop_table', { table: 'b' });
    await expect(as('ana', 'approve', id)).rejects.toMatchObject({
      ...{ code: 'APPROVAL_NOT_YOURS', hint: expect.stringContaining(`approvals show ${id}`) },
    });
    await expect(as('ana', 'approve', id, '--break-glass')).rejects.toMatchObject({
      ...{ code: 'APPROVAL_REASON', hint: 'use --reason TEXT' },
    });
    const { code } = await as('ana', 'approve', id, '--break-glass', '--reason', 'fire');
    expect(code).toBe(0);
    expect((await as('ruth', 'list', '--break-glass')).out).toContain('BREAK GLASS');
    expect((await as('ruth', 'show', id)).out).toContain('ana  approve, BREAK GLASS (api): fire');
  });
});

describe('sallyport approvals', () => {
  it('denies with a reason, and gives up', async () => {
    const { id } = await gate.ask('execute', { sql: 'y' });
    const { code, out } = await as('dan', 'deny', id, '--reason', 'use staging');
    expect([code, out]).toEqual([0, `${id} denied\n`]);
    expect((await gate.approvals.get(id))?.reason).toBe('use staging');
    const own = await gate.ask('execute', { sql: 'z' });
    expect((await as('ana', 'cancel', own.id)).out).toBe(`${own.id} cancelled\n`);
    await expect(as('dan', 'deny', own.id)).rejects.toMatchObject({ code: 'APPROVAL_ENDED' });
  });

  it('proposes policy', async () => {
    const { id } = await gate.ask('execute', { sql: 'analyze' });
    const { out } = await as('dan', 'proposal', id);
    expect(out).toContain('then: allow');
    expect(JSON.parse((await as('dan', 'proposal', id, '--json')).out).yaml).toBe(out);
  });

  it('has help with an example for each of its verbs', async () => {
    const verbs = ['list', 'show', 'approve', 'deny', 'revoke', 'cancel', 'proposal'];
    const { out } = await run(approvals, '.', '--help');
    for (const verb of verbs) {
      expect(out).toContain(`  ${verb} `);
      const help = await run(approvals, '.', verb, '--help');
      expect(help.out).toContain(`Example:\n  $ sallyport approvals ${verb} `);
      for (const line of help.out.split('\n')) expect(line.length).toBeLessThanOrEqual(104);
    }
  });
});

describe('a rough span', () => {
  it.each([
    [0, '0s'],
    [-5, '0s'],
    [999, '0s'],
    [61_000, '1m 1s'],
    [3_600_000, '1h'],
    [90_061_000, '1d 1h'],
  ])('of %i milliseconds is %s', (milliseconds, text) => {
    expect(roughSpan(milliseconds)).toBe(text);
  });
});
