import type { Clock, Log, TokenStore } from '../model/seams.ts';
import type { StoreLocation } from './location.ts';
import { MemoryTokens } from './memory/tokens.ts';
import { PostgresTokens } from './postgres/tokens.ts';
import { SqliteTokens } from './sqlite/tokens.ts';
import type { TokenBounds } from './tokens-bounds.ts';

/**
 * Opens the store that keeps what tokens stand for. A database server that can't be reached keeps no gate from
 * starting: until it can be, messages whose tokens can't be kept or looked up are refused.
 *
 * @throws GateError STORE_UNREADABLE
 */
export function openTokens(
  location: StoreLocation,
  options: TokenBounds & { readonly clock: Clock; readonly log: Log },
): TokenStore {
  switch (location.store) {
    case 'memory':
      return new MemoryTokens(options);
    case 'sqlite':
      return new SqliteTokens({ ...options, ...location });
    case 'postgres':
      return new PostgresTokens({ ...options, ...location });
  }
}
