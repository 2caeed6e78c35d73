import { createHmac } from 'node:crypto';
import { CompactSign, type CryptoKey, exportSPKI, importJWK, type JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IssuerOptions } from '../../src/auth/issuer-options.ts';
import { OidcAuthenticator } from '../../src/auth/oidc.ts';
import type { ErrorCode } from '../../src/model/errors.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { issuerOptions, keptLog, PUBLIC_URL, RESOURCE, refusalOf } from './fixture.ts';
import {
  type IssuerServer,
  newKey,
  type SigningKey,
  sign,
  startIssuerServer,
} from './issuer-server.ts';

const NOW = 1_800_000_000;
let issuer: IssuerServer;
let key: SigningKey;
const log = keptLog();

beforeAll(async () => {
  [issuer, key] = await Promise.all([startIssuerServer(), newKey('one')]);
  issuer.publish(key);
});
afterAll(() => issuer.close());

function gate(more: Partial<IssuerOptions> = {}) {
  const issuers = [issuerOptions(issuer.url, more)];
  return new OidcAuthenticator({
    issuers,
    publicUrl: () => PUBLIC_URL,
    clock: () => NOW * 1e3,
    log,
  });
}

/** Claims that a test changes at will, also into what no issuer would write. */
type Changes = { readonly [claim: string]: unknown };

function claims(more: Changes = {}): JWTPayload {
  return { iss: issuer.url, sub: 'ana', aud: RESOURCE, iat: NOW, exp: NOW + 600, ...more };
}

async function authenticate(token: string, more: Partial<IssuerOptions> = {}) {
  return gate(more).authenticate(`Bearer ${token}`, 'mcp/orders-db');
}

async function identity(more: Changes, options: Partial<IssuerOptions> = {}) {
  return authenticate(await sign(key, claims(more)), options);
}

function unsigned(header: object, payload: JWTPayload): string {
  return [header, payload]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
}

describe('a token that verifies', () => {
  it('tells subject, groups, scopes, client and actor', async () => {
    const more = {
      groups: ['analysts', 7],
      scope: 'mcp:read mcp:write',
      email: 'ana@example.com',
      client_id: 'editor',
      azp: 'other',
      act: { sub: 'agent-7' },
    };
    expect(await identity(more)).toEqual({
      sub: 'ana',
      issuer: issuer.url,
      email: 'ana@example.com',
      groups: ['analysts'],
      scopes: ['mcp:read', 'mcp:write'],
      client: 'editor',
      actor: 'agent-7',
      claims: claims(more),
    });
  });

  it('gives an identity that nobody can change', async () => {
    const who = await identity({ groups: ['a'], scope: 'b', org: { units: ['c'] } });
    const org = who.claims.org as JsonObject;
    const parts = [who, who.groups, who.scopes, who.claims, org, org.units];
    expect(parts.filter((part) => !Object.isFrozen(part))).toEqual([]);
  });

  it('leaves out an e-mail address that the issuer calls unverified', async () => {
    const email = 'ceo@example.com';
    expect(await identity({ email, email_verified: false })).not.toHaveProperty('email');
    expect(await identity({ email, email_verified: 'false' })).not.toHaveProperty('email');
    expect(await identity({ email, email_verified: true })).toHaveProperty('email', email);
    expect(await identity({ email: ['a'] })).not.toHaveProperty('email');
  });

  it.each<[string, JWTPayload, Partial<IssuerOptions>, string[]]>([
    ['a list', { groups: ['a', 'b'] }, {}, ['a', 'b']],
    ['one text, spaces and all', { groups: 'site admins' }, {}, ['site admins']],
    ['a dotted path', { realm: { roles: ['a'] } }, { groups_claim: 'realm.roles' }, ['a']],
    ['a URL', { 'https://x.test/groups': ['a'] }, { groups_claim: 'https://x.test/groups' }, ['a']],
    ['a name with dots', { 'a.b': ['x'], a: { b: ['y'] } }, { groups_claim: 'a.b' }, ['x']],
    ['nothing', {}, {}, []],
    ['nothing own', {}, { groups_claim: 'constructor.name' }, []],
  ])('reads groups from %s', async (_, more, options, groups) => {
    expect((await identity(more, options)).groups).toEqual(groups);
  });

  it.each<[string, JWTPayload, string[]]>([
    ['words', { scope: 'a  b' }, ['a', 'b']],
    ['a list', { scope: ['a', 'b c'] }, ['a', 'b c']],
    ['scp where scope is absent', { scp: ['a'] }, ['a']],
    ['scope rather than scp', { scope: '', scp: 'a' }, []],
  ])('reads scopes from %s', async (_, more, scopes) => {
    expect((await identity(more)).scopes).toEqual(scopes);
  });

  it('keeps the digits of numbers that a double cannot hold', async () => {
    const text = JSON.stringify(claims()).replace('"ana"', '"ana","id":12345678901234567890');
    const token = await new CompactSign(Buffer.from(text))
      .setProtectedHeader({ alg: 'ES256', kid: 'one' })
      .sign(key.privateKey);
    expect(JSON.stringify((await authenticate(token)).claims)).toContain('12345678901234567890');
  });

  it.each(['at+jwt', 'application/at+jwt', 'JWT', undefined])('may be of type %s', async (typ) => {
    expect(await authenticate(await sign(key, claims(), { typ }))).toHaveProperty('sub', 'ana');
  });

  it('may differ in the final slash of its audience, or be for the configured one', async () => {
    expect(await identity({ aud: `${RESOURCE}/` })).toHaveProperty('sub');
    expect(await identity({ aud: ['other', RESOURCE] })).toHaveProperty('sub');
    expect(await identity({ aud: 'api://gate' }, { audience: 'api://gate' })).toHaveProperty('sub');
    expect(await identity({ aud: 'two' }, { audience: ['one', 'two'] })).toHaveProperty('sub');
  });

  it('may be off by the tolerance, and come with any case of the scheme', async () => {
    const token = await sign(key, claims({ exp: NOW - 29, nbf: NOW + 30 }));
    expect(await gate().authenticate(`bEARER   ${token} `, 'mcp/orders-db')).toHaveProperty('sub');
  });

  it('needs no key id where several keys could have signed it', async () => {
    const other = await newKey('two');
    issuer.publish(other, key);
    expect(await authenticate(await sign(key, claims(), { kid: undefined }))).toHaveProperty('sub');
    const stranger = await sign(await newKey('one'), claims(), { kid: undefined });
    expect((await refusalOf(() => authenticate(stranger))).code).toBe('AUTH_TOKEN_INVALID');
    issuer.publish(key);
  });
});

describe('a token is refused', () => {
  it.each<[string, Changes, ErrorCode]>([
    ['that expired', { exp: NOW - 30 }, 'AUTH_TOKEN_EXPIRED'],
    ['that is not valid yet', { nbf: NOW + 31 }, 'AUTH_TOKEN_EXPIRED'],
    ['that never expires', { exp: undefined }, 'AUTH_TOKEN_INVALID'],
    ['whose expiry is text', { exp: '9999999999' }, 'AUTH_TOKEN_INVALID'],
    ['for another upstream', { aud: `${PUBLIC_URL}/mcp/files` }, 'AUTH_AUDIENCE'],
    ['for the gate as a whole', { aud: PUBLIC_URL }, 'AUTH_AUDIENCE'],
    ['for a longer URL', { aud: `${RESOURCE}//` }, 'AUTH_AUDIENCE'],
    ['for a URL in another case', { aud: RESOURCE.toUpperCase() }, 'AUTH_AUDIENCE'],
    ['for nobody', { aud: undefined }, 'AUTH_AUDIENCE'],
    ['for an empty list', { aud: [] }, 'AUTH_AUDIENCE'],
    ['of an issuer that is not configured', { iss: 'https://evil.test' }, 'AUTH_TOKEN_INVALID'],
    ['of the issuer with a slash more', { iss: 'SLASH' }, 'AUTH_TOKEN_INVALID'],
    ['of no issuer', { iss: undefined }, 'AUTH_TOKEN_INVALID'],
    ['without a subject', { sub: undefined }, 'AUTH_TOKEN_INVALID'],
    ['with an empty subject', { sub: '' }, 'AUTH_TOKEN_INVALID'],
    ['with a subject of 256 characters', { sub: 'x'.repeat(256) }, 'AUTH_TOKEN_INVALID'],
    ['with a line feed in the subject', { sub: 'ana\nbob' }, 'AUTH_TOKEN_INVALID'],
    ['whose subject is a number', { sub: 7 }, 'AUTH_TOKEN_INVALID'],
    ['that is bound to a key', { cnf: { jkt: 'x' } }, 'AUTH_TOKEN_INVALID'],
    ['with claims that nest deeply', { deep: nested(40) }, 'AUTH_TOKEN_INVALID'],
  ])('%s', async (_, more, code) => {
    const iss = more.iss === 'SLASH' ? { iss: `${issuer.url}/` } : {};
    const error = await refusalOf(() => identity({ ...more, ...iss }));
    expect(error.code).toBe(code);
  });

  function nested(depth: number): unknown {
    return depth === 0 ? [] : [nested(depth - 1)];
  }

  it('without a signature (alg none)', async () => {
    const token = `${unsigned({ alg: 'none', typ: 'at+jwt' }, claims())}.`;
    expect((await refusalOf(() => authenticate(token))).code).toBe('AUTH_TOKEN_INVALID');
  });

  it('with a MAC keyed by the public key (HS256)', async () => {
    const publicKey = await importJWK({ ...key.jwk, key_ops: ['verify'] }, 'ES256', {
      extractable: true,
    });
    const signed = unsigned({ alg: 'HS256', kid: 'one', typ: 'at+jwt' }, claims());
    for (const secret of [await exportSPKI(publicKey as CryptoKey), JSON.stringify(key.jwk)]) {
      const mac = createHmac('sha256', secret).update(signed).digest('base64url');
      const error = await refusalOf(() => authenticate(`${signed}.${mac}`));
      expect(error.code).toBe('AUTH_TOKEN_INVALID');
    }
  });

  it('by an algorithm that the configuration leaves out', async () => {
    const error = await refusalOf(() => identity({}, { algorithms: ['RS256'] }));
    expect(error).toMatchObject({ code: 'AUTH_TOKEN_INVALID', message: /algorithm/ });
  });

  it('signed by a stranger, under a known or an unknown key id', async () => {
    const known = await sign(await newKey('one'), claims());
    const unknown = await sign(await newKey('x'), claims());
    expect((await refusalOf(() => authenticate(known))).message).toMatch(/signature/);
    expect((await refusalOf(() => authenticate(unknown))).message).toMatch(/does not publish/);
  });

  it('whose claims were changed', async () => {
    const [header, , signature] = (await sign(key, claims())).split('.');
    const payload = Buffer.from(JSON.stringify(claims({ sub: 'bob' }))).toString('base64url');
    const error = await refusalOf(() => authenticate([header, payload, signature].join('.')));
    expect(error.code).toBe('AUTH_TOKEN_INVALID');
  });

  it.each(['logout+jwt', 'dpop+jwt', 'secevent+jwt', ''])('of type "%s"', async (typ) => {
    const error = await refusalOf(async () => authenticate(await sign(key, claims(), { typ })));
    expect(error.code).toBe('AUTH_TOKEN_INVALID');
  });

  it('without a scope that is required', async () => {
    const options = { required_scopes: ['mcp:read', 'mcp:call'] };
    const error = await refusalOf(() => identity({ scope: 'mcp:read' }, options));
    expect(error.code).toBe('AUTH_SCOPE');
    expect(await identity({ scope: 'mcp:call mcp:read' }, options)).toHaveProperty('sub', 'ana');
  });

  it.each<[string, string | undefined, ErrorCode]>([
    ['no header', undefined, 'AUTH_TOKEN_MISSING'],
    ['an empty header', '', 'AUTH_TOKEN_MISSING'],
    ['another scheme', 'Basic YTpi', 'AUTH_TOKEN_MISSING'],
    ['a scheme that only begins like it', 'BearerX abc', 'AUTH_TOKEN_MISSING'],
    ['a scheme alone', 'Bearer ', 'AUTH_TOKEN_MISSING'],
    ['two tokens', 'Bearer a.b.c d.e.f', 'AUTH_TOKEN_INVALID'],
    ['two headers in one', 'Bearer a.b.c, Bearer d.e.f', 'AUTH_TOKEN_INVALID'],
    ['text that is no JWT', 'Bearer hunter2', 'AUTH_TOKEN_INVALID'],
    ['a JWT of text', 'Bearer YQ.YQ.YQ', 'AUTH_TOKEN_INVALID'],
    ['an encrypted token', 'Bearer YQ.YQ.YQ.YQ.YQ', 'AUTH_TOKEN_INVALID'],
    ['a huge token', `Bearer ${'a'.repeat(16_385)}`, 'AUTH_TOKEN_INVALID'],
    ['a huge run of spaces', `Bearer ${' '.repeat(1e6)}x`, 'AUTH_TOKEN_INVALID'],
  ])('where the request has %s', async (_, authorization, code) => {
    const error = await refusalOf(() => gate().authenticate(authorization, 'mcp/orders-db'));
    expect(error.code).toBe(code);
  });
});

it('refuses to be built with a symmetric algorithm, none, or an issuer twice', async () => {
  for (const algorithm of ['HS256', 'none', 'NONE', 'dir']) {
    const error = await refusalOf(() => gate({ algorithms: ['RS256', algorithm] }));
    expect(error.code).toBe('CONFIG_INVALID');
  }
  const twice = [issuerOptions(issuer.url), issuerOptions(issuer.url)];
  const options = { issuers: twice, publicUrl: () => PUBLIC_URL, clock: () => 0, log };
  expect((await refusalOf(() => new OidcAuthenticator(options))).code).toBe('CONFIG_INVALID');
});

it('says nothing of a token in its errors, its challenges or its log', async () => {
  const token = await sign(key, claims({ exp: NOW - 600, sub: 'secret-subject' }));
  for (const authorization of [
    `Bearer ${token}`,
    `Bearer ${token}x`,
    `Bearer ${token} b`,
    'Bearer hunter2',
  ]) {
    const error = await refusalOf(() => gate().authenticate(authorization, 'mcp/orders-db'));
    const said = [
      error.explain(),
      String(error.cause),
      gate().challenge(error, 'mcp/orders-db'),
      ...log.lines,
    ];
    expect(said.join()).not.toMatch(/secret-subject|hunter2|eyJ/);
  }
});
