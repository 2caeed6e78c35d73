import { setTimeout as wait } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { CursorStore } from '../export/cursor-store.ts';
import type { ExportNews } from '../export/export-news.ts';
import type { ExportWanted } from '../export/export-wanted.ts';
import { openLane } from '../export/open-lane.ts';
import { openSink } from '../export/open-sink.ts';
import { RetentionNews } from '../export/retention-news.ts';
import type { ExportOrigin } from '../replay/export/export-record.ts';
import { StepFeed } from '../store/sqlite/feed/step-feed.ts';
import { FileLock } from '../store/sqlite/file-lock.ts';
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

/**
 * How often figures are told, and it is looked whether another gate that exports has ended, in milliseconds; and how long
 * the end may take.
 */
const TELL = 1_000;
const LOOK = 500;
const END = 3_000;

const { path, cursors: cursorPath, base, origin, exports } = workerData as ExportsData;
const tell = (news: ExportNews) => parentPort?.postMessage(news);
const source = new StepFeed(path);
const cursors = new CursorStore(cursorPath);
const retention = new RetentionNews();
const stopping = new AbortController();
const opened = Object.entries(exports).map(([name, wanted]) => {
  const sink = openSink(name, wanted, { base, gate: origin.gate, clock, tell });
  const shared = { source, cursors, origin, tell, clock, random: Math.random };
  return { sink, lane: openLane(name, wanted, { ...shared, sink }) };
});

function tellFigures(): void {
  for (const { lane } of opened) {
    try {
      const figures = lane.figures();
      tell({ figures });
      const news = retention.of(figures);
      if (news) tell(news);
    } catch {
      // The database can't be read just now: the lane says so, and must not end by it.
    }
  }
}

/**
 * Two gates with one database, as in a rolling restart, don't export the same twice: the one that comes goes on where the
 * one that goes has ended.
 */
async function run(): Promise<void> {
  const lock = await turn();
  if (!lock) return;
  const timer = setInterval(tellFigures, TELL);
  await Promise.all(opened.map(({ lane }) => lane.run()));
  clearInterval(timer);
  tellFigures();
  lock.release();
}

/** Waits until no other gate exports; undefined where it is to end before. */
async function turn(): Promise<FileLock | undefined> {
  const { signal } = stopping;
  for (let isTold = false; ; isTold = true) {
    const lock = FileLock.take(`${cursorPath}-lock`);
    if (lock || signal.aborted) return lock;
    const message = 'another gate exports these transcripts; this one goes on once that has ended';
    if (!isTold) tell({ log: 'info', fields: { exports: Object.keys(exports) }, message });
    await wait(LOOK, undefined, { signal }).catch(() => undefined);
  }
}

const running = run();
parentPort?.once('message', () => {
  stopping.abort();
  for (const { lane } of opened) lane.stop(END);
});
// A thread that has ended by itself frees what it holds; whoever started it starts another.
void running.then(async () => {
  await Promise.all(opened.map(({ sink }) => sink.close()));
  cursors.close();
  source.close();
  parentPort?.close();
});
