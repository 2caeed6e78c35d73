import type { Detector } from '../../mask/detector.ts';
import { detectorGroups, detectors, detectorsNamed } from '../../mask/detectors.ts';
import type { DetectorSpec } from '../../model/decision.ts';
import { GateError } from '../../model/errors.ts';
import { suggest } from '../../model/nearest.ts';

/** Built-in detectors of these names, groups among them, each once; without names all of them. */
export function wantedDetectors(names: readonly string[] | undefined): Detector[] {
  if (!names) return [...detectors.values()];
  return [...new Set(names.flatMap((name) => detectorsNamed(name)))];
}

/** @throws GateError USAGE: a name that is no detector's and no group's */
export function refuseUnknown(names: readonly string[], own: readonly DetectorSpec[]): void {
  const known = [...detectors.keys(), ...detectorGroups.keys(), ...own.map(({ name }) => name)];
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const hint = suggest(unknown, known) ?? '"sallyport mask --detectors" lists what there is';
  throw new GateError('USAGE', `no detector is called "${unknown}"`, { hint });
}

/**
 * The detectors that `--fail-on` names.
 *
 * @param looked what is looked for
 * @throws GateError USAGE: one that is not looked for
 */
export function failing(text: string, looked: readonly string[]): string[] {
  return text.split(',').flatMap((word) => {
    const name = word.trim();
    const members = detectorsNamed(name).map((one) => one.name);
    const meant = members.length > 0 ? members : [name];
    const missing = meant.find((one) => !looked.includes(one));
    if (missing === undefined) return meant;
    const message = `--fail-on names "${missing}", which is not looked for`;
    const hint = suggest(missing, [...looked, ...detectorGroups.keys()]);
    throw new GateError('USAGE', message, hint === undefined ? {} : { hint });
  });
}
