import type { GateError } from '../../model/errors.ts';
import type { RequestId } from '../../model/message.ts';
import type { ClientSink } from '../../pipeline/client-sink.ts';
import type { ClientResponse } from './client-response.ts';
import { answerOf } from './error-answer.ts';

/**
 * The one HTTP response to a batch: a stream with whatever its requests are answered with, in the order in which it
 * comes, or 202 where nothing is.
 */
export class BatchResponse {
  readonly #response: ClientResponse;
  #left: number;
  #opened = false;

  /** @param parts how many members wait for an answer, or for being taken */
  constructor(response: ClientResponse, parts: number) {
    this.#response = response;
    this.#left = parts;
  }

  /**
   * Where one member's answer goes.
   *
   * @param id of the request; undefined for what has no answer
   */
  part(id: RequestId | null | undefined): ClientSink {
    const response = this.#response;
    const send = (text: string) => {
      this.#open();
      return response.message(text);
    };
    const finish = () => this.#finish();
    return {
      get gone() {
        return response.gone;
      },
      // A batch belongs to a session: that its client goes cancels nothing.
      onGone: () => undefined,
      open: () => undefined,
      message: (text) => send(text),
      answer: (text) => {
        void send(text);
        finish();
      },
      accepted: finish,
      end: finish,
      fail: (error: GateError) => {
        if (id !== undefined) void send(JSON.stringify(answerOf(error, id)));
        finish();
      },
    };
  }

  #open(): void {
    this.#opened = true;
    this.#response.open();
  }

  #finish(): void {
    this.#left--;
    if (this.#left > 0) return;
    if (this.#opened) this.#response.end();
    else this.#response.accepted();
  }
}
