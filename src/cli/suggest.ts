import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { GateError, messageOf } from '../model/errors.ts';
import { visible, visibleJson } from '../model/visible.ts';
import { decideByGrant } from '../pipeline/stages/decide.ts';
import type { Recorded } from '../replay/recorded-subject.ts';
import { type Suggestion, suggestPolicy } from '../replay/suggest.ts';
import { readingVerb } from './reading-verb.ts';
import { counted } from './report.ts';
import {
  keyHelp,
  keyOptions,
  parseSince,
  refuseWords,
  sourceHelp,
  sourceOptions,
} from './transcripts/arguments.ts';
import { withTraffic } from './transcripts/traffic.ts';
import { exit, type Terminal } from './verb.ts';

const help = `Usage: sallyport suggest [--since WHEN] [--upstream NAME]... [--out FILE] [--enforce]

Writes the least-privilege policy that would have allowed the recorded traffic: for each upstream
and each set of groups the tools that were called, with conditions on arguments as narrow as what
was seen, and the numbers behind each rule. In shadow mode, so that it can be loaded and watched.
Before it is printed, every exchange that it was learnt from is judged by it in enforce mode; what
it does not allow is named, and so is what could not be learnt.

It learns from exchanges that were answered. Values that masks have changed are never used; where a
master key is at hand, what it proves is proven on messages as they came, which is recorded. An
argument that was never seen is not forbidden: add "absent" where it must not come.

  --since WHEN       learn from what was opened since then: 7d, 12h, or 2026-01-31T12:00:00Z;
                     default: everything
  --upstream NAME    learn from this upstream only; may come several times
  --include-blocked  learn from what was blocked as well
  --enforce          write rules that are in force
  --out FILE         write the policy there instead of printing it
  --masked-only      leave originals sealed
${sourceHelp}
${keyHelp}
  --json             print one JSON object instead: rules with their numbers, proof, policy text

Exit code: 0 everything is covered, 1 something is not, or nothing was recorded, 2 wrong use, or the
database cannot be read.

Example:
  $ sallyport suggest --since 7d --upstream orders-db --out policies/orders-db.yaml
`;

const options = {
  ...sourceOptions,
  ...keyOptions,
  since: { type: 'string' },
  upstream: { type: 'string', multiple: true },
  'include-blocked': { type: 'boolean', default: false },
  enforce: { type: 'boolean', default: false },
  out: { type: 'string' },
  'masked-only': { type: 'boolean', default: false },
} as const;

/** `sallyport suggest`: a policy from recorded traffic. */
export const suggest = readingVerb('suggest', {
  ...{ help, options },
  async run({ values, positionals }, terminal) {
    refuseWords(positionals, 'suggest');
    const since = values.since === undefined ? undefined : parseSince(values.since, Date.now());
    const seen = new Set<string>();
    const noted = function* (traffic: Iterable<Recorded>) {
      for (const recorded of traffic) {
        seen.add(recorded.record.upstream);
        yield recorded;
      }
    };
    const wanted = { what: 'suggest', since, upstreams: values.upstream };
    const suggestion = await withTraffic(values, wanted, terminal, (traffic) =>
      suggestPolicy(() => noted(traffic()), {
        blocked: values['include-blocked'],
        mode: values.enforce ? 'enforce' : 'shadow',
        judge: decideByGrant,
        head: headOf(values.since, values.upstream),
        progress: (read) => terminal.err(`${read} exchanges read\n`),
      }),
    );
    const missing = missingText(values, seen);
    if (seen.size === 0) {
      if (values.json) terminal.out(`${visibleJson(suggestion, 2)}\n`);
      terminal.err(missing);
      return exit.found;
    }
    if (values.out !== undefined) write(values.out, suggestion.text, terminal);
    if (values.json) terminal.out(`${visibleJson(suggestion, 2)}\n`);
    else if (values.out === undefined) terminal.out(suggestion.text);
    terminal.err(missing);
    report(suggestion, values.out, terminal);
    return suggestion.uncovered.length === 0 && missing === '' ? exit.fine : exit.found;
  },
});

/** What was asked for, and nothing was recorded of. */
function missingText(
  { upstream, since }: { readonly upstream?: string[]; readonly since?: string },
  seen: ReadonlySet<string>,
): string {
  const missing = (upstream ?? []).filter((name) => !seen.has(name)).map(visible);
  if (missing.length === 0 && seen.size > 0) return '';
  const of = missing.length === 0 ? '' : ` of ${missing.join(', ')}`;
  return `nothing was recorded${of}${since === undefined ? '' : ` since ${visible(since)}`}\n`;
}

function headOf(since: string | undefined, upstreams: readonly string[] | undefined): string[] {
  const span = since === undefined ? 'all that was recorded' : `what was recorded since ${since}`;
  const where = upstreams ? ` of ${upstreams.join(', ')}` : '';
  return [
    `Suggested from ${span}${where} by "sallyport suggest". Read it before you trust it:`,
    'it allows what was done, not what should be done.',
    'Arguments that were never seen are not forbidden; add "absent" where they must not come.',
  ];
}

function write(file: string, text: string, { cwd }: Terminal): void {
  try {
    writeFileSync(resolve(cwd, file), text, { flag: 'wx' });
  } catch (cause) {
    const hint = 'what is there is never overwritten';
    throw new GateError('FILE_UNWRITABLE', `cannot write ${file}: ${messageOf(cause)}`, {
      ...{ hint, cause },
    });
  }
}

/** The proof, and what is not covered; on standard error, beside the policy. */
function report(
  { rules, calls, learnt, allowed, uncovered, more }: Suggestion,
  out: string | undefined,
  { err }: Terminal,
): void {
  const where = out === undefined ? '' : ` in ${out}`;
  err(`${counted(rules.length, 'rule')}${where}, from ${learnt} of ${counted(calls, 'call')}\n`);
  err(`proven: in enforce mode it allows ${allowed} of ${learnt} of them\n`);
  for (const { what, why, exchanges, example } of uncovered) {
    err(
      `not covered: ${visible(what)}, ${counted(exchanges, 'time')}: ${visible(why)} (${example})\n`,
    );
  }
  if (more > 0) err(`and ${more} more that are not covered\n`);
}
