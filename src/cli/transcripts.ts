import { GateError } from '../model/errors.ts';
import { suggest } from '../model/nearest.ts';
import { seeHelp } from './report.ts';
import { follow } from './transcripts/follow.ts';
import { list } from './transcripts/list.ts';
import { show } from './transcripts/show.ts';
import { exit, type Verb } from './verb.ts';

const subVerbs: Readonly<Record<string, Verb>> = { list, show, follow };

const help = `Usage: sallyport transcripts list|show|follow [ARGUMENTS]

Reads the record of exchanges, beside a gate that writes it or without one.

${Object.entries(subVerbs)
  .map(([name, { summary }]) => `  ${name.padEnd(8)} ${summary}`)
  .join('\n')}

  sallyport transcripts list --help   more about one of them; the same for the others

Example:
  $ sallyport transcripts list --limit 10
`;

/** `sallyport transcripts`: what the gate has recorded. */
export const transcripts: Verb = {
  summary: 'read what was recorded: list, show, follow',
  help,
  async run([word, ...args], terminal) {
    if (word === '--help' || word === '-h') {
      terminal.out(help);
      return exit.fine;
    }
    if (word === undefined) {
      const hint = seeHelp('transcripts');
      throw new GateError('USAGE', '"transcripts" needs one of list, show, follow', { hint });
    }
    const verb = Object.hasOwn(subVerbs, word) ? subVerbs[word] : undefined;
    if (verb) return verb.run(args, terminal);
    const hint = suggest(word, Object.keys(subVerbs));
    throw new GateError('USAGE', `"transcripts" has no "${word}"`, { hint });
  },
};
