import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { GateError, messageOf } from '../../../model/errors.ts';
import { suggest } from '../../../model/nearest.ts';
import { seeHelp } from '../../report.ts';
import { parseSince } from '../../transcripts/arguments.ts';
import type { Terminal } from '../../verb.ts';
import type { MockChoice } from './mock-choice.ts';

/** What the command line says. */
export interface MockValues {
  readonly session?: string[] | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly upstream?: string[] | undefined;
  readonly sub?: string | undefined;
  readonly match: string;
  readonly ignore?: string[] | undefined;
  readonly delay: string;
  readonly originals: boolean;
  readonly reason?: string | undefined;
  readonly port?: string | undefined;
  readonly 'token-file'?: string | undefined;
  readonly stdio: boolean;
  readonly json: boolean;
}

/** How a mock serves what. */
export interface MockSettings {
  readonly choice: MockChoice;
  /** Members that don't count; undefined where arguments must be the same. */
  readonly ignored: ReadonlySet<string> | undefined;
  readonly pace: 'none' | 'recorded';
  readonly port: number;
  /** What callers must bring; undefined: anybody on this machine may call. */
  readonly token: string | undefined;
  /** The token was made here, so that nobody knows it yet. */
  readonly madeToken: boolean;
  readonly stdio: boolean;
  readonly json: boolean;
}

const NAME = 'replay mock';
const PORT = '7413';
/** Characters of a reason. */
const MAX_REASON = 1_000;
/** Long enough that nobody guesses it, in bytes. */
const TOKEN = 24;

/** @throws GateError USAGE */
export function mockSettings(values: MockValues, terminal: Terminal, now: number): MockSettings {
  const { session, since, until, upstream, sub, ignore, stdio, json } = values;
  if (session === undefined && since === undefined) {
    throw usage(`"${NAME}" needs --session or --since`);
  }
  const isLoose = oneOf(values.match, 'match', ['strict', 'loose']) === 'loose';
  if (ignore && !isLoose) throw usage('--ignore needs --match loose');
  checkReason(values);
  if (stdio && (values.port !== undefined || values['token-file'] !== undefined)) {
    throw usage('--stdio takes no --port and no --token-file');
  }
  const from = since === undefined ? undefined : parseSince(since, now);
  const to = until === undefined ? undefined : parseSince(until, now, 'until');
  if (from !== undefined && to !== undefined && from > to) throw usage('--since is after --until');
  const token = stdio ? undefined : tokenOf(values, terminal);
  return {
    choice: { sessions: session, since: from, until: to, upstreams: upstream, sub },
    ignored: isLoose ? new Set(ignore) : undefined,
    pace: oneOf(values.delay, 'delay', ['none', 'recorded']),
    ...{ port: portOf(values.port ?? PORT), token, stdio, json },
    madeToken: token !== undefined && values['token-file'] === undefined,
  };
}

function checkReason({ reason, originals }: MockValues): void {
  if (reason === undefined) return;
  if (!originals) throw usage('--reason goes with --originals');
  if (reason.length > MAX_REASON) throw usage(`--reason may have ${MAX_REASON} characters`);
}

function tokenOf(values: MockValues, { cwd }: Terminal): string | undefined {
  const { 'token-file': file, originals } = values;
  if (file === undefined) return originals ? randomBytes(TOKEN).toString('base64url') : undefined;
  let text: string;
  try {
    text = readFileSync(resolve(cwd, file), 'utf8').trim();
  } catch (cause) {
    throw new GateError('USAGE', `cannot read the token file: ${messageOf(cause)}`, { cause });
  }
  if (/^[\x21-\x7e]{16,4096}$/.test(text)) return text;
  throw usage('the token must have 16 visible characters at least, without spaces');
}

function oneOf<const Word extends string>(
  text: string,
  option: string,
  words: readonly Word[],
): Word {
  const word = words.find((known) => known === text);
  if (word !== undefined) return word;
  throw new GateError('USAGE', `--${option} must be ${words.join(' or ')}, not "${text}"`, {
    hint: suggest(text, words),
  });
}

function portOf(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw usage(`--port must be a number from 0 to 65535, not "${text}"`);
}

function usage(message: string): GateError {
  return new GateError('USAGE', message, { hint: seeHelp(NAME) });
}
