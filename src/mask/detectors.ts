import type { Detector } from './detector.ts';
import { postalAddress } from './detectors/address/postal-address.ts';
import { dateOfBirth } from './detectors/birth/date-of-birth.ts';
import { email } from './detectors/email.ts';
import { iban } from './detectors/iban/iban.ts';
import { ipAddress } from './detectors/ip-address.ts';
import { macAddress } from './detectors/mac-address.ts';
import { personName } from './detectors/name/person-name.ts';
import { paymentCard } from './detectors/payment-card.ts';
import { personIds } from './detectors/person-id/person-ids.ts';
import { phone } from './detectors/phone/phone.ts';
import { secrets } from './detectors/secrets/secrets.ts';
import { cryptoWallet } from './detectors/wallet/crypto-wallet.ts';

/** Every detector that is built in. Of several that find the same stretch, the first one here names it. */
export const detectors: ReadonlyMap<string, Detector> = new Map(
  [
    ...secrets,
    cryptoWallet,
    iban,
    email,
    macAddress,
    ipAddress,
    ...personIds,
    paymentCard,
    dateOfBirth,
    phone,
    postalAddress,
    personName,
  ].map((detector) => [detector.name, detector]),
);

/** Names for several detectors at once. */
export const detectorGroups: ReadonlyMap<string, readonly Detector[]> = new Map([
  ['secrets', secrets],
  ['person-id', personIds],
  ['contact', named('email', 'phone', 'postal-address')],
  ['financial', named('payment-card', 'iban', 'crypto-wallet')],
  ['network', named('ip-address', 'mac-address')],
  ['everything', [...detectors.values()]],
]);

function named(...names: readonly string[]): Detector[] {
  return names.flatMap((name) => detectors.get(name) ?? []);
}

/** The built-in detectors of a name, which may be that of a group; none where there is no such name. */
export function detectorsNamed(name: string): readonly Detector[] {
  const one = detectors.get(name);
  return one ? [one] : (detectorGroups.get(name) ?? []);
}
