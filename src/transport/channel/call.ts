import { GateError } from '../../model/errors.ts';
import { isObject, member } from '../../model/json.ts';
import type { Frame, RequestFrame, RequestId } from '../../model/message.ts';
import { progressTokenOf } from '../../protocol/meta.ts';
import { after } from './delay.ts';
import type { GuardedSink } from './guarded-sink.ts';

export interface CallOptions {
  /** The longest silence of the upstream, in milliseconds; left out: it may be silent for ever. */
  readonly timeout?: number | undefined;
  /** After so many milliseconds of silence the caller gets a stream. */
  readonly openAfter: number;
  /** True while nothing is read from the upstream, so that its silence isn't its own. */
  readonly paused: () => boolean;
  /** The session that this call opens. */
  readonly session?: string;
}

/** A request that waits for its answer. */
export class Call {
  readonly id: RequestId;
  readonly progressToken: string | undefined;
  readonly #sink: GuardedSink;
  readonly #options: CallOptions;
  readonly #deadline: NodeJS.Timeout | undefined;
  readonly #opening: NodeJS.Timeout;

  constructor({ message }: RequestFrame, sink: GuardedSink, options: CallOptions) {
    this.id = message.id;
    const meta = message.params && member(message.params, '_meta');
    this.progressToken = isObject(meta) ? progressTokenOf(meta) : undefined;
    this.#sink = sink;
    this.#options = options;
    const { timeout } = options;
    this.#deadline = timeout === undefined ? undefined : after(timeout, () => this.#expire());
    this.#opening = after(options.openAfter, () => this.#open(true));
  }

  /** Hands on what belongs to the call; an answer ends it. */
  deliver(frame: Frame): void | Promise<void> {
    const isAnswer = frame.kind === 'result' || frame.kind === 'error';
    this.#open(!isAnswer);
    const taken = this.#sink.frame(frame);
    if (!isAnswer) {
      this.#deadline?.refresh();
      return taken?.then(() => this.#heard());
    }
    this.rest();
    if (taken) return taken.then(() => this.#sink.end());
    this.#sink.end();
  }

  fail(error: GateError): void {
    this.rest();
    this.#sink.fail(error);
  }

  /** Ends the call without an answer, as a subscription may. */
  end(): void {
    this.rest();
    this.#open(true);
    this.#sink.end();
  }

  /** Stops the timers: the answer is here, or nobody waits for it. */
  rest(): void {
    clearTimeout(this.#deadline);
    clearTimeout(this.#opening);
  }

  #open(streamed: boolean): void {
    const { session } = this.#options;
    this.#sink.open({ streamed, ...(session === undefined ? {} : { session }) });
    clearTimeout(this.#opening);
  }

  #heard(): void {
    if (!this.#sink.over) this.#deadline?.refresh();
  }

  #expire(): void {
    if (this.#options.paused()) {
      this.#deadline?.refresh();
      return;
    }
    const { timeout } = this.#options;
    this.fail(new GateError('UPSTREAM_TIMEOUT', `the upstream was silent for ${timeout} ms`));
  }
}
