import { hash } from 'node:crypto';
import Database from 'better-sqlite3';
import { GateError } from '../../../model/errors.ts';
import type { ExchangeFilter } from '../../contract.ts';
import type { FoundBlock } from '../../proof/block-chain.ts';
import { previousOf } from '../../proof/block-chain.ts';
import type { BlockLine, ProofHeader, StepLine } from '../../proof/proof-line.ts';
import { exchangeCondition } from '../search/exchange-condition.ts';
import { unreadable } from '../unreadable.ts';
import { BlockRows } from './block-rows.ts';
import { LeafMaker, type MadeLeaf } from './leaf-maker.ts';
import type { ExchangeRow, StepRow } from './leaf-rows.ts';

/** Which steps are exported, with the blocks that hold their leaves. */
export interface ProofSelection {
  /** Positions; left out: from the first, to the newest that is signed. */
  readonly first?: number;
  readonly last?: number;
  /** Only steps of these exchanges; `text` does not count. */
  readonly filter?: ExchangeFilter;
}

/** How long to wait for the gate's own writes, in milliseconds. */
const BUSY = 5_000;
/** Whether an exchange is meant is remembered for so many of them. */
const MAX_KNOWN = 10_000;

/**
 * The lines of an exported proof, each with its line end: `sallyport verify` reads them, and whoever follows
 * docs/proof.md. What is masked stays masked, and of originals only a digest is told.
 *
 * @throws GateError STORE_UNREADABLE
 */
export function* proofLines(path: string, selection: ProofSelection = {}): Generator<string> {
  const { first = 1, last = Number.MAX_SAFE_INTEGER, filter } = selection;
  const db = opened(path);
  try {
    const source = new LineSource(db, filter);
    const header: ProofHeader = { type: 'proof', version: 1 };
    yield lineOf(header);
    for (let next = first; next <= last; ) {
      const block = source.blockAt(next);
      if (!block || block.first > last) return;
      yield* source.lines(block, Math.max(first, block.first), Math.min(last, block.last));
      next = block.last + 1;
    }
  } catch (cause) {
    if (cause instanceof GateError) throw cause;
    throw unreadable(path, cause);
  } finally {
    db.close();
  }
}

class LineSource {
  readonly #maker: LeafMaker;
  readonly #blocks: BlockRows;
  readonly #begin;
  readonly #end;
  readonly #isMeant: ((exchange: string) => boolean) | undefined;

  constructor(db: Database.Database, filter: ExchangeFilter | undefined) {
    this.#maker = new LeafMaker(db);
    this.#blocks = new BlockRows(db);
    this.#begin = db.prepare('BEGIN');
    this.#end = db.prepare('COMMIT');
    this.#isMeant = filter && filterOf(db, filter);
  }

  /** The first block that ends at a position or after it. */
  blockAt(position: number): FoundBlock | undefined {
    return this.#blocks.from(position);
  }

  /** Lines of a block, if any of its steps is meant. A gate that removes steps does so before or after. */
  *lines(block: FoundBlock, first: number, last: number): Generator<string> {
    this.#maker.begin();
    this.#begin.run();
    try {
      let isTold = this.#isMeant === undefined;
      if (isTold) yield lineOf(blockLine(block));
      const erased = this.#maker.rows.erased(first, last);
      for (const step of this.#maker.rows.between(first, last)) {
        if (this.#isMeant && !this.#isMeant(step.exchange)) continue;
        if (!isTold) yield lineOf(blockLine(block));
        isTold = true;
        yield lineOf(stepLine(step, this.#maker.make(step, erased.get(step.position))));
      }
    } finally {
      this.#end.run();
    }
  }
}

function filterOf(db: Database.Database, filter: ExchangeFilter): (exchange: string) => boolean {
  const { sql, parameters } = exchangeCondition(filter);
  const fits = db.prepare<[Record<string, string | number>], unknown>(
    `SELECT 1 FROM exchange WHERE id = @ofStep AND ${sql}`,
  );
  const known = new Map<string, boolean>();
  return (exchange) => {
    const before = known.get(exchange);
    if (before !== undefined) return before;
    if (known.size >= MAX_KNOWN) known.clear();
    const isMeant = fits.get({ ...parameters, ofStep: exchange }) !== undefined;
    known.set(exchange, isMeant);
    return isMeant;
  };
}

function blockLine(block: FoundBlock): BlockLine {
  const { first, last, at, leaves, signer, signature } = block;
  return {
    ...{ type: 'block', first, last, at, previous: previousOf(block) },
    ...{ leaves: leaves.toString('base64'), signer, signature: signature.toString('base64') },
  };
}

function stepLine(step: StepRow, made: MadeLeaf): StepLine {
  const { position, exchange, seq, at, kind, revision, sealed } = step;
  const { contents, head, end, salt, detail, payload, exchange: row } = made;
  return {
    type: 'step',
    leaf: [1, position, exchange, seq, at, kind, revision, contents, head, end],
    salt,
    ...(detail !== null && { detail }),
    ...(payload !== null && { payload }),
    ...(sealed !== null && { sealed: hash('sha256', sealed, 'hex') }),
    ...(head !== null && row && aboutExchange(row, made.erasedNames)),
  };
}

function aboutExchange(row: ExchangeRow, isErased: boolean): Partial<StepLine> {
  const { target, session, sub, issuer, client, agent, ip, identity, salt } = row;
  const about = target === null ? {} : { target };
  if (isErased) return about;
  const names = [session, sub, issuer, client, agent, ip, identity];
  return { ...about, names, namesSalt: salt };
}

function lineOf(value: ProofHeader | BlockLine | StepLine): string {
  return `${JSON.stringify(value)}\n`;
}

function opened(path: string): Database.Database {
  try {
    const db = new Database(path, { readonly: true, fileMustExist: true });
    db.pragma(`busy_timeout = ${BUSY}`);
    return db;
  } catch (cause) {
    throw unreadable(path, cause);
  }
}
