import { GateError } from '../model/errors.ts';
import { suggest } from '../model/nearest.ts';
import { revisions } from './policies/policies-revisions.ts';
import { rollback } from './policies/policies-rollback.ts';
import { show } from './policies/policies-show.ts';
import { seeHelp } from './report.ts';
import { exit, type Verb } from './verb.ts';

const subVerbs: Readonly<Record<string, Verb>> = { show, revisions, rollback };

const help = `Usage: sallyport policies show|revisions|rollback [ARGUMENTS]

Asks a gate about its policies, and goes back to earlier ones, by its admin API.

${Object.entries(subVerbs)
  .map(([name, { summary }]) => `  ${name.padEnd(10)} ${summary}`)
  .join('\n')}

  sallyport policies show --help   more about one of them; the same for the others

Example:
  $ sallyport policies show --to https://gate-admin.example.com
`;

/** `sallyport policies`: the policies of a running gate. */
export const policies: Verb = {
  summary: 'policies of a running gate: show, revisions, rollback',
  help,
  async run([word, ...args], terminal) {
    if (word === '--help' || word === '-h') {
      terminal.out(help);
      return exit.fine;
    }
    if (word === undefined) {
      const hint = seeHelp('policies');
      throw new GateError('USAGE', '"policies" needs one of show, revisions, rollback', { hint });
    }
    const verb = Object.hasOwn(subVerbs, word) ? subVerbs[word] : undefined;
    if (verb) return verb.run(args, terminal);
    const hint = suggest(word, Object.keys(subVerbs));
    throw new GateError('USAGE', `"policies" has no "${word}"`, { hint });
  },
};
