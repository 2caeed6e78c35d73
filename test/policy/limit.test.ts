import { describe, expect, it } from 'vitest';
import { type Json, parseJson } from '../../src/model/json.ts';
import { ABSENT, UNAVAILABLE } from '../../src/policy/subject.ts';
import { ana, policiesOf, type RuleText, subjectOf } from '../support/policies.ts';

type Facts = Parameters<typeof subjectOf>[0];
const limit = { calls: 3, per: '1h' };
const rule = (limits: unknown, id = 'a'): RuleText => ({
  id,
  on: { tools: ['*'] },
  then: 'allow',
  limit: limits,
});
const claims = (limits: unknown, facts: Facts = {}, id = 'a') =>
  policiesOf([rule(limits, id)]).judge(subjectOf(facts)).limits;
const keyOf = (limits: unknown, facts: Facts = {}, id = 'a') => claims(limits, facts, id)[0]?.key;
/** The key of a limit by two arguments. */
const keyBy = (args: Json) => keyOf({ ...limit, by: ['args.x', 'args.y'] }, { args });

describe('what a message claims of a limit', () => {
  it('is its numbers, and a key that shows nothing of what it counts by', () => {
    const [claim] = claims(
      { ...limit, by: 'args.iban' },
      { args: { iban: 'DE02120300000000202051' } },
    );
    expect(claim).toMatchObject({ rule: 'a', calls: 3, per: 3_600_000 });
    expect(claim?.key).toMatch(/^[\w-]{43}$/);
  });

  it('is the same for two messages of one caller, and another for another caller', () => {
    const at = (sub: string, issuer = ana.issuer) =>
      keyOf(limit, { identity: { ...ana, sub, issuer } });
    expect(at('ana')).toBe(keyOf(limit));
    expect(at('bob')).not.toBe(keyOf(limit));
    expect(at('ana', 'https://other.test')).not.toBe(keyOf(limit));
  });

  const apart: readonly (readonly [string, Json, Json])[] = [
    ['a list and its text', { x: ['a', 'b'] }, { x: 'a,b' }],
    ['a list and its JSON', { x: ['a', 'b'] }, { x: '["a","b"]' }],
    ['values that stand together', { x: 'a', y: 'bc' }, { x: 'ab', y: 'c' }],
    ['the places of values', { x: 'a' }, { y: 'a' }],
    ['null and nothing', { x: null }, {}],
    ['a number and its text', { x: 1 }, { x: '1' }],
    ['true and its text', { x: true }, { x: 'true' }],
    ['an empty list, an empty object', { x: [] }, { x: {} }],
    [
      'neighbours that a double can not tell apart',
      parseJson('{"x":9007199254740993}'),
      parseJson('{"x":9007199254740992}'),
    ],
    ['what a minus tells', { x: -1 }, { x: 1 }],
    ['nothing and the text that stands for it', {}, { x: '-' }],
  ];
  it.each(apart)('tells apart: %s', (_, some, other) => {
    expect(keyBy(some)).not.toBe(keyBy(other));
  });

  const alike: readonly (readonly [string, string, string])[] = [
    ['the order of members', '{"x":{"a":1,"b":2}}', '{"x":{"b":2,"a":1}}'],
    ['zeros of a fraction', '{"x":1.50}', '{"x":1.5}'],
    [
      'how a large number is written',
      '{"x":12345678901234567890}',
      '{"x":1.2345678901234567890e19}',
    ],
    ['zeros of a large number', '{"x":0.30000000000000004}', '{"x":0.300000000000000040}'],
    ['a power of ten', '{"x":1200}', '{"x":1.2e3}'],
  ];
  it.each(alike)('is the same whatever %s', (_, some, other) => {
    expect(keyBy(parseJson(some))).toBe(keyBy(parseJson(other)));
  });

  it('is found out in linear time, whatever digits a number has', () => {
    const of = (x: string) => keyBy(parseJson(`{"x":${x}}`));
    const zeros = '0'.repeat(1_000_000);
    expect(of(`1${zeros}1`)).not.toBe(of(`1${zeros}2`));
    const nines = '9'.repeat(1_000_000);
    expect(of(`1e${nines}`)).toBe(of(`1e${nines}`));
    expect(of(`1e${nines}`)).not.toBe(of(`2e${nines}`));
    expect(of(`1234567890123456789e${zeros}5`)).toBe(of('1234567890123456789e5'));
  });

  it('has no key where what it counts by can not be told', () => {
    expect(
      keyOf({ ...limit, by: 'tool.annotations.title' }, { tool: UNAVAILABLE }),
    ).toBeUndefined();
    expect(keyOf({ ...limit, by: 'args.x.y' }, { args: { x: 'text' } })).toBeUndefined();
    expect(keyOf({ ...limit, by: 'args.x' }, { args: ABSENT })).toBeDefined();
  });

  it('does not depend on the numbers of the limit, so that a reload goes on counting', () => {
    expect(keyOf({ calls: 9, per: '1d' })).toBe(keyOf(limit));
    expect(keyOf(limit, {}, 'b')).not.toBe(keyOf(limit));
  });

  it('does not depend on the order of limits, and parts those that count by the same', () => {
    const minute = { calls: 1, per: '1m' };
    const [a, b] = claims([limit, minute]);
    const [c, d] = claims([minute, limit]);
    expect(a?.key).not.toBe(b?.key);
    expect([a?.key, b?.key]).toEqual([d?.key, c?.key]);
  });

  it('does not depend on how the paths are written', () => {
    const by = (...paths: string[]) => keyOf({ ...limit, by: paths }, { args: { x: 1 } });
    expect(by('identity.sub', 'args.x')).toBe(by('args["x"]', 'identity.sub', 'args.x'));
  });
});
