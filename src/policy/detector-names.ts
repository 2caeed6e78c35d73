import type { Detector } from '../mask/detector.ts';
import { detectorGroups, detectors, detectorsNamed } from '../mask/detectors.ts';
import { ownDetector } from '../mask/own/own-detector.ts';
import type { DetectorSpec } from '../model/decision.ts';
import { nearest } from '../model/nearest.ts';
import type { Position } from '../model/position.ts';

/** The detectors that the files of a policy set define, by name. */
export type Definitions = ReadonlyMap<string, DetectorSpec>;

export const NO_DEFINITIONS: Definitions = new Map();

/** A name in a rule that is no built-in detector's, so that some file has to define it. */
export interface OwnName {
  readonly name: string;
  readonly at: Position;
  readonly in: 'mask' | 'condition';
}

/** Finds the detectors of a name; undefined where it is not known yet which they are. */
export type DetectorLookup = (name: string, at: Position) => readonly Detector[] | undefined;

/** True for the name of a detector, or of a group of them, that every policy can use. */
export function isBuiltIn(name: string): boolean {
  return detectorsNamed(name).length > 0;
}

/** All names that a policy can use, its own ones too. */
export function namesOfDetectors(definitions: Definitions = NO_DEFINITIONS): string[] {
  return [...detectors.keys(), ...detectorGroups.keys(), ...definitions.keys()];
}

/** What a name that nobody defines may have been meant to be. All names would be too many to be read. */
export function suggestDetector(name: string, definitions: Definitions): string {
  const near = nearest(name, namesOfDetectors(definitions));
  if (near !== undefined) return `did you mean "${near}"?`;
  return `groups: ${[...detectorGroups.keys()].join(', ')}; docs/policy-language.md lists the rest`;
}

/** Finds what is built in. */
export const builtIn: DetectorLookup = (name) => {
  const found = detectorsNamed(name);
  return found.length > 0 ? found : undefined;
};

/** Finds what is built in, and what a policy set defines. */
export function lookupIn(definitions: Definitions): DetectorLookup {
  return (name, at) => {
    const spec = definitions.get(name);
    return spec ? [ownDetector(spec)] : builtIn(name, at);
  };
}

/** Finds what is built in, and notes the other names. */
export function noting(names: OwnName[]): DetectorLookup {
  return (name, at) => {
    const found = builtIn(name, at);
    if (!found) names.push({ name, at, in: 'condition' });
    return found;
  };
}
