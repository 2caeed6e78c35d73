import { formatProblem, type Problem } from '../../model/position.ts';
import type { CaseResult } from '../../policy/suite/suite-run.ts';
import { differences } from './difference.ts';
import type { TestReport } from './suites.ts';

/** The outcome of test files as JUnit XML, which build servers show. Test files that could not run are errors. */
export function junitXml({ suites, problems }: TestReport): string {
  const files = new Set(suites.map(({ file }) => file));
  const parts = suites.map(({ file, cases, unrun }) => {
    const own = problems.filter(({ at }) => at.file === file);
    return suiteXml(file, cases, unrun === 0 ? [] : unrunProblems(own, problems), unrun);
  });
  const others = problems.filter(({ at }) => !files.has(at.file));
  const policies = others.length > 0 ? [suiteXml('policies', [], others, others.length)] : [];
  const all = suites.flatMap(({ cases }) => cases);
  const errors = suites.reduce((sum, { unrun }) => sum + unrun, 0) + others.length;
  const head = counts(all.length + errors, failed(all), errors);
  const body = [...parts, ...policies].join('');
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="sallyport"${head}>\n${body}</testsuites>\n`;
}

/** A suite without problems of its own doesn't run because of its policies'. */
function unrunProblems(own: readonly Problem[], all: readonly Problem[]): readonly Problem[] {
  return own.length > 0 ? own : all;
}

function suiteXml(
  name: string,
  cases: readonly CaseResult[],
  problems: readonly Problem[],
  unrun: number,
): string {
  const lines = cases.map((result) => caseXml(name, result));
  const text = problems.map((problem) => formatProblem(problem)).join('\n');
  for (let i = 0; i < unrun; i++) {
    const label = unrun === 1 ? 'could not run' : `could not run (${i + 1})`;
    const error = element('error', attribute('message', 'the files have errors'), text);
    lines.push(testcase(name, label, undefined, error));
  }
  const head = counts(cases.length + unrun, failed(cases), unrun);
  return `  <testsuite${attribute('name', name)}${head}>\n${lines.join('')}  </testsuite>\n`;
}

function caseXml(file: string, { name, at, mismatches, reason }: CaseResult): string {
  if (mismatches.length === 0) return testcase(file, name, at.line);
  const lines = mismatches.flatMap(({ key, at: place, expected, actual }) =>
    differences(expected, actual).map(
      (text) => `${key} (${place.file}:${place.line}:${place.column}): ${text}`,
    ),
  );
  if (reason !== undefined) lines.push(`decided: ${reason}`);
  const message = attribute('message', lines[0] ?? '');
  return testcase(file, name, at.line, element('failure', message, lines.join('\n')));
}

function testcase(file: string, name: string, line: number | undefined, inner?: string): string {
  const place = attribute('file', file) + (line === undefined ? '' : attribute('line', `${line}`));
  const head = `    <testcase${attribute('classname', file)}${attribute('name', name)}${place}`;
  return inner === undefined ? `${head}/>\n` : `${head}>\n${inner}    </testcase>\n`;
}

function element(name: string, attributes: string, text: string): string {
  return `      <${name}${attributes}>${escaped(text)}</${name}>\n`;
}

function counts(tests: number, failures: number, errors: number): string {
  return ` tests="${tests}" failures="${failures}" errors="${errors}"`;
}

function failed(cases: readonly CaseResult[]): number {
  return cases.filter(({ mismatches }) => mismatches.length > 0).length;
}

function attribute(name: string, value: string): string {
  return ` ${name}="${escaped(value).replace(/[\t\n\r]/g, (found) => `&#${found.charCodeAt(0)};`)}"`;
}

/** XML 1.0 has no way to write most control characters, lone surrogates, U+FFFE and U+FFFF (section 2.2). */
function escaped(text: string): string {
  const shown = text
    .toWellFormed()
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML can't hold.
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff]/g, (found) => {
      return `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`;
    });
  return shown
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\r', '&#13;');
}
