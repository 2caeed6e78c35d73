import { isObject, type JsonObject, parseJson } from '../../model/json.ts';

/** Characters of a cursor that is read; upstreams' own are inside. */
const MAX_LENGTH = 65_536;

/** Where a list of the union goes on: the cursor of each upstream that has more. */
export type Cursors = ReadonlyMap<string, string>;

/** One cursor for all; undefined where no upstream has more. */
export function joinCursors(cursors: Cursors): string | undefined {
  if (cursors.size === 0) return undefined;
  return Buffer.from(JSON.stringify(Object.fromEntries(cursors))).toString('base64url');
}

/** The cursors inside; undefined where the union did not make it. */
export function splitCursor(text: string): Cursors | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const facts = read(text);
  if (!facts) return undefined;
  const cursors = new Map<string, string>();
  for (const [upstream, cursor] of Object.entries(facts)) {
    if (typeof cursor !== 'string') return undefined;
    cursors.set(upstream, cursor);
  }
  return cursors.size > 0 ? cursors : undefined;
}

function read(text: string): JsonObject | undefined {
  try {
    const value = parseJson(Buffer.from(text, 'base64url').toString());
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
