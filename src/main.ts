#!/usr/bin/env node
import { once } from 'node:events';
import { exit, type Terminal, type Verb } from './cli/verb.ts';
import { GateError, messageOf } from './model/errors.ts';
import { suggest as nearest } from './model/nearest.ts';
import { version } from './version.ts';

/** A verb is loaded when it is asked for: `stdio` and `check` start in a fraction of what `serve` needs. */
const verbs: Readonly<Record<string, () => Promise<Verb>>> = {
  serve: async () => (await import('./cli/serve.ts')).serve,
  stdio: async () => (await import('./cli/stdio.ts')).stdio,
  check: async () => (await import('./cli/check.ts')).check,
  test: async () => (await import('./cli/test.ts')).test,
  explain: async () => (await import('./cli/explain.ts')).explain,
  suggest: async () => (await import('./cli/suggest.ts')).suggest,
  mask: async () => (await import('./cli/mask.ts')).mask,
  scan: async () => (await import('./cli/scan.ts')).scan,
  pin: async () => (await import('./cli/pin.ts')).pin,
  push: async () => (await import('./cli/push.ts')).push,
  policies: async () => (await import('./cli/policies.ts')).policies,
  approvals: async () => (await import('./cli/approvals.ts')).approvals,
  call: async () => (await import('./cli/call.ts')).call,
  schema: async () => (await import('./cli/schema.ts')).schema,
  transcripts: async () => (await import('./cli/transcripts.ts')).transcripts,
  verify: async () => (await import('./cli/verify.ts')).verify,
  erase: async () => (await import('./cli/erase.ts')).erase,
  keys: async () => (await import('./cli/keys.ts')).keys,
  replay: async () => (await import('./cli/replay.ts')).replay,
  init: async () => (await import('./cli/init.ts')).init,
};

async function overview(): Promise<string> {
  const lines = Object.entries(verbs).map(async ([name, load]) => {
    return `  ${name.padEnd(12)} ${(await load()).summary}`;
  });
  return `Usage: sallyport VERB [ARGUMENTS]

A policy gate for the Model Context Protocol.

${(await Promise.all(lines)).join('\n')}

  sallyport VERB --help   more about a verb
  sallyport --version

Example:
  $ sallyport init && sallyport serve --dev
`;
}

async function main([word, ...args]: readonly string[], terminal: Terminal): Promise<number> {
  if (word === undefined || word === '--help' || word === '-h' || word === 'help') {
    terminal.out(await overview());
    return word === undefined ? exit.unusable : exit.fine;
  }
  if (word === '--version' || word === '-v') {
    terminal.out(`${version()}\n`);
    return exit.fine;
  }
  const load = Object.hasOwn(verbs, word) ? verbs[word] : undefined;
  if (!load) {
    const hint = nearest(word, Object.keys(verbs));
    throw new GateError('USAGE', `sallyport has no verb "${word}"`, { hint });
  }
  return (await load()).run(args, terminal);
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
