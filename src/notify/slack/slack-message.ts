import type { Approval } from '../../model/approval.ts';
import type { ApprovalNews } from '../../model/approval-store.ts';
import type { JsonObject } from '../../model/json.ts';
import { newsText } from '../approval-news.ts';
import { cut, summaryOf } from '../approval-summary.ts';
import { slackText } from './slack-text.ts';

export interface SlackMessageOptions {
  readonly news: ApprovalNews;
  readonly approval: Approval;
  /** The page of the approval. */
  readonly url: string | undefined;
  /** Buttons would be answered. */
  readonly interactive: boolean;
}

/** What `chat.postMessage` and `chat.update` take beside the channel. */
export interface SlackMessage {
  /** For notifications, and readers that show no blocks. */
  readonly text: string;
  readonly blocks: readonly JsonObject[];
  readonly metadata: JsonObject;
}

/** What a message says of itself, so that the one of an approval can be found again. */
export const metadataType = 'sallyport_approval';
const BREAK_GLASS = 'sallyport_break_glass';

/** Characters of arguments: a message has at most some 13,000 in its blocks. */
const ROOM = 2_500;
/** The longest text of a header. */
const MAX_HEADER = 150;
const MAX_CONFIRM = 300;

/**
 * A message of blocks. What comes from the caller, the tool or a person stands only in texts that Slack doesn't parse
 * (`rich_text`, `plain_text`), so that nothing in it becomes a link, a mention or a word of ours.
 *
 * Somebody can approve by a button only what they see in full; where a reason is needed, there is a link alone.
 */
export function slackMessage(options: SlackMessageOptions): SlackMessage {
  const { news, approval } = options;
  const { call, facts, args, isWhole } = summaryOf(approval, ROOM);
  const title = newsText(news);
  const blocks: JsonObject[] = [
    { type: 'header', text: plain(cut(title, MAX_HEADER)) },
    rich([
      section([bold(call)]),
      ...facts.map(({ name, text }) => section([bold(`${name}: `), { type: 'text', text }])),
      { type: 'rich_text_preformatted', elements: [{ type: 'text', text: args }] },
      ...(isWhole ? [] : [section([bold('Not all of the call is shown here.')])]),
    ]),
  ];
  const buttons = buttonsOf(options, call, isWhole);
  if (buttons.length > 0) blocks.push({ type: 'actions', elements: buttons });
  else if (approval.state === 'pending') {
    const command = `On the command line: sallyport approvals show ${approval.id}`;
    blocks.push({ type: 'context', elements: [plain(command)] });
  }
  return {
    text: slackText(`${title}: ${call}`),
    blocks,
    metadata: {
      event_type: news === 'broke-glass' ? BREAK_GLASS : metadataType,
      event_payload: { approval: approval.id },
    },
  };
}

function buttonsOf(
  { approval, url, interactive }: SlackMessageOptions,
  call: string,
  isWhole: boolean,
): JsonObject[] {
  const { id, state, demands } = approval;
  const open = { type: 'button', text: plain('Open'), action_id: 'open', ...(url && { url }) };
  const link = url === undefined ? [] : [open];
  // A button brings no reason along, neither for a yes nor for a no.
  const needsReason = demands.some(({ reasonRequired }) => reasonRequired);
  if (state !== 'pending' || !interactive || needsReason) return link;
  const approve = button('approve', 'Approve', 'primary', id, `Let this call be made: ${call}`);
  const deny = button('deny', 'Deny', 'danger', id, `Refuse this call: ${call}`);
  return [...(isWhole ? [approve] : []), deny, ...link];
}

function button(
  action_id: string,
  label: string,
  style: string,
  value: string,
  question: string,
): JsonObject {
  const confirm = {
    ...{ title: plain('Are you sure?'), text: plain(cut(question, MAX_CONFIRM)) },
    ...{ confirm: plain(label), deny: plain('Not now'), style },
  };
  return { type: 'button', text: plain(label), action_id, value, style, confirm };
}

function rich(elements: readonly JsonObject[]): JsonObject {
  return { type: 'rich_text', elements };
}

function section(elements: readonly JsonObject[]): JsonObject {
  return { type: 'rich_text_section', elements };
}

function bold(text: string): JsonObject {
  return { type: 'text', text, style: { bold: true } };
}

function plain(text: string): JsonObject {
  return { type: 'plain_text', text, emoji: false };
}
