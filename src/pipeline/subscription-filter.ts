import { isList, type Json, type JsonObject, member } from '../model/json.ts';
import { listKinds } from './list-changes.ts';

/** Kinds of news that the gate has itself. */
const OWN: readonly string[] = listKinds.map((kind) => `${kind}ListChanged`);

/** The member of a filter that opts in to a notification, and what the notification is about. */
const WANTED_BY: ReadonlyMap<string, { readonly filter: string; readonly about?: string }> =
  new Map([
    ['notifications/tools/list_changed', { filter: 'toolsListChanged' }],
    ['notifications/prompts/list_changed', { filter: 'promptsListChanged' }],
    ['notifications/resources/list_changed', { filter: 'resourcesListChanged' }],
    ['notifications/resources/updated', { filter: 'resourceSubscriptions', about: 'uri' }],
    ['notifications/tasks', { filter: 'taskIds', about: 'taskId' }],
  ]);

/** What a client gets of what it asked for: what the upstream accepts, and what the gate can say by itself. */
export function joinFilters(asked: JsonObject, theirs: JsonObject): JsonObject {
  const joined = Object.entries(asked).flatMap(([name, wanted]) => {
    const given = member(theirs, name);
    if (wanted === true) return given === true || OWN.includes(name) ? [[name, true]] : [];
    if (!isList(wanted) || !isList(given)) return [];
    const both = wanted.filter((item) => given.includes(item));
    return both.length === 0 ? [] : [[name, both]];
  });
  return Object.fromEntries(joined) as JsonObject;
}

/** True of a notification that a client opted in to; what the gate knows no kind of is none. */
export function isWanted(
  accepted: JsonObject,
  method: string,
  params: JsonObject | undefined,
): boolean {
  const row = WANTED_BY.get(method);
  const given = row && member(accepted, row.filter);
  if (row?.about === undefined) return given === true;
  const about = params && member(params, row.about);
  if (!isList(given)) return false;
  const covers = row.about === 'uri' ? coversUri : Object.is;
  return given.some((item) => covers(item, about));
}

/** An update may be of a part of what was subscribed to (2026-07-28, schema, notifications/resources/updated). */
function coversUri(item: Json, about: Json | undefined): boolean {
  if (typeof item !== 'string' || typeof about !== 'string') return false;
  return about === item || about.startsWith(item.endsWith('/') ? item : `${item}/`);
}
