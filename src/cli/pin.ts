import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { readLockFile } from '../config/live-lock-file.ts';
import { type LoadedConfig, loadConfig } from '../config/load.ts';
import { GateError, messageOf } from '../model/errors.ts';
import { formatLockFile, type PinnedTools } from '../policy/pin/lock-file.ts';
import { SqlitePins } from '../store/sqlite/pins.ts';
import { placeOfUpstream } from './mcp-client-place.ts';
import {
  acceptSeen,
  modeOf,
  type NamedTool,
  namedTools,
  noTool,
  requireUpstream,
} from './pin-accept.ts';
import { isSame, type PinChanges, pinChanges, type Tools } from './pin-changes.ts';
import { changeLines, changesJson, summaryOf } from './pin-report.ts';
import { toolsOf } from './pin-tools.ts';
import { readArguments, seeHelp } from './report.ts';
import { type Exit, exit, type Terminal, type Verb } from './verb.ts';

const help = `Usage: sallyport pin [UPSTREAM...] [--check] [--config FILE] [--file FILE] [--json]
       sallyport pin --accept UPSTREAM/TOOL [--accept ...] [--config FILE] [--file FILE] [--json]

Asks upstreams of the configuration for their tools and writes what they are to the lock file,
for everybody to review: names, titles, descriptions, schemas and annotations. It prints what is
new (+), changed (~), gone (-), and what is worth a look (!), such as hidden characters and texts
that read like instructions to a model. Without UPSTREAM it is all that are pinned.

  --check               write nothing; exit code 1 where the lock file differs
  --accept UPSTREAM/TOOL  take over this tool only, as it is now. With "pins: first-sight" that
                        is what the gate has refused, and a running gate accepts it at once
  --config FILE         the configuration; default: sallyport.yaml
  --file FILE           the lock file; default: that of the configuration
  --json                print one JSON object instead

Exit code: 0 done, or nothing differs; 1 (--check) something differs; 2 wrong use, or an upstream
can't be asked.

Example:
  $ sallyport pin orders
  + orders/query
  ~ orders/export
      description: Writes a report{+ and sends it to audit@example.net+}.
  1 new, 1 changed: sallyport.lock.json is written
`;

const options = {
  accept: { type: 'string', multiple: true },
  check: { type: 'boolean' },
  config: { type: 'string' },
  file: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

interface Asked extends LoadedConfig {
  readonly terminal: Terminal;
  readonly json: boolean;
  /** The lock file, as the user named it and where it is. */
  readonly file: string;
  readonly path: string;
}

/** `sallyport pin`: writes and checks the lock file of tools, and accepts changed ones. */
export const pin: Verb = {
  summary: 'pin the tools of upstreams, and accept changed ones',
  help,
  async run(args, terminal) {
    const { values, positionals } = readArguments('pin', args, options);
    if (values.help) {
      terminal.out(help);
      return exit.fine;
    }
    const loaded = loadConfig(values.config ?? 'sallyport.yaml', terminal.cwd, terminal.env);
    const file = values.file ?? loaded.config.pins.file;
    const path = resolve(values.file === undefined ? loaded.base : terminal.cwd, file);
    const asked: Asked = { ...loaded, terminal, json: values.json === true, file, path };
    const { accept } = values;
    if (!accept) return lockAll(positionals, values.check === true, asked);
    if (values.check || positionals.length > 0) {
      const message = '--accept goes with neither --check nor UPSTREAM';
      throw new GateError('USAGE', message, { hint: seeHelp('pin') });
    }
    return acceptSome(namedTools(accept, loaded.config), asked);
  },
};

async function lockAll(names: readonly string[], check: boolean, asked: Asked): Promise<Exit> {
  const { config, path, file } = asked;
  for (const name of names) requireUpstream(name, config);
  const pinned = Object.keys(config.upstreams).filter((name) => modeOf(name, config) !== 'off');
  const wanted = names.length > 0 ? pinned.filter((name) => names.includes(name)) : pinned;
  const before = existsSync(path) ? readLockFile(path, file) : new Map<string, Tools>();
  // What is no upstream any more stays only where others were asked for.
  const kept = [...before].filter(([name]) => names.length > 0 || pinned.includes(name));
  const after = new Map<string, Tools>(kept);
  const changes = [...before]
    .filter(([name]) => !after.has(name))
    .map(([name, tools]) => pinChanges(name, tools, new Map()));
  for (const name of wanted) {
    const present = await presentTools(name, asked);
    changes.push(pinChanges(name, before.get(name) ?? new Map(), present));
    after.set(name, present);
  }
  const differs = !changes.every(isSame) || !existsSync(path);
  if (!check && differs) write(path, file, after);
  const done = check ? `${file} ${differs ? 'differs' : 'is up to date'}` : outcome(differs, file);
  report(changes, done, { written: !check && differs }, asked);
  hintAtMode(asked);
  return check && differs ? exit.found : exit.fine;
}

async function acceptSome(named: readonly NamedTool[], asked: Asked): Promise<Exit> {
  const { config, path, file } = asked;
  const present = new Map<string, Promise<Tools>>();
  const toolsAt = (upstream: string) => {
    const tools = present.get(upstream) ?? presentTools(upstream, asked);
    present.set(upstream, tools);
    return tools;
  };
  const locked = named.filter(({ upstream }) => modeOf(upstream, config) === 'lock');
  const seen = named.filter((one) => !locked.includes(one));
  const changes: PinChanges[] = [];
  if (locked.length > 0) {
    const before: PinnedTools = existsSync(path) ? readLockFile(path, file) : new Map();
    const after = new Map(before);
    for (const { upstream, tool } of locked) {
      const own = after.get(upstream) ?? new Map();
      const found = (await toolsAt(upstream)).get(tool);
      if (!found && !own.has(tool)) throw noTool(upstream, tool);
      const old = new Map([...own].filter(([name]) => name === tool));
      changes.push(pinChanges(upstream, old, new Map(found && [[tool, found]])));
      const others = [...own].filter(([name]) => name !== tool);
      after.set(upstream, new Map(found ? [...others, [tool, found]] : others));
    }
    write(path, file, after);
  }
  if (seen.length > 0) {
    const store = new SqlitePins(pinsPath(asked));
    try {
      for (const one of seen) {
        changes.push(await acceptSeen(one, store, () => toolsAt(one.upstream)));
      }
    } finally {
      store.close();
    }
  }
  report(changes, 'accepted', { written: locked.length > 0 }, asked);
  return exit.fine;
}

function presentTools(name: string, { config, base, terminal }: Asked): Promise<Tools> {
  const upstream = config.upstreams[name];
  if (!upstream) throw new GateError('UPSTREAM_UNKNOWN', `there is no upstream ${name}`);
  return toolsOf(name, placeOfUpstream(upstream, base), terminal.signal);
}

function pinsPath({ config, base }: Asked): string {
  return resolve(base, config.pins.path ?? join(dirname(config.transcripts.path), 'pins.db'));
}

/** Written aside and then put in its place: a running gate never reads half of it. */
function write(path: string, file: string, tools: PinnedTools): void {
  const aside = `${path}.${process.pid}.new`;
  try {
    writeFileSync(aside, formatLockFile(tools));
    renameSync(aside, path);
  } catch (cause) {
    rmSync(aside, { force: true });
    const message = `cannot write ${file}: ${messageOf(cause)}`;
    throw new GateError('FILE_UNWRITABLE', message, { cause });
  }
}

function outcome(differs: boolean, file: string): string {
  return differs ? `${file} is written` : `${file} stays as it is`;
}

function report(
  changes: readonly PinChanges[],
  done: string,
  facts: { readonly written: boolean },
  { terminal, json, file }: Asked,
): void {
  if (json) {
    const object = { file, ...facts, ...changesJson(changes) };
    terminal.out(`${JSON.stringify(object, null, 2)}\n`);
    return;
  }
  for (const line of changes.flatMap(changeLines)) terminal.out(`${line}\n`);
  terminal.out(`${summaryOf(changes)}: ${done}\n`);
}

/** A lock file that nobody reads would be a comfort only. */
function hintAtMode({ config, terminal, file }: Asked): void {
  const used = Object.keys(config.upstreams).some((name) => modeOf(name, config) === 'lock');
  if (!used)
    terminal.err(
      `note: no gate reads ${file} until the configuration has "pins: { mode: lock }"\n`,
    );
}
