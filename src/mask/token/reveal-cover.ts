import { DEEP, EACH, type PathSegment, type RevealGrant } from '../../model/decision.ts';
import { detectorsNamed } from '../detectors.ts';
import type { RevealCover, Step } from './known-token.ts';

/** Says what grants cover: tokens of their scope, called as they say or as a detector of a group that they name. */
export function coverOf(grants: readonly RevealGrant[]): RevealCover {
  if (grants.length === 0) return () => false;
  const compiled = grants.map(({ labels, scope, path }) => ({
    names: new Set(labels),
    scope,
    path,
  }));
  return (known, at) => {
    return compiled.some(({ names, scope, path }) => {
      if (scope !== known.scope || !isNamed(known.label, names)) return false;
      return path === undefined || leadsTo(path, at);
    });
  };
}

function isNamed(label: string, names: ReadonlySet<string>): boolean {
  if (names.has(label)) return true;
  const wanted = detectorsNamed(label);
  if (wanted.length === 0) return false;
  const granted = new Set([...names].flatMap((name) => detectorsNamed(name)));
  return wanted.every((detector) => granted.has(detector));
}

/** True where a path leads to a place, or to what it is in. */
function leadsTo(path: readonly PathSegment[], at: readonly Step[]): boolean {
  // Places in the path that the steps so far may have led to; `**` may stand for none.
  let here = withDeeper(path, new Set([0]));
  if (here.has(path.length)) return true;
  for (const step of at) {
    const next = new Set<number>();
    for (const index of here) {
      const segment = path[index];
      if (segment === DEEP) next.add(index);
      else if (segment === EACH || segment === step) next.add(index + 1);
    }
    here = withDeeper(path, next);
    if (here.has(path.length)) return true;
  }
  return false;
}

function withDeeper(path: readonly PathSegment[], indexes: Set<number>): Set<number> {
  // A set is walked through with what is added on the way.
  for (const index of indexes) if (path[index] === DEEP) indexes.add(index + 1);
  return indexes;
}
