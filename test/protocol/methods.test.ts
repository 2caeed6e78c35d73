import { describe, expect, it } from 'vitest';
import { argsOf, lacksTarget, methodRow, targetOf } from '../../src/protocol/methods.ts';
import { isSessionRevision } from '../../src/protocol/revisions.ts';

describe('what a message names', () => {
  it.each([
    ['tools/call', { name: 'query' }, { kind: 'tools', name: 'query' }],
    ['prompts/get', { name: 'p' }, { kind: 'prompts', name: 'p' }],
    ['resources/read', { uri: 'x://y' }, { kind: 'resources', name: 'x://y' }],
    ['resources/subscribe', { uri: 'x://y' }, { kind: 'resources', name: 'x://y' }],
    [
      'completion/complete',
      { ref: { type: 'ref/prompt', name: 'p' } },
      { kind: 'prompts', name: 'p' },
    ],
    [
      'completion/complete',
      { ref: { type: 'ref/resource', uri: 'x://{y}' } },
      { kind: 'resources', name: 'x://{y}' },
    ],
    ['notifications/resources/updated', { uri: 'x://y' }, { kind: 'resources', name: 'x://y' }],
    ['tools/list', { cursor: 'c' }, { kind: 'methods', name: 'tools/list' }],
    ['vendor/x', { name: 'query' }, { kind: 'methods', name: 'vendor/x' }],
  ])('%s %j is %j', (method, params, target) => {
    expect(targetOf(method, params)).toEqual(target);
    expect(lacksTarget(method, params)).toBe(false);
  });

  it.each([
    ['tools/call', undefined],
    ['tools/call', {}],
    ['tools/call', { name: 7 }],
    ['tools/call', { name: ['query'] }],
    ['resources/read', { name: 'x' }],
    ['completion/complete', { ref: { type: 'ref/tool', name: 'query' } }],
    ['completion/complete', { ref: 'p' }],
  ])('%s %j lacks it', (method, params) => {
    expect(lacksTarget(method, params)).toBe(true);
  });

  it('is needed of no unknown method, and none is known by what objects inherit', () => {
    for (const method of ['vendor/x', 'toString', '__proto__', 'constructor']) {
      expect(lacksTarget(method, {})).toBe(false);
      expect(methodRow(method)).toEqual({ grant: 'rule' });
    }
  });
});

it('arguments are those of the call, or the params as a whole', () => {
  const args = { a: 1 };
  expect(argsOf('tools/call', { name: 'x', arguments: args })).toBe(args);
  expect(argsOf('tools/call', { name: 'x' })).toBeUndefined();
  expect(argsOf('vendor/x', args)).toBe(args);
});

it('server requests and unknown methods need a rule', () => {
  for (const method of ['sampling/createMessage', 'elicitation/create', 'roots/list', 'vendor/x']) {
    expect(methodRow(method).grant).toBe('rule');
  }
});

it('knows the revisions of the session era', () => {
  expect(['2024-11-05', '2025-11-25'].map(isSessionRevision)).toEqual([true, true]);
  expect(['2026-07-28', '', '2025-11-25 '].map(isSessionRevision)).toEqual([false, false, false]);
});
