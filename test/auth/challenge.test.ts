import { describe, expect, it } from 'vitest';
import { OidcAuthenticator } from '../../src/auth/oidc.ts';
import { ScopeError } from '../../src/auth/token-error.ts';
import { GateError } from '../../src/model/errors.ts';
import { issuerOptions, keptLog, PUBLIC_URL, RESOURCE } from './fixture.ts';

function gate(publicUrl = PUBLIC_URL, required_scopes: string[] = []) {
  const issuers = [
    issuerOptions('https://login.example.com', { required_scopes }),
    issuerOptions('https://other.example.com/realm'),
  ];
  return new OidcAuthenticator({
    issuers,
    publicUrl: () => publicUrl,
    clock: () => 0,
    log: keptLog(),
  });
}

const METADATA = `resource_metadata="${PUBLIC_URL}/.well-known/oauth-protected-resource/mcp/orders-db"`;

describe('the challenge', () => {
  it('only points to the metadata where there was no token', () => {
    const error = new GateError('AUTH_TOKEN_MISSING', 'no token');
    expect(gate().challenge(error, 'mcp/orders-db')).toBe(`Bearer ${METADATA}`);
  });

  it('names the scopes that a token will need', () => {
    const error = new GateError('AUTH_TOKEN_MISSING', 'no token');
    const challenge = gate(PUBLIC_URL, ['mcp:read', 'mcp:call']).challenge(error, 'mcp/orders-db');
    expect(challenge).toBe(`Bearer ${METADATA}, scope="mcp:read mcp:call"`);
  });

  it.each(['AUTH_TOKEN_INVALID', 'AUTH_TOKEN_EXPIRED', 'AUTH_AUDIENCE'] as const)(
    'says invalid_token for %s',
    (code) => {
      const challenge = gate().challenge(new GateError(code, 'it is bad'), 'mcp/orders-db');
      expect(challenge).toBe(
        `Bearer ${METADATA}, error="invalid_token", error_description="it is bad"`,
      );
    },
  );

  it('says insufficient_scope, and which scopes would do', () => {
    const challenge = gate().challenge(new ScopeError(['a', 'b']), 'mcp/orders-db');
    expect(challenge).toBe(
      `Bearer ${METADATA}, error="insufficient_scope", error_description="the token lacks a scope", scope="a b"`,
    );
  });

  it('does not call a token invalid that could not be judged', () => {
    const error = new GateError('AUTH_ISSUER_UNAVAILABLE', 'down');
    expect(gate().challenge(error, 'mcp/orders-db')).not.toContain('error=');
  });

  it('escapes quotes and backslashes and lets no line break through', () => {
    const error = new GateError('AUTH_TOKEN_INVALID', 'a "b" \\ c\r\nSet-Cookie: x\u00e9');
    const challenge = gate().challenge(error, 'mcp/orders-db');
    expect(challenge).toContain('error_description="a \\"b\\" \\\\ c  Set-Cookie: x "');
  });

  it('keeps the path of the public URL behind the well-known part', () => {
    const error = new GateError('AUTH_TOKEN_MISSING', 'no token');
    expect(gate('https://gw.example.com/ai/').challenge(error, 'mcp/orders-db')).toBe(
      'Bearer resource_metadata="https://gw.example.com/.well-known/oauth-protected-resource/ai/mcp/orders-db"',
    );
  });
});

describe('the metadata', () => {
  it('describes the endpoint as a protected resource', () => {
    expect(gate().metadata('mcp/orders-db')).toEqual({
      resource: RESOURCE,
      authorization_servers: ['https://login.example.com', 'https://other.example.com/realm'],
      bearer_methods_supported: ['header'],
      resource_name: 'orders-db behind Sallyport',
    });
  });

  it('lists scopes where some are configured', () => {
    const metadata = gate('https://gw.example.com/', ['mcp:read']).metadata('mcp/files');
    expect(metadata).toMatchObject({
      resource: 'https://gw.example.com/mcp/files',
      scopes_supported: ['mcp:read'],
    });
  });
});
