import type { Approval } from '../../model/approval.ts';
import type { ApprovalNotice } from '../../model/approval-store.ts';
import { GateError } from '../../model/errors.ts';
import type { Json } from '../../model/json.ts';
import type { Clock } from '../../model/seams.ts';
import type { Channel } from '../contract.ts';
import { Poster } from '../poster.ts';
import { signature } from './signature.ts';

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

/** Sends news as JSON by POST. Every status from 200 to 299 means that it was taken. */
export class WebhookChannel implements Channel {
  readonly name: string;
  readonly #options: WebhookOptions;
  readonly #poster: Poster;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(options: WebhookOptions) {
    this.name = options.name;
    this.#options = options;
    this.#poster = new Poster(options);
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
        : {
            'sallyport-signature': signature(secret, Math.floor(clock() / 1_000), notice.id, text),
          }),
    };
    const { status, retryAfter } = await this.#poster.post(text, headers, signal);
    if (status >= 200 && status <= 299) return;
    throw new GateError('CHANNEL_FAILED', `the receiver answered ${status}`, {
      ...(status >= 300 && status <= 399 ? { hint: 'redirects are not followed' } : {}),
      ...(retryAfter === undefined ? {} : { retryAfter }),
    });
  }

  close(): Promise<void> {
    return this.#poster.close();
  }
}
