import type { IdentityFacts } from '../../model/identity.ts';
import type { ExchangeRecord } from '../../model/transcript.ts';
import type { StoredEvent } from '../../store/contract.ts';
import type { ApprovalSummary, ExchangeSummary } from './exchange-summary.ts';
import { exportJson } from './export-json.ts';
import type { ExportOrigin, ExportRecord } from './export-record.ts';
import { type Format, linesBody } from './format.ts';
import { payloadValue } from './payload-value.ts';

/** One JSON object a line (https://jsonlines.org), with all that is known. */
export const jsonl: Format = {
  type: 'application/x-ndjson',
  extension: 'jsonl',
  line: (record, origin) => exportJson(objectOf(record, origin)),
  body: linesBody,
};

function objectOf(
  { id, record, step, exchange, caller, summary, cut }: ExportRecord,
  { gate }: ExportOrigin,
) {
  const { position, at, kind, seq, revision } = step;
  return {
    ...{ id, record, position, time: instant(at), gate, kind },
    ...{ exchange: step.exchange, seq, revision },
    ...headOf(exchange),
    ...callerOf(caller),
    ...(record === 'step' ? stepOf(step) : endOf(record, step, exchange)),
    ...(summary && summed(summary)),
    ...(cut ? { cut } : {}),
  };
}

function headOf(exchange: ExchangeRecord | undefined) {
  if (!exchange) return {};
  const { upstream, method, target, session, protocol } = exchange;
  const { sub, issuer, client, agent, ip } = exchange;
  return { upstream, method, target, session, protocol, sub, issuer, client, agent, ip };
}

function callerOf(caller: IdentityFacts | undefined) {
  if (!caller) return {};
  const { email, groups, actor } = caller;
  return { email, ...(groups.length > 0 ? { groups } : {}), actor };
}

function stepOf({ detail, payload }: StoredEvent) {
  return { detail, ...(payload === undefined ? {} : { payload: payloadValue(payload) }) };
}

function endOf(
  record: ExportRecord['record'],
  { detail }: StoredEvent,
  exchange: ExchangeRecord | undefined,
) {
  if (record !== 'exchange') return { detail };
  if (!exchange) return {};
  const { openedAt, closedAt = openedAt, outcome, effect, rule } = exchange;
  const took = Math.max(0, Math.round((closedAt - openedAt) * 1_000) / 1_000);
  return { opened: instant(openedAt), took, outcome, effect, rule };
}

function summed({ request, answer, approvals, would, trace, ...summary }: ExchangeSummary) {
  return {
    ...summary,
    trace,
    ...(would.length > 0 ? { would } : {}),
    ...(approvals.length > 0 ? { approvals: approvals.map(approvalObject) } : {}),
    ...(request === undefined ? {} : { request: payloadValue(request) }),
    ...(answer === undefined ? {} : { answer: payloadValue(answer) }),
  };
}

function approvalObject({ brokeGlass, ...approval }: ApprovalSummary) {
  return { ...approval, ...(brokeGlass ? { broke_glass: true } : {}) };
}

/** RFC 3339 with milliseconds, UTC. */
function instant(at: number): string {
  return new Date(at).toISOString();
}
