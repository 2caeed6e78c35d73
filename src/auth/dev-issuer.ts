import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type Provider from 'oidc-provider';
import { GateError, messageOf } from '../model/errors.ts';
import { isObject, type Json, textMember } from '../model/json.ts';
import type { Log } from '../model/seams.ts';
import { serveLogin } from './dev-login.ts';
import { createDevProvider, type DevSetup } from './dev-provider.ts';
import type { DevUser } from './dev-user.ts';

export interface DevIssuerOptions {
  /** Port on 127.0.0.1; 0 or left out takes a free one. */
  readonly port?: number;
  /** Which resources tokens may be asked for (RFC 8707). */
  readonly resources: (resource: string) => boolean;
  readonly users: readonly DevUser[];
  readonly log: Log;
}

export interface DevIssuer {
  /** The issuer identifier. */
  readonly url: string;
  /**
   * Gets an access token for a user without a browser, valid for 12 hours.
   *
   * @param resource the URL of an endpoint, the token's `aud`
   * @throws GateError USAGE where the user or the resource is unknown
   */
  tokenFor(user: string, resource: string): Promise<string>;
  stop(): Promise<void>;
}

/**
 * Starts an OpenID provider for development: everybody who reaches it may be any of the users, so it listens on
 * 127.0.0.1 only. Clients register themselves (RFC 7591) and log in by authorization code with PKCE; keys, clients
 * and tokens end with the process.
 */
export async function startDevIssuer(options: DevIssuerOptions): Promise<DevIssuer> {
  const server = createServer();
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const setup = setupOf(options, server.address() as AddressInfo);
  const provider = await createDevProvider(setup);
  server.on('request', handler(provider, setup));
  return {
    url: setup.url,
    tokenFor: (user, resource) => requestToken(setup, user, resource),
    stop: () => stopServer(server),
  };
}

function setupOf({ users, resources, log }: DevIssuerOptions, { port }: AddressInfo): DevSetup {
  const clients = users.map((user) => {
    const secret = randomBytes(32).toString('base64url');
    return [`sallyport-dev-${user.sub}`, { user, secret }] as const;
  });
  return { url: `http://127.0.0.1:${port}`, users, resources, log, clients: new Map(clients) };
}

function handler(provider: Provider, { url, users, log }: DevSetup) {
  const { host } = new URL(url);
  const provide = provider.callback();
  return (request: IncomingMessage, response: ServerResponse): void => {
    // A name that some web site points at 127.0.0.1 must not make the issuer part of that site (DNS rebinding).
    if (request.headers.host !== host) return fail(response, 421, `this is ${url}`);
    if (request.url?.startsWith('/login/')) {
      serveLogin(provider, users, request, response).catch((error: unknown) => {
        log.warn({ reason: messageOf(error) }, 'the development issuer could not log in');
        fail(response, 400, 'the login has expired or is not yours; start again from the client');
      });
    } else if (!answerPreflight(request, response)) {
      provide(request, response);
    }
  };
}

/** Any web page may read what is public here, as browser-based MCP clients need; cookies are never part of that. */
function answerPreflight(request: IncomingMessage, response: ServerResponse): boolean {
  response.setHeader('access-control-allow-origin', '*');
  response.setHeader('access-control-expose-headers', 'WWW-Authenticate');
  if (request.method !== 'OPTIONS') return false;
  response.writeHead(204, {
    'access-control-allow-methods': 'GET, POST',
    'access-control-allow-headers': request.headers['access-control-request-headers'] ?? '*',
    'access-control-max-age': '3600',
  });
  response.end();
  return true;
}

function fail(response: ServerResponse, status: number, message: string): void {
  if (!response.headersSent) response.writeHead(status, { 'content-type': 'text/plain' });
  response.end(`${message}\n`);
}

async function requestToken(setup: DevSetup, user: string, resource: string): Promise<string> {
  const client = [...setup.clients].find(([, one]) => one.user.sub === user);
  if (!client) {
    throw new GateError('USAGE', `no development user is named ${user}`, {
      hint: `known: ${setup.users.map((one) => one.sub).join(', ')}`,
    });
  }
  const [id, { secret }] = client;
  const pair = `${encodeURIComponent(id)}:${encodeURIComponent(secret)}`;
  const response = await fetch(`${setup.url}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', resource }),
  });
  const answer = (await response.json()) as Json;
  const token = isObject(answer) ? textMember(answer, 'access_token') : undefined;
  if (token === undefined) {
    throw new GateError('USAGE', `the development issuer gives no token for ${resource}`);
  }
  return token;
}

async function stopServer(server: Server): Promise<void> {
  if (!server.listening) return;
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
}
