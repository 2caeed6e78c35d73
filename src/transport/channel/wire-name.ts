import { isObject, isRawNumber, type Json, type JsonObject, withMember } from '../../model/json.ts';
import type { Frame, Request } from '../../model/message.ts';
import { metaKeys, metaOf } from '../../protocol/meta.ts';

/**
 * What a request is called on a channel that several clients share: a number of the link's own takes the place of its id,
 * and so of its subscription id, and of its progress token. What comes back gets the names that the client chose.
 */
export class WireName {
  readonly id: number;
  /** The request, ready to send. */
  readonly request: Request;
  readonly #original: Request;
  readonly #token: Json | undefined;

  /** @param id used for no other request of the channel */
  constructor(message: Request, id: number) {
    this.id = id;
    this.#original = message;
    const token = metaOf(message.params).progressToken;
    this.#token = isToken(token) ? token : undefined;
    const params = message.params && this.#send(message.params);
    this.request = { ...message, id, ...(params === undefined ? {} : { params }) };
  }

  /** True where it asked for progress and the token is its own. */
  hasToken(token: Json | undefined): boolean {
    return this.#token !== undefined && token === this.id;
  }

  /** A frame that belongs to the request, as its client knows it. */
  restore(frame: Frame): Frame {
    const { kind, direction, message } = frame;
    switch (kind) {
      case 'result': {
        const result = this.#restoreMeta(message.result);
        return { kind, direction, message: { ...message, id: this.#original.id, result } };
      }
      case 'error':
        return { kind, direction, message: { ...message, id: this.#original.id } };
      case 'notification': {
        const params = message.params && this.#restoreParams(message.params);
        if (params === message.params) return frame;
        return { kind, direction, message: { ...message, ...(params ? { params } : {}) } };
      }
      default:
        return frame;
    }
  }

  #send(params: JsonObject): JsonObject {
    if (this.#token === undefined) return params;
    return withMember(params, '_meta', withMember(metaOf(params), 'progressToken', this.id));
  }

  #restoreParams(params: JsonObject): JsonObject {
    const restored = this.#restoreMeta(params);
    if (this.#token === undefined || params.progressToken !== this.id) return restored;
    return withMember(restored, 'progressToken', this.#token);
  }

  #restoreMeta(holder: JsonObject): JsonObject {
    const meta = metaOf(holder);
    if (meta[metaKeys.subscriptionId] !== this.id) return holder;
    const restored = withMember(meta, metaKeys.subscriptionId, this.#original.id);
    return withMember(holder, '_meta', restored);
  }
}

function isToken(token: Json | undefined): boolean {
  if (token === undefined || isObject(token)) return false;
  return typeof token === 'string' || typeof token === 'number' || isRawNumber(token);
}
