import { isList, isObject, type Json } from '../../model/json.ts';

/** A value as it is shown: the whole, or its beginning. */
export interface ShownValue {
  readonly value: Json;
  /** It was too large to be shown whole. */
  readonly cut: boolean;
}

const MAX_TEXT = 200;
const MAX_ITEMS = 10;
const MAX_DEPTH = 3;

/** Bounds a value: long text, long lists and deep trees lose their ends. */
export function shownValue(value: Json): ShownValue {
  let cut = false;
  const bound = (inner: Json, depth: number): Json => {
    if (typeof inner === 'string' && inner.length > MAX_TEXT) {
      cut = true;
      return `${inner.slice(0, MAX_TEXT).replace(/[\ud800-\udbff]$/, '')}…`;
    }
    const items = isList(inner) ? inner : isObject(inner) ? Object.entries(inner) : undefined;
    if (!items) return inner;
    if (items.length > MAX_ITEMS || (depth === MAX_DEPTH && items.length > 0)) cut = true;
    if (depth === MAX_DEPTH) return items.length === 0 ? inner : '…';
    const kept = items.slice(0, MAX_ITEMS);
    if (isList(inner)) return (kept as Json[]).map((item) => bound(item, depth + 1));
    const members = kept as [string, Json][];
    return Object.fromEntries(members.map(([key, item]) => [key, bound(item, depth + 1)]));
  };
  return { value: bound(value, 0), cut };
}
