import fc from 'fast-check';
import { type Json, parseJson } from '../../src/model/json.ts';
import { ABSENT, type Subject, type Target, UNAVAILABLE } from '../../src/policy/subject.ts';
import { anyValue, args } from './policy-arbitraries.ts';

const named = (kind: Target['kind'], ...names: readonly string[]) =>
  fc.constantFrom(...names).map((name): Target => ({ kind, name }));

const targets = fc.oneof(
  {
    weight: 5,
    arbitrary: named('tools', 'query', 'quit', 'list_a', 'drop', 'Query', 'q*', 'a/b', ''),
  },
  {
    weight: 2,
    arbitrary: named('resources', 'docs://a/b', 'docs://a', 'docs://', 'docs://a/b/c', 'x'),
  },
  { weight: 1, arbitrary: named('prompts', 'query', 'list_é') },
  { weight: 1, arbitrary: named('methods', 'ping', 'sampling/createMessage', 'x/y', 'x//') },
);
const methodOf = {
  tools: 'tools/call',
  resources: 'resources/read',
  prompts: 'prompts/get',
} as const;

const identities: fc.Arbitrary<Subject['identity']> = fc.record(
  {
    sub: fc.constantFrom('ana', 'a', 'ANA'),
    issuer: fc.constantFrom('https://issuer.test', 'https://example.com'),
    groups: fc.constantFrom<string[]>(['analysts'], [], ['a', 'dba'], ['5']),
    scopes: fc.constantFrom<string[]>(['mcp'], []),
    claims: fc.constantFrom(
      {},
      { tier: 2, org: { unit: 'a' } },
      { tier: '5', org: 'a', amr: ['hwk', 'ab'] },
      { tier: null, org: { unit: null }, deep: [{ a: ['ana@example.com'] }] },
      { tier: parseJson('12345678901234567890') },
    ),
    email: fc.constantFrom('ana@example.com', 'caf\u00e9@b\u00fccher.example'),
    client: fc.constantFrom('agent-7', 'a'),
    actor: fc.constantFrom('a', 'bot'),
  },
  { requiredKeys: ['sub', 'issuer', 'groups', 'scopes', 'claims'] },
);

const requests = fc.record(
  {
    upstream: fc.constantFrom('db', 'db', 'crm', 'docs', 'd/b'),
    now: fc.constantFrom(Date.UTC(2026, 0, 1, 12), Date.UTC(2026, 5, 30, 23, 59, 59, 999), 0),
    protocol: fc.constantFrom('2025-11-25', '2026-07-28'),
    ip: fc.constantFrom('10.0.0.1', '192.168.1.77', 'fd00::1', '::ffff:10.0.0.1', 'a'),
  },
  { requiredKeys: ['upstream', 'now'] },
);

const tools = fc.oneof(
  { weight: 1, arbitrary: fc.constant(UNAVAILABLE) },
  {
    weight: 2,
    arbitrary: fc
      .record(
        {
          readOnlyHint: fc.constantFrom<Json>(true, false, 'true'),
          title: fc.constantFrom<Json>('a', 'ab', 5),
        },
        { requiredKeys: [] },
      )
      .map((annotations) => ({ annotations })),
  },
  { weight: 1, arbitrary: fc.constant({}) },
  { weight: 1, arbitrary: fc.constant({ title: 'a', flags: ['hidden-characters', 'a'] }) },
);
const metas = fc.record({ k: anyValue, 'io.example/key': anyValue }, { requiredKeys: [] });

/** A message on its way up, whole but for its answer. */
export const message: fc.Arbitrary<Omit<Subject, 'result'>> = fc
  .record(
    {
      identity: identities,
      request: requests,
      target: targets,
      client: fc.constantFrom({}, { name: 'a', version: '1' }, { name: 'claude' }),
      args,
      meta: metas,
      tool: tools,
    },
    { requiredKeys: ['identity', 'request', 'target', 'client', 'args', 'tool'] },
  )
  .map(({ request, target, tool, ...facts }) => ({
    ...facts,
    target,
    tool: target.kind === 'tools' ? tool : ABSENT,
    request: {
      ...request,
      method: target.kind === 'methods' ? target.name : methodOf[target.kind],
    },
  }));

const results = fc.record(
  {
    structuredContent: fc.record({ x: anyValue }, { requiredKeys: [] }),
    content: fc.array(fc.record({ type: fc.constant('text'), text: anyValue }), { maxLength: 2 }),
    isError: fc.constantFrom<Json>(true, false, 'no'),
  },
  { requiredKeys: [] },
);
const errors = fc.record(
  { code: fc.constantFrom<Json>(-32602, 5, 0), message: anyValue, data: anyValue },
  { requiredKeys: ['code', 'message'] },
);

/** What comes back: a result or an error, never both. */
export const answer: fc.Arbitrary<Pick<Subject, 'result' | 'error'>> = fc.oneof(
  { weight: 4, arbitrary: results.map((result) => ({ result, error: ABSENT }) as const) },
  { weight: 1, arbitrary: errors.map((error) => ({ result: ABSENT, error }) as const) },
);

/** A message and its answer. */
export type Call = readonly [Omit<Subject, 'result'>, Pick<Subject, 'result' | 'error'>];

/** So many calls of a few callers, so that what is remembered of a caller is used again. */
export function calls(count: number): fc.Arbitrary<readonly Call[]> {
  return fc.array(fc.tuple(message, answer), { minLength: count, maxLength: count }).map((list) =>
    list.map(([one, reply], index): Call => {
      const caller = list[index % 3]?.[0].identity ?? one.identity;
      return [{ ...one, identity: caller }, reply];
    }),
  );
}
