import { createHash } from 'node:crypto';
import { GateError } from '../model/errors.ts';

const ENTRY = /^\s*(sha-256|sha-512)=:([A-Za-z0-9+/]+={0,2}):\s*$/;

/**
 * Compares a body with its Content-Digest header (RFC 9530), where there is one; algorithms that nobody should use any
 * more count for nothing.
 *
 * @throws GateError ADMIN_DIGEST
 */
export function checkContentDigest(header: string | string[] | undefined, body: Uint8Array): void {
  const entries = [header ?? []].flat().join(',').split(',');
  for (const entry of entries) {
    const [, algorithm = '', expected = ''] = ENTRY.exec(entry) ?? [];
    if (algorithm === '') continue;
    const found = createHash(algorithm.replace('-', '')).update(body).digest('base64');
    if (found === expected) continue;
    const hint = 'it was altered or cut on its way';
    throw new GateError('ADMIN_DIGEST', 'the body is not what its Content-Digest says', { hint });
  }
}
