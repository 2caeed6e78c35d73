import type { IdentityFacts } from '../../src/model/identity.ts';
import type { Json } from '../../src/model/json.ts';
import type { ExchangeRecord, TranscriptEvent } from '../../src/model/transcript.ts';
import type { Recorded } from '../../src/replay/recorded-subject.ts';

export const START = Date.UTC(2026, 0, 31, 12);

export const facts = (sub: string, groups: readonly string[] = []): IdentityFacts => ({
  ...{ sub, issuer: 'https://issuer.test', groups, scopes: [], claims: {} },
});

interface RecordedFacts extends Partial<Omit<ExchangeRecord, 'identity'>> {
  /** Undefined leaves out what the token said. */
  readonly identity?: IdentityFacts | undefined;
  readonly params?: Json;
  /** Steps after the first. */
  readonly steps?: readonly Omit<TranscriptEvent, 'exchange' | 'seq' | 'at' | 'revision'>[];
  /** Facts of the first step. */
  readonly opened?: TranscriptEvent['detail'];
  readonly payload?: string;
}

let count = 0;

/** Ids and times begin anew, for tests that expect them: files that run in one process share the count. */
export function recordAnew(): void {
  count = 0;
}

/** An exchange as the pipeline records it: by default an answered call of `query` at `db` by ana, an analyst. */
export function recorded({
  identity = facts('ana', ['analysts']),
  params,
  steps = [{ kind: 'forwarded' }, { kind: 'answered', payload: '{"result":{}}' }],
  opened,
  payload,
  ...record
}: RecordedFacts = {}): Recorded {
  const n = ++count;
  const id = `01a1fd25-0000-7000-8000-${String(n).padStart(12, '0')}`;
  const method = record.method ?? 'tools/call';
  const openedAt = START + n * 1000;
  const text = payload ?? JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
  const first = {
    kind: 'opened' as const,
    detail: { direction: 'up', kind: 'request', ...opened },
  };
  const events = [{ ...first, payload: text }, ...steps].map((step, seq) => ({
    ...{ exchange: id, seq, at: openedAt + seq, revision: 'r1', ...step },
  }));
  return {
    record: {
      ...{ id, openedAt, upstream: 'db', method, revision: 'r1', outcome: 'answered' },
      ...{ session: 's1', sub: identity?.sub ?? 'ana', issuer: 'https://issuer.test' },
      ...{ ip: '127.0.0.1', effect: 'allow', agent: 'agent/1' },
      ...record,
    },
    events,
    ...(identity ? { identity } : {}),
  };
}

/** A call of a tool. */
export function called(tool: string, args: Json, more: RecordedFacts = {}): Recorded {
  return recorded({ target: tool, params: { name: tool, arguments: args }, ...more });
}
