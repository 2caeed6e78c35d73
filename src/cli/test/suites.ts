import { dirname, join } from 'node:path';
import {
  type FoundFile,
  findSuites,
  isSuiteName,
  policyBeside,
  readPolicyPaths,
} from '../../config/policy-files.ts';
import { child, type Node } from '../../document/node.ts';
import { Reader } from '../../document/reader.ts';
import { parseYaml } from '../../document/yaml.ts';
import { GateError } from '../../model/errors.ts';
import { type Position, type Problem, sortProblems } from '../../model/position.ts';
import { compilePolicies } from '../../policy/compile.ts';
import type { PolicySet } from '../../policy/policy-set.ts';
import { parseSuite, type Suite } from '../../policy/suite/suite.ts';
import { type CaseResult, runSuite } from '../../policy/suite/suite-run.ts';

export interface SuiteReport {
  readonly file: string;
  readonly cases: readonly CaseResult[];
  /** Cases that could not run, because the file or its policies have errors; at least 1 then. */
  readonly unrun: number;
}
export interface RuleCoverage {
  readonly id: string;
  readonly at: Position;
  readonly covered: boolean;
}
/** What running test files has shown. */
export interface TestReport {
  readonly suites: readonly SuiteReport[];
  /** Errors of test files and of the policies they name. */
  readonly problems: readonly Problem[];
  /** Every rule of the policies that were found or named. */
  readonly rules: readonly RuleCoverage[];
  /** Policy files that no test file names. */
  readonly untested: readonly string[];
}

/**
 * Runs test files, each with the policies that it names and no others.
 *
 * @throws GateError POLICY_UNREADABLE: a path can't be read, or holds neither policies nor tests
 */
export function runSuites(paths: readonly string[], cwd: string): TestReport {
  const run = new Run(cwd);
  const suites = findSuites(paths, cwd).map((file) => run.suite(file));
  const policyPaths = paths.filter((path) => !isSuiteName(path));
  const all = readPolicyPaths(policyPaths, cwd);
  const untested = all.filter(({ real }) => !run.tested.has(real));
  if (suites.length + untested.length === 0) {
    throw new GateError('POLICY_UNREADABLE', `no policies or test files in ${paths.join(', ')}`);
  }
  for (const file of untested) run.alone(file, all);
  return {
    suites,
    problems: sortProblems(run.problems),
    rules: [...run.rules.values()],
    untested: untested.map(({ file }) => file),
  };
}

class Run {
  /** Real paths of policy files that a test file names. */
  readonly tested = new Set<string>();
  readonly problems: Problem[] = [];
  readonly rules = new Map<string, RuleCoverage>();
  readonly #cwd: string;

  constructor(cwd: string) {
    this.#cwd = cwd;
  }

  suite(source: FoundFile): SuiteReport {
    const { file } = source;
    const { suite, policyFiles, count } = this.#read(source);
    const policies = policyFiles && this.compile(policyFiles);
    for (const { real } of policyFiles ?? []) this.tested.add(real);
    if (!suite || !policies) return { file, cases: [], unrun: Math.max(1, count) };
    const cases = runSuite(suite, policies);
    const covered = new Set(cases.flatMap((result) => result.covered));
    for (const { id, at } of policies.rules) if (covered.has(id)) this.#rule(id, at, true);
    return { file, cases, unrun: 0 };
  }

  /** Compiles policies and notes their rules and errors; warnings are the business of `check`. */
  compile(files: readonly FoundFile[]): PolicySet | undefined {
    const { policies, problems } = compilePolicies(files);
    this.problems.push(...problems.filter(({ severity }) => severity === 'error'));
    for (const { id, at } of policies?.rules ?? []) this.#rule(id, at, false);
    return policies;
  }

  /** Notes the rules and errors of one file. It may need the detectors that others define. */
  alone(file: FoundFile, all: readonly FoundFile[]): void {
    const single = compilePolicies([file]);
    const needsOthers = single.problems.some(({ code }) => code === 'POLICY_UNKNOWN_DETECTOR');
    const { policies, problems } = needsOthers ? compilePolicies(all) : single;
    const own = problems.filter(({ at }) => at.file === file.file);
    this.problems.push(...own.filter(({ severity }) => severity === 'error'));
    const rules = policies?.rules.filter(({ at }) => at.file === file.file) ?? [];
    for (const { id, at } of rules) this.#rule(id, at, false);
  }

  #rule(id: string, at: Position, covered: boolean): void {
    const key = `${at.file}\n${id}`;
    if (covered || !this.rules.has(key)) this.rules.set(key, { id, at, covered });
  }

  /** The test file and its policies, either of which is absent where it has errors, and how many cases it holds. */
  #read({ file, text }: FoundFile): { suite?: Suite; policyFiles?: FoundFile[]; count: number } {
    const { documents, problems } = parseYaml(text, file);
    const reader = new Reader('TEST');
    reader.problems.push(...problems);
    const [document, second] = documents;
    if (second) reader.error('SEVERAL_DOCUMENTS', second.at, 'a test file is one document');
    if (!document && problems.length === 0) {
      reader.error('EMPTY', { file, line: 1, column: 1 }, 'the test file is empty');
    }
    const suite = document && parseSuite(document, reader);
    const policyFiles = document && this.#policiesOf(file, document, reader);
    this.problems.push(...reader.problems);
    const cases = child(document, 'cases');
    const usable = !reader.problems.some(({ severity }) => severity === 'error');
    return {
      ...(suite && usable ? { suite } : {}),
      ...(policyFiles ? { policyFiles } : {}),
      count: cases?.kind === 'list' ? cases.items.length : 0,
    };
  }

  #policiesOf(file: string, document: Node, reader: Reader): FoundFile[] | undefined {
    const node = child(document, 'policies');
    // A wrong type is reported where the suite is parsed.
    const named = reader.texts(node, 'policies')?.map((name) => join(dirname(file), name));
    const paths = named ?? [policyBeside(file, this.#cwd)].filter((path) => path !== undefined);
    if (paths.length === 0) {
      const hint = 'name it: "policies: [some-file.yaml]"';
      reader.error('NO_POLICY', (node ?? document).at, 'no policy file has the same name', hint);
      return undefined;
    }
    try {
      return readPolicyPaths(paths, this.#cwd);
    } catch (error) {
      if (!(error instanceof GateError)) throw error;
      reader.error('NO_POLICY', (node ?? document).at, error.message);
      return undefined;
    }
  }
}
