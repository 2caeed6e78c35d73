import { TextStream } from '../mask/across/across.ts';
import { isObject, isRawNumber, type Json, type JsonObject } from '../model/json.ts';
import type { Notification, NotificationFrame } from '../model/message.ts';
import { progressTokenOf } from '../protocol/meta.ts';

/** A piece of a text that goes on in other notifications. */
export interface Piece {
  /** What all pieces of one text have in common. */
  readonly key: string;
  /** The member of params that holds it. */
  readonly member: string;
  readonly text: string;
}

/** Texts of one call or stream that may be open at a time; a message of any other is masked by itself. */
const MAX_TEXTS = 64;

interface OpenText {
  readonly stream: TextStream;
  last: Notification;
  /** Nothing of it has come since somebody looked. */
  rests: boolean;
}

/** Texts of one call or stream that come in pieces, as far as masks hold some of them. */
export class OpenTexts {
  readonly #texts = new Map<string, OpenText>();
  /** What passes brings the rest of a text: nothing of it is to be held. */
  ending = false;

  #reached: string | undefined;

  /**
   * The event after which an upstream is to go on for a client that comes back: the last one of which nothing is held,
   * for what is held has not left.
   *
   * @param eventId of the message that passes
   */
  reached(eventId: string | undefined): string | undefined {
    if (!this.holds) this.#reached = eventId;
    return this.#reached;
  }

  /** True where something is held. */
  get holds(): boolean {
    return [...this.#texts.values()].some(({ stream }) => stream.holds);
  }

  has(key: string): boolean {
    return this.#texts.has(key);
  }

  /** The text that a message has a piece of; undefined where there are too many. */
  take(key: string, message: Notification): TextStream | undefined {
    const known = this.#texts.get(key);
    if (known) {
      known.last = message;
      known.rests = false;
      return known.stream;
    }
    if (this.#texts.size >= MAX_TEXTS) return undefined;
    const stream = new TextStream();
    this.#texts.set(key, { stream, last: message, rests: false });
    return stream;
  }

  /** Notifications that bring what is held; they have no text yet. */
  rest(): NotificationFrame[] {
    return this.#holding().map(restOf);
  }

  /** The same of those that have not gone on since the last time. */
  paused(): NotificationFrame[] {
    const holding = this.#holding();
    const resting = holding.filter(({ rests }) => rests);
    for (const text of holding) text.rests = true;
    return resting.map(restOf);
  }

  #holding(): OpenText[] {
    return [...this.#texts.values()].filter(({ stream }) => stream.holds);
  }
}

/** The text of a notification that may go on in the next one of its kind: of progress, or of a log. */
export function pieceIn({ method, params }: Notification): Piece | undefined {
  if (!params) return undefined;
  switch (method) {
    case 'notifications/progress': {
      const token = progressTokenOf(params);
      const { message } = params;
      if (token === undefined || typeof message !== 'string') return undefined;
      return { key: `progress ${token}`, member: 'message', text: message };
    }
    case 'notifications/message': {
      const { logger, level, data } = params;
      if (typeof data !== 'string') return undefined;
      return {
        key: `log ${JSON.stringify([logger ?? null, level ?? null])}`,
        member: 'data',
        text: data,
      };
    }
    default:
      return undefined;
  }
}

function restOf({ last }: OpenText): NotificationFrame {
  return { kind: 'notification', direction: 'down', message: emptied(last) };
}

function emptied(last: Notification): Notification {
  const member = pieceIn(last)?.member ?? 'message';
  const { progress, ...params }: JsonObject = { ...last.params, [member]: '' };
  return {
    ...last,
    params: { ...params, ...(progress === undefined ? {} : { progress: next(progress) }) },
  };
}

/** Progress must increase with each notification (2025-11-25, progress), so this is hardly more. */
function next(progress: Json): Json {
  if (typeof progress !== 'number' || isObject(progress) || isRawNumber(progress)) return progress;
  return progress + Math.max(1, Math.abs(progress)) * Number.EPSILON;
}
