import { DEEP, EACH, type PathSegment } from '../../model/decision.ts';
import type { Due } from '../use.ts';

/** A path of a mask on its way down a value: so many of its steps are taken. */
export interface PathPoint {
  readonly steps: readonly PathSegment[];
  readonly taken: number;
  readonly due: Due;
}

export const NO_POINTS: readonly PathPoint[] = [];

/** Where paths stand before their first step. */
export function beginPaths(
  paths: readonly { readonly steps: readonly PathSegment[]; readonly due: Due }[],
): readonly PathPoint[] {
  const points: PathPoint[] = [];
  for (const { steps, due } of paths) put(points, { steps, taken: 0, due });
  return points;
}

/** Where they stand one step further down. */
export function stepInto(
  points: readonly PathPoint[],
  step: string | number,
): readonly PathPoint[] {
  if (points.length === 0) return points;
  let below: PathPoint[] | undefined;
  for (const point of points) {
    const segment = point.steps[point.taken];
    const next = segment === DEEP ? point.taken : point.taken + 1;
    if (segment !== DEEP && segment !== EACH && segment !== step) continue;
    below ??= [];
    put(below, { ...point, taken: next });
  }
  return below ?? NO_POINTS;
}

/** `**` may stand for no step at all, so what follows it may begin right here. */
function put(points: PathPoint[], point: PathPoint): void {
  const { steps, taken } = point;
  if (points.some((one) => one.due === point.due && one.taken === taken && one.steps === steps))
    return;
  points.push(point);
  const follows = steps[taken] === DEEP && taken + 1 < steps.length;
  if (follows) put(points, { ...point, taken: taken + 1 });
}

/** What is due to a value where paths end at it. */
export function endingAt(points: readonly PathPoint[]): readonly PathPoint[] {
  return points.length === 0 ? points : points.filter(({ steps, taken }) => taken === steps.length);
}

/** What is due to it where it has nothing below it: paths that end in `**` mean all such values. */
export function endingDeep(points: readonly PathPoint[]): readonly PathPoint[] {
  return points.length === 0
    ? points
    : points.filter(({ steps, taken }) => taken === steps.length - 1 && steps[taken] === DEEP);
}

/** True where a path names its last step, and doesn't mean whatever stands there. */
export function isNamed({ steps }: PathPoint): boolean {
  const last = steps.at(-1);
  return last !== DEEP && last !== EACH;
}
