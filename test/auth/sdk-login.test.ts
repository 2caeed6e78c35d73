import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { auth, type OAuthClientProvider } from '@modelcontextprotocol/sdk/client/auth.js';
import type { OAuthClientInformationMixed } from '@modelcontextprotocol/sdk/shared/auth.js';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type DevIssuer, startDevIssuer } from '../../src/auth/dev-issuer.ts';
import { devUsers } from '../../src/auth/dev-user.ts';
import { OidcAuthenticator } from '../../src/auth/oidc.ts';
import { GateError } from '../../src/model/errors.ts';
import { logInAt } from './browser.ts';
import { issuerOptions, keptLog } from './fixture.ts';

let endpoint: Server;
let issuer: DevIssuer;
let gate: OidcAuthenticator;
let url: string;

beforeAll(async () => {
  endpoint = createServer().listen(0, '127.0.0.1');
  await once(endpoint, 'listening');
  const publicUrl = `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}`;
  url = `${publicUrl}/mcp/orders-db`;
  const log = keptLog();
  issuer = await startDevIssuer({ resources: (one) => one === url, users: devUsers, log });
  const issuers = [issuerOptions(issuer.url, { required_scopes: ['mcp:read'] })];
  gate = new OidcAuthenticator({ issuers, publicUrl: () => publicUrl, clock: Date.now, log });
  endpoint.on('request', (request, response) => {
    const known = request.url === '/.well-known/oauth-protected-resource/mcp/orders-db';
    const missing = new GateError('AUTH_TOKEN_MISSING', 'no token');
    response.setHeader('www-authenticate', gate.challenge(missing, 'mcp/orders-db'));
    response.writeHead(known ? 200 : 401, { 'content-type': 'application/json' });
    response.end(JSON.stringify(gate.metadata('mcp/orders-db')));
  });
});
afterAll(async () => {
  await issuer.stop();
  endpoint.close();
});

/** A client that remembers in memory and whose browser logs in as ana. */
function memoryProvider() {
  const kept: {
    client?: OAuthClientInformationMixed;
    verifier?: string;
    code?: string;
    token?: string;
  } = {};
  let tokens: Awaited<ReturnType<OAuthClientProvider['tokens']>>;
  const provider: OAuthClientProvider = {
    redirectUrl: 'http://localhost:3118/callback',
    clientMetadata: {
      client_name: 'SDK',
      redirect_uris: ['http://localhost:3118/callback'],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    },
    clientInformation: () => kept.client,
    saveClientInformation: (client) => {
      kept.client = client;
    },
    tokens: () => tokens,
    saveTokens: (saved) => {
      tokens = saved;
    },
    redirectToAuthorization: async (address) => {
      kept.code = (await logInAt(address.href, 'ana')).searchParams.get('code') ?? '';
    },
    saveCodeVerifier: (verifier) => {
      kept.verifier = verifier;
    },
    codeVerifier: () => kept.verifier ?? '',
  };
  return { kept, provider };
}

it('lets a client of the SDK find the issuer, register, log in and refresh', async () => {
  const { kept, provider } = memoryProvider();
  expect(await auth(provider, { serverUrl: url })).toBe('REDIRECT');
  expect(await auth(provider, { serverUrl: url, authorizationCode: kept.code ?? '' })).toBe(
    'AUTHORIZED',
  );
  const first = (await provider.tokens())?.access_token;
  expect(await gate.authenticate(`Bearer ${first}`, 'mcp/orders-db')).toHaveProperty('sub', 'ana');
  expect(await auth(provider, { serverUrl: url })).toBe('AUTHORIZED');
  const second = (await provider.tokens())?.access_token;
  expect(second).not.toBe(first);
  expect(await gate.authenticate(`Bearer ${second}`, 'mcp/orders-db')).toHaveProperty('sub', 'ana');
});
