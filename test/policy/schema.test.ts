import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { schemas } from '../../src/cli/schema.ts';
import { child, type Node, toJson } from '../../src/document/node.ts';
import { Reader } from '../../src/document/reader.ts';
import { parseYaml } from '../../src/document/yaml.ts';
import { compilePolicies } from '../../src/policy/compile.ts';
import { policySchema } from '../../src/policy/json-schema/json-schema.ts';
import { operatorsWithoutSchema } from '../../src/policy/json-schema/json-schema-operators.ts';
import { suiteSchema } from '../../src/policy/json-schema/json-schema-suite.ts';
import { parseSuite } from '../../src/policy/suite/suite.ts';

const root = join(import.meta.dirname, '../..');
const ajv = new Ajv({ strict: true, allowUnionTypes: true, strictRequired: false });
const policy = ajv.compile(policySchema());
const suite = ajv.compile(suiteSchema());
const documentsOf = (text: string): readonly Node[] => parseYaml(text, 'x.yaml').documents;

function policyWith(rule: object): object {
  const base = { id: 'a', on: { tools: ['t'] }, then: 'allow' };
  return { apiVersion: 'sallyport/v1', rules: [{ ...base, ...rule }] };
}
const suiteWith = (one: object) => ({
  cases: [{ as: 'ana', call: { upstream: 'u', tool: 't' }, expect: { effect: 'allow' }, ...one }],
});

describe('the schemas in the package', () => {
  it.each([
    ['policy', 'policy.schema.json'],
    ['test', 'policy-test.schema.json'],
    ['config', 'config.schema.json'],
  ])('are what "sallyport schema %s" prints', (word, file) => {
    // Write it anew:  npm run -s sallyport -- schema WORD > schema/FILE
    const committed = readFileSync(join(root, 'schema', file), 'utf8');
    expect(committed).toBe(`${JSON.stringify(schemas[word]?.(), null, 2)}\n`);
  });

  it('know every operator', () => {
    expect(operatorsWithoutSchema()).toEqual([]);
  });
});

/** The keys that a reader names when it is given one that it doesn't know. */
function knownKeys(problems: readonly { message: string; hint?: string }[], what: string) {
  const found = problems.find(({ message }) => message === `${what} has no key "zzzzzzzzz"`);
  return (found?.hint ?? '').replace('known: ', '').split(', ').sort();
}
interface Shape {
  readonly $defs?: Readonly<Record<string, Shape>>;
  readonly properties?: Readonly<Record<string, Shape>>;
}

/** The keys of a schema, of a definition in it, or of a property of one. */
function keysOf(schema: object, definition?: string, property?: string): string[] {
  const root: Shape = schema;
  const shape = definition === undefined ? root : root.$defs?.[definition];
  const inner = property === undefined ? shape : shape?.properties?.[property];
  return Object.keys(inner?.properties ?? {}).sort();
}

describe('the schemas have the keys that are read', () => {
  const z = { zzzzzzzzz: 1 };

  it('of policies', () => {
    const rule = { ...z, approval: z, mask: [z], limit: [z], silence: [z] };
    const text = JSON.stringify({ ...z, apiVersion: 'sallyport/v1', rules: [rule] });
    const { problems } = compilePolicies([{ file: 'p.yaml', text }]);
    const schema = policySchema();
    expect(keysOf(schema)).toEqual(knownKeys(problems, 'a policy'));
    expect(keysOf(schema, 'rule')).toEqual(knownKeys(problems, 'a rule'));
    expect(keysOf(schema, 'rule', 'approval')).toEqual(knownKeys(problems, 'approval'));
    expect(keysOf(schema, 'mask')).toEqual(knownKeys(problems, 'a mask'));
    expect(keysOf(schema, 'limit')).toEqual(knownKeys(problems, 'a limit'));
    expect(keysOf(schema, 'silence')).toEqual(knownKeys(problems, 'a silence'));
  });

  it('of test files', () => {
    const call = { ...z, upstream: 'u', tool: 't', facts: z };
    const one = { ...z, as: 'ana', call, error: z, request: z, client: z, expect: z };
    const text = JSON.stringify({
      ...z,
      identities: { ana: z },
      cases: [one, { as: 'ana', list: z, expect: { effect: 'allow' } }],
    });
    const reader = new Reader('TEST');
    const [document] = documentsOf(text);
    if (document) parseSuite(document, reader);
    const { problems } = reader;
    const schema = suiteSchema();
    expect(keysOf(schema)).toEqual(knownKeys(problems, 'a test file'));
    expect(keysOf(schema, 'identity')).toEqual(knownKeys(problems, 'an identity'));
    expect(keysOf(schema, 'case')).toEqual(knownKeys(problems, 'a case'));
    expect(keysOf(schema, 'call')).toEqual(knownKeys(problems, 'a call'));
    expect(keysOf(schema, 'call', 'facts')).toEqual(knownKeys(problems, 'a tool'));
    expect(keysOf(schema, 'list')).toEqual(knownKeys(problems, 'a list'));
    expect(keysOf(schema, 'expect')).toEqual(knownKeys(problems, 'expect'));
    expect(keysOf(schema, 'case', 'request')).toEqual(knownKeys(problems, 'request'));
    expect(keysOf(schema, 'case', 'client')).toEqual(knownKeys(problems, 'client'));
    expect(keysOf(schema, 'case', 'error')).toEqual(knownKeys(problems, 'an error'));
  });
});

describe('the schemas accept', () => {
  const files = readdirSync(join(root, 'policies'), { recursive: true, encoding: 'utf8' });
  const page = readFileSync(join(root, 'docs/policy-language.md'), 'utf8');
  const examples = [...page.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, text = '']) => text);
  const texts = [
    ...files
      .filter((name) => name.endsWith('.yaml'))
      .map((name) => [name, readFileSync(join(root, 'policies', name), 'utf8')] as const),
    ...examples.map((text, index) => [`example ${index + 1} of the page`, text] as const),
  ];

  it.each(texts)('%s', (_name, text) => {
    for (const document of documentsOf(text)) {
      const isPolicy = child(document, 'apiVersion') !== undefined;
      const isSuite = child(document, 'cases') !== undefined;
      if (!isPolicy && !isSuite) continue;
      const validate = isSuite ? suite : policy;
      validate(toJson(document));
      expect(validate.errors ?? []).toEqual([]);
    }
  });
});

describe('the schemas refuse', () => {
  it.each<[string, object]>([
    ['an unknown key', policyWith({ wen: {} })],
    ['an unknown effect', policyWith({ then: 'alow' })],
    ['a rule without id', { apiVersion: 'sallyport/v1', rules: [{ then: 'allow' }] }],
    ['no version', { rules: [] }],
    ['an unknown operator', policyWith({ when: { 'args.x': { equals: 1 } } })],
    ['an operand of another type', policyWith({ when: { 'args.x': { in: 5 } } })],
    ['an unknown root', policyWith({ when: { 'arg.x': { eq: 1 } } })],
    [
      'an operand deep inside',
      policyWith({ when: { any: [{ not: { 'args.x': { gt: true } } }] } }),
    ],
    ['a condition without anything', policyWith({ when: {} })],
    ['what is no name of a detector', policyWith({ mask: { find: 'E-Mail' } })],
    ['a mask of two places', policyWith({ mask: { find: 'email', path: 'a' } })],
    ['a silence without a reason', policyWith({ silence: { code: 'POLICY_ALL_TOOLS' } })],
    ['a silence of an error', policyWith({ silence: { code: 'POLICY_BAD_ID', reason: 'x' } })],
    ['an unknown kind of target', policyWith({ on: { tool: ['x'] } })],
  ])('a policy with %s', (_name, document) => {
    expect(policy(policyWith({}))).toBe(true);
    expect(policy(document)).toBe(false);
  });

  it.each<[string, object]>([
    ['an unknown key', suiteWith({ expects: {} })],
    ['nothing expected', suiteWith({ expect: {} })],
    ['a call of nothing', suiteWith({ call: { upstream: 'u' } })],
    ['a call and a list', suiteWith({ list: { upstream: 'u' } })],
    ['an unknown fact', suiteWith({ call: { upstream: 'u', tool: 't', facts: { desc: 'x' } } })],
  ])('a test file with %s', (_name, document) => {
    expect(suite(suiteWith({}))).toBe(true);
    expect(suite(document)).toBe(false);
  });
});
