import { createSecretKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { detectors } from '../../src/mask/detectors.ts';
import { applyMasks } from '../../src/mask/mask.ts';
import { maskerNames } from '../../src/mask/masker.ts';
import { compilePolicies } from '../../src/policy/compile.ts';
import { detectorSummaries } from '../../src/policy/detector-summaries.ts';
import { maskerSummaries } from '../../src/policy/masker-summaries.ts';
import { subjectOf } from '../support/policies.ts';

describe('the tables of the reference', () => {
  it('tell of every detector and masker, and of no other', () => {
    expect([...detectorSummaries.keys()].sort()).toEqual([...detectors.keys()].sort());
    expect([...maskerSummaries.keys()].sort()).toEqual([...maskerNames].sort());
  });

  const examples = [...detectorSummaries].flatMap(([name, { example }]) =>
    example === undefined ? [] : [[name, example] as const],
  );
  it.each(examples)('%s finds what its example says: %s', (name, example) => {
    const text = example.replace(/[«»]/g, '');
    const spans = detectors.get(name)?.find(text) ?? [];
    const marked = spans.map(({ start, end }) => text.slice(start, end));
    expect(marked).toEqual([/«(.*)»/.exec(example)?.[1]]);
  });

  it.each([...maskerSummaries])('%s gives what its example says', (_, summary) => {
    const text = `apiVersion: sallyport/v1
rules:
  - { id: r, on: { tools: [query] }, mask: { path: structuredContent.a, with: ${summary.with} } }`;
    const { policies } = compilePolicies([{ file: 'p.yaml', text }]);
    const masks = policies?.judge(subjectOf()).masks ?? [];
    const { value } = applyMasks({ structuredContent: { a: summary.before } }, masks, {
      place: 'data',
      side: 'result',
      context: { key: createSecretKey(new Uint8Array(32)), owner: 'https://issuer.test\nana' },
    });
    const after = summary.after === undefined ? {} : { a: summary.after };
    expect(value).toEqual({ structuredContent: after });
  });
});
