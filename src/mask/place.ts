/**
 * Where data sits in a message, as a tree beside the value's own.
 *
 * - `data`: everything below may hold sensitive text, the names of members too;
 * - `wire`: the protocol needs it as it is (a type, an id, a cursor);
 * - `blob`: base64 that is looked into when it turns out to be text;
 * - an object: `members` by name, `each` for the elements of a list, `rest` for any other member.
 */
export type Place = 'data' | 'wire' | 'blob' | PlaceTree;

export interface PlaceTree {
  readonly members?: Readonly<Record<string, Place>>;
  readonly each?: Place;
  readonly rest?: Place;
}
