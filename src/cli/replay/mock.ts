import { setTimeout as sleep } from 'node:timers/promises';
import { clock } from '../../daemon/daemon-options.ts';
import { visible, visibleJson } from '../../model/visible.ts';
import { Summary } from '../../replay/mock/summary.ts';
import { recordUnsealing } from '../keys/unsealing.ts';
import { textLog } from '../log.ts';
import { readingVerb } from '../reading-verb.ts';
import { counted } from '../report.ts';
import { converse } from '../stdio/converse.ts';
import {
  keyHelp,
  originalsOptions,
  refuseWords,
  sourceHelp,
  sourceOptions,
} from '../transcripts/arguments.ts';
import { withTranscripts } from '../transcripts/database.ts';
import { type Exit, exit, type Terminal } from '../verb.ts';
import { chosenIn, type MockChoice } from './mock/mock-choice.ts';
import { MockServer } from './mock/mock-server.ts';
import { type MockValues, mockSettings } from './mock/mock-settings.ts';
import { missText, nearText, reportText, startText } from './mock/mock-text.ts';
import { onlyLink, Recordings } from './mock/recordings.ts';

const help = `Usage: sallyport replay mock --session NAME|--since WHEN [--upstream NAME]... [OPTIONS]

Serves what was recorded as an MCP server: the answers that clients got then, with the progress,
logs and questions that came before them, errors as well. For tests without the real servers, and
to look into an incident by running an agent through it once more. It answers clients of every
revision, on loopback only, and reaches nothing: neither upstreams nor policies.

  --session NAME     a session, or an exchange in it, as "sallyport transcripts show" prints it;
                     may come several times
  --since WHEN       what was opened since then: 7d, 12h, or 2026-01-31T12:00:00Z
  --until WHEN       what was opened before then
  --upstream NAME    only of this upstream; may come several times
  --sub SUBJECT      only of this caller
  --match strict|loose
                     strict: a request is answered by one with the same arguments, whatever the
                     order of members. loose: without members and values that each call has anew,
                     with any value where one was masked, and else by what comes nearest of the
                     same tool. Default: strict
  --ignore NAME      with loose: members of this name don't count; may come several times
  --delay none|recorded
                     answer at once, or after as long as it took then. Default: none
  --originals        answer as the upstream did: with the values that masks changed, what was left
                     out of lists, and what was blocked on its way back. It needs the master key,
                     and is recorded: an exchange "transcripts/unseal" says who (the user of this
                     machine), when, and why
  --reason TEXT      why the originals are served
${keyHelp}
  --port N           port on 127.0.0.1; 0 takes a free one. Default: 7413
  --token-file FILE  callers must bring the token in it. With --originals one is made and printed
                     where none is given
  --stdio            speak on standard input and output instead, for one upstream
${sourceHelp}
  --json             print where it listens, and at the end what was asked, as JSON, a line each

The same request again gets the next answer that was recorded for it, and the last one from then
on. Lists are all that was seen in lists. A request that was not recorded gets the error -32014,
which names the nearest one, and a line on standard error.

Exit code: 0 everything that was asked was recorded, 1 something was not, or nothing was recorded
at all, 2 wrong use or it cannot run. It ends with SIGINT, SIGTERM, or its input.

Example:
  $ sallyport replay mock --since 2h --upstream orders-db
`;

const options = {
  ...sourceOptions,
  ...originalsOptions,
  reason: { type: 'string' },
  session: { type: 'string', multiple: true },
  since: { type: 'string' },
  until: { type: 'string' },
  upstream: { type: 'string', multiple: true },
  sub: { type: 'string' },
  match: { type: 'string', default: 'strict' },
  ignore: { type: 'string', multiple: true },
  delay: { type: 'string', default: 'none' },
  port: { type: 'string' },
  'token-file': { type: 'string' },
  stdio: { type: 'boolean', default: false },
} as const;
const NAME = 'replay mock';
/** Exchanges after which it says how far it is. */
const PROGRESS = 50_000;

/** `sallyport replay mock`: recorded answers as an MCP server. */
export const mock = readingVerb(NAME, {
  ...{ help, options },
  async run({ values, positionals }, terminal) {
    refuseWords(positionals, NAME);
    const settings = mockSettings(values satisfies MockValues, terminal, Date.now());
    const originals = values.originals ? 'needed' : 'none';
    return withTranscripts(
      values,
      terminal,
      async (reader) => {
        const { ignored, choice } = settings;
        const recordings = new Recordings({ reader, ignored, originals: values.originals });
        let read = 0;
        for (const recorded of chosenIn(reader, choice, terminal.signal)) {
          recordings.add(recorded);
          if (++read % PROGRESS === 0) terminal.err(`${read} exchanges read\n`);
        }
        recordings.lookBack();
        if (recordings.upstreams.length === 0) return nothing(choice, terminal);
        for (const name of choice.upstreams ?? []) {
          if (recordings.upstreams.includes(name)) continue;
          terminal.err(`nothing was recorded of ${visible(name)}\n`);
        }
        if (values.originals) {
          const exchanges = recordings.unsealed;
          recordUnsealing(values, terminal, { what: NAME, exchanges, reason: values.reason });
          const many = counted(recordings.sealed, 'message');
          if (recordings.sealed > 0)
            terminal.err(`${many} stay masked: their keys are not at hand\n`);
        }
        return serve(recordings, settings, terminal);
      },
      originals,
    );
  },
});

type Settings = ReturnType<typeof mockSettings>;

async function serve(
  recordings: Recordings,
  settings: Settings,
  terminal: Terminal,
): Promise<Exit> {
  const { json, stdio, pace } = settings;
  const summary = new Summary({
    onMiss: (upstream, missed) => terminal.err(missText(upstream, missed)),
    onNear: (...near) => terminal.err(nearText(...near)),
  });
  const log = textLog('warn', (text) => terminal.err(text), terminal.colour);
  const pause =
    pace === 'none'
      ? async () => undefined
      : (ms: number, signal: AbortSignal) => paused(ms, signal);
  const links = recordings.links({ summary, pause, clock, log });
  try {
    if (stdio) {
      const link = onlyLink(links);
      terminal.err(startText(recordings, undefined, settings));
      await converse(link, terminal);
    } else await listen(links, recordings, settings, terminal);
  } finally {
    await Promise.all([...links.values()].map((link) => link.stop()));
  }
  const report = summary.report(recordings.size);
  if (json && !stdio) terminal.out(`${visibleJson(report)}\n`);
  else terminal.err(json ? `${visibleJson(report)}\n` : reportText(report, terminal.colour));
  return summary.missedAny ? exit.found : exit.fine;
}

async function listen(
  links: ReturnType<Recordings['links']>,
  recordings: Recordings,
  settings: Settings,
  terminal: Terminal,
): Promise<void> {
  const { port, token, json } = settings;
  const log = textLog('warn', (text) => terminal.err(text), terminal.colour);
  const server = new MockServer({ links, port, token, clock, log });
  const url = await server.listen();
  try {
    if (json) {
      const endpoints = recordings.upstreams.map((name) => `${url}/mcp/${name}`);
      terminal.out(`${visibleJson({ url, endpoints, ...(token ? { token } : {}) })}\n`);
    } else terminal.out(startText(recordings, url, settings));
    await new Promise<void>((resolve) => {
      terminal.signal.addEventListener('abort', () => resolve(), { once: true });
      if (terminal.signal.aborted) resolve();
    });
  } finally {
    await server.close();
  }
}

async function paused(milliseconds: number, signal: AbortSignal): Promise<void> {
  // Whoever asked may be gone before the time is over.
  await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
}

function nothing({ since, sessions, upstreams }: MockChoice, terminal: Terminal): Exit {
  const where = upstreams ? ` of ${upstreams.map(visible).join(', ')}` : '';
  const when = since === undefined ? '' : ` since ${new Date(since).toISOString()}`;
  const session = sessions ? ` in ${sessions.map(visible).join(', ')}` : '';
  terminal.err(`nothing was recorded${where}${session}${when}\n`);
  return exit.found;
}
