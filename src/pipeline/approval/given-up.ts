import type { Approval } from '../../model/approval.ts';
import { GateError } from '../../model/errors.ts';

/** Questions that a caller may have given up whose time is not over. */
const MOST = 100;
/** Callers of whom it is known, until those are forgotten whose questions are over. */
const MANY = 10_000;

type Caller = Approval['call']['caller'];

/**
 * Counts questions that callers have given up themselves: each for as long as it would have waited. People were told of
 * it all the same, and it is kept, so whoever asks and takes back without end is asked to wait.
 */
export class GivenUp {
  /** When each would have been over, by caller. */
  readonly #ends = new Map<string, readonly number[]>();
  #room = MANY;

  /** One that people had decided is none. */
  note({ call, expiresAt, usableUntil }: Approval, now: number): void {
    if (usableUntil !== undefined) return;
    const key = keyOf(call.caller);
    this.#ends.set(key, [...this.#lasting(key, now), expiresAt]);
    if (this.#ends.size > this.#room) this.#forget(now);
  }

  /** Why a caller may ask nothing new; undefined where they may. */
  refusal(caller: Caller, now: number): GateError | undefined {
    if (this.#lasting(keyOf(caller), now).length < MOST) return undefined;
    return new GateError('APPROVALS_FULL', `the caller has given up ${MOST} questions lately`, {
      hint: 'let a call wait for its approval, or call again, instead of taking it back',
    });
  }

  #lasting(key: string, now: number): readonly number[] {
    return (this.#ends.get(key) ?? []).filter((end) => end > now).slice(-MOST);
  }

  #forget(now: number): void {
    for (const key of this.#ends.keys()) {
      if (this.#lasting(key, now).length === 0) this.#ends.delete(key);
    }
    this.#room = Math.max(MANY, 2 * this.#ends.size);
  }
}

function keyOf({ issuer, sub }: Caller): string {
  return JSON.stringify([issuer, sub]);
}
