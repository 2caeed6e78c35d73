import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { readLockFile } from '../config/live-lock-file.ts';
import { type LoadedConfig, loadConfig } from '../config/load.ts';
import { GateError } from '../model/errors.ts';
import type { JsonObject } from '../model/json.ts';
import { visible } from '../model/visible.ts';
import { formatLockFile, type PinnedTools } from '../policy/pin/lock-file.ts';
import { fingerprintDigits, shortFingerprint } from '../policy/pin/short-fingerprint.ts';
import { SqlitePins } from '../store/sqlite/pins.ts';
import { placeOfUpstream } from './mcp-client/mcp-client-place.ts';
import {
  type Choice,
  choiceChanges,
  chooseLocked,
  chooseSeen,
  modeOf,
  type NamedTool,
  namedTools,
  requireUpstream,
  withChosen,
} from './pin/pin-accept.ts';
import { isSame, type PinChanges, pinChanges, type Tools } from './pin/pin-changes.ts';
import { type RefusedTool, refusedJson, refusedLines, refusedTools } from './pin/pin-refused.ts';
import { changeLines, changesJson, summaryOf } from './pin/pin-report.ts';
import { toolsOf } from './pin/pin-tools.ts';
import { readingVerb } from './reading-verb.ts';
import { seeHelp } from './report.ts';
import { type Exit, exit, type Terminal } from './verb.ts';
import { writeAside } from './write-aside.ts';

const help = `Usage: sallyport pin [UPSTREAM...] [--check] [--config FILE] [--file FILE] [--json]
       sallyport pin --accept UPSTREAM/TOOL@FINGERPRINT [--accept ...] [--config FILE]
                     [--file FILE] [--json]

Asks upstreams of the configuration for their tools and writes what they are to the lock file,
for everybody to review: names, titles, descriptions, schemas and the like. It prints what is
new (+), changed (~), gone (-), and what is worth a look (!), such as hidden characters and texts
that read like instructions to a model. With "pins: first-sight" it prints as well what the gate
refuses (x), and how to accept that. Without UPSTREAM it is all that are pinned.

  --check               write nothing; exit code 1 where the lock file differs
  --accept UPSTREAM/TOOL@FINGERPRINT
                        take over this tool only, as it is now. With "pins: first-sight" that
                        is what the gate has refused, and a running gate accepts it at once.
                        The log has the fingerprint; nothing is accepted if it is another by
                        now. Without @FINGERPRINT the server may have changed the tool since
                        you looked
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
} as const;

interface Asked extends LoadedConfig {
  readonly terminal: Terminal;
  readonly json: boolean;
  /** The lock file, as the user named it and where it is. */
  readonly file: string;
  readonly path: string;
}

/** `sallyport pin`: writes and checks the lock file of tools, and accepts changed ones. */
export const pin = readingVerb('pin', {
  ...{ help, options },
  async run({ values, positionals }, terminal) {
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
});

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
  if (!check && differs) writeAside(path, [formatLockFile(after)], { name: file });
  const done = check ? `${file} ${differs ? 'differs' : 'is up to date'}` : outcome(differs, file);
  const refused = refusedOf(wanted, asked);
  report(changes, done, asked, {
    lines: refusedLines(refused),
    facts: { written: !check && differs, refused: refusedJson(refused) },
  });
  hintAtMode(asked);
  return check && differs ? exit.found : exit.fine;
}

/** Every tool is chosen, and found to be the one that was named, before the first is accepted. */
async function acceptSome(named: readonly NamedTool[], asked: Asked): Promise<Exit> {
  const { config, path, file } = asked;
  const isLocked = ({ upstream }: NamedTool) => modeOf(upstream, config) === 'lock';
  const toolsAt = askingOnce(asked);
  const isThere = named.some(isLocked) && existsSync(path);
  const locked: PinnedTools = isThere ? readLockFile(path, file) : new Map();
  const store = named.every(isLocked) ? undefined : new SqlitePins(pinsPath(asked));
  const chosen: Choice[] = [];
  try {
    for (const one of named) {
      const isSeen = store && !isLocked(one);
      const choice = isSeen ? chooseSeen(one, store, toolsAt) : chooseLocked(one, locked, toolsAt);
      chosen.push(await choice);
    }
    const own = chosen.filter(isLocked);
    if (own.length > 0) writeAside(path, [formatLockFile(withChosen(locked, own))], { name: file });
    for (const choice of chosen) {
      if (!isLocked(choice) && choice.wanted) store?.accept(choice.upstream, choice.wanted);
    }
  } finally {
    store?.close();
  }
  reportAccepted(chosen, chosen.some(isLocked), asked);
  return exit.fine;
}

function askingOnce(asked: Asked): (upstream: string) => Promise<Tools> {
  const present = new Map<string, Promise<Tools>>();
  return (upstream) => {
    const tools = present.get(upstream) ?? presentTools(upstream, asked);
    present.set(upstream, tools);
    return tools;
  };
}

/** What gates refuse of upstreams that they pin at first sight. */
function refusedOf(upstreams: readonly string[], asked: Asked): RefusedTool[] {
  const seen = upstreams.filter((name) => modeOf(name, asked.config) === 'first-sight');
  const path = pinsPath(asked);
  if (seen.length === 0 || !existsSync(path)) return [];
  const store = new SqlitePins(path);
  try {
    return refusedTools(store, seen);
  } finally {
    store.close();
  }
}

function presentTools(name: string, { config, base, terminal }: Asked): Promise<Tools> {
  const upstream = config.upstreams[name];
  if (!upstream) throw new GateError('UPSTREAM_UNKNOWN', `there is no upstream ${name}`);
  return toolsOf(name, placeOfUpstream(upstream, base), terminal.signal);
}

function pinsPath({ config, base }: Asked): string {
  return resolve(base, config.pins.path ?? join(dirname(config.transcripts.path), 'pins.db'));
}

function outcome(differs: boolean, file: string): string {
  return differs ? `${file} is written` : `${file} stays as it is`;
}

function report(
  changes: readonly PinChanges[],
  done: string,
  { terminal, json, file }: Asked,
  { lines, facts }: { readonly lines: readonly string[]; readonly facts: JsonObject },
): void {
  if (json) {
    const object = { file, ...facts, ...changesJson(changes) };
    terminal.out(`${JSON.stringify(object, null, 2)}\n`);
    return;
  }
  for (const line of [...changes.flatMap(changeLines), ...lines]) terminal.out(`${line}\n`);
  terminal.out(`${summaryOf(changes)}: ${done}\n`);
}

/** Says which definitions were accepted, and which of them nobody has named. */
function reportAccepted(chosen: readonly Choice[], written: boolean, asked: Asked): void {
  const accepted = chosen.flatMap(({ upstream, tool, digits, wanted }) =>
    wanted ? [{ upstream, tool, digits, fingerprint: wanted.fingerprint }] : [],
  );
  const nameOf = ({ upstream, tool, fingerprint }: (typeof accepted)[number]) =>
    `${visible(`${upstream}/${tool}`)}@${shortFingerprint(fingerprint)}`;
  report(chosen.map(choiceChanges), 'accepted', asked, {
    lines: accepted.map((one) => `accepted ${nameOf(one)}`),
    facts: {
      written,
      accepted: accepted.map(({ upstream, tool, fingerprint }) => {
        return { upstream, tool, fingerprint: fingerprintDigits(fingerprint) };
      }),
    },
  });
  for (const one of accepted.filter(({ digits }) => digits === undefined)) {
    const unnamed = `warning: ${nameOf(one)} was accepted without being named by its fingerprint`;
    asked.terminal.err(`${unnamed}: it may have changed since you looked at it\n`);
  }
}

/** A lock file that nobody reads would be a comfort only. */
function hintAtMode({ config, terminal, file }: Asked): void {
  const used = Object.keys(config.upstreams).some((name) => modeOf(name, config) === 'lock');
  if (!used)
    terminal.err(
      `note: no gate reads ${file} until the configuration has "pins: { mode: lock }"\n`,
    );
}
