import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { GateError, messageOf } from '../model/errors.ts';
import { HttpLink } from '../transport/http/link.ts';
import { textLog } from './log.ts';
import { readingVerb } from './reading-verb.ts';
import { converse, lineLimits } from './stdio/converse.ts';
import { exit, type Terminal } from './verb.ts';

const help = `Usage: sallyport stdio [UPSTREAM] [--gate URL] [--token-file FILE]

Connects a client that only speaks stdio with a running gate: messages come on standard
input, a line each, and answers go to standard output. Without UPSTREAM it is all of them
at once, with prefixed names.

  --gate URL          the gate; default: the variable SALLYPORT_GATE, then http://127.0.0.1:7411
  --token-file FILE   file with an access token; default: the variable SALLYPORT_TOKEN

The token must be meant for URL/mcp/UPSTREAM (or URL/mcp), the endpoint that is called.
It ends when its input does, or when the gate has ended the session.

Exit code: 0 the input ended, 1 the gate ended the session, 2 wrong use or it cannot run.

Example, in a client's list of servers:
  { "command": "sallyport", "args": ["stdio", "orders"], "env": { "SALLYPORT_TOKEN": "..." } }
`;

const options = {
  gate: { type: 'string' },
  'token-file': { type: 'string' },
} as const;

/** Longest silence while a call waits, in milliseconds; the gate gives up long before. */
const TIMEOUT = 3_600_000;

/** `sallyport stdio`: speaks stdio with a client, and HTTP with a gate. */
export const stdio = readingVerb('stdio', {
  ...{ help, options },
  async run({ values, positionals }, terminal) {
    const [upstream, ...more] = positionals;
    if (more.length > 0) throw new GateError('USAGE', '"stdio" takes one upstream');
    const gate = values.gate ?? terminal.env.SALLYPORT_GATE ?? 'http://127.0.0.1:7411';
    if (!URL.canParse(gate)) throw new GateError('USAGE', `${gate} is no URL`);
    const path = upstream === undefined ? 'mcp' : `mcp/${encodeURIComponent(upstream)}`;
    const token = tokenOf(values['token-file'], terminal);
    const link = new HttpLink({
      ...{ name: 'the gate', url: `${gate.replace(/\/+$/, '')}/${path}`, timeout: TIMEOUT },
      headers: { authorization: `Bearer ${token}` },
      limits: lineLimits,
      log: textLog('warn', (text) => terminal.err(text), terminal.colour),
    });
    return (await converse(link, terminal)) === 'lost' ? exit.found : exit.fine;
  },
});

function tokenOf(file: string | undefined, { env, cwd }: Terminal): string {
  const token = file === undefined ? env.SALLYPORT_TOKEN : readToken(resolve(cwd, file));
  if (token !== undefined && token.trim() !== '') return token.trim();
  const hint = 'set SALLYPORT_TOKEN, or name a file with --token-file';
  throw new GateError('AUTH_TOKEN_MISSING', 'there is no access token', { hint });
}

function readToken(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new GateError('USAGE', `cannot read the token file: ${messageOf(cause)}`, { cause });
  }
}
