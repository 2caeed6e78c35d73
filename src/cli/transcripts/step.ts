import { isList, isObject, type Json } from '../../model/json.ts';
import { spanText } from '../../model/span-text.ts';
import type { TranscriptEvent } from '../../model/transcript.ts';
import type { StoredEvent } from '../../store/contract.ts';
import { counted } from '../report.ts';
import { approvalLines } from './approval-step.ts';
import { type Facts, factText, otherFacts, placeLines } from './facts.ts';
import { instantText } from './instant-text.ts';
import { maskedLines } from './masked-step.ts';

/** What a step says, safe to print: the first line stands beside its kind, the others below. */
export function stepLines(event: TranscriptEvent & Pick<StoredEvent, 'erased'>): string[] {
  if (event.erased) return ['what it said is erased'];
  const { kind, detail = {}, payload } = event;
  switch (kind) {
    case 'opened':
    case 'received': {
      if (detail.kind === undefined) return otherFacts(detail, []);
      const from = detail.direction === 'down' ? 'upstream' : 'client';
      return [
        `${factText(detail.kind)} from the ${from}`,
        ...placeLines(detail, 'masked'),
        ...otherFacts(detail, ['direction', 'kind', 'masked', 'more', 'client', 'original']),
      ];
    }
    case 'decided':
      return decision(detail);
    case 'masked':
      return maskedLines(event);
    case 'forwarded':
      // Towards the upstream goes what was received, so only the other way has a payload of its own.
      return [
        payload === undefined ? 'to the upstream' : 'to the client',
        ...otherFacts(detail, []),
      ];
    case 'answered':
      return ['the client got', ...otherFacts(detail, [])];
    case 'blocked':
    case 'failed': {
      const { code, message, reason } = detail;
      const why = [code, message, reason].filter((one) => one !== undefined).map(factText);
      return [why.join(' '), ...otherFacts(detail, ['code', 'message', 'reason'])];
    }
    case 'closed':
      return [factText(detail.outcome ?? ''), ...otherFacts(detail, ['outcome'])];
    case 'held':
    case 'resolved':
      return approvalLines(kind, detail);
  }
}

function decision(detail: Facts): string[] {
  const { effect, rule, reason, matched, would, unjudged, limit } = detail;
  const by = rule === undefined ? '' : ` by ${factText(rule)}`;
  const shadows = isList(would) ? would.map(shadow) : [];
  return [
    `${factText(effect)}${by}${says(rule, reason) ? `: ${factText(reason)}` : ''}`,
    ...(isList(matched) ? [`matched: ${matched.map(factText).join(', ')}`] : []),
    ...shadows.map((one) => `in shadow mode: would ${one}`),
    ...(isList(unjudged) ? unjudged.map((one) => `could not be judged: ${factText(one)}`) : []),
    ...(limit === undefined ? [] : [`limit: ${limitText(limit)}`]),
    ...otherFacts(detail, [
      ...['effect', 'rule', 'reason', 'matched', 'would', 'unjudged', 'limit'],
      'tool',
    ]),
  ];
}

/** A rule without a reason of its own gives one that only repeats its name. */
function says(rule: Json | undefined, reason: Json | undefined): boolean {
  return typeof rule !== 'string' || !factText(reason).endsWith(` by rule ${rule}`);
}

function shadow(would: Json): string {
  return isObject(would) ? `${factText(would.effect)} by ${factText(would.rule)}` : factText(would);
}

/** A limit that was reached: its rule, its calls in a span, and when there is room again. */
function limitText(limit: Json): string {
  if (!isObject(limit)) return factText(limit);
  const { rule, calls, per, until } = limit;
  if (typeof calls !== 'number' || typeof per !== 'number') return factText(limit);
  const again = typeof until === 'number' ? `, room again at ${instantText(until)}` : '';
  return `${counted(calls, 'call')} in ${spanText(per)} by ${factText(rule)}${again}`;
}
