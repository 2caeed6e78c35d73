import { LEAF_BYTES, linkOf } from './block.ts';
import { BlockChain, type FoundBlock } from './block-chain.ts';
import { Findings } from './finding.ts';
import { contentsDigestBy, leafDigest, namesDigest, targetDigest } from './leaf.ts';
import type { ProofKeys } from './proof-key.ts';
import type { BlockLine, StepLine } from './proof-line.ts';
import type { ProofReport } from './report.ts';

/** Verifies the lines of an exported proof, one after the other, in little memory. */
export class LineVerifier {
  readonly #findings = new Findings();
  readonly #chain: BlockChain;
  /** The block whose steps come, with its leaves in hexadecimal digits; undefined where they are of no use. */
  #block: { readonly first: number; readonly last: number; readonly leaves: string } | undefined;
  #position = 0;
  #steps = 0;
  #blocks = 0;
  #positions = 0;
  #erased = new Set<string>();
  #first: number | undefined;
  #last = 0;
  #times: number[] = [];

  constructor(keys: ProofKeys) {
    this.#chain = new BlockChain(keys, this.#findings);
  }

  /** @param line its number, from 1; @param value what it says, as parsed JSON */
  add(line: number, value: unknown): void {
    const { type } = (value ?? {}) as { readonly type?: unknown };
    if (type === 'block' && isBlockLine(value)) return this.#addBlock(value);
    if (type === 'step' && isStepLine(value)) return this.#addStep(value);
    this.unreadable(line, 'it is neither a block nor a step');
  }

  unreadable(line: number, why: string): void {
    const about = { wrong: 'unreadable', position: this.#position } as const;
    this.#findings.add({ ...about, why: `line ${line}: ${why}` });
  }

  report(): ProofReport {
    this.#chain.end();
    const [since, until = since] = this.#times;
    const missing = this.#positions - this.#steps;
    const note = `${missing} steps of these blocks are not in the file`;
    return {
      ...(this.#first !== undefined && { first: this.#first, last: this.#last }),
      ...(since !== undefined && until !== undefined && { since, until }),
      ...{ steps: this.#steps, blocks: this.#blocks, signers: [...this.#chain.signers].sort() },
      ...{ removed: 0, erased: this.#erased.size, unsignedRecords: 0, unsigned: 0, headless: 0 },
      ...{ findings: this.#findings.kept, counts: this.#findings.counts },
      ...(missing > 0 && { note }),
    };
  }

  #addBlock(line: BlockLine): void {
    const { first, last, at, previous, signer } = line;
    const leaves = Buffer.from(line.leaves, 'base64');
    const link = Buffer.from(linkOf({ first, last, at, previous, leaves, signer }), 'hex');
    const block: FoundBlock = {
      ...{ first, last, at, leaves, link, signer },
      previous: previous === null ? null : Buffer.from(previous, 'hex'),
      signature: Buffer.from(line.signature, 'base64'),
    };
    this.#blocks++;
    this.#block = undefined;
    if (!this.#chain.add(block)) return;
    if (first <= this.#position) {
      const why = 'the block stands behind later ones';
      this.#findings.add({ wrong: 'reordered', position: first, last, why });
    }
    this.#block = { first, last, leaves: leaves.toString('hex') };
    this.#positions += last - first + 1;
    this.#position = first - 1;
    this.#first ??= first;
    this.#last = last;
    this.#times[this.#times.length === 0 ? 0 : 1] = at;
  }

  #addStep(line: StepLine): void {
    const [, position, exchange, seq, at, kind, revision, contents, head, end] = line.leaf;
    const about = { position, exchange, seq, at };
    this.#steps++;
    const block = this.#block;
    if (!block || position < block.first || position > block.last) {
      const why = 'no block before it in the file has this position';
      return this.#findings.add({ ...about, wrong: 'forged', why });
    }
    if (position <= this.#position) {
      const why = 'it stands behind a later step';
      this.#findings.add({ ...about, wrong: 'reordered', why });
    }
    this.#position = Math.max(this.#position, position);
    const step = { position, exchange, seq, at, kind, revision };
    const leaf = leafDigest(step, contents, head, end);
    const isSigned = block.leaves.startsWith(leaf, (position - block.first) * LEAF_BYTES * 2);
    const why = isSigned ? objectionTo(line) : 'it is not what was signed';
    if (why !== undefined) this.#findings.add({ ...about, wrong: 'changed', why });
    if (isErased(line)) this.#erased.add(exchange);
  }
}

/** What a line says beside its leaf has to fit the digests in it. */
function objectionTo(line: StepLine): string | undefined {
  const { leaf, salt, detail = null, payload = null, sealed = null, target = null } = line;
  const [, , , , , , , contents, head] = leaf;
  const digest = contentsDigestBy(salt, detail, payload, sealed);
  if (digest !== null && digest !== contents) return 'its contents are not what was signed';
  if (target !== null && head?.[5] !== targetDigest(salt, target)) {
    return 'its target is not what was signed';
  }
  if (line.names === undefined) return undefined;
  const [session = null, sub = null, issuer = null, client = null, ...more] = line.names;
  const [agent = null, ip = null, identity = null] = more;
  const names = { session, sub, issuer, client, agent, ip, identity };
  return head?.[6] === namesDigest(line.namesSalt ?? '', names)
    ? undefined
    : 'who called is not what was signed';
}

function isErased({ leaf, detail, payload, sealed, target, names }: StepLine): boolean {
  const [, , , , , , , contents, head] = leaf;
  const isEmpty = detail === undefined && payload === undefined && sealed === undefined;
  if (contents !== null && isEmpty) return true;
  return head !== null && ((head[5] !== null && target === undefined) || names === undefined);
}

function isBlockLine(value: unknown): value is BlockLine {
  const { first, last, at, previous, leaves, signer, signature } = value as Partial<BlockLine>;
  return (
    [first, last, at].every(Number.isSafeInteger) &&
    [leaves, signer, signature].every((text) => typeof text === 'string') &&
    (previous === null || (typeof previous === 'string' && /^[0-9a-f]{64}$/.test(previous)))
  );
}

function isStepLine(value: unknown): value is StepLine {
  const { leaf, salt, detail, payload, sealed, target, names, namesSalt } =
    value as Partial<StepLine>;
  const isText = (text: unknown) => text === undefined || typeof text === 'string';
  return (
    Array.isArray(leaf) &&
    leaf.length === 10 &&
    Number.isSafeInteger(leaf[1]) &&
    (leaf[7] === null || isDigest(leaf[7])) &&
    isSalt(salt, 64) &&
    (namesSalt === undefined || isSalt(namesSalt, 32)) &&
    [detail, payload, sealed, target].every(isText) &&
    (names === undefined || (Array.isArray(names) && names.length === 7))
  );
}

/** Digits only, and all of them: what is hashed behind a salt must not begin within it. */
function isSalt(salt: unknown, digits: number): boolean {
  return salt === '' || isDigest(salt, digits);
}

function isDigest(text: unknown, digits = 64): boolean {
  return typeof text === 'string' && text.length === digits && /^[0-9a-f]+$/.test(text);
}
