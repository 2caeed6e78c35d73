import type { Detector } from '../detector.ts';
import type { CompiledNeeds } from '../text/text-look.ts';
import type { Due } from '../use.ts';

/** A detector, with what all masks that name it do to a finding. */
export interface Finder {
  readonly detector: Detector;
  readonly needs: CompiledNeeds;
  readonly due: readonly Due[];
}
