import type { IssuerOptions } from '../../src/auth/issuer-options.ts';
import { GateError } from '../../src/model/errors.ts';
import type { Log } from '../../src/model/seams.ts';

export const PUBLIC_URL = 'http://127.0.0.1:7411';
export const RESOURCE = `${PUBLIC_URL}/mcp/orders-db`;

export function issuerOptions(url: string, more: Partial<IssuerOptions> = {}): IssuerOptions {
  return {
    url,
    algorithms: ['RS256', 'PS256', 'ES256', 'EdDSA'],
    groups_claim: 'groups',
    scopes_claim: 'scope',
    required_scopes: [],
    clock_tolerance: 30_000,
    ...more,
  };
}

/** A log that keeps its lines as JSON. */
export function keptLog(): Log & { readonly lines: string[] } {
  const lines: string[] = [];
  const keep = (fields: object, message: string) =>
    void lines.push(JSON.stringify({ message, fields }));
  return { lines, info: keep, warn: keep, error: keep, debug: keep };
}

/** What a call throws or rejects with, which must be a GateError. */
export async function refusalOf(call: () => unknown): Promise<GateError> {
  try {
    await call();
  } catch (error) {
    if (error instanceof GateError) return error;
    throw error;
  }
  throw new Error('was not refused');
}
