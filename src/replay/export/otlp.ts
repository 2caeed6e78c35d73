import { exportJson } from './export-json.ts';
import type { ExportOrigin, ExportRecord } from './export-record.ts';
import type { Format } from './format.ts';
import { attributesOf, type OtlpAttribute, textAttribute } from './otlp-attributes.ts';
import { sentenceOf } from './sentence.ts';
import { type Standing, standingOf } from './standing.ts';

// OpenTelemetry protocol 1.x, logs as JSON (opentelemetry-proto, logs/v1/logs.proto; OTLP specification, "JSON Protobuf
// encoding": 64-bit integers are texts, ids are hexadecimal digits).

/** SeverityNumber of the logs data model by weight. */
const severities = {
  1: [9, 'INFO'],
  2: [13, 'WARN'],
  3: [17, 'ERROR'],
  4: [21, 'FATAL'],
} as const satisfies Record<Standing['weight'], unknown>;

/** The body of a request to /v1/logs; in files, one such document a line. */
export const otlp: Format = {
  type: 'application/json',
  extension: 'otlp.jsonl',
  line: (record) => exportJson(logRecordOf(record)),
  body: (lines, origin) => (lines.length === 0 ? '' : `${documentOf(lines, origin)}\n`),
};

function documentOf(lines: readonly string[], { gate, version }: ExportOrigin): string {
  const resource: OtlpAttribute[] = [
    textAttribute('service.name', 'sallyport'),
    textAttribute('service.version', version),
    textAttribute('host.name', gate),
  ];
  const scope = { name: 'sallyport.transcripts', version };
  return `{"resourceLogs":[{"resource":${JSON.stringify({ attributes: resource })},"scopeLogs":[{"scope":${JSON.stringify(scope)},"logRecords":[${lines.join(',')}]}]}]}`;
}

function logRecordOf(record: ExportRecord) {
  const { record: kind, step, summary } = record;
  const [severityNumber, severityText] = severities[standingOf(record).weight];
  const nanoseconds = String(BigInt(Math.round(step.at * 1_000)) * 1_000n);
  const trace = summary?.trace ?? step.detail?.trace;
  return {
    timeUnixNano: nanoseconds,
    observedTimeUnixNano: nanoseconds,
    ...{ severityNumber, severityText },
    eventName: kind === 'step' ? `sallyport.step.${step.kind}` : `sallyport.${kind}`,
    body: { stringValue: sentenceOf(record) },
    attributes: attributesOf(record),
    ...(typeof trace === 'string' && /^[0-9a-f]{32}$/.test(trace) ? { traceId: trace } : {}),
  };
}
