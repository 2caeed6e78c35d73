import { EACH, type MaskObligation, type MaskTarget, type PathSegment } from '../model/decision.ts';
import { isAnalyzerName } from './analyzer-name.ts';
import type { Detector } from './detector.ts';
import { detectorGroups, detectors, detectorsNamed } from './detectors.ts';
import { FieldDues } from './field/field-dues.ts';
import { ownDetector } from './own/own-detector.ts';
import { compileNeeds } from './text/text-look.ts';
import type { Due, Use } from './use.ts';
import { CleanNames } from './walk/clean-names.ts';
import type { Finder } from './walk/finder.ts';
import { FinderChoice } from './walk/finder-choice.ts';
import { beginPaths, type PathPoint } from './walk/path-walk.ts';

/** What masks ask for, in an order that is the same whatever theirs is. */
export interface MaskPlan {
  readonly finders: readonly Finder[];
  /** The same, to choose from. */
  readonly choice: FinderChoice;
  readonly cleanNames: CleanNames;
  readonly fields: FieldDues | undefined;
  readonly points: readonly PathPoint[];
  /** What detectors may ask for, anywhere. */
  readonly findable: readonly Due[];
}

/** A use that has no number yet. */
interface Wish {
  readonly mask: MaskObligation;
  readonly what: string;
  readonly label: string | undefined;
  readonly named: string | undefined;
  readonly detector?: Detector;
  readonly steps?: readonly (readonly PathSegment[])[];
}

/** Plans of the masks that came last, by the first of them: what a policy decides is the same objects each time. */
const plans = new WeakMap<MaskObligation, KnownPlan[]>();
const MAX_PLANS = 16;

interface KnownPlan {
  readonly masks: readonly MaskObligation[];
  readonly base: readonly PathSegment[];
  readonly plan: MaskPlan;
}

/** @param found detectors beside those that are built in, by name */
export function planOf(
  masks: readonly MaskObligation[],
  base: readonly PathSegment[],
  found: ReadonlyMap<string, Detector> | undefined,
): MaskPlan {
  const [first] = masks;
  if (found || !first) return makePlan(masks, base, found);
  const known = plans.get(first) ?? [];
  const same = known.find((one) => isSame(one.masks, masks) && isSame(one.base, base));
  if (same) return same.plan;
  const plan = makePlan(masks, base, found);
  plans.set(first, [...known.slice(1 - MAX_PLANS), { masks, base, plan }]);
  return plan;
}

function isSame(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((one, index) => one === b[index]);
}

function makePlan(
  masks: readonly MaskObligation[],
  base: readonly PathSegment[],
  found: ReadonlyMap<string, Detector> | undefined,
): MaskPlan {
  const wishes = masks.flatMap((mask) => wishesOf(mask, base, found)).sort(inOrder);
  const finders = new Map<Detector, Finder & { due: Due[] }>();
  const paths: { steps: readonly PathSegment[]; due: Due }[] = [];
  const globs: Due[] = [];
  for (const [id, { mask, what, label, named, detector, steps }] of wishes.entries()) {
    const use: Use = { id, rule: mask.rule, what, spec: mask.with };
    const due: Due = { use, label, named };
    if (steps) paths.push(...steps.map((one) => ({ steps: one, due })));
    else if (!detector) globs.push(due);
    else {
      const finder = finders.get(detector) ?? {
        detector,
        needs: compileNeeds(detector.needs),
        due: [],
      };
      finder.due.push(due);
      finders.set(detector, finder);
    }
  }
  const all = [...finders.values()];
  return {
    finders: all,
    choice: new FinderChoice(all),
    cleanNames: new CleanNames(),
    fields: globs.length > 0 ? new FieldDues(globs) : undefined,
    points: beginPaths(paths),
    findable: all.flatMap(({ due }) => due),
  };
}

function wishesOf(
  mask: MaskObligation,
  base: readonly PathSegment[],
  found: ReadonlyMap<string, Detector> | undefined,
): Wish[] {
  const { target } = mask;
  if ('fields' in target) {
    return target.fields.map((what) => ({ mask, what, label: undefined, named: undefined }));
  }
  if ('path' in target) {
    const last = target.path.findLast((step) => typeof step === 'string');
    const steps = pathsOf(target.path, base);
    return [{ mask, what: target.text, label: undefined, named: last, steps }];
  }
  return target.find.flatMap((named) =>
    detectorsOf(named, target, found).map((detector) => {
      return { mask, what: detector.name, label: detector.name, named, detector };
    }),
  );
}

/** A path, and where servers repeat what stands there: as JSON in the text of their content. */
function pathsOf(
  path: readonly PathSegment[],
  base: readonly PathSegment[],
): (readonly PathSegment[])[] {
  const [first, ...rest] = path;
  const own = base.length > 0 ? [...base, ...path] : path;
  if (base.length > 0 || first !== 'structuredContent') return [own];
  return [own, ['content', EACH, 'text', ...rest]];
}

function detectorsOf(
  name: string,
  { own }: Extract<MaskTarget, { find: unknown }>,
  found: ReadonlyMap<string, Detector> | undefined,
): Detector[] {
  const spec = own?.find((one) => one.name === name);
  const other = found?.get(name);
  // What nobody has analyzed can't be masked, so it must not pass for clean.
  if (!other && isAnalyzerName(name)) throw new Error(`nothing was analyzed for ${name}`);
  if (!spec) return [...detectorsNamed(name), ...(other ? [other] : [])];
  return [ownDetector(spec)];
}

function inOrder(a: Wish, b: Wish): number {
  return rankOf(a) - rankOf(b) || compare(keyOf(a), keyOf(b));
}

/** Of several detectors that find the same stretch, the first of the table names it. */
function rankOf({ detector }: Wish): number {
  if (!detector) return -1;
  ranks ??= rankDetectors();
  return ranks.get(detector.name) ?? ranks.size;
}

let ranks: ReadonlyMap<string, number> | undefined;

function rankDetectors(): ReadonlyMap<string, number> {
  const grouped = [...detectorGroups.values()].flatMap((group) => group.map(({ name }) => name));
  return new Map([...new Set([...detectors.keys(), ...grouped])].map((name, rank) => [name, rank]));
}

function keyOf({ what, named, mask }: Wish): string {
  const spec = Object.entries(mask.with).sort(([a], [b]) => compare(a, b));
  return JSON.stringify([what, named ?? '', spec, mask.rule]);
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
