import { readPolicyPaths } from '../../config/policy-files.ts';
import { GateError } from '../../model/errors.ts';
import { visibleJson } from '../../model/visible.ts';
import { compilePolicies, type PolicySource } from '../../policy/compile.ts';
import type { PolicySet } from '../../policy/policy-set.ts';
import { OpenedOriginals } from '../../store/sqlite/bulk/opened-originals.ts';
import { recordJudging } from '../keys/judging.ts';
import { Progress } from '../progress.ts';
import { readingVerb } from '../reading-verb.ts';
import { seeHelp } from '../report.ts';
import { filterHelp, filterOptions, keyHelp, keyOptions, refuseWords, sourceHelp, sourceOptions } from '../transcripts/arguments.ts'; // biome-ignore format: one line says it
import { databasePath, masterKeysOf } from '../transcripts/database.ts';
import { filterOf, timeHelp } from '../transcripts/filter.ts';
import { exit } from '../verb.ts';
import { acceptOption } from './backtest/accept-option.ts';
import { backtestMarkdown } from './backtest/backtest-markdown.ts';
import type { BacktestTask } from './backtest/backtest-part.ts';
import { backtestText } from './backtest/backtest-print.ts';
import { backtestReport, isUnaccepted } from './backtest/backtest-report.ts';
import { runBacktest } from './backtest/backtest-threads.ts';

const NAME = 'replay backtest';
const help = `Usage: sallyport replay backtest --policy PATH [--since WHEN] [--until WHEN]
                                  [--baseline recorded|PATH] [--accept RULE|FILE]... [FILTERS]

Judges recorded exchanges by other policies, and tells which calls would now be allowed, allowed
with something masked, held for approval, refused by a limit or blocked: by rule, tool and caller,
with examples. The gate need not run, and may. Nothing is sent anywhere and nothing is changed.

Each message is judged as it came, where its original was kept and a master key is at hand, which is
recorded, and otherwise by what the transcript shows. What then depends on a masked place is counted as
indeterminate, never guessed. Limits are counted again over the recorded time, and lists are
compared by what they show to whom. Pins are not judged again, nor is what a message carries inside.
Arguments of examples are masked as they were recorded, whatever keys are at hand.

  --policy PATH      the policies: a file or a folder; may come several times
  --baseline WHAT    compare with what was decided then (recorded, the default), or with what the
                     policies at this path would decide
${timeHelp}
  --accept RULE|FILE these differences are wanted: those that the rule decides, or those that a
                     YAML file lists; may come several times
  --strict           exit with 1 as well where something can't be told
  --examples N       examples of each kind of difference, 0 to 20; default: 3
  --masked-only      leave originals sealed
  --markdown         print Markdown, for a pull request
  --json             print one JSON object
${filterHelp}
${sourceHelp}
${keyHelp}

Exit code: 0 nothing is judged or listed otherwise, but what --accept names; 1 something is; 2 wrong
use, or policies with errors.

Example:
  $ sallyport replay backtest --policy policies --since 7d
  $ sallyport replay backtest --policy new --baseline policies --accept no-deletes --markdown
`;

const options = {
  ...sourceOptions,
  ...filterOptions,
  ...keyOptions,
  policy: { type: 'string', multiple: true },
  baseline: { type: 'string', default: 'recorded' },
  since: { type: 'string' },
  until: { type: 'string' },
  accept: { type: 'string', multiple: true },
  strict: { type: 'boolean', default: false },
  examples: { type: 'string', default: '3' },
  'masked-only': { type: 'boolean', default: false },
  markdown: { type: 'boolean', default: false },
} as const;

const RECORDED = 'recorded';
const MOST_EXAMPLES = 20;

/** `sallyport replay backtest`: what would this policy have done? */
export const backtest = readingVerb(NAME, {
  ...{ help, options },
  async run({ values, positionals }, terminal) {
    refuseWords(positionals, NAME);
    if (values.json && values.markdown) throw usage('it prints either --json or --markdown');
    const { policy: paths = [], accept = [] } = values;
    if (paths.length === 0) throw usage(`"${NAME}" needs --policy`);
    const acceptances = accept.flatMap((one) => acceptOption(one, terminal.cwd));
    const policy = policiesAt(paths, terminal.cwd);
    const baseline = values.baseline === RECORDED ? undefined : policiesAt([values.baseline], terminal.cwd); // biome-ignore format: one line says it
    const opened = new OpenedOriginals();
    const task: BacktestTask = {
      path: databasePath(values, terminal),
      keys: await masterKeysOf(values, terminal, values['masked-only'] ? 'none' : 'if at hand'),
      filter: filterOf(values, Date.now()),
      policies: policy.sources,
      ...(baseline && { baseline: baseline.sources }),
      examples: examplesOf(values.examples),
      opened: opened.shared,
    };
    const progress = new Progress(terminal);
    const tally = await runBacktest(task, { signal: terminal.signal, progress: progress.tell });
    progress.end();
    const { count } = opened;
    recordJudging(values, terminal, { what: NAME, count, filter: { ...task.filter } });
    const report = backtestReport(tally, {
      ...{ policies: policy.policies, acceptances },
      partial: Object.keys(task.filter).some((name) => name !== 'since' && name !== 'until'),
      policy: { from: policy.from, revision: policy.policies.revision },
      baseline: baseline
        ? { from: baseline.from, revision: baseline.policies.revision }
        : { from: 'what was decided then', revision: null },
    });
    if (values.json) terminal.out(`${visibleJson(report, 2)}\n`);
    else if (values.markdown) terminal.out(backtestMarkdown(report));
    else terminal.out(backtestText(report, terminal.colour));
    const open = values.strict && report.indeterminate > 0;
    return isUnaccepted(report) || open ? exit.found : exit.fine;
  },
});

interface Policies {
  readonly policies: PolicySet;
  readonly sources: readonly PolicySource[];
  readonly from: string;
}

/** @throws GateError POLICY_UNREADABLE; POLICY_INVALID with every problem */
function policiesAt(paths: readonly string[], cwd: string): Policies {
  const sources = readPolicyPaths(paths, cwd).map(({ file, text }) => ({ file, text }));
  const from = paths.join(', ');
  if (sources.length === 0) throw new GateError('POLICY_UNREADABLE', `no policy files in ${from}`);
  const { policies, problems } = compilePolicies(sources);
  if (policies) return { policies, sources, from };
  const errors = problems.filter(({ severity }) => severity === 'error');
  throw new GateError('POLICY_INVALID', `the policies in ${from} have errors`, { problems: errors }); // biome-ignore format: one line says it
}

function examplesOf(text: string): number {
  const count = /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
  if (count <= MOST_EXAMPLES) return count;
  throw usage(`--examples must be a whole number from 0 to ${MOST_EXAMPLES}, not "${text}"`);
}

function usage(message: string): GateError {
  return new GateError('USAGE', message, { hint: seeHelp(NAME) });
}
