import { findSentTokens } from '../mask/token/token-text.ts';
import { isList, isObject, type Json } from '../model/json.ts';
import type { TranscriptEvent } from '../model/transcript.ts';
import type { HiddenPlace } from '../policy/explain/explain-hidden.ts';
import type { Value } from '../policy/subject.ts';

/** Where tokens stand in recorded arguments whose values were judged, because they were put back. */
export function tokenPlaces(
  events: readonly TranscriptEvent[],
  { args }: { readonly args: Value },
): readonly HiddenPlace[] {
  const revealed = new Set(events.flatMap(revealedBy));
  if (revealed.size === 0) return [];
  return placesOf(args, (token) => revealed.has(token));
}

/** Where anything stands in arguments that may be a token. */
export function anyTokenPlaces(args: Value): readonly HiddenPlace[] {
  return placesOf(args, () => true);
}

function placesOf(args: Value, isMeant: (token: string) => boolean): readonly HiddenPlace[] {
  if (typeof args === 'symbol') return [];
  const places: HiddenPlace[] = [];
  const has = (text: string) => findSentTokens(text).some(({ token }) => isMeant(token));
  const visit = (value: Json, path: HiddenPlace): void => {
    if (typeof value === 'string' && has(value)) places.push(path);
    else if (isList(value)) for (const [i, item] of value.entries()) visit(item, [...path, i]);
    else if (isObject(value)) {
      for (const [name, item] of Object.entries(value)) {
        if (has(name)) places.push(path);
        visit(item, [...path, name]);
      }
    }
  };
  visit(args, ['args']);
  return places;
}

function revealedBy({ kind, detail }: TranscriptEvent): readonly string[] {
  const tokens = kind === 'masked' && detail && isObject(detail.tokens) ? detail.tokens : undefined;
  const revealed = tokens?.revealed;
  return isList(revealed) ? revealed.filter((one) => typeof one === 'string') : [];
}
