import type { Approval } from '../../model/approval.ts';
import type { ApprovalNotice } from '../../model/approval-store.ts';
import type { Json } from '../../model/json.ts';
import type { Clock } from '../../model/seams.ts';
import { ReceiverClient } from '../../receiver/receiver-client.ts';
import { signature } from '../../receiver/signature.ts';
import type { Channel } from '../contract.ts';

/** What is sent. */
export type WebhookBody = (
  notice: ApprovalNotice,
  approval: Approval,
  url: string | undefined,
) => Json;

export interface WebhookOptions {
  readonly name: string;
  readonly url: string;
  readonly secret?: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: WebhookBody;
  /** Milliseconds for which its answer is waited for. */
  readonly timeout: number;
  readonly clock: Clock;
}

const CONNECTIONS = 4;
/** Bytes; nothing is made of what a receiver says. */
const MAX_ANSWER = 65_536;

/** Sends news as JSON by POST. Every status from 200 to 299 means that it was taken. */
export class WebhookChannel implements Channel {
  readonly name: string;
  readonly #options: WebhookOptions;
  readonly #client: ReceiverClient;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(options: WebhookOptions) {
    this.name = options.name;
    this.#options = options;
    const { url, timeout } = options;
    this.#client = new ReceiverClient({
      ...{ code: 'CHANNEL_FAILED', url, timeout, connections: CONNECTIONS, answer: MAX_ANSWER },
    });
    // In lower case, so that a header of the configuration takes the place of one of ours, and not the place beside it.
    const own = Object.entries(options.headers).map(([name, value]) => [name.toLowerCase(), value]);
    this.#headers = { 'content-type': 'application/json', ...Object.fromEntries(own) };
  }

  async send(
    notice: ApprovalNotice,
    approval: Approval,
    url: string | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    const { body, secret, clock } = this.#options;
    const text = JSON.stringify(body(notice, approval, url));
    const headers = {
      ...this.#headers,
      'idempotency-key': notice.id,
      ...(secret === undefined
        ? {}
        : { 'sallyport-signature': signature(secret, clock(), notice.id, text) }),
    };
    const answer = await this.#client.send({ method: 'POST', headers, body: text }, signal);
    if (answer.status < 200 || answer.status > 299) throw this.#client.refused(answer);
  }

  close(): Promise<void> {
    return this.#client.close();
  }
}
