import { type JsonObject, textMember } from '../model/json.ts';
import { isLoopback } from '../model/loopback.ts';
import { fetchJson, UnexpectedStatus } from './fetch-json.ts';

/**
 * Where an issuer publishes its keys: OpenID Connect Discovery 1.0, section 4, or else RFC 8414, section 3.
 *
 * @param issuer the issuer identifier; the document must name the same (RFC 8414, section 3.3)
 * @throws Error with the reason in its message
 */
export async function discoverKeys(issuer: string): Promise<URL> {
  const { url, document } = await metadataOf(issuer);
  if (textMember(document, 'issuer') !== issuer) {
    throw new Error(`${url} describes another issuer than ${issuer}`);
  }
  return keysUrl(url, textMember(document, 'jwks_uri'));
}

async function metadataOf(issuer: string): Promise<{ url: string; document: JsonObject }> {
  const [openid, oauth] = metadataUrls(issuer);
  try {
    return { url: openid, document: await fetchJson(openid) };
  } catch (error) {
    // Only an issuer that answers, but not here, may have its metadata elsewhere.
    if (!(error instanceof UnexpectedStatus)) throw error;
    return { url: oauth, document: await fetchJson(oauth) };
  }
}

/** OpenID appends to the identifier, RFC 8414 inserts between host and path. */
function metadataUrls(issuer: string): readonly [string, string] {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/+$/, '');
  return [
    `${origin}${path}/.well-known/openid-configuration`,
    `${origin}/.well-known/oauth-authorization-server${path}`,
  ];
}

function keysUrl(document: string, text: string | undefined): URL {
  if (text === undefined || !URL.canParse(text)) throw new Error(`${document} has no jwks_uri`);
  const url = new URL(text);
  const secure = url.protocol === 'https:';
  if (!secure && !(url.protocol === 'http:' && isLoopback(url.hostname))) {
    throw new Error(`${document} has a jwks_uri that is not https`);
  }
  return url;
}
