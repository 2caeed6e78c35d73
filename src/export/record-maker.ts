import type { ExchangeRecord } from '../model/transcript.ts';
import { summaryOf } from '../replay/export/exchange-summary.ts';
import type { ExportRecord, RecordKind } from '../replay/export/export-record.ts';
import type { RecordMode } from '../replay/export/formats.ts';
import type { FedStep, StepSource } from './contract.ts';

export interface RecordMakerOptions {
  readonly source: Pick<StepSource, 'around' | 'payload' | 'caller'>;
  readonly records: RecordMode;
  readonly payloads: boolean;
  readonly fits: (exchange: ExchangeRecord | undefined) => boolean;
}

/** Makes records of steps. */
export class RecordMaker {
  readonly #options: RecordMakerOptions;

  constructor(options: RecordMakerOptions) {
    this.#options = options;
  }

  /** Payloads are read with steps, and not afterwards. */
  get readsPayloads(): boolean {
    return this.#options.payloads && this.#options.records === 'steps';
  }

  /** The record that a step makes; undefined where it makes none, or none that is wanted. */
  make(fed: FedStep): ExportRecord | undefined {
    const { records, fits, source } = this.#options;
    const kind = records === 'steps' ? 'step' : kindOf(fed);
    if (kind === undefined) return undefined;
    // What an exchange was like within is known by its steps only, and those are much to read.
    const isAsItIs = kind === 'step' || kind === 'exchange';
    if (isAsItIs && !fits(fed.exchange)) return undefined;
    const { step } = fed;
    const summary = this.#summary(kind, fed);
    const exchange = asOf(kind, fed, summary);
    if (!isAsItIs && !fits(exchange)) return undefined;
    const { identity } = exchange ?? {};
    const caller = identity === undefined ? undefined : source.caller(identity);
    return {
      id: `${step.exchange}/${step.seq}`,
      ...{ record: kind, step },
      ...(exchange ? { exchange } : {}),
      ...(caller ? { caller } : {}),
      ...(summary ? { summary } : {}),
    };
  }

  #summary(kind: RecordKind, { step, exchange }: FedStep): ExportRecord['summary'] {
    if (kind !== 'exchange' && kind !== 'blocked') return undefined;
    const { source, payloads } = this.#options;
    const around = source.around(step.exchange, step.position);
    const [first, ...others] = around;
    const text = payloads ? source.payload(step.position) : undefined;
    const last = text === undefined ? step : { ...step, payload: text };
    const opened = payloads && first && first.seq === 0 ? source.payload(first.position) : undefined; // biome-ignore format: one line says it
    const begun = first && opened !== undefined ? { ...first, payload: opened } : first;
    const steps = begun ? [begun, ...others] : others;
    return summaryOf({ of: kind, last, steps, exchange });
  }
}

/** The same record without its messages, where it would be too large with them. */
export function withoutPayloads(record: ExportRecord): ExportRecord {
  const { payload, ...step } = record.step;
  const { request, answer, ...summary } = record.summary ?? { masked: 0, would: [], approvals: [] };
  if (payload === undefined && request === undefined && answer === undefined) return record;
  return { ...record, step, ...(record.summary ? { summary } : {}), cut: true };
}

/** What a step means for whoever wants to know of exchanges only. */
function kindOf({ step: { kind }, ends }: FedStep): RecordKind | undefined {
  if (ends) return 'exchange';
  return kind === 'blocked' || kind === 'held' || kind === 'resolved' ? kind : undefined;
}

/**
 * The exchange as it was when the record came about: how it ended is known only from its end on, so that the same record
 * says the same whenever it is made.
 */
function asOf(
  kind: RecordKind,
  { exchange }: FedStep,
  summary: ExportRecord['summary'],
): ExchangeRecord | undefined {
  if (!exchange || kind === 'exchange') return exchange;
  const { closedAt: _, effect: __, rule: ___, ...head } = exchange;
  const open = { ...head, outcome: 'open' } as const;
  if (kind === 'held' || kind === 'resolved') return { ...open, effect: 'approve' };
  const { effect, rule } = summary ?? {};
  return { ...open, ...(effect ? { effect } : {}), ...(rule ? { rule } : {}) };
}
