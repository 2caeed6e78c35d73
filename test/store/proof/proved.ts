import { randomBytes } from 'node:crypto';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { FactRecord, TranscriptBatch } from '../../../src/model/transcript.ts';
import { factRecord } from '../../../src/pipeline/identity-ledger.ts';
import { newProofKey, publicPemOf } from '../../../src/store/proof/proof-key.ts';
import type { ProofReport } from '../../../src/store/proof/report.ts';
import { BatchWriter } from '../../../src/store/sqlite/commit/batch-writer.ts';
import { prove } from '../../../src/store/sqlite/proof/prove.ts';
import {
  type VerifyOptions,
  verifyDatabase,
} from '../../../src/store/sqlite/proof/verify-database.ts';
import { SqliteStore } from '../../../src/store/sqlite/store.ts';
import { end, head, step } from '../../support/batches.ts';

export const key = newProofKey();
export const publicKey = publicPemOf(key);
export const masterKey = randomBytes(32);

/** Facts that exchanges name: what tokens said of a caller, the client of itself, an upstream of a tool. */
export function callerFact(caller: string): FactRecord {
  return factRecord({ sub: caller, issuer: 'https://issuer.test', groups: [], claims: {} });
}
export const client = factRecord({ name: 'agent', version: '1' });
export const tool = factRecord({ name: 'query', flags: {} });

/** A finished exchange of five steps, with texts of its own in every place where a text can be. */
export function exchange(id: string, caller = 'ana'): TranscriptBatch {
  const says = (what: string) => JSON.stringify({ says: `${what}-of-${id}` });
  const events = [
    step(id, 0, {
      payload: says('request'),
      detail: { client: client.digest, note: `opened-of-${id}` },
    }),
    step(id, 1, { kind: 'decided', detail: { tool: tool.digest, reason: `reason-of-${id}` } }),
    step(id, 2, { kind: 'masked', payload: says('masked'), original: `original-of-${id}` }),
    step(id, 3, { kind: 'forwarded' }),
    step(id, 4, { kind: 'answered', payload: says('answer'), original: `secret-of-${id}` }),
  ];
  const opened = head(id, {
    ...{ target: `target-of-${id}`, sub: caller, issuer: 'https://issuer.test', client: 'cursor' },
    ...{
      session: `session-of-${id}`,
      agent: 'agent/1',
      ip: '127.0.0.1',
      identity: callerFact(caller).digest,
    },
  });
  return {
    facts: [callerFact(caller), client, tool],
    opened: [opened],
    events,
    closed: [end(id, { effect: 'allow', rule: 'read' })],
  };
}

/** Opens a gate's store with the proof, and originals, as the gate does. */
export function openProved(path: string, proofKey = key): Promise<SqliteStore> {
  const upkeep = { proof: { key: proofKey, every: 3_600_000 } };
  return SqliteStore.open({ path, durability: 'process', keys: [masterKey], upkeep });
}

/** Records exchanges as a gate does, and signs nothing. */
export function write(path: string, ...batches: readonly TranscriptBatch[]): void {
  const writer = new BatchWriter(
    { path, durability: 'process', keys: [masterKey] },
    { busy: 1_000, checkpoint: 1_000 },
  );
  for (const batch of batches) writer.write(batch);
  writer.close();
}

/** Signs what is not signed yet, in one block. */
export function sign(path: string, proofKey = key): void {
  const db = new Database(path);
  const options = { proof: { key: proofKey, every: 1 } };
  prove({ db, path, options, now: Date.now, alarm: () => undefined })?.finish?.();
  db.close();
}

/** Records exchanges, and signs them: what a gate does from its start to its end. */
export function record(path: string, ids: readonly string[], proofKey = key): void {
  write(path, ...ids.map((id) => exchange(id)));
  sign(path, proofKey);
}

export function verified(path: string, options: Partial<VerifyOptions> = {}): Promise<ProofReport> {
  const { signal } = new AbortController();
  return verifyDatabase(path, { keys: publicKey, signal, ...options });
}

/** What somebody does who can write to the file. */
export function tamper(path: string, ...statements: readonly string[]): void {
  const db = new Database(path);
  for (const sql of statements) db.exec(sql);
  db.close();
}

/** Signed transcripts to spoil: two blocks, a and b at positions 1 to 10, c at 11 to 15. */
export class Proved {
  readonly #folder = mkdtempSync(join(tmpdir(), 'sallyport-proved-'));
  readonly #path = join(this.#folder, 'proved.db');
  #copies = 0;

  constructor() {
    record(this.#path, ['a', 'b']);
    write(this.#path, exchange('c', 'bo'));
    sign(this.#path);
  }

  /** Where another file may be. */
  pathOf(name: string): string {
    return join(this.#folder, name);
  }

  copy(): string {
    const path = this.pathOf(`copy-${++this.#copies}.db`);
    copyFileSync(this.#path, path);
    return path;
  }

  close(): void {
    rmSync(this.#folder, { recursive: true });
  }
}

/** Does something in a database as whoever can open it. */
export function within<Result>(path: string, work: (db: Database.Database) => Result): Result {
  const db = new Database(path);
  try {
    return work(db);
  } finally {
    db.close();
  }
}
