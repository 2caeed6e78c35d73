import { visible, visibleJson, visibleLines } from '../../../model/visible.ts';
import type { MessagePart } from '../../../replay/timeline/message-part.ts';
import { wrap } from '../../transcripts/wrap.ts';

export interface PartLook {
  /** Characters in a line. */
  readonly width: number;
  /** Leaves nothing out. */
  readonly full: boolean;
}

/** What is shown of a part unless all is asked for. */
const MOST_LINES = 16;
const MOST_CHARACTERS = 2_000;
/** A short value stands beside its name. */
const BESIDE = 2 / 3;

/** A part of a message, safe to print, in lines that fit. */
export function partLines({ name, value, note }: MessagePart, look: PartLook): string[] {
  const head = name === '' ? '' : `${visible(name)}: `;
  if (note !== undefined) return wrap(`${head}(${visible(shortened(note, look))})`, look.width);
  const lines =
    typeof value === 'string' ? visibleLines(shortened(value, look)) : jsonLines(value, look);
  const [first = ''] = lines;
  const isShort = lines.length === 1 && head.length + first.length <= look.width;
  if (isShort && head !== '') return [head + first];
  const inner = look.width - INDENT.length;
  const wrapped = lines.flatMap((line) => wrap(line, inner));
  const most = look.full ? wrapped.length : MOST_LINES;
  const left = wrapped.length - most;
  return [
    ...(head === '' ? [] : [head.trimEnd()]),
    ...wrapped.slice(0, most).map((line) => INDENT + line),
    ...(left > 0 ? [`${INDENT}… ${left} more lines (--full shows them)`] : []),
  ];
}

const INDENT = '| ';

function jsonLines(value: unknown, look: PartLook): string[] {
  const line = visibleJson(value);
  if (line.length <= look.width * BESIDE) return [line];
  return shortened(visibleJson(value, 2), look).split('\n');
}

function shortened(text: string, { full }: PartLook): string {
  if (full || text.length <= MOST_CHARACTERS) return text;
  const start = text.slice(0, MOST_CHARACTERS).replace(/[\ud800-\udbff]$/, '');
  return `${start}… (${text.length - start.length} more characters)`;
}
