import { GateError, messageOf } from '../model/errors.ts';

/** Expired entries that are forgotten at each save, and where there is no more room. */
export const CLEANED = 64;
export const CLEANED_WHEN_FULL = 4_096;

/** How many tokens there may be. */
export interface TokenBounds {
  /** In all. */
  readonly max: number;
  /** Of one caller, so that nobody takes the room of all. */
  readonly maxOfOwner: number;
}

/** Owners of whom it is remembered how many they have. */
export const KNOWN_OWNERS = 10_000;

export function tokensOfOwnerFull(maxOfOwner: number): GateError {
  return new GateError('TOKENS_FULL', `a caller has ${maxOfOwner} tokens that have not expired`, {
    hint: 'raise masking.tokens.max_per_caller, or let tokens expire earlier',
  });
}

export function tokensFull(max: number): GateError {
  return new GateError('TOKENS_FULL', `there are ${max} tokens that have not expired`, {
    hint: 'raise masking.tokens.max, or let tokens expire earlier',
  });
}

export function tokensUnavailable(cause: unknown): GateError {
  if (cause instanceof GateError) return cause;
  return new GateError('TOKENS_UNAVAILABLE', messageOf(cause), { cause });
}
