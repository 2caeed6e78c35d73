import type { KeyObject } from 'node:crypto';
import type { Frame } from '../model/message.ts';
import type { Clock } from '../model/seams.ts';
import { targetOf } from '../protocol/methods.ts';
import type { Caller } from './caller.ts';
import { Exchange, type ExchangeInit, type SessionFacts } from './exchange.ts';
import { IdentityLedger } from './identity-ledger.ts';
import { newId } from './new-id.ts';
import type { Snapshot } from './snapshot.ts';

/** Opens exchanges; each pins the snapshot of its moment. */
export class ExchangeOpener {
  readonly #snapshot: () => Snapshot;
  readonly #clock: Clock;
  readonly #maskKey: KeyObject;
  readonly #identities = new IdentityLedger();

  constructor(snapshot: () => Snapshot, clock: Clock, maskKey: KeyObject) {
    this.#snapshot = snapshot;
    this.#clock = clock;
    this.#maskKey = maskKey;
  }

  /**
   * The exchange that a message begins.
   *
   * @param asked the method of the upstream's request that the message answers
   */
  of(caller: Caller, session: SessionFacts, frame: Frame, asked?: string): Exchange {
    const { method = asked ?? 'unknown', params } =
      'method' in frame.message ? frame.message : { params: undefined };
    const { kind, name } = targetOf(method, params);
    const begins = frame.kind === 'request' && frame.direction === 'up';
    return this.about(caller, session, {
      method,
      ...(kind === 'methods' ? {} : { target: name }),
      ...(begins ? { requestId: frame.message.id } : {}),
    });
  }

  about(
    { identity, upstream }: Caller,
    session: SessionFacts,
    about: Pick<ExchangeInit, 'method' | 'target' | 'requestId'>,
  ): Exchange {
    const facts = { id: newId(), snapshot: this.#snapshot(), clock: this.#clock };
    const kept = { identities: this.#identities, maskKey: this.#maskKey };
    return new Exchange({ ...facts, ...kept, session, identity, upstream, ...about });
  }
}
