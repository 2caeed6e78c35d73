import { GateError } from '../../model/errors.ts';
import type { ExchangeRecord } from '../../model/transcript.ts';
import { visible } from '../../model/visible.ts';
import { DURATION_HINT, parseDuration } from '../../policy/parse/parse-duration.ts';
import type { Totals } from '../../replay/timeline/totals.ts';
import type { ExchangeFilter, TranscriptReader } from '../../store/contract.ts';
import { recordUnsealing } from '../keys/unsealing.ts';
import { type Read, readingVerb } from '../reading-verb.ts';
import { seeHelp } from '../report.ts';
import {
  filterHelp,
  keyHelp,
  originalsOptions,
  sourceHelp,
  sourceOptions,
} from '../transcripts/arguments.ts';
import { withTranscripts } from '../transcripts/database.ts';
import { filterOf, textHelp, timeHelp, wholeFilterOptions } from '../transcripts/filter.ts';
import { whatOf } from '../transcripts/layout.ts';
import { type Exit, exit, type Terminal } from '../verb.ts';
import { printJson } from './show/print-json.ts';
import { printText, type TextOptions } from './show/print-text.ts';
import { recordsOf, type Selection, selectionOf } from './show/selection.ts';
import { Timeline } from './show/timeline.ts';
import { type PageOptions, writePage } from './show/write-page.ts';

const help = `Usage: sallyport replay show ID [--whole] [--speed N | --html FILE | --json]
       sallyport replay show FILTER... [--speed N | --html FILE | --json]

Tells what was recorded as a timeline: who called what, the time between steps, what was
decided and why, what was masked and where, who was asked and said yes, what upstreams asked
in between, and the messages as they may be read. What one exchange caused within another is
told where it happened.

ID is an exchange (its id or the end of it, as "sallyport transcripts list" prints it) or a
session (as "sallyport transcripts show" prints it).

  --whole            the whole session that the exchange is part of
  --full             leave nothing out of messages
  --speed N          play it: 1 as it happened, 10 ten times as quick. On a terminal, space
                     stops and goes on, n is the next step, + and - change the speed, q quits
  --longest SPAN     with --speed: no pause is longer than this, such as 3s
  --html FILE        write one page instead that any browser shows, without scripts and
                     without loading anything, in place of a file of this name; - is standard output
  --originals        show messages as they came as well, before masks changed them. It needs the
                     master key, and is recorded: an exchange "transcripts/unseal" says who (the
                     user of this machine), when, and why
  --reason TEXT      why the originals are looked at
${keyHelp}
${timeHelp}
${textHelp}
${filterHelp}
${sourceHelp}
  --json             print a JSON object for each step instead, one a line

Exit code: 0 shown; 1 there is nothing to show, or an original stays sealed because its key is
not at hand; 2 wrong use, or the database or a key cannot be read.

Examples:
  $ sallyport replay show 5f2c81ab
  $ sallyport replay show 5f2c81ab --whole --html session.html
  $ sallyport replay show --sub ana --since 1h --speed 10 --longest 2s
`;

const options = {
  ...sourceOptions,
  ...originalsOptions,
  ...wholeFilterOptions,
  reason: { type: 'string' },
  whole: { type: 'boolean', default: false },
  full: { type: 'boolean', default: false },
  speed: { type: 'string' },
  longest: { type: 'string' },
  html: { type: 'string' },
} as const;
const NAME = 'replay show';
type Values = Read<typeof options>['values'];

/** `sallyport replay show`: exchanges as a timeline. */
export const show = readingVerb(NAME, {
  ...{ help, options },
  async run({ values, positionals }, terminal) {
    const [id, ...others] = positionals;
    const filter = filterOf(values, Date.now());
    const play = playOf(values);
    if (others.length > 0 || (id === undefined && Object.keys(filter).length === 0)) {
      const hint = `${seeHelp(NAME)}; "sallyport transcripts list" prints ids`;
      throw new GateError('USAGE', `"${NAME}" needs one id, or filters`, { hint });
    }
    const read = async (reader: TranscriptReader) => {
      const selection = selectionOf(reader, { id, whole: values.whole, filter });
      if (!selection || isEmpty(reader, selection, terminal)) return nothing(id, terminal);
      const timeline = new Timeline(reader, selection, terminal.signal);
      if (values.originals) recordUnsealing(values, terminal, unsealingOf(timeline, values));
      const totals = await showAs(values, timeline, play, terminal);
      if (!values.originals || totals.sealed === 0) return exit.fine;
      const text = 'an original is sealed with a key that is not at hand';
      terminal.err(`TRANSCRIPT_SEALED ${text}; "sallyport keys list" names the keys\n`);
      return exit.found;
    };
    return withTranscripts(values, terminal, read, values.originals ? 'needed' : 'none');
  },
});

function showAs(
  values: Values,
  timeline: Timeline,
  play: TextOptions,
  terminal: Terminal,
): Promise<Totals> {
  if (values.json) return printJson(timeline, terminal);
  if (values.html === undefined) return printText(timeline, play, terminal);
  return writePage(timeline, values.html, pageOptions(values, timeline.selection), terminal);
}

/** Exchanges that a record of who looked names; of more it says how they were selected. */
const MOST_NAMED = 1_000;
/** Filters that say nothing of a person: the record stays when that person is erased. */
const ofNobody = ['upstream', 'method', 'effect', 'rule', 'outcome', 'since', 'until'];

function unsealingOf(timeline: Timeline, { reason }: Values) {
  const { selection } = timeline;
  const exchanges = timeline.ids(MOST_NAMED);
  if (exchanges || selection.kind !== 'all') {
    return { what: NAME, ...(exchanges && { exchanges }), reason };
  }
  const members = Object.entries(selection.filter).map(([name, value]) => {
    return [name, ofNobody.includes(name) ? value : '…'];
  });
  return { what: `${NAME} ${JSON.stringify(Object.fromEntries(members))}`, reason };
}

/** @throws GateError USAGE */
function playOf({ speed, longest, full, html, json, reason, originals }: Values): TextOptions {
  if (reason !== undefined && !originals) throw wrongUse('--reason goes with --originals');
  if (reason !== undefined && reason.length > MOST_REASON) {
    throw wrongUse(`--reason may have ${MOST_REASON} characters`);
  }
  const shown = [speed !== undefined, html !== undefined, json].filter(Boolean).length;
  if (shown > 1) throw wrongUse('--speed, --html and --json are three ways to show it: choose one');
  if (longest !== undefined && speed === undefined) throw wrongUse('--longest needs --speed');
  const times = speed === undefined ? undefined : Number(speed);
  if (times !== undefined && !(times > 0 && times <= MOST_SPEED)) {
    throw wrongUse(`--speed must be a number above 0, such as 1 or 10, not "${speed}"`);
  }
  const pause = longest === undefined ? undefined : parseDuration(longest);
  if (Number.isNaN(pause)) throw wrongUse(`--longest must be ${DURATION_HINT}, not "${longest}"`);
  return { full, speed: times, longest: pause };
}

const MOST_SPEED = 1e6;
/** Characters of a reason. */
const MOST_REASON = 1_000;

function wrongUse(message: string): GateError {
  return new GateError('USAGE', message, { hint: seeHelp(NAME) });
}

function pageOptions({ full, originals }: Values, selection: Selection): PageOptions {
  const title = selection.kind === 'one' ? oneTitle(selection.record) : allTitle(selection.filter);
  return { title, full, originals };
}

function oneTitle(record: ExchangeRecord): string {
  return visible(`${whatOf(record)}${record.upstream && ` at ${record.upstream}`}`);
}

function allTitle({ session }: ExchangeFilter): string {
  return session === undefined ? 'What was recorded' : visible(`Session ${session}`);
}

function isEmpty(reader: TranscriptReader, selection: Selection, { signal }: Terminal): boolean {
  return recordsOf(reader, selection, { signal }).next().done === true;
}

function nothing(id: string | undefined, terminal: Terminal): Exit {
  const about = `neither an exchange nor a session has the id "${visible(id ?? '')}", or several have`;
  const text = id === undefined ? 'no exchange fits the filters' : about;
  terminal.err(`${text}; "sallyport transcripts list" prints ids\n`);
  return exit.found;
}
