import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { messageOf } from '../../model/errors.ts';
import type { ExchangeEnd, ExchangeHead, TranscriptEvent } from '../../model/transcript.ts';
import { DONE, HANDED, type WriterData, type WriterRequest } from './protocol.ts';
import { migrate } from './schema.ts';

// The thread that owns the writing connection. It sleeps until a group of batches is handed over, commits it in one
// transaction, and wakes the other thread. Atomics cost a third of what messages both ways would.

const { path, durability, turns, port } = workerData as WriterData;
const turn = new Int32Array(turns);

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

parentPort?.postMessage('ready');
for (let handed = 0; ; handed++) {
  Atomics.wait(turn, HANDED, handed);
  const request = receiveMessageOnPort(port)?.message as WriterRequest;
  const failure = request.kind === 'write' ? write(request) : undefined;
  if (request.kind === 'close') db.close();
  if (failure !== undefined) port.postMessage({ failure });
  Atomics.add(turn, DONE, 1);
  Atomics.notify(turn, DONE);
  if (request.kind === 'close') break;
}
port.close();

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
