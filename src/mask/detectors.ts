import type { Detector } from './detector.ts';
import { email } from './detectors/email.ts';
import { paymentCard } from './detectors/payment-card.ts';

/** Every detector that a policy can name. */
export const detectors: ReadonlyMap<string, Detector> = new Map(
  [email, paymentCard].map((detector) => [detector.name, detector]),
);
