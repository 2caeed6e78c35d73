import { GateError } from '../model/errors.ts';
import type { Identity } from '../model/identity.ts';
import type { RequestId } from '../model/message.ts';
import { Quota } from './quota.ts';
import type { Session } from './session.ts';

export interface RelayLimits {
  /** Most calls under way at a time, over all sessions. */
  readonly calls: number;
  /** Of one caller. */
  readonly caller_calls: number;
  readonly session_calls: number;
  readonly session_streams: number;
}

/** Sees to it that no more is under way than may be. */
export class Admission {
  readonly #limits: RelayLimits;
  readonly #quota: Quota;
  #calls = 0;

  constructor(limits: RelayLimits) {
    this.#limits = limits;
    this.#quota = new Quota(limits.caller_calls);
  }

  /** @throws GateError REQUEST_DUPLICATE, CALL_LIMIT where there is no room for another call */
  check(identity: Identity, session: Session | undefined, id: RequestId): void {
    const { calls, caller_calls, session_calls } = this.#limits;
    if (this.#calls >= calls) throw tooMany(calls, 'gate');
    if (this.#quota.isFull(identity)) throw tooMany(caller_calls, 'caller');
    if (session) checkCall(session, id, session_calls);
  }

  /** @throws GateError CALL_LIMIT where there is no room for another stream */
  checkStream(session: Session): void {
    checkStream(session, this.#limits.session_streams);
  }

  /** @returns to be called once, when the call is over */
  take(identity: Identity): () => void {
    this.#calls++;
    this.#quota.take(identity);
    return () => {
      this.#calls--;
      this.#quota.give(identity);
    };
  }
}

/** @throws GateError REQUEST_DUPLICATE, CALL_LIMIT where a session has no room for another call */
export function checkCall({ calls }: Session, id: RequestId, limit: number): void {
  if (calls.has(id)) {
    const hint = 'use a new id for each request';
    throw new GateError('REQUEST_DUPLICATE', 'a request with this id is still open', { hint });
  }
  if (calls.size >= limit) throw tooMany(limit, 'session');
}

/** @throws GateError CALL_LIMIT where a session has no room for another stream */
export function checkStream({ streams }: Session, limit: number): void {
  if (streams.size >= limit) throw tooMany(limit, 'session');
}

function tooMany(limit: number, where: string): GateError {
  const message = `the ${where} has ${limit} calls or streams under way already`;
  return new GateError('CALL_LIMIT', message, { retryAfter: '1' });
}
