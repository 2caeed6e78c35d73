import { statSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';

// A thread that moves the write-ahead log into the database while another connection goes on writing it.

/** How often to look, in milliseconds. */
const PERIOD = 500;
/** A log larger than this is begun anew, for which writers have to wait a moment. Bytes. */
const MAX_LOG = 67_108_864;

/** Passes before writers are made to wait, and the time under which one has little left to move, in milliseconds. */
const MAX_PASSES = 10;
const SHORT_PASS = 20;

const path = workerData as string;
const db = new Database(path);
db.pragma('wal_autocheckpoint = 0');
db.pragma('synchronous = NORMAL');
db.pragma(`journal_size_limit = ${MAX_LOG}`);
db.pragma('busy_timeout = 100');
const passive = db.prepare('PRAGMA wal_checkpoint(PASSIVE)');
const restart = db.prepare('PRAGMA wal_checkpoint(RESTART)');

let seen = 0;
const timer = setInterval(() => {
  const { mtimeMs, size } = log();
  if (mtimeMs === seen) return;
  seen = mtimeMs;
  if (size <= MAX_LOG) passive.all();
  else beginAnew();
}, PERIOD);

// Ending it from outside while SQLite works would take the whole process with it.
parentPort?.once('message', () => {
  clearInterval(timer);
  db.close();
});

/**
 * While there is always a writer the log never ends by itself. Writers wait for what is left to be moved, so most of it is
 * moved before: each pass leaves only what came during it.
 */
function beginAnew(): void {
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    const began = performance.now();
    passive.all();
    if (performance.now() - began < SHORT_PASS) break;
  }
  restart.all();
}

function log(): { readonly mtimeMs: number; readonly size: number } {
  return statSync(`${path}-wal`, { throwIfNoEntry: false }) ?? { mtimeMs: 0, size: 0 };
}
