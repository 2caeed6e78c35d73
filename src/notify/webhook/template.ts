import type { Approval } from '../../model/approval.ts';
import type { ApprovalNotice } from '../../model/approval-store.ts';
import { GateError } from '../../model/errors.ts';
import { deeperThan, isList, isObject, type Json, parseJson } from '../../model/json.ts';
import { suggest } from '../../model/nearest.ts';
import { newsNow, newsText, newsTime } from '../approval-news.ts';
import { type ApprovalSummary, summaryOf } from '../approval-summary.ts';
import type { WebhookBody } from './webhook-channel.ts';

interface News {
  readonly notice: ApprovalNotice;
  readonly approval: Approval;
  readonly url: string | undefined;
  readonly routingKey: string | undefined;
  readonly summary: ApprovalSummary;
}

/** What a template can name. A string that is nothing but one placeholder becomes the value itself. */
const placeholders = {
  id: ({ notice }) => notice.id,
  news: ({ notice }) => notice.news,
  title: ({ notice, approval, summary }) =>
    `${newsText(newsNow(notice.news, approval))}: ${summary.call}`,
  time: ({ notice, approval }) => new Date(newsTime(notice.news, approval)).toISOString(),
  url: ({ url }) => url ?? null,
  approval: ({ approval }) => approval as unknown as Json,
  approval_id: ({ approval }) => approval.id,
  state: ({ approval }) => approval.state,
  reason: ({ approval }) => approval.reason ?? null,
  expires: ({ approval }) => new Date(approval.expiresAt).toISOString(),
  caller: ({ approval }) => approval.call.caller.sub,
  email: ({ approval }) => approval.call.caller.email ?? null,
  agent: ({ approval }) => approval.call.agent ?? null,
  upstream: ({ approval }) => approval.call.upstream,
  method: ({ approval }) => approval.call.method,
  target: ({ approval }) => approval.call.target,
  args: ({ approval }) => approval.call.args,
  args_text: ({ summary }) => summary.args,
  facts: ({ summary }) => summary.facts.map(({ name, text }) => `${name}: ${text}`).join('\n'),
  rules: ({ approval }) => approval.demands.map(({ rule }) => rule),
  deciders: ({ approval }) => [...new Set(approval.demands.flatMap(({ by }) => by))],
  decided_by: ({ approval }) => approval.ballots.map(({ by }) => by.sub),
  routing_key: ({ routingKey }) => routingKey ?? null,
} satisfies Readonly<Record<string, (news: News) => Json>>;

const names = Object.keys(placeholders);
const PLACEHOLDER = /\{\{\s*([^{}\s]*)\s*\}\}/g;
const MAX_DEPTH = 32;
/** Characters of `args_text`. */
const ROOM = 4_000;

/**
 * A template: JSON, in whose strings `{{name}}` stands for something of the approval. Values are put into the parsed
 * JSON, so that none can end its string.
 *
 * @param file as messages name it
 * @throws GateError CONFIG_INVALID
 */
export function templateBody(
  text: string,
  file: string,
  routingKey: string | undefined,
): WebhookBody {
  const template = templateIn(text, file);
  for (const name of namesIn(template)) {
    if (Object.hasOwn(placeholders, name)) continue;
    const hint = suggest(name, names);
    const message = `the template ${file} names {{${name}}}, which there isn't`;
    throw new GateError('CONFIG_INVALID', message, { hint });
  }
  return (notice, approval, url) => {
    const summary = summaryOf(approval, ROOM);
    return filled(template, { notice, approval, url, routingKey, summary });
  };
}

function templateIn(text: string, file: string): Json {
  try {
    if (!deeperThan(text, MAX_DEPTH)) return parseJson(text);
  } catch (cause) {
    throw new GateError('CONFIG_INVALID', `the template ${file} is no JSON`, { cause });
  }
  throw new GateError('CONFIG_INVALID', `the template ${file} nests too deep`);
}

function namesIn(value: Json): string[] {
  if (typeof value === 'string') {
    return [...value.matchAll(PLACEHOLDER)].map(([, name = '']) => name);
  }
  if (isList(value)) return value.flatMap(namesIn);
  return isObject(value) ? Object.values(value).flatMap(namesIn) : [];
}

function filled(value: Json, news: News): Json {
  if (typeof value === 'string') return filledText(value, news);
  if (isList(value)) return value.map((item) => filled(item, news));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, filled(item, news)]));
}

function filledText(text: string, news: News): Json {
  const [whole, only] = /^\{\{\s*([^{}\s]*)\s*\}\}$/.exec(text) ?? [];
  if (whole !== undefined && only !== undefined) return valueFor(only, news);
  return text.replace(PLACEHOLDER, (_found, name: string) => textOf(valueFor(name, news)));
}

function valueFor(name: string, news: News): Json {
  return placeholders[name as keyof typeof placeholders](news);
}

function textOf(value: Json): string {
  if (typeof value === 'string') return value;
  return value === null ? '' : JSON.stringify(value);
}
