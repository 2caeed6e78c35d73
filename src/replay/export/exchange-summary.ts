import { isList, isObject } from '../../model/json.ts';
import type { ExchangeRecord } from '../../model/transcript.ts';
import type { StoredEvent } from '../../store/contract.ts';
import { maskNotes } from '../mask-notes.ts';

/** What became of an approval. */
export interface ApprovalSummary {
  readonly approval: string;
  readonly state?: string;
  readonly by?: readonly string[];
  readonly reason?: string;
  readonly brokeGlass?: true;
}

/** What the steps of an exchange come to. */
export interface ExchangeSummary {
  /** Why it was decided so, or what failed. */
  readonly reason?: string;
  /** The error code where it failed. */
  readonly code?: string;
  /** Who decided what was blocked within it. */
  readonly effect?: string;
  readonly rule?: string;
  /** Values that masks have hidden. */
  readonly masked: number;
  /** What rules in shadow mode would have done: `block by RULE`. */
  readonly would: readonly string[];
  readonly approvals: readonly ApprovalSummary[];
  /** Id of the trace that the call belongs to (W3C Trace Context). */
  readonly trace?: string;
  /** The message that began it, and the answer, as they may be read; where they are asked for. */
  readonly request?: string;
  readonly answer?: string;
  /** It has more steps than were looked at, so that counts may be too low. */
  readonly partial?: true;
}

export interface SummaryOptions {
  /** Of the whole exchange, or of one message that was blocked within it. */
  readonly of: 'exchange' | 'blocked';
  /** The step with which it ended. */
  readonly last: StoredEvent;
  /** Its first steps and those up to the last one, in order; payloads of the first and the last are told. */
  readonly steps: readonly StoredEvent[];
  readonly exchange: ExchangeRecord | undefined;
}

/** What the steps of an exchange come to, up to one of them. */
export function summaryOf({ of, last, steps, exchange }: SummaryOptions): ExchangeSummary {
  const before = steps.filter(({ seq }) => seq <= last.seq);
  const [opened] = before;
  const decided = of === 'exchange' ? ofExchange(before, exchange) : ofMessage(before);
  const trace = text(opened?.detail?.trace);
  const reason = reasonOf(last) ?? text(decided?.detail?.reason);
  const code = text(last.detail?.code) ?? codeBefore(before, last);
  const partial = before.some(({ seq }, index) => seq !== (before[0]?.seq ?? 0) + index);
  const request = of === 'exchange' ? opened?.payload : undefined;
  return {
    ...(reason === undefined ? {} : { reason }),
    ...(code === undefined ? {} : { code }),
    ...(of === 'blocked' ? decisionOf(decided) : {}),
    masked: before.flatMap(maskNotes).reduce((sum, { count = 0 }) => sum + count, 0),
    would: [...new Set(before.flatMap(wouldOf))],
    approvals: approvalsOf(before),
    ...(trace === undefined ? {} : { trace }),
    ...(request === undefined ? {} : { request }),
    ...(last.payload === undefined || last === opened ? {} : { answer: last.payload }),
    ...(partial ? { partial } : {}),
  };
}

/** What became of the approval that a step tells of. */
export function approvalOf({ detail = {} }: StoredEvent): ApprovalSummary | undefined {
  const approval = text(detail.approval);
  if (approval === undefined) return undefined;
  const state = text(detail.state);
  const reason = text(detail.reason);
  const listed = typeof detail.by === 'string' ? [detail.by] : detail.by;
  const by = isList(listed) ? listed.filter((one) => typeof one === 'string') : undefined;
  return {
    approval,
    ...(state === undefined ? {} : { state }),
    ...(by === undefined ? {} : { by }),
    ...(reason === undefined ? {} : { reason }),
    ...(detail.broke_glass === true ? { brokeGlass: true } : {}),
  };
}

/** The decision on the message that began it: the last one with the effect that the exchange has. */
function ofExchange(
  steps: readonly StoredEvent[],
  exchange: ExchangeRecord | undefined,
): StoredEvent | undefined {
  const { effect, rule } = exchange ?? {};
  return steps.findLast(
    ({ kind, detail }) =>
      kind === 'decided' && detail?.effect === effect && text(detail?.rule) === rule,
  );
}

/** The decision on the message that came last. */
function ofMessage(steps: readonly StoredEvent[]): StoredEvent | undefined {
  const arrived = steps.findLastIndex(({ kind }) => kind === 'opened' || kind === 'received');
  return steps.slice(arrived + 1).findLast(({ kind }) => kind === 'decided');
}

function decisionOf(decided: StoredEvent | undefined) {
  const effect = text(decided?.detail?.effect);
  const rule = text(decided?.detail?.rule);
  return { ...(effect === undefined ? {} : { effect }), ...(rule === undefined ? {} : { rule }) };
}

/** What ended it says more than what was decided. */
function reasonOf({ kind, detail = {} }: StoredEvent): string | undefined {
  if (kind !== 'blocked' && kind !== 'failed' && kind !== 'closed') return undefined;
  return text(detail.reason) ?? text(detail.message);
}

/** An exchange that failed says so in a step, and is closed by the next. */
function codeBefore(steps: readonly StoredEvent[], { kind }: StoredEvent): string | undefined {
  if (kind !== 'closed') return undefined;
  const failed = steps.findLast((step) => step.kind === 'failed');
  return text(failed?.detail?.code);
}

function wouldOf({ kind, detail }: StoredEvent): string[] {
  if (kind !== 'decided' || !isList(detail?.would)) return [];
  return detail.would.flatMap((one) => {
    return isObject(one) ? [`${text(one.effect)} by ${text(one.rule)}`] : [];
  });
}

/** The newest of what steps say of each approval. */
function approvalsOf(steps: readonly StoredEvent[]): ApprovalSummary[] {
  const known = new Map<string, ApprovalSummary>();
  for (const step of steps) {
    const one = step.kind === 'held' || step.kind === 'resolved' ? approvalOf(step) : undefined;
    if (one) known.set(one.approval, { ...known.get(one.approval), ...one });
  }
  return [...known.values()];
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
