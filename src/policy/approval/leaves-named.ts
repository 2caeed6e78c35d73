import { DEEP, EACH, type PathSegment } from '../../model/decision.ts';
import { isList, isObject, type Json } from '../../model/json.ts';

/** A place that bounds speak of. */
export interface NamedPlace {
  readonly path: readonly PathSegment[];
  /** They speak of all that is in it, too. */
  readonly inside: boolean;
}

/** A named place, with the numbers of its steps that can lead to where the walk is: several where it has a `**`. */
interface Way {
  readonly place: NamedPlace;
  readonly steps: ReadonlySet<number>;
}

/** True where each leaf of a value (a plain value, an empty list, an empty object) stands at, or in, a named place. */
export function leavesNamed(value: Json, places: readonly NamedPlace[]): boolean {
  // Arguments that aren't there need no name.
  if (isObject(value) && Object.keys(value).length === 0) return true;
  return isNamed(
    value,
    places.map((place) => ({ place, steps: withNone([0], place) })),
  );
}

function isNamed(value: Json, here: readonly Way[]): boolean {
  const reached = here.filter(({ place, steps }) => steps.has(place.path.length));
  if (reached.some(({ place }) => place.inside)) return true;
  const members: (readonly [string | number, Json])[] = isList(value)
    ? [...value.entries()]
    : isObject(value)
      ? Object.entries(value)
      : [];
  if (members.length === 0) return reached.length > 0;
  return members.every(([key, inner]) => {
    const next = here.flatMap((way) => step(way, key));
    return next.length > 0 && isNamed(inner, next);
  });
}

function step({ place, steps }: Way, key: string | number): readonly Way[] {
  const next = [...steps].flatMap((at) => {
    const wanted = place.path[at];
    // Any depth: it stays where it is as well.
    if (wanted === DEEP) return [at];
    return wanted === EACH || wanted === key ? [at + 1] : [];
  });
  return next.length > 0 ? [{ place, steps: withNone(next, place) }] : [];
}

/** A `**` may stand for no step at all. */
function withNone(steps: readonly number[], { path }: NamedPlace): ReadonlySet<number> {
  const all = new Set(steps);
  for (const at of all) if (path[at] === DEEP) all.add(at + 1);
  return all;
}
