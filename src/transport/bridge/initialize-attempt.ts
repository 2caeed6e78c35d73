import type { GateError } from '../../model/errors.ts';
import type { ErrorFrame, Frame, RequestFrame } from '../../model/message.ts';
import type { Log } from '../../model/seams.ts';
import { GuardedSink } from '../channel/guarded-sink.ts';
import type { UpstreamHead, UpstreamSession, UpstreamSink } from '../contract.ts';
import { type Eras, eraOfAnswer } from './era.ts';
import { finish } from './frames.ts';

export interface InitializeAttemptOptions {
  readonly frame: RequestFrame;
  readonly session: UpstreamSession;
  readonly sink: UpstreamSink;
  readonly signal: AbortSignal;
  readonly eras: Eras;
  readonly log: Log;
  /** Answers in the upstream's stead, as it has no sessions. */
  readonly bridged: () => void;
}

/** Failures by which a server that knows no `initialize` may show it. */
const TELLING: readonly string[] = ['UPSTREAM_STATUS', 'UPSTREAM_INVALID', 'UPSTREAM_ENDED'];

/**
 * Takes the answer to a client's `initialize`. Where the upstream refuses, it may be one without sessions: it is asked,
 * and its refusal reaches the client only if it isn't (2026-07-28, versioning, compatibility matrix).
 */
export class InitializeAttempt implements UpstreamSink {
  readonly #options: InitializeAttemptOptions;
  /** Held back until it is clear whose answer the client gets. */
  #head: UpstreamHead | undefined;
  /** It was refused; what comes after that does not matter. */
  #settled = false;

  constructor(options: InitializeAttemptOptions) {
    this.#options = options;
  }

  open(head: UpstreamHead): void {
    this.#head = head;
  }

  frame(frame: Frame, eventId?: string): void | Promise<void> {
    if (this.#settled) return;
    if (frame.kind === 'error' && this.#head) {
      this.#settled = true;
      void this.#refused(frame);
      return;
    }
    if (frame.kind === 'result') this.#options.eras.learn('session', true);
    this.#open();
    return this.#options.sink.frame(frame, eventId);
  }

  aside(method: string): void {
    this.#options.sink.aside?.(method);
  }

  end(): void {
    if (this.#settled) return;
    this.#open();
    this.#options.sink.end();
  }

  fail(error: GateError): void {
    if (this.#settled) return;
    this.#settled = true;
    void this.#failed(error);
  }

  #open(): void {
    const head = this.#head;
    this.#head = undefined;
    if (head) this.#options.sink.open(head);
  }

  async #refused(frame: ErrorFrame): Promise<void> {
    const { sink, signal, log } = this.#options;
    if (await this.#isStateless(eraOfAnswer(frame) === 'stateless')) return this.#bridge();
    if (!signal.aborted) finish(new GuardedSink(sink, signal, log), frame);
  }

  async #failed(error: GateError): Promise<void> {
    const { sink, signal } = this.#options;
    const mayTell = this.#head === undefined && TELLING.includes(error.code);
    if (mayTell && (await this.#isStateless(false))) return this.#bridge();
    if (signal.aborted) return;
    this.#open();
    sink.fail(error);
  }

  #bridge(): void {
    const { eras, signal, bridged } = this.#options;
    // One bad request must not make it the way for everybody.
    if (eras.speaks('session') !== true) eras.learn('session', false);
    if (eras.speaks('stateless') === undefined) eras.learn('stateless', true);
    if (!signal.aborted) bridged();
  }

  /** @param said the upstream has said so already */
  async #isStateless(said: boolean): Promise<boolean> {
    const { eras, session, sink } = this.#options;
    const aside = (method: string) => sink.aside?.(method);
    const known = said || eras.speaks('stateless');
    try {
      return known ?? (await eras.probe(session.owner, aside));
    } catch {
      // What it said to initialize tells the client more.
      return false;
    }
  }
}
