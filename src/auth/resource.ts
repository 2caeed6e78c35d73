import type { JsonObject } from '../model/json.ts';
import type { IssuerOptions } from './issuer-options.ts';

/**
 * The resource identifier of an endpoint (RFC 8707, section 2).
 *
 * @param endpoint its path, such as `mcp/orders`
 */
export function resourceUrl(publicUrl: string, endpoint: string): string {
  const path = endpoint.split('/').map(encodeURIComponent).join('/');
  return `${publicUrl.replace(/\/+$/, '')}/${path}`;
}

/** Where the metadata of a resource is: the well-known part goes between host and path (RFC 9728, section 3.1). */
export function metadataUrl(resource: string): string {
  const { origin, pathname } = new URL(resource);
  return `${origin}/.well-known/oauth-protected-resource${pathname}`;
}

/** The metadata of a resource (RFC 9728, section 2). */
export function resourceMetadata(
  resource: string,
  endpoint: string,
  issuers: readonly IssuerOptions[],
): JsonObject {
  const scopes = requiredScopes(issuers);
  return {
    resource,
    authorization_servers: issuers.map((issuer) => issuer.url),
    bearer_methods_supported: ['header'],
    ...(scopes.length > 0 && { scopes_supported: scopes }),
    resource_name: nameOf(endpoint),
  };
}

function nameOf(endpoint: string): string {
  const [, upstream] = endpoint.split('/');
  return upstream === undefined ? 'Sallyport' : `${upstream} behind Sallyport`;
}

/** Every scope that some issuer's tokens must have. */
export function requiredScopes(issuers: readonly IssuerOptions[]): readonly string[] {
  return [...new Set(issuers.flatMap((issuer) => issuer.required_scopes))];
}
