import type { ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { IssuerOptions } from '../../src/auth/issuer-options.ts';
import { Login, type LoginAttempt } from '../../src/auth/login.ts';
import type { LoginClient } from '../../src/auth/login-client.ts';
import { issuerOptions, keptLog, refusalOf } from './fixture.ts';
import {
  type IssuerServer,
  newKey,
  OPENID,
  type SigningKey,
  sign,
  startIssuerServer,
} from './issuer-server.ts';

const CALLBACK = 'http://127.0.0.1:7412/login/callback';
const log = keptLog();
let issuer: IssuerServer;
let key: SigningKey;
let stranger: SigningKey;

beforeAll(async () => {
  issuer = await startIssuerServer();
  key = await newKey('k1');
  stranger = await newKey('k1');
});
afterAll(() => issuer.close());
beforeEach(() => {
  issuer.publish(key);
  describeIssuer();
  issuer.answers.delete('/userinfo');
  log.lines.length = 0;
});

function describeIssuer(more: object = {}): void {
  issuer.answers.set(OPENID, {
    ...{ issuer: issuer.url, jwks_uri: `${issuer.url}/jwks` },
    authorization_endpoint: `${issuer.url}/authorize`,
    token_endpoint: `${issuer.url}/token`,
    userinfo_endpoint: `${issuer.url}/userinfo`,
    id_token_signing_alg_values_supported: ['ES256'],
    ...more,
  });
}

interface Given extends Partial<Pick<LoginClient, 'clientSecret'>> {
  readonly options?: Partial<IssuerOptions>;
  /** Claims of the ID token. */
  readonly claims?: object;
  readonly signer?: SigningKey;
  readonly header?: object;
  /** What the token endpoint answers beside it. */
  readonly tokens?: object;
}

/** Logs in where the issuer answers this. */
async function logIn(given: Given = {}) {
  const login = new Login({
    issuer: issuerOptions(issuer.url, given.options),
    ...{ clientId: 'gate', clientSecret: given.clientSecret, scopes: ['openid', 'email'] },
    ...{ redirectUri: () => CALLBACK, clock: Date.now, log },
  });
  const { attempt, url } = await login.begin();
  const seen = { url: new URL(url), form: '', headers: {} as Record<string, unknown> };
  const tokens = await tokensFor(given, attempt);
  issuer.answers.set('/token', async (response: ServerResponse) => {
    seen.form = await text(response.req);
    seen.headers = response.req.headers;
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(tokens));
  });
  const query = new URLSearchParams({ code: 'c0de', state: attempt.state });
  return { identity: await login.finish(`?${query}`, attempt), seen };
}

async function tokensFor({ claims, signer = key, header, tokens }: Given, { nonce }: LoginAttempt) {
  const now = Math.floor(Date.now() / 1_000);
  const about = { iss: issuer.url, aud: 'gate', sub: 'dora', iat: now, exp: now + 300, nonce };
  const id = { ...about, ...claims };
  const token = await sign(signer, JSON.parse(JSON.stringify(id)), { typ: 'JWT', ...header });
  return {
    access_token: 'opaque',
    token_type: 'Bearer',
    expires_in: 300,
    id_token: token,
    ...tokens,
  };
}

describe('a login at an issuer', () => {
  it('tells who it is as a token of the issuer would', async () => {
    const claims = { email: 'dora@x.test', realm: { groups: ['dba'] }, number: 1 };
    const { identity, seen } = await logIn({ claims, options: { groups_claim: 'realm.groups' } });
    expect(identity).toMatchObject({
      ...{ sub: 'dora', issuer: issuer.url, email: 'dora@x.test', groups: ['dba'] },
    });
    expect(new URLSearchParams(seen.form).get('code_verifier')).toMatch(/^[\w-]{43,}$/);
    expect(issuer.requests.get('/userinfo')).toBeUndefined();
  });

  it('asks for what the ID token does not say, which comes first where it does', async () => {
    issuer.answers.set('/userinfo', { sub: 'dora', email: 'other@x.test', groups: ['dba'] });
    const { identity } = await logIn({ claims: { email: 'dora@x.test' } });
    expect(identity).toMatchObject({ email: 'dora@x.test', groups: ['dba'] });
  });

  it.each<[string, object | ((response: ServerResponse) => void)]>([
    ['speaks of somebody else', { sub: 'ruth', groups: ['platform'] }],
    ['cannot be had', (response) => void response.writeHead(500).end()],
    ['is too large', { sub: 'dora', groups: ['platform'], more: 'x'.repeat(1_100_000) }],
    ['nests too deeply', { sub: 'dora', groups: ['platform'], more: nested(100) }],
    ['is elsewhere', (response) => void response.writeHead(302, { location: '/' }).end()],
  ])('goes on with fewer rights where what else it says %s', async (_, answer) => {
    issuer.answers.set('/userinfo', answer);
    const { identity } = await logIn();
    expect(identity).toMatchObject({ sub: 'dora', groups: [] });
    expect(log.lines.join()).toContain('userinfo');
    expect(log.lines.join()).not.toContain('opaque');
  });

  it('takes no address that the issuer calls unverified', async () => {
    const claims = { email: 'ruth@x.test', email_verified: false, groups: [] };
    expect((await logIn({ claims })).identity).not.toHaveProperty('email');
  });

  it.each<[string, Given]>([
    [
      'is signed by somebody else',
      {
        get signer() {
          return stranger;
        },
      },
    ],
    ['is for another client', { claims: { aud: 'other' } }],
    ['is for another client as well', { claims: { aud: ['gate', 'other'], azp: 'other' } }],
    ['is of another issuer', { claims: { iss: 'https://evil.test' } }],
    ['is of another login', { claims: { nonce: 'n' } }],
    ['is of no login', { claims: { nonce: undefined } }],
    ['is expired', { claims: { exp: 1 } }],
    ['never expires', { claims: { exp: undefined } }],
    ['names nobody', { claims: { sub: undefined } }],
    ['names who acts for somebody', { claims: { act: { sub: 'agent' } } }],
    ['names nobody to speak of', { claims: { sub: 'x'.repeat(256), groups: [], email: 'e' } }],
    ['nests too deeply', { claims: { groups: nested(100) } }],
    ['is signed as the configuration does not let it be', { options: { algorithms: ['RS256'] } }],
    ['is missing', { tokens: { id_token: undefined } }],
    ['is no token', { tokens: { id_token: 'x.y.z' } }],
    ['is not signed', { tokens: { id_token: unsigned() } }],
  ])('fails where the ID token %s', async (_, given) => {
    const error = await refusalOf(() => logIn(given));
    expect(error.code).toBe('LOGIN_FAILED');
    expect(error.explain()).not.toMatch(/opaque|c0de|eyJ/);
  });

  it('asks for the scopes that tokens of the issuer must have, and fails without them', async () => {
    const options = { required_scopes: ['mcp:read'] };
    const { seen } = await logIn({ options });
    expect(seen.url.searchParams.get('scope')).toBe('openid email mcp:read');
    const lacking = { options, tokens: { scope: 'openid email' } };
    expect((await refusalOf(() => logIn(lacking))).code).toBe('LOGIN_FAILED');
  });

  it.each<[string, Given, object, RegExp, RegExp]>([
    ['nothing but PKCE', {}, {}, /^undefined$/, /client_id=gate(?!.*client_secret)/],
    ['its secret', { clientSecret: 's' }, {}, /^Basic Z2F0ZTpz$/, /^(?!.*client_secret)/],
    [
      ...(['its secret in the form, where the issuer takes it there alone'] as const),
      { clientSecret: 's' },
      { token_endpoint_auth_methods_supported: ['client_secret_post'] },
      /^undefined$/,
      /client_secret=s/,
    ],
  ])('proves which client the gate is by %s', async (_, given, metadata, header, form) => {
    describeIssuer(metadata);
    const { seen } = await logIn(given);
    expect(String(seen.headers.authorization)).toMatch(header);
    expect(seen.form).toMatch(form);
  });

  it('does not ask an issuer that failed over and over, whoever comes', async () => {
    issuer.answers.delete(OPENID);
    let ahead = 0;
    const login = new Login({
      ...{ issuer: issuerOptions(issuer.url), clientId: 'gate', scopes: [], log },
      ...{ redirectUri: () => CALLBACK, clock: () => Date.now() + ahead },
    });
    const before = issuer.requests.get(OPENID) ?? 0;
    for (let times = 0; times < 20; times++) {
      expect((await refusalOf(() => login.begin())).code).toBe('AUTH_ISSUER_UNAVAILABLE');
    }
    expect(issuer.requests.get(OPENID)).toBe(before + 1);
    describeIssuer();
    ahead = 5_000;
    expect((await login.begin()).url).toContain('/authorize?');
  });

  it('is not begun where the issuer describes itself as another', async () => {
    describeIssuer({ issuer: 'https://evil.test' });
    expect((await refusalOf(() => logIn())).code).toBe('AUTH_ISSUER_UNAVAILABLE');
  });
});

function nested(depth: number): unknown {
  return depth === 0 ? [] : [nested(depth - 1)];
}

function unsigned(): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part({ sub: 'ruth' })}.`;
}
