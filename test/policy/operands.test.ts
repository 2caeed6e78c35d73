import { describe, expect, it } from 'vitest';
import { compilePolicies } from '../../src/policy/compile.ts';
import { judgeCondition, judgeValue } from '../support/policies.ts';

/** Operands that an operator doesn't take. */
const refused: Readonly<Record<string, readonly unknown[]>> = {
  eq: [[1], { a: 1 }],
  ne: [['a'], {}],
  in: ['a', 5, [['a']], [{}], {}],
  not_in: ['a', [{}], true],
  contains: [['a'], {}],
  starts_with: [5, true, null, [5], {}],
  ends_with: [5, [null], {}],
  glob: [5, [true], {}],
  matches: [5, ['a'], '(', 'a(?=b)', '(a)\\1', {}],
  gt: [true, null, [], {}],
  gte: [false, [1]],
  lt: [null, {}],
  lte: [[], true],
  length: ['a', [1], null, true],
  exists: [false, 1, 'yes', [], {}],
  absent: [false, 0, null],
  type: ['text', 5, ['string', 'float'], {}],
  cidr: [5, 'a', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8/8', '10.0.0.0/-1', '::/129', '::/1e1', {}],
  url_host: [5, 'a b', 'example.com:80', 'example.com/x', '*.x:1', ['ok', '@'], {}],
  url: ['a', [], {}, { hots: 'a' }, { port: '80' }, { scheme: 5 }, { credentials: 'none' }],
  path_within: [5, {}, '/a\\b', '~/x', 'C:/x', '/a/%2e%2e', ['/a', '']],
  every: ['all', 5, [], {}, { like: 'a' }],
  some: [true, {}],
  none: [['a'], {}],
  detects: ['phones', ['email', 'phones'], 5, {}],
  time: ['noon', {}, { days: 'monday' }, { from: '8:00' }, { zone: 'Mars' }, []],
};

/** `10.0.0.0/8` and the like at the edge of what is taken. */
const taken: readonly [operator: string, operand: unknown][] = [
  ['cidr', '10.0.0.0/32'],
  ['cidr', '0.0.0.0/0'],
  ['cidr', '::/128'],
  ['cidr', '::1'],
  ['url_host', '[::1]'],
  ['type', ['integer', 'null']],
  ['length', 0],
];

function codesOf(operator: string, operand: unknown): readonly string[] {
  const rule = { id: 'a', when: { 'args.x': { [operator]: operand } }, then: 'block' };
  const text = JSON.stringify({ apiVersion: 'sallyport/v1', upstreams: ['db'], rules: [rule] });
  return compilePolicies([{ file: 'p.json', text }])
    .problems.filter(({ severity }) => severity === 'error')
    .map(({ code }) => code);
}

describe('operands', () => {
  for (const [operator, list] of Object.entries(refused)) {
    it.each(list.map((one) => JSON.stringify(one)))(`of ${operator} are not %s`, (operand) => {
      expect(codesOf(operator, JSON.parse(operand))).not.toEqual([]);
    });
  }

  it.each(taken)('of %s may be %j', (operator, operand) => {
    expect(codesOf(operator, operand)).toEqual([]);
  });
});

describe('one of several operands is enough', () => {
  it.each([
    ['detects', ['payment-card', 'email'], 'ana@example.com', '42'],
    ['starts_with', ['b', 'a'], 'ax', 'cx'],
    ['ends_with', ['b', 'a'], 'xa', 'xc'],
    ['glob', ['b*', 'a*'], 'ax', 'cx'],
    ['cidr', ['10.0.0.0/8', '192.168.0.0/16'], '192.168.1.1', '11.0.0.1'],
    ['url_host', ['b.test', 'a.test'], 'https://a.test', 'https://c.test'],
    ['path_within', ['/b', '/a'], '/a/x', '/c'],
    ['type', ['number', 'string'], 'a', true],
    ['in', ['b', 'a'], 'a', 'c'],
  ])('for %s', (operator, operand, good, bad) => {
    expect(judgeValue({ [operator]: operand }, good)).toBe('holds');
    expect(judgeValue({ [operator]: operand }, bad)).toBe('fails');
  });
});

describe('a value that is too deep to be walked', () => {
  const levels = 100_000;
  let deep: object = {};
  for (let i = 0; i < levels; i++) deep = { a: deep };

  it('can’t be judged', () => {
    expect(judgeCondition({ 'args.**': { eq: 'a' } }, { args: deep as never })).toBe('unjudged');
  });
});
