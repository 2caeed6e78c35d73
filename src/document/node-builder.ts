import type { Position, Problem } from '../model/position.ts';
import { ROW, ROW_SIZE, textOf, type YamlEvents } from './events.ts';
import { type Built, type Frame, ListFrame, MapFrame, type Refusal } from './frames.ts';
import { documentLimits } from './limits.ts';
import type { Node } from './node.ts';
import { isInexact, plainScalar } from './plain-scalar.ts';

/** Tags that say what a value is anyway. Any other would make something of it. */
const harmless: ReadonlyMap<string, readonly number[]> = new Map([
  ['!', [ROW.PLAIN, ROW.TEXT]],
  ['!!str', [ROW.PLAIN, ROW.TEXT]],
  ['!!map', [ROW.MAP]],
  ['!!seq', [ROW.LIST]],
]);

/** Rows between two rests. */
const SLICE = 500;

/** A frame, with the count of values before it and the height of the highest in it. */
interface OpenFrame {
  readonly frame: Frame;
  readonly before: number;
  height: number;
}

/** Builds the nodes of one file out of its events, and reports what they may not have. */
export class NodeBuilder {
  readonly #events: YamlEvents;
  readonly #source: string;
  readonly #place: (offset: number) => Position;
  readonly #problems: Problem[];
  readonly #documents: Node[] = [];
  readonly #open: OpenFrame[] = [];
  readonly #anchors = new Map<string, Built>();
  #anchor: string | undefined;
  #tag: { readonly text: string; readonly offset: number } | undefined;
  #begun = 0;
  #values = 0;
  #tooMuch = false;

  constructor(
    events: YamlEvents,
    source: string,
    place: (offset: number) => Position,
    problems: Problem[],
  ) {
    this.#events = events;
    this.#source = source;
    this.#place = place;
    this.#problems = problems;
  }

  /** Builds in slices, with a rest after each. Of a file that holds too much it gives nothing. */
  *build(): Generator<void, readonly Node[]> {
    const { rows } = this.#events;
    for (let row = 0; row < rows.length; row += ROW_SIZE) {
      this.#read(row);
      if (this.#tooMuch) return [];
      if (row % (SLICE * ROW_SIZE) === 0) yield;
    }
    return this.#documents;
  }

  #read(row: number): void {
    const { rows } = this.#events;
    const offset = rows[row + 1] ?? 0;
    switch (rows[row]) {
      case ROW.DOCUMENT:
        return this.#begin();
      case ROW.ANCHOR:
        this.#anchor = this.#text(row);
        return;
      case ROW.TAG:
        return this.#readTag(row, offset);
      case ROW.ALIAS:
        return this.#alias(this.#text(row), this.#place(offset));
      case ROW.END:
        return this.#end();
      case ROW.LIST:
        this.#checkTag(ROW.LIST);
        return this.#push(new ListFrame(this.#place(offset), this.#taken()));
      case ROW.MAP:
        this.#checkTag(ROW.MAP);
        return this.#push(new MapFrame(this.#place(offset), this.#taken()));
      default:
        return this.#scalar(row, offset);
    }
  }

  /** Anchors are those of one document. */
  #begin(): void {
    this.#anchors.clear();
    if (++this.#begun > documentLimits.documents) {
      this.#overflow(this.#place(0), `there are more than ${documentLimits.documents} documents`);
    }
  }

  #scalar(row: number, offset: number): void {
    const kind = this.#events.rows[row] ?? 0;
    const text = this.#text(row);
    const isTagged = this.#tag !== undefined;
    this.#checkTag(kind);
    const frame = this.#open.at(-1)?.frame;
    const anchor = this.#taken();
    const isPlain = kind === ROW.PLAIN && !isTagged;
    const isWritten = offset >= 0;
    if (!frame && !isWritten) return;
    const at = isWritten || !frame ? this.#place(offset) : frame.place;
    const isKey = frame instanceof MapFrame && frame.expectsKey;
    if (isKey) this.#refused(frame.key(text, at, isPlain));
    if (isKey && anchor === undefined) return;
    const value = isPlain ? plainScalar(text) : text;
    const scalar = { kind: 'scalar', at, value } as const;
    const node: Node = isInexact(text, value) ? { ...scalar, inexact: true } : scalar;
    if (anchor !== undefined) this.#anchors.set(anchor, { node, size: 1, height: 0 });
    if (isKey) return;
    this.#count(1, at);
    this.#add(node, 0);
  }

  #push(frame: Frame): void {
    this.#open.push({ frame, before: this.#values, height: 0 });
    this.#count(1, frame.node.at);
  }

  /** The end of a list, a map or, where none is open, the document. */
  #end(): void {
    const ended = this.#open.pop();
    if (!ended) return;
    const { frame, before, height } = ended;
    const built = { node: frame.node, size: this.#values - before, height: height + 1 };
    if (frame.anchor !== undefined) this.#anchors.set(frame.anchor, built);
    this.#add(frame.node, built.height);
  }

  /** Values that are repeated are the same nodes, so only their count grows. */
  #alias(name: string, at: Position): void {
    const built = this.#anchors.get(name);
    if (!built) {
      const inside = this.#open.some(({ frame }) => frame.anchor === name);
      const why = inside ? `*${name} stands inside what it repeats` : `no anchor is named ${name}`;
      this.#problems.push(problem('DOCUMENT_SYNTAX', at, why));
      this.#open.at(-1)?.frame.leaveOut();
      return;
    }
    if (this.#open.length + built.height > documentLimits.depth) {
      this.#overflow(at, `aliases nest values more than ${documentLimits.depth} deep`);
    }
    this.#count(built.size, at);
    this.#add(built.node, built.height);
  }

  #add(node: Node, height: number): void {
    const parent = this.#open.at(-1);
    if (!parent) {
      this.#documents.push(node);
      return;
    }
    parent.height = Math.max(parent.height, height);
    this.#refused(parent.frame.add(node));
  }

  #refused(refusal: Refusal | undefined): void {
    if (refusal) this.#problems.push({ ...refusal, severity: 'error' });
  }

  #readTag(row: number, offset: number): void {
    const tag = { text: this.#text(row), offset };
    if (tag.text.startsWith('%')) this.#refuseTag(tag);
    else this.#tag = tag;
  }

  #checkTag(kind: number): void {
    const tag = this.#tag;
    this.#tag = undefined;
    if (tag && !harmless.get(tag.text)?.includes(kind)) this.#refuseTag(tag);
  }

  #refuseTag({ text, offset }: { readonly text: string; readonly offset: number }): void {
    const message = `${text} isn't taken`;
    const hint = 'values are strings, numbers, true, false, null, lists and maps, without a tag';
    this.#problems.push(problem('DOCUMENT_TAG', this.#place(offset), message, hint));
  }

  #taken(): string | undefined {
    const anchor = this.#anchor;
    this.#anchor = undefined;
    return anchor;
  }

  #count(values: number, at: Position): void {
    this.#values += values;
    if (this.#values > documentLimits.nodes) {
      this.#overflow(at, `there are more than ${documentLimits.nodes} values`);
    }
  }

  #overflow(at: Position, message: string): void {
    this.#tooMuch = true;
    this.#problems.push(problem('DOCUMENT_TOO_COMPLEX', at, message));
  }

  #text(row: number): string {
    return textOf(this.#events, row, this.#source);
  }
}

function problem(code: string, at: Position, message: string, hint?: string): Problem {
  return { code, severity: 'error', at, message, ...(hint !== undefined && { hint }) };
}
