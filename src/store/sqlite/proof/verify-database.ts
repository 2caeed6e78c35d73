import Database from 'better-sqlite3';
import { GateError } from '../../../model/errors.ts';
import { isWellFormed } from '../../proof/block-chain.ts';
import type { Checkpoint } from '../../proof/checkpoint-text.ts';
import { Findings } from '../../proof/finding.ts';
import { type ProofKeys, proofKeysOf } from '../../proof/proof-key.ts';
import type { ProofReport } from '../../proof/report.ts';
import { SCHEMA_VERSION } from '../schema.ts';
import { unreadable } from '../unreadable.ts';
import { type BlockPlace, BlockRows } from './block-rows.ts';
import type { Chunk } from './check-chunk.ts';
import { trustedTables } from './check-table.ts';
import { checkpointProblem } from './checkpoint-problem.ts';
import { Gone } from './gone.ts';
import { GoneRecords } from './records.ts';
import { schemaProblem } from './schema-problem.ts';
import { runTasks } from './verify-pool.ts';
import type { VerifyResult, VerifyTask } from './verify-tasks.ts';

export interface VerifyOptions {
  /** Public keys in PEM, one after the other. */
  readonly keys: string;
  /** Only blocks that have these positions; left out: from the first, to the last. */
  readonly from?: number;
  readonly to?: number;
  /** Only blocks that were signed in this time; milliseconds since the epoch. */
  readonly since?: number;
  readonly until?: number;
  /** What the transcripts must go on from. */
  readonly checkpoint?: Checkpoint;
  /** Told of steps that are done, of so many. */
  readonly onProgress?: (done: number, of: number) => void;
  readonly signal: AbortSignal;
}

/** Steps of one task, blocks of one task, and rows of a page. */
const CHUNK_STEPS = 16_384;
const CHUNK_BLOCKS = 1_024;
const PAGE = 20_000;
/** Fewer steps are done without threads. */
const FEW = 50_000;
/** How long to wait for the gate's own writes, in milliseconds. */
const BUSY = 5_000;

/** Consecutive blocks that are looked at. */
interface Plan {
  readonly chunks: readonly Chunk[];
  readonly after: number;
  readonly last: number;
  readonly newest: BlockPlace | undefined;
  readonly since?: number;
  readonly until?: number;
  /** Whether that is all there is. */
  readonly isWhole: boolean;
}

/**
 * Compares a transcript database with its proof, beside a gate that goes on writing it.
 *
 * @returns a rejection: GateError STORE_UNREADABLE; PROOF_UNREADABLE where nothing is signed
 */
export async function verifyDatabase(path: string, options: VerifyOptions): Promise<ProofReport> {
  const db = opened(path);
  try {
    return await verified(db, path, options);
  } catch (cause) {
    if (!(cause instanceof Database.SqliteError)) throw cause;
    throw unreadable(path, cause);
  } finally {
    db.close();
  }
}

async function verified(
  db: Database.Database,
  path: string,
  options: VerifyOptions,
): Promise<ProofReport> {
  const keys = proofKeysOf(options.keys);
  const problem = db.transaction(() => schemaProblem(db))();
  if (problem !== undefined) return notCompared(problem);
  const gone = new Gone();
  try {
    const plan = db.transaction(() => planOf(new BlockRows(db), options))();
    const { since, until, after, last, isWhole } = plan;
    const found = await compare(path, db, plan, gone, options);
    const { findings } = found;
    const note = checkCheckpoint(db, keys, options.checkpoint, findings);
    if (gone.isSome) orFound(findings, () => explain(db, keys, gone, findings));
    const unsigned = (isWhole && orFound(findings, () => unsignedOf(db))) || 0;
    const { removed, erased, unsigned: unsignedRecords } = gone.counts();
    const { headless } = found;
    const checkpoint = findings.total === 0 ? newestOf(db, plan.last) : undefined;
    return {
      ...{ steps: found.steps, blocks: found.blocks, signers: [...found.signers].sort() },
      ...(last > after && { first: after + 1, last }),
      ...(since !== undefined && { since }),
      ...(until !== undefined && { until }),
      ...{ removed, erased, unsignedRecords, unsigned, headless },
      ...{ findings: findings.kept, counts: findings.counts },
      ...(checkpoint && isWhole && { checkpoint }),
      ...(note !== undefined && { note }),
    };
  } finally {
    gone.close();
  }
}

/** What is read through something that no gate has made says nothing. */
function notCompared(problem: string): ProofReport {
  const findings = new Findings();
  findings.add({ wrong: 'changed', position: 0, why: problem });
  return {
    ...{ steps: 0, blocks: 0, signers: [], removed: 0, erased: 0, unsignedRecords: 0 },
    ...{ unsigned: 0, headless: 0, findings: findings.kept, counts: findings.counts },
    note: 'nothing else was looked at: what is read through it says nothing',
  };
}

function opened(path: string): Database.Database {
  try {
    const db = new Database(path, { readonly: true, fileMustExist: true });
    db.pragma(`busy_timeout = ${BUSY}`);
    const version = db.pragma('user_version', { simple: true }) as number;
    if (version >= 4 && version <= SCHEMA_VERSION) return db;
    db.close();
    if (version > SCHEMA_VERSION) {
      throw new GateError('PROOF_UNREADABLE', `${path} is of a newer sallyport`, {
        hint: 'verify it with that one',
      });
    }
    throw new GateError('PROOF_UNREADABLE', `${path} is of a sallyport that made no proofs`, {
      hint: 'what is there is signed once a gate of this version has run with it',
    });
  } catch (cause) {
    if (cause instanceof GateError) throw cause;
    throw unreadable(path, cause);
  }
}

function planOf(rows: BlockRows, { from, to, since, until }: VerifyOptions): Plan {
  const chunks: Chunk[] = [];
  let [after, last, begins, blocks] = [-1, 0, 0, 0];
  let before: BlockPlace | undefined;
  let newest: BlockPlace | undefined;
  const times: number[] = [];
  for (const block of rows.places()) {
    newest = block;
    const isMeant =
      (from === undefined || block.last >= from) &&
      (to === undefined || block.first <= to) &&
      (since === undefined || block.at >= since) &&
      (until === undefined || block.at <= until);
    if (isMeant) {
      if (after < 0) after = begins = before?.last ?? 0;
      blocks++;
      last = block.last;
      times[times.length === 0 ? 0 : 1] = block.at;
      if (last - begins >= CHUNK_STEPS || blocks >= CHUNK_BLOCKS) {
        chunks.push(chunkOf(begins, last, chunks));
        [begins, blocks] = [last, 0];
      }
    }
    before = block;
  }
  if (!newest) {
    const hint = 'a gate with transcripts.proof signs what it records; is this its database?';
    throw new GateError('PROOF_UNREADABLE', 'the database has no signed blocks', { hint });
  }
  if (blocks > 0) chunks.push(chunkOf(begins, last, chunks));
  const isWhole = [from, to, since, until].every((bound) => bound === undefined);
  const [first, second = first] = times;
  return {
    ...{ chunks, after: Math.max(after, 0), last, newest, isWhole },
    ...(first !== undefined && { since: first }),
    ...(second !== undefined && { until: second }),
  };
}

function chunkOf(after: number, last: number, before: readonly Chunk[]): Chunk {
  return { after, last, ...(before.length === 0 && { isFirst: true }) };
}

/** Runs the comparison on all cores. */
async function compare(
  path: string,
  db: Database.Database,
  plan: Plan,
  gone: Gone,
  { keys, signal, onProgress }: VerifyOptions,
) {
  const found = {
    findings: new Findings(),
    signers: new Set<string>(),
    steps: 0,
    blocks: 0,
    headless: 0,
  };
  const of = plan.last - plan.after;
  let done = 0;
  const onResult = (result: VerifyResult, task: VerifyTask) => {
    if ('table' in result) {
      for (const finding of result.table) found.findings.add(finding);
      return;
    }
    const { findings, counts } = 'chunk' in result ? result.chunk : result.page;
    found.findings.merge(findings, counts);
    if ('page' in result) found.headless += result.page.headless;
    if (!('chunk' in result) || !('chunk' in task)) return;
    found.steps += result.chunk.steps;
    found.blocks += result.chunk.blocks;
    for (const signer of result.chunk.signers) found.signers.add(signer);
    gone.add(result.chunk);
    done += task.chunk.last - task.chunk.after;
    onProgress?.(done, of);
  };
  const tasks = tasksOf(db, plan);
  await runTasks({ path, keys }, tasks, onResult, { small: of < FEW, signal });
  if (plan.isWhole) orFound(found.findings, () => beforeTheFirst(db, found.findings));
  return found;
}

function* tasksOf(db: Database.Database, { chunks, isWhole }: Plan): Generator<VerifyTask> {
  // What takes long comes first, so that no thread is left with it at the end.
  if (isWhole) for (const table of trustedTables) yield { table };
  for (const chunk of chunks) yield { chunk };
  if (!isWhole) return;
  for (const [table, id] of [
    ['exchange', 'id'],
    ['fact', 'digest'],
  ] as const) {
    const end = db.prepare<[string, number], { to: string }>(
      `SELECT ${id} AS "to" FROM ${table} WHERE ${id} > ? ORDER BY ${id} LIMIT 1 OFFSET ?`,
    );
    for (let after: string | undefined; ; ) {
      const to = endOf(() => end.get(after ?? '', PAGE)?.to);
      const from = after === undefined ? {} : { after };
      yield { page: { table, ...from, ...(to !== undefined && { to }) } };
      if (to === undefined) break;
      after = to;
    }
  }
}

/** Where a page can't be read, what is behind it is one page, and whoever looks at that says so. */
function endOf(find: () => string | undefined): string | undefined {
  try {
    return find();
  } catch {
    return undefined;
  }
}

/** Where something can't be read, and that was found before, the rest goes without it. */
function orFound<Result>(findings: Findings, work: () => Result): Result | undefined {
  try {
    return work();
  } catch (error) {
    if (findings.total === 0) throw error;
    return undefined;
  }
}

/** What is gone is a finding where no record tells of it. */
function explain(db: Database.Database, keys: ProofKeys, gone: Gone, findings: Findings): void {
  for (const record of new GoneRecords(db, keys).all()) gone.allow(record);
  for (const finding of gone.findings(oldestLeft(db))) findings.add(finding);
}

/** When the oldest step came that retention has left; undefined where it has removed none from the beginning. */
function oldestLeft(db: Database.Database): number | undefined {
  const oldest = db
    .prepare<[], { position: number; at: number }>(
      'SELECT position, at FROM event ORDER BY position LIMIT 1',
    )
    .get();
  return oldest && oldest.position > 1 ? oldest.at : undefined;
}

/** The gate counts from 1. */
function beforeTheFirst(db: Database.Database, findings: Findings): void {
  const row = db
    .prepare<[], { position: number | null }>('SELECT min(position) AS position FROM event')
    .get();
  if (row?.position === undefined || row.position === null || row.position > 0) return;
  const why = 'the gate counts from 1: it was put in';
  findings.add({ wrong: 'inserted', position: row.position, why });
}

function checkCheckpoint(
  db: Database.Database,
  keys: ProofKeys,
  checkpoint: Checkpoint | undefined,
  findings: Findings,
): string | undefined {
  if (!checkpoint) return undefined;
  const problem = checkpointProblem(new BlockRows(db), keys, checkpoint);
  if (typeof problem === 'string') return problem;
  if (problem) findings.add(problem);
  return undefined;
}

function unsignedOf(db: Database.Database): number {
  const row = db
    .prepare<[], { count: number }>(
      'SELECT count(*) AS count FROM event WHERE position > (SELECT max(last) FROM block)',
    )
    .get();
  return row?.count ?? 0;
}

function newestOf(db: Database.Database, last: number): Checkpoint | undefined {
  const block = new BlockRows(db).holding(last);
  return block && isWellFormed(block) ? block : undefined;
}
