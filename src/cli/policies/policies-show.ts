import { formatProblem } from '../../model/position.ts';
import { adminHelp, adminOptions, asProblem } from '../admin-api.ts';
import { readingVerb } from '../reading-verb.ts';
import { refuseWords } from '../transcripts/arguments.ts';
import { exit } from '../verb.ts';
import { PoliciesApi, type ShownPolicies } from './policies-api.ts';

const help = `Usage: sallyport policies show --to URL [--json]

Prints which policies are in force, where they come from, and how often each rule has mattered
since the gate started: matched, decided, would have decided in shadow mode, limited.

${adminHelp}
  --json             print what the admin API answered instead

Exit code: 0 printed, 2 wrong use, no answer, or the gate refused.

Example:
  $ sallyport policies show --to https://gate-admin.example.com
  revision 4f3a2b1c9d8e
  kind     git
  commit   4f3a2b1c9d8e70aa31c1f3fd0d9d7b0c6c1f9a11

  allow  analysts-read  policies/orders.yaml:4  matched 120, decided 118
`;

const options = {
  ...adminOptions,
  json: { type: 'boolean', default: false },
} as const;

/** `sallyport policies show`. */
export const show = readingVerb('policies show', {
  ...{ help, options },
  async run({ values, positionals }, terminal) {
    refuseWords(positionals, 'policies show');
    const shown = await PoliciesApi.from(values, terminal).show();
    terminal.out(values.json ? `${JSON.stringify(shown, null, 2)}\n` : pageOf(shown));
    return exit.fine;
  },
});

function pageOf({ revision, source, rules, problems }: ShownPolicies): string {
  const facts = Object.entries({ revision, ...source });
  const wide = Math.max(...facts.map(([name]) => name.length), 8);
  const head = facts.map(([name, value]) => `${name.padEnd(wide)} ${value}`);
  if (rules.length === 0) head.push('', 'no rules: nothing passes');
  const effects = Math.max(...rules.map((rule) => effectOf(rule).length), 0);
  const ids = Math.max(...rules.map(({ id }) => id.length), 0);
  const lines = rules.map((rule) => {
    const place = `${rule.at.file}:${rule.at.line}`;
    const counts = countsOf(rule);
    return `${effectOf(rule).padEnd(effects)}  ${rule.id.padEnd(ids)}  ${place}${counts}`;
  });
  const found = problems.map((one) => formatProblem(asProblem(one)));
  const all = [...head, ...(lines.length > 0 ? ['', ...lines] : []), ...found];
  return `${all.join('\n')}\n`;
}

type Rule = ShownPolicies['rules'][number];

function effectOf({ then = '-', mode }: Rule): string {
  return mode === 'shadow' ? `${then} (shadow)` : then;
}

function countsOf({ matched, decided, would, limited }: Rule): string {
  const shadow = would > 0 ? `, would ${would}` : '';
  const bounded = limited > 0 ? `, limited ${limited}` : '';
  return `  matched ${matched}, decided ${decided}${shadow}${bounded}`;
}
