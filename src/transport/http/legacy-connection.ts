import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { GateError } from '../../model/errors.ts';
import type { RequestId } from '../../model/message.ts';
import type { Caller } from '../../pipeline/caller.ts';
import type { ClientSink } from '../../pipeline/client-sink.ts';
import type { Conduit } from '../../pipeline/conduit.ts';
import type { Ends, Session } from '../../pipeline/session.ts';
import { encodeSse } from '../../protocol/sse.ts';
import { ClientResponse } from './client-response.ts';
import { answerOf } from './error-answer.ts';
import type { KeepAlive } from './keep-alive.ts';

export interface LegacyConnectionOptions {
  readonly relay: Conduit;
  /** Who opened it. */
  readonly caller: Caller;
  readonly response: ServerResponse;
  readonly keepAlive: KeepAlive;
  /** The session that an id names, which was begun just now. */
  readonly sessionOf: (id: string) => Session;
}

/** How long the upstream's own stream rests before it is opened again, in milliseconds; twice as long each time. */
const REST = { first: 1_000, most: 60_000 } as const;

/** The one stream of a client over HTTP with SSE (2024-11-05, transports), and the session that lives as long. */
export class LegacyConnection implements Ends {
  /** What a client has to name to send on this connection; can't be guessed. */
  readonly key = randomBytes(24).toString('base64url');
  readonly caller: Caller;
  readonly #options: LegacyConnectionOptions;
  readonly #client: ClientResponse;
  #session: Session | undefined;
  #founding = false;
  #listening = false;
  #ending = false;
  #rest: number = REST.first;
  #lastEventId: string | undefined;

  constructor(options: LegacyConnectionOptions) {
    this.#options = options;
    this.caller = options.caller;
    this.#client = new ClientResponse(options.response, options.keepAlive, null);
  }

  /** Undefined until `initialize` was answered. */
  get session(): Session | undefined {
    return this.#session;
  }

  /** Bytes that the client has not taken yet. */
  get backlog(): number {
    return this.#options.response.writableLength;
  }

  /**
   * Opens the stream.
   *
   * @param url where the client has to send its messages
   */
  open(url: string): void {
    this.#client.open();
    this.#options.response.write(encodeSse({ event: 'endpoint', data: url }));
  }

  /** Ends the stream; the session ends with it. */
  end(): void {
    this.#client.end();
  }

  /** The session has ended, or the gate stops: what is under way is answered first. */
  async cancel(): Promise<void> {
    this.#ending = true;
    this.#endIfQuiet();
  }

  /**
   * Takes what `initialize` is answered with.
   *
   * @throws GateError FRAME_INVALID where that was asked before
   */
  founding(id: RequestId): ClientSink {
    if (this.#session || this.#founding) {
      throw new GateError('FRAME_INVALID', 'the session of this connection has begun already');
    }
    this.#founding = true;
    const sink = this.sink(id);
    const over = () => {
      this.#founding = false;
    };
    return {
      ...sink,
      // A spread would ask once and for all.
      get gone() {
        return sink.gone;
      },
      answer: (text, session) => {
        over();
        if (session !== undefined) this.#begin(session);
        sink.answer(text);
      },
      // One that was taken back or given up may be asked again.
      accepted: () => {
        over();
        sink.accepted();
      },
      end: () => {
        over();
        sink.end();
      },
      fail: (error) => {
        over();
        sink.fail(error);
      },
    };
  }

  /** Takes what a request is answered with. */
  sink(id: RequestId): ClientSink {
    const client = this.#client;
    const last = (text?: string) => {
      if (text !== undefined) void client.message(text);
      this.#endIfQuiet();
    };
    return {
      get gone() {
        return client.gone;
      },
      onGone: (listener) => client.onGone(listener),
      open: () => undefined,
      message: (text) => client.message(text),
      answer: (text) => last(text),
      accepted: () => last(),
      end: () => last(),
      fail: (error) => last(JSON.stringify(answerOf(error, id))),
    };
  }

  /** Brings the client what the upstream says of its own accord, from now on. */
  listen(): void {
    if (this.#listening) return;
    this.#listening = true;
    this.#listen();
  }

  #listen(): void {
    const session = this.#session;
    if (!session || this.#client.gone || this.#ending) return;
    // It is not one of the streams that a session may have; it only ends with the session.
    session.streams.delete(this);
    try {
      const { relay, caller } = this.#options;
      relay.listen(caller, session, this.#lastEventId, this.#heard());
    } catch {
      // Too many, or the gate stops: calls work without it.
      this.#again();
    } finally {
      session.streams.add(this);
    }
  }

  #heard(): ClientSink {
    const client = this.#client;
    return {
      get gone() {
        return client.gone;
      },
      onGone: (listener) => client.onGone(listener),
      open: () => undefined,
      message: (text, eventId) => {
        this.#rest = REST.first;
        this.#lastEventId = eventId ?? this.#lastEventId;
        return client.message(text);
      },
      answer: () => undefined,
      accepted: () => undefined,
      end: () => this.#again(),
      fail: ({ code }) => {
        // An upstream without a stream of its own has nothing to say.
        if (code !== 'HTTP_METHOD') this.#again();
      },
    };
  }

  /** A client of this revision can't ask for the upstream's stream again. */
  #again(): void {
    if (this.#client.gone || this.#ending) return;
    setTimeout(() => this.#listen(), this.#rest).unref();
    this.#rest = Math.min(this.#rest * 2, REST.most);
  }

  #begin(id: string): void {
    const session = this.#options.sessionOf(id);
    this.#session = session;
    session.streams.add(this);
  }

  #endIfQuiet(): void {
    if (this.#ending && (this.#session?.calls.size ?? 0) === 0) this.end();
  }
}
