import { visibleJson } from '../../model/visible.ts';
import { readingVerb } from '../reading-verb.ts';
import { exit } from '../verb.ts';
import {
  filterHelp,
  filterOptions,
  narrowingOf,
  parseLimit,
  parseSince,
  refuseWords,
  sourceHelp,
  sourceOptions,
  widthOf,
} from './arguments.ts';
import { withTranscripts } from './database.ts';
import { layoutOf } from './layout.ts';
import { exchangeLine, headLine } from './line.ts';

const help = `Usage: sallyport transcripts list [FILTER...] [--limit N] [--json]

Lists the newest exchanges, oldest first: when (UTC), id, who, by which agent, upstream,
what, effect, rule, outcome and how many milliseconds it took.

${filterHelp}
  --since WHEN       opened since then: 10m, 2h, 3d, or 2026-01-31T12:00:00Z
  --limit N          at most so many; default: 50
${sourceHelp}
  --json             print one JSON object instead

Exit code: 0 also where none fits, 2 wrong use, or the database cannot be read.

Example:
  $ sallyport transcripts list --outcome blocked --since 1h
`;

const options = {
  ...sourceOptions,
  ...filterOptions,
  since: { type: 'string' },
  limit: { type: 'string', default: '50' },
} as const;
const NAME = 'transcripts list';

/** `sallyport transcripts list`: what happened of late. */
export const list = readingVerb(NAME, {
  summary: 'list the newest exchanges',
  ...{ help, options },
  async run({ values, positionals }, terminal) {
    refuseWords(positionals, NAME);
    const since = values.since === undefined ? {} : { since: parseSince(values.since, Date.now()) };
    const filter = { ...narrowingOf(values), ...since, limit: parseLimit(values.limit, NAME) };
    return withTranscripts(values, terminal, (reader) => {
      const exchanges = reader.exchanges(filter);
      if (values.json) {
        terminal.out(`${visibleJson({ exchanges }, 2)}\n`);
        return exit.fine;
      }
      if (exchanges.length === 0) {
        terminal.err('no exchanges\n');
        return exit.fine;
      }
      const { colour } = terminal;
      const layout = layoutOf(exchanges, widthOf(terminal));
      const lines = exchanges.map((one) => exchangeLine(one, { colour, layout }));
      terminal.out(`${[headLine(layout, colour), ...lines].join('\n')}\n`);
      return exit.fine;
    });
  },
});
