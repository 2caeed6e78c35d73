import type { Identity } from '../../model/identity.ts';
import { digestOf } from '../../protocol/canonical.ts';

/**
 * Claims of a token, not of who holds it: they differ each time it is renewed (RFC 7519, section 4.1; OpenID Connect
 * Core; the last three are Entra ID's). All others may be what a rule looks at.
 */
const PER_TOKEN = new Set([
  ...['iat', 'exp', 'nbf', 'jti', 'nonce', 'at_hash'],
  ...['uti', 'aio', 'rh'],
]);

/** Identities are those of tokens that were verified a moment ago, the same object for each request. */
const known = new WeakMap<Identity, string>();

/** A digest of all that policies may look at in an identity. A token that was only renewed has the same. */
export function standingOf(identity: Identity): string {
  const before = known.get(identity);
  if (before !== undefined) return before;
  const standing = digest(identity);
  known.set(identity, standing);
  return standing;
}

function digest(identity: Identity): string {
  const { issuer, sub, email, groups, scopes, client, actor, claims } = identity;
  const lasting = Object.entries(claims).filter(([name]) => !PER_TOKEN.has(name));
  return digestOf({
    ...{ issuer, sub, groups, scopes, claims: Object.fromEntries(lasting) },
    ...{ email: email ?? null, client: client ?? null, actor: actor ?? null },
  });
}
