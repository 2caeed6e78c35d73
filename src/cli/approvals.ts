import { GateError } from '../model/errors.ts';
import { suggest } from '../model/nearest.ts';
import { approve } from './approvals/approvals-approve.ts';
import { cancel } from './approvals/approvals-cancel.ts';
import { deny } from './approvals/approvals-deny.ts';
import { list } from './approvals/approvals-list.ts';
import { proposal } from './approvals/approvals-proposal.ts';
import { revoke } from './approvals/approvals-revoke.ts';
import { show } from './approvals/approvals-show.ts';
import { seeHelp } from './report.ts';
import { exit, type Verb } from './verb.ts';

const subVerbs: Readonly<Record<string, Verb>> = {
  ...{ list, show, approve, deny, revoke, cancel, proposal },
};
const names = Object.keys(subVerbs).join(', ');

const help = `Usage: sallyport approvals ${Object.keys(subVerbs).join('|')} [ARGUMENTS]

Calls that wait for a person to say yes, by the admin API of a gate. You see what names you,
what you have asked for, and with the role approver, viewer or admin everything.

${Object.entries(subVerbs)
  .map(([name, { summary }]) => `  ${name.padEnd(8)} ${summary}`)
  .join('\n')}

  sallyport approvals show --help   more about one of them; the same for the others

Example:
  $ sallyport approvals list --mine --to https://gate-admin.example.com
`;

/** `sallyport approvals`: calls that wait for people. */
export const approvals: Verb = {
  summary: 'calls that wait for a person: list, show, approve, deny and others',
  help,
  async run([word, ...args], terminal) {
    if (word === '--help' || word === '-h') {
      terminal.out(help);
      return exit.fine;
    }
    if (word === undefined) {
      const hint = seeHelp('approvals');
      throw new GateError('USAGE', `"approvals" needs one of ${names}`, { hint });
    }
    const verb = Object.hasOwn(subVerbs, word) ? subVerbs[word] : undefined;
    if (verb) return verb.run(args, terminal);
    const hint = suggest(word, Object.keys(subVerbs));
    throw new GateError('USAGE', `"approvals" has no "${word}"`, { hint });
  },
};
