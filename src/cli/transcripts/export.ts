import { hostname } from 'node:os';
import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises';
import { recordFilter } from '../../export/record-filter.ts';
import { RecordMaker } from '../../export/record-maker.ts';
import { defaultsOf, formats } from '../../replay/export/formats.ts';
import type { TranscriptReader } from '../../store/contract.ts';
import { StepFeed } from '../../store/sqlite/feed/step-feed.ts';
import { version } from '../../version.ts';
import { readingVerb } from '../reading-verb.ts';
import { counted } from '../report.ts';
import { type Exit, exit, type Terminal } from '../verb.ts';
import { filterHelp, refuseWords, sourceHelp } from './arguments.ts';
import { databasePath, type Source, withTranscripts } from './database.ts';
import { type ExportAsked, exportAsked } from './export-asked.ts';
import { exportProof } from './export-proof.ts';
import { ExportWriter } from './export-writer.ts';
import { textHelp, timeHelp, wholeFilterOptions } from './filter.ts';
import { TextTarget } from './text-target.ts';

const help = `Usage: sallyport transcripts export [--format FORMAT] [--to FILE] [FILTER...] [--follow]

Writes what was recorded for other programs: what may be read of it, never an original.

  --format FORMAT    jsonl: all that is known (default); ocsf, cef: for SIEMs; otlp:
                     OpenTelemetry logs; proof: what "sallyport verify" checks
  --records WHAT     steps: every step; exchanges: each as it ended, and messages that were
                     blocked and approvals within it. Default: steps for jsonl, else exchanges
  --payloads         messages go along, as masked; default: for jsonl only
  --no-payloads      they don't
  --to FILE          a new file that only its owner may read; default: standard output
  --follow           goes on with what is recorded until it is interrupted

${filterHelp}
${timeHelp}
${textHelp}
${sourceHelp}

Exit code: 0 written, or interrupted while following; 2 wrong use, or it cannot be read or
written.

Example:
  $ sallyport transcripts export --format ocsf --effect block --since 1d --to blocked.jsonl
`;

const options = {
  config: { type: 'string', default: 'sallyport.yaml' },
  db: { type: 'string' },
  ...wholeFilterOptions,
  format: { type: 'string', default: 'jsonl' },
  records: { type: 'string' },
  payloads: { type: 'boolean', default: false },
  'no-payloads': { type: 'boolean', default: false },
  to: { type: 'string', default: '-' },
  follow: { type: 'boolean', default: false },
} as const;
const NAME = 'transcripts export';

/** How often to look for what is new, in milliseconds. */
const POLL = 200;
const PAGE = { steps: 256, characters: 1_048_576 };
/** Exchanges that are found by their words at a time. */
const FOUND = 200;

/** `sallyport transcripts export`: what was recorded, for other programs. */
export const exportVerb = readingVerb(NAME, {
  ...{ help, options },
  async run({ values, positionals }, terminal) {
    refuseWords(positionals, NAME);
    const asked = exportAsked(values, NAME);
    const path = databasePath(values, terminal);
    if (asked.format === 'proof') return exportProof(path, asked, values.to, terminal);
    return exportRecords(path, asked, values, terminal);
  },
});

async function exportRecords(
  path: string,
  asked: ExportAsked,
  source: Source & { readonly to: string },
  terminal: Terminal,
): Promise<Exit> {
  const { format: name, filter, to } = { ...asked, to: source.to };
  const usual = defaultsOf(name);
  const { records = usual.records, payloads = usual.payloads } = asked;
  const { text, ...rest } = filter;
  const feed = new StepFeed(path);
  let target: TextTarget | undefined;
  try {
    target = new TextTarget(to, terminal);
    const origin = { gate: hostname(), version: version() };
    const writer = new ExportWriter(formats[name], origin, target);
    const maker = new RecordMaker({ source: feed, records, payloads, fits: recordFilter(rest) });
    if (text === undefined) await byPosition(feed, maker, writer, asked, terminal);
    else {
      await withTranscripts(source, terminal, (reader) =>
        byWords(reader, feed, maker, writer, asked, terminal),
      );
    }
    await writer.flush();
    if (to !== '-') terminal.err(`${counted(writer.records, 'record')} in ${to}\n`);
    return exit.fine;
  } finally {
    target?.close();
    feed.close();
  }
}

/** Every step that is there when it begins, and, where it follows, all that come. */
async function byPosition(
  feed: StepFeed,
  maker: RecordMaker,
  writer: ExportWriter,
  { filter: { since }, follow }: ExportAsked,
  { signal }: Terminal,
): Promise<void> {
  const end = follow ? {} : { to: feed.lastPosition() };
  let position = since === undefined ? 0 : feed.positionSince(since);
  while (!signal.aborted) {
    const steps = feed.after(position, { ...PAGE, ...end, payloads: maker.readsPayloads });
    for (const fed of steps) await writer.write(maker.make(fed));
    position = steps.at(-1)?.step.position ?? position;
    // A signal can only be heard when there is a turn for it.
    if (steps.length > 0) await turn();
    else if (follow) {
      await writer.flush();
      await wait(POLL, undefined, { signal }).catch(() => undefined);
    } else return;
  }
}

/** The exchanges that words are found in, oldest first, each with its steps. */
async function byWords(
  reader: Pick<TranscriptReader, 'exchangesAfter'>,
  feed: StepFeed,
  maker: RecordMaker,
  writer: ExportWriter,
  { filter }: ExportAsked,
  { signal }: Terminal,
): Promise<void> {
  const limits = { ...PAGE, payloads: maker.readsPayloads };
  for (let after = ''; ; ) {
    const exchanges = reader.exchangesAfter(after, { ...filter, limit: FOUND });
    for (const { id } of exchanges) {
      for (let position = 0; !signal.aborted; ) {
        const steps = feed.ofExchange(id, position, limits);
        for (const fed of steps) await writer.write(maker.make(fed));
        await turn();
        const last = steps.at(-1);
        if (!last) break;
        position = last.step.position;
      }
    }
    const last = exchanges.at(-1);
    if (!last || signal.aborted) return;
    after = last.id;
  }
}
