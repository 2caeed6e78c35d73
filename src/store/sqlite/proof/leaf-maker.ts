import type { Database } from 'better-sqlite3';
import {
  contentsDigest,
  contentsSalt,
  endOf,
  type HeadArray,
  headOf,
  leafDigest,
  namesDigest,
  targetDigest,
} from '../../proof/leaf.ts';
import { Contents } from '../contents.ts';
import { type ErasedNames, type ExchangeRow, LeafRows, type StepRow } from './leaf-rows.ts';

/** What leaves need of an exchange; made once for all of its steps. */
interface Known {
  readonly row: ExchangeRow;
  readonly erased: ErasedNames | undefined;
  /** Of its contents. */
  readonly salt: string;
  /** Made with the first step that needs it. */
  head: HeadArray | undefined;
}

/** The leaf of a step, and what it was made of. */
export interface MadeLeaf {
  readonly leaf: string;
  readonly contents: string | null;
  readonly head: HeadArray | null;
  readonly end: HeadArray | null;
  /** What it says was erased: its contents, or the target of its exchange, are known by their digest only. */
  readonly isErased: boolean;
  /** The same of who called. */
  readonly erasedNames: boolean;
  /** Something stands where erased contents, or names, stood: no leaf can be right. */
  readonly isOdd: boolean;
  /** Undefined where the exchange of the step is not there. */
  readonly exchange: ExchangeRow | undefined;
  /** Salt of the contents. */
  readonly salt: string;
  readonly detail: string | null;
  readonly payload: string | null;
}

/** Exchanges that are remembered at most. */
const MAX_KNOWN = 4_096;

/** Makes leaves of what the tables say, wherever payloads are. What it remembers is good for one read transaction. */
export class LeafMaker {
  readonly rows: LeafRows;
  readonly #contents: Contents;
  readonly #known = new Map<string, Known | undefined>();

  constructor(db: Database) {
    this.rows = new LeafRows(db);
    this.#contents = new Contents(db);
  }

  /** Forgets what it knows of exchanges: a new transaction begins. */
  begin(): void {
    this.#known.clear();
  }

  /** @param erased digest of its contents, where they were erased */
  make(step: StepRow, erased?: string): MadeLeaf {
    const known = this.#of(step.exchange);
    const row = known?.row;
    const salt = known?.salt ?? '';
    const { sealed } = step;
    const { detail, payload } = this.#contents.texts(step);
    const contents = erased ?? contentsDigest(salt, { detail, payload, sealed });
    const isLast = row !== undefined && row.last !== null && step.seq === row.last;
    const head = known && (isLast || step.seq === 0) ? headOfKnown(known) : null;
    const end = isLast || (step.seq === 0 && isOfOld(row)) ? endOf(row) : null;
    const isErased = erased !== undefined || (head !== null && hasErased(known?.erased?.target));
    const erasedNames = head !== null && hasErased(known?.erased?.names);
    const isOdd =
      (erased !== undefined && (detail !== null || payload !== null || sealed !== null)) ||
      (step.kept !== null && isOddlyKept(step)) ||
      (head !== null && known !== undefined && isOddHead(known));
    const leaf = leafDigest(step, contents, head, end);
    // Seldom does anything come after its end: what is remembered for a moment only costs little.
    if (isLast) this.#known.delete(step.exchange);
    return {
      leaf,
      contents,
      head,
      end,
      isErased,
      erasedNames,
      isOdd,
      exchange: row,
      salt,
      detail,
      payload,
    };
  }

  /** Digests of an exchange's target and of who called, as they are kept once these are erased. */
  namesOf(
    exchange: string,
  ): { readonly target: string | null; readonly names: string } | undefined {
    const known = this.#of(exchange);
    return known && { target: targetOf(known), names: namesOf(known) };
  }

  #of(exchange: string): Known | undefined {
    const known = this.#known.get(exchange);
    if (known || this.#known.has(exchange)) return known;
    const made = this.#read(exchange);
    if (this.#known.size >= MAX_KNOWN) this.#known.clear();
    this.#known.set(exchange, made);
    return made;
  }

  #read(exchange: string): Known | undefined {
    const row = this.rows.exchange(exchange);
    if (!row) return undefined;
    // What is erased has no secret any more, so others need not be looked up.
    const erased = row.secret === '' ? this.rows.erasedNames(exchange) : undefined;
    return { row, erased, salt: contentsSalt(row.secret, row.period), head: undefined };
  }
}

function headOfKnown(known: Known): HeadArray {
  known.head ??= headOf(known.row, targetOf(known), namesOf(known));
  return known.head;
}

/** It ended before there were proofs, and nobody knows by which step: its first one says how. */
function isOfOld(row: ExchangeRow | undefined): row is ExchangeRow {
  if (!row || row.last !== null) return false;
  return row.closedAt !== null && row.salt === '' && row.secret === '';
}

/** Compaction leaves no text where it was. Of two, readers might take one and this the other. */
function isOddlyKept({ kept, detail, payload }: StepRow): boolean {
  return (kept !== 1 && kept !== 2) || detail !== null || payload !== null;
}

function targetOf({ row, erased, salt }: Known): string | null {
  return erased?.target ? hexOf(erased.target) : targetDigest(salt, row.target);
}

function namesOf({ row, erased }: Known): string {
  return erased?.names ? hexOf(erased.names) : namesDigest(row.salt, row);
}

function hasErased(digest: Uint8Array | null | undefined): boolean {
  return digest !== null && digest !== undefined;
}

/** Whether there is a name where it was erased. */
function isOddHead({ row, erased }: Known): boolean {
  if (erased?.target && row.target !== null) return true;
  if (!erased?.names) return false;
  const { session, sub, issuer, client, agent, ip, identity } = row;
  return [session, sub, issuer, client, agent, ip, identity].some((name) => name !== null);
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');
}
