import { isObject } from '../../model/json.ts';
import { spanText } from '../../model/span-text.ts';
import type { ExchangeRecord, TranscriptEvent } from '../../model/transcript.ts';

/** What was decided on a recorded exchange. */
export interface RecordedDecision {
  readonly effect: string;
  readonly rule?: string;
  /** What refused it beside the rules, which these don't tell again. */
  readonly by?: 'limit' | 'pin';
  /** How it came to be, for people: `by read`, `by the limit of read (2 in 1h)`. */
  readonly text: string;
}

const PIN_TEXTS: Readonly<Record<string, string>> = {
  PIN_CHANGED: 'has changed',
  PIN_UNKNOWN: 'is not in the lock file',
  PIN_LIMIT: 'is not pinned',
};

/** Reads what was decided; undefined where the exchange never got that far. */
export function recordedDecision(
  record: ExchangeRecord,
  events: readonly TranscriptEvent[],
): RecordedDecision | undefined {
  const decided = events.findLast(({ kind }) => kind === 'decided')?.detail;
  const effect = record.effect ?? decided?.effect;
  if (typeof effect !== 'string') return undefined;
  const rule = record.rule ?? (record.effect === undefined ? decided?.rule : undefined);
  const by = typeof rule === 'string' ? { rule } : {};
  // Steps about something else that an exchange carried may have come to another effect.
  const last = events.findLast(
    ({ kind, detail }) => kind === 'decided' && detail?.effect === effect,
  );
  const other = effect === 'block' && last?.detail ? beside(last.detail, rule, record) : undefined;
  if (other) return { effect, ...by, ...other };
  return { effect, ...by, text: typeof rule === 'string' ? `${effect} by ${rule}` : effect };
}

/** A limit or a pin that blocked; undefined where rules did. */
function beside(
  detail: NonNullable<TranscriptEvent['detail']>,
  rule: unknown,
  { target = '' }: ExchangeRecord,
): Pick<RecordedDecision, 'by' | 'text'> | undefined {
  const { limit } = detail;
  const code = typeof detail.code === 'string' ? detail.code : '';
  if (isObject(limit) && limit.rule === rule && detail.would === undefined) {
    const { calls, per } = limit;
    const bound = `${calls} in ${spanText(Number(per))}`;
    const why = code === 'LIMIT_UNAVAILABLE' ? `${bound}; it could not be counted` : bound;
    return { by: 'limit', text: `block by the limit of ${limit.rule} (${why})` };
  }
  const pin = Object.hasOwn(PIN_TEXTS, code) ? PIN_TEXTS[code] : undefined;
  if (pin === undefined) return undefined;
  return { by: 'pin', text: `block: the definition of tool "${target}" ${pin} (pin)` };
}
