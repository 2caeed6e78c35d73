import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Reader } from '../../src/document/reader.ts';
import { parseYaml } from '../../src/document/yaml.ts';
import { formatProblem, type Problem, sortProblems } from '../../src/model/position.ts';
import { problemCodes } from '../../src/policy/check/problem-codes.ts';
import { compilePolicies } from '../../src/policy/compile.ts';
import { parseSuite } from '../../src/policy/suite/suite.ts';

// Each file holds a policy (or, where its name begins with "suite-", a test file), a separator, and what the reader of
// that file is told. UPDATE_GOLDEN=1 writes the second part anew; read the difference before you keep it.
const folder = join(import.meta.dirname, 'golden');
const SEPARATOR = '=== problems\n';
const files = readdirSync(folder).filter((name) => name.endsWith('.golden'));

/** Codes that src/policy and src/document can report, read from their sources. */
function codesInSources(): Set<string> {
  const codes = new Set<string>();
  for (const name of ['policy', 'document']) {
    const src = join(import.meta.dirname, '../../src', name);
    for (const path of readdirSync(src, { recursive: true, encoding: 'utf8' })) {
      if (!path.endsWith('.ts')) continue;
      const text = readFileSync(join(src, path), 'utf8');
      const calls = text.matchAll(/(?:\b(?:error|warn|report|problem)\(\s*|\bcode: )'([A-Z_]+)'/g);
      // Lock files have their own test.
      for (const [, code = ''] of calls) if (!code.startsWith('PINS_')) codes.add(code);
    }
  }
  return codes;
}

function problemsOf(name: string, text: string): readonly Problem[] {
  if (!name.startsWith('suite-')) return compilePolicies([{ file: 'p.yaml', text }]).problems;
  const reader = new Reader('TEST');
  const { documents, problems } = parseYaml(text, 'p_test.yaml');
  for (const document of documents) parseSuite(document, reader);
  return sortProblems([...problems, ...reader.problems]);
}

describe('what is wrong with a policy is told with its place and a way out', () => {
  const told = new Set<string>();
  it.each(files)('%s', (name) => {
    const [input = '', expected = ''] = readFileSync(join(folder, name), 'utf8').split(SEPARATOR);
    const problems = problemsOf(name, input);
    const lines = problems.map((problem) => `${formatProblem(problem)}\n`).join('');
    if (process.env.UPDATE_GOLDEN) writeFileSync(join(folder, name), input + SEPARATOR + lines);
    else expect(lines).toBe(expected);
    for (const { code, severity } of problems) {
      told.add(code.replace(/^(?:POLICY|TEST)_/, ''));
      if (!code.startsWith('TEST_'))
        expect([code, problemCodes.get(code)?.severity]).toEqual([code, severity]);
    }
  });

  it('a document that is too large', () => {
    const { documents, problems } = parseYaml(`a: ${'x'.repeat(1_048_576)}`, 'p.yaml');
    expect(documents).toEqual([]);
    expect(problems.map(formatProblem)).toEqual([
      'p.yaml:1:1 error DOCUMENT_TOO_LARGE the file is larger than 1048576 bytes',
    ]);
    for (const { code } of problems) told.add(code);
  });

  it('has a case for every code', () => {
    expect([...codesInSources()].filter((code) => !told.has(code))).toEqual([]);
  });
});

describe('errors and warnings', () => {
  const compile = (text: string) => compilePolicies([{ file: 'p.yaml', text }]);

  it('compiles nothing while there is an error, and reports the errors of all files in order', () => {
    const bad = 'apiVersion: sallyport/v1\nrules: 5\n';
    const good = 'apiVersion: sallyport/v1\nrules: [{ id: a, on: { tools: [x] }, then: allow }]\n';
    const sources = ['b', 'c', 'a'].map((name) => ({ file: `${name}.yaml`, text: bad }));
    const { policies, problems } = compilePolicies([...sources, { file: 'd.yaml', text: good }]);
    expect(policies).toBeUndefined();
    expect(problems.map(({ at }) => at.file)).toEqual(['a.yaml', 'b.yaml', 'c.yaml']);
  });

  it('compiles where there are only warnings', () => {
    const { policies, problems } = compile(
      'apiVersion: sallyport/v1\nrules: [{ id: a, then: allow }]',
    );
    expect(policies?.rules).toHaveLength(1);
    expect(problems.map(({ code, severity }) => [code, severity])).toEqual([
      ['POLICY_ALLOWS_EVERYTHING', 'warning'],
    ]);
  });

  it('reports an id that two files share where it comes the second time', () => {
    const text = 'apiVersion: sallyport/v1\nrules: [{ id: a, on: { tools: [x] }, then: allow }]\n';
    const { problems } = compilePolicies([
      { file: 'a.yaml', text },
      { file: 'b.yaml', text },
    ]);
    expect(problems.map(formatProblem)).toEqual([
      'b.yaml:2:15 error POLICY_DUPLICATE_ID the id "a" is taken; the other one is at a.yaml:2',
    ]);
  });

  it.each(['[', '{a: ', '- ', '? '])('ends on endless nesting of %j', (opening) => {
    const { policies, problems } = compile(opening.repeat(20_000));
    expect(policies).toBeUndefined();
    expect(problems.length).toBeGreaterThan(0);
  });
});
