import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withMadeParts } from '../../scripts/policy-reference.ts';
import { check } from '../../src/cli/check.ts';
import { test as suites } from '../../src/cli/test.ts';
import { Reader } from '../../src/document/reader.ts';
import { parseYaml } from '../../src/document/yaml.ts';
import { formatProblem } from '../../src/model/position.ts';
import { problemCodes } from '../../src/policy/check/problem-codes.ts';
import { compilePolicies } from '../../src/policy/compile.ts';
import { operators } from '../../src/policy/operators.ts';
import { rootSummaries } from '../../src/policy/root-summaries.ts';
import { rootNames } from '../../src/policy/roots.ts';
import { parseSuite } from '../../src/policy/suite/suite.ts';
import { runSuite } from '../../src/policy/suite/suite-run.ts';
import { run } from './terminal.ts';

const page = readFileSync(new URL('../../docs/policy-language.md', import.meta.url), 'utf8');
const blocks = [...page.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, text = ''], index) => ({
  name: `example ${index + 1}: ${/\bid: (\S+)/.exec(text)?.[1] ?? 'test file'}`,
  text,
}));
const isSuite = (text: string) => /^cases:/m.test(text);
const problemsOf = (text: string) =>
  compilePolicies([{ file: 'page.yaml', text }]).problems.map(formatProblem);

describe('the page on the policy language', () => {
  const policies = blocks.filter(({ text }) => !isSuite(text));

  it.each(policies)('has a policy that compiles without a problem, $name', ({ text }) => {
    expect(text).toMatch(/^apiVersion: /);
    expect(problemsOf(text)).toEqual([]);
  });

  it('has a test file whose cases pass with the first policy', () => {
    const [suiteBlock] = blocks.filter(({ text }) => isSuite(text));
    const { documents } = parseYaml(suiteBlock?.text ?? '', 'page_test.yaml');
    const reader = new Reader('TEST');
    const suite = documents[0] && parseSuite(documents[0], reader);
    expect(reader.problems).toEqual([]);
    const first = policies[0]?.text ?? '';
    const compiled = compilePolicies([{ file: 'page.yaml', text: first }]).policies;
    if (!suite || !compiled) throw new Error('the page has no policy or no test file');
    const results = runSuite(suite, compiled);
    expect(results.length).toBeGreaterThan(0);
    expect(results.flatMap(({ mismatches }) => mismatches)).toEqual([]);
  });

  it('says what the sources say (node scripts/policy-reference.ts)', () => {
    expect(withMadeParts(page)).toBe(page);
    for (const name of [...operators.keys(), ...rootSummaries.keys(), ...problemCodes.keys()]) {
      expect(page).toContain(`\n| \`${name}\` |`);
    }
  });

  it('tells of every root', () => {
    expect([...rootSummaries.keys()].sort()).toEqual([...rootNames].sort());
  });

  it('has JSON that is a policy as well', () => {
    const [, json = ''] = /^```json\n(.*?)^```$/ms.exec(page) ?? [];
    expect(problemsOf(json)).toEqual([]);
    expect(JSON.parse(json)).toHaveProperty('rules');
  });

  it('shows what check and test print of the policies of the project', async () => {
    const root = resolve(import.meta.dirname, '../..');
    const checked = await run(check, root, 'policies', '--strict');
    const tested = await run(suites, root, 'policies', '--min-coverage', '100');
    expect([checked.code, tested.code]).toEqual([0, 0]);
    expect(page).toContain(`$ sallyport check policies\n${checked.out}$ sallyport test policies`);
    expect(page).toContain(` --min-coverage 100\n${tested.out}\`\`\``);
  });

  it('links to headings that are there', () => {
    const anchors = [...page.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    );
    for (const [, link] of page.matchAll(/\]\(#([^)]+)\)/g)) expect(anchors).toContain(link);
  });
});
