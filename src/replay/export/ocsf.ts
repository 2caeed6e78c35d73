import { exportJson } from './export-json.ts';
import type { ExportOrigin, ExportRecord } from './export-record.ts';
import { type Format, linesBody } from './format.ts';
import { actorOf, apiOf, sourceOf } from './ocsf-parts.ts';
import { sentenceOf } from './sentence.ts';
import { type Standing, standingOf } from './standing.ts';

// Open Cybersecurity Schema Framework 1.8.0 (https://schema.ocsf.io/1.8.0/classes/api_activity), class API Activity
// (6003) with the profile Security Control, and Trace where the call belongs to one.

const VERSION = '1.8.0';
const CATEGORY = 6;
const CLASS = 6_003;

/** `activity_id`: what only reads, and what may do anything. */
const activities = { read: [2, 'Read'], other: [99, 'Other'] } as const;
const READS =
  /(?:^|\/)(?:list|read|get|complete|discover|ping|initialize|search|result)$|^server\/discover$/;

/** `severity_id` by weight. */
const severities = {
  1: [1, 'Informational'],
  2: [2, 'Low'],
  3: [3, 'Medium'],
  4: [4, 'High'],
} as const;

/** `action_id` and `disposition_id` by what the gate did. */
const dispositions = {
  allowed: { action: [1, 'Allowed'], disposition: [1, 'Allowed'] },
  blocked: { action: [2, 'Denied'], disposition: [2, 'Blocked'] },
  held: { action: [4, 'Modified'], disposition: [14, 'Delayed'] },
  approved: { action: [1, 'Allowed'], disposition: [8, 'Approved'] },
  denied: { action: [2, 'Denied'], disposition: [25, 'Rejected'] },
  failed: { action: [1, 'Allowed'], disposition: [27, 'Error'] },
  ended: { action: [0, 'Unknown'], disposition: [99, 'Ended'] },
} as const satisfies Record<Standing['act'], unknown>;

/** One OCSF event a line. */
export const ocsf: Format = {
  type: 'application/x-ndjson',
  extension: 'jsonl',
  line: (record, origin) => exportJson(eventOf(record, origin)),
  body: linesBody,
};

function eventOf(record: ExportRecord, origin: ExportOrigin) {
  const { step, exchange, summary } = record;
  const standing = standingOf(record);
  const [activity, activityName] = activities[READS.test(exchange?.method ?? '') ? 'read' : 'other']; // biome-ignore format: one line says it
  const [severity, severityName] = severities[standing.weight];
  const { action, disposition } = dispositions[standing.act];
  return {
    ...{ category_uid: CATEGORY, category_name: 'Application Activity' },
    ...{ class_uid: CLASS, class_name: 'API Activity' },
    activity_id: activity,
    activity_name: activity === 99 ? (exchange?.method ?? activityName) : activityName,
    type_uid: CLASS * 100 + activity,
    type_name: `API Activity: ${activityName}`,
    ...{ severity_id: severity, severity: severityName },
    ...{ action_id: action[0], action: action[1] },
    ...{ disposition_id: disposition[0], disposition: disposition[1] },
    is_alert: standing.isAlert,
    ...timesOf(record),
    ...statusOf(record, standing),
    message: sentenceOf(record),
    metadata: metadataOf(record, origin),
    actor: actorOf(record),
    api: apiOf(record),
    src_endpoint: sourceOf(exchange?.ip),
    ...(exchange?.upstream ? { dst_endpoint: { svc_name: exchange.upstream } } : {}),
    ...resourcesOf(record),
    ...policyOf(record),
    ...(summary?.trace === undefined ? {} : { trace: { uid: summary.trace } }),
    unmapped: {
      ...{ record: record.record, step: step.kind, revision: step.revision },
      ...restOf(record),
    },
  };
}

function timesOf({ record, step, exchange }: ExportRecord) {
  const time = Math.round(step.at);
  if (record !== 'exchange' || exchange?.closedAt === undefined) return { time };
  const start = Math.round(exchange.openedAt);
  const end = Math.round(exchange.closedAt);
  return { time, start_time: start, end_time: end, duration: Math.max(0, end - start) };
}

function statusOf({ record, step, exchange, summary }: ExportRecord, { act }: Standing) {
  const isDone = ['allowed', 'approved'].includes(act);
  const isOpen = act === 'held' || (act === 'ended' && record !== 'exchange');
  const [id, status] = isOpen ? [99, act] : isDone ? [1, 'Success'] : [2, 'Failure'];
  const code = summary?.code ?? (record === 'exchange' ? exchange?.outcome : undefined);
  const reason = summary?.reason ?? step.detail?.reason;
  return {
    ...{ status_id: id, status },
    ...(code === undefined ? {} : { status_code: code }),
    ...(typeof reason === 'string' ? { status_detail: reason } : {}),
  };
}

function metadataOf({ id, record, step, summary, cut }: ExportRecord, origin: ExportOrigin) {
  const traced = summary?.trace === undefined ? [] : ['trace'];
  return {
    version: VERSION,
    product: { name: 'Sallyport', vendor_name: 'Sallyport', version: origin.version },
    profiles: ['security_control', ...traced],
    ...{ uid: id, correlation_uid: step.exchange, sequence: step.position },
    ...{ event_code: record, log_name: 'transcripts', log_provider: 'sallyport' },
    ...{ original_time: new Date(step.at).toISOString(), loggers: [{ name: origin.gate }] },
    ...(cut ? { is_truncated: true } : {}),
  };
}

function resourcesOf({ exchange }: ExportRecord) {
  const { target, method = '', upstream } = exchange ?? {};
  if (target === undefined) return {};
  const type = method.split('/')[0]?.replace(/s$/, '') ?? '';
  return { resources: [{ name: target, type, ...(upstream ? { namespace: upstream } : {}) }] };
}

/** The rule that decided. */
function policyOf({ step, exchange, summary }: ExportRecord) {
  const rule = summary?.rule ?? exchange?.rule;
  const effect = summary?.effect ?? exchange?.effect;
  const { revision: version } = step;
  const named = rule === undefined ? undefined : { uid: rule, name: rule, version, is_applied: true }; // biome-ignore format: one line says it
  return {
    ...(named ? { policy: named } : {}),
    ...(effect === undefined
      ? {}
      : { authorizations: [{ decision: effect, ...(named ? { policy: named } : {}) }] }),
  };
}

function restOf({ step, exchange, summary }: ExportRecord) {
  const approvals = summary?.approvals ?? [];
  return {
    ...(exchange?.outcome === undefined ? {} : { outcome: exchange.outcome }),
    ...(summary === undefined ? { detail: step.detail } : { masked: summary.masked }),
    ...(summary?.partial ? { partial: true } : {}),
    ...(summary && summary.would.length > 0 ? { would: summary.would } : {}),
    ...(approvals.length > 0 ? { approvals } : {}),
  };
}
