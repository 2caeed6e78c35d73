import fc from 'fast-check';
import type { RuleText } from './policies.ts';

/** Any JSON value of moderate size. Member names include the awkward ones. */
export const json = fc.jsonValue({ maxDepth: 4, noUnicodeString: false }) as fc.Arbitrary<never>;

const scalar = fc.constantFrom<string | number | boolean | null>(
  'a',
  'b',
  'ab',
  '5',
  5,
  10,
  true,
  null,
);
const argument = fc.oneof(
  scalar,
  fc.array(scalar, { maxLength: 3 }),
  fc.record({ y: scalar }, { requiredKeys: [] }),
);
/** Arguments that the conditions below can tell apart. */
export const args = fc.record({ x: argument, z: argument }, { requiredKeys: [] });

const test = fc.oneof(
  scalar.map((value) => ({ eq: value })),
  scalar.map((value) => ({ ne: value })),
  fc.constantFrom(
    { gt: 5 },
    { lte: 5 },
    { matches: '^a' },
    { contains: 'a' },
    { length: { gte: 2 } },
    { type: 'string' },
    { exists: true },
    { absent: true },
    { every: { eq: 'a' } },
    { some: { eq: 'a' } },
    { none: { eq: 5 } },
  ),
);
const path = fc.constantFrom('args.x', 'args.z', 'args.x.y', 'args.x[0]', 'args.z[*]', 'args.**');
const fact = fc.constantFrom(
  { 'identity.groups': { contains: 'analysts' } },
  { 'identity.groups': { contains: 'dba' } },
  { 'target.name': { starts_with: 'q' } },
  { 'tool.annotations.readOnlyHint': { eq: true } },
);
/** Conditions over arguments and facts, nested. */
export const condition: fc.Arbitrary<object> = fc.letrec<{ any: object }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    fc.tuple(path, test).map(([name, uses]) => ({ [name]: uses })),
    fact,
    tie('any').map((inner) => ({ not: inner })),
    fc.array(tie('any'), { minLength: 1, maxLength: 2 }).map((of) => ({ any: of })),
    fc.array(tie('any'), { minLength: 1, maxLength: 2 }).map((of) => ({ all: of })),
  ),
})).any;

export const toolNames = ['query', 'quit', 'list_a', 'list_b', 'drop'] as const;
const on = fc.option(
  fc.constantFrom(
    { tools: ['query'] },
    { tools: ['q*'] },
    { tools: ['list_*', 'drop'] },
    { tools: ['*'] },
    { tools: ['l?st_a'] },
    { methods: ['tools/*'] },
    { resources: ['**'] },
    { prompts: ['query'], methods: ['tools/call'] },
  ),
  { nil: undefined },
);

/** Rules without ids; {@link named} gives them some. */
export const rule = fc.record(
  {
    on,
    when: condition,
    then: fc.constantFrom('allow', 'allow', 'block', 'approve'),
    mode: fc.constantFrom('enforce', 'enforce', 'shadow'),
    denial: fc.constantFrom('explain', 'hide'),
    mask: fc.constantFrom(
      { find: ['email'], with: 'redact' },
      { find: ['email'], with: { keep: { last: 3 } } },
      { path: 'structuredContent.x', with: { keep: { first: 1 } } },
      { path: 'structuredContent.x' },
    ),
  },
  { requiredKeys: ['then'] },
);

export function named(rules: readonly object[]): RuleText[] {
  return rules.map((text, index) => ({ id: `r${index}`, ...text }));
}

export const rules = fc.array(rule, { maxLength: 6 }).map(named);
