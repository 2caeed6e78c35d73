import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type ParsedNode,
  parseAllDocuments,
  type Document as YamlDocument,
} from 'yaml';
import type { Position, Problem } from '../model/position.ts';
import type { Entry, Node } from './node.ts';

/** Bounds on one document, so that aliases and size can't exhaust the daemon. */
export const documentLimits = { bytes: 1_048_576, nodes: 100_000, depth: 64 } as const;

export interface ParsedText {
  readonly documents: readonly Node[];
  readonly problems: readonly Problem[];
}

/** Reads YAML (or JSON, its subset), one or more documents, into nodes that know their place. */
export function parseYaml(text: string, file: string): ParsedText {
  const problems: Problem[] = [];
  if (Buffer.byteLength(text) > documentLimits.bytes) {
    const message = `the file is larger than ${documentLimits.bytes} bytes`;
    return { documents: [], problems: [problem('DOCUMENT_TOO_LARGE', start(file), message)] };
  }
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, { lineCounter: lines, version: '1.2', schema: 'core' });
  const documents = Array.isArray(parsed) ? parsed : [];
  const place = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const nodes = documents.flatMap((document) => {
    for (const error of [...document.errors, ...document.warnings]) {
      const message = (error.message.split('\n')[0] ?? '').replace(
        / at line \d+, column \d+:?$/,
        '',
      );
      problems.push(problem('DOCUMENT_SYNTAX', place(error.pos[0]), message));
    }
    if (document.errors.length > 0 || document.contents === null) return [];
    const reader = new NodeReader(document, place, problems);
    return reader.read(document.contents, 0) ?? [];
  });
  return { documents: nodes, problems };
}

class NodeReader {
  readonly #document: YamlDocument.Parsed;
  readonly #place: (offset: number) => Position;
  readonly #problems: Problem[];
  #count = 0;

  constructor(
    document: YamlDocument.Parsed,
    place: (offset: number) => Position,
    problems: Problem[],
  ) {
    this.#document = document;
    this.#place = place;
    this.#problems = problems;
  }

  read(source: ParsedNode, depth: number): Node | undefined {
    const at = this.#place(source.range[0]);
    if (++this.#count > documentLimits.nodes || depth > documentLimits.depth) {
      if (this.#count <= documentLimits.nodes + 1) {
        this.#report('DOCUMENT_TOO_COMPLEX', at, 'too many values, or nested too deeply');
      }
      this.#count = documentLimits.nodes + 1;
      return undefined;
    }
    if (isAlias(source)) {
      const target = source.resolve(this.#document) as ParsedNode | undefined;
      if (target) return this.read(target, depth + 1);
      this.#report('DOCUMENT_SYNTAX', at, `no anchor is named ${source.source}`);
      return undefined;
    }
    if (isMap(source)) return { kind: 'map', at, entries: this.#entries(source.items, depth) };
    if (isSeq(source)) {
      const items = source.items as ParsedNode[];
      return { kind: 'list', at, items: items.flatMap((item) => this.read(item, depth + 1) ?? []) };
    }
    const value = source.value;
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
      return { kind: 'scalar', at, value };
    }
    return { kind: 'scalar', at, value: null };
  }

  #entries(
    pairs: readonly { key: ParsedNode; value: ParsedNode | null }[],
    depth: number,
  ): Entry[] {
    return pairs.flatMap(({ key, value }) => {
      const at = this.#place(key.range[0]);
      if (!isScalar(key)) {
        this.#report('DOCUMENT_SYNTAX', at, 'a key must be a plain word');
        return [];
      }
      const node = value === null ? nothing(at) : this.read(value, depth + 1);
      return node ? [{ key: String(key.value), at, value: node }] : [];
    });
  }

  #report(code: string, at: Position, message: string): void {
    this.#problems.push(problem(code, at, message));
  }
}

function nothing(at: Position): Node {
  return { kind: 'scalar', at, value: null };
}

function start(file: string): Position {
  return { file, line: 1, column: 1 };
}

function problem(code: string, at: Position, message: string): Problem {
  return { code, severity: 'error', at, message };
}
