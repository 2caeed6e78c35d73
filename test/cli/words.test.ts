import { describe, expect, it } from 'vitest';
import { policies } from '../../src/cli/policies.ts';
import { schema } from '../../src/cli/schema.ts';
import { serve } from '../../src/cli/serve.ts';
import { run } from './terminal.ts';

describe('a verb', () => {
  it.each([
    ['serve', serve, ['gate.yaml']],
    ['policies show', policies, ['show', 'orders', '--to', 'https://gate.test']],
    ['policies revisions', policies, ['revisions', '1', '--to', 'https://gate.test']],
    ['schema', schema, ['policy', 'test']],
  ])('refuses words that it has no use for: %s', async (_, verb, args) => {
    await expect(run(verb, '.', ...args)).rejects.toMatchObject({ code: 'USAGE' });
  });
});
