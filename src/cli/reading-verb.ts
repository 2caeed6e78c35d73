import type { ParseArgsOptionsConfig } from 'node:util';
import { readArguments } from './report.ts';
import { type Exit, exit, type Terminal, type Verb } from './verb.ts';

/** The option that every verb has. */
const common = { help: { type: 'boolean', short: 'h' } } as const;

/** What a command line says, as options have it. */
export type Read<Options extends ParseArgsOptionsConfig> = ReturnType<
  typeof readArguments<Options>
>;

export interface ReadingVerb<Options extends ParseArgsOptionsConfig> {
  /** What `--help` prints, with an example. */
  readonly help: string;
  /** All but `--help`. */
  readonly options: Options;
  /** @throws GateError what could not be done */
  run(read: Read<Options>, terminal: Terminal): Promise<Exit>;
}

/**
 * A verb with options of its own, and `--help`.
 *
 * @param name as it is called: `check`, `policies show`
 */
export function readingVerb<const Options extends ParseArgsOptionsConfig>(
  name: string,
  { help, options, run }: ReadingVerb<Options>,
): Verb {
  return {
    async run(args, terminal) {
      const read = readArguments(name, args, { ...options, ...common });
      const { help: isAsked } = read.values as { readonly help?: boolean };
      if (isAsked) {
        terminal.out(help);
        return exit.fine;
      }
      return run(read as Read<Options>, terminal);
    },
  };
}
