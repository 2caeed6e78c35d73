import { describe, expect, it } from 'vitest';
import { toolFact } from '../../src/pipeline/tool-fact.ts';
import { find, path, testContext } from '../support/masks.ts';

const facts = {
  annotations: { title: 'Mail eve@example.org', readOnlyHint: true },
  title: 'Mail',
  description: 'Writes to eve@example.org.',
  flags: [],
};
const read = (...masks: Parameters<typeof toolFact>[1]) =>
  JSON.parse(toolFact(facts, masks, testContext).facts);

describe('what transcripts keep of a tool', () => {
  it('is what rules may read of it', () => {
    expect(read()).toEqual(facts);
  });

  it('lacks what masks would change, and says that it is there', () => {
    expect(read(find(['email']))).toEqual({
      annotations: { title: null, readOnlyHint: true },
      ...{ title: 'Mail', description: null, flags: [] },
    });
  });

  it('lacks all texts where a mask can not be applied here', () => {
    const analyzed = find(['presidio']);
    expect(read(analyzed)).toMatchObject({ title: null, description: null, flags: [] });
  });

  it.each([
    ['tools[*].description', { description: null, title: 'Mail', annotations: facts.annotations }],
    ['tools[*].annotations', { annotations: { title: null, readOnlyHint: true } }],
    ['tools', { title: null, description: null }],
    ['**.title', { title: null, annotations: { title: null, readOnlyHint: true } }],
    ['content[*].title', facts],
  ])('lacks what a mask of %s would change in a list of tools', (text, kept) => {
    expect(read(path(text))).toMatchObject(kept);
  });

  it('is found once for the same tool and masks', () => {
    const mask = find(['email']);
    const once = toolFact(facts, [mask], testContext);
    expect(toolFact(facts, [mask], testContext)).toBe(once);
    expect(toolFact(facts, [], testContext).digest).not.toBe(once.digest);
    expect(toolFact({ ...facts }, [mask], testContext).digest).toBe(once.digest);
  });
});
