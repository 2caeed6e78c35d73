import type { Outcome } from '../../src/model/transcript.ts';
import type { ExportRecord } from '../../src/replay/export/export-record.ts';
import type { StoredEvent } from '../../src/store/contract.ts';

export const START = Date.UTC(2026, 0, 31, 12);
export const ORIGIN = { gate: 'gate-1', version: '1.2.3' };
/** What terminals obey, what ends lines, what formats have a meaning for, what is no character alone. */
export const HOSTILE = 'a|b=c\\d"e\r\nf\u2028g\x1b[2J\u202eh\u{e0041}i\ud800';

const EXCHANGE = '01a1fd25-0000-7000-8000-000000000001';

export function aStep(facts: Partial<StoredEvent> = {}): StoredEvent {
  return {
    ...{ position: 12, exchange: EXCHANGE, seq: 3, at: START + 12.345, kind: 'answered' },
    ...{ revision: 'r1', ...facts },
  };
}

/** A call of `query` at `db` by ana that was answered, unless told otherwise. */
export function aRecord({
  step = {},
  exchange = {},
  ...facts
}: Partial<Omit<ExportRecord, 'step' | 'exchange'>> & {
  readonly step?: Partial<StoredEvent>;
  readonly exchange?: Partial<NonNullable<ExportRecord['exchange']>>;
} = {}): ExportRecord {
  const outcome: Outcome = 'answered';
  const made = aStep(step);
  return {
    id: `${made.exchange}/${made.seq}`,
    record: 'exchange',
    step: made,
    exchange: {
      ...{ id: EXCHANGE, openedAt: START, closedAt: START + 12.5, upstream: 'db', outcome },
      ...{ method: 'tools/call', target: 'query', session: 's1', sub: 'ana', revision: 'r1' },
      ...{ issuer: 'https://login.test', client: 'cursor', agent: 'cursor/1.2', ip: '192.0.2.7' },
      ...{ protocol: '2025-11-25', effect: 'allow', rule: 'read', ...exchange },
    },
    caller: {
      ...{ sub: 'ana', issuer: 'https://login.test', email: 'ana@example.com' },
      ...{ groups: ['analysts'], scopes: [], claims: {} },
    },
    summary: { reason: 'Everybody reads.', masked: 2, would: [], approvals: [] },
    ...facts,
  };
}

const approval = { approval: 'ap-1', state: 'granted', by: ['bob'] };

/** A record of every kind that there is. */
export const records: Readonly<Record<string, ExportRecord>> = {
  answered: aRecord(),
  'answered with messages': aRecord({
    summary: {
      ...{ masked: 0, would: ['block by new-rule'], approvals: [approval] },
      ...{ trace: '0af7651916cd43dd8448eb211c80319c' },
      request: '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"n":12345678901234567890}}',
      answer: '{"jsonrpc":"2.0","id":1,"result":{"content":[]}}',
    },
  }),
  blocked: aRecord({
    step: { kind: 'blocked', detail: { reason: 'Nobody writes.' } },
    exchange: { outcome: 'blocked', effect: 'block', rule: 'deny-writes' },
    summary: { reason: 'Nobody writes.', masked: 0, would: [], approvals: [] },
  }),
  failed: aRecord({
    step: { kind: 'closed', detail: { outcome: 'failed' } },
    exchange: { outcome: 'failed' },
    summary: { reason: 'no answer', code: 'UPSTREAM_TIMEOUT', masked: 0, would: [], approvals: [] },
  }),
  cancelled: aRecord({ step: { kind: 'closed' }, exchange: { outcome: 'cancelled' } }),
  'of nobody, from nowhere': aRecord({
    exchange: {
      ...{ sub: undefined, issuer: undefined, client: undefined, agent: undefined },
      ...{ ip: undefined, session: undefined, upstream: '', method: 'transcripts/erase' },
    } as object,
    caller: undefined,
  } as object),
  'with nothing left of its exchange': {
    ...{ id: 'x-1/3', record: 'step', step: aStep({ detail: { a: 1 } }) },
  },
  held: aRecord({
    record: 'held',
    step: { kind: 'held', detail: { approval: 'ap-1', rules: ['ask'], until: START } },
    exchange: { outcome: 'open', effect: 'approve', ip: '2001:db8::7' },
    summary: undefined,
  } as object),
  denied: aRecord({
    record: 'resolved',
    step: { kind: 'resolved', detail: { approval: 'ap-1', state: 'denied', by: 'bob' } },
    exchange: { outcome: 'open' },
    summary: undefined,
  } as object),
  'broken glass': aRecord({
    summary: { masked: 0, would: [], approvals: [{ ...approval, brokeGlass: true }] },
  }),
  'a message within': aRecord({
    record: 'blocked',
    step: { kind: 'blocked', detail: { reason: 'No sampling.' } },
    exchange: { outcome: 'open', effect: 'block', rule: 'no-sampling' },
    summary: {
      ...{ reason: 'No sampling.', effect: 'block', rule: 'no-sampling' },
      ...{ masked: 0, would: [], approvals: [] },
    },
  }),
  'a step': aRecord({
    record: 'step',
    step: { seq: 0, kind: 'opened', detail: { direction: 'up' }, payload: '{"cut":' },
    summary: undefined,
  } as object),
  hostile: aRecord({
    step: { kind: 'blocked', detail: { reason: HOSTILE } },
    exchange: { outcome: 'blocked', target: HOSTILE, sub: HOSTILE, agent: HOSTILE, rule: HOSTILE },
    caller: {
      ...{ sub: HOSTILE, issuer: HOSTILE, email: HOSTILE },
      ...{ groups: [HOSTILE], scopes: [], claims: {} },
    },
    summary: { reason: HOSTILE, masked: 1, would: [HOSTILE], approvals: [], request: HOSTILE },
  }),
};
