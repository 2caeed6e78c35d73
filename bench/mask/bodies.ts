import type { JsonObject } from '../../src/model/json.ts';
import { Lot } from './lot.ts';
import { csv, logs, prose, rows, source } from './texts.ts';

/** A result of `tools/call`, and what it is written as. */
export interface Body {
  readonly kind: string;
  readonly value: JsonObject;
  readonly json: string;
  /** Bytes of the JSON. */
  readonly bytes: number;
}

/** The kinds of results that tools give, each made to be about so many characters. */
const kinds = {
  'rows, twice': (lot, size) => {
    const found = rows(lot, size / 2);
    const text = JSON.stringify({ rows: found });
    return { content: [{ type: 'text', text }], structuredContent: { rows: found } };
  },
  'rows as text': (lot, size) => textOf(JSON.stringify(rows(lot, size), null, 2)),
  prose: (lot, size) => textOf(prose(lot, size)),
  logs: (lot, size) => textOf(logs(lot, size)),
  source: (lot, size) => textOf(source(lot, size)),
  csv: (lot, size) => textOf(csv(lot, size)),
} satisfies Record<string, (lot: Lot, size: number) => JsonObject>;

/** One body of each kind, of about so many bytes. The same every time. */
export function bodies(size: number): Body[] {
  return Object.entries(kinds).map(([kind, make], index) =>
    body(kind, make(new Lot(index + 1), size)),
  );
}

export function body(kind: string, value: JsonObject): Body {
  const json = JSON.stringify(value);
  return { kind, value, json, bytes: Buffer.byteLength(json) };
}

function textOf(text: string): JsonObject {
  return { content: [{ type: 'text', text }] };
}
