import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { OidcAuthenticator } from '../../src/auth/oidc.ts';
import { issuerOptions, keptLog, PUBLIC_URL, RESOURCE, refusalOf } from './fixture.ts';
import {
  type IssuerServer,
  newKey,
  OAUTH,
  OPENID,
  type SigningKey,
  sign,
  startIssuerServer,
} from './issuer-server.ts';

const START = 1_800_000_000_000;
let issuer: IssuerServer;
let key: SigningKey;
let log: ReturnType<typeof keptLog>;
let gate: OidcAuthenticator;

beforeEach(async () => {
  // `jose` keeps its own cooldown by the system's time, the gate all else by the clock it is given.
  vi.useFakeTimers({ toFake: ['Date'], now: START });
  [issuer, key] = await Promise.all([startIssuerServer(), newKey('one')]);
  issuer.publish(key);
  log = keptLog();
  gate = gateFor(issuer.url);
});
afterEach(async () => {
  vi.useRealTimers();
  await issuer.close();
});

function gateFor(url: string) {
  const issuers = [issuerOptions(url)];
  return new OidcAuthenticator({
    issuers,
    publicUrl: () => PUBLIC_URL,
    clock: () => Date.now(),
    log,
  });
}

let serial = 0;
/** A new token each time, unknown to any cache. */
function token(by = key, iss = issuer.url): Promise<string> {
  const exp = Math.floor(Date.now() / 1_000) + 86_400;
  return sign(by, { iss, sub: 'ana', aud: RESOURCE, exp, jti: String(serial++) });
}

async function authenticate(bearer?: string) {
  return gate.authenticate(`Bearer ${bearer ?? (await token())}`, 'mcp/orders-db');
}

function pass(milliseconds: number) {
  vi.setSystemTime(Date.now() + milliseconds);
}

async function code(bearer?: string) {
  return (await refusalOf(() => authenticate(bearer))).code;
}

describe('discovery', () => {
  it('happens at first use, once for all who wait', async () => {
    expect(issuer.requests.size).toBe(0);
    await Promise.all(Array.from({ length: 8 }, () => authenticate()));
    expect(Object.fromEntries(issuer.requests)).toEqual({ [OPENID]: 1, '/jwks': 1 });
  });

  it('falls back to the OAuth document, also behind a path', async () => {
    const url = `${issuer.url}/realm`;
    issuer.answers.set(`${OAUTH}/realm`, { issuer: url, jwks_uri: `${issuer.url}/jwks` });
    gate = gateFor(url);
    expect(await authenticate(await token(key, url))).toHaveProperty('issuer', url);
    expect(issuer.requests.get(`/realm${OPENID}`)).toBe(1);
  });

  it.each<[string, RegExp, () => void]>([
    ['names another issuer', /another issuer/, () => document({ issuer: 'https://other.test' })],
    ['has a slash more', /another issuer/, () => document({ issuer: `${issuer.url}/` })],
    ['names no keys', /no jwks_uri/, () => document({ jwks_uri: undefined })],
    ['has keys without TLS', /not https/, () => document({ jwks_uri: 'http://keys.test/' })],
    ['has keys in a file', /not https/, () => document({ jwks_uri: 'file:///etc/jwks' })],
    ['is a list', /not an object/, () => void issuer.answers.set(OPENID, [])],
    ['redirects', /answered 404/, () => redirect(OPENID)],
    ['has keys that redirect', /answered 302/, () => redirect('/jwks')],
    ['has keys that are none', /no JWK Set/, () => void issuer.answers.set('/jwks', { keys: 'x' })],
    ['has keys that are not there', /answered 404/, () => void issuer.answers.delete('/jwks')],
    ['is not JSON', /did not answer JSON/, () => raw(OPENID, 'hello')],
    ['is too large', /more than/, () => document({ filler: 'x'.repeat(1_100_000) })],
    ['breaks off', /fetched/, () => void issuer.answers.set(OPENID, (to) => to.destroy())],
  ])('makes the issuer unavailable where its document %s', async (_, reason, prepare) => {
    prepare();
    expect(await code()).toBe('AUTH_ISSUER_UNAVAILABLE');
    expect(log.lines).toEqual([expect.stringMatching(reason)]);
  });

  function document(more: object) {
    issuer.answers.set(OPENID, { issuer: issuer.url, jwks_uri: `${issuer.url}/jwks`, ...more });
  }
  function raw(path: string, body: string) {
    issuer.answers.set(path, (response) => void response.end(body));
  }
  function redirect(path: string) {
    const original = JSON.stringify(issuer.answers.get(path));
    raw('/elsewhere', original);
    issuer.answers.set(path, (response) => {
      response.writeHead(302, { location: `${issuer.url}/elsewhere` }).end();
    });
  }

  it('remembers a failure for a moment, then tries again', async () => {
    const document = issuer.answers.get(OPENID) ?? {};
    issuer.answers.delete(OPENID);
    expect(await code()).toBe('AUTH_ISSUER_UNAVAILABLE');
    issuer.answers.set(OPENID, document);
    expect(await code()).toBe('AUTH_ISSUER_UNAVAILABLE');
    expect(issuer.requests.get(OPENID)).toBe(1);
    pass(5_000);
    expect(await authenticate()).toHaveProperty('sub', 'ana');
  });

  it('says that an issuer is down', async () => {
    gate = gateFor('http://127.0.0.1:1');
    expect(await code(await token(key, 'http://127.0.0.1:1'))).toBe('AUTH_ISSUER_UNAVAILABLE');
  });
});

describe('keys', () => {
  it('that are new are found when a token names one, at most once in 30 seconds', async () => {
    await authenticate();
    const next = await newKey('two');
    issuer.publish(next);
    expect(await code(await token(next))).toBe('AUTH_TOKEN_INVALID');
    expect(issuer.requests.get('/jwks')).toBe(1);
    pass(31_000);
    expect(await authenticate(await token(next))).toHaveProperty('sub', 'ana');
    const strangers = await Promise.all(['x', 'y', 'z'].map((kid) => newKey(kid)));
    for (const stranger of strangers) {
      expect(await code(await token(stranger))).toBe('AUTH_TOKEN_INVALID');
    }
    expect(issuer.requests.get('/jwks')).toBe(2);
  });

  it('that the issuer withdrew serve no longer', async () => {
    await authenticate();
    issuer.publish(await newKey('two'));
    pass(601_000);
    await authenticate();
    await vi.waitFor(() => expect(issuer.requests.get('/jwks')).toBe(2));
    await vi.waitFor(async () => expect(await code()).toBe('AUTH_TOKEN_INVALID'));
  });

  it('serve on for an hour while the issuer is down, and no longer', async () => {
    await authenticate();
    issuer.answers.clear();
    pass(3_599_000);
    expect(await authenticate()).toHaveProperty('sub', 'ana');
    pass(10_000);
    expect(await code()).toBe('AUTH_ISSUER_UNAVAILABLE');
  });

  it('may move to another address', async () => {
    await authenticate();
    issuer.answers.set(OPENID, { issuer: issuer.url, jwks_uri: `${issuer.url}/keys` });
    issuer.answers.set('/keys', issuer.answers.get('/jwks') ?? {});
    pass(3_601_000);
    expect(await authenticate()).toHaveProperty('sub', 'ana');
    expect(issuer.requests.get('/keys')).toBe(1);
  });
});

describe('a token verified a moment ago', () => {
  it('is answered without waiting, by the same identity', async () => {
    const bearer = await token();
    const first = gate.authenticate(`Bearer ${bearer}`, 'mcp/orders-db');
    expect(first).toBeInstanceOf(Promise);
    expect(gate.authenticate(`Bearer ${bearer}`, 'mcp/orders-db')).toBeInstanceOf(Promise);
    expect(gate.authenticate(`bearer ${bearer}`, 'mcp/orders-db')).toBeInstanceOf(Promise);
    const identity = await first;
    expect(gate.authenticate(`Bearer ${bearer}`, 'mcp/orders-db')).toBe(identity);
  });

  it('is verified again after a minute', async () => {
    const bearer = await token();
    await authenticate(bearer);
    pass(59_999);
    expect(gate.authenticate(`Bearer ${bearer}`, 'mcp/orders-db')).not.toBeInstanceOf(Promise);
    pass(1);
    const again = gate.authenticate(`Bearer ${bearer}`, 'mcp/orders-db');
    expect(again).toBeInstanceOf(Promise);
    await again;
  });

  it('is refused once it expires', async () => {
    const exp = START / 1_000 + 5;
    const bearer = await sign(key, { iss: issuer.url, sub: 'ana', aud: RESOURCE, exp });
    await authenticate(bearer);
    pass(34_999);
    expect(gate.authenticate(`Bearer ${bearer}`, 'mcp/orders-db')).not.toBeInstanceOf(Promise);
    pass(1);
    expect(await code(bearer)).toBe('AUTH_TOKEN_EXPIRED');
  });

  it('is not known at another upstream', async () => {
    const bearer = await token();
    await authenticate(bearer);
    const error = await refusalOf(() => gate.authenticate(`Bearer ${bearer}`, 'mcp/files'));
    expect(error.code).toBe('AUTH_AUDIENCE');
  });
});
