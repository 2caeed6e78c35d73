import type { Database } from 'better-sqlite3';
import { messageOf } from '../../../model/errors.ts';
import { LEAF_BYTES } from '../../proof/block.ts';
import type { FoundBlock } from '../../proof/block-chain.ts';
import { BlockChain } from '../../proof/block-chain.ts';
import { type Finding, Findings, type Wrong } from '../../proof/finding.ts';
import type { ProofKeys } from '../../proof/proof-key.ts';
import { BlockRows } from './block-rows.ts';
import { LeafMaker } from './leaf-maker.ts';
import { misplaced, type WrongStep } from './misplaced.ts';
import { type MissingFact, NamedFacts } from './named-facts.ts';

/** Consecutive blocks: those that end after one position, and at or before another. */
export interface Chunk {
  readonly after: number;
  readonly last: number;
  /** Nobody looks at the block before it. */
  readonly isFirst?: boolean;
}

/** First and last position. */
export type Range = readonly [number, number];

/** Something of an exchange is erased: with `names`, who called. */
export interface Erased {
  readonly exchange: string;
  readonly names: boolean;
}

/** What a chunk holds. Plain data, for threads. */
export interface ChunkResult {
  /** Steps that are there, and blocks. */
  readonly steps: number;
  readonly blocks: number;
  readonly findings: readonly Finding[];
  readonly counts: Readonly<Partial<Record<Wrong, number>>>;
  readonly erased: readonly Erased[];
  /** Positions without a step: removed by retention, or by somebody else. */
  readonly missing: readonly Range[];
  /** What its steps name and is not there. */
  readonly facts: readonly MissingFact[];
  /** Names of the keys that have signed. */
  readonly signers: readonly string[];
}

/** Wrong steps, and missing ones, that are looked at more closely in each block. */
const MAX_CLOSE = 64;

/** Compares steps with the blocks that hold their leaves. */
export class ChunkChecker {
  readonly #db: Database;
  readonly #keys: ProofKeys;
  readonly #maker: LeafMaker;
  readonly #blocks: BlockRows;
  readonly #facts: NamedFacts;

  constructor(db: Database, keys: ProofKeys) {
    this.#db = db;
    this.#keys = keys;
    this.#maker = new LeafMaker(db);
    this.#blocks = new BlockRows(db);
    this.#facts = new NamedFacts(db);
  }

  /** Within one read transaction: a gate may go on writing. */
  check(chunk: Chunk): ChunkResult {
    const found = new Found();
    const run = this.#db.transaction(() => this.#check(chunk, found));
    this.#maker.begin();
    const { signers, blocks } = this.#readable(run, chunk, found);
    const { findings, steps, erased, missing } = found;
    return {
      ...{ steps, blocks, missing, signers, facts: this.#facts.take() },
      ...{ findings: findings.kept, counts: findings.counts },
      erased: [...erased].map(([exchange, names]) => ({ exchange, names })),
    };
  }

  /** A page that SQLite can't read hides the rest of the chunk. */
  #readable<Result>(run: () => Result, { after, last }: Chunk, found: Found) {
    try {
      return run();
    } catch (error) {
      const why = `it cannot be read: ${messageOf(error)}`;
      found.findings.add({ wrong: 'unreadable', position: after + 1, last, why });
      return { signers: [], blocks: 0 };
    }
  }

  #check({ after, last, isFirst = false }: Chunk, found: Found) {
    const before = after > 0 ? this.#blocks.holding(after) : undefined;
    const chain = new BlockChain(this.#keys, found.findings, before, isFirst);
    let expected = after + 1;
    let blocks = 0;
    for (const block of this.#blocks.between(after + 1, last)) {
      blocks++;
      const isReadable = chain.add(block);
      if (block.first > expected) this.#unsigned(expected, block.first - 1, found);
      if (isReadable) this.#steps(block, found);
      expected = Math.max(expected, block.last + 1);
    }
    chain.end();
    if (expected <= last) this.#unsigned(expected, last, found);
    return { blocks, signers: [...chain.signers] };
  }

  /** Positions that no block has: blocks that are gone, with their steps where retention took them. */
  #unsigned(first: number, last: number, found: Found): void {
    found.missing.push([first, last]);
    let from: number | undefined;
    let to = 0;
    for (const { position } of this.#maker.rows.between(first, last)) {
      from ??= position;
      to = position;
    }
    if (from === undefined) return;
    const why = 'no block signs it: it was put in, or its block was taken out';
    found.findings.add({ wrong: 'forged', position: from, ...(to > from && { last: to }), why });
  }

  #steps(block: FoundBlock, found: Found): void {
    const { first, last } = block;
    const leaves = block.leaves.toString('hex');
    const wrong: WrongStep[] = [];
    const gaps: Range[] = [];
    let next = first;
    try {
      const erased = this.#maker.rows.erased(first, last);
      for (const step of this.#maker.rows.between(first, last)) {
        if (step.position > next) gaps.push([next, step.position - 1]);
        next = step.position + 1;
        const made = this.#maker.make(step, erased.get(step.position));
        found.steps++;
        const isRight = leaves.startsWith(made.leaf, (step.position - first) * LEAF_BYTES * 2);
        if (isRight && !made.isOdd) {
          found.note(step.exchange, made);
          this.#facts.look(step, made);
        } else if (wrong.length < MAX_CLOSE) {
          wrong.push({ step: withoutTexts(step), made });
        } else found.findings.count('changed', 1);
      }
    } catch (error) {
      const why = `it cannot be read: ${messageOf(error)}`;
      found.findings.add({ wrong: 'unreadable', position: next, last, why });
      next = last + 1;
    }
    if (next <= last) gaps.push([next, last]);
    found.missing.push(...gaps);
    if (wrong.length === 0) return;
    const near = gaps
      .slice(0, MAX_CLOSE)
      .flatMap(([from, to]) => (from === to ? [from] : [from, to]));
    for (const finding of misplaced(wrong, leaves, first, near)) found.findings.add(finding);
  }
}

/** What is found in one chunk. */
class Found {
  readonly findings = new Findings();
  readonly erased = new Map<string, boolean>();
  readonly missing: Range[] = [];
  steps = 0;

  note(exchange: string, { isErased, erasedNames }: { isErased: boolean; erasedNames: boolean }) {
    if (isErased || erasedNames) {
      this.erased.set(exchange, erasedNames || (this.erased.get(exchange) ?? false));
    }
  }
}

function withoutTexts({ position, exchange, seq, at, kind, revision }: WrongStep['step']) {
  return { position, exchange, seq, at, kind, revision };
}
