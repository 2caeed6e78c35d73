import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { ExportFigures } from '../export/export-news.ts';
import type { MaskCounts } from '../pipeline/mask-counts.ts';
import type { GateFigures } from '../pipeline/relay.ts';
import type { RuleCount } from '../pipeline/rule-counts.ts';
import { version } from '../version.ts';
import { type ApprovalMetrics, approvalMetrics } from './approvals/approvals-metrics.ts';
import { exportMetrics } from './export-metrics.ts';
import type { AdminAnswer, Route } from './route.ts';

export interface MetricsOptions {
  /** What rules have done since the gate started, by their id. */
  readonly counts: () => ReadonlyMap<string, RuleCount>;
  readonly maskCounts: Pick<MaskCounts, 'counts' | 'messages'>;
  readonly figures: () => GateFigures;
  /** The revision in force; undefined while nothing is. */
  readonly revision: () => string | undefined;
  /** Left out where nobody is asked. */
  readonly approvals?: ApprovalMetrics | undefined;
  /** Left out where nothing is exported. */
  readonly exports?: (() => readonly ExportFigures[]) | undefined;
}

/** Rules that are counted by name; the others are counted as one. */
const MAX_RULES = 10_000;
const OTHER = 'other';

/** What the gate counts, for Prometheus, and what masks have found as JSON. Names of a policy, never a value. */
export function metricRoutes(options: MetricsOptions): Route[] {
  const needs = 'metrics:read';
  let registry: Registry | undefined;
  const metrics = async (): Promise<AdminAnswer> => {
    registry ??= registryOf(options);
    return { body: await registry.metrics(), type: registry.contentType };
  };
  const masks = async (): Promise<AdminAnswer> => {
    const { maskCounts } = options;
    return { body: { messages: maskCounts.messages(), masks: maskCounts.counts() } };
  };
  return [
    { method: 'GET', path: '/metrics', needs, serve: metrics },
    { method: 'GET', path: '/v1/masks', needs, serve: masks },
  ];
}

function registryOf(options: MetricsOptions): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  gateMetrics(options, registers);
  ruleMetrics(options, registers);
  maskMetrics(options, registers);
  if (options.approvals) approvalMetrics(options.approvals, registry);
  if (options.exports) exportMetrics(options.exports, registry);
  return registry;
}

function gateMetrics({ figures, revision }: MetricsOptions, registers: Registry[]): void {
  const gauge = (name: string, help: string, value: () => number) =>
    new Gauge({
      ...{ name: `sallyport_${name}`, help, registers },
      collect() {
        this.set(value());
      },
    });
  gauge('calls', 'Calls under way.', () => figures().calls);
  gauge('sessions', 'Open sessions.', () => figures().sessions);
  new Gauge({
    name: 'sallyport_info',
    help: 'The version, and the revision of the policies in force; always 1.',
    labelNames: ['version', 'revision'] as const,
    registers,
    collect() {
      this.reset();
      this.set({ version: version(), revision: revision() ?? '' }, 1);
    },
  });
}

function ruleMetrics({ counts }: MetricsOptions, registers: Registry[]): void {
  new Counter({
    name: 'sallyport_rule_messages_total',
    help: 'Messages that a rule matched, decided, would have decided (in shadow), or refused by a limit.',
    labelNames: ['rule', 'how'] as const,
    registers,
    collect() {
      this.reset();
      let known = 0;
      for (const [id, count] of counts()) {
        const rule = known++ < MAX_RULES ? id : OTHER;
        for (const [how, messages] of Object.entries(count)) this.inc({ rule, how }, messages);
      }
    },
  });
}

function maskMetrics({ maskCounts }: MetricsOptions, registers: Registry[]): void {
  new Counter({
    name: 'sallyport_masked_findings_total',
    help: 'Findings that masks have hidden. The detector is its name, the path, or the glob of a field.',
    labelNames: ['rule', 'upstream', 'detector', 'masker'] as const,
    registers,
    collect() {
      this.reset();
      for (const { rule, upstream, what, masker, findings } of maskCounts.counts()) {
        this.inc({ rule, upstream, detector: what, masker }, findings);
      }
    },
  });
  new Counter({
    name: 'sallyport_mask_messages_total',
    help: 'Messages in which something was masked, that were masked by another thread, or that could not be masked.',
    labelNames: ['how'] as const,
    registers,
    collect() {
      this.reset();
      for (const [how, messages] of Object.entries(maskCounts.messages())) {
        this.inc({ how }, messages);
      }
    },
  });
}
