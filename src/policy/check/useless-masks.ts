import { detectorsNamed } from '../../mask/detectors.ts';
import { sameMasker, stricter } from '../../mask/maskers/strictness.ts';
import { formatPath } from '../../mask/place/path.ts';
import type { MaskObligation, MaskTarget } from '../../model/decision.ts';
import type { Position } from '../../model/position.ts';
import type { CompiledRule } from '../compiled-rule.ts';
import type { Report } from './report.ts';

/**
 * Warns of masks beside a stricter one on the same target, which is due wherever they are.
 *
 * @param wider rules that match wherever this one does
 */
export function checkUseless(
  rule: CompiledRule,
  wider: readonly CompiledRule[],
  report: Report,
): void {
  for (const parts of partsOf(rule.masks)) {
    const [first] = parts;
    const beating = parts.map((mask) => beatingOf(mask, rule, wider));
    const [other] = beating;
    if (!first || !other || beating.includes(undefined)) continue;
    const message = `the mask changes nothing beside a stricter one on the same target`;
    report('MASK_USELESS', rule, message, { at: first.at, hint: `it is at ${place(other.at)}` });
  }
}

/** A mask may have become several, which share their place. */
function partsOf(masks: readonly MaskObligation[]): readonly (readonly MaskObligation[])[] {
  const parts = new Map<Position, MaskObligation[]>();
  for (const mask of masks) {
    const known = parts.get(mask.at);
    if (known) known.push(mask);
    else parts.set(mask.at, [mask]);
  }
  return [...parts.values()];
}

function beatingOf(
  mask: MaskObligation,
  rule: CompiledRule,
  wider: readonly CompiledRule[],
): MaskObligation | undefined {
  const index = rule.masks.indexOf(mask);
  const own = rule.masks.find((other, at) => {
    if (other.at === mask.at || !beats(other, mask)) return false;
    return at < index || !beats(mask, other);
  });
  if (own) return own;
  for (const other of wider) {
    // What waits for the answer isn't due on the way up.
    if (other.mode !== 'enforce' || (other.readsResult && !rule.readsResult)) continue;
    const found = other.masks.find((one) => beats(one, mask));
    if (found) return found;
  }
  return undefined;
}

/** Whatever the mask does, the other alone does as well. */
function beats(other: MaskObligation, mask: MaskObligation): boolean {
  if (!mask.sides.every((side) => other.sides.includes(side))) return false;
  if ((mask.notice && !other.notice) || (mask.across && !other.across)) return false;
  if (!covers(other.target, mask.target)) return false;
  return sameMasker(stricter(other.with, mask.with), other.with);
}

function covers(wide: MaskTarget, narrow: MaskTarget): boolean {
  if ('find' in wide) {
    if (!('find' in narrow)) return false;
    const found = new Set(wide.find.flatMap(membersOf));
    return narrow.find.every((name) => found.has(name) || isIn(membersOf(name), found));
  }
  if ('path' in wide) {
    return 'path' in narrow && formatPath(wide.path) === formatPath(narrow.path);
  }
  return 'fields' in narrow && narrow.fields.every((name) => wide.fields.includes(name));
}

/** The name, and where it is a group's the names of what is in it. */
function membersOf(name: string): string[] {
  return [name, ...detectorsNamed(name).map((detector) => detector.name)];
}

function isIn([, ...members]: readonly string[], found: ReadonlySet<string>): boolean {
  return members.length > 0 && members.every((name) => found.has(name));
}

const place = ({ file, line, column }: Position) => `${file}:${line}:${column}`;
