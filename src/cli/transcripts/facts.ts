import { isList, type Json } from '../../model/json.ts';
import type { TranscriptEvent } from '../../model/transcript.ts';
import { visible, visibleJson } from '../../model/visible.ts';

/** What a step says of itself. */
export type Facts = NonNullable<TranscriptEvent['detail']>;

/** A fact, safe to print. */
export function factText(value: Json | undefined): string {
  return typeof value === 'string' ? visible(value) : visibleJson(value);
}

/** Facts that have no words of their own. */
export function otherFacts(detail: Facts, said: readonly string[]): string[] {
  return Object.entries(detail)
    .filter(([key, value]) => !said.includes(key) && value !== undefined)
    .map(([key, value]) => `${visible(key)}: ${factText(value)}`);
}

/** Where masks changed something. */
export function placeLines(detail: Facts, key: string): string[] {
  const { [key]: places, more } = detail;
  if (!isList(places) || places.length === 0) return [];
  const rest = typeof more === 'number' ? ` and ${more} more` : '';
  return [`masked: ${places.map(factText).join(', ')}${rest}`];
}
