import * as z from 'zod';
import { duration, issuerUrl } from './schema-values.ts';

/** An OIDC issuer. */
export const issuerSchema = z.strictObject({
  url: issuerUrl.describe('Issuer identifier, as `iss` has it; discovery starts here.'),
  audience: z
    .union([z.string(), z.array(z.string()).min(1)], {
      error: 'must be a string or a list of strings',
    })
    .optional()
    .describe("Accepted `aud`, beside the endpoint's own URL (RFC 8707)."),
  algorithms: z
    .array(
      z.enum([
        'RS256',
        'RS384',
        'RS512',
        'PS256',
        'PS384',
        'PS512',
        'ES256',
        'ES384',
        'ES512',
        'EdDSA',
        'Ed25519',
      ]),
    )
    .min(1)
    .default(['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'])
    .describe('Accepted signature algorithms (JWA names).'),
  groups_claim: z
    .string()
    .default('groups')
    .describe('Claim with groups; a dotted path goes into objects.'),
  scopes_claim: z
    .string()
    .default('scope')
    .describe('Claim with scopes: a list, or words in a string.'),
  required_scopes: z.array(z.string()).default([]).describe('Scopes that every token must have.'),
  clock_tolerance: duration.prefault('30s').describe('Allowed difference of clocks.'),
});
