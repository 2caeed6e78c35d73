import { GateError } from '../model/errors.ts';
import type { Frame } from '../model/message.ts';
import type { Log } from '../model/seams.ts';
import type { UpstreamLink, UpstreamSession } from '../transport/contract.ts';
import { type Caller, upstreamSessionOf } from './caller.ts';
import type { ExchangeOpener } from './exchange-opener.ts';
import type { Gate } from './gate.ts';
import { OwnMessages } from './own-messages.ts';
import type { Session } from './session.ts';
import type { SessionMemory } from './session-memory.ts';
import type { Sessions } from './sessions.ts';

export interface RenewalOptions {
  readonly gate: Gate;
  readonly links: ReadonlyMap<string, UpstreamLink>;
  readonly exchanges: ExchangeOpener;
  readonly sessions: Pick<Sessions, 'isLive'>;
  readonly log: Log;
}

/** How long it may take to begin a session again, in milliseconds: a client waits for its answer meanwhile. */
const DEADLINE = 15_000;

/** A message on its way up in a session. */
export interface Attempt {
  readonly to: UpstreamSession;
  /**
   * The upstream does not know the session, so it has not looked at the message.
   *
   * @returns where to send it once more; undefined where the session is gone for good
   */
  readonly again: () => Promise<UpstreamSession | undefined>;
}

/**
 * Begins sessions again that upstreams have lost, where nobody can tell the difference: nothing has gone up that an
 * upstream may remember and the gate can't say again, and the upstream says of itself what it said before. Otherwise
 * the client has to begin anew, for it has to know.
 *
 * Only the process that saw a session begin, and all that was sent in it, can tell; a session known by its id alone is
 * never begun again.
 */
export class Renewal {
  readonly #options: RenewalOptions;
  readonly #pending = new WeakMap<Session, Promise<boolean>>();

  constructor(options: RenewalOptions) {
    this.#options = options;
  }

  /**
   * Notes that a message goes up now.
   *
   * @param asked the method of the upstream's request that the message answers
   */
  attempt(caller: Caller, session: Session, frame: Frame, asked?: string): Attempt {
    const to = upstreamSessionOf(session, caller.protocol);
    const facts = { asked, readsOnly: this.#readsOnly(session.upstream, frame) };
    const takeBack = session.memory?.sent(frame, facts);
    return {
      to,
      again: async () => {
        takeBack?.();
        const place = await this.renew(caller, session, to);
        if (place) session.memory?.sent(frame, facts);
        return place;
      },
    };
  }

  /**
   * Begins a session again, unless that has happened since.
   *
   * @param lost what the upstream did not know
   * @returns where the session is now; undefined where it is gone for good
   */
  async renew(
    caller: Caller,
    session: Session,
    lost: UpstreamSession,
  ): Promise<UpstreamSession | undefined> {
    const now = () => upstreamSessionOf(session, caller.protocol);
    if (lost.session !== session.upstreamSession) return now();
    const pending = this.#pending.get(session) ?? this.#begin(caller, session);
    return (await pending) ? now() : undefined;
  }

  /** A task outlives the call that makes it. */
  #readsOnly(upstream: string, { kind, message }: Frame): boolean {
    if (kind !== 'request' || message.method !== 'tools/call') return false;
    const { name, task } = message.params ?? {};
    const tool = this.#options.gate.catalog.facts(upstream, String(name))?.annotations;
    return task === undefined && tool?.readOnlyHint === true;
  }

  #begin(caller: Caller, session: Session): Promise<boolean> {
    const { upstream } = session;
    const pending = this.#renew(caller, session)
      .catch((error) => {
        const code = error instanceof GateError ? error.code : 'STAGE_FAULT';
        const fields = { upstream, session: session.name, code, cause: String(error) };
        this.#options.log.info(fields, 'a lost session could not be begun again');
        return false;
      })
      .finally(() => this.#pending.delete(session));
    this.#pending.set(session, pending);
    return pending;
  }

  async #renew(caller: Caller, session: Session): Promise<boolean> {
    const { memory, upstream, name } = session;
    const { links, sessions, log, ...options } = this.#options;
    const link = links.get(upstream);
    if (!memory?.isRepeatable || !link) return false;
    const why = 'the upstream has lost the session';
    const signal = AbortSignal.timeout(DEADLINE);
    const own = new OwnMessages({ ...options, link, caller, session, why, signal });
    const place = await this.#enter(own, link, session, memory);
    // In the meantime something may have reached the old session, which then isn't lost, or the client has left.
    if (!memory.isRepeatable || !sessions.isLive(session)) {
      void link.end(place);
      return false;
    }
    session.upstreamSession = place.session;
    // Who answers an old question now would answer a new one that has the same id.
    session.asked.clear();
    for (const stream of session.listening) stream.reopen();
    log.info({ upstream, session: name }, 'a lost session was begun again');
    return true;
  }

  /** A new session in which all has been said that was said in the old one. */
  async #enter(
    own: OwnMessages,
    link: UpstreamLink,
    session: Session,
    memory: SessionMemory,
  ): Promise<UpstreamSession> {
    let place = { ...upstreamSessionOf(session), session: undefined as string | undefined };
    try {
      await own.ask(memory.founding, { ...place, protocol: undefined }, (answered) => {
        place = { ...place, session: answered.session };
        return memory.fits(answered.frame);
      });
      if (memory.initialized) await own.tell(memory.initialized, place);
      for (const request of memory.requests) await own.ask(request, place);
      return place;
    } catch (error) {
      if (place.session !== undefined) void link.end(place);
      throw error;
    }
  }
}
