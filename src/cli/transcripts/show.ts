import { GateError } from '../../model/errors.ts';
import type { IdentityFacts } from '../../model/identity.ts';
import type { ExchangeRecord } from '../../model/transcript.ts';
import { visible, visibleJson } from '../../model/visible.ts';
import type { StoredEvent, TranscriptReader } from '../../store/contract.ts';
import { identityOf } from '../../store/identity-of.ts';
import { recordUnsealing } from '../keys/unsealing.ts';
import { type Read, readingVerb } from '../reading-verb.ts';
import { seeHelp } from '../report.ts';
import { exit, type Terminal } from '../verb.ts';
import { keyHelp, originalsOptions, sourceHelp, sourceOptions, widthOf } from './arguments.ts';
import { withTranscripts } from './database.ts';
import { describeExchange } from './describe.ts';
import { withParsedPayload } from './payload.ts';

const help = `Usage: sallyport transcripts show ID [--full] [--originals [--reason TEXT]] [--json]

Shows one exchange: who called what, each step with its time since the beginning, what was
decided by which rule and why, what was masked, the messages as they may be read, the end.

ID is an exchange's id or the end of it, as "sallyport transcripts list" prints it.

  --full             show messages to their end
  --originals        show messages as they came as well, where masks have changed them. It needs
                     the master key, and is recorded: an exchange "transcripts/unseal" says who
                     (the user of this machine), when, and why
  --reason TEXT      why the originals are looked at
${keyHelp}
${sourceHelp}
  --json             print the exchange and its events as one JSON object instead

Exit code: 0 shown; 1 there is no such exchange, or an original stays sealed because its key is
not at hand; 2 wrong use, or the database or a key cannot be read.

Example:
  $ sallyport transcripts show 5f2c81ab
`;

const options = {
  ...sourceOptions,
  ...originalsOptions,
  full: { type: 'boolean', default: false },
  reason: { type: 'string' },
} as const;
const NAME = 'transcripts show';
/** Characters of a reason. */
const MAX_REASON = 1_000;

/** `sallyport transcripts show`: one exchange, step by step. */
export const show = readingVerb(NAME, {
  ...{ help, options },
  async run({ values, positionals }, terminal) {
    const [id] = positionals;
    if (!id || positionals.length > 1) {
      throw new GateError('USAGE', `"${NAME}" needs one id`, { hint: seeHelp(NAME) });
    }
    checkReason(values);
    const originals = values.originals ? 'needed' : 'none';
    const read = (reader: TranscriptReader) => {
      const record = reader.exchange(id);
      if (!record) {
        const text = `no exchange has an id that ends with "${visible(id)}", or several have`;
        terminal.err(`${text}; "sallyport transcripts list" prints ids\n`);
        return exit.found;
      }
      if (values.originals) {
        const { reason } = values;
        recordUnsealing(values, terminal, { what: NAME, exchanges: [record.id], reason });
      }
      const events = reader.events(record.id);
      print(record, events, identityOf(reader, record), values, terminal);
      if (!values.originals || !events.some(({ sealed }) => sealed)) return exit.fine;
      const text = 'an original is sealed with a key that is not at hand';
      terminal.err(`TRANSCRIPT_SEALED ${text}; "sallyport keys list" names the keys\n`);
      return exit.found;
    };
    return withTranscripts(values, terminal, read, originals);
  },
});

function checkReason({ originals, reason }: Read<typeof options>['values']): void {
  if (reason === undefined) return;
  if (!originals) throw new GateError('USAGE', '--reason goes with --originals');
  if (reason.length <= MAX_REASON) return;
  throw new GateError('USAGE', `--reason may have ${MAX_REASON} characters`);
}

function print(
  record: ExchangeRecord,
  events: readonly StoredEvent[],
  identity: IdentityFacts | undefined,
  values: Read<typeof options>['values'],
  terminal: Terminal,
): void {
  const known = identity && { identity };
  if (values.json) {
    const whole = { ...record, ...known, events: events.map(withParsedPayload) };
    terminal.out(`${visibleJson(whole, 2)}\n`);
    return;
  }
  const width = widthOf(terminal);
  const { colour } = terminal;
  const look = { colour, full: values.full, ...(width === undefined ? {} : { width }) };
  terminal.out(describeExchange(record, events, { ...look, ...known }));
}
