import { EVENT_ID, type Event, getScalarValue, parseEvents, SCALAR_STYLE } from 'js-yaml';
import { documentLimits } from './limits.ts';
import { type SyntaxProblem, syntaxProblems } from './syntax.ts';

/** What a row of {@link YamlEvents} says. */
export const ROW = {
  DOCUMENT: 0,
  LIST: 1,
  MAP: 2,
  /** A scalar without quotes; what it means depends on how it looks. */
  PLAIN: 3,
  /** A scalar that is a string, whatever it looks like. */
  TEXT: 4,
  ALIAS: 5,
  /** Ends the innermost document, list or map. */
  END: 6,
  /** These two come before what they belong to. */
  ANCHOR: 7,
  TAG: 8,
} as const;

/** Numbers in a row: its {@link ROW}, the offset of its place, and two that say its text (see {@link textOf}). */
export const ROW_SIZE = 4;

/** YAML text taken apart: plain numbers and strings, so that one thread can hand it to another cheaply. */
export interface YamlEvents {
  readonly rows: Int32Array<ArrayBuffer>;
  /** Texts that don't stand in the source as they are. */
  readonly decoded: readonly string[];
  /** Where there are any, the other two are empty. */
  readonly problems: readonly SyntaxProblem[];
}

/** Takes YAML (or JSON) text apart. It makes nothing of it: tags, anchors and aliases come as they are written. */
export function readEvents(text: string): YamlEvents {
  try {
    const packer = new Packer(text);
    for (const event of parseEvents(text, { maxDepth: documentLimits.depth + 1 }))
      packer.add(event);
    return packer.packed();
  } catch (error) {
    return { rows: new Int32Array(0), decoded: [], problems: syntaxProblems(text, error) };
  }
}

/** The text of the row that begins at an index. */
export function textOf({ rows, decoded }: YamlEvents, row: number, source: string): string {
  const from = rows[row + 2] ?? 0;
  const to = rows[row + 3] ?? 0;
  return from < 0 ? (decoded[to] ?? '') : source.slice(from, to);
}

class Packer {
  readonly #source: string;
  readonly #rows: number[] = [];
  readonly #decoded: string[] = [];

  constructor(source: string) {
    this.#source = source;
  }

  packed(): YamlEvents {
    return { rows: Int32Array.from(this.#rows), decoded: this.#decoded, problems: [] };
  }

  add(event: Event): void {
    switch (event.type) {
      case EVENT_ID.DOCUMENT:
        for (const directive of event.directives) this.#directive(directive);
        return this.#row(ROW.DOCUMENT, -1);
      case EVENT_ID.POP:
        return this.#row(ROW.END, -1);
      case EVENT_ID.ALIAS:
        return this.#row(ROW.ALIAS, event.anchorStart - 1, event.anchorStart, event.anchorEnd);
      default:
        return this.#node(event);
    }
  }

  /** A directive changes what tags or the text mean, so it is shown like a tag. */
  #directive(directive: { kind: 'yaml'; version: string } | { kind: 'tag'; handle: string }): void {
    if (directive.kind === 'yaml' && directive.version === '1.2') return;
    const written = directive.kind === 'yaml' ? `%YAML ${directive.version}` : '%TAG';
    this.#row(ROW.TAG, 0, -1, this.#decoded.push(written) - 1);
  }

  #node(event: Exclude<Event, { type: 1 | 5 | 6 }>): void {
    const { anchorStart, anchorEnd, tagStart, tagEnd } = event;
    if (anchorStart >= 0) this.#row(ROW.ANCHOR, anchorStart - 1, anchorStart, anchorEnd);
    if (tagStart >= 0) this.#row(ROW.TAG, tagStart, tagStart, tagEnd);
    if (event.type === EVENT_ID.SEQUENCE) return this.#row(ROW.LIST, event.start);
    if (event.type === EVENT_ID.MAPPING) return this.#row(ROW.MAP, event.start);
    const { style, fast, valueStart, valueEnd } = event;
    const kind = style === SCALAR_STYLE.PLAIN ? ROW.PLAIN : ROW.TEXT;
    if (fast) return this.#row(kind, this.#beginning(event), valueStart, valueEnd);
    const value = getScalarValue(this.#source, event);
    this.#row(kind, this.#beginning(event), -1, this.#decoded.push(value) - 1);
  }

  /** Where a scalar begins, its quote or block indicator included; -1 of one that isn't written at all. */
  #beginning({ style, valueStart }: { style: number; valueStart: number }): number {
    if (style === SCALAR_STYLE.PLAIN) return valueStart;
    if (style === SCALAR_STYLE.LITERAL_BLOCK) return this.#source.lastIndexOf('|', valueStart);
    if (style === SCALAR_STYLE.FOLDED_BLOCK) return this.#source.lastIndexOf('>', valueStart);
    return valueStart - 1;
  }

  #row(kind: number, at: number, from = 0, to = 0): void {
    this.#rows.push(kind, at, from, to);
  }
}
