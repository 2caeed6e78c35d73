import { setTimeout as wait } from 'node:timers/promises';
import type { EventKind, ExchangeRecord } from '../../model/transcript.ts';
import { visible, visibleJson } from '../../model/visible.ts';
import type { StoredEvent, TranscriptReader } from '../../store/contract.ts';
import { readingVerb } from '../reading-verb.ts';
import { exit, type Terminal } from '../verb.ts';
import {
  filterHelp,
  filterOptions,
  type Narrowing,
  narrowingOf,
  refuseWords,
  sourceHelp,
  sourceOptions,
  widthOf,
} from './arguments.ts';
import { withTranscripts } from './database.ts';
import { type Layout, layoutOf } from './layout.ts';
import { exchangeLine } from './line.ts';
import { painter, paintWord } from './paint.ts';
import { withParsedPayload } from './payload.ts';

const help = `Usage: sallyport transcripts follow [FILTER...] [--from-start] [--json]

Prints each exchange as it ends, one a line, until it is interrupted. A message that is
blocked within an exchange that goes on has a line of its own.

${filterHelp}
  --from-start       begin with the oldest that is kept, not with what happens from now on
${sourceHelp}
  --json             print every event instead, one JSON object a line; --outcome and --rule
                     then need the exchange to be over, so they drop events of running ones

Exit code: 0 interrupted, 2 wrong use, or the database cannot be read.

Example:
  $ sallyport transcripts follow --upstream orders
`;

const options = {
  ...sourceOptions,
  ...filterOptions,
  'from-start': { type: 'boolean', default: false },
} as const;
const NAME = 'transcripts follow';

/** How often to look for what is new, in milliseconds, and how many steps to read at a time. */
const POLL = 200;
const PAGE = 200;
/** Steps that may have a line. */
const TELLING: readonly EventKind[] = ['answered', 'blocked', 'closed'];

/** `sallyport transcripts follow`: what happens, as it happens. */
export const follow = readingVerb(NAME, {
  summary: 'print exchanges as they end',
  ...{ help, options },
  async run({ values, positionals }, terminal) {
    refuseWords(positionals, NAME);
    const narrowing = narrowingOf(values);
    return withTranscripts(values, terminal, async (reader) => {
      const lookup = new Lookup(reader, narrowing);
      const layout = layoutOf(undefined, widthOf(terminal));
      const all = values.json && Object.keys(narrowing).length === 0;
      const print = (event: StoredEvent) => {
        if (all) return printJson(event, terminal);
        if (!values.json && !TELLING.includes(event.kind)) return;
        const record = lookup.wanted(event);
        if (!record) return;
        if (values.json) printJson(event, terminal);
        else if (lookup.isEnd(event)) printEnd(record, layout, terminal);
        else if (event.kind === 'blocked') printBlocked(event, record, layout, terminal);
      };
      const start = values['from-start'] ? 0 : reader.lastPosition();
      await eachEvent(reader, start, terminal.signal, print);
      return exit.fine;
    });
  },
});

async function eachEvent(
  reader: TranscriptReader,
  start: number,
  signal: AbortSignal,
  take: (event: StoredEvent) => void,
): Promise<void> {
  let position = start;
  while (!signal.aborted) {
    const events = reader.eventsAfter(position, PAGE);
    for (const event of events) take(event);
    position = events.at(-1)?.position ?? position;
    // Also between full pages: a signal can only be heard when there is a turn for it.
    const pause = events.length < PAGE ? POLL : 0;
    await wait(pause, undefined, { signal }).catch(() => undefined);
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

/** Exchanges that events belong to. An open one is read again, because it may have ended since. */
class Lookup {
  readonly #reader: TranscriptReader;
  readonly #narrowing: [keyof Narrowing, string][];
  #last: ExchangeRecord | undefined;

  constructor(reader: TranscriptReader, narrowing: Narrowing) {
    this.#reader = reader;
    this.#narrowing = Object.entries(narrowing) as [keyof Narrowing, string][];
  }

  /** The exchange of an event, unless the filters leave it out. */
  wanted({ exchange }: StoredEvent): ExchangeRecord | undefined {
    const known = this.#last?.id === exchange && this.#last.closedAt !== undefined;
    if (!known) this.#last = this.#reader.exchange(exchange);
    const record = this.#last;
    if (!record || this.#narrowing.some(([name, value]) => record[name] !== value)) return;
    return record;
  }

  /** Whether the exchange is over with this event. A block may be of one message among others. */
  isEnd({ kind, exchange, position }: StoredEvent): boolean {
    if (kind !== 'blocked') return kind === 'answered' || kind === 'closed';
    if (this.#last?.closedAt === undefined) return false;
    return this.#reader.events(exchange).at(-1)?.position === position;
  }
}
