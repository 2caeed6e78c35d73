import { describe, expect, it } from 'vitest';
import { maskText, revealText } from '../../src/cli/explain/mask-text.ts';
import type { TranscriptEvent } from '../../src/model/transcript.ts';
import { compilePolicies } from '../../src/policy/compile.ts';
import { tokenPlaces } from '../../src/replay/recorded-tokens.ts';
import { subjectOf } from '../support/policies.ts';

function judged(rule: object) {
  const text = JSON.stringify({
    apiVersion: 'sallyport/v1',
    rules: [{ id: 'r', on: { tools: ['query'] }, then: 'allow', ...rule }],
  });
  const { policies } = compilePolicies([{ file: 'p.yaml', text }]);
  if (!policies) throw new Error('it has errors');
  return policies.judge(subjectOf());
}

describe('an explanation tells', () => {
  it.each<[object, string]>([
    [{ find: ['email', 'phone'] }, 'email, phone redacted, in result'],
    [
      { find: 'email', in: ['args', 'result'], notice: true, across: true },
      'email redacted, in args and result, the model is told, also across messages',
    ],
    [{ path: 'args.a', with: { keep: { last: 4 } } }, 'args.a kept 0 first and 4 last, in args'],
    [{ fields: ['ssn', 'p*'], with: 'hash' }, 'fields ssn, p* hashed to 16 digits, in result'],
    [
      { find: 'email', with: { token: { scope: 'crm', expires: '7d' } } },
      'email as tokens called email of the scope crm for 7d, in result',
    ],
    [
      { fields: 'ssn', with: { token: { expires: '90s' } } },
      'fields ssn as tokens for 90s, in result',
    ],
    [{ path: 'a', with: { replace: 'x' } }, 'a replaced by "x", in result'],
    [{ path: 'a', with: 'remove' }, 'a removed, in result'],
    [{ path: 'a', with: null }, 'a made null, in result'],
    [{ path: 'a', with: { round: 1000 } }, 'a rounded to 1000, in result'],
    [{ path: 'a', with: 'generalize' }, 'a generalized to year, /24 and /48, in result'],
  ])('of the mask %j', (mask, expected) => {
    expect(judged({ mask }).masks.map(maskText)).toEqual([expected]);
  });

  it.each<[unknown, string]>([
    ['email', 'email'],
    [{ find: ['email', 'id'], scope: 'crm', path: 'args.to[0]' }, 'email, id of the scope crm in args.to[0]'], // biome-ignore format: a row
  ])('of the reveal %j', (reveal, expected) => {
    expect(judged({ reveal }).reveals?.map(revealText)).toEqual([expected]);
  });

  it('nothing of tests on tokens that were put back when the call was judged', () => {
    const [one, other] = ['email:0000000000000001', 'email:0000000000000002'];
    const detail = { what: 'tokens', tokens: { revealed: [one], unknown: [other] } };
    const event: TranscriptEvent = {
      exchange: 'x',
      revision: 'r',
      seq: 1,
      at: 0,
      kind: 'masked',
      detail,
    };
    const args = { to: one, cc: [other, `to ${one}`], [one]: 1, n: 5 };
    expect(tokenPlaces([event], subjectOf({ args }))).toEqual([
      ['args', 'to'],
      ['args', 'cc', 1],
      ['args'],
    ]);
    expect(tokenPlaces([], subjectOf({ args }))).toEqual([]);
  });
});
