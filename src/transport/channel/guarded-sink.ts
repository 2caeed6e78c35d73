import { GateError, messageOf } from '../../model/errors.ts';
import type { Frame } from '../../model/message.ts';
import type { Log } from '../../model/seams.ts';
import type { UpstreamHead, UpstreamSink } from '../contract.ts';

/**
 * A sink that hears nothing once it is over: ended, failed or given up by its signal. Nothing that it throws gets out,
 * and nobody waits for it longer than it lasts.
 */
export class GuardedSink {
  /** Called once, when it is over. */
  onOver: () => void = () => {};
  readonly #sink: UpstreamSink;
  readonly #signal: AbortSignal;
  readonly #log: Log;
  readonly #giveUp = () => this.#finish();
  #opened = false;
  #over = false;
  #release: (() => void) | undefined;

  constructor(sink: UpstreamSink, signal: AbortSignal, log: Log) {
    this.#sink = sink;
    this.#signal = signal;
    this.#log = log;
    signal.addEventListener('abort', this.#giveUp, { once: true });
    if (signal.aborted) this.#finish();
  }

  get opened(): boolean {
    return this.#opened;
  }

  get over(): boolean {
    return this.#over;
  }

  open(head: UpstreamHead): void {
    if (this.#over || this.#opened) return;
    this.#opened = true;
    this.#tell(() => this.#sink.open(head));
  }

  /** Resolves when the frame is taken, or the sink is over. */
  frame(frame: Frame): void | Promise<void> {
    if (this.#over) return;
    const taken = this.#tell(() => this.#sink.frame(frame));
    if (!(taken instanceof Promise) || this.#over) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#release = resolve;
    taken.then(resolve, (error) => this.#broke(error));
    return promise;
  }

  end(): void {
    if (this.#finish()) this.#tell(() => this.#sink.end());
  }

  fail(error: GateError): void {
    if (this.#finish()) this.#tell(() => this.#sink.fail(error));
  }

  #tell<T>(action: () => T): T | undefined {
    try {
      return action();
    } catch (error) {
      this.#broke(error);
      return undefined;
    }
  }

  #broke(error: unknown): void {
    this.#log.error({ error: messageOf(error) }, 'a sink of an upstream failed');
    this.fail(new GateError('STAGE_FAULT', 'the gate failed to take what the upstream sent'));
  }

  #finish(): boolean {
    if (this.#over) return false;
    this.#over = true;
    this.#signal.removeEventListener('abort', this.#giveUp);
    this.#release?.();
    this.onOver();
    return true;
  }
}
