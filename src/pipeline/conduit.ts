import type { AnswerFrame, NotificationFrame, RequestFrame } from '../model/message.ts';
import type { Caller } from './caller.ts';
import type { ClientSink } from './client-sink.ts';
import type { Ends, Session } from './session.ts';

/** Takes what callers send, and brings them what comes back. */
export interface Conduit {
  /**
   * A request of a caller. Its answer, or why there is none, goes to the client.
   *
   * @param session undefined for what begins one, and in the stateless era
   * @throws GateError UPSTREAM_UNKNOWN, SESSION_*, REQUEST_DUPLICATE, CALL_LIMIT, GATE_STOPPING
   */
  request(
    caller: Caller,
    session: Session | undefined,
    frame: RequestFrame,
    client: ClientSink,
  ): Promise<void>;
  /**
   * A notification of a caller, or its answer to a request of an upstream's.
   *
   * @throws GateError UPSTREAM_UNKNOWN; FRAME_INVALID for an answer to nothing
   */
  notify(
    caller: Caller,
    session: Session,
    frame: NotificationFrame | AnswerFrame,
    client: ClientSink,
  ): Promise<void>;
  /**
   * The stream of what upstreams send of their own accord.
   *
   * @throws GateError as {@link request}
   */
  listen(
    caller: Caller,
    session: Session,
    lastEventId: string | undefined,
    client: ClientSink,
  ): Ends;
  /** Ends a session because its caller says so. */
  leave(caller: Caller, session: Session): Promise<void>;
}
