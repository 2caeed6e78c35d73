import type { GateError } from '../model/errors.ts';
import type { Frame } from '../model/message.ts';

/** What is known of an upstream's answer before its first frame. */
export interface UpstreamHead {
  /** The session that the upstream opened, in its own words; only in the answer to `initialize`. */
  readonly session?: string;
  /** More than one frame may come, so the caller gets a stream as well. */
  readonly streamed: boolean;
}

/**
 * Takes what an upstream sends. `open` comes first, then frames in order, then `end` or `fail`, once; `fail` may also
 * come first.
 */
export interface UpstreamSink {
  open(head: UpstreamHead): void;
  /**
   * A decoded message. While the promise is pending no more is read.
   *
   * @param eventId the id of the stream's event that carried it, if any
   */
  frame(frame: Frame, eventId?: string): void | Promise<void>;
  /**
   * The upstream has closed the connection for a while, and is asked to go on after so many milliseconds. Whoever waits
   * for the rest may do the same.
   */
  paused?(milliseconds: number): void;
  /** The link sends a message of its own because of the call, such as a handshake; it is none of the client's. */
  aside?(method: string): void;
  /** Nothing more comes. */
  end(): void;
  /** UPSTREAM_*, SESSION_UNKNOWN: the call has failed, and nothing more comes. */
  fail(error: GateError): void;
}

/** Whose message it is, and which session of the upstream it belongs to. */
export interface UpstreamSession {
  /** Who calls ({@link principalOf}). Links keep callers apart by it; it is never sent. */
  readonly owner: string;
  /** The upstream's own session id; absent before `initialize` was answered, and where it has no sessions. */
  readonly session?: string | undefined;
  /** The revision of MCP that the message is in: negotiated, or named by the request itself. */
  readonly protocol?: string | undefined;
}

/** A way to one upstream. Whoever opens it stops it. */
export interface UpstreamLink {
  /**
   * Sends a message. The sink gets what comes back until the call is over: for a request its answer and what belongs
   * to it, for a notification or an answer nothing but `open` and `end`. Aborting gives up the call; the sink then hears
   * nothing more. Never throws.
   */
  send(frame: Frame, session: UpstreamSession, sink: UpstreamSink, signal: AbortSignal): void;
  /** Opens the upstream's own stream: messages that belong to no call. HTTP_METHOD where it has none. */
  listen(
    session: UpstreamSession,
    lastEventId: string | undefined,
    sink: UpstreamSink,
    signal: AbortSignal,
  ): void;
  /** Ends a session at the upstream, as far as it can be reached. Never rejects. */
  end(session: UpstreamSession): Promise<void>;
  /** Gives up what still runs, and closes. Never rejects. */
  stop(): Promise<void>;
}
