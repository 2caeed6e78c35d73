import { GateError } from '../model/errors.ts';
import { suggest } from '../model/nearest.ts';
import { seeHelp } from './report.ts';
import { exit, type Verb } from './verb.ts';

export interface VerbOfVerbs {
  readonly name: string;
  readonly summary: string;
  /** What its verbs are for: a sentence or two of its help, with line breaks. */
  readonly about: string;
  readonly verbs: Readonly<Record<string, Verb>>;
  /** Options of an example that runs the first verb. */
  readonly example: string;
}

/** A word of the command line that another one follows, such as `sallyport transcripts list`. */
export function verbOfVerbs({ name, summary, about, verbs, example }: VerbOfVerbs): Verb {
  const names = Object.keys(verbs);
  const [first = ''] = names;
  const widest = Math.max(...names.map(({ length }) => length));
  const lines = Object.entries(verbs).map(([verb, { summary }]) => {
    return `  ${verb.padEnd(widest)} ${summary}`;
  });
  const help = `Usage: sallyport ${name} ${names.join('|')} [ARGUMENTS]

${about}

${lines.join('\n')}

  sallyport ${name} ${first} --help   more about one of them; the same for the others

Example:
  $ sallyport ${name} ${first} ${example}
`;
  return {
    ...{ summary, help },
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
      if (verb) return verb.run(args, terminal);
      const hint = suggest(word, names);
      throw new GateError('USAGE', `"${name}" has no "${word}"`, { hint });
    },
  };
}
