import { GateError } from '../../model/errors.ts';
import { isObject, type JsonObject, parseJson, textMember } from '../../model/json.ts';
import { ReceiverClient } from '../../receiver/receiver-client.ts';

export interface SlackApiOptions {
  /** Base of the Web API. */
  readonly api: string;
  readonly token: string;
  /** Milliseconds for each request. */
  readonly timeout: number;
}

const CONNECTIONS = 4;
/** Bytes that hold a page of messages. */
const MAX_ANSWER = 1_048_576;

/** Slack has answered that it did not do what it was asked to. */
export class SlackRefusal extends GateError {
  /** In Slack's words, such as `channel_not_found`. */
  readonly reason: string;

  constructor(method: string, reason: string) {
    super('CHANNEL_FAILED', `Slack refused ${method}: ${reason}`);
    this.reason = reason;
  }
}

/** Calls methods of Slack's Web API. */
export class SlackApi {
  readonly #client: ReceiverClient;
  readonly #token: string;

  constructor({ api, token, timeout }: SlackApiOptions) {
    this.#client = new ReceiverClient({
      ...{ code: 'CHANNEL_FAILED', url: api.replace(/\/+$/, ''), timeout },
      ...{ connections: CONNECTIONS, answer: MAX_ANSWER },
    });
    this.#token = token;
  }

  /**
   * @param parameters lists and objects are sent as JSON within a form, which every method takes
   * @throws SlackRefusal; GateError CHANNEL_FAILED where there is no answer of Slack's
   */
  async call(
    method: string,
    parameters: Readonly<Record<string, string | number | boolean | object>>,
    signal: AbortSignal,
  ): Promise<JsonObject> {
    const form = new URLSearchParams();
    for (const [name, value] of Object.entries(parameters)) {
      form.set(name, typeof value === 'object' ? JSON.stringify(value) : String(value));
    }
    const headers = {
      authorization: `Bearer ${this.#token}`,
      'content-type': 'application/x-www-form-urlencoded',
    };
    const { status, retryAfter, body } = await this.#client.send(
      { method: 'POST', below: `/${method}`, headers, body: form.toString() },
      signal,
    );
    if (status !== 200) {
      const detail = retryAfter === undefined ? {} : { retryAfter };
      throw new GateError('CHANNEL_FAILED', `Slack answered ${method} with ${status}`, detail);
    }
    const answer = objectIn(body);
    if (answer?.ok === true) return answer;
    const reason = textMember(answer, 'error') ?? '';
    throw new SlackRefusal(method, /^[a-z0-9_]{1,64}$/.test(reason) ? reason : 'no reason');
  }

  close(): Promise<void> {
    return this.#client.close();
  }
}

function objectIn(text: string): JsonObject | undefined {
  try {
    const value = parseJson(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
