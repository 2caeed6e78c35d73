import fc from 'fast-check';
import type { Json } from '../../src/model/json.ts';
import type { Document, Rule } from '../policy/reference/rules.ts';
import { letters, locations, numbers, texts } from './policy-values.ts';

const text = fc.constantFrom(...texts, ...locations);
const scalar: fc.Arbitrary<Json> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...letters) },
  { weight: 2, arbitrary: fc.constantFrom(...numbers) },
  { weight: 1, arbitrary: fc.constantFrom(true, false, null) },
  { weight: 3, arbitrary: text },
);
/** What a policy can compare with: plain values that YAML can write. */
const operand = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...letters) },
  { weight: 2, arbitrary: fc.constantFrom(0, 1, 2, 5, 10, -3, 0.5, 1e21) },
  { weight: 1, arbitrary: fc.constantFrom(true, false, null) },
  { weight: 1, arbitrary: text },
);

function oneOrMore<Value>(values: readonly Value[]): fc.Arbitrary<Value | Value[]> {
  const one = fc.constantFrom(...values);
  return fc.oneof(one, fc.array(one, { minLength: 1, maxLength: 3 }));
}

const ordered = fc.constantFrom<string | number>(0, 1, 5, 10, -3, 0.5, 'a', 'b', 'B', 'é');
const types = ['string', 'number', 'integer', 'boolean', 'null', 'list', 'object'] as const;
const globs = ['a*', '*', '?', '*b', 'a?', '**', '*@*', 'caf?', 'a', '*/*', ''] as const;
const hosts = [
  'example.com',
  '*.example.com',
  '*',
  'localhost',
  '10.?.*',
  'xn--*',
  '[::1]',
  'Example.COM',
] as const;
const folders = ['/srv/data', '/srv', '/', 'data', '.', './data/x', '/tmp/'] as const;
const networks = [
  '10.0.0.0/8',
  '192.168.1.0/24',
  'fd00::/8',
  '::1/128',
  '0.0.0.0/0',
  '10.0.0.1/32',
  '::/0',
  '::ffff:0:0/96',
  '::ffff:10.0.0.0/104',
  '10.0.0.1',
];
const patterns = [
  '^a',
  'b$',
  '(?i)select',
  '^.$',
  '(?s)^a.*b$',
  '(?m)^b',
  '\\bdrop\\b',
  '\\d{2,}',
  'caf\u00e9',
  '\\s',
  '^[^a]+$',
  '(?i)k',
  '',
] as const;
const starts = ['a', '', '/srv', 'https://', '10.', 'caf'] as const;
const ends = ['b', '', '.com', '/', '1', 'é'] as const;

const urls: readonly object[] = [
  { scheme: 'https', host: ['example.com', '*.example.com'], credentials: 'absent' },
  { port: [80, 443] },
  { port: { lt: 1024 } },
  { scheme: ['http', 'ftp'] },
  { credentials: 'exists' },
  { host: '*', path: '/' },
  { path: { path_within: '/x' }, host: { ends_with: '.com' } },
];
const windows: readonly object[] = [
  { days: 'mon-fri', from: '08:00', to: '18:00', zone: 'Europe/Berlin' },
  { days: ['sat-mon', 'thu'] },
  { days: 'fri', from: '22:00', to: '06:00', zone: 'Europe/Berlin' },
  { after: '2026-01-01', before: '2026-07-04', zone: 'America/New_York' },
  { from: '12:00' },
  { before: '2026-07-03T22:00:00Z' },
];
const TWO = { minLength: 1, maxLength: 2 };

type Uses = Record<string, unknown>;

/** Operators with operands that they take; `tie` gives those within `every`, `some` and `none`. */
function use(inner: fc.Arbitrary<unknown>): fc.Arbitrary<Uses> {
  const operands: Record<string, fc.Arbitrary<unknown>> = {
    eq: operand,
    ne: operand,
    in: fc.array(operand, { minLength: 1, maxLength: 3 }),
    not_in: fc.array(operand, { minLength: 1, maxLength: 3 }),
    contains: operand,
    starts_with: oneOrMore(starts),
    ends_with: oneOrMore(ends),
    glob: oneOrMore(globs),
    matches: fc.constantFrom(...patterns),
    gt: ordered,
    gte: ordered,
    lt: ordered,
    lte: ordered,
    length: fc.oneof(
      fc.constantFrom(0, 1, 2, 3),
      fc.constantFrom({ gte: 2 }, { lt: 2 }, { gt: 0, lte: 3 }, { in: [1, 2] }, { ne: 0 }),
    ),
    type: oneOrMore(types),
    exists: fc.constant(true),
    absent: fc.constant(true),
    path_within: oneOrMore(folders),
    url_host: fc.oneof(
      oneOrMore(hosts),
      fc.constantFrom<Uses>({ ends_with: '.com' }, { eq: 'localhost' }, { length: { gt: 9 } }),
      fc.constantFrom<Uses>({ cidr: '10.0.0.0/8' }, { not_in: ['example.com'] }),
    ),
    url: fc.constantFrom(...urls),
    time: fc.oneof(fc.constantFrom(...windows), fc.array(fc.constantFrom(...windows), TWO)),
    cidr: oneOrMore(networks),
    every: inner,
    some: inner,
    none: inner,
    detects: oneOrMore(['email', 'payment-card'] as const),
  };
  return fc.oneof(
    ...Object.entries(operands).map(([name, arbitrary]) =>
      arbitrary.map((value) => ({ [name]: value })),
    ),
  );
}

/** One operator, several that must all hold, or a bare word. */
export const uses: fc.Arbitrary<unknown> = fc.letrec<{ uses: unknown }>((tie) => ({
  uses: fc.oneof(
    { maxDepth: 2 },
    { weight: 1, arbitrary: fc.constantFrom<unknown>('exists', 'absent') },
    { weight: 12, arbitrary: use(tie('uses')) },
    {
      weight: 3,
      arbitrary: fc
        .tuple(use(tie('uses')), use(tie('uses')))
        .map(([one, other]) => ({ ...one, ...other })),
    },
  ),
})).uses;

/** Where conditions look among arguments. */
export const argumentPaths = [
  'args.x',
  'args.x',
  'args.x',
  'args.z',
  'args.x.y',
  'args["a.b"]',
  'args["*"]',
  'args.x[0]',
  'args.x[1].y',
  'args.x[*]',
  'args.z[*].y',
  'args.*',
  'args.*.y',
  'args.**',
  'args.**.y',
  'args.x.**',
  'args.x[*].**',
  'args.**.y.z',
  'args.**[0]',
  'args.x[*][*]',
  'args.x.y[*]',
  'args.x.y.**',
  'args.x[*].y[*]',
  'args.**.y[*]',
  'args',
] as const;
const factPaths = [
  'identity.sub',
  'identity.issuer',
  'identity.email',
  'identity.groups',
  'identity.scopes',
  'identity.client',
  'identity.actor',
  'identity.claims.tier',
  'identity.claims.org.unit',
  'identity.claims.amr',
  'identity.claims.**',
  'target.name',
  'target.uri',
  'tool.annotations.readOnlyHint',
  'tool.annotations.title',
  'tool.title',
  'tool.flags',
  'tool.annotations.**',
  'request.upstream',
  'request.method',
  'request.meta.k',
  'request.meta["io.example/key"]',
  'request.meta.**',
  'request.protocol',
  'request.time',
  'request.ip',
  'client.name',
  'client.version',
] as const;
const answerPaths = [
  'result.structuredContent.x',
  'result.content[*].text',
  'result.isError',
  'result.**',
  'result',
  'error.code',
  'error.message',
  'error.data.**',
] as const;

const path = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom<string>(...argumentPaths) },
  { weight: 4, arbitrary: fc.constantFrom<string>(...factPaths) },
);
const anyPath = fc.oneof(
  { weight: 8, arbitrary: path },
  { weight: 2, arbitrary: fc.constantFrom<string>(...answerPaths) },
);

/** Tests that often hold, so that rules with several parts match now and then. */
const facts: readonly object[] = [
  { 'identity.groups': { contains: 'analysts' } },
  { 'target.name': { starts_with: 'q' } },
  { 'tool.annotations.readOnlyHint': { eq: true } },
  { 'request.ip': { cidr: '10.0.0.0/8' } },
];
const likelyArguments: readonly object[] = [{ 'args.x': 'exists' }, { 'args.z': 'absent' }];

function conditionOver(
  paths: fc.Arbitrary<string>,
  often: readonly object[] = [...facts, ...likelyArguments],
): fc.Arbitrary<object> {
  const likely = fc.constantFrom(...often);
  const test = fc.tuple(paths, uses).map(([name, of]) => ({ [name]: of }));
  return fc.letrec<{ when: object; list: object[] }>((tie) => ({
    when: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      { weight: 6, arbitrary: test },
      { weight: 2, arbitrary: likely },
      { weight: 2, arbitrary: tie('when').map((not) => ({ not })) },
      { weight: 2, arbitrary: tie('list').map((any) => ({ any })) },
      { weight: 1, arbitrary: tie('list').map((all) => ({ all })) },
      { weight: 2, arbitrary: fc.tuple(test, tie('when')).map(([a, b]) => ({ ...a, ...b })) },
    ),
    list: fc.array(tie('when'), { minLength: 1, maxLength: 3 }),
  })).when;
}

/** Conditions on what is known before the answer is. */
export const conditionBefore = conditionOver(path);
/** Conditions on anything, the answer too. */
export const condition = conditionOver(anyPath);
/** Conditions on what is known of a call before its arguments are. */
export const conditionOnFacts = conditionOver(fc.constantFrom<string>(...factPaths), facts);

const names = ['query', 'q*', 'list_*', '*', 'l?st_a', 'drop', 'dr[op]', 'Query', '**'] as const;
const uris = [
  'docs://a/b',
  'docs://*',
  'docs://**',
  'docs://a/*',
  '*',
  'd*s://?/b',
  '**/b',
] as const;
const methods = [
  'tools/call',
  'tools/*',
  '*',
  'sampling/*',
  'resources/read',
  'x/?',
  'ping',
] as const;
const on = fc.oneof(
  { weight: 3, arbitrary: oneOrMore(names).map((tools) => ({ tools })) },
  { weight: 1, arbitrary: oneOrMore(uris).map((resources) => ({ resources })) },
  { weight: 1, arbitrary: oneOrMore(names).map((prompts) => ({ prompts })) },
  { weight: 1, arbitrary: oneOrMore(methods).map((list) => ({ methods: list })) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(oneOrMore(names), oneOrMore(uris), oneOrMore(methods))
      .map(([tools, resources, list]) => ({ tools, resources, methods: list })),
  },
);

const mask = fc.constantFrom<object>(
  { find: ['email'], in: ['args', 'result'] },
  { find: 'payment-card', with: { keep: { last: 4 } } },
  { path: 'structuredContent.x', with: { keep: { first: 1 } } },
  { path: 'args.x' },
);
/** What is given back before the call can't depend on the answer. */
const reveal = fc.constantFrom<unknown>('email', ['email', 'id'], { find: 'id', scope: 'crm' });
const rest = {
  on,
  mask: fc.oneof(mask, fc.array(mask, { minLength: 1, maxLength: 2 })),
  mode: fc.constantFrom('enforce', 'enforce', 'enforce', 'shadow'),
  denial: fc.constantFrom('explain', 'hide'),
};

/** Rules without ids. An approval can't depend on the answer. */
export const rule: fc.Arbitrary<Omit<Rule, 'id'>> = fc.oneof(
  { weight: 5, arbitrary: ruleOf(condition, fc.constantFrom('allow', 'allow', 'block')) },
  { weight: 1, arbitrary: ruleOf(conditionBefore, fc.constant('approve')) },
  {
    weight: 1,
    arbitrary: fc.record({ ...rest, when: condition }, { requiredKeys: ['mask'] }),
  },
  {
    weight: 1,
    arbitrary: fc.record(
      { ...rest, when: conditionBefore, reveal, then: fc.constant('allow') },
      { requiredKeys: ['reveal'] },
    ),
  },
) as fc.Arbitrary<Omit<Rule, 'id'>>;

function ruleOf(when: fc.Arbitrary<object>, then: fc.Arbitrary<string>): fc.Arbitrary<object> {
  return fc.record({ ...rest, when, then }, { requiredKeys: ['then', 'when'] });
}

const upstreams = fc.option(oneOrMore(['db', 'd*', '*', 'crm', '?b', 'DB'] as const), {
  nil: undefined,
});

/** One to three documents with up to six rules in all, with ids. */
export const documents: fc.Arbitrary<readonly Document[]> = fc
  .array(fc.tuple(upstreams, fc.array(rule, { minLength: 1, maxLength: 4 })), {
    minLength: 1,
    maxLength: 3,
  })
  .map((list) =>
    list.map(([of, rules], number) => ({
      ...(of && { upstreams: of }),
      rules: rules.map((text, index) => ({ id: `r${number}.${index}`, ...text })),
    })),
  );

const plain = fc.constantFrom<Json>('a', 'b', 'ab', '5', 5, 0, 1, 10, true, false, null);
const requirement = fc
  .tuple(
    fc.constantFrom('args.x', 'args.x', 'args.z', 'args.x.y', 'identity.sub', 'target.name'),
    fc.oneof(
      plain.map((eq) => ({ eq })),
      fc.array(plain, { minLength: 1, maxLength: 3 }).map((list) => ({ in: list })),
      plain.map((eq) => ({ eq, exists: true })),
    ),
  )
  .map(([name, of]) => ({ [name]: of }));
const requiring = fc.oneof(
  { weight: 4, arbitrary: requirement },
  { weight: 2, arbitrary: fc.tuple(requirement, requirement).map(([a, b]) => ({ all: [a, b] })) },
  { weight: 1, arbitrary: fc.tuple(requirement, requirement).map(([a, b]) => ({ any: [a, b] })) },
  { weight: 1, arbitrary: requirement.map((not) => ({ not })) },
  { weight: 1, arbitrary: conditionBefore },
);

/** Many rules about the same messages, told apart by the values that they require. */
export const crowdedDocuments: fc.Arbitrary<readonly Document[]> = fc
  .array(
    fc.record({
      when: requiring,
      then: fc.constantFrom<'allow' | 'block' | 'approve'>('allow', 'allow', 'block', 'approve'),
      mode: fc.constantFrom<'enforce' | 'shadow'>('enforce', 'shadow'),
    }),
    { minLength: 5, maxLength: 14 },
  )
  .map((rules) => [
    { rules: rules.map(({ when, ...rest }, i) => ({ id: `r${i}`, when: { ...when }, ...rest })) },
  ]);

const value: fc.Arbitrary<Json> = fc.oneof(
  { weight: 8, arbitrary: scalar },
  { weight: 3, arbitrary: fc.array(scalar, { maxLength: 3 }) },
  { weight: 2, arbitrary: fc.record({ y: scalar, z: scalar }, { requiredKeys: [] }) },
  {
    weight: 1,
    arbitrary: fc.array(fc.record({ y: scalar, b: scalar }, { requiredKeys: [] }), {
      maxLength: 2,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ y: fc.record({ z: scalar, y: fc.array(scalar, { maxLength: 2 }) }) }),
  },
  { weight: 1, arbitrary: fc.array(fc.array(scalar, { maxLength: 2 }), { maxLength: 2 }) },
);

/** Arguments of a call. */
export const args: fc.Arbitrary<Json> = fc.record(
  { x: value, z: value, 'a.b': scalar, '*': scalar, 'select@example.com': scalar },
  { requiredKeys: [] },
);

/** A JSON value of any shape that conditions are about. */
export const anyValue = value;
