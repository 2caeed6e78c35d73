import { changedPlaces } from '../../mask/place/changed-places.ts';
import { parsePath } from '../../mask/place/path.ts';
import type { Json } from '../../model/json.ts';
import type { HiddenPlace } from '../../policy/explain/explain-hidden.ts';
import { methodRow } from '../../protocol/methods.ts';
import { movedPlaces } from '../hidden-places.ts';
import type { RecordedCase } from '../recorded-case.ts';
import type { MaskEffect } from './mask-effect.ts';

/** Maskers whose work depends on the gate's key, which nobody needs here. */
const KEYED = ['hash', 'token'];

/** Where masked arguments are not what the gate would have sent, for it has another key. */
export function keyedPlaces(
  { params, record }: RecordedCase,
  { frame, reports }: MaskEffect,
): readonly HiddenPlace[] {
  if (!reports.some(({ masker }) => KEYED.includes(masker))) return [];
  const after = 'params' in frame.message ? frame.message.params : undefined;
  const { places, more } = changedPlaces((params ?? {}) as Json, (after ?? {}) as Json);
  const { args } = methodRow(record.method);
  const paths = places.map(parsePath).filter((path) => typeof path !== 'string');
  if (more > 0 || paths.length < places.length) return [['args']];
  return movedPlaces(paths as HiddenPlace[], args === undefined ? [] : [args], ['args']);
}
