import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/model/json.ts';
import { formatProblem } from '../../src/model/position.ts';
import { checkArguments, type KnownTool } from '../../src/policy/check/check-arguments.ts';
import { compilePolicies } from '../../src/policy/compile.ts';

const schema: Json = {
  type: 'object',
  properties: {
    sql: { type: 'string' },
    limit: { anyOf: [{ type: 'integer' }, { type: 'null' }] },
    mode: { enum: ['fast', 'exact'] },
    rows: { type: 'array', items: { $ref: '#/$defs/row' } },
    open: { type: 'object' },
    map: { type: 'object', additionalProperties: { type: 'number' } },
    either: {
      oneOf: [
        { type: 'object', properties: { a: {} } },
        { type: 'object', properties: { b: {} } },
      ],
    },
    tree: { $ref: '#/$defs/tree' },
    away: { $ref: 'https://elsewhere.test/schema' },
    pair: { type: 'array', prefixItems: [{ type: 'string' }, { type: 'number' }], items: false },
  },
  $defs: {
    row: { type: 'object', properties: { id: { type: 'string' } }, additionalProperties: false },
    tree: {
      type: 'object',
      properties: { kids: { type: 'array', items: { $ref: '#/$defs/tree' } } },
    },
  },
};
const db: readonly KnownTool[] = [
  { name: 'query', inputSchema: schema },
  { name: 'count', inputSchema: { type: 'object', properties: { table: { type: 'string' } } } },
  { name: 'free', inputSchema: { type: 'object' } },
];

function problems(rule: object, upstreams = ['db'], tools: readonly KnownTool[] = db): string[] {
  const base = { id: 'r', on: { tools: ['query'] }, then: 'block' };
  const text = JSON.stringify({
    apiVersion: 'sallyport/v1',
    upstreams,
    rules: [{ ...base, ...rule }],
  });
  const { policies } = compilePolicies([{ file: 'p.yaml', text }]);
  if (!policies) throw new Error(text);
  return checkArguments(policies.rules, new Map([['db', tools]])).map(formatProblem);
}
const about = (when: object) =>
  problems({ when }).map((line) => line.replace(/^\S+ warning POLICY_/, ''));

describe('an argument that the schema does not have is found', () => {
  it.each<[string, string]>([
    ['args.limt', 'UNKNOWN_ARGUMENT query takes no "args.limt"; did you mean "limit"?'],
    ['args.sql.x', 'UNKNOWN_ARGUMENT query takes no "args.sql.x"'],
    ['args.rows[*].ident', 'UNKNOWN_ARGUMENT query takes no "args.rows[*].ident"; known: id'],
    ['args.rows[0].x', 'UNKNOWN_ARGUMENT query takes no "args.rows[0].x"; known: id'],
    ['args.rows.id', 'UNKNOWN_ARGUMENT query takes no "args.rows.id"'],
    ['args.either.c', 'UNKNOWN_ARGUMENT query takes no "args.either.c"; did you mean "b"?'],
    [
      'args.tree.kids[0].kids[*].x',
      'UNKNOWN_ARGUMENT query takes no "args.tree.kids[0].kids[*].x"; known: kids',
    ],
    ['args.pair[2]', 'UNKNOWN_ARGUMENT query takes no "args.pair[2]"'],
  ])('%s', (path, expected) => {
    const [first = ''] = about({ [path]: 'exists' });
    if (expected.includes(';')) expect(first).toBe(expected);
    else expect(first.split(';')[0]).toBe(expected);
  });

  it.each([
    'args.sql',
    'args.rows[*].id',
    'args.open.anything',
    'args.map.any',
    'args.either.b',
    'args.tree.kids[0].kids[*].kids',
    'args.away.x',
    'args.**',
    'args.rows.**',
    'args.pair[1]',
    'args[*]',
  ])('and %s is not', (path) => {
    expect(about({ [path]: 'exists' })).toEqual([]);
  });
});

describe('a value that the schema excludes is found', () => {
  it.each<[object, string]>([
    [
      { 'args.sql': { gt: 5 } },
      'ARGUMENT_TYPE "gt" needs number or integer, and "args.sql" is string',
    ],
    [
      { 'args.limit': { matches: '^1' } },
      'ARGUMENT_TYPE "matches" needs string, and "args.limit" is null or integer',
    ],
    [
      { 'args.sql': { every: { eq: 'a' } } },
      'ARGUMENT_TYPE "every" needs array, and "args.sql" is string',
    ],
    [
      { 'args.mode': { in: ['fast', 'exakt'] } },
      'ARGUMENT_TYPE "args.mode" is never "exakt"; did you mean "exact"?',
    ],
    [{ 'args.map.x': { eq: 'a' } }, 'ARGUMENT_TYPE "eq" needs string, and "args.map.x" is number'],
    [
      { 'args.limit': { length: 5 } },
      'ARGUMENT_TYPE "length" needs string or array or object, and "args.limit" is null or integer',
    ],
  ])('%j', (when, expected) => {
    expect(about(when)).toEqual([expected]);
  });

  it.each<[object]>([
    [{ 'args.limit': { lte: 5 } }],
    [{ 'args.limit': { eq: null } }],
    [{ 'args.mode': { eq: 'fast' } }],
    [{ 'args.rows': { every: { exists: true } } }],
    [{ 'args.rows': { contains: 'a' } }],
    [{ 'args.open.x': { eq: 5 } }],
    [{ 'args.sql': { type: 'string' } }],
  ])('and %j is not', (when) => {
    expect(about(when)).toEqual([]);
  });
});

describe('rules are compared only with what is known', () => {
  const when = { 'args.nothing': 'exists' };
  it('of all their tools, none of which has the argument', () => {
    const tools = (...names: string[]) => problems({ on: { tools: names }, when });
    expect(tools('query', 'count')).toHaveLength(1);
    expect(tools('query', 'free')).toEqual([]);
    expect(tools('*')).toEqual([]);
    expect(
      problems({ on: { tools: ['query', 'count'] }, when: { 'args.table': 'exists' } }),
    ).toEqual([]);
  });

  it('and not where they are about other messages, or upstreams of which nothing is known', () => {
    expect(problems({ on: { tools: ['query'], methods: ['ping'] }, when })).toEqual([]);
    expect(problems({ when }, ['db', 'crm'])).toEqual([]);
    expect(problems({ when }, ['d*'])).toHaveLength(1);
    expect(problems({ on: { tools: ['query'] }, when }, ['db'], [{ name: 'query' }])).toEqual([]);
  });

  it('and a tool that an upstream does not have is named', () => {
    expect(problems({ on: { tools: ['querry'] } })[0]).toMatch(
      /POLICY_UNKNOWN_TOOL db has no tool "querry"; did you mean "query"\?$/,
    );
    expect(problems({ on: { tools: ['querry*'] } })).toEqual([]);
    expect(problems({ on: { tools: ['querry'] } }, ['d*'])).toEqual([]);
  });

  it('unless that is silenced', () => {
    const silence = { code: 'POLICY_UNKNOWN_ARGUMENT', reason: 'the schema is behind' };
    expect(problems({ when, silence })).toEqual([]);
  });

  it.each<[string, Json]>([
    ['a reference to itself', { $ref: '#' }],
    ['a reference to nothing', { $ref: '#/nowhere' }],
    ['a reference that is odd', { $ref: '#/%zz' }],
    ['no object', true],
    ['text', 'schema'],
    ['null', null],
  ])('and %s as a schema harms nothing', (_name, inputSchema) => {
    expect(() => problems({ when }, ['db'], [{ name: 'query', inputSchema }])).not.toThrow();
  });
});
