import { isList, isObject, type JsonObject } from '../../../model/json.ts';
import type { ErrorFrame } from '../../../model/message.ts';
import { lackingFor, URL_ELICITATION_REQUIRED } from '../../../protocol/era-words.ts';
import { inputRequestOf } from './translate.ts';

const ASK = 'elicitation/create';

/**
 * The URLs that a user must visit before a request is repeated (2025-11-25, elicitation, URL elicitation required), as
 * `inputRequests`; undefined where an error says no such thing, or the client can't be asked.
 */
export function visitsIn(
  { message }: ErrorFrame,
  capabilities: JsonObject,
): JsonObject | undefined {
  const { code, data } = message.error;
  if (code !== URL_ELICITATION_REQUIRED || !isObject(data)) return undefined;
  const asked = isList(data.elicitations) ? data.elicitations : [];
  const visits = asked.filter(isObject).map((params) => ({ ...params, mode: 'url' }));
  const may = visits.every((params) => lackingFor(ASK, params, capabilities) === undefined);
  if (!may || visits.length === 0) return undefined;
  return Object.fromEntries(
    visits.map((params, n) => [`visit-${n + 1}`, inputRequestOf(ASK, params)]),
  );
}
