import type { GateError } from '../../model/errors.ts';
import type { Frame } from '../../model/message.ts';
import type { Call } from './call.ts';
import type { WireName } from './wire-name.ts';

/**
 * A call on a shared channel. It keeps what its client is too slow to take, so that the calls of others need not wait;
 * only beyond a bound they do.
 */
export class SharedCall {
  readonly name: WireName;
  /** It is a subscription: what belongs to it says so. */
  readonly listens: boolean;
  readonly #call: Call;
  readonly #maxLength: number;
  readonly #kept: { readonly frame: Frame; readonly length: number }[] = [];
  #length = 0;
  #slow = false;
  #ends = false;
  #room: PromiseWithResolvers<void> | undefined;

  /** @param maxLength most characters to keep before others wait */
  constructor(
    name: WireName,
    { call, listens, maxLength }: { call: Call; listens: boolean; maxLength: number },
  ) {
    this.name = name;
    this.listens = listens;
    this.#call = call;
    this.#maxLength = maxLength;
  }

  /** Its client has not taken everything yet. */
  get slow(): boolean {
    return this.#slow;
  }

  /** Hands on what belongs to it, under the names that its client knows. Pending where no more can be kept. */
  deliver(frame: Frame): void | Promise<void> {
    const length = frame.source?.length ?? 0;
    this.#kept.push({ frame: this.name.restore(frame), length });
    this.#length += length;
    if (!this.#slow) this.#handOn();
    if (this.#length <= this.#maxLength) return;
    this.#room ??= Promise.withResolvers<void>();
    return this.#room.promise;
  }

  fail(error: GateError): void {
    this.#call.fail(error);
  }

  /** Ends it without an answer, after what it keeps. */
  end(): void {
    this.#ends = true;
    if (!this.#slow) this.#call.end();
  }

  #handOn(): void {
    this.#slow = false;
    for (let next = this.#kept.shift(); next; next = this.#kept.shift()) {
      this.#length -= next.length;
      if (this.#length <= this.#maxLength) this.#release();
      const taken = this.#call.deliver(next.frame);
      if (!taken) continue;
      this.#slow = true;
      void taken.then(() => this.#handOn());
      return;
    }
    if (this.#ends) this.#call.end();
  }

  #release(): void {
    this.#room?.resolve();
    this.#room = undefined;
  }
}
