import type { ServerResponse } from 'node:http';
import type { Identity } from '../../model/identity.ts';
import { afterExpiry } from '../../pipeline/token-expiry.ts';

/** Calls back once if a token expires while a response is open. */
export function onExpiry(identity: Identity, response: ServerResponse, expired: () => void): void {
  const timer = afterExpiry(identity, expired);
  if (timer) response.once('close', () => clearTimeout(timer));
}
