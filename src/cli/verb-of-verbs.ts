import { GateError } from '../model/errors.ts';
import { suggest } from '../model/nearest.ts';
import { seeHelp } from './report.ts';
import { exit, type ListedVerb, type Verb } from './verb.ts';
import { verbLines } from './verb-lines.ts';

export interface VerbOfVerbs {
  readonly name: string;
  /** What its verbs are for: a sentence or two of its help, with line breaks. */
  readonly about: string;
  readonly verbs: Readonly<Record<string, ListedVerb>>;
  /** Options of an example that runs the first verb. */
  readonly example: string;
}

/** A word of the command line that another one follows, such as `sallyport transcripts list`. */
export function verbOfVerbs({ name, about, verbs, example }: VerbOfVerbs): Verb {
  const names = Object.keys(verbs);
  const [first = ''] = names;
  const help = `Usage: sallyport ${name} ${names.join('|')} [ARGUMENTS]

${about}

${verbLines(verbs)}

  sallyport ${name} ${first} --help   more about one of them; the same for the others

Example:
  $ sallyport ${name} ${first} ${example}
`;
  return {
    async run([word, ...args], terminal) {
      if (word === '--help' || word === '-h') {
        terminal.out(help);
        return exit.fine;
      }
      if (word === undefined) {
        const hint = seeHelp(name);
        throw new GateError('USAGE', `"${name}" needs one of ${names.join(', ')}`, { hint });
      }
      const verb = Object.hasOwn(verbs, word) ? verbs[word] : undefined;
      if (verb) return (await verb.load()).run(args, terminal);
      const hint = suggest(word, names);
      throw new GateError('USAGE', `"${name}" has no "${word}"`, { hint });
    },
  };
}
