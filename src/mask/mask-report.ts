import type { MaskerSpec } from '../model/decision.ts';

/** What one mask did; never a value. */
export interface MaskReport {
  readonly rule: string;
  /** The detector, the path, or the glob of the field's name. */
  readonly what: string;
  readonly masker: MaskerSpec['masker'];
  readonly count: number;
  /** Some of the places, as paths from where the masked value begins. Of masked names it is the object that has them. */
  readonly places: readonly string[];
}
