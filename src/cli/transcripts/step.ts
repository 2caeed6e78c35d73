import { isList, isObject, type Json } from '../../model/json.ts';
import { spanText } from '../../model/span-text.ts';
import type { TranscriptEvent } from '../../model/transcript.ts';
import { counted } from '../report.ts';
import { visible, visibleJson } from './visible.ts';

type Facts = NonNullable<TranscriptEvent['detail']>;

/** What a step says, safe to print: the first line stands beside its kind, the others below. */
export function stepLines({ kind, detail = {}, payload }: TranscriptEvent): string[] {
  switch (kind) {
    case 'opened':
    case 'received': {
      if (detail.kind === undefined) return others(detail, []);
      const from = detail.direction === 'down' ? 'upstream' : 'client';
      return [
        `${text(detail.kind)} from the ${from}`,
        ...placeLines(detail, 'masked'),
        ...others(detail, ['direction', 'kind', 'masked', 'more']),
      ];
    }
    case 'decided':
      return decision(detail);
    case 'masked': {
      const { what, rule, count } = detail;
      const by = rule === undefined ? '' : ` by ${text(rule)}`;
      const times = typeof count === 'number' ? `, ${counted(count, 'place')}` : '';
      return [
        `${text(what)}${times}${by}`,
        ...placeLines(detail, 'places'),
        ...others(detail, ['what', 'rule', 'count', 'places', 'more']),
      ];
    }
    case 'forwarded':
      // Towards the upstream goes what was received, so only the other way has a payload of its own.
      return [payload === undefined ? 'to the upstream' : 'to the client', ...others(detail, [])];
    case 'answered':
      return ['the client got', ...others(detail, [])];
    case 'blocked':
    case 'failed': {
      const { code, message, reason } = detail;
      const why = [code, message, reason].filter((one) => one !== undefined).map(text);
      return [why.join(' '), ...others(detail, ['code', 'message', 'reason'])];
    }
    case 'closed':
      return [text(detail.outcome ?? ''), ...others(detail, ['outcome'])];
    case 'held':
    case 'resolved':
      return others(detail, []);
  }
}

function decision(detail: Facts): string[] {
  const { effect, rule, reason, matched, would, unjudged, limit } = detail;
  const by = rule === undefined ? '' : ` by ${text(rule)}`;
  const shadows = isList(would) ? would.map(shadow) : [];
  return [
    `${text(effect)}${by}${says(rule, reason) ? `: ${text(reason)}` : ''}`,
    ...(isList(matched) ? [`matched: ${matched.map(text).join(', ')}`] : []),
    ...shadows.map((one) => `in shadow mode: would ${one}`),
    ...(isList(unjudged) ? unjudged.map((one) => `could not be judged: ${text(one)}`) : []),
    ...(limit === undefined ? [] : [`limit: ${limitText(limit)}`]),
    ...others(detail, ['effect', 'rule', 'reason', 'matched', 'would', 'unjudged', 'limit']),
  ];
}

/** A rule without a reason of its own gives one that only repeats its name. */
function says(rule: Json | undefined, reason: Json | undefined): boolean {
  return typeof rule !== 'string' || !text(reason).endsWith(` by rule ${rule}`);
}

function shadow(would: Json): string {
  return isObject(would) ? `${text(would.effect)} by ${text(would.rule)}` : text(would);
}

/** A limit that was reached: its rule, its calls in a span, and when there is room again. */
function limitText(limit: Json): string {
  if (!isObject(limit)) return text(limit);
  const { rule, calls, per, until } = limit;
  if (typeof calls !== 'number' || typeof per !== 'number') return text(limit);
  const again = typeof until === 'number' ? `, room again at ${instantText(until)}` : '';
  return `${counted(calls, 'call')} in ${spanText(per)} by ${text(rule)}${again}`;
}

/** What no clock can show stays the number that it is. */
function instantText(instant: number): string {
  const date = new Date(instant);
  return Number.isNaN(date.getTime()) ? String(instant) : date.toISOString();
}

/** Where masks changed something. */
function placeLines(detail: Facts, key: string): string[] {
  const { [key]: places, more } = detail;
  if (!isList(places) || places.length === 0) return [];
  const rest = typeof more === 'number' ? ` and ${more} more` : '';
  return [`masked: ${places.map(text).join(', ')}${rest}`];
}

/** Facts that have no words of their own. */
function others(detail: Facts, said: readonly string[]): string[] {
  return Object.entries(detail)
    .filter(([key, value]) => !said.includes(key) && value !== undefined)
    .map(([key, value]) => `${visible(key)}: ${text(value)}`);
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? visible(value) : visibleJson(value);
}
