import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LoginSessions } from '../../src/admin/pages/login-sessions.ts';
import type { Json } from '../../src/model/json.ts';
import { Seal } from '../../src/protocol/seal.ts';
import { PageBrowser } from './page-browser.ts';
import { KEY, PageGate } from './page-gate.ts';

let gate: PageGate;
const dora = new PageBrowser();
beforeAll(async () => {
  gate = await PageGate.start();
  await dora.open(`${gate.url}/approvals`, 'dora');
});
afterAll(() => gate.stop());

const codeOf = (text: string) => /Code: <code>(\w+)/.exec(text)?.[1];

describe('what a caller writes', () => {
  it('cannot make the page of an approval huge by how deep it is', async () => {
    let deep: Json = Array.from({ length: 100_000 }, () => 1);
    for (let level = 0; level < 60; level++) deep = [deep];
    const { id } = await gate.ask({ args: { name: 'x', arguments: { deep } } });
    const { status, text } = await dora.request(`${gate.url}/approvals/${id}`);
    expect(status).toBe(200);
    expect(text.length).toBeLessThan(500_000);
    expect(text.match(/1/g)?.length).toBeGreaterThan(100_000);
  });

  it('is laid out where that is no more than can be read', async () => {
    const { id } = await gate.ask({ args: { name: 'x', arguments: { sql: 'y'.repeat(100_000) } } });
    const { text } = await dora.request(`${gate.url}/approvals/${id}`);
    expect(text).toContain('&quot;arguments&quot;: {\n    &quot;sql&quot;: &quot;yyy');
  });

  it.each([
    ['a line of the page', 'reader\nPerson: the boss', 'reader\\nPerson: the boss'],
    ['space', 'reader\u3164\ufe0f\u2800', 'reader\\u3164\\ufe0f\\u2800'],
    ['nothing at all', 'reader\u{e0100}', 'reader\\u{e0100}'],
  ])('does not pass for %s', async (_, name, shown) => {
    const caller = { issuer: gate.issuer.url, sub: name, client: name, actor: name };
    const { id } = await gate.ask({ agent: name, target: name, upstream: name, caller });
    const { text } = await dora.request(`${gate.url}/approvals/${id}`);
    const facts = [...text.matchAll(/<dd>([\s\S]*?)<\/dd>/g)].map(([, fact]) => fact);
    expect(facts.filter((fact) => fact?.includes(shown))).toHaveLength(6);
    expect(facts.filter((fact) => fact?.includes('\n'))).toEqual([]);
    expect(text).not.toMatch(/[\p{DI}\u2800]/u);
  });
});

describe('what an approver writes', () => {
  it('is shown where it is no condition, and never logged', async () => {
    const { id } = await gate.ask({}, { standing: 60_000 });
    const url = `${gate.url}/approvals/${id}`;
    const page = await dora.open(url);
    const fields = { calls: 'alike', for: '60000', when: 'args.x: !s3cr3t 1' };
    const { status, text } = await dora.press(page, 'approve', fields);
    expect([status, codeOf(text)]).toEqual([422, 'APPROVAL_STANDING']);
    expect(text).toContain('!s3cr3t');
    expect(gate.log.join()).toContain('APPROVAL_STANDING');
    expect(gate.log.join()).not.toContain('s3cr3t');
  });
});

describe('a login that another site begins', () => {
  it('leaves no more cookies than a browser can send, and the last ones work', async () => {
    const browser = new PageBrowser();
    let last = '';
    for (let times = 0; times < 25; times++) {
      last = (await browser.request(`${gate.url}/login`)).to;
    }
    expect(browser.cookies.size).toBe(10);
    expect((await browser.open(last, 'dora')).status).toBe(200);
  });

  it('forgets no cookie but those of logins', async () => {
    const browser = new PageBrowser();
    for (let at = 0; at < 20; at++) {
      browser.cookies.set(`sallyport-attempt-${at}; Domain=x`.slice(0, 20), 'x');
    }
    browser.cookies.set('other', 'x');
    await browser.request(`${gate.url}/login`);
    expect(browser.setCookies).toHaveLength(1);
  });

  it.each([
    ['another issuer', (url: URL) => url.searchParams.set('iss', 'https://evil.test')],
    ['nobody who says so', (url: URL) => url.searchParams.delete('iss')],
    ['two states', (url: URL) => url.searchParams.append('state', 'x')],
    ['two codes', (url: URL) => url.searchParams.append('code', 'x')],
  ])('is refused where the answer comes from %s', async (_, change) => {
    const browser = new PageBrowser();
    const { to } = await browser.request(`${gate.url}/approvals`);
    const login = await browser.request(to);
    const chosen = await browser.request(login.to, { user: 'dora' });
    const url = new URL((await browser.request(chosen.to)).to);
    change(url);
    const { status, text } = await browser.request(url.href);
    expect([status, codeOf(text)?.startsWith('LOGIN_')]).toEqual([403, true]);
    expect([...browser.cookies.keys()].join()).not.toContain('sallyport-login');
  });

  it.each([
    '/login/callback?state=%3Cscript%3E&error=%3Cscript%3E&error_description=%3Cscript%3E',
    '/approvals/%3Cscript%3E',
    '/approvals?list=%3Cscript%3E&before=%3Cscript%3E',
    '/%3Cscript%3E',
  ])('has nothing of a URL on the page that it gets: %s', async (path) => {
    const { text } = await dora.request(`${gate.url}${path}`);
    expect(text).not.toMatch(/(?:<|%3C)script/i);
    expect(dora.headers.get('cache-control')).toBe('no-store');
  });
});

describe('a request that no page makes', () => {
  it.each(['/approvals', '/approvals/x', '/login', '/login/callback', '/logout'])(
    'is refused by its method: %s',
    async (path) => {
      for (const method of ['PUT', 'DELETE', 'OPTIONS', 'PATCH', 'HEAD']) {
        const response = await fetch(`${gate.url}${path}`, { method, redirect: 'manual' });
        expect([method, response.status]).toEqual([method, 405]);
        expect(response.headers.getSetCookie()).toEqual([]);
      }
    },
  );

  it('is no failure of the gate, whatever its method wants', async () => {
    const { hostname, port } = new URL(gate.url);
    const status = await new Promise((resolve) => {
      request({ hostname, port, method: 'QUERY', path: '/approvals' })
        .on('response', (answer) => resolve(answer.resume().statusCode))
        .end();
    });
    expect(status).toBe(400);
    expect(gate.log.join()).not.toContain('"level":"error"');
  });

  it('is refused by its host, with a login or without', async () => {
    const { port } = new URL(gate.url);
    const cookie = [...dora.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    for (const host of ['evil.test', `evil.test:${port}`, '127.0.0.1.evil.test', 'localhost.']) {
      const status = await new Promise((resolve) => {
        const headers = { host, cookie };
        request({ port, host: '127.0.0.1', path: '/approvals', headers })
          .on('response', (answer) => resolve(answer.resume().statusCode))
          .end();
      });
      expect([host, status]).toEqual([host, 403]);
    }
  });
});

describe('a login from before', () => {
  const sessions = (issuer: string) =>
    new LoginSessions({
      ...{ seal: new Seal(Buffer.from(KEY), 'login'), issuer, lifetime: 60_000 },
      ...{ secure: () => false, clock: Date.now },
    });
  const read = (issuer: string, cookies: readonly string[]) =>
    sessions(issuer).read(cookies.map((cookie) => cookie.split(';')[0]).join('; '))?.person.sub;

  it('is none once people log in at another issuer', () => {
    const [old, own] = ['https://old.test', 'https://own.test'] as const;
    const cookies = sessions(old).start({ issuer: old, sub: 'dora', groups: ['dba'] });
    expect([read(old, cookies), read(own, cookies)]).toEqual(['dora', undefined]);
  });
});
