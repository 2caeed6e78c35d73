import { request } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { GateError } from '../../src/model/errors.ts';
import { PageBrowser } from './page-browser.ts';
import { KEY, PageGate } from './page-gate.ts';

let gate: PageGate;
beforeAll(async () => {
  gate = await PageGate.start();
});
afterEach(() => {
  gate.ahead = 0;
});
afterAll(() => gate.stop());

const list = () => `${gate.url}/approvals`;

describe('logging in', () => {
  it('leads to the issuer and back to the page that was asked for', async () => {
    const { id } = await gate.ask();
    const browser = new PageBrowser();
    const begun = await browser.request(`${list()}/${id}`);
    expect(begun.status).toBe(303);
    const { origin, searchParams } = new URL(begun.to);
    expect(origin).toBe(gate.issuer.url);
    expect(Object.fromEntries(searchParams)).toMatchObject({
      ...{ response_type: 'code', code_challenge_method: 'S256' },
      ...{ scope: 'openid email groups', redirect_uri: `${gate.url}/login/callback` },
    });
    const page = await browser.open(begun.to, 'dora');
    expect(page).toMatchObject({ status: 200, url: `${list()}/${id}` });
    expect(page.text).toContain('Dora@x.test');
  });

  it('keeps whoever has logged in, on every replica with the key, for as long as it is configured', async () => {
    const [one, other] = await Promise.all([gate.open({}, KEY), gate.open({}, KEY)]);
    const stranger = await gate.open({}, 'another key that has enough characters');
    const browser = new PageBrowser();
    await browser.open(`${one.url}/approvals`, 'dora');
    const status = async (url: string) => (await browser.request(`${url}/approvals`)).status;
    expect([await status(one.url), await status(other.url)]).toEqual([200, 200]);
    const held = new Map(browser.cookies);
    expect(await status(stranger.url)).toBe(303);
    // An hour less what this test itself may take.
    gate.ahead = 3_540_000;
    for (const [name, value] of held) browser.cookies.set(name, value);
    expect(await status(one.url)).toBe(200);
    gate.ahead = 3_601_000;
    expect(await status(one.url)).toBe(303);
    await Promise.all([one, other, stranger].map((admin) => admin.close()));
  });

  it('lets several tabs log in at once', async () => {
    const browser = new PageBrowser();
    const tabs = [await browser.request(list()), await browser.request(`${list()}?list=all`)];
    for (const { to } of tabs) expect((await browser.open(to, 'dora')).status).toBe(200);
  });

  it('never leads elsewhere than to a page of approvals', async () => {
    for (const back of [
      'https://evil.test',
      '//evil.test',
      '/approvals/../v1',
      '/approvals/%0d%0a',
    ]) {
      const browser = new PageBrowser();
      const page = await browser.open(`${gate.url}/login?back=${encodeURIComponent(back)}`, 'dora');
      expect(page.url).toBe(list());
    }
  });

  it('asks the issuer anew who it is, where somebody wants to be somebody else', async () => {
    const browser = new PageBrowser();
    const { to } = await browser.request(`${gate.url}/login?anew`);
    expect(new URL(to).searchParams.get('prompt')).toBe('login');
  });

  it('holds as many groups as a browser has cookies for', async () => {
    const browser = new PageBrowser();
    expect((await browser.open(list(), 'mia')).status).toBe(200);
    expect(browser.cookies.size).toBeGreaterThan(2);
    const refused = await new PageBrowser().open(list(), 'max');
    expect(refused).toMatchObject({ status: 403 });
    expect(refused.text).toContain('LOGIN_FAILED');
  });

  it('leads a browser that calls the gate by another name to its one name', async () => {
    const { port } = new URL(gate.url);
    const answer = await new Promise<{ status?: number | undefined; to?: string | undefined }>(
      (resolve) =>
        request({
          port,
          host: '127.0.0.1',
          path: '/approvals',
          headers: { host: `localhost:${port}` },
        })
          .on('response', ({ statusCode: status, headers: { location: to } }) => {
            resolve({ status, to });
          })
          .end(),
    );
    expect(answer).toEqual({ status: 303, to: list() });
  });

  it('works behind a proxy that takes a path away, by cookies that no other host can set', async () => {
    const admin = await gate.open({ public_url: 'https://gate.test/sallyport' });
    const browser = new PageBrowser();
    const { to } = await browser.request(`${admin.url}/approvals`);
    expect(new URL(to).searchParams.get('redirect_uri')).toBe(
      'https://gate.test/sallyport/login/callback',
    );
    expect(browser.setCookies.join()).toMatch(
      /^__Host-sallyport-attempt-[\w-]{8}=[\w-]+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=600; Secure$/,
    );
    expect(admin.pageOf('a1')).toBe('https://gate.test/sallyport/approvals/a1');
    await admin.close();
  });
});

describe('a login that is not in order', () => {
  /** Up to the answer of the issuer, which is not followed. */
  async function answered(browser: PageBrowser, user = 'dora') {
    const { to } = await browser.request(list());
    const login = await browser.request(to);
    const chosen = await browser.request(login.to, { user });
    return new URL((await browser.request(chosen.to)).to);
  }

  async function refusal(browser: PageBrowser, url: URL) {
    const { status, text } = await browser.request(url.href);
    return [status, /Code: <code>(\w+)/.exec(text)?.[1]];
  }

  it('is refused in a browser that did not begin it', async () => {
    const url = await answered(new PageBrowser());
    expect(await refusal(new PageBrowser(), url)).toEqual([403, 'LOGIN_EXPIRED']);
  });

  it('is refused a second time', async () => {
    const browser = new PageBrowser();
    const url = await answered(browser);
    expect((await browser.request(url.href)).status).toBe(303);
    expect(await refusal(browser, url)).toEqual([403, 'LOGIN_EXPIRED']);
  });

  it('is refused with the code of another one', async () => {
    const other = await answered(new PageBrowser(), 'ruth');
    const browser = new PageBrowser();
    const url = await answered(browser);
    url.searchParams.set('code', other.searchParams.get('code') ?? '');
    expect(await refusal(browser, url)).toEqual([403, 'LOGIN_FAILED']);
    expect(browser.setCookies.join()).not.toContain('sallyport-login');
  });

  it.each([
    ['another issuer', 'iss', 'https://evil.test'],
    ['a second state', 'state', 'x'],
  ])('is refused with %s', async (_, name, value) => {
    const browser = new PageBrowser();
    const url = await answered(browser);
    url.searchParams.append(name, value);
    if (name === 'iss') url.searchParams.set(name, value);
    expect((await refusal(browser, url))[0]).toBe(403);
  });

  it('is refused after ten minutes', async () => {
    const browser = new PageBrowser();
    const url = await answered(browser);
    gate.ahead = 600_001;
    expect(await refusal(browser, url)).toEqual([403, 'LOGIN_EXPIRED']);
  });

  it('is refused where somebody declines at the issuer', async () => {
    const browser = new PageBrowser();
    const page = await browser.open(list(), '');
    expect(page.status).toBe(403);
    expect(page.text).toContain('access_denied');
  });

  it('is none where a cookie was made by somebody else, or is cut', async () => {
    const browser = new PageBrowser();
    await browser.open(list(), 'dora');
    const own = browser.cookies.get('sallyport-login-0') ?? '';
    const last = own.endsWith('A') ? 'B' : 'A';
    for (const value of ['1.x', '9.x', `${own.slice(0, -1)}${last}`, own.slice(0, 99), '1.']) {
      browser.cookies.set('sallyport-login-0', value);
      expect((await browser.request(list())).status).toBe(303);
    }
  });

  it('is no login of the pages where the issuer is none of those whose tokens count', async () => {
    const login = { issuer: 'https://other.test', client_id: 'x' };
    const error = await gate.open({ login }).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(Error);
    if (error instanceof GateError) expect(error.code).toBe('CONFIG_INVALID');
  });

  it('says that the issuer cannot be reached, and tries again', async () => {
    const issuer = 'http://127.0.0.1:9';
    const admin = await gate.open({
      issuers: [{ url: issuer }],
      login: { issuer, client_id: 'x' },
    });
    for (const _ of [1, 2]) {
      const { status, text } = await new PageBrowser().request(`${admin.url}/approvals`);
      expect([status, text.includes('AUTH_ISSUER_UNAVAILABLE')]).toEqual([503, true]);
    }
    await admin.close();
  });

  it('leaves no token, code or secret in the log', async () => {
    const log = gate.log.join('\n');
    expect(log).toContain('somebody has logged in');
    expect(log).not.toMatch(/code=|eyJ|verifier/);
  });
});

describe('logging out', () => {
  it('ends the login, also for whoever has copied the cookie', async () => {
    const browser = new PageBrowser();
    const page = await browser.open(list(), 'dora');
    const copied = new Map(browser.cookies);
    const form = /name="form" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
    const answer = await browser.request(`${gate.url}/logout`, { form });
    expect(answer).toMatchObject({ status: 200 });
    expect([...browser.cookies.keys()].join()).not.toContain('sallyport-login');
    for (const [name, value] of copied) browser.cookies.set(name, value);
    expect((await browser.request(list())).status).toBe(303);
  });

  it('is not done by another site', async () => {
    const browser = new PageBrowser();
    const page = await browser.open(list(), 'dora');
    const form = /name="form" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
    const tries = [
      [{}, {}],
      [{ form: 'x' }, {}],
      [{ form }, { origin: 'https://evil.test' }],
      [{ form }, { origin: 'null' }],
      [{ form }, { 'sec-fetch-site': 'cross-site' }],
      [{ form }, { 'sec-fetch-site': 'same-site' }],
    ];
    for (const [fields, headers] of tries) {
      expect((await browser.request(`${gate.url}/logout`, fields, headers)).status).toBe(403);
    }
    expect((await browser.request(list())).status).toBe(200);
  });
});
