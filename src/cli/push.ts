import { resolve } from 'node:path';
import { privateKey } from '../config/pushed/push-key.ts';
import { BUNDLE_VERSION, signBundle } from '../config/pushed/pushed-bundle.ts';
import { GateError } from '../model/errors.ts';
import { formatProblem, type Problem } from '../model/position.ts';
import { compilePolicies } from '../policy/compile.ts';
import { adminHelp, adminOptions, asProblem, contentOf } from './admin-api.ts';
import { type ChangedPolicies, PoliciesApi } from './policies/policies-api.ts';
import { bundleFiles } from './push/push-files.ts';
import { makeKey } from './push/push-key-file.ts';
import { type Read, readingVerb } from './reading-verb.ts';
import { counted } from './report.ts';
import { type Exit, exit, type Terminal } from './verb.ts';

const help = `Usage: sallyport push [PATH...] --to URL [--key FILE] [--if-match REVISION] [--dry-run] [--json]
       sallyport push --new-key FILE

Checks policy files, signs them, and has a gate take them over by its admin API
(policies.pushed in its configuration). All PATHs are one bundle, which replaces everything
that is in force; what has errors is never sent.

PATH is a file or a folder, searched with its sub-folders. Default: policies

${adminHelp}
  --key FILE         Ed25519 private key in PEM; default: the PEM in the variable SALLYPORT_KEY
  --if-match REV     push only if this revision is in force; default: the one that is now
  --note TEXT        what this is, for the list of revisions: a commit, a ticket
  --dry-run          have the gate check everything, and change nothing
  --json             print one JSON object instead
  --new-key FILE     make a key pair: FILE is the private key, FILE.pub the one for the configuration

Exit code: 0 in force (with --dry-run: would be), 1 the policies have errors, 2 wrong use, no
answer, or the gate refused.

Example:
  $ sallyport push policies --to https://gate-admin.example.com --key push.key --note "$GIT_COMMIT"
  12 rules in 3 files, no problems
  pushed: revision 4f3a2b1c9d8e replaces 0c1d2e3f4a5b
`;

const options = {
  ...adminOptions,
  key: { type: 'string' },
  'if-match': { type: 'string' },
  note: { type: 'string' },
  'dry-run': { type: 'boolean', default: false },
  'new-key': { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

type Values = Read<typeof options>['values'];

/** `sallyport push`: has a gate take over policies. */
export const push = readingVerb('push', {
  ...{ help, options },
  async run({ values, positionals }, terminal) {
    if (values['new-key'] !== undefined) return makeKey(values['new-key'], values.json, terminal);
    const paths = positionals.length > 0 ? positionals : ['policies'];
    const api = PoliciesApi.from(values, terminal);
    const key = await privateKey(keyText(values, terminal));
    const files = bundleFiles(paths, terminal.cwd);
    const { policies, problems } = compilePolicies(files);
    if (!policies) return refused(problems, values, terminal);
    const note = values.note === undefined ? {} : { note: values.note };
    const createdAt = new Date().toISOString();
    const bundle = { apiVersion: BUNDLE_VERSION, createdAt, files, ...note } as const;
    const jws = await signBundle(bundle, key);
    const ifMatch = values['if-match'] ?? (await api.show()).revision;
    try {
      const changed = await api.push(jws, ifMatch, values['dry-run']);
      report(changed, files.length, values, terminal);
      return exit.fine;
    } catch (error) {
      // The gate may be of another version than this, and object to more.
      if (!(error instanceof GateError) || error.code !== 'POLICY_INVALID') throw error;
      return refused(error.problems, values, terminal);
    }
  },
});

function keyText({ key }: Values, { cwd, env }: Terminal): string {
  if (key !== undefined) return contentOf(resolve(cwd, key), key);
  // Some stores of secrets keep no line breaks.
  const pem = env.SALLYPORT_KEY?.replaceAll('\\n', '\n');
  if (pem !== undefined && pem.trim() !== '') return pem;
  const hint = 'name it with --key FILE, or put its PEM into the variable SALLYPORT_KEY';
  throw new GateError('USAGE', 'there is no key to sign with', { hint });
}

function refused(problems: readonly Problem[], { json }: Values, terminal: Terminal): Exit {
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  if (json) {
    terminal.out(`${JSON.stringify({ ok: false, problems }, null, 2)}\n`);
    return exit.found;
  }
  for (const problem of problems) terminal.out(`${formatProblem(problem)}\n`);
  terminal.out(`${counted(errors, 'error')}; nothing was pushed\n`);
  return exit.found;
}

function report(changed: ChangedPolicies, files: number, values: Values, terminal: Terminal): void {
  const dryRun = values['dry-run'];
  if (values.json) {
    terminal.out(`${JSON.stringify({ ok: true, dryRun, ...changed }, null, 2)}\n`);
    return;
  }
  const { problems, rules, revision, replaces } = changed;
  for (const problem of problems) terminal.out(`${formatProblem(asProblem(problem))}\n`);
  const found = counted(problems.length, problems.length === 0 ? 'problem' : 'warning');
  terminal.out(`${counted(rules, 'rule')} in ${counted(files, 'file')}, ${found}\n`);
  if (!changed.changed) terminal.out(`revision ${revision} is in force already\n`);
  else if (dryRun) terminal.out(`not pushed: revision ${revision} would replace ${replaces}\n`);
  else terminal.out(`pushed: revision ${revision} replaces ${replaces}\n`);
}
