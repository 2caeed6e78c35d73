import { isAnalyzerName } from '../../mask/analyzer-name.ts';
import { detectorsNamed } from '../../mask/detectors.ts';
import type { MaskObligation } from '../../model/decision.ts';
import { nameOf } from './recorded-verdict.ts';

const known = new WeakMap<MaskObligation, ReadonlySet<string>>();

/** What a mask may be recorded as, each as `what with`; found once for each. */
export function maskNames(mask: MaskObligation): ReadonlySet<string> {
  const before = known.get(mask);
  if (before) return before;
  const names = new Set(whatOf(mask).map((what) => nameOf({ what, with: mask.with.masker })));
  known.set(mask, names);
  return names;
}

/** True of a mask whose findings only an analyzer can tell, which is not asked again. */
export function asksAnalyzer({ target }: MaskObligation): boolean {
  return 'find' in target && target.find.some(isAnalyzerName);
}

/** The mask without what an analyzer finds. */
export function withoutAnalyzer(mask: MaskObligation): readonly MaskObligation[] {
  if (!asksAnalyzer(mask)) return [mask];
  const before = plain.get(mask);
  if (before) return before;
  const { target } = mask;
  const find = 'find' in target ? target.find.filter((name) => !isAnalyzerName(name)) : [];
  const left = find.length > 0 ? [{ ...mask, target: { ...target, find } }] : [];
  plain.set(mask, left);
  return left;
}

const plain = new WeakMap<MaskObligation, readonly MaskObligation[]>();

function whatOf({ target }: MaskObligation): readonly string[] {
  if ('fields' in target) return target.fields;
  if ('path' in target) return [target.text];
  const own = new Set((target.own ?? []).map(({ name }) => name));
  return target.find.flatMap((name) =>
    own.has(name) ? [name] : detectorsNamed(name).map((detector) => detector.name),
  );
}
