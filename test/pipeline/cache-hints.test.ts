import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import { withHints } from '../../src/pipeline/stages/cache-hints.ts';

const list = (result: JsonObject, params: JsonObject = {}) =>
  withHints(result, { method: 'tools/list', params });

describe('what a client may keep', () => {
  it.each([
    [3_600_000, 60_000],
    [1_500.7, 1_500],
    [0, 0],
    [-1, 0],
    [undefined, 0],
    ['9', 0],
  ])('is bounded: %j becomes %i', (ttlMs, expected) => {
    const result = { tools: [], cacheScope: 'public', ...(ttlMs === undefined ? {} : { ttlMs }) };
    const hints = { resultType: 'complete', ttlMs: expected, cacheScope: 'private' };
    expect(list(result)).toEqual({ tools: [], ...hints });
  });

  it.each([{ inputResponses: {} }, { requestState: 'x' }])(
    'is nothing of an answer to %j',
    (params) => expect(list({ ttlMs: 5_000 }, params).ttlMs).toBe(0),
  );

  it('is nothing of a question', () => {
    const asking = { resultType: 'input_required', inputRequests: {} };
    expect(list({ ...asking, ttlMs: 1, cacheScope: 'public' })).toEqual(asking);
  });

  it('is said of nothing else', () => {
    const task = { resultType: 'task', ttlMs: 90_000 };
    expect(withHints(task, { method: 'tools/call', params: {} })).toBe(task);
    const bare = withHints({ content: [] }, { method: 'tools/call', params: {} });
    expect(bare).toEqual({ content: [], resultType: 'complete' });
  });
});
