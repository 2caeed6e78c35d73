import { textMember } from '../model/json.ts';
import type { AnswerFrame, RequestFrame, RequestId } from '../model/message.ts';
import type { Seal } from '../protocol/seal.ts';
import { newId } from './new-id.ts';
import type { Session } from './session.ts';

/** A request of the upstream's, as its answer tells it. */
export interface ServerRequest {
  /** The upstream's own id. */
  readonly id: RequestId;
  readonly method: string;
}

/** A request of the gate's own. */
export interface OwnRequest {
  /** Under which the client knows it. */
  readonly id: string;
  readonly answered: Promise<AnswerFrame>;
  /** Nobody waits for the answer any longer. */
  readonly forget: () => void;
}

/** Requests of the upstream that a session keeps in mind; older ones can't be cancelled by it any more. */
const MAX_ASKED = 1_000;

/**
 * Ids under which clients get to know requests of upstreams. They are sealed with their session, so they can't
 * collide, be guessed, or be answered from another session, and any replica can read them.
 */
export class ServerRequests {
  readonly #seal: Seal;

  constructor(seal: Seal) {
    this.#seal = seal;
  }

  /** The request as the client gets it. */
  issue(frame: RequestFrame, session: Session): RequestFrame {
    const { id, method } = frame.message;
    const sealed = this.#seal.seal({ n: session.name, i: id, m: method });
    session.asked.set(id, sealed);
    if (session.asked.size > MAX_ASKED) {
      const [oldest] = session.asked.keys();
      if (oldest !== undefined) session.asked.delete(oldest);
    }
    const { source: _, ...rest } = frame;
    return { ...rest, message: { ...frame.message, id: sealed } };
  }

  /** Makes the id of a request of the gate's own; whoever asks sends it. */
  ask(method: string, session: Session): OwnRequest {
    const id = this.#seal.seal({ n: session.name, i: newId(), m: method, g: true });
    const { promise, resolve } = Promise.withResolvers<AnswerFrame>();
    session.awaited.set(id, resolve);
    return { id, answered: promise, forget: () => session.awaited.delete(id) };
  }

  /**
   * Takes an answer to a request of the gate's own.
   *
   * @returns false where it answers no such request of this session; one that comes late, or at another replica, is
   * taken and does nothing
   */
  settle(answer: AnswerFrame, session: Session): boolean {
    const { id } = answer.message;
    const facts = typeof id === 'string' ? this.#seal.open(id) : undefined;
    if (id === null || facts?.g !== true || facts.n !== session.name) return false;
    session.awaited.get(id)?.(answer);
    session.awaited.delete(id);
    return true;
  }

  /** Name of the session that was asked under an id; undefined where the gate did not make the id. */
  sessionOf(id: RequestId | null): string | undefined {
    return typeof id === 'string' ? textMember(this.#seal.open(id), 'n') : undefined;
  }

  /** What an answer from this session answers; undefined where it answers nothing that was asked. */
  redeem(id: RequestId | null, session: Session): ServerRequest | undefined {
    const facts = typeof id === 'string' ? this.#seal.open(id) : undefined;
    const method = textMember(facts, 'm');
    const own = facts?.i;
    if (!facts || facts.n !== session.name || method === undefined) return undefined;
    if (facts.g === true) return undefined;
    if (typeof own !== 'string' && typeof own !== 'number') return undefined;
    // One answer to each: an old yes must not answer a new question under the same id.
    if (session.asked.get(own) !== id) return undefined;
    session.asked.delete(own);
    return { id: own, method };
  }
}
