#!/usr/bin/env node
import { once } from 'node:events';
import { exit, type Terminal } from './cli/verb.ts';
import { verbLines } from './cli/verb-lines.ts';
import { verbs } from './cli/verbs.ts';
import { GateError, messageOf } from './model/errors.ts';
import { suggest as nearest } from './model/nearest.ts';
import { version } from './version.ts';

const overview = `Usage: sallyport VERB [ARGUMENTS]

A policy gate for the Model Context Protocol.

${verbLines(verbs)}

  sallyport VERB --help   more about a verb
  sallyport --version

Example:
  $ sallyport init && sallyport serve --dev
`;

async function main([word, ...args]: readonly string[], terminal: Terminal): Promise<number> {
  if (word === 'help' && args.length > 0) return main([...args, '--help'], terminal);
  if (word === undefined || word === '--help' || word === '-h' || word === 'help') {
    terminal.out(overview);
    return word === undefined ? exit.unusable : exit.fine;
  }
  if (word === '--version' || word === '-v') {
    terminal.out(`${version()}\n`);
    return exit.fine;
  }
  const verb = Object.hasOwn(verbs, word) ? verbs[word] : undefined;
  if (!verb) {
    const hint = nearest(word, Object.keys(verbs));
    throw new GateError('USAGE', `sallyport has no verb "${word}"`, { hint });
  }
  return (await verb.load()).run(args, terminal);
}

/** SIGINT and SIGTERM ask to stop; a second one doesn't wait. */
function stopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(exit.unusable);
      controller.abort();
    });
  }
  return controller.signal;
}

const terminal: Terminal = {
  input: process.stdin,
  out: (text) => void process.stdout.write(text),
  drained: () => {
    if (!process.stdout.writableNeedDrain) return undefined;
    return once(process.stdout, 'drain').then(() => undefined);
  },
  err: (text) => void process.stderr.write(text),
  colour: process.stdout.isTTY === true && !process.env.NO_COLOR,
  cwd: process.cwd(),
  env: process.env,
  signal: stopSignal(),
};

// `| head` closes the pipe once it has enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(exit.fine);
  throw error;
});

try {
  process.exitCode = await main(process.argv.slice(2), terminal);
} catch (error) {
  const known = error instanceof GateError;
  terminal.err(`sallyport: ${known ? `${error.code} ${error.explain()}` : messageOf(error)}\n`);
  if (!known && error instanceof Error) terminal.err(`${error.stack}\n`);
  process.exitCode = exit.unusable;
}
// Nobody reads it any more, so it keeps nothing running.
process.stdin.destroy();
