import { describe, expect, it } from 'vitest';
import { MaskCounts } from '../../src/pipeline/mask-counts.ts';
import { answer, request, TestGate } from '../support/gate.ts';

const secret = 'eve@example.org';
const rules = [
  { id: 'all', on: { tools: ['query'] }, then: 'allow' },
  { id: 'hide', mask: [{ find: ['email'] }, { path: 'structuredContent.pin' }] },
] as const;
const call = request('tools/call', { name: 'query', arguments: {} });

describe('what masks have found', () => {
  it('is counted by rule, upstream, detector or path, and masker', async () => {
    const gate = new TestGate(rules as never);
    const result = { content: [{ type: 'text', text: `${secret} bob@example.org` }] };
    await gate.pass(call, answer({ ...result, structuredContent: { pin: 1 } }));
    await gate.pass(call, answer(result));
    const { maskCounts } = gate.gate;
    const kind = { rule: 'hide', upstream: 'db', masker: 'redact' };
    expect(maskCounts.counts()).toHaveLength(2);
    expect(maskCounts.counts()).toEqual(
      expect.arrayContaining([
        { ...kind, what: 'email', findings: 4 },
        { ...kind, what: 'structuredContent.pin', findings: 1 },
      ]),
    );
    expect(maskCounts.messages()).toEqual({ masked: 2, aside: 0, failed: 0 });
    expect(JSON.stringify(maskCounts.counts())).not.toContain('example');
  });

  it('is counted as one beyond ten thousand kinds', () => {
    const counts = new MaskCounts();
    const report = { what: 'email', masker: 'redact', count: 2, places: [] } as const;
    for (let i = 0; i < 10_050; i++) counts.note([{ ...report, rule: `r${i}` }], 'db');
    expect(counts.counts()).toHaveLength(10_001);
    expect(counts.counts().at(-1)).toMatchObject({ rule: 'other', findings: 100 });
  });
});
