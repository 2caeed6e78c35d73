import type { JsonObject } from './json.ts';

/** Who calls, as a verified token says it. */
export interface Identity {
  /** The token's `sub`, unique within its issuer. */
  readonly sub: string;
  readonly issuer: string;
  readonly email?: string;
  readonly groups: readonly string[];
  readonly scopes: readonly string[];
  /** The OAuth client that got the token (`client_id` or `azp`). */
  readonly client?: string;
  /** Who acts for the subject (RFC 8693, section 4.1, `act.sub`). */
  readonly actor?: string;
  readonly claims: JsonObject;
}

/** An identity as transcripts keep it. */
export interface IdentityFacts extends Identity {
  /** Claims that were left out: those that each token has anew, tokens inside of it, and what was too large. */
  readonly omitted?: readonly string[];
}

/** One name for a caller, whatever issuers call theirs alike. */
export function principalOf({ issuer, sub }: Pick<Identity, 'issuer' | 'sub'>): string {
  return `${issuer}\n${sub}`;
}

/** What the MCP client says of itself in `initialize`; a claim, not a proof. */
export interface ClientInfo {
  readonly name?: string;
  readonly version?: string;
}
