import { parentPort, workerData } from 'node:worker_threads';
import { CursorStore } from '../export/cursor-store.ts';
import type { ExportNews } from '../export/export-news.ts';
import type { ExportWanted } from '../export/export-wanted.ts';
import { openLane } from '../export/open-lane.ts';
import { openSink } from '../export/open-sink.ts';
import type { ExportOrigin } from '../replay/export/export-record.ts';
import { StepFeed } from '../store/sqlite/feed/step-feed.ts';
import { clock } from './daemon-options.ts';

// The thread that exports transcripts while the gate goes on writing them.

/** What the thread is started with. */
export interface ExportsData {
  /** The database of transcripts, and that of cursors. */
  readonly path: string;
  readonly cursors: string;
  readonly base: string;
  readonly origin: ExportOrigin;
  readonly exports: Readonly<Record<string, ExportWanted>>;
}

/** How often figures are told, in milliseconds, and how long the end may take. */
const TELL = 1_000;
const END = 3_000;

const { path, cursors: cursorPath, base, origin, exports } = workerData as ExportsData;
const tell = (news: ExportNews) => parentPort?.postMessage(news);
const source = new StepFeed(path);
const cursors = new CursorStore(cursorPath);
const opened = Object.entries(exports).map(([name, wanted]) => {
  const sink = openSink(name, wanted, { base, gate: origin.gate, clock, tell });
  const shared = { source, cursors, origin, tell, clock, random: Math.random };
  return { sink, lane: openLane(name, wanted, { ...shared, sink }) };
});

function tellFigures(): void {
  for (const { lane } of opened) {
    try {
      tell({ figures: lane.figures() });
    } catch {
      // The database can't be read just now: the lane says so, and must not end by it.
    }
  }
}

const running = Promise.all(opened.map(({ lane }) => lane.run()));
const timer = setInterval(tellFigures, TELL);
parentPort?.once('message', () => {
  for (const { lane } of opened) lane.stop(END);
});
// A thread that has ended by itself frees what it holds; whoever started it starts another.
void running.then(async () => {
  clearInterval(timer);
  tellFigures();
  await Promise.all(opened.map(({ sink }) => sink.close()));
  cursors.close();
  source.close();
  parentPort?.close();
});
