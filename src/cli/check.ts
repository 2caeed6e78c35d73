import { isSuiteName, readPolicyPaths } from '../config/policy-files.ts';
import { GateError } from '../model/errors.ts';
import { type Problem, sortProblems } from '../model/position.ts';
import { checkArguments } from '../policy/check/check-arguments.ts';
import { checkChannels } from '../policy/check/check-channels.ts';
import { compilePolicies } from '../policy/compile.ts';
import { liveTools, lockedTools } from './check/check-tools.ts';
import { configuredChannels } from './check/configured-channels.ts';
import { sarifLog } from './check/sarif.ts';
import { readingVerb } from './reading-verb.ts';
import { counted, printProblems, seeHelp } from './report.ts';
import { exit, type Terminal } from './verb.ts';
import { writeReport } from './write-report.ts';

const help = `Usage: sallyport check [PATH...] [--strict] [--json] [--sarif FILE]
                       [--lock FILE | --live [--config FILE]]

Reads and compiles policy files as the gate would, all PATHs together, and prints
everything that is wrong with them as file:line:column severity CODE message; hint. Where there
is a sallyport.yaml, the channels that rules name are compared with those in it.

PATH is a file or a folder, searched with its sub-folders. Default: policies

  --strict        warnings count as errors
  --json          print one JSON object instead
  --sarif FILE    write the problems as SARIF 2.1.0, for code review; "-" is standard output
  --lock FILE     compare rules with the tools in this lock file, their names and arguments;
                  default: sallyport.lock.json, where there is one
  --live          compare them with what the upstreams of the configuration say now
  --config FILE   configuration for --live; default: sallyport.yaml

A warning that is meant can be silenced in place:
  silence: [{ code: POLICY_ALL_TOOLS, reason: "a sandbox without data" }]

Exit code: 0 no errors, 1 errors (with --strict: or warnings), 2 wrong use or unreadable files.

Example:
  $ sallyport check policies/orders.yaml
  policies/orders.yaml:7:7 error POLICY_UNKNOWN_KEY a rule has no key "wen"; did you mean "when"?
  1 error in 1 file
`;

const CONFIG = 'sallyport.yaml';

const options = {
  strict: { type: 'boolean' },
  json: { type: 'boolean' },
  sarif: { type: 'string' },
  lock: { type: 'string' },
  live: { type: 'boolean' },
  config: { type: 'string' },
} as const;

/** `sallyport check`: finds what is wrong with policy files. */
export const check = readingVerb('check', {
  ...{ help, options },
  async run({ values, positionals }, terminal) {
    const paths = positionals.length > 0 ? positionals : ['policies'];
    refuseSuites(positionals);
    const sources = readPolicyPaths(paths, terminal.cwd);
    if (sources.length === 0) {
      throw new GateError('POLICY_UNREADABLE', `no policy files in ${paths.join(', ')}`);
    }
    if (values.json && values.sarif === '-') throw usage('--json and --sarif - both print');
    const tools = await knownTools(values, terminal);
    const { policies, problems: found } = compilePolicies(sources);
    const inArguments = policies && tools ? checkArguments(policies.rules, tools) : [];
    const channels = configuredChannels(values.config ?? CONFIG, terminal.cwd);
    const inChannels = policies && channels ? checkChannels(policies.rules, channels) : [];
    const problems = sortProblems([...found, ...inArguments, ...inChannels]);
    const fine = isFine(problems, values.strict === true);
    const rules = policies?.rules.length;
    if (values.sarif !== undefined) {
      const log = JSON.stringify(sarifLog(problems, terminal.cwd), null, 2);
      writeReport(values.sarif, `${log}\n`, terminal);
    }
    if (values.json) {
      const files = sources.map(({ file }) => file);
      const report = { ok: fine, files, ...(rules === undefined ? {} : { rules }), problems };
      terminal.out(`${JSON.stringify(report, null, 2)}\n`);
    } else if (values.sarif !== '-') {
      printProblems(problems, terminal);
      terminal.out(`${summary(problems, rules, sources.length)}\n`);
    }
    return fine ? exit.fine : exit.found;
  },
});

interface ToolOptions {
  readonly lock?: string | undefined;
  readonly live?: boolean | undefined;
  readonly config?: string | undefined;
}

/** What is known of the upstreams' tools; undefined where nothing is. */
async function knownTools({ lock, live, config }: ToolOptions, terminal: Terminal) {
  if (live && lock !== undefined) throw usage('--live and --lock are two sources of the same');
  if (config !== undefined && !live) throw usage('--config goes with --live');
  return live ? await liveTools(config ?? CONFIG, terminal) : lockedTools(lock, terminal.cwd);
}

function usage(message: string): GateError {
  return new GateError('USAGE', message, { hint: seeHelp('check') });
}

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
