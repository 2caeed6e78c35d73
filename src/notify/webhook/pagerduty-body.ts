import { newsNow, newsText, newsTime } from '../approval-news.ts';
import { cut, summaryOf } from '../approval-summary.ts';
import type { WebhookBody } from './webhook-channel.ts';

/** Characters of arguments: an event has at most 512 KB. */
const ROOM = 20_000;
/** The longest summary that PagerDuty takes. */
const MAX_SUMMARY = 1_024;

/**
 * An event of PagerDuty (Events API v2): what waits for people opens an alert, which the decision resolves. Break glass
 * opens one of its own, that stays until somebody has looked at it.
 */
export function pagerdutyBody(routingKey: string): WebhookBody {
  return (notice, approval, url) => {
    // A question that comes late, after its answer, would open an alert for good.
    const news = newsNow(notice.news, approval);
    const { call, facts, args } = summaryOf(approval, ROOM);
    const broke = news === 'broke-glass';
    const head = {
      routing_key: routingKey,
      event_action: news === 'asked' || broke ? 'trigger' : 'resolve',
      dedup_key: `sallyport-${approval.id}${broke ? '-broke-glass' : ''}`,
      client: 'Sallyport',
      ...(url === undefined
        ? {}
        : { client_url: url, links: [{ href: url, text: 'The approval' }] }),
    };
    const details = facts.map(({ name, text }) => `${name}: ${text}`);
    const payload = {
      summary: cut(`${newsText(news)}: ${call}`, MAX_SUMMARY),
      source: approval.call.upstream,
      severity: broke ? 'critical' : 'warning',
      timestamp: new Date(newsTime(news, approval)).toISOString(),
      class: `approval.${news}`,
      custom_details: { details, arguments: args },
    };
    return { ...head, payload };
  };
}
