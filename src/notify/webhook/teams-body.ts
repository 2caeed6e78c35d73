import type { ApprovalNews } from '../../model/approval-store.ts';
import type { Json } from '../../model/json.ts';
import { newsNow, newsText } from '../approval-news.ts';
import { type ApprovalSummary, summaryOf } from '../approval-summary.ts';
import type { WebhookBody } from './webhook-channel.ts';

/** A message has at most 28 KB. */
const MAX_BYTES = 27_000;
/** Characters and lines of arguments; and characters where all is too long with them. */
const ROOM = 4_000;
const LINES = 60;
const LESS = 200;

/**
 * An Adaptive Card for "When a Teams webhook request is received" of Workflows. All texts are runs of a RichTextBlock,
 * the one element that never reads Markdown, so that an argument can't become a link.
 */
export const teamsBody: WebhookBody = (notice, approval, url) => {
  const news = newsNow(notice.news, approval);
  const message = card(news, summaryOf(approval, ROOM), url);
  if (Buffer.byteLength(JSON.stringify(message)) <= MAX_BYTES) return message;
  return card(news, summaryOf(approval, LESS), url);
};

function card(news: ApprovalNews, summary: ApprovalSummary, url: string | undefined): Json {
  const { call, facts, args } = summary;
  const lines = args.split('\n');
  const isWhole = summary.isWhole && lines.length <= LINES;
  const more = isWhole ? [] : [rich([run('Not all of the call is shown here.', { italic: true })])];
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    msteams: { width: 'Full' },
    body: [
      rich([run(newsText(news), { weight: 'Bolder', size: 'Large' })]),
      rich([run(call, { weight: 'Bolder' })]),
      ...facts.map(({ name, text }) => rich([run(`${name}: `, { isSubtle: true }), run(text)])),
      ...lines.slice(0, LINES).map((line) => rich([run(line, { fontType: 'Monospace' })], 'None')),
      ...more,
    ],
    actions: url === undefined ? [] : [{ type: 'Action.OpenUrl', title: 'Open', url }],
  };
  return {
    type: 'message',
    attachments: [
      { contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content },
    ],
  };
}

function rich(inlines: readonly Json[], spacing = 'Small'): Json {
  return { type: 'RichTextBlock', spacing, inlines };
}

function run(text: string, how: { readonly [key: string]: Json } = {}): Json {
  // Spaces at the start of a line would be folded.
  const kept = text.replace(/^ +/, (spaces) => '\u00a0'.repeat(spaces.length));
  return { type: 'TextRun', text: kept, ...how };
}
