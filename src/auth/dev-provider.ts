import { randomBytes } from 'node:crypto';
import type { EventEmitter } from 'node:events';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import Provider, {
  type AccessToken,
  type Client,
  type ClientCredentials,
  type ClientMetadata,
  type Configuration,
  errors,
  type KoaContextWithOIDC,
  type ResourceServer,
} from 'oidc-provider';
import { messageOf } from '../model/errors.ts';
import type { Log } from '../model/seams.ts';
import { createDevStore } from './dev-store.ts';
import type { DevUser } from './dev-user.ts';

const HOUR = 3_600;
const DAY = 24 * HOUR;

/** What the development issuer is made of. Clients are those that get tokens without a browser, one for each user. */
export interface DevSetup {
  readonly url: string;
  readonly users: readonly DevUser[];
  /** Users by the id of their client. */
  readonly clients: ReadonlyMap<string, { readonly user: DevUser; readonly secret: string }>;
  readonly resources: (resource: string) => boolean;
  readonly log: Log;
}

/** The client as which people log in at pages of a gate: public, at any port of this machine. */
export const DEV_LOGIN_CLIENT = 'sallyport-pages';
const loginClient: ClientMetadata = {
  client_id: DEV_LOGIN_CLIENT,
  client_name: 'Sallyport',
  token_endpoint_auth_method: 'none',
  grant_types: ['authorization_code'],
  // The port is free to choose (RFC 8252, section 7.3).
  redirect_uris: ['127.0.0.1', '[::1]', 'localhost'].map((host) => `http://${host}/login/callback`),
  response_types: ['code'],
};

/**
 * An OpenID provider for development. Everything that `oidc-provider` would otherwise warn of on standard output (its
 * store, keys, lifetimes, pages) is set here; what goes wrong is told to the log.
 */
export async function createDevProvider(setup: DevSetup): Promise<Provider> {
  const provider = new Provider(setup.url, { ...policy(setup), jwks: { keys: await newKeys() } });
  const { log } = setup;
  const failed = (error: unknown) =>
    log.error({ reason: messageOf(error) }, 'the development issuer failed');
  // With a listener, Koa leaves standard error alone; the types lack this event.
  (provider as EventEmitter).on('error', failed);
  provider.on('server_error', (_, error) => failed(error));
  const refused = (_: unknown, error: Error) =>
    log.warn({ reason: refusal(error) }, 'the development issuer refused a request');
  provider.on('authorization.error', refused);
  provider.on('grant.error', refused);
  provider.on('registration_create.error', refused);
  return provider;
}

function refusal(error: Error): string {
  const detail = error instanceof errors.OIDCProviderError ? error.error_description : undefined;
  return detail ?? error.message;
}

function policy(setup: DevSetup): Configuration {
  return {
    adapter: createDevStore(),
    clients: [
      loginClient,
      ...[...setup.clients].map(([id, { secret }]) => tokenClient(id, secret)),
    ],
    // Who logs in at pages is in the ID token: there is no other place to ask (userinfo).
    conformIdTokenClaims: false,
    // Native clients may use loopback addresses on any port, as well as schemes of their own (RFC 8252, section 7).
    clientDefaults: {
      application_type: 'native',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
    },
    clientBasedCORS: () => true,
    cookies: { keys: [randomBytes(32).toString('base64url')] },
    responseTypes: ['code'],
    scopes: ['openid', 'offline_access', ...knownScopes(setup.users)],
    claims: { openid: ['sub'], email: ['email'], groups: ['groups'] },
    pkce: { required: () => true },
    features: features(setup),
    formats: { customizers: { jwt: (_, token, { payload }) => speakFor(token, payload, setup) } },
    findAccount: (_, sub) => account(setup.users, sub),
    // A client that may refresh gets the means, whether or not it thought of asking for `offline_access`.
    issueRefreshToken: async (_, client) => client.grantTypeAllowed('refresh_token'),
    expiresWithSession: async () => false,
    interactions: { url: (_, interaction) => `/login/${interaction.uid}` },
    renderError: (ctx, out) => {
      ctx.type = 'text';
      ctx.body = `${out.error}: ${out.error_description ?? ''}\n`;
    },
    ttl: {
      AccessToken: 12 * HOUR,
      ClientCredentials: 12 * HOUR,
      AuthorizationCode: 60,
      IdToken: HOUR,
      Interaction: HOUR,
      RefreshToken: 14 * DAY,
      Grant: 14 * DAY,
      Session: DAY,
    },
  };
}

function features(setup: DevSetup): NonNullable<Configuration['features']> {
  return {
    devInteractions: { enabled: false },
    dPoP: { enabled: false },
    pushedAuthorizationRequests: { enabled: false },
    rpInitiatedLogout: { enabled: false },
    userinfo: { enabled: false },
    clientCredentials: { enabled: true },
    registration: { enabled: true, initialAccessToken: false },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: (ctx, resource, client) =>
        resourceServer(ctx, resource, client, setup),
    },
  };
}

function tokenClient(id: string, secret: string): ClientMetadata {
  return {
    client_id: id,
    client_secret: secret,
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [],
  };
}

function resourceServer(
  ctx: KoaContextWithOIDC,
  resource: string,
  client: Client,
  setup: DevSetup,
): ResourceServer {
  const { params, route } = ctx.oidc;
  if (!setup.resources(resource)) throw new errors.InvalidTarget();
  const known = knownScopes(setup.users);
  // Clients that ask for no scope, or for one that nobody knows, are served as well.
  if (params && route === 'authorization') params.scope ??= client.scope ?? known.join(' ');
  const asked = typeof params?.scope === 'string' ? params.scope.split(' ') : [];
  return {
    scope: [...new Set([...known, ...asked])].join(' '),
    audience: resource,
    accessTokenFormat: 'jwt',
    jwt: { sign: { alg: 'ES256' } },
  };
}

/** Puts the user into an access token. Its scopes are those of the user, whatever the client asked for. */
function speakFor(
  token: AccessToken | ClientCredentials,
  payload: Record<string, unknown>,
  setup: DevSetup,
): void {
  const sub = 'accountId' in token ? token.accountId : undefined;
  const user =
    setup.clients.get(token.clientId ?? '')?.user ?? setup.users.find((one) => one.sub === sub);
  // Anybody may register a client, but only a user's click gives it a token.
  if (!user) throw new errors.InvalidTarget();
  const { email, groups, scopes } = user;
  Object.assign(payload, { sub: user.sub, email, groups, scope: scopes.join(' ') });
}

function account(users: readonly DevUser[], sub: string) {
  const user = users.find((one) => one.sub === sub);
  if (!user) return undefined;
  const { email, groups } = user;
  return { accountId: sub, claims: async () => ({ sub, email, groups }) };
}

function knownScopes(users: readonly DevUser[]): string[] {
  return [...new Set(users.flatMap((user) => user.scopes))];
}

async function newKeys(): Promise<JWK[]> {
  return Promise.all(
    ['ES256', 'RS256'].map(async (alg) => {
      const { privateKey } = await generateKeyPair(alg, { extractable: true });
      const kid = `${alg}-${randomBytes(6).toString('base64url')}`;
      return { ...(await exportJWK(privateKey)), alg, kid, use: 'sig' };
    }),
  );
}
