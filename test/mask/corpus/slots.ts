import { address, city, day, email, fullName, phone, postcode, street } from './contact-values.ts';
import type { Country, Draw } from './draw.ts';
import { harmless } from './harmless-values.ts';
import type { Planted, Slots } from './labelled.ts';
import { idsOf, nationalIds } from './national-ids.ts';
import { card, iban, ipAddress, mac, wallet } from './number-values.ts';
import { basicAuth, namedSecrets, secretNames, shapedSecrets } from './secret-values.ts';

type Make = (draw: Draw) => Planted | string;

const born = (draw: Draw) => day(draw, 1935, 2008);

/** What is sensitive, by the name of its slot: the detector that should find it, and a value. */
const sensitive: Readonly<Record<string, readonly [what: string, make: Make]>> = {
  name: ['person-name', fullName],
  first: ['person-name', (draw) => draw.faker.person.firstName()],
  last: ['person-name', (draw) => draw.faker.person.lastName()],
  'last-first': [
    'person-name',
    (draw) => `${draw.faker.person.lastName()}, ${draw.faker.person.firstName()}`,
  ],
  email: ['email', email],
  phone: ['phone', phone],
  card: ['payment-card', card],
  iban: ['iban', iban],
  ip: ['ip-address', ipAddress],
  mac: ['mac-address', mac],
  wallet: ['crypto-wallet', wallet],
  dob: ['date-of-birth', born],
  address: ['postal-address', (draw) => address(draw)],
  'address-lines': ['postal-address', (draw) => address(draw, '\n')],
  street: ['postal-address', street],
  city: ['postal-address', city],
  postcode: ['postal-address', postcode],
  basic: ['basic-auth', basicAuth],
};

/** Titles before a last name, by country; those of English otherwise. */
const titles: Partial<Record<Country, readonly string[]>> = {
  de: ['Herr', 'Frau', 'Herrn', 'Dr.', 'Frau Dr.', 'Prof. Dr.'],
  fr: ['M.', 'Mme', 'Monsieur', 'Madame', 'Mlle'],
  es: ['Sr.', 'Sra.', 'Don', 'Doña', 'Dra.'],
  it: ['Sig.', 'Signora', 'Dott.', 'Avv.'],
  br: ['Sr.', 'Sra.', 'Dr.', 'Dona'],
  nl: ['dhr.', 'mevr.', 'Mevrouw', 'Meneer'],
  pl: ['Pan', 'Pani', 'dr'],
};

/** Draws values for slots of one document. */
export function slotsOf(draw: Draw): Slots {
  const own: Readonly<Record<string, () => Planted | string>> = {
    titled: () => ({
      before: `${draw.one(titles[draw.country] ?? ['Mr', 'Mrs.', 'Ms', 'Dr.', 'Mr.', 'Prof.'])} `,
      text: draw.faker.person.lastName(),
      what: 'person-name',
    }),
    /** A national number of the country with the word for it, or without one where none is needed. */
    id: () => {
      const name = draw.one(idsOf[draw.country]);
      const { make, called, bare = false } = nationalIds[name] ?? missing(name);
      const number = make(draw);
      if (bare && draw.chance(0.2)) return { text: number, what: name };
      return {
        before: `${draw.one(called)}${draw.one([': ', ' ', ' '])}`,
        text: number,
        what: name,
      };
    },
    /** One of any country, always with its word. */
    'any-id': () => {
      const name = draw.one(Object.keys(nationalIds));
      const { make, called } = nationalIds[name] ?? missing(name);
      return { before: `${draw.one(called)}: `, text: make(draw), what: name };
    },
    /** A secret that says what it is by its look. */
    secret: () => planted(draw, draw.one(Object.keys(shapedSecrets))),
  };
  return (slot) => {
    const special = own[slot];
    if (special !== undefined) return special();
    const known = sensitive[slot];
    if (known !== undefined) return { ...asPlanted(known[1](draw)), what: known[0] };
    if (slot.startsWith('id:')) {
      const what = slot.slice(3);
      return { text: (nationalIds[what] ?? missing(what)).make(draw), what };
    }
    if (slot.startsWith('secret:')) return planted(draw, slot.slice(7));
    return (harmless[slot] ?? missing(slot))(draw);
  };
}

function planted(draw: Draw, kind: string): Planted {
  const make = shapedSecrets[kind] ?? namedSecrets[kind] ?? missing(kind);
  return { ...asPlanted(make(draw)), what: kind };
}

function asPlanted(value: Planted | string): Planted {
  return typeof value === 'string' ? { text: value } : value;
}

function missing(name: string): never {
  throw new RangeError(`no slot ${name}`);
}

/** A name from configuration with a slot for what it holds. */
export function namedSecret(draw: Draw): { name: string; slot: string } {
  const kind = draw.one(Object.keys(namedSecrets));
  return { name: draw.one(secretNames[kind] ?? ['secret']), slot: `secret:${kind}` };
}
