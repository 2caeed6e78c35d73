import { visibleJson } from '../../model/visible.ts';
import { type MasterKeys, masterKeyName } from '../../store/seal/master-keys.ts';
import { type SealedPeriod, sealedPeriods } from '../../store/sqlite/sealed/sealed-periods.ts';
import { readingVerb } from '../reading-verb.ts';
import {
  keyHelp,
  keyOptions,
  refuseWords,
  sourceHelp,
  sourceOptions,
} from '../transcripts/arguments.ts';
import { databasePath, masterKeysOf } from '../transcripts/database.ts';
import { exit } from '../verb.ts';

const help = `Usage: sallyport keys list [--json]

Lists the master keys that the originals in a database need: by name, for how many periods (a
gate begins one when it starts, and each day), from when to when, for how many exchanges, and
whether the key is at hand. The first key of the configuration seals what is recorded now.

${keyHelp}
${sourceHelp}
  --json             print one JSON object instead

Exit code: 0 all keys are at hand, 1 one isn't, 2 wrong use, or something cannot be read.

Example:
  $ sallyport keys list
`;

const options = { ...sourceOptions, ...keyOptions } as const;
const NAME = 'keys list';

/** What one master key is needed for. */
interface Use {
  readonly key: string;
  /** `seals`: it is the first; `opens`: it is at hand. */
  readonly state: 'seals' | 'opens' | 'not at hand';
  readonly periods: number;
  readonly exchanges: number;
  /** When its periods begin, in milliseconds since the epoch; left out: it has none. */
  readonly first?: number;
  readonly last?: number;
}

/** `sallyport keys list`: which master keys a database needs. */
export const list = readingVerb(NAME, {
  ...{ help, options },
  async run({ values, positionals }, terminal) {
    refuseWords(positionals, NAME);
    const keys = await masterKeysOf(values, terminal, 'if at hand');
    const uses = usesOf(sealedPeriods(databasePath(values, terminal)), keys);
    if (values.json) terminal.out(`${visibleJson({ keys: uses }, 2)}\n`);
    else if (uses.length === 0) terminal.err('no keys\n');
    else terminal.out(`${table(uses).join('\n')}\n`);
    return uses.some(({ state }) => state === 'not at hand') ? exit.found : exit.fine;
  },
});

function usesOf(periods: readonly SealedPeriod[], keys: MasterKeys | undefined): Use[] {
  const known = keys?.map(masterKeyName) ?? [];
  const byKey = Map.groupBy(periods, ({ master }) => master);
  return [...new Set([...known, ...byKey.keys()])].map((key): Use => {
    const some = byKey.get(key) ?? [];
    const [first, last] = [some[0]?.began, some.at(-1)?.began];
    const opens = known.includes(key) ? 'opens' : 'not at hand';
    return {
      key,
      state: key === known[0] ? 'seals' : opens,
      periods: some.length,
      exchanges: some.reduce((sum, { exchanges }) => sum + exchanges, 0),
      ...(first === undefined ? {} : { first }),
      ...(last === undefined ? {} : { last }),
    };
  });
}

function table(uses: readonly Use[]): string[] {
  const rows = uses.map(({ key, state, periods, exchanges, first, last }) => {
    return [key, state, `${periods}`, `${exchanges}`, timeText(first), timeText(last)];
  });
  const head = ['key', 'state', 'periods', 'exchanges', 'first began', 'last began'];
  const widths = head.map((name, at) =>
    Math.max(...[head, ...rows].map((row) => row[at]?.length ?? name.length)),
  );
  return [head, ...rows].map((row) => {
    const cells = row.map((cell, at) => {
      const width = widths[at] ?? 0;
      return at === 2 || at === 3 ? cell.padStart(width) : cell.padEnd(width);
    });
    return cells.join('  ').trimEnd();
  });
}

/** RFC 3339, in UTC, to the second. */
function timeText(at: number | undefined): string {
  return at === undefined ? '-' : `${new Date(at).toISOString().slice(0, 19)}Z`;
}
