import { setTimeout as wait } from 'node:timers/promises';
import type { ExchangeRecord } from '../../model/transcript.ts';
import { visible, visibleJson } from '../../model/visible.ts';
import type {
  ExchangeFilter,
  FollowedStep,
  StoredEvent,
  TranscriptReader,
} from '../../store/contract.ts';
import { followed } from '../../store/search/followed.ts';
import { readingVerb } from '../reading-verb.ts';
import { exit, type Terminal } from '../verb.ts';
import {
  filterHelp,
  filterOptions,
  refuseWords,
  sourceHelp,
  sourceOptions,
  widthOf,
} from './arguments.ts';
import { withTranscripts } from './database.ts';
import { filterOf, textHelp } from './filter.ts';
import { type Layout, layoutOf } from './layout.ts';
import { exchangeLine } from './line.ts';
import { painter, paintWord } from './paint.ts';
import { withParsedPayload } from './payload.ts';

const help = `Usage: sallyport transcripts follow [FILTER...] [--from-start] [--json]

Prints each exchange as it ends, one a line, until it is interrupted. A message that is
blocked within an exchange that goes on has a line of its own.

${filterHelp}
${textHelp}
  --from-start       begin with the oldest that is kept, not with what happens from now on
${sourceHelp}
  --json             print every event instead, one JSON object a line; --effect, --rule and
                     --outcome then need the exchange to be over, so they drop events of
                     running ones, and --text leaves the events that have the words, and the
                     last of each exchange that has them

Exit code: 0 interrupted, 2 wrong use, or the database cannot be read.

Example:
  $ sallyport transcripts follow --upstream orders
`;

const options = {
  ...sourceOptions,
  ...filterOptions,
  text: { type: 'string' },
  'from-start': { type: 'boolean', default: false },
} as const;
const NAME = 'transcripts follow';

/** How often to look for what is new, in milliseconds, and how many steps to read at a time. */
const POLL = 200;
const PAGE = 200;

/** `sallyport transcripts follow`: what happens, as it happens. */
export const follow = readingVerb(NAME, {
  ...{ help, options },
  async run({ values, positionals }, terminal) {
    refuseWords(positionals, NAME);
    const filter = filterOf(values, Date.now());
    return withTranscripts(values, terminal, async (reader) => {
      const layout = layoutOf(undefined, widthOf(terminal));
      const print = ({ event, exchange, isEnd }: FollowedStep) => {
        if (values.json) printJson(event, terminal);
        else if (isEnd) printEnd(exchange, layout, terminal);
        else if (event.kind === 'blocked') printBlocked(event, exchange, layout, terminal);
      };
      const start = values['from-start'] ? 0 : reader.lastPosition();
      await eachStep(reader, start, filter, terminal.signal, print);
      return exit.fine;
    });
  },
});

async function eachStep(
  reader: TranscriptReader,
  start: number,
  filter: ExchangeFilter,
  signal: AbortSignal,
  take: (step: FollowedStep) => void,
): Promise<void> {
  let at = start;
  while (!signal.aborted) {
    const { steps, position, hasMore } = followed(reader, at, { ...filter, limit: PAGE });
    for (const step of steps) take(step);
    at = position;
    // Also between full pages: a signal can only be heard when there is a turn for it.
    await wait(hasMore ? 0 : POLL, undefined, { signal }).catch(() => undefined);
  }
}

function printJson(event: StoredEvent, terminal: Terminal): void {
  terminal.out(`${visibleJson(withParsedPayload(event))}\n`);
}

function printEnd(record: ExchangeRecord, layout: Layout, terminal: Terminal): void {
  terminal.out(`${exchangeLine(record, { colour: terminal.colour, layout })}\n`);
}

function printBlocked(
  { detail }: StoredEvent,
  record: ExchangeRecord,
  layout: Layout,
  terminal: Terminal,
): void {
  const reason = visible(String(detail?.reason ?? ''));
  const note = paintWord(painter(terminal.colour), 'blocked', 'blocked within');
  terminal.out(
    `${exchangeLine(record, { colour: terminal.colour, layout })}  ${note}: ${reason}\n`,
  );
}
