import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configJsonSchema } from '../../src/cli/init/init-template.ts';
import { parseConfig } from '../../src/config/load.ts';
import { type ErrorCode, errorCodes, GateError } from '../../src/model/errors.ts';
import { eventKinds } from '../../src/model/transcript.ts';
import { refusal } from '../../src/pipeline/refusal.ts';
import { compilePolicies } from '../../src/policy/compile.ts';
import { statusOf } from '../../src/transport/http/error-answer.ts';
import { subjectOf } from '../support/policies.ts';

const root = resolve(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const readme = read('README.md');
const blocksOf = (page: string, language: string) =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(
    ([, text = '']) => text,
  );
const isPolicy = (text: string) => text.includes('apiVersion: sallyport/');
const environment = new Proxy({}, { get: (_, name) => `the value of ${String(name)}` });

describe('the README', () => {
  const [policy = ''] = blocksOf(readme, 'yaml').filter(isPolicy);
  const { policies, problems } = compilePolicies([{ file: 'README.md', text: policy }]);

  it('has a first policy that compiles without a problem', () => {
    expect(policies?.rules).toHaveLength(2);
    expect(problems).toEqual([]);
  });

  it('has a policy with tokens that compiles without a problem', () => {
    const [, text = ''] = blocksOf(readme, 'yaml').filter(isPolicy);
    const { problems: found, policies: compiled } = compilePolicies([{ file: 'README.md', text }]);
    expect(found).toEqual([]);
    expect(compiled?.rules).toHaveLength(2);
  });

  it('shows what the agent is answered when that policy blocks its call', () => {
    const args = { sql: 'select * from payroll' };
    const subject = subjectOf({ args, request: { upstream: 'orders' } });
    const decision = policies?.judge(subject);
    if (!decision) throw new Error('the policy does not compile');
    const shown = blocksOf(readme, 'json').find((text) => text.includes('isError')) ?? '';
    const exchange = /"exchange": "([^"]+)"/.exec(shown)?.[1] ?? '';
    const params = { name: 'query', arguments: args };
    const call = { jsonrpc: '2.0' as const, id: 1, method: 'tools/call', params };
    expect(refusal(call, decision, exchange)).toMatchObject({ result: JSON.parse(shown) });
  });

  it('has a configuration that loads', () => {
    const [config = ''] = blocksOf(readme, 'yaml').filter((text) => !isPolicy(text));
    expect(Object.keys(parseConfig(config, 'README.md', environment).upstreams)).toHaveLength(2);
  });

  it('names scripts that there are', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = [...readme.matchAll(/npm (?:run (?:-s )?)?([a-z]+)/g)].map(([, name]) => name);
    const builtIn = ['ci', 'run'];
    expect(Object.keys(scripts)).toEqual(
      expect.arrayContaining(named.filter((name) => !builtIn.includes(name ?? ''))),
    );
  });

  it('names every verb, and no other', () => {
    const main = join(root, 'src/main.ts');
    const help = execFileSync(process.execPath, [main, '--help'], { encoding: 'utf8' });
    const verbs = [...help.matchAll(/^ {2}([a-z]+) {2,}/gm)].map(([, verb]) => verb);
    const rows = [...readme.matchAll(/^\| `sallyport ([a-z]+)/gm)].map(([, verb]) => verb);
    expect(new Set(rows)).toEqual(new Set(verbs));
  });
});

interface Shape {
  readonly description?: string;
  readonly default?: unknown;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly additionalProperties?: Shape | boolean;
  readonly items?: Shape;
  readonly anyOf?: readonly Shape[];
}

/** A row of the reference for every key that holds a value. */
function rowsOf(shape: Shape, path: string): string[] {
  return Object.entries(shape.properties ?? {}).flatMap(([key, inner]) => {
    const here = path === '' ? key : `${path}.${key}`;
    const item = inner.items?.properties && inner.items;
    const kinds = typeof inner.additionalProperties === 'object' ? inner.additionalProperties : {};
    if (inner.properties) return rowsOf(inner, here);
    if (inner.anyOf?.[0]?.properties) return inner.anyOf.flatMap((kind) => rowsOf(kind, here));
    if (item) return rowsOf(item, `${here}[]`);
    if (kinds.properties) return rowsOf(kinds, `${here}.NAME`);
    if (kinds.anyOf) return kinds.anyOf.flatMap((kind) => rowsOf(kind, `${here}.NAME`));
    const value = typeof inner.default === 'string' ? inner.default : JSON.stringify(inner.default);
    const none = shape.required?.includes(key) ? 'required' : 'none';
    const standard = inner.default === undefined ? none : `\`${value}\``;
    return [`| \`${here}\` | ${standard} | ${inner.description} |`];
  });
}

describe('the page on the configuration', () => {
  const page = read('docs/configuration.md');
  const rows = [...new Set(rowsOf(configJsonSchema() as Shape, ''))];

  it.each(rows)('has %s', (row) => {
    expect(page).toContain(`\n${row}\n`);
  });

  it('has no key that there is not', () => {
    const named = [...page.matchAll(/^\| `[^`]+` \| .* \|$/gm)].map(([row]) => row);
    expect(rows).toEqual(expect.arrayContaining(named));
  });

  it.each(blocksOf(page, 'yaml'))('has an example that loads, %#', (text) => {
    expect(() => parseConfig(text, 'configuration.md', environment)).not.toThrow();
  });
});

describe('the page on operations', () => {
  const page = read('docs/operations.md');
  const codes = (Object.keys(errorCodes) as ErrorCode[])
    .map((code) => ({ code, status: statusOf(new GateError(code, '')) }))
    .filter(({ code, status }) => status !== 500 || code === 'STAGE_FAULT');

  it.each(codes)('says that $code is HTTP status $status', ({ code, status }) => {
    expect(page).toMatch(new RegExp(`^\\| \`${code}\` \\| ${status} \\|`, 'm'));
  });

  it.each(eventKinds)('says what the step %s means', (kind) => {
    expect(page).toMatch(new RegExp(`^\\| \`${kind}\` \\|`, 'm'));
  });
});

describe('links between pages', () => {
  const pages = ['README.md', 'CHANGELOG.md']
    .concat(readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).map(inDocs))
    .filter((path) => path.endsWith('.md'));

  it.each(pages)('lead from %s to files that are there', (page) => {
    const links = [...read(page).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, to = '']) => to);
    expect(links.filter((to) => !existsSync(join(root, dirname(page), to)))).toEqual([]);
  });
});

function inDocs(path: string): string {
  return join('docs', path);
}
