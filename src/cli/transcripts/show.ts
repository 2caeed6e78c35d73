import { GateError } from '../../model/errors.ts';
import { visible, visibleJson } from '../../model/visible.ts';
import { readingVerb } from '../reading-verb.ts';
import { seeHelp } from '../report.ts';
import { exit } from '../verb.ts';
import { sourceHelp, sourceOptions, widthOf } from './arguments.ts';
import { withTranscripts } from './database.ts';
import { describeExchange } from './describe.ts';
import { withParsedPayload } from './payload.ts';

const help = `Usage: sallyport transcripts show ID [--full] [--json]

Shows one exchange: who called what, each step with its time since the beginning, what was
decided by which rule and why, what was masked, the messages as they may be read, the end.

ID is an exchange's id or the end of it, as "sallyport transcripts list" prints it.

  --full             show messages to their end
${sourceHelp}
  --json             print the exchange and its events as one JSON object instead

Exit code: 0 shown, 1 there is no such exchange, 2 wrong use, or the database cannot be read.

Example:
  $ sallyport transcripts show 5f2c81ab
`;

const options = { ...sourceOptions, full: { type: 'boolean', default: false } } as const;
const NAME = 'transcripts show';

/** `sallyport transcripts show`: one exchange, step by step. */
export const show = readingVerb(NAME, {
  summary: 'show one exchange, step by step',
  ...{ help, options },
  async run({ values, positionals }, terminal) {
    const [id] = positionals;
    if (!id || positionals.length > 1) {
      throw new GateError('USAGE', `"${NAME}" needs one id`, { hint: seeHelp(NAME) });
    }
    return withTranscripts(values, terminal, (reader) => {
      const record = reader.exchange(id);
      if (!record) {
        const text = `no exchange has an id that ends with "${visible(id)}", or several have`;
        terminal.err(`${text}; "sallyport transcripts list" prints ids\n`);
        return exit.found;
      }
      const events = reader.events(record.id);
      const identity = record.identity === undefined ? undefined : reader.identity(record.identity);
      if (values.json) {
        const facts = identity && { identity };
        const whole = { ...record, ...facts, events: events.map(withParsedPayload) };
        terminal.out(`${visibleJson(whole, 2)}\n`);
      } else {
        const { colour } = terminal;
        const width = widthOf(terminal);
        const look = { colour, full: values.full, ...(width === undefined ? {} : { width }) };
        const known = identity && { identity };
        terminal.out(describeExchange(record, events, { ...look, ...known }));
      }
      return exit.fine;
    });
  },
});
