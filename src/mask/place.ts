/**
 * Where data sits in a message, as a tree beside the value's own.
 *
 * - `data`: everything below may hold sensitive text, the names of members too;
 * - `wire`: one value that the protocol needs back as it is (an id, a cursor, the name of a tool);
 * - `word`: a word of the protocol (a type of content, a MIME type); any other text here is data;
 * - `blob`: base64 that is looked into when it turns out to be text; what is no base64 is data;
 * - an object: `members` by name, `each` for the elements of a list, `rest` for any other member.
 *   A single value where an object is expected is data, and so are objects and lists where a single value is.
 */
export type Place = 'data' | 'wire' | 'word' | 'blob' | PlaceTree;

export interface PlaceTree {
  readonly members?: Readonly<Record<string, Place>>;
  readonly each?: Place;
  readonly rest?: Place;
}
