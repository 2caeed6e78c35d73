import { isObject, type JsonObject, parseJson } from '../../model/json.ts';
import { metaOf, progressTokenOf } from '../../protocol/meta.ts';

/** Tokens that a session remembers; progress on older ones goes nowhere. */
const MAX_TOKENS = 1_000;

/** Which upstream asked to be told of progress, by its token: what a client says of it is for that one alone. */
export class ProgressTokens {
  readonly #upstreams = new Map<string, string>();

  /** Notes the token of a request that an upstream makes of the client. */
  note(text: string, upstream: string): void {
    if (!text.includes('"progressToken"')) return;
    const { id, method, params } = parseJson(text) as JsonObject;
    if (id === undefined || typeof method !== 'string' || !isObject(params)) return;
    const token = progressTokenOf(metaOf(params));
    if (token === undefined) return;
    this.#upstreams.set(token, upstream);
    if (this.#upstreams.size <= MAX_TOKENS) return;
    const [oldest] = this.#upstreams.keys();
    if (oldest !== undefined) this.#upstreams.delete(oldest);
  }

  /** The upstream that a client's progress is for; undefined where none asked. */
  of(params: JsonObject = {}): string | undefined {
    const token = progressTokenOf(params);
    return token === undefined ? undefined : this.#upstreams.get(token);
  }
}
