import { isSuiteName, readPolicyPaths } from '../config/policy-files.ts';
import { GateError } from '../model/errors.ts';
import type { Problem } from '../model/position.ts';
import { compilePolicies } from '../policy/compile.ts';
import { counted, printProblems, readArguments } from './report.ts';
import { exit, type Verb } from './verb.ts';

const help = `Usage: sallyport check [PATH...] [--strict] [--json]

Reads and compiles policy files as the daemon would, all PATHs together, and prints
everything that is wrong with them as file:line:column severity CODE message; hint.

PATH is a file or a folder, searched with its sub-folders. Default: policies

  --strict   warnings count as errors
  --json     print one JSON object instead

Exit code: 0 no errors, 1 errors (with --strict: or warnings), 2 wrong use or unreadable files.

Example:
  $ sallyport check policies/orders.yaml
  policies/orders.yaml:7:7 error POLICY_UNKNOWN_KEY a rule has no key "wen"; did you mean "when"?
  1 error in 1 file
`;

const options = {
  strict: { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** `sallyport check`: finds what is wrong with policy files. */
export const check: Verb = {
  summary: 'find what is wrong with policy files',
  help,
  async run(args, terminal) {
    const { values, positionals } = readArguments('check', args, options);
    if (values.help) {
      terminal.out(help);
      return exit.fine;
    }
    const paths = positionals.length > 0 ? positionals : ['policies'];
    refuseSuites(positionals);
    const sources = readPolicyPaths(paths, terminal.cwd);
    if (sources.length === 0) {
      throw new GateError('POLICY_UNREADABLE', `no policy files in ${paths.join(', ')}`);
    }
    const { policies, problems } = compilePolicies(sources);
    const fine = isFine(problems, values.strict === true);
    const rules = policies?.rules.length;
    if (values.json) {
      const files = sources.map(({ file }) => file);
      const report = { ok: fine, files, ...(rules === undefined ? {} : { rules }), problems };
      terminal.out(`${JSON.stringify(report, null, 2)}\n`);
    } else {
      printProblems(problems, terminal);
      terminal.out(`${summary(problems, rules, sources.length)}\n`);
    }
    return fine ? exit.fine : exit.found;
  },
};

function refuseSuites(paths: readonly string[]): void {
  const suite = paths.find(isSuiteName);
  if (suite === undefined) return;
  const hint = `run "sallyport test ${suite}"`;
  throw new GateError('USAGE', `${suite} is a test file, not a policy`, { hint });
}

function isFine(problems: readonly Problem[], strict: boolean): boolean {
  return strict ? problems.length === 0 : !problems.some(({ severity }) => severity === 'error');
}

function summary(problems: readonly Problem[], rules: number | undefined, files: number): string {
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const warnings = problems.length - errors;
  const found = [
    ...(errors > 0 ? [counted(errors, 'error')] : []),
    ...(warnings > 0 ? [counted(warnings, 'warning')] : []),
  ].join(', ');
  const where = counted(files, 'file');
  if (rules === undefined) return `${found} in ${where}`;
  return `${counted(rules, 'rule')} in ${where}, ${found || 'no problems'}`;
}
