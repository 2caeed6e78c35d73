import { describe, expect, it } from 'vitest';
import { stepLines } from '../../src/cli/transcripts/step.ts';
import type { TranscriptEvent } from '../../src/model/transcript.ts';

const lines = (detail: TranscriptEvent['detail']) =>
  stepLines({
    exchange: 'e',
    seq: 0,
    at: 0,
    kind: 'masked',
    revision: 'r',
    ...(detail && { detail }),
  });

describe('a step of masking', () => {
  it('has a line for each mask: what, with, how often, by which rule, where', () => {
    const places = Array.from({ length: 7 }, (_, n) => `rows[${n}].mail`);
    const masks = [
      { rule: 'hide', what: 'email', with: 'token', count: 9, places },
      { rule: 'pay', what: 'structuredContent.rows[*].salary', with: 'round', count: 1, places: ['rows[0].salary'] },
      { rule: 'pay', what: 'iban', with: 'keep', count: 1 },
    ]; // biome-ignore format: one line a mask
    expect(lines({ masks, places: ['result.structuredContent'] })).toEqual([
      'email, token, 9 times by hide: rows[0].mail, rows[1].mail, rows[2].mail, rows[3].mail, rows[4].mail and others',
      'structuredContent.rows[*].salary, round, 1 time by pay: rows[0].salary',
      'iban, keep, 1 time by pay',
    ]);
  });

  it('says where the message changed if no mask does', () => {
    const masks = [{ rule: 'hide', what: 'email', with: 'redact', count: 1 }];
    expect(lines({ masks, places: ['result.a'], more: 3 })).toEqual([
      'email, redact, 1 time by hide',
      'masked: result.a and 3 more',
    ]);
  });

  it('reads the step of older transcripts, and what the gate takes off by itself', () => {
    const old = { rule: 'hide', what: 'email', count: 2, places: ['result.a', 'result.b'] };
    expect(lines(old)).toEqual(['email, 2 places by hide', 'masked: result.a, result.b']);
    expect(lines({ what: 'tasks (pruned)', count: 1 })).toEqual(['tasks (pruned), 1 place']);
    expect(lines({ odd: 1 })).toEqual(['odd: 1']);
    expect(lines(undefined)).toEqual([]);
  });

  it('says which tokens were put back, and which stay and why', () => {
    const tokens = { revealed: ['person:0123456789abcdef'], unknown: ['x:0123456789abcdef'] };
    expect(lines({ what: 'tokens', count: 1, tokens })).toEqual([
      'tokens, 1 time',
      'put back: person:0123456789abcdef',
      'left as text (unknown): x:0123456789abcdef',
    ]);
    const kept = { 'not granted': ['x:0123456789abcdef'] };
    expect(lines({ what: 'tokens', count: 0, tokens: kept })).toEqual([
      'tokens',
      'left as text (not granted): x:0123456789abcdef',
    ]);
  });

  it('lets nothing reach the terminal that it would obey', () => {
    const masks = [{ rule: '\x1b[1m', what: '\u202e', with: '\x07', count: 1, places: ['\x1b'] }];
    expect(lines({ masks, places: [] }).join()).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });
});
