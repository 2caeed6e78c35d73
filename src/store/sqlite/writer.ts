import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { messageOf } from '../../model/errors.ts';
import type { ExchangeEnd, ExchangeHead, TranscriptEvent } from '../../model/transcript.ts';
import type { WriterAnswer, WriterOptions, WriterRequest } from './protocol.ts';
import { migrate } from './schema.ts';

// The thread that owns the writing connection. A message is one group of batches, committed together.

const port = parentPort;
if (!port) throw new Error('the writer runs as a worker thread');
const { path, durability } = workerData as WriterOptions;

const db = open();
const insertExchange = db.prepare(
  `INSERT INTO exchange (id, opened_at, upstream, method, target, session, sub, issuer, client, agent, protocol, revision)
   VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
);
const insertEvent = db.prepare(
  `INSERT INTO event (exchange, seq, at, kind, revision, detail, payload)
   VALUES (?, ?, ?, ?, ?, ?, ?)`,
);
const closeExchange = db.prepare(
  `UPDATE exchange SET closed_at = ?, outcome = ?, effect = ?, rule = ? WHERE id = ?`,
);
const begin = db.prepare('BEGIN IMMEDIATE');
const commit = db.prepare('COMMIT');
const rollback = db.prepare('ROLLBACK');

port.on('message', (request: WriterRequest) => {
  if (request.kind === 'close') {
    db.close();
    answer({ kind: 'closed' });
    port.close();
    return;
  }
  answer({ kind: 'written', failure: write(request) });
});
answer({ kind: 'ready' });

function open(): Database.Database {
  const connection = new Database(path);
  connection.pragma('journal_mode = WAL');
  connection.pragma(`synchronous = ${durability === 'power' ? 'FULL' : 'NORMAL'}`);
  connection.pragma('busy_timeout = 5000');
  migrate(connection);
  return connection;
}

/** Writes a group in one transaction; all of it is kept, or none. */
function write({ opened, events, closed }: Extract<WriterRequest, { kind: 'write' }>) {
  try {
    begin.run();
    for (const head of opened) addExchange(head);
    for (const event of events) addEvent(event);
    for (const end of closed) endExchange(end);
    commit.run();
    return undefined;
  } catch (error) {
    if (db.inTransaction) rollback.run();
    return messageOf(error);
  }
}

function addExchange(head: ExchangeHead): void {
  const { id, openedAt, upstream, method, target, session, sub, issuer, client, agent } = head;
  const { protocol, revision } = head;
  insertExchange.run(
    id,
    openedAt,
    upstream,
    method,
    target ?? null,
    session ?? null,
    sub ?? null,
    issuer ?? null,
    client ?? null,
    agent ?? null,
    protocol ?? null,
    revision,
  );
}

function addEvent({ exchange, seq, at, kind, revision, detail, payload }: TranscriptEvent): void {
  const facts = detail === undefined ? null : JSON.stringify(detail);
  insertEvent.run(exchange, seq, at, kind, revision, facts, payload ?? null);
}

function endExchange({ id, closedAt, outcome, effect, rule }: ExchangeEnd): void {
  closeExchange.run(closedAt, outcome, effect ?? null, rule ?? null, id);
}

function answer(message: WriterAnswer): void {
  port?.postMessage(message);
}
