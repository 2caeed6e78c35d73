import { formatPath, parsePath } from '../mask/place/path.ts';
import { EACH, type PathSegment } from '../model/decision.ts';

/** Names of members that are more likely values than names: ids, digests, dates. */
const VALUE = /\d{3}|[^\p{L}\p{N}_$@./ :-]|^.{49}/u;

/**
 * A place with its indexes folded: `rows[3].email` is `rows[*].email`. The name of a member that looks like a value
 * becomes `[*]` too.
 *
 * @param hides true of a name that must not be told
 */
export function foldedPlace(place: string, hides: (name: string) => boolean): string {
  const steps = parsePath(place);
  if (typeof steps === 'string') return '';
  const folded = steps.map((step): PathSegment => {
    if (typeof step === 'number') return EACH;
    return typeof step === 'string' && (VALUE.test(step) || hides(step)) ? EACH : step;
  });
  return formatPath(folded);
}
