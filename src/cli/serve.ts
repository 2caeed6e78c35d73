import { OidcAuthenticator } from '../auth/oidc.ts';
import { loadConfig } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import { startDaemon } from '../daemon.ts';
import { GateError } from '../model/errors.ts';
import { isLoopback } from '../model/loopback.ts';
import type { Log } from '../model/seams.ts';
import { type DevAccess, startDevAccess } from './dev-access.ts';
import { jsonLog, textLog } from './log.ts';
import { readingVerb } from './reading-verb.ts';
import { refuseWords } from './transcripts/arguments.ts';
import { exit, type Terminal } from './verb.ts';

const help = `Usage: sallyport serve [--config FILE] [--dev]

Runs the gate until SIGINT or SIGTERM: new calls are then refused, running ones get
shutdown.drain to end, and the transcript is written out. Policies are taken over
while running, as soon as their files change; SIGHUP looks at once.

  --config FILE   configuration; default: sallyport.yaml
  --dev           start an OIDC issuer on loopback for development as well, and print
                  client configurations and tokens; listens on loopback only

The log goes to standard error: JSON lines, or text on a terminal.

Exit code: 0 stopped as asked, 2 it cannot run.

Example:
  $ sallyport serve --config sallyport.yaml
`;

const options = {
  config: { type: 'string', default: 'sallyport.yaml' },
  dev: { type: 'boolean', default: false },
} as const;

/** `sallyport serve`: runs the gate. */
export const serve = readingVerb('serve', {
  ...{ help, options },
  async run({ values, positionals }, terminal) {
    refuseWords(positionals, 'serve');
    const { config, base } = loadConfig(values.config, terminal.cwd, terminal.env);
    if (values.dev) refuseBeyondLoopback(config);
    else refuseNobody(config, values.config);
    const log = terminal.colour
      ? textLog(config.log.level, (text) => terminal.err(text), true)
      : jsonLog(config.log.level, { write: (text) => terminal.err(text) });
    const dev = values.dev ? commandLine(values.config, terminal) : undefined;
    await run(config, base, dev, log, terminal);
    return exit.fine;
  },
});

async function run(
  config: Config,
  base: string,
  /** How sallyport is called, for instructions; undefined unless it is for development. */
  command: string | undefined,
  log: Log,
  terminal: Terminal,
): Promise<void> {
  let access: DevAccess | undefined;
  const stopped = new Promise<void>((resolve) => {
    if (terminal.signal.aborted) resolve();
    terminal.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  if (command !== undefined) access = await startDevAccess(Object.keys(config.upstreams), log);
  try {
    const known = access ? access.configured(config) : config;
    const { issuers, admin } = known;
    const daemon = await startDaemon({
      ...{ config: known, base, log },
      authenticator: (publicUrl, clock) =>
        new OidcAuthenticator({ issuers, publicUrl, clock, log }),
    });
    const look = () => void daemon.look();
    process.on('SIGHUP', look);
    try {
      if (access && command !== undefined) {
        const pages = admin?.login !== undefined;
        const place = { gate: daemon.url, admin: daemon.adminUrl, pages, command };
        terminal.out(await access.instructions(place));
      }
      await stopped;
    } finally {
      process.off('SIGHUP', look);
      await daemon.stop();
    }
  } finally {
    await access?.stop();
  }
}

/** What to type to have VERB done with the same configuration. */
function commandLine(config: string, { env }: Terminal): string {
  const by = env.npm_lifecycle_event === undefined ? 'sallyport' : 'npm run -s sallyport --';
  return `${by} VERB${config === options.config.default ? '' : ` --config ${config}`}`;
}

function refuseBeyondLoopback({ listen, public_url }: Config): void {
  const named = public_url === undefined ? listen.host : new URL(public_url).hostname;
  if (isLoopback(listen.host) && isLoopback(named)) return;
  const hint =
    'anybody who reaches a development issuer may be anybody; set listen.host to 127.0.0.1';
  throw new GateError('USAGE', `--dev does not listen on ${listen.host}`, { hint });
}

function refuseNobody({ issuers, listen, public_url }: Config, file: string): void {
  if (issuers.length === 0) {
    const hint = 'add an issuer, or run with --dev to try things out';
    throw new GateError('CONFIG_INVALID', `${file} has no issuers, so nobody could call`, { hint });
  }
  if (public_url !== undefined || isLoopback(listen.host)) return;
  if (issuers.every(({ audience }) => audience !== undefined)) return;
  const hint = 'set public_url to what clients call';
  const message = `${file} has no public_url, so no token could be meant for this gate`;
  throw new GateError('CONFIG_INVALID', message, { hint });
}
