import { deeperThan, isList, isObject, type JsonObject } from '../../model/json.ts';
import type { McpAnswer, McpList } from './mcp-client-answer.ts';
import { invalidAnswer, tooLarge } from './mcp-client-error.ts';

/** What servers list, by the member of the answer that holds it, and the method that asks for it. */
const LISTS = {
  tools: 'tools/list',
  resources: 'resources/list',
  resourceTemplates: 'resources/templates/list',
  prompts: 'prompts/list',
} as const;
export type ListKind = keyof typeof LISTS;

/** What a list may have altogether. */
const MAX_BYTES = 16 * 1_048_576;
const MAX_ITEMS = 10_000;
const MAX_PAGES = 1_000;
/** Deepest nesting of an item. */
const MAX_DEPTH = 128;

/**
 * Reads all pages of a list.
 *
 * @param ask sends a request; it ends when the list has taken too long
 * @throws GateError UPSTREAM_INVALID: it is no list, or has no end; FRAME_TOO_LARGE; what `ask` throws
 */
export async function readPages(
  kind: ListKind,
  ask: (method: string, params: JsonObject) => Promise<McpAnswer>,
): Promise<McpList> {
  const items: JsonObject[] = [];
  let bytes = 0;
  let cursor: string | undefined;
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const { result, error } = await ask(LISTS[kind], cursor === undefined ? {} : { cursor });
    if (error) return { error };
    const { [kind]: page, nextCursor } = result;
    if (!isList(page)) throw invalidAnswer(`a list that has no ${kind}`);
    for (const item of page) {
      if (!isObject(item)) throw invalidAnswer(`${kind} one of which is no object`);
      bytes += sizeOf(item, kind);
      items.push(item);
    }
    if (items.length > MAX_ITEMS || bytes > MAX_BYTES) throw tooLarge(`its list of ${kind}`);
    if (nextCursor === undefined) return { items };
    if (typeof nextCursor !== 'string') throw invalidAnswer('a cursor that is no text');
    if (nextCursor === cursor) break;
    cursor = nextCursor;
  }
  throw invalidAnswer(`a list of ${kind} that does not end`);
}

function sizeOf(item: JsonObject, kind: ListKind): number {
  const deep = () => invalidAnswer(`${kind} one of which nests too deeply`);
  let text: string;
  try {
    text = JSON.stringify(item);
  } catch {
    throw deep();
  }
  if (deeperThan(text, MAX_DEPTH)) throw deep();
  return text.length;
}
