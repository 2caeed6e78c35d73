import { visibleJson } from '../../model/visible.ts';
import { type StorageSize, storageSize, type TextSize } from '../../store/sqlite/storage-size.ts';
import { readingVerb } from '../reading-verb.ts';
import { counted } from '../report.ts';
import { exit } from '../verb.ts';
import { refuseWords, sourceHelp, sourceOptions } from './arguments.ts';
import { configuredExports } from './configured.ts';
import { databasePath } from './database.ts';
import { type ExportStatus, exportsStatus } from './exports-status.ts';
import { instantText } from './instant-text.ts';

const help = `Usage: sallyport transcripts size [--json]

Tells what the transcripts take on disk and what for, how far their texts are compressed, from when
the oldest is, and how far exports have come. Reads all of the file once: some seconds for each
gigabyte.

${sourceHelp}
  --json             print one JSON object instead; sizes are bytes

Exit code: 0, or 2 for wrong use, or where the database cannot be read.

Example:
  $ sallyport transcripts size
`;

const NAME = 'transcripts size';

const partNames: Readonly<Record<keyof StorageSize['parts'], string>> = {
  steps: 'steps, with texts not compressed yet',
  exchanges: 'exchanges',
  packs: 'compressed texts',
  blobs: 'large texts, once each',
  words: 'index of words',
  proof: 'proof',
  other: 'other',
};

/** `sallyport transcripts size`: what is kept, and what it takes. */
export const size = readingVerb(NAME, {
  ...{ help, options: sourceOptions },
  async run({ values, positionals }, terminal) {
    refuseWords(positionals, NAME);
    const path = databasePath(values, terminal);
    const found = storageSize(path);
    const { config, db } = values;
    const names = db === undefined ? configuredExports(config, terminal) : undefined;
    const exports = exportsStatus(path, names);
    const lines = () => `${[path, ...linesOf(found), ...exportLines(exports)].join('\n')}\n`;
    terminal.out(values.json ? `${visibleJson({ path, ...found, exports }, 2)}\n` : lines());
    return exit.fine;
  },
});

function linesOf({ file, log, free, parts, texts, shrinks, ...counts }: StorageSize): string[] {
  const { exchanges, steps, oldest, newest } = counts;
  const { plain, packed, blobs } = texts;
  const kept = Object.entries(partNames).map(([part, name]) => {
    return row(bytesText(parts[part as keyof StorageSize['parts']]), name);
  });
  const span =
    oldest === undefined || newest === undefined
      ? []
      : [`  from ${instantText(oldest)} to ${instantText(newest)}`];
  return [
    `  ${counted(exchanges, 'exchange')}, ${counted(steps, 'step')}`,
    ...span,
    ...['', row(bytesText(file), 'file'), row(bytesText(log), 'log beside it (-wal)'), ''],
    ...kept,
    row(bytesText(free), shrinks ? 'free, soon given back' : 'free, used again first'),
    '',
    row(bytesText(plain), 'of texts are not compressed yet'),
    ...compressed(packed, 'of texts'),
    ...compressed(blobs, 'of large texts'),
  ];
}

const retentionTexts: Readonly<Record<ExportStatus['retention'], string>> = {
  free: '',
  waits: '; retention waits for it',
  removes: '; RETENTION REMOVES WHAT IT HAS NOT TAKEN',
};

function exportLines(exports: readonly ExportStatus[]): string[] {
  if (exports.length === 0) return [];
  const lines = exports.map(({ name, behind, oldest, retention }) => {
    const since = oldest === undefined ? '' : `, the oldest of ${instantText(oldest)}`;
    const lag = behind === 0 ? 'has everything' : `is ${counted(behind, 'step')} behind${since}`;
    return `  export ${name} ${lag}${retentionTexts[retention]}`;
  });
  return ['', ...lines];
}

function compressed(size: TextSize, what: string): string[] {
  return size.read === 0
    ? []
    : [row(bytesText(size.read), `${what} are kept in ${ratioText(size)}`)];
}

function row(figure: string, what: string): string {
  return `${figure.padStart(12)}  ${what}`;
}

function ratioText({ read, kept }: TextSize): string {
  const times = kept === 0 ? '' : ` (${(read / kept).toFixed(1)} to 1)`;
  return `${bytesText(kept)}${times}`;
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

function bytesText(bytes: number): string {
  let [value, unit] = [bytes, 0];
  for (; value >= 1024 && unit < UNITS.length - 1; unit++) value /= 1024;
  return `${unit === 0 ? value : value.toFixed(1)} ${UNITS[unit]}`;
}
