import { GateError } from '../../model/errors.ts';

/** Where a page of a search ended. */
export type SearchPlace =
  /** Of exchanges: those with smaller ids are left. */
  | { readonly before: string }
  /** Of words: steps at smaller positions are left, and what came above `top` began after the search. */
  | { readonly position: number; readonly top: number };

/** Longest id of an exchange that a cursor may name. */
const MOST = 300;

/** A place as whoever pages is given it. It holds nothing but places, and is nothing to rely on. */
export function cursorText(place: SearchPlace): string {
  const parts = 'before' in place ? ['x', place.before] : ['w', place.position, place.top];
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/**
 * @param isOfWords whether words are looked for: such cursors are others
 * @throws GateError SEARCH_CURSOR
 */
export function searchPlace(cursor: string, isOfWords: false): { readonly before: string };
export function searchPlace(
  cursor: string,
  isOfWords: true,
): { readonly position: number; readonly top: number };
export function searchPlace(cursor: string, isOfWords: boolean): SearchPlace {
  const [kind, first, second] = partsOf(cursor);
  if (!isOfWords && kind === 'x' && typeof first === 'string') return { before: first };
  const isPlace = Number.isSafeInteger(first) && Number.isSafeInteger(second);
  if (isOfWords && kind === 'w' && isPlace) {
    return { position: Number(first), top: Number(second) };
  }
  const hint = 'use what the page before gave, with the same words, or leave it out';
  throw new GateError('SEARCH_CURSOR', 'the cursor is none that a page gave', { hint });
}

function partsOf(cursor: string): readonly unknown[] {
  if (cursor.length > MOST) return [];
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(parts) ? parts : [];
  } catch {
    return [];
  }
}
