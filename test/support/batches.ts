import type {
  EventKind,
  ExchangeEnd,
  ExchangeHead,
  TranscriptBatch,
  TranscriptEvent,
} from '../../src/model/transcript.ts';

export function head(id: string, facts: Partial<ExchangeHead> = {}): ExchangeHead {
  return { id, openedAt: 1000, upstream: 'db', method: 'tools/call', revision: 'r1', ...facts };
}

export function step(exchange: string, seq: number, facts: Partial<TranscriptEvent> = {}) {
  const kind: EventKind = seq === 0 ? 'opened' : 'received';
  return { exchange, seq, at: 1000.25 + seq, kind, revision: 'r1', ...facts };
}

export function end(id: string, facts: Partial<ExchangeEnd> = {}): ExchangeEnd {
  return { id, closedAt: 2000.5, outcome: 'answered', ...facts };
}

/** An exchange that opens, with `steps` steps. */
export function opening(id: string, steps = 1, facts: Partial<ExchangeHead> = {}): TranscriptBatch {
  const events = Array.from({ length: steps }, (_, seq) => step(id, seq));
  return { opened: [head(id, facts)], events, closed: [] };
}

export function closing(id: string, facts: Partial<ExchangeEnd> = {}): TranscriptBatch {
  return { opened: [], events: [], closed: [end(id, facts)] };
}
