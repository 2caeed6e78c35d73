import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { messageOf } from '../../../model/errors.ts';
import type { UpkeepOptions } from '../../upkeep-options.ts';
import type { Chore } from './chore.ts';
import { chores } from './chores.ts';
import { MAX_LOG } from './move-log.ts';

// The thread that keeps transcripts in order while the gate goes on writing them.

/** What the thread is started with. */
export interface UpkeepData {
  readonly path: string;
  readonly options: UpkeepOptions;
}

/** What the thread tells: a chore that failed, or works again. */
export interface UpkeepNews {
  readonly chore: string;
  /** Left out: it works again. */
  readonly failure?: string;
}

/** Pauses while there is nothing to do, and between two steps while there is, so that the gate has its turn; milliseconds. */
const IDLE = 500;
const BETWEEN = 5;
/** How long to wait for the gate's own writes, in milliseconds. */
const BUSY = 100;

const { path, options } = workerData as UpkeepData;
const db = new Database(path);
db.pragma('wal_autocheckpoint = 0');
db.pragma('synchronous = NORMAL');
db.pragma(`journal_size_limit = ${MAX_LOG}`);
db.pragma(`busy_timeout = ${BUSY}`);
const made = chores.flatMap((make) => make({ db, path, options }) ?? []);
const failing = new Set<string>();
let timer = setTimeout(run, IDLE);

/** One step of every chore. */
function run(): void {
  const more = made.map((chore) => attempt(chore, () => chore.step())).some(Boolean);
  timer = setTimeout(run, more ? BETWEEN : IDLE);
}

/** What fails is told once, and tried again the next time. */
function attempt({ name }: Chore, work: () => boolean | void): boolean {
  try {
    const more = work() === true;
    if (failing.delete(name)) tell({ chore: name });
    return more;
  } catch (error) {
    if (!failing.has(name)) tell({ chore: name, failure: messageOf(error) });
    failing.add(name);
    return false;
  }
}

function tell(news: UpkeepNews): void {
  parentPort?.postMessage(news);
}

// Ending it from outside while SQLite works would take the whole process with it.
parentPort?.once('message', () => {
  clearTimeout(timer);
  for (const chore of made) attempt(chore, () => chore.finish?.());
  db.close();
});
