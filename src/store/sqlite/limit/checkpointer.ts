import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { logMover, MAX_LOG } from '../upkeep/move-log.ts';

// A thread that moves the write-ahead log into the database while another connection goes on writing it.

/** How often to look, in milliseconds. */
const PERIOD = 500;

const path = workerData as string;
const db = new Database(path);
db.pragma('wal_autocheckpoint = 0');
db.pragma('synchronous = NORMAL');
db.pragma(`journal_size_limit = ${MAX_LOG}`);
db.pragma('busy_timeout = 100');
const move = logMover(db, path);
const timer = setInterval(move, PERIOD);

// Ending it from outside while SQLite works would take the whole process with it.
parentPort?.once('message', () => {
  clearInterval(timer);
  db.close();
});
