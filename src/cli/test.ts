import { GateError } from '../model/errors.ts';
import type { CaseResult } from '../policy/suite/suite-run.ts';
import { readingVerb } from './reading-verb.ts';
import { counted, printProblems, seeHelp } from './report.ts';
import { differences } from './test/difference.ts';
import { junitXml } from './test/junit.ts';
import { runSuites, type TestReport } from './test/suites.ts';
import { exit, type Terminal } from './verb.ts';
import { writeReport } from './write-report.ts';

const help = `Usage: sallyport test [PATH...] [--min-coverage PERCENT] [--json] [--junit FILE]

Runs the test files (*_test.yaml) of policies, each with the policy files that it names
or the one of the same name, and says which rules no case covers.

PATH is a folder, a test file, or a policy file whose test is beside it. Default: policies

  --min-coverage PERCENT   fail where cases cover fewer of the rules (0 to 100)
  --json                   print one JSON object instead
  --junit FILE             write JUnit XML, for build servers; "-" is standard output

Exit code: 0 all passed, 1 failures, errors or too little coverage, 2 wrong use or unreadable files.

Example:
  $ sallyport test policies/orders_test.yaml
  FAIL policies/orders_test.yaml:14:5 an analyst may not write
    effect (policies/orders_test.yaml:16:15): expected "block", got "allow"
    decided: allowed by rule analysts-read
  3 passed, 1 failed
  100 % of 2 rules covered
`;

const options = {
  'min-coverage': { type: 'string' },
  json: { type: 'boolean' },
  junit: { type: 'string' },
} as const;

/** `sallyport test`: runs the cases beside policies. */
export const test = readingVerb('test', {
  ...{ help, options },
  async run({ values, positionals }, terminal) {
    const least = percentage(values['min-coverage']);
    const report = runSuites(positionals.length > 0 ? positionals : ['policies'], terminal.cwd);
    const totals = totalsOf(report);
    if (values.json && values.junit === '-') {
      throw new GateError('USAGE', '--json and --junit - both print', { hint: seeHelp('test') });
    }
    if (values.junit !== undefined) writeReport(values.junit, junitXml(report), terminal);
    if (values.json) terminal.out(`${JSON.stringify(asJson(report, totals), null, 2)}\n`);
    else if (values.junit !== '-') print(report, totals, terminal);
    const enough = totals.coverage >= least;
    if (!enough) terminal.err(`coverage is below the ${least} % asked for\n`);
    return totals.failed === 0 && report.problems.length === 0 && enough ? exit.fine : exit.found;
  },
});

interface Totals {
  readonly passed: number;
  readonly failed: number;
  readonly covered: number;
  /** Percent of the rules, not rounded. */
  readonly coverage: number;
}

function totalsOf({ suites, rules }: TestReport): Totals {
  const cases = suites.flatMap((suite) => suite.cases);
  const passed = cases.filter(hasPassed).length;
  const unrun = suites.reduce((sum, suite) => sum + suite.unrun, 0);
  const covered = rules.filter((rule) => rule.covered).length;
  const coverage = rules.length === 0 ? 100 : (covered * 100) / rules.length;
  return { passed, failed: cases.length - passed + unrun, covered, coverage };
}

function hasPassed({ mismatches }: CaseResult): boolean {
  return mismatches.length === 0;
}

function print(report: TestReport, totals: Totals, terminal: Terminal): void {
  for (const { cases } of report.suites) {
    for (const result of cases) if (!hasPassed(result)) printFailure(result, terminal);
  }
  printProblems(report.problems, terminal);
  terminal.out(`${totals.passed} passed, ${totals.failed} failed\n`);
  // Rounded down, so that only complete coverage reads as 100 %.
  const percent = Math.floor(totals.coverage);
  terminal.out(`${percent} % of ${counted(report.rules.length, 'rule')} covered\n`);
  for (const { id, at, covered } of report.rules) {
    if (!covered) terminal.out(`not covered: ${at.file}:${at.line} ${id}\n`);
  }
  for (const file of report.untested) terminal.out(`no test file: ${file}\n`);
}

function printFailure({ name, at, mismatches, reason }: CaseResult, terminal: Terminal): void {
  terminal.out(`FAIL ${at.file}:${at.line}:${at.column} ${name}\n`);
  for (const { key, at: place, expected, actual } of mismatches) {
    const [first = '', ...more] = differences(expected, actual);
    const where = `${place.file}:${place.line}:${place.column}`;
    const lines = more.length === 0 ? ` ${first}` : `\n    ${[first, ...more].join('\n    ')}`;
    terminal.out(`  ${key} (${where}):${lines}\n`);
  }
  if (reason !== undefined) terminal.out(`  decided: ${reason}\n`);
}

function asJson({ suites, problems, rules, untested }: TestReport, totals: Totals) {
  return {
    ...totals,
    suites: suites.map(({ file, unrun, cases }) => ({
      file,
      unrun,
      cases: cases.map((result) => ({ ...result, passed: hasPassed(result) })),
    })),
    problems,
    rules,
    untested,
  };
}

function percentage(text: string | undefined): number {
  if (text === undefined) return 0;
  const percent = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (percent >= 0 && percent <= 100) return percent;
  throw new GateError('USAGE', `--min-coverage must be a number from 0 to 100, not "${text}"`, {
    hint: seeHelp('test'),
  });
}
