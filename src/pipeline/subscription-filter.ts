import { isList, type JsonObject, member } from '../model/json.ts';
import { listenFilters, listFilters } from '../protocol/listen-filter.ts';

/** What a client gets of what it asked for: what the upstream accepts, and what the gate can say by itself. */
export function joinFilters(asked: JsonObject, theirs: JsonObject): JsonObject {
  const joined = Object.entries(asked).flatMap(([name, wanted]) => {
    const given = member(theirs, name);
    if (wanted === true) return given === true || listFilters.includes(name) ? [[name, true]] : [];
    if (!isList(wanted) || !isList(given)) return [];
    // Both may be long.
    const accepted = new Set(given);
    const both = wanted.filter((item) => accepted.has(item));
    return both.length === 0 ? [] : [[name, both]];
  });
  return Object.fromEntries(joined) as JsonObject;
}

/** True of a notification that a client opted in to; what the gate knows no kind of is none. */
export type Wanted = (method: string, params: JsonObject | undefined) => boolean;

/** Compiles what a client opted in to. */
export function compileFilter(accepted: JsonObject): Wanted {
  const uris = textsOf(accepted, 'resourceSubscriptions');
  const tasks = textsOf(accepted, 'taskIds');
  // An update may be of a part of what was subscribed to (2026-07-28, schema, notifications/resources/updated).
  const folders = [...uris].map((uri) => (uri.endsWith('/') ? uri : `${uri}/`));
  return (method, params) => {
    const row = listenFilters.get(method);
    if (!row) return false;
    if (row.about === undefined) return member(accepted, row.filter) === true;
    const about = params && member(params, row.about);
    if (typeof about !== 'string') return false;
    if (row.about === 'taskId') return tasks.has(about);
    return uris.has(about) || folders.some((folder) => about.startsWith(folder));
  };
}

function textsOf(filter: JsonObject, name: string): ReadonlySet<string> {
  const list = member(filter, name);
  return new Set((isList(list) ? list : []).filter((item) => typeof item === 'string'));
}
