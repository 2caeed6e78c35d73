import { visibleJson } from '../../model/visible.ts';
import { readingVerb } from '../reading-verb.ts';
import { exit } from '../verb.ts';
import {
  filterHelp,
  parseLimit,
  refuseWords,
  sourceHelp,
  sourceOptions,
  widthOf,
} from './arguments.ts';
import { withTranscripts } from './database.ts';
import { filterOf, textHelp, timeHelp, wholeFilterOptions } from './filter.ts';
import { findAll } from './found.ts';
import { layoutOf } from './layout.ts';
import { exchangeLine, headLine } from './line.ts';

const help = `Usage: sallyport transcripts list [FILTER...] [--limit N] [--cursor TEXT] [--json]

Lists the newest exchanges, oldest first: when (UTC), id, who, by which agent, upstream,
what, effect, rule, outcome and how many milliseconds it took.

${filterHelp}
${timeHelp}
${textHelp}
  --limit N          at most so many; default: 50
  --cursor TEXT      those before the ones that were listed, whatever was recorded since:
                     the "next" of --json
${sourceHelp}
  --json             print one JSON object instead

Exit code: 0 also where none fits, 2 wrong use, or the database cannot be read.

Example:
  $ sallyport transcripts list --outcome blocked --since 1h
`;

const options = {
  ...sourceOptions,
  ...wholeFilterOptions,
  limit: { type: 'string', default: '50' },
  cursor: { type: 'string' },
} as const;
const NAME = 'transcripts list';

/** `sallyport transcripts list`: what happened of late. */
export const list = readingVerb(NAME, {
  ...{ help, options },
  async run({ values, positionals }, terminal) {
    refuseWords(positionals, NAME);
    const { cursor } = values;
    const query = {
      ...filterOf(values, Date.now()),
      ...(cursor === undefined ? {} : { cursor }),
      limit: parseLimit(values.limit, NAME),
    };
    return withTranscripts(values, terminal, async (reader) => {
      const { found, next } = await findAll(reader, query, terminal.signal);
      const exchanges = found.map(({ exchange }) => exchange).reverse();
      if (values.json) {
        terminal.out(`${visibleJson({ exchanges, next }, 2)}\n`);
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
