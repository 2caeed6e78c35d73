import type { NotificationFrame } from '../model/message.ts';
import { OpenTexts } from './open-texts.ts';

/** Milliseconds after which a text that does not go on counts as ended, at least; at most it is twice as long. */
export const TEXT_PAUSE = 2_000;

/**
 * Sees to it that what masks hold of the texts of one call or stream comes out: before its answer, at its end, or after
 * a pause.
 */
export class HeldTexts {
  readonly texts = new OpenTexts();
  readonly #later: (act: () => Promise<void>) => unknown;
  readonly #bring: (frame: NotificationFrame) => Promise<void>;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param later acts when it is this one's turn among the messages of the stream
   * @param bring has a message judged and gives it to the client
   */
  constructor(
    later: (act: () => Promise<void>) => unknown,
    bring: (frame: NotificationFrame) => Promise<void>,
  ) {
    this.#later = later;
    this.#bring = bring;
  }

  /** A message has passed. */
  passed(): void {
    if (!this.texts.holds) return this.stop();
    // Other messages that pass meanwhile don't put it off.
    this.#timer ??= setTimeout(() => this.#later(() => this.#releasePaused()), TEXT_PAUSE).unref();
  }

  /** Sends what is held. Ask for it only between messages. */
  async release(): Promise<void> {
    this.stop();
    await this.#send(this.texts.rest());
  }

  async #releasePaused(): Promise<void> {
    this.stop();
    await this.#send(this.texts.paused());
    this.passed();
  }

  async #send(frames: readonly NotificationFrame[]): Promise<void> {
    const { texts } = this;
    for (const frame of frames) {
      texts.ending = true;
      try {
        await this.#bring(frame);
      } finally {
        texts.ending = false;
      }
    }
  }

  /** Nobody waits for it any longer. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
