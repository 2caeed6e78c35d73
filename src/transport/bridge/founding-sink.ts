import { GateError } from '../../model/errors.ts';
import type { Frame } from '../../model/message.ts';
import type { UpstreamHead, UpstreamSink } from '../contract.ts';
import { isMinted } from './session-over-stateless/session-id.ts';

/**
 * Takes an upstream's own answer to `initialize`. A session id that looks like one of the bridge's would have the bridge
 * serve the session instead of the upstream, so it is refused as UPSTREAM_INVALID.
 */
export class FoundingSink implements UpstreamSink {
  readonly #sink: UpstreamSink;
  readonly #name: string;
  readonly #refusal = new AbortController();

  /** @param name of the upstream, for messages */
  constructor(sink: UpstreamSink, name: string) {
    this.#sink = sink;
    this.#name = name;
  }

  /** Aborted when the answer is refused: no more of it matters. */
  get refused(): AbortSignal {
    return this.#refusal.signal;
  }

  open(head: UpstreamHead): void {
    if (!isMinted(head.session)) return this.#sink.open(head);
    this.#refusal.abort();
    const said = `${this.#name} gave its session an id of the form that the gate itself gives`;
    this.#sink.fail(new GateError('UPSTREAM_INVALID', said));
  }

  frame(frame: Frame, eventId?: string): void | Promise<void> {
    if (!this.refused.aborted) return this.#sink.frame(frame, eventId);
  }

  paused(milliseconds: number): void {
    this.#sink.paused?.(milliseconds);
  }

  aside(method: string): void {
    this.#sink.aside?.(method);
  }

  end(): void {
    if (!this.refused.aborted) this.#sink.end();
  }

  fail(error: GateError): void {
    if (!this.refused.aborted) this.#sink.fail(error);
  }
}
