import type { Json } from '../../model/json.ts';

/**
 * Where data sits in a message, as a tree beside the value's own.
 *
 * - `data`: everything below may hold sensitive text, the names of members too;
 * - `text`: data that the protocol needs to be a text, so that no null, number or gap takes its place;
 * - `wire`: one value that the protocol needs back as it is (an id, a cursor, the name of a tool);
 * - `word`: a word of the protocol (a type of content, a MIME type), a flag or a number; any other text here is data;
 * - `blob`: base64 that is looked into when it turns out to be text; what is no base64 is data;
 * - `picture`: an address that is fetched as it is; a `data:` URI is data;
 * - an object: `members` by name, `each` for the elements of a list, `rest` for any other member.
 *   A single value where an object is expected is data, and so are objects and lists where a single value is.
 */
export type Place = 'data' | 'text' | 'wire' | 'word' | 'blob' | 'picture' | PlaceTree;

export interface PlaceTree {
  readonly members?: Readonly<Record<string, Place>>;
  readonly each?: Place;
  readonly rest?: Place;
  /** `data`: the names of other members may hold sensitive text, whatever they have below them. */
  readonly names?: 'data';
}

/** The place of a member. */
export interface ChildPlace {
  readonly place: Place;
  /** True where the protocol, or a schema, needs the name: it is no data, and no field. */
  readonly isOwn: boolean;
}

/** A word of the protocol, a MIME type or a revision: nothing that anybody would mask. */
const WORD = /^[A-Za-z]+(?:[_/][A-Za-z.+-]+)?$|^202\d-\d\d-\d\d$/;
const DATA_URI = /^\s{0,8}data:/i;

const foreign: ChildPlace = { place: 'data', isOwn: false };

/** The place of a member of that name. Members that a tree doesn't know are data, their names too. */
export function childPlace(place: Place, key: string): ChildPlace {
  if (typeof place !== 'object') return foreign;
  const { members, rest = 'data', names } = place;
  const own = members && Object.hasOwn(members, key) ? members[key] : undefined;
  if (own !== undefined) return { place: own, isOwn: true };
  return { place: rest, isOwn: names !== 'data' && rest !== 'data' && rest !== 'text' };
}

/** The place of the elements of a list. */
export function elementPlace(place: Place): Place {
  return typeof place === 'object' ? (place.each ?? place.rest ?? 'data') : 'data';
}

/** True of a single value that means something to the protocol, which no mask may change by chance. */
export function isOfProtocol(value: Json, place: Place): boolean {
  switch (place) {
    case 'wire':
      return true;
    case 'word':
      return typeof value !== 'string' || WORD.test(value);
    case 'picture':
      return typeof value !== 'string' || !DATA_URI.test(value);
    default:
      return false;
  }
}
