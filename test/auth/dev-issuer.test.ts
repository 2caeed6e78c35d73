import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { promisify } from 'node:util';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DevIssuer, startDevIssuer } from '../../src/auth/dev-issuer.ts';
import { devUsers } from '../../src/auth/dev-user.ts';
import { OidcAuthenticator } from '../../src/auth/oidc.ts';
import { visit } from './browser.ts';
import { issuerOptions, keptLog, PUBLIC_URL, RESOURCE, refusalOf } from './fixture.ts';

const REDIRECT = 'http://127.0.0.1:33418/callback';
const log = keptLog();
let issuer: DevIssuer;
let gate: OidcAuthenticator;

beforeAll(async () => {
  const resources = (resource: string) => resource.startsWith(`${PUBLIC_URL}/mcp/`);
  issuer = await startDevIssuer({ resources, users: devUsers, log });
  const issuers = [issuerOptions(issuer.url, { required_scopes: ['mcp:read'] })];
  gate = new OidcAuthenticator({ issuers, publicUrl: () => PUBLIC_URL, clock: Date.now, log });
});
afterAll(() => issuer.stop());

async function authenticate(token: string, endpoint = 'mcp/orders-db') {
  return gate.authenticate(`Bearer ${token}`, endpoint);
}

describe('a token without a browser', () => {
  it('speaks for the user, at the resource it is for', async () => {
    const token = await issuer.tokenFor('bob', RESOURCE);
    expect(await authenticate(token)).toMatchObject({
      sub: 'bob',
      issuer: issuer.url,
      email: 'bob@example.com',
      groups: ['developers', 'dba'],
      scopes: ['mcp:read', 'mcp:write'],
    });
    expect((await refusalOf(() => authenticate(token, 'mcp/files'))).code).toBe('AUTH_AUDIENCE');
  });

  it('lasts twelve hours', async () => {
    const { exp = 0, iat = 0 } = decodeJwt(await issuer.tokenFor('ana', RESOURCE));
    expect(exp - iat).toBe(43_200);
  });

  it('is not given to strangers or for strange resources', async () => {
    const calls = [
      () => issuer.tokenFor('eve', RESOURCE),
      () => issuer.tokenFor('ana', 'https://x.test'),
    ];
    for (const call of calls) expect((await refusalOf(call)).code).toBe('USAGE');
  });

  it('is not given to a client that registered itself', async () => {
    const client = await register({
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
    });
    const pair = `${client.client_id}:${client.client_secret}`;
    const response = await fetch(`${issuer.url}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', resource: RESOURCE }),
    });
    expect(await response.json()).toMatchObject({ error: 'invalid_target' });
  });
});

describe('a login by browser', () => {
  it('gives a token and its refreshment to a client that registered itself', async () => {
    const browser = await logIn('ana', { scope: 'mcp:read' });
    const tokens = await browser.redeem();
    expect(await authenticate(tokens.access_token ?? '')).toMatchObject({
      sub: 'ana',
      groups: ['analysts'],
      client: browser.clientId,
    });
    const refreshed = await tokenRequest({
      grant_type: 'refresh_token',
      refresh_token: tokens.refresh_token ?? '',
      client_id: browser.clientId,
      resource: RESOURCE,
    });
    expect(refreshed.access_token).not.toBe(tokens.access_token);
    expect(await authenticate(refreshed.access_token ?? '')).toHaveProperty('sub', 'ana');
  });

  it.each([undefined, 'unheard:of', 'openid offline_access', 'openid profile mcp:write'])(
    'succeeds for a client that asks for the scope %s',
    async (scope) => {
      const tokens = await (await logIn('bob', { scope })).redeem();
      expect(await authenticate(tokens.access_token ?? '')).toMatchObject({
        sub: 'bob',
        scopes: ['mcp:read', 'mcp:write'],
      });
    },
  );

  it('succeeds for a client that names no resource when it redeems the code', async () => {
    const tokens = await (await logIn('ana', { scope: 'openid' })).redeem({ resource: undefined });
    expect(await authenticate(tokens.access_token ?? '')).toHaveProperty('sub', 'ana');
  });

  it('succeeds for a client with a scheme of its own', async () => {
    const tokens = await (await logIn('ana', {}, 'cursor://mcp/callback')).redeem();
    expect(await authenticate(tokens.access_token ?? '')).toHaveProperty('sub', 'ana');
  });

  it('asks each time, so that one may be somebody else', async () => {
    const jar = new Map<string, string>();
    for (const user of ['ana', 'bob']) {
      const tokens = await (await logIn(user, {}, REDIRECT, jar)).redeem();
      expect(await authenticate(tokens.access_token ?? '')).toHaveProperty('sub', user);
    }
  });

  it('shows that it is for development, for whom, and what a client calls itself as mere text', async () => {
    const { page } = await openLogin({}, REDIRECT);
    expect(page).toContain('DEVELOPMENT ONLY');
    expect(page).toContain(RESOURCE);
    expect(page).toContain(REDIRECT);
    expect(page).toContain('&#60;i&#62;Editor');
    expect(page).not.toContain('<i>');
  });

  it('may be declined', async () => {
    const browser = await logIn('', {});
    expect(browser.answer.get('error')).toBe('access_denied');
  });

  it('cannot be finished by who did not begin it', async () => {
    const { location } = await openLogin({}, REDIRECT);
    const response = await fetch(location, {
      method: 'POST',
      body: new URLSearchParams({ user: 'bob' }),
    });
    expect(response.status).toBe(400);
  });

  it.each<[string, Record<string, string | undefined>, string]>([
    ['no PKCE', { code_challenge: undefined, code_challenge_method: undefined }, 'invalid_request'],
    ['plain PKCE', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['a strange resource', { resource: 'https://x.test' }, 'invalid_target'],
  ])('is refused to a request with %s', async (_, changes, error) => {
    const response = await begin(changes, REDIRECT);
    const location = new URL(response.headers.get('location') ?? '');
    expect(location.searchParams.get('error')).toBe(error);
  });

  it('does not give a token for a wrong verifier', async () => {
    const browser = await logIn('ana', {});
    const answer = await browser.redeem({ code_verifier: 'x'.repeat(43) });
    expect(answer).toHaveProperty('error', 'invalid_grant');
  });
});

describe('the development issuer', () => {
  it.each(['openid-configuration', 'oauth-authorization-server'])(
    'describes itself at %s, to web pages too',
    async (name) => {
      const response = await fetch(`${issuer.url}/.well-known/${name}`, {
        headers: { origin: 'http://localhost:6274' },
      });
      expect(response.headers.get('access-control-allow-origin')).toBe('*');
      expect(response.headers.get('access-control-allow-credentials')).toBeNull();
      expect(await response.json()).toMatchObject({
        issuer: issuer.url,
        code_challenge_methods_supported: ['S256'],
        response_types_supported: ['code'],
        registration_endpoint: `${issuer.url}/reg`,
        grant_types_supported: expect.arrayContaining(['authorization_code', 'refresh_token']),
        token_endpoint_auth_methods_supported: expect.arrayContaining(['none']),
      });
    },
  );

  it('lets web pages register and get tokens', async () => {
    for (const path of ['/reg', '/token', '/.well-known/oauth-authorization-server']) {
      const response = await fetch(`${issuer.url}${path}`, {
        method: 'OPTIONS',
        headers: {
          origin: 'http://localhost:6274',
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'content-type,mcp-protocol-version',
        },
      });
      expect(response.status).toBe(204);
      expect(response.headers.get('access-control-allow-headers')).toContain(
        'mcp-protocol-version',
      );
    }
  });

  it('publishes public keys of ES256 and RS256 only', async () => {
    const { keys } = (await (await fetch(`${issuer.url}/jwks`)).json()) as { keys: object[] };
    expect(keys.map((key) => Object(key).alg)).toEqual(['ES256', 'RS256']);
    expect(keys.flatMap(Object.keys)).not.toContain('d');
    const token = await issuer.tokenFor('ana', RESOURCE);
    expect(decodeProtectedHeader(token)).toMatchObject({ alg: 'ES256', typ: 'at+jwt' });
  });

  it('answers to no other name than its own', async () => {
    const url = new URL(`${issuer.url}/jwks`);
    const status = await new Promise((resolve) => {
      const headers = { host: `rebound.test:${url.port}` };
      request(url, { headers }, (response) => resolve(response.resume().statusCode)).end();
    });
    expect(status).toBe(421);
  });

  it('says nothing on standard output and error, and ends when stopped', async () => {
    const script = `
      import { startDevIssuer } from './src/auth/dev-issuer.ts';
      import { devUsers } from './src/auth/dev-user.ts';
      const quiet = () => {};
      const log = { info: quiet, warn: quiet, error: quiet, debug: quiet };
      const issuer = await startDevIssuer({ resources: () => true, users: devUsers, log });
      await issuer.tokenFor('ana', 'https://gate.test/mcp/x');
      await fetch(issuer.url + '/auth?client_id=nobody');
      await fetch(issuer.url + '/nowhere');
      await issuer.stop();`;
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [
      '--input-type=module',
      '-e',
      script,
    ]);
    expect(stdout + stderr).toBe('');
  });

  it('keeps tokens out of its log', async () => {
    expect(log.lines.join()).not.toMatch(/eyJ/);
  });
});

type Fields = Record<string, string | undefined>;

async function register(more: object = {}): Promise<Fields> {
  const response = await fetch(`${issuer.url}/reg`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ client_name: '<i>Editor', ...more }),
  });
  expect(response.status).toBe(201);
  return (await response.json()) as Fields;
}

async function tokenRequest(fields: Fields): Promise<Fields> {
  const response = await fetch(`${issuer.url}/token`, { method: 'POST', body: form(fields) });
  return (await response.json()) as Fields;
}

function form(fields: Fields): URLSearchParams {
  const known = Object.entries(fields).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return new URLSearchParams(known);
}

const VERIFIER = randomBytes(32).toString('base64url');

/** Sends the authorization request of a client that has just registered. */
async function begin(
  changes: Fields,
  redirect: string,
  jar = new Map<string, string>(),
  client?: Fields,
) {
  const { client_id } =
    client ?? (await register({ redirect_uris: [redirect], token_endpoint_auth_method: 'none' }));
  const query = form({
    response_type: 'code',
    client_id,
    redirect_uri: redirect,
    code_challenge: createHash('sha256').update(VERIFIER).digest('base64url'),
    code_challenge_method: 'S256',
    resource: RESOURCE,
    state: 'xyz',
    ...changes,
  });
  return visit(`${issuer.url}/auth?${query}`, jar);
}

/** Goes as far as the page on which one chooses a user. */
async function openLogin(
  changes: Fields,
  redirect: string,
  jar = new Map<string, string>(),
  client?: Fields,
) {
  const response = await begin(changes, redirect, jar, client);
  const location = new URL(response.headers.get('location') ?? '', issuer.url).href;
  const shown = await visit(location, jar);
  expect(shown.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  return { location, page: await shown.text(), jar };
}

/** Does all that a browser does, up to the answer at the client's address. */
async function logIn(
  user: string,
  changes: Fields,
  redirect = REDIRECT,
  jar = new Map<string, string>(),
) {
  const client = await register({ redirect_uris: [redirect], token_endpoint_auth_method: 'none' });
  const { location } = await openLogin(changes, redirect, jar, client);
  const chosen = await visit(location, jar, {
    method: 'POST',
    body: new URLSearchParams({ user }),
  });
  const resumed = await visit(chosen.headers.get('location') ?? '', jar);
  const answered = resumed.headers.get('location') ?? '';
  expect(answered.startsWith(redirect)).toBe(true);
  const answer = new URL(answered).searchParams;
  expect(answer.get('state')).toBe('xyz');
  const clientId = client.client_id ?? '';
  const redeem = (more: Fields = {}) =>
    tokenRequest({
      grant_type: 'authorization_code',
      code: answer.get('code') ?? '',
      redirect_uri: redirect,
      client_id: clientId,
      code_verifier: VERIFIER,
      resource: RESOURCE,
      ...more,
    });
  return { clientId, answer, redeem };
}
