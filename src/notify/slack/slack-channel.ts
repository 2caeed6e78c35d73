import type { IncomingHttpHeaders } from 'node:http';
import type { Approval, ApprovalPerson } from '../../model/approval.ts';
import type { ApprovalNotice } from '../../model/approval-store.ts';
import { GateError, messageOf } from '../../model/errors.ts';
import type { Clock, Log } from '../../model/seams.ts';
import { newsOf } from '../approval-news.ts';
import type { Channel, DecideInChannel, Interactions } from '../contract.ts';
import { SlackApi } from './slack-api.ts';
import { SlackMessages } from './slack-messages.ts';
import { pressIn, type SlackPress } from './slack-press.ts';
import { SlackSignature } from './slack-signature.ts';
import { slackText } from './slack-text.ts';

export interface SlackChannelOptions {
  readonly name: string;
  /** Bot token. */
  readonly token: string;
  /** Id of the channel. */
  readonly channel: string;
  /** Left out: messages have no buttons. */
  readonly signing_secret?: string | undefined;
  /** Base of the Web API. */
  readonly api: string;
  /** People by their Slack user id. */
  readonly users: Readonly<Record<string, SlackUser>>;
  readonly timeout: number;
  /** The page of an approval. */
  readonly pageOf: (approval: string) => string | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/** Who a user of Slack is. */
export interface SlackUser {
  readonly sub: string;
  readonly issuer?: string | undefined;
  readonly email?: string | undefined;
  readonly groups: readonly string[];
}

/** Milliseconds after which a question may have been sent by a gate that has died; its lease is longer. */
const LATE = 30_000;

/** One Slack channel: a message for each approval, with buttons for people whom the configuration names. */
export class SlackChannel implements Channel {
  readonly name: string;
  readonly interactions?: Interactions;
  readonly #options: SlackChannelOptions;
  readonly #api: SlackApi;
  readonly #messages: SlackMessages;
  readonly #closed = new AbortController();
  /** What goes on after a press was answered. */
  readonly #after = new Set<Promise<void>>();

  constructor(options: SlackChannelOptions) {
    const { name, channel, signing_secret: secret, clock, log } = options;
    this.name = name;
    this.#options = options;
    this.#api = new SlackApi(options);
    const interactive = secret !== undefined;
    this.#messages = new SlackMessages({ api: this.#api, channel, interactive, log });
    if (secret === undefined) return;
    const signature = new SlackSignature(secret, clock);
    this.interactions = {
      take: async (headers: IncomingHttpHeaders, body: Buffer, decide: DecideInChannel) => {
        signature.check(headers, body);
        const press = pressIn(body);
        if (press) await this.#press(press, decide);
      },
    };
  }

  async send(
    notice: ApprovalNotice,
    approval: Approval,
    url: string | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    const { news, attempts } = notice;
    const now = newsOf(approval);
    if (news === 'asked') {
      // Nobody need be asked any longer.
      if (approval.state !== 'pending') return;
      // A try that failed may have come all the same, or one of a gate that has died since.
      const again = attempts > 0 || this.#options.clock() - approval.createdAt > LATE;
      if (again && (await this.#messages.update(now, approval, url, signal))) return;
      return this.#messages.post(news, approval, url, signal);
    }
    const updated = await this.#messages.update(now, approval, url, signal);
    // The one thing that everybody is told anew.
    if (news === 'broke-glass') return this.#messages.post(news, approval, url, signal);
    if (!updated && news !== 'used') await this.#messages.post(news, approval, url, signal);
  }

  async close(): Promise<void> {
    this.#closed.abort();
    await Promise.all(this.#after);
    await this.#api.close();
  }

  async #press(press: SlackPress, decide: DecideInChannel): Promise<void> {
    const { users, log, pageOf } = this.#options;
    const { user, verdict, approval: id, message } = press;
    const person = Object.hasOwn(users, user) ? users[user] : undefined;
    if (!person) {
      log.warn({ channel: this.name, user }, 'a user of Slack is not one that may decide');
      this.#tell(user, 'Nobody has said who you are: your Slack user is not in the configuration.');
      return;
    }
    try {
      const approval = await decide(id, verdict, personOf(person));
      if (message) this.#messages.know(id, message);
      this.#later((signal) =>
        this.#messages.update(newsOf(approval), approval, pageOf(id), signal),
      );
    } catch (error) {
      const isGate = error instanceof GateError;
      const code = isGate ? error.code : 'STAGE_FAULT';
      const fields = { code, channel: this.name, approval: id, user };
      log.warn({ ...fields, cause: messageOf(error) }, 'a press of a button decided nothing');
      this.#tell(user, isGate ? sentence(error) : 'That could not be decided. Try again.');
    }
  }

  /** A message that this user alone sees. */
  #tell(user: string, text: string): void {
    const { channel } = this.#options;
    const words = { channel, user, text: slackText(text), parse: 'none' };
    this.#later((signal) => this.#api.call('chat.postEphemeral', words, signal));
  }

  #later(work: (signal: AbortSignal) => Promise<unknown>): void {
    const { log } = this.#options;
    const running = work(this.#closed.signal).then(
      () => undefined,
      (error: unknown) => {
        const fields = { code: 'CHANNEL_FAILED', channel: this.name, cause: messageOf(error) };
        log.warn(fields, 'Slack did not take the answer to a button');
      },
    );
    this.#after.add(running);
    void running.finally(() => this.#after.delete(running));
  }
}

function personOf({ sub, issuer, email, groups }: SlackUser): ApprovalPerson & {
  readonly groups: readonly string[];
} {
  return { sub, issuer: issuer ?? 'slack', groups, ...(email === undefined ? {} : { email }) };
}

function sentence({ message, hint }: GateError): string {
  const text = hint === undefined ? message : `${message}; ${hint}`;
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
