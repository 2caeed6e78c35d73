import { GateError } from '../../model/errors.ts';
import { visible, visibleJson } from '../../model/visible.ts';
import type { Found } from '../../store/contract.ts';
import { textMatch } from '../../store/search/text-match.ts';
import { type TextQuery, textQuery } from '../../store/search/text-query.ts';
import { readingVerb } from '../reading-verb.ts';
import { seeHelp } from '../report.ts';
import { exit } from '../verb.ts';
import { filterHelp, parseLimit, sourceHelp, sourceOptions, widthOf } from './arguments.ts';
import { withTranscripts } from './database.ts';
import { filterOf, timeHelp, wholeFilterOptions } from './filter.ts';
import { findAll } from './found.ts';
import { layoutOf } from './layout.ts';
import { exchangeLine, headLine } from './line.ts';
import { painter } from './paint.ts';

const help = `Usage: sallyport transcripts search WORDS [FILTER...] [--limit N] [--cursor TEXT] [--json]

Finds exchanges by what their messages say, as it may be read: what masks hide is not
found. Prints the newest, oldest first, and below each some text around the words.

  drop table         both words in one step, in any order
  "drop table"       one after the other (for a shell: '"drop table"')
  drop OR delete     one of them
  'drop -test'       without this one
  cust*              a word that begins so
  ana@example.com    as "ana example com": what is neither letter nor digit is a blank

Case and accents make no difference. Beside payloads, the reasons of what was blocked,
held or failed are searched.

${filterHelp}
${timeHelp}
  --limit N          at most so many; default: 20
  --cursor TEXT      those before the ones that were found: the "next" of --json
${sourceHelp}
  --json             print one JSON object instead

Exit code: 0 also where nothing is found, 2 wrong use, or the database cannot be read.

Example:
  $ sallyport transcripts search 'drop OR truncate' --upstream orders --since 7d
`;

const { text: _, ...narrowing } = wholeFilterOptions;
const options = {
  ...sourceOptions,
  ...narrowing,
  limit: { type: 'string', default: '20' },
  cursor: { type: 'string' },
} as const;
const NAME = 'transcripts search';

/** `sallyport transcripts search`: which exchanges have words. */
export const search = readingVerb(NAME, {
  ...{ help, options },
  async run({ values, positionals }, terminal) {
    const text = positionals.join(' ');
    if (text === '') {
      throw new GateError('USAGE', `"${NAME}" needs words`, { hint: seeHelp(NAME) });
    }
    const words = textQuery(text);
    const { cursor } = values;
    const query = {
      ...filterOf({ ...values, text }, Date.now()),
      ...(cursor === undefined ? {} : { cursor }),
      limit: parseLimit(values.limit, NAME),
    };
    return withTranscripts(values, terminal, async (reader) => {
      const { found, next } = await findAll(reader, query, terminal.signal);
      if (values.json) {
        const list = found.map(({ exchange, hit }) => ({ ...exchange, hit })).reverse();
        terminal.out(`${visibleJson({ exchanges: list, next }, 2)}\n`);
        return exit.fine;
      }
      if (found.length === 0) {
        terminal.err('nothing found\n');
        return exit.fine;
      }
      const { colour } = terminal;
      const oldestFirst = [...found].reverse();
      const layout = layoutOf(
        oldestFirst.map(({ exchange }) => exchange),
        widthOf(terminal),
      );
      const lines = oldestFirst.flatMap((one) => [
        exchangeLine(one.exchange, { colour, layout }),
        hitLine(one, words, colour),
      ]);
      terminal.out(`${[headLine(layout, colour), ...lines].join('\n')}\n`);
      if (next !== undefined) terminal.err('there may be more: --limit, or --json and --cursor\n');
      return exit.fine;
    });
  },
});

/** Below its exchange: the step that has the words, and some text around them. */
function hitLine({ hit }: Found, { all }: TextQuery, colour: boolean): string {
  if (!hit) return '';
  const { kind, excerpt } = hit;
  const paint = painter(colour);
  const place = textMatch({ all: all.slice(0, 1), none: [] }, excerpt);
  const { from, to } = place ?? { from: 0, to: 0 };
  const [before, words, behind] = [
    excerpt.slice(0, from),
    excerpt.slice(from, to),
    excerpt.slice(to),
  ].map(visible);
  return `  ${paint('dim', kind)}  ${before}${place ? paint('bold', words ?? '') : ''}${behind}`;
}
