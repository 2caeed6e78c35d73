import { describe, expect, it } from 'vitest';
import { stepLines } from '../../src/cli/transcripts/step.ts';
import type { TranscriptEvent } from '../../src/model/transcript.ts';

const UNTIL = Date.parse('2026-08-01T10:15:00Z');

function lines(kind: 'held' | 'resolved', detail: TranscriptEvent['detail']): string[] {
  const event = { exchange: 'e', seq: 0, at: 0, kind, revision: 'r', ...(detail && { detail }) };
  return stepLines(event);
}

describe('a transcript of a call that waited', () => {
  it('says for what, until when, and how the client was kept', () => {
    const detail = { approval: 'a-1', rules: ['leads', 'dba'], until: UNTIL, how: ['comments'] };
    expect(lines('held', detail)).toEqual([
      'waits for approval a-1, until 2026-08-01T10:15:00.000Z',
      'asked for by: leads, dba',
      'the client is kept by: comments',
    ]);
  });

  it.each([
    [{ state: 'used', by: ['dora'] }, ['approval a-1 is used, decided by dora']],
    [
      { state: 'denied', by: 'dora', reason: 'not \u202e today' },
      ['approval a-1 is denied, decided by dora: not \\u202e today'],
    ],
    [
      { state: 'granted', by: 'bob', broke_glass: true, rules: ['leads'] },
      [
        'approval a-1 is granted, decided by bob',
        'asked for by: leads',
        'BREAK GLASS: the caller went ahead alone',
      ],
    ],
    [
      { state: 'granted', standing: { until: UNTIL, calls: 3 } },
      ['approval a-1 is granted', 'calls alike: until 2026-08-01T10:15:00.000Z, 3 made so far'],
    ],
    [
      { state: 'granted', standing: { for: 900_000, when: { 'args.id': { eq: 1 } } } },
      ['approval a-1 is granted', 'calls alike: for 15m, where {"args.id":{"eq":1}}'],
    ],
    [{ state: 'used', round: 2 }, ['approval a-1 is used', 'round: 2']],
  ])('says what has become of it: %j', (detail, said) => {
    expect(lines('resolved', { approval: 'a-1', ...detail })).toEqual(said);
  });
});
