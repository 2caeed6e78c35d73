import type { GateError } from '../model/errors.ts';
import type { Frame, NotificationFrame, RequestFrame } from '../model/message.ts';
import type { UpstreamSink } from '../transport/contract.ts';
import type { ClientSink } from './client-sink.ts';
import { HeldTexts } from './held-texts.ts';
import type { OpenTexts } from './open-texts.ts';
import type { Ends } from './session.ts';

export interface StreamOptions {
  readonly client: ClientSink;
  /** Called once, when it is over, with what ended it if that was no good end. */
  readonly over: (error?: GateError) => void;
  /** The upstream says that the session is gone. */
  readonly lost: () => void;
  /** Judges a message and gives it to the client. */
  readonly deliver: (frame: RequestFrame | NotificationFrame, eventId?: string) => Promise<void>;
}

/** The stream of an upstream's own messages to one client (GET). */
export class Stream implements UpstreamSink, Ends {
  readonly #options: StreamOptions;
  readonly #held: HeldTexts;
  #queue: Promise<void> = Promise.resolve();
  #over = false;

  constructor(options: StreamOptions) {
    this.#options = options;
    this.#held = new HeldTexts(
      (act) => {
        this.#queue = this.#queue.then(act).catch(() => this.cancel());
      },
      async (frame) => {
        if (!this.#over) await options.deliver(frame);
      },
    );
  }

  /** Texts on it that come in pieces. */
  get texts(): OpenTexts {
    return this.#held.texts;
  }

  open(): void {
    this.#options.client.open();
  }

  frame(frame: Frame, eventId?: string): Promise<void> {
    // An answer belongs on the stream of its request; here it answers nothing.
    if (frame.kind === 'result' || frame.kind === 'error') return this.#queue;
    this.#queue = this.#queue
      .then(async () => {
        if (this.#over) return;
        await this.#options.deliver(frame, eventId);
        this.#held.passed();
      })
      // A message that can't be delivered would be missing; the client comes back for the rest.
      .catch(() => this.cancel());
    return this.#queue;
  }

  end(): void {
    this.#queue = this.#rest().then(() => this.#close());
  }

  /** Once all that came, and all that masks hold of it, is with the client. Never rejects. */
  #rest(): Promise<void> {
    return this.#queue.then(() => this.#held.release()).catch(() => undefined);
  }

  fail(error: GateError): void {
    this.#queue = this.#rest().then(() => {
      if (!this.#finish(error)) return;
      if (error.code === 'SESSION_UNKNOWN') this.#options.lost();
      this.#options.client.fail(error);
    });
  }

  async cancel(): Promise<void> {
    this.#close();
  }

  #close(): void {
    if (this.#finish()) this.#options.client.end();
  }

  /** True the first time. */
  #finish(error?: GateError): boolean {
    if (this.#over) return false;
    this.#over = true;
    this.#held.stop();
    this.#options.over(error);
    return true;
  }
}
