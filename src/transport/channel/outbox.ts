import { type Frame, frameText } from '../../model/message.ts';
import type { GuardedSink } from './guarded-sink.ts';

const MAX_KEPT = 100;

/** What an upstream sends that belongs to no call: for the newest listener, or kept until one comes. */
export class Outbox {
  readonly #listeners: GuardedSink[] = [];
  readonly #kept: Frame[] = [];
  readonly #maxLength: number;
  readonly #onDropped: () => void;
  #length = 0;
  #draining: Promise<void> | undefined;

  /**
   * @param maxLength most characters to keep, beside the bound on frames
   * @param onDropped hears of each frame that found no room
   */
  constructor(maxLength: number, onDropped: () => void) {
    this.#maxLength = maxLength;
    this.#onDropped = onDropped;
  }

  get hasListener(): boolean {
    return this.#listeners.length > 0;
  }

  /** Opens a listener and hands it what was kept. */
  listen(listener: GuardedSink): void {
    listener.onOver = () => {
      const index = this.#listeners.indexOf(listener);
      if (index !== -1) this.#listeners.splice(index, 1);
    };
    this.#listeners.push(listener);
    listener.open({ streamed: true });
    if (this.#kept.length === 0 || this.#draining) return;
    this.#draining = this.#drain().finally(() => {
      this.#draining = undefined;
    });
  }

  deliver(frame: Frame): void | Promise<void> {
    if (this.#draining) return this.#draining.then(() => this.deliver(frame));
    const listener = this.#listeners.at(-1);
    return listener ? listener.frame(frame) : this.#keep(frame);
  }

  endAll(): void {
    for (const listener of [...this.#listeners]) listener.end();
  }

  async #drain(): Promise<void> {
    for (let listener = this.#listeners.at(-1); listener; listener = this.#listeners.at(-1)) {
      const frame = this.#takeOldest();
      if (!frame) return;
      await listener.frame(frame);
    }
  }

  #keep(frame: Frame): void {
    this.#kept.push(frame);
    this.#length += frameText(frame).length;
    while (this.#kept.length > MAX_KEPT || this.#length > this.#maxLength) {
      this.#takeOldest();
      this.#onDropped();
    }
  }

  #takeOldest(): Frame | undefined {
    const frame = this.#kept.shift();
    if (frame) this.#length -= frameText(frame).length;
    return frame;
  }
}
