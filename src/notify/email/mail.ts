import type { Approval } from '../../model/approval.ts';
import type { ApprovalNews } from '../../model/approval-store.ts';
import { escapedHtml } from '../../model/escaped-html.ts';
import { newsText } from '../approval-news.ts';
import { type ApprovalSummary, cut, summaryOf } from '../approval-summary.ts';

/** What a mail says. */
export interface Mail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** Characters of arguments. */
const ROOM = 20_000;
const MAX_SUBJECT = 200;
const PARTIAL = 'Not all of the call is shown here; its page does.';

/**
 * A mail about an approval. Nothing in it is loaded from anywhere.
 *
 * @param link for whoever gets it; undefined where the gate has no pages
 */
export function mailOf(news: ApprovalNews, approval: Approval, link: string | undefined): Mail {
  const summary = summaryOf(approval, ROOM);
  const head = newsText(news);
  const how = howTo(approval, link);
  return {
    subject: cut(`[Sallyport] ${head}: ${summary.call}`, MAX_SUBJECT),
    text: textOf(head, summary, link, how),
    html: htmlOf(head, summary, link, how),
  };
}

function howTo({ id, state }: Approval, link: string | undefined): string {
  const mayDecide = state === 'pending';
  if (link === undefined) {
    const verb = mayDecide ? 'approve' : 'show';
    return `On the command line: sallyport approvals ${verb} ${id}`;
  }
  return mayDecide
    ? 'The link is for you alone: it asks you to log in, and is spent once you have decided.'
    : 'The link asks you to log in.';
}

function textOf(head: string, summary: ApprovalSummary, link: string | undefined, how: string) {
  const { call, facts, args, isWhole } = summary;
  return [
    `${head}: ${call}`,
    '',
    ...facts.map(({ name, text }) => `${name}: ${text}`),
    '',
    'What would be sent:',
    args,
    ...(isWhole ? [] : [PARTIAL]),
    '',
    ...(link === undefined ? [] : [link]),
    how,
    '',
  ].join('\n');
}

function htmlOf(head: string, summary: ApprovalSummary, link: string | undefined, how: string) {
  const { call, facts, args, isWhole } = summary;
  const cell = 'padding:4px 12px 4px 0;vertical-align:top;text-align:left';
  const rows = facts.map(
    ({ name, text }) =>
      `<tr><th scope="row" style="${cell};color:#555;font-weight:normal;white-space:nowrap">${escapedHtml(name)}</th><td style="${cell};word-break:break-word">${escapedHtml(text)}</td></tr>`,
  );
  const button =
    'display:inline-block;padding:10px 20px;background:#1b4d89;color:#fff;border-radius:6px;text-decoration:none';
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    `<title>${escapedHtml(head)}</title></head>`,
    '<body style="font:15px/1.45 system-ui,sans-serif;color:#111;max-width:680px;margin:16px">',
    `<h1 style="font-size:20px">${escapedHtml(head)}</h1><p><strong>${escapedHtml(call)}</strong></p>`,
    `<table role="presentation" style="border-collapse:collapse">${rows.join('')}</table>`,
    '<p>What would be sent:</p>',
    `<pre style="background:#f4f4f4;padding:12px;white-space:pre-wrap;word-break:break-word">${escapedHtml(args)}</pre>`,
    isWhole ? '' : `<p>${PARTIAL}</p>`,
    link === undefined ? '' : `<p><a href="${escapedHtml(link)}" style="${button}">Open</a></p>`,
    `<p style="color:#555">${escapedHtml(how)}</p></body></html>`,
  ].join('\n');
}
