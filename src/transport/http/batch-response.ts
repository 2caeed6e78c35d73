import type { GateError } from '../../model/errors.ts';
import type { RequestId } from '../../model/message.ts';
import type { ClientSink } from '../../pipeline/client-sink.ts';
import { answerOf } from './error-answer.ts';
import type { Resumable } from './resumable.ts';

/**
 * The one HTTP response to a batch: a stream with whatever its requests are answered with, in the order in which it
 * comes, or 202 where nothing is.
 */
export class BatchResponse {
  readonly #response: Resumable;
  #left: number;

  /** @param parts how many members wait for an answer, or for being taken */
  constructor(response: Resumable, parts: number) {
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
    const finish = () => this.#finish();
    return {
      get gone() {
        return response.gone;
      },
      get away() {
        return response.waits;
      },
      // A batch belongs to a session: that its client goes cancels nothing.
      onGone: () => undefined,
      open: () => undefined,
      message: (text) => response.message(text),
      answer: (text) => {
        response.part(text);
        finish();
      },
      accepted: finish,
      end: finish,
      fail: (error: GateError) => {
        if (id !== undefined) response.part(JSON.stringify(answerOf(error, id)));
        finish();
      },
    };
  }

  #finish(): void {
    this.#left--;
    if (this.#left > 0) return;
    if (this.#response.opened) this.#response.end();
    else this.#response.accepted();
  }
}
