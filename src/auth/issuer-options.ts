/** An issuer whose tokens are accepted, as the configuration file describes it. */
export interface IssuerOptions {
  /** The issuer identifier, exactly as `iss` has it. */
  readonly url: string;
  /** Accepted `aud`, beside the URL of the endpoint itself (RFC 8707). */
  readonly audience?: string | readonly string[] | undefined;
  /** Accepted JWA signature algorithms, asymmetric ones only. */
  readonly algorithms: readonly string[];
  /** Claim with groups, by its name or by a dotted path into objects. */
  readonly groups_claim: string;
  /** Claim with scopes, a list or words in a string; the same way. */
  readonly scopes_claim: string;
  /** Scopes that every token must have. */
  readonly required_scopes: readonly string[];
  /** Allowed difference of clocks, in milliseconds. */
  readonly clock_tolerance: number;
}
