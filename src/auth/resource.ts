import type { JsonObject } from '../model/json.ts';
import type { IssuerOptions } from './issuer-options.ts';

/** The resource identifier of the endpoint of an upstream (RFC 8707, section 2). */
export function resourceUrl(publicUrl: string, upstream: string): string {
  return `${publicUrl.replace(/\/+$/, '')}/mcp/${encodeURIComponent(upstream)}`;
}

/** Where the metadata of a resource is: the well-known part goes between host and path (RFC 9728, section 3.1). */
export function metadataUrl(resource: string): string {
  const { origin, pathname } = new URL(resource);
  return `${origin}/.well-known/oauth-protected-resource${pathname}`;
}

/** The metadata of a resource (RFC 9728, section 2). */
export function resourceMetadata(
  resource: string,
  upstream: string,
  issuers: readonly IssuerOptions[],
): JsonObject {
  const scopes = requiredScopes(issuers);
  return {
    resource,
    authorization_servers: issuers.map((issuer) => issuer.url),
    bearer_methods_supported: ['header'],
    ...(scopes.length > 0 && { scopes_supported: scopes }),
    resource_name: `${upstream} behind Sallyport`,
  };
}

/** Every scope that some issuer's tokens must have. */
export function requiredScopes(issuers: readonly IssuerOptions[]): readonly string[] {
  return [...new Set(issuers.flatMap((issuer) => issuer.required_scopes))];
}
