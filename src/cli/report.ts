import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { GateError, messageOf } from '../model/errors.ts';
import { suggest } from '../model/nearest.ts';
import { formatProblem, type Problem } from '../model/position.ts';
import type { Terminal } from './verb.ts';

/**
 * Reads a verb's arguments.
 *
 * @throws GateError USAGE: an unknown option, or one with a wrong value
 */
export function readArguments<Options extends ParseArgsOptionsConfig>(
  verb: string,
  args: readonly string[],
  options: Options,
) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    const unknown = /^Unknown option '(-+)([^'\s]+)'/.exec(messageOf(error));
    if (!unknown) throw new GateError('USAGE', messageOf(error), { hint: seeHelp(verb) });
    const [, , name = ''] = unknown;
    const known = Object.keys(options).map((option) => `--${option}`);
    throw new GateError('USAGE', `"${verb}" has no option --${name}`, {
      hint: suggest(`--${name}`, known),
    });
  }
}

/** Where to read more, for hints. */
export function seeHelp(verb: string): string {
  return `see "sallyport ${verb} --help"`;
}

/** Prints problems, one a line. */
export function printProblems(problems: readonly Problem[], terminal: Terminal): void {
  for (const problem of problems) terminal.out(`${formatProblem(problem)}\n`);
}

/** `1 rule`, `2 rules`, `no rules`. */
export function counted(count: number, noun: string): string {
  return `${count === 0 ? 'no' : count} ${noun}${count === 1 ? '' : 's'}`;
}
