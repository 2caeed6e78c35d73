import { resolve } from 'node:path';
import { visible } from '../../../model/visible.ts';
import type { Totals } from '../../../replay/timeline/totals.ts';
import { counted } from '../../report.ts';
import type { Terminal } from '../../verb.ts';
import { writeAside } from '../../write-aside.ts';
import { pageChapter } from './page/page-chapter.ts';
import { filteredUpstreams, pageBegin, pageEnd } from './page/page-frame.ts';
import type { Timeline } from './timeline.ts';

export interface PageOptions {
  readonly title: string;
  readonly full: boolean;
  readonly originals: boolean;
}

/** Exchanges that a page shows unfolded when it has no more. */
const FEW = 8;

/**
 * Writes a timeline as one page, exchange by exchange; `-` is standard output. The file is there once it is whole, and
 * only its owner may read it.
 *
 * @returns what was written, counted
 * @throws GateError FILE_UNWRITABLE
 */
export async function writePage(
  timeline: Timeline,
  file: string,
  options: PageOptions,
  terminal: Terminal,
): Promise<Totals> {
  const totals = timeline.count(true);
  const pieces = pageOf(timeline, totals, options);
  if (file === '-') {
    for (const piece of pieces) {
      terminal.out(piece);
      await terminal.drained();
    }
  } else {
    writeAside(resolve(terminal.cwd, file), pieces, { name: file, mode: 0o600 });
    terminal.err(`${counted(totals.exchanges, 'exchange')} in ${visible(file)}\n`);
  }
  return totals;
}

/** The text of the page in pieces. */
function* pageOf(timeline: Timeline, totals: Totals, options: PageOptions): Generator<string> {
  const { title, full, originals } = options;
  const upstreams = filteredUpstreams(totals);
  yield pageBegin({ title, totals, upstreams, originals });
  const span = { from: totals.from, until: totals.until };
  const open = totals.exchanges <= FEW;
  let before: number | undefined;
  for (const chapter of timeline.chapters()) {
    const { openedAt } = chapter.record;
    const gap = before === undefined ? 0 : openedAt - before;
    before = openedAt;
    yield pageChapter(chapter, { full, open, gap, upstreams, span }).text;
  }
  yield pageEnd();
}
