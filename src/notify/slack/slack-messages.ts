import type { Approval } from '../../model/approval.ts';
import type { ApprovalNews } from '../../model/approval-store.ts';
import { isList, isObject, type Json, type JsonObject, textMember } from '../../model/json.ts';
import type { Log } from '../../model/seams.ts';
import { type SlackApi, SlackRefusal } from './slack-api.ts';
import { metadataType, slackMessage } from './slack-message.ts';
import type { SlackPlace } from './slack-press.ts';

export interface SlackMessagesOptions {
  readonly api: SlackApi;
  /** Id of the channel. */
  readonly channel: string;
  readonly interactive: boolean;
  readonly log: Log;
}

interface KnownPlace extends SlackPlace {
  /** Of the approval as it is shown. */
  readonly version: number;
}

/** Messages whose places are remembered; others are looked for. */
const MAX_KNOWN = 10_000;
/** How much later than its approval a message is looked for, in seconds, and how many pages of messages are read. */
const LATE = 3_600;
const PAGES = 5;
const PAGE = 200;
/** A clock of Slack's may be this much behind, in seconds. */
const EARLY = 60;
/** What Slack says of a message that can't be changed any longer. */
const LOST = [
  'message_not_found',
  'cant_update_message',
  'edit_window_closed',
  'channel_not_found',
];

/**
 * The messages of one Slack channel: one for each approval, that changes with it. Which one that is the gate remembers;
 * after a restart, or where another gate has sent it, it looks for the message among those of the channel.
 */
export class SlackMessages {
  readonly #options: SlackMessagesOptions;
  readonly #known = new Map<string, KnownPlace>();
  /** The last change of each message that is under way. */
  readonly #turns = new Map<string, Promise<void>>();
  #canSearch = true;

  constructor(options: SlackMessagesOptions) {
    this.#options = options;
  }

  async post(
    news: ApprovalNews,
    approval: Approval,
    url: string | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    const { api, channel, interactive } = this.#options;
    const { text, blocks, metadata } = slackMessage({ news, approval, url, interactive });
    const plain = { mrkdwn: false, parse: 'none', link_names: false };
    const quiet = { unfurl_links: false, unfurl_media: false };
    const answer = await api.call(
      'chat.postMessage',
      { channel, text, blocks, metadata, ...plain, ...quiet },
      signal,
    );
    const ts = textMember(answer, 'ts');
    if (ts === undefined || news === 'broke-glass') return;
    const place = { channel: textMember(answer, 'channel') ?? channel, ts };
    this.#keep(approval.id, { ...place, version: approval.version });
  }

  /** Shows an approval as it is now in its message; false where there is none. */
  async update(
    news: ApprovalNews,
    approval: Approval,
    url: string | undefined,
    signal: AbortSignal,
  ): Promise<boolean> {
    const before = this.#turns.get(approval.id);
    const turn = Promise.resolve(before).then(() => this.#update(news, approval, url, signal));
    // One after another, so that what is older is never shown last.
    const ended = turn.then(
      () => undefined,
      () => undefined,
    );
    this.#turns.set(approval.id, ended);
    void ended.then(() => {
      if (this.#turns.get(approval.id) === ended) this.#turns.delete(approval.id);
    });
    return turn;
  }

  /** Somebody has shown which message is that of an approval. */
  know(approval: string, place: SlackPlace): void {
    if (!this.#known.has(approval)) this.#keep(approval, { ...place, version: 0 });
  }

  async #update(
    news: ApprovalNews,
    approval: Approval,
    url: string | undefined,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { id, version } = approval;
    const known = this.#known.get(id) ?? (await this.#find(approval, signal));
    if (!known) return false;
    if (known.version > version) return true;
    const { api, interactive } = this.#options;
    const { channel, ts } = known;
    const message = slackMessage({ news, approval, url, interactive });
    try {
      await api.call('chat.update', { channel, ts, ...message }, signal);
      this.#keep(id, { channel, ts, version });
      return true;
    } catch (error) {
      if (!(error instanceof SlackRefusal && LOST.includes(error.reason))) throw error;
      this.#known.delete(id);
      return false;
    }
  }

  #keep(approval: string, place: KnownPlace): void {
    this.#known.delete(approval);
    const [oldest] = this.#known.keys();
    if (this.#known.size >= MAX_KNOWN && oldest !== undefined) this.#known.delete(oldest);
    this.#known.set(approval, place);
  }

  async #find(approval: Approval, signal: AbortSignal): Promise<KnownPlace | undefined> {
    const { api, channel, log } = this.#options;
    if (!this.#canSearch) return undefined;
    const since = Math.floor(approval.createdAt / 1_000);
    const span = { oldest: String(since - EARLY), latest: String(since + LATE) };
    let cursor = {};
    try {
      for (let page = 0; page < PAGES; page++) {
        const answer = await api.call(
          'conversations.history',
          { channel, ...span, ...cursor, include_all_metadata: true, limit: PAGE },
          signal,
        );
        const ts = messageOf(answer, approval.id);
        if (ts !== undefined) return { channel, ts, version: 0 };
        const { response_metadata: more } = answer;
        const next = isObject(more) ? textMember(more, 'next_cursor') : undefined;
        if (next === undefined || next === '') return undefined;
        cursor = { cursor: next };
      }
    } catch (error) {
      if (!(error instanceof SlackRefusal && error.reason === 'missing_scope')) throw error;
      this.#canSearch = false;
      const hint = 'give the app channels:history (groups:history for a private channel)';
      log.info({ channel, hint }, 'messages of Slack are updated only until the gate restarts');
    }
    return undefined;
  }
}

function messageOf(answer: JsonObject, approval: string): string | undefined {
  const { messages } = answer;
  const found = isList(messages) ? messages.find((message) => isAbout(message, approval)) : null;
  return isObject(found) ? textMember(found, 'ts') : undefined;
}

function isAbout(message: Json, approval: string): boolean {
  if (!isObject(message) || !isObject(message.metadata)) return false;
  const { event_type: type, event_payload: payload } = message.metadata;
  return type === metadataType && isObject(payload) && payload.approval === approval;
}
