import type { GateError } from '../model/errors.ts';

/**
 * Takes what a client gets for one request or stream. Either one of `answer`, `accepted` and `fail`, or `open`, then
 * messages, then `answer`, `fail` or `end`.
 */
export interface ClientSink {
  /** The client has gone; whatever it is given is lost. */
  readonly gone: boolean;
  /** The client has lost its connection, and may come back for the answer. */
  readonly away?: boolean;
  /** Calls back once if the client goes before it has its answer. */
  onGone(listener: () => void): void;
  /** Messages will follow one by one. Later calls change nothing. */
  open(session?: string): void;
  /**
   * A message that does not end the request. While the promise is pending the client reads too slowly.
   *
   * @param eventId the id that lets a client resume after this message
   */
  message(text: string, eventId?: string): void | Promise<void>;
  /** Nothing will come for so many milliseconds; a client that can come back for the rest may be sent away. */
  pause?(milliseconds: number): void;
  /** The last message. */
  answer(text: string, session?: string): void;
  /** The message was taken, and nothing comes back. */
  accepted(): void;
  /** Nothing more comes. */
  end(): void;
  fail(error: GateError): void;
}
