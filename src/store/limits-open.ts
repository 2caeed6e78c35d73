import type { Clock, Log } from '../model/seams.ts';
import type { LimitsStore } from './limits-store.ts';
import type { StoreLocation } from './location.ts';
import { MemoryLimiter } from './memory/limiter.ts';
import { PostgresLimiter } from './postgres/limiter.ts';
import { SqliteLimiter } from './sqlite/limit/limiter.ts';

/**
 * Opens the store that counts what limits bound. A database server that can't be reached keeps no gate from starting:
 * until it can be, calls that limits bound are refused.
 *
 * @throws GateError STORE_UNREADABLE
 */
export async function openLimits(
  location: StoreLocation,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Promise<LimitsStore> {
  switch (location.store) {
    case 'memory':
      return new MemoryLimiter({ clock });
    case 'sqlite':
      return new SqliteLimiter({ path: location.path, clock, log });
    case 'postgres': {
      const limiter = new PostgresLimiter({ url: location.url, clock, log });
      await limiter.start();
      return limiter;
    }
  }
}
