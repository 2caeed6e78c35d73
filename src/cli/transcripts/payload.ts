import {
  isList,
  isObject,
  isRawNumber,
  type Json,
  parseJson,
  textMember,
} from '../../model/json.ts';
import { visible, visibleJson, visibleLines } from '../../model/visible.ts';
import { repeatsText } from '../../replay/timeline/repeats-text.ts';
import type { StoredEvent } from '../../store/contract.ts';
import { wrap } from './wrap.ts';

export interface PayloadOptions {
  /** Characters in a line. */
  readonly width: number;
  /** Leaves nothing out. */
  readonly full: boolean;
}

/** What is shown of a payload unless all is asked for. */
const MOST_LINES = 24;
const MOST_CHARACTERS = 300;

/** The payload of a step as a value; text that is no JSON stays text. */
export function parsePayload(payload: string): Json {
  try {
    return parseJson(payload);
  } catch {
    return payload;
  }
}

/** A recorded message for people: what a tool says as text, all else as indented JSON. */
export function payloadLines(payload: string, options: PayloadOptions): string[] {
  const message = parsePayload(payload);
  if (!isObject(message)) return shown(visibleLines(payload), options);
  const { method, params, result, error } = message;
  if (typeof method === 'string') return [visible(method), ...jsonLines(params, options)];
  if (isObject(result)) return resultLines(result, options);
  if (isObject(error)) {
    const { code, message: text, data } = error;
    const head = visibleLines(`error ${visibleJson(code)}: ${textOf(text)}`);
    return [...shown(head, options), ...jsonLines(data, options)];
  }
  return jsonLines(message, options);
}

function resultLines(result: { readonly [key: string]: Json }, options: PayloadOptions): string[] {
  const { content, contents, isError, ...others } = result;
  const { structuredContent, ...unsaid } = others;
  const repeats = structuredContent !== undefined && repeatsText(structuredContent, content);
  const rest = repeats && !options.full ? unsaid : others;
  const items = [content, contents].flatMap((list) => (isList(list) ? list : []));
  if (items.length === 0) return jsonLines(result, options);
  return [
    ...(isError === true ? ['the tool reports an error (isError)'] : []),
    ...items.flatMap((item) => contentLines(item, options)),
    ...(Object.keys(rest).length > 0 ? jsonLines(rest, options) : []),
    ...(repeats && !options.full ? ['(structuredContent says the same)'] : []),
  ];
}

/** An element of `content` (tools) or `contents` (resources). */
function contentLines(item: Json, options: PayloadOptions): string[] {
  const text = isObject(item) ? textMember(item, 'text') : undefined;
  if (!isObject(item) || text === undefined) return jsonLines(item, options);
  const { text: _, type, ...rest } = item;
  const about = Object.keys(rest).length > 0 ? jsonLines(rest, options) : [];
  return [...about, ...shown(visibleLines(text), options).map((line) => `| ${line}`)];
}

function jsonLines(value: Json | undefined, options: PayloadOptions): string[] {
  if (value === undefined) return [];
  const kept = options.full ? value : shortened(value);
  const line = visibleJson(kept);
  const lines = line.length <= options.width ? [line] : visibleJson(kept, 2).split('\n');
  return shown(lines, options);
}

/** Lines as they fit, the first ones only unless all are asked for. */
function shown(lines: readonly string[], { width, full }: PayloadOptions): string[] {
  const most = full ? lines.length : MOST_LINES;
  const cut = full ? lines : lines.slice(0, most).map(shortLine);
  const wrapped = cut.flatMap((line) => wrap(line, width - 2));
  const left = lines.length - most;
  return left > 0 ? [...wrapped, `… ${left} more lines (--full shows them)`] : wrapped;
}

function shortLine(line: string): string {
  // Somewhat more than a shortened string, so that a JSON line with one is not shortened again.
  return shortText(line, MOST_CHARACTERS * 2);
}

function shortened(value: Json): Json {
  if (typeof value === 'string') return shortText(value, MOST_CHARACTERS);
  if (isList(value)) return value.map(shortened);
  if (value === null || typeof value !== 'object' || isRawNumber(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, shortened(one)]));
}

function shortText(text: string, most: number): string {
  if (text.length <= most) return text;
  const start = text.slice(0, most).replace(/[\ud800-\udbff]$/, '');
  return `${start}… (${text.length - start.length} more characters)`;
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : visibleJson(value);
}

/** The event with its payload as a value instead of as text. */
export function withParsedPayload(event: StoredEvent) {
  const { payload, original, ...rest } = event;
  return {
    ...rest,
    ...(payload === undefined ? {} : { payload: parsePayload(payload) }),
    ...(original === undefined ? {} : { original: parsePayload(original) }),
  };
}
