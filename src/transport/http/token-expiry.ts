import type { ServerResponse } from 'node:http';
import type { Identity } from '../../model/identity.ts';

/** How long a stream may go on after its token, for clocks that differ; milliseconds. */
const TOLERANCE = 60_000;
/** Node's timers can't wait longer. */
const MAX_TIMER = 2 ** 31 - 1;

/** Calls back once if a token expires while a response is open. */
export function onExpiry(identity: Identity, response: ServerResponse, expired: () => void): void {
  const { exp } = identity.claims;
  if (typeof exp !== 'number') return;
  const left = exp * 1_000 + TOLERANCE - Date.now();
  const timer = setTimeout(expired, Math.min(left, MAX_TIMER)).unref();
  response.once('close', () => clearTimeout(timer));
}
