import { createSecretKey } from 'node:crypto';
import { detectorGroups, detectors } from '../../src/mask/detectors.ts';
import { applyMasks } from '../../src/mask/mask.ts';
import { resultPlace } from '../../src/mask/place/places.ts';
import type { MaskObligation } from '../../src/model/decision.ts';
import type { Json } from '../../src/model/json.ts';

const context = { key: createSecretKey(new Uint8Array(32).fill(7)), owner: 'bench' };
const place = resultPlace('tools/call');

/** Names of detectors that together find everything that can be found. */
export const everything: readonly string[] = detectorGroups.has('everything')
  ? ['everything']
  : [...detectors.keys()];

/** Masks a result of a tool as the gate does, with what these detectors find made unreadable. */
export function masking(find: readonly string[]): (value: Json) => Json {
  const mask: MaskObligation = {
    rule: 'bench',
    sides: ['result'],
    target: { find },
    with: { masker: 'redact' },
    at: { file: 'bench', line: 1, column: 1 },
  };
  return (value) => applyMasks(value, [mask], { place, side: 'result', context }).value;
}
