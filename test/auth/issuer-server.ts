import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type CryptoKey,
  exportJWK,
  generateKeyPair,
  type JWK,
  type JWTPayload,
  SignJWT,
} from 'jose';

export interface SigningKey {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
}

export async function newKey(kid: string, alg = 'ES256'): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { kid, alg, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
}

/** Signs claims as they are. */
export function sign(key: SigningKey, claims: JWTPayload, header: object = {}): Promise<string> {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: key.alg, kid: key.kid, typ: 'at+jwt', ...header })
    .sign(key.privateKey);
}

/** An issuer run by hand: publishes what a test tells it to, and counts who asks. */
export interface IssuerServer {
  readonly url: string;
  /** Requests by path. */
  readonly requests: Map<string, number>;
  /** What each path answers; a function may answer as it likes. */
  readonly answers: Map<string, object | ((response: ServerResponse) => void)>;
  publish(...keys: readonly SigningKey[]): void;
  close(): Promise<void>;
}

export const OPENID = '/.well-known/openid-configuration';
export const OAUTH = '/.well-known/oauth-authorization-server';

export async function startIssuerServer(): Promise<IssuerServer> {
  const requests = new Map<string, number>();
  const answers: IssuerServer['answers'] = new Map();
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    requests.set(path, (requests.get(path) ?? 0) + 1);
    const answer = answers.get(path);
    if (typeof answer === 'function') return answer(response);
    response.writeHead(answer ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer ?? {}));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  answers.set(OPENID, { issuer: url, jwks_uri: `${url}/jwks` });
  return {
    url,
    requests,
    answers,
    publish: (...keys) => void answers.set('/jwks', { keys: keys.map((key) => key.jwk) }),
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
