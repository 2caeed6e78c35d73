import { type JsonObject, textMember } from '../model/json.ts';
import type { Request } from '../model/message.ts';
import { encodeHeader, headers } from './headers.ts';

/** The member of params that `Mcp-Name` repeats (2026-07-28, transports; extension tasks, routing headers). */
const NAME_MEMBERS: ReadonlyMap<string, string> = new Map([
  ['tools/call', 'name'],
  ['prompts/get', 'name'],
  ['resources/read', 'uri'],
  ['tasks/get', 'taskId'],
  ['tasks/update', 'taskId'],
  ['tasks/cancel', 'taskId'],
]);

/** What `Mcp-Name` says of a request; undefined where there is no such header. */
export function nameOf(method: string, params: JsonObject | undefined): string | undefined {
  const key = NAME_MEMBERS.get(method);
  return key === undefined ? undefined : textMember(params, key)?.toWellFormed();
}

/** Names and values, in turn, of the headers that every stateless-era request comes with, but for its revision. */
export function requestHeaders({ method, params }: Pick<Request, 'method' | 'params'>): string[] {
  const name = nameOf(method, params);
  const own = [headers.method, method];
  return name === undefined ? own : [...own, headers.name, encodeHeader(name)];
}
