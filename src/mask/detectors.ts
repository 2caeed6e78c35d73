import type { Detector } from './detector.ts';
import { email } from './detectors/email.ts';
import { paymentCard } from './detectors/payment-card.ts';

/** Every detector that is built in. Of several that find the same stretch, the first one here names it. */
export const detectors: ReadonlyMap<string, Detector> = new Map(
  [email, paymentCard].map((detector) => [detector.name, detector]),
);

/** Names for several detectors at once. */
export const detectorGroups: ReadonlyMap<string, readonly Detector[]> = new Map([]);

/** The built-in detectors of a name, which may be that of a group; none where there is no such name. */
export function detectorsNamed(name: string): readonly Detector[] {
  const one = detectors.get(name);
  return one ? [one] : (detectorGroups.get(name) ?? []);
}
