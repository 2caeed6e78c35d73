import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { earlierSection } from '../../src/admin/pages/earlier-section.ts';
import type { Approval, ApprovalDemand } from '../../src/model/approval.ts';
import { PageBrowser } from './page-browser.ts';
import { PageGate } from './page-gate.ts';

let gate: PageGate;
const browsers = new Map<string, PageBrowser>();
beforeAll(async () => {
  gate = await PageGate.start();
  for (const user of ['ana', 'dora', 'dan', 'ruth', 'eve']) {
    const browser = new PageBrowser();
    await browser.open(`${gate.url}/approvals`, user);
    browsers.set(user, browser);
  }
});
afterAll(() => gate.stop());
beforeEach(() => {
  gate.ahead = 0;
});

function as(user: string): PageBrowser {
  const browser = browsers.get(user);
  if (!browser) throw new Error(`${user} has not logged in`);
  return browser;
}

const pathOf = ({ id }: Approval) => `${gate.url}/approvals/${id}`;
const pageOf = (user: string, approval: Approval) => as(user).open(pathOf(approval));
const now = async ({ id }: Approval) => gate.approvals.get(id);
const codeOf = ({ text }: { readonly text: string }) => /Code: <code>(\w+)/.exec(text)?.[1];
const buttonsOf = ({ text }: { readonly text: string }) =>
  [...text.matchAll(/name="do" value="([\w-]+)"/g)].map(([, name]) => name);

async function press(user: string, approval: Approval, button: string, fields = {}) {
  return as(user).press(await pageOf(user, approval), button, fields);
}

describe('the page of an approval', () => {
  it('shows who asks for what, why, whom it asks and what would be sent', async () => {
    const approval = await gate.ask(
      {
        ...{ agent: 'inspector/1.2', target: 'delete_order', upstream: 'orders-db' },
        args: { name: 'delete_order', arguments: { id: 17, note: 'as <b>asked</b>' } },
        tool: { description: 'Deletes an order', annotations: { destructiveHint: true } },
      },
      { reason: 'Deleting is for good', quorum: 2, breakGlass: ['group:oncall'] },
    );
    const { text, status } = await pageOf('dora', approval);
    expect(status).toBe(200);
    for (const shown of [
      ...['ana@x.test', 'analysts', 'inspector/1.2', 'delete_order', 'orders-db'],
      ...['as &lt;b&gt;asked&lt;/b&gt;', 'Deletes an order', 'may destroy something'],
      ...[
        'Deleting is for good',
        'db.yaml:3',
        '2 different people of: group dba, but never the caller',
      ],
      ...['0 of 2 so far', 'may go ahead alone: group oncall', approval.id, 'this is the first'],
    ]) {
      expect(text).toContain(shown);
    }
    expect(text).not.toContain('<b>asked');
  });

  it('shows characters that nobody sees, and those that turn text around', async () => {
    const approval = await gate.ask({
      target: 'pay\u202egro.liamg',
      args: { arguments: { to: 'a\u200bb', note: '\u001b[2J' } },
      tool: { description: 'x\u2066y' },
    });
    const { text } = await pageOf('dora', approval);
    for (const hidden of ['\u202e', '\u200b', '\u001b', '\u2066'])
      expect(text).not.toContain(hidden);
    for (const shown of ['pay\\u202egro.liamg', 'a\\u200bb', 'x\\u2066y']) {
      expect(text).toContain(shown);
    }
  });

  it('lets nobody put markup into it', async () => {
    const evil = `"><script>alert(1)</script><img src=x onerror='alert(1)'>`;
    const approval = await gate.ask(
      {
        ...{ target: evil, upstream: evil, agent: evil, method: evil },
        args: { [evil]: evil },
        caller: { issuer: gate.issuer.url, sub: evil, email: evil, groups: [evil], client: evil },
        tool: { title: evil, description: evil, annotations: { title: evil } },
      },
      { reason: evil, rule: evil, by: [`group:${evil}`, 'group:dba'], standing: 60_000 },
    );
    for (const path of [pathOf(approval), `${gate.url}/approvals?list=pending`]) {
      const { text } = await as('dora').open(path);
      expect(text).not.toMatch(/<script|<img|<[^>]*onerror=/);
    }
    await press('dora', approval, 'deny', { reason: evil });
    expect((await pageOf('dora', approval)).text).not.toMatch(/<script|<img/);
  });

  it('shows what came of earlier calls alike', async () => {
    const earlier = await gate.ask({ target: 'refund' });
    await press('dora', earlier, 'deny', { reason: 'not without a ticket' });
    const { text } = await pageOf('dora', await gate.ask({ target: 'refund' }));
    expect(text).toContain(`href="/approvals/${earlier.id}"`);
    expect(text).toContain('not without a ticket');
    const calls = [
      { exchange: 'e1', at: '2026-01-02T03:04:05.000Z', outcome: 'answered' },
    ] as const;
    const recent = { of: 2_000, caller: { answered: 3, blocked: 1 }, others: {} };
    const now = Date.parse('2026-01-03T03:04:05.000Z');
    const section = earlierSection({ approvals: [], calls, recent } as never, '', now).text;
    for (const shown of [
      '2026-01-02 03:04 UTC',
      '1d ago',
      '3 answered, 1 blocked',
      'others none',
    ]) {
      expect(section).toContain(shown);
    }
  });

  it('has a policy by which nothing but its own style and forms work', async () => {
    const page = await pageOf('dora', await gate.ask());
    const { headers } = as('dora');
    expect(headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'sha256-[\w+/=]{44}'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/,
    );
    expect(headers.get('referrer-policy')).toBe('same-origin');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(page.text).not.toMatch(/<script|style="|\son\w+=/);
  });

  it('tells nobody whom it is not for that it is there', async () => {
    const approval = await gate.ask();
    const [other, unknown] = [
      await pageOf('eve', approval),
      await as('eve').open(`${pathOf(approval)}x`),
    ];
    for (const page of [other, unknown]) {
      expect([page.status, codeOf(page)]).toEqual([404, 'APPROVAL_UNKNOWN']);
      expect(page.text).not.toContain('drop_table');
    }
  });

  const shown: [string, Partial<ApprovalDemand>, string, string[]][] = [
    ['whom the rule names', {}, 'dora', ['approve', 'deny']],
    ['the caller', {}, 'ana', ['cancel']],
    ['the caller on call', { breakGlass: ['group:oncall'] }, 'ana', ['break-glass', 'cancel']],
    [
      'the caller, who may',
      { by: ['user:ana'], notSelf: false },
      'ana',
      ['approve', 'deny', 'cancel'],
    ],
    ['an administrator', {}, 'ruth', ['revoke']],
  ];
  it.each(shown)('has the buttons that are for %s', async (_, demand, user, buttons) => {
    expect(buttonsOf(await pageOf(user, await gate.ask({}, demand)))).toEqual(buttons);
  });
});

describe('deciding on the page', () => {
  it('approves, and shows what has become of it', async () => {
    const approval = await gate.ask();
    const page = await press('dora', approval, 'approve');
    expect(page).toMatchObject({ status: 200, url: pathOf(approval) });
    expect(page.text).toContain('class="badge granted"');
    expect(await now(approval)).toMatchObject({
      state: 'granted',
      ballots: [{ via: 'page', by: { sub: 'dora', email: 'Dora@x.test' } }],
    });
    expect(buttonsOf(page)).toEqual(['revoke']);
    await press('dora', approval, 'revoke', { reason: 'by mistake' });
    expect(await now(approval)).toMatchObject({ state: 'revoked', reason: 'by mistake' });
  });

  it('denies with a reason that keeps its lines', async () => {
    const approval = await gate.ask();
    await press('dora', approval, 'deny', { reason: ' not today\r\nask me ' });
    expect(await now(approval)).toMatchObject({ state: 'denied', reason: 'not today\nask me' });
  });

  it('needs as many people as the rule says', async () => {
    const approval = await gate.ask({}, { quorum: 2 });
    const page = await press('dora', approval, 'approve');
    expect(page.text).toContain('1 of 2 so far');
    expect(page.text).toContain('Your yes is counted. Others must say yes as well.');
    expect(page.text).not.toContain("You can't approve this");
    expect((await pageOf('dan', approval)).text).not.toContain('Your yes');
    expect(await now(approval)).toMatchObject({ state: 'pending' });
    await press('dan', approval, 'approve');
    expect(await now(approval)).toMatchObject({ state: 'granted' });
  });

  it('breaks the glass with a reason, and says so', async () => {
    const approval = await gate.ask({}, { breakGlass: ['group:oncall'] });
    const page = await press('ana', approval, 'break-glass', { reason: 'the shop is down' });
    expect(page.text).toContain('has gone ahead alone');
    expect(await now(approval)).toMatchObject({
      state: 'granted',
      ballots: [{ breakGlass: true }],
    });
    expect((await as('ruth').open(`${gate.url}/approvals?list=glass`)).text).toContain(approval.id);
  });

  it('lets the caller give the call up', async () => {
    const approval = await gate.ask();
    await press('ana', approval, 'cancel');
    expect(await now(approval)).toMatchObject({ state: 'cancelled' });
  });

  it('approves calls alike within bounds that are shown as a rule has them', async () => {
    const approval = await gate.ask({}, { standing: 3_600_000 });
    const { text } = await pageOf('dora', approval);
    expect(text).toContain('args.table: { eq: users }');
    expect(text.match(/<option value="\d+"/g)).toEqual(
      [900_000, 3_600_000].map((span) => `<option value="${span}"`),
    );
    const when = 'args.table:\r\n  in: [users, carts]\r\n';
    const page = await press('dora', approval, 'approve', { calls: 'alike', for: '900000', when });
    expect(await now(approval)).toMatchObject({
      standing: { when: { 'args.table': { in: ['users', 'carts'] } }, calls: 0 },
    });
    expect(page.text).toContain('Calls alike are approved as well');
  });

  it('offers the next one the bounds that somebody has set, for all must agree', async () => {
    const approval = await gate.ask({}, { standing: 3_600_000, quorum: 2 });
    const when = 'args.table: { in: [users, carts] }';
    const alike = { calls: 'alike', for: '900000', when };
    await press('dora', approval, 'approve', alike);
    const { text } = await pageOf('dan', approval);
    const [, offered = ''] = /<textarea class="code"[^>]*>([^<]*)</.exec(text) ?? [];
    expect(offered).toContain('carts');
    await press('dan', approval, 'approve', { ...alike, when: offered.replaceAll('&quot;', '"') });
    expect(await now(approval)).toMatchObject({ state: 'granted', standing: { calls: 0 } });
  });

  it('approves this call alone unless somebody says otherwise', async () => {
    const approval = await gate.ask({}, { standing: 3_600_000 });
    await press('dora', approval, 'approve', { for: '900000', when: 'args.table: exists' });
    expect(await now(approval)).not.toHaveProperty('standing');
  });

  const refused: [string, string, Partial<ApprovalDemand>, string, object, string][] = [
    [
      'a yes without the reason it needs',
      'dora',
      { reasonRequired: true },
      'approve',
      {},
      'APPROVAL_REASON',
    ],
    [
      'a broken glass without a reason',
      'ana',
      { breakGlass: ['user:ana'] },
      'break-glass',
      { reason: ' ' },
      'APPROVAL_REASON',
    ],
    ['to take back without a reason', 'ruth', {}, 'revoke', {}, 'APPROVAL_REASON'],
    [
      'calls alike for longer than the rule says',
      'dora',
      { standing: 60_000 },
      'approve',
      { calls: 'alike', for: '60001', when: 'args.table: exists' },
      'APPROVAL_STANDING',
    ],
    [
      'calls alike that are no condition',
      'dora',
      { standing: 60_000 },
      'approve',
      { calls: 'alike', for: '60000', when: '- x' },
      'APPROVAL_STANDING',
    ],
    [
      'calls alike that are no YAML',
      'dora',
      { standing: 60_000 },
      'approve',
      { calls: 'alike', for: '60000', when: '{' },
      'APPROVAL_STANDING',
    ],
    [
      'calls alike that this call is none of',
      'dora',
      { standing: 60_000 },
      'approve',
      { calls: 'alike', for: '60000', when: 'args.table: { eq: carts }' },
      'APPROVAL_STANDING',
    ],
    [
      'calls alike for no time',
      'dora',
      { standing: 60_000 },
      'approve',
      { calls: 'alike', for: '1h', when: 'args.table: exists' },
      'APPROVAL_STANDING',
    ],
    ['what no form of the page does', 'dora', {}, 'approve', { do: 'use' }, 'ADMIN_REQUEST'],
  ];
  it.each(refused)('refuses %s', async (_, user, demand, button, fields, code) => {
    const approval = await gate.ask({}, demand);
    const page = await press(user, approval, button, fields);
    expect(codeOf(page)).toBe(code);
    expect(page.text).toContain(`href="/approvals/${approval.id}"`);
    expect(await now(approval)).toMatchObject({ state: 'pending', ballots: [] });
  });

  it('refuses whom the rule does not name, though they have the form of somebody else', async () => {
    const approval = await gate.ask();
    const form = { ...(await formOf('ruth')), do: 'approve' };
    expect(codeOf(await as('ruth').request(pathOf(approval), form))).toBe('APPROVAL_NOT_YOURS');
    const own = { ...(await formOf('ana')), do: 'approve' };
    expect(codeOf(await as('ana').request(pathOf(approval), own))).toBe('APPROVAL_NOT_YOURS');
  });

  it('refuses the caller where the rule names them among others', async () => {
    const approval = await gate.ask({}, { by: ['user:ana', 'group:dba'] });
    const page = await pageOf('ana', approval);
    expect(page.text).toContain('somebody other than the caller');
    const form = { ...(await formOf('ana')), do: 'approve' };
    expect(codeOf(await as('ana').request(pathOf(approval), form))).toBe('APPROVAL_SELF');
  });

  it('says that the policy has changed, and takes no yes any longer', async () => {
    const approval = await gate.ask();
    const page = await pageOf('dora', approval);
    for (const { rule } of approval.demands) gate.changed.add(rule);
    expect((await pageOf('dora', approval)).text).toContain('The policy has changed');
    expect(codeOf(await as('dora').press(page, 'approve'))).toBe('APPROVAL_OUTDATED');
    expect(await now(approval)).toMatchObject({ state: 'revoked' });
  });

  async function formOf(user: string) {
    const { text } = await as(user).open(`${gate.url}/approvals`);
    return { form: /name="form" value="([^"]+)"/.exec(text)?.[1] ?? '' };
  }

  it.each<[string, (form: string, strange: string) => [object, object]]>([
    ['without the secret of the form', () => [{}, {}]],
    ['with the secret of somebody else', (_, strange) => [{ form: strange }, {}]],
    ['from another site', (form) => [{ form }, { origin: 'https://evil.test' }]],
    ['from a page that hides where it is', (form) => [{ form }, { origin: 'null' }]],
    ['from a frame of another site', (form) => [{ form }, { 'sec-fetch-site': 'cross-site' }]],
    ['without a login', (form) => [{ form }, { cookie: '' }]],
    ['as JSON', (form) => [{ form }, { 'content-type': 'application/json' }]],
  ])('takes no form %s', async (_, make) => {
    const approval = await gate.ask();
    const [{ form }, { form: strange }] = [await formOf('dora'), await formOf('dan')];
    const [fields, headers] = make(form, strange);
    const sent = { ...fields, do: 'approve' };
    const { status } = await as('dora').request(pathOf(approval), sent, headers);
    expect([403, 415]).toContain(status);
    expect(await now(approval)).toMatchObject({ state: 'pending', ballots: [] });
  });

  it('decides nothing by following a link', async () => {
    const approval = await gate.ask();
    await as('dora').open(`${pathOf(approval)}?do=approve&form=${(await formOf('dora')).form}`);
    expect(await now(approval)).toMatchObject({ state: 'pending', ballots: [] });
  });
});

describe('the link of a mail', () => {
  const link = (approval: Approval, address: string, until = approval.expiresAt) =>
    gate.tickets.link(pathOf(approval), { approval: approval.id, address, until });

  it('leads to the page after a login, and serves once', async () => {
    const approval = await gate.ask({}, { quorum: 2 });
    const browser = new PageBrowser();
    const url = link(approval, 'dora@X.test');
    const page = await browser.open(url, 'dora');
    expect(page).toMatchObject({ url, status: 200 });
    await browser.press(page, 'approve');
    expect(await now(approval)).toMatchObject({
      state: 'pending',
      ballots: [{ by: { sub: 'dora' } }],
    });
    const again = await browser.open(url);
    expect(again.text).toContain('It serves once');
    expect(buttonsOf(again)).toEqual([]);
    expect(codeOf(await browser.press(page, 'deny', { reason: 'no' }))).toBe('LOGIN_EXPIRED');
    expect(await now(approval)).toMatchObject({ state: 'pending' });
  });

  it.each<[string, (approval: Approval) => string, string, string]>([
    ['whoever it was not sent to', (one) => link(one, 'dan@x.test'), 'dora', 'APPROVAL_NOT_YOURS'],
    [
      'what has no ticket of the gate',
      (one) => `${pathOf(one)}?ticket=abc`,
      'dora',
      'LOGIN_EXPIRED',
    ],
    [
      'the ticket of another approval',
      (one) => link({ ...one, id: 'x' }, 'dora@x.test').replace('/x?', `/${one.id}?`),
      'dora',
      'LOGIN_EXPIRED',
    ],
    [
      'a ticket that is too old',
      (one) => link(one, 'dora@x.test', Date.now() - 1),
      'dora',
      'LOGIN_EXPIRED',
    ],
    [
      'somebody whom the rule does not name',
      (one) => link(one, 'eve@x.test'),
      'eve',
      'APPROVAL_UNKNOWN',
    ],
  ])('is of no use to %s', async (_, make, user, code) => {
    const approval = await gate.ask();
    const page = await as(user).open(make(approval));
    expect(codeOf(page)).toBe(code);
    expect(page.text).not.toContain('drop_table');
  });

  it('decides nothing for a scanner that follows it', async () => {
    const approval = await gate.ask();
    const { status, text } = await new PageBrowser().request(link(approval, 'dora@x.test'));
    expect([status, text]).toEqual([303, '']);
    expect(await now(approval)).toMatchObject({ state: 'pending' });
  });
});

describe('the list of approvals', () => {
  it('shows what waits for somebody, and what they may see', async () => {
    const [own, others] = [await gate.ask(), await gate.ask({}, { by: ['group:platform'] })];
    const idsIn = async (user: string, query: string) => {
      const { text } = await as(user).open(`${gate.url}/approvals${query}`);
      return [own, others].map(({ id }) => text.includes(`/approvals/${id}"`));
    };
    expect(await idsIn('dora', '')).toEqual([true, false]);
    expect(await idsIn('ruth', '')).toEqual([false, true]);
    expect(await idsIn('ruth', '?list=pending')).toEqual([true, true]);
    expect(await idsIn('ana', '')).toEqual([false, false]);
    expect(await idsIn('ana', '?list=all')).toEqual([true, true]);
    expect(await idsIn('eve', '?list=all')).toEqual([false, false]);
    expect(await idsIn('ruth', '?list=granted')).toEqual([false, false]);
    expect(await idsIn('ruth', `?list=all&before=${own.id}`)).toEqual([false, false]);
  });

  it('has a bearer token for none of the pages, and a cookie for none of the API', async () => {
    const token = await gate.issuer.tokenFor('dora', `${gate.url}/v1`);
    const bearer = { authorization: `Bearer ${token}` };
    const browser = new PageBrowser();
    expect((await browser.request(`${gate.url}/approvals`, undefined, bearer)).status).toBe(303);
    expect((await as('dora').request(`${gate.url}/v1/approvals`)).status).toBe(401);
  });
});
