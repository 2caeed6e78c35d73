import {
  allowInsecureRequests,
  type ClientAuth,
  type ClientMetadata,
  ClientSecretBasic,
  ClientSecretPost,
  Configuration,
  type CustomFetchOptions,
  clockTolerance,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
  None,
} from 'openid-client';
import type { IssuerOptions } from './issuer-options.ts';

/** The client that the gate is at an issuer. */
export interface LoginClient {
  readonly issuer: IssuerOptions;
  readonly clientId: string;
  /** Left out: a public client, which PKCE alone protects. */
  readonly clientSecret?: string | undefined;
}

const TIMEOUT_SECONDS = 10;
const MAX_BYTES = 1_048_576;

/**
 * Asks an issuer how people log in there (OpenID Connect Discovery 1.0, section 4). The signature of ID tokens is
 * verified as well, which the specification leaves to TLS (OpenID Connect Core 1.0, section 3.1.3.7).
 *
 * @throws Error of openid-client, with a reason
 */
export async function discoverLogin(client: LoginClient): Promise<Configuration> {
  const { issuer, clientId } = client;
  const metadata: Partial<ClientMetadata> = { [clockTolerance]: issuer.clock_tolerance / 1_000 };
  // The schema lets an issuer be on cleartext HTTP on loopback only.
  const insecure = issuer.url.startsWith('http:') ? [allowInsecureRequests] : [];
  const found = await discovery(new URL(issuer.url), clientId, metadata, None(), {
    ...{ execute: insecure, timeout: TIMEOUT_SECONDS, [customFetch]: boundedFetch },
  });
  const server = found.serverMetadata();
  const methods = server.token_endpoint_auth_methods_supported;
  const configuration = new Configuration(server, clientId, metadata, authOf(client, methods));
  configuration.timeout = TIMEOUT_SECONDS;
  configuration[customFetch] = boundedFetch;
  for (const execute of [...insecure, enableNonRepudiationChecks]) execute(configuration);
  return configuration;
}

/** `client_secret_basic` is what an issuer takes that says nothing (OpenID Connect Discovery 1.0, section 3). */
function authOf({ clientSecret }: LoginClient, methods: readonly string[] | undefined): ClientAuth {
  if (clientSecret === undefined) return None();
  const posts = methods?.includes('client_secret_post') && !methods.includes('client_secret_basic');
  return posts ? ClientSecretPost(clientSecret) : ClientSecretBasic(clientSecret);
}

/** What an issuer answers is bounded, and where it redirects to is not asked. */
async function boundedFetch(url: string, options: CustomFetchOptions): Promise<Response> {
  const { body, ...rest } = options;
  const init: RequestInit = { ...rest, redirect: 'manual' };
  const response = await fetch(url, body === undefined ? init : { ...init, body });
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > MAX_BYTES) throw new TypeError(`the issuer answered more than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  const { status, headers } = response;
  return new Response(status === 204 ? null : Buffer.concat(chunks), { status, headers });
}
