import { createHash } from 'node:crypto';
import { createTransport, type Transporter } from 'nodemailer';
import type { Approval } from '../../model/approval.ts';
import type { ApprovalNews, ApprovalNotice } from '../../model/approval-store.ts';
import { GateError } from '../../model/errors.ts';
import type { Channel, MailLink } from '../contract.ts';
import { mailOf } from './mail.ts';
import { smtpServer } from './smtp-server.ts';

export interface EmailChannelOptions {
  readonly name: string;
  /** URL of the mail server. */
  readonly smtp: string;
  readonly from: string;
  readonly to: readonly string[];
  /** Milliseconds for each answer of the server. */
  readonly timeout: number;
  readonly linkFor: MailLink;
}

/** Mails under way at a time. */
const AT_ONCE = 4;
/** Notices of which it is remembered who has had them, where somebody has not. */
const MAX_PARTIAL = 1_000;
const SILENT: readonly ApprovalNews[] = ['used'];

/**
 * Mails each person, with a link of their own. What has become of an approval follows in the thread of the mail that has
 * asked. Where one address fails, it alone is tried again.
 */
export class EmailChannel implements Channel {
  readonly name: string;
  readonly #options: EmailChannelOptions;
  readonly #transport: Transporter;
  /** Addresses that have had a notice, by its id. */
  readonly #partial = new Map<string, ReadonlySet<string>>();

  constructor(options: EmailChannelOptions) {
    const { name, smtp, timeout } = options;
    this.name = name;
    this.#options = options;
    this.#transport = createTransport({
      ...smtpServer(name, smtp),
      ...{ connectionTimeout: timeout, greetingTimeout: timeout, socketTimeout: timeout },
      dnsTimeout: timeout,
      // What is in a mail is text, never the name of a file or a page to attach.
      ...{ disableFileAccess: true, disableUrlAccess: true, logger: false },
    });
  }

  async send(
    notice: ApprovalNotice,
    approval: Approval,
    url: string | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    const { news, id } = notice;
    // Nobody need be asked any longer.
    if (SILENT.includes(news) || (news === 'asked' && approval.state !== 'pending')) return;
    const done = new Set(this.#partial.get(id));
    const queue = this.#options.to.filter((address) => !done.has(address));
    let failure: unknown;
    const work = async () => {
      for (let to = queue.shift(); to !== undefined; to = queue.shift()) {
        try {
          await this.#mail(news, approval, to, url, signal);
          done.add(to);
        } catch (error) {
          failure ??= error;
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    this.#partial.delete(id);
    if (failure === undefined) return;
    const [oldest] = this.#partial.keys();
    if (this.#partial.size >= MAX_PARTIAL && oldest !== undefined) this.#partial.delete(oldest);
    this.#partial.set(id, done);
    throw failed(failure, this.#options.to.length - done.size);
  }

  close(): void {
    this.#transport.close();
  }

  async #mail(
    news: ApprovalNews,
    approval: Approval,
    to: string,
    url: string | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    const { from, linkFor } = this.#options;
    const address = addressOf(to);
    signal.throwIfAborted();
    // What is decided needs no link of one's own.
    const link = approval.state === 'pending' ? linkFor(approval, address) : url;
    const first = this.#messageId('asked', approval, address);
    const sent = this.#transport.sendMail({
      ...mailOf(news, approval, link),
      ...{ from, to, messageId: this.#messageId(news, approval, address) },
      ...(news === 'asked' ? {} : { inReplyTo: first, references: first }),
      // No answer of a machine is wanted (RFC 3834, section 5).
      headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
    });
    await Promise.race([sent, aborted(signal)]);
  }

  /** The same mail has the same id however often it is sent, so that a reader shows it once. */
  #messageId(news: ApprovalNews, { id }: Approval, address: string): string {
    const text = `${id}\n${news}\n${address}`;
    const name = createHash('sha256').update(text).digest('hex').slice(0, 40);
    return `<${name}@${addressOf(this.#options.from).split('@').at(-1)}>`;
  }
}

/** The address of `Ann <ann@example.com>`. */
function addressOf(text: string): string {
  const [, inside] = /<([^<>]+)>\s*$/.exec(text) ?? [];
  return (inside ?? text).trim();
}

/** Nodemailer takes no signal; its own time-outs end what is left. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

/** Codes of nodemailer where there was no server to say anything. */
const UNREACHABLE: readonly unknown[] = ['ESOCKET', 'ECONNECTION', 'EDNS', 'ETIMEDOUT'];

/** What the server says may hold addresses; its codes don't. */
function failed(error: unknown, left: number): GateError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'no answer';
  if (UNREACHABLE.includes(code)) {
    return new GateError('CHANNEL_FAILED', `the mail server cannot be reached (${code})`);
  }
  const status =
    error instanceof Error && 'responseCode' in error && typeof error.responseCode === 'number'
      ? ` ${error.responseCode}`
      : '';
  const message = `the mail server did not take mail for ${left} of the addresses (${code}${status})`;
  return new GateError('CHANNEL_FAILED', message);
}
