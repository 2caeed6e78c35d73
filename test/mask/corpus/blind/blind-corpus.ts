import { type Country, countries, Draw } from '../draw.ts';
import {
  type CorpusDocument,
  fill,
  join,
  type Piece,
  type Planted,
  type Slots,
} from '../labelled.ts';
import { called } from './called.ts';
import { innocent } from './innocent.ts';
import { machine } from './machine.ts';
import { machineRecords } from './machine-records.ts';
import { national } from './national.ts';
import { card, harmless, iban, ip4, ip6, mac, wallet } from './numbers.ts';
import { Person } from './people.ts';
import { prose } from './prose.ts';
import { type Fields, records } from './records.ts';
import { awsSecret, azureAccount, basic, password, shaped } from './secrets.ts';
import { tables } from './tables.ts';

const COUNTRIES = Object.keys(countries) as Country[];
const MONTHS =
  'January February March April May June July August September October November December';

const two = (of: number) => String(of).padStart(2, '0');
const secret = (text: string): Planted => ({ text, what: 'keyed-secret' });

const birthdays: Readonly<Record<string, (y: string, m: string, d: string) => string>> = {
  dobiso: (y, m, d) => `${y}-${m}-${d}`,
  dobus: (y, m, d) => `${m}/${d}/${y}`,
  dobde: (y, m, d) => `${d}.${m}.${y}`,
  dobfr: (y, m, d) => `${d}/${m}/${y}`,
  dobgb: (y, m, d) => `${d}/${m}/${y}`,
  dobnl: (y, m, d) => `${d}-${m}-${y}`,
  dobw: (y, m, d) => `${Number(d)} ${MONTHS.split(' ')[Number(m) - 1]} ${y}`,
};

const ofPerson: Readonly<Record<string, (person: Person) => Planted | string>> = {
  name: ({ first, last }) => ({ text: `${first} ${last}`, what: 'person-name' }),
  first: ({ first }) => ({ text: first, what: 'person-name' }),
  last: ({ last }) => ({ text: last, what: 'person-name' }),
  lastfirst: ({ first, last }) => ({ text: `${last}, ${first}`, what: 'person-name' }),
  upper: ({ first, last }) => ({ text: `${first} ${last}`.toUpperCase(), what: 'person-name' }),
  mail: ({ mail }) => ({ text: mail, what: 'email' }),
  phone: ({ phone }) => ({ text: phone, what: 'phone' }),
  user: ({ user }) => user,
  address: ({ address }) => ({ text: address, what: 'postal-address' }),
  street: ({ street }) => ({ text: street, what: 'postal-address' }),
  code: ({ code }) => ({ text: code, what: 'postal-address' }),
  city: ({ town }) => ({ text: town, what: 'postal-address' }),
};

const ofText: Readonly<Record<string, (draw: Draw) => Planted>> = {
  role: (draw) => ({
    text: `${draw.one(['noreply', 'billing', 'hr', 'qa+7'])}@tallow.example`,
    what: 'email',
  }),
  dial: (draw) => ({ text: `+49 69 50${draw.digits(2)} 25${draw.digits(2)}`, what: 'phone' }),
  seat: (draw) => ({
    text: `Speicherstr. ${draw.int(1, 90)}`,
    after: ' · 20457 Hamburg',
    what: 'postal-address',
  }),
  any: () => ({ text: '0.0.0.0', what: 'ip-address' }),
  card: (draw) => ({ text: card(draw), what: 'payment-card' }),
  iban: (draw) => ({ text: iban(draw), what: 'iban' }),
  wallet: (draw) => ({ text: wallet(draw), what: 'crypto-wallet' }),
  ip4: (draw) => ({ text: ip4(draw), what: 'ip-address' }),
  ip6: (draw) => ({ text: ip6(draw), what: 'ip-address' }),
  mac: (draw) => ({ text: mac(draw), what: 'mac-address' }),
  pw: (draw) => secret(password(draw)),
  hexkey: (draw) => secret(draw.hex(draw.one([32, 40, 64]))),
  urlkey: (draw) =>
    secret(draw.characters('abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789', 24)),
  awssecret: (draw) => ({ text: awsSecret(draw), what: 'aws-key' }),
  azacct: (draw) => ({ text: azureAccount(draw), what: 'azure-key' }),
  basic: (draw) => ({ text: basic(draw), what: 'auth-header' }),
};

/** Each name of a document means the same wherever it stands, except what is harmless. */
function slotsOf(draw: Draw): Slots {
  const people = new Map<string, Person>();
  const made = new Map<string, Planted | string>();
  const person = (number: string) => {
    const known = people.get(number) ?? new Person(draw);
    people.set(number, known);
    return known;
  };
  const make = (slot: string): Planted | string => {
    const [kind = '', rest] = slot.split(':');
    if (rest === undefined) {
      const [name = '', number = '1'] = kind.split('-');
      const own = ofPerson[name];
      if (own) return own(person(number));
      const birthday = birthdays[name];
      if (birthday) {
        const [y, m, d] = person(number).birth;
        return { text: birthday(String(y), two(m), two(d)), what: 'date-of-birth' };
      }
      return required(ofText, name)(draw);
    }
    if (kind === 's') return { text: required(shaped, rest)(draw), what: rest };
    if (kind === 'id') return { text: required(national, rest)(draw), what: rest };
    if (kind === 'raw')
      return { text: required(national, rest)(draw).replace(/[-./ ]/g, ''), what: rest };
    if (kind === 'url') {
      const text = draw.characters('abcdefghijkmnpqrstuvwxyz23456789', 14);
      return { text, what: 'database-url', before: rest === '' ? '' : `${rest}:` };
    }
    throw new RangeError(slot);
  };
  return (slot) => {
    if (slot.startsWith('x:')) return required(harmless, slot.slice(2))(draw);
    const known = made.get(slot) ?? make(slot);
    made.set(slot, known);
    return known;
  };
}

function required<T>(from: Readonly<Record<string, T>>, name: string): T {
  const found = from[name];
  if (found === undefined) throw new RangeError(`no ${name}`);
  return found;
}

function recordPieces(draw: Draw, fields: Fields): Piece[] {
  const slots = slotsOf(draw);
  const entries = Object.entries(fields);
  if (draw.chance(0.7)) return entries.map(([field, text]) => fill(text, slots, field));
  const style = draw.one(['json', 'yaml', 'lines'] as const);
  const lines = entries.map(([field, text]) =>
    style === 'json'
      ? `  "${field}": "${text}"`
      : style === 'yaml'
        ? `${field}: ${text}`
        : `- **${field}**: ${text}`,
  );
  const body = style === 'json' ? `Here it is:\n{\n${lines.join(',\n')}\n}` : lines.join('\n');
  return [fill(body, slots)];
}

function tablePieces(draw: Draw, head: string, row: string): Piece[] {
  const rows = Array.from({ length: draw.int(2, 12) }, () => fill(row, slotsOf(draw)));
  return [join([{ text: head, labels: [] }, ...rows], '\n')];
}

type Write = (draw: Draw) => Piece[];
const all: readonly (readonly [format: string, country: Country | undefined, write: Write])[] = [
  ...[...prose, ...machine, ...innocent].map(
    ([format, country, text]) =>
      [format, country, (draw: Draw) => [fill(text, slotsOf(draw))]] as const,
  ),
  ...[...records, ...machineRecords].map(
    ([format, country, fields]) =>
      [format, country, (draw: Draw) => recordPieces(draw, fields)] as const,
  ),
  ...tables.map(
    ([format, country, head, row]) =>
      [format, country, (draw: Draw) => tablePieces(draw, head, row)] as const,
  ),
  ...Object.keys(national).map(
    (name) => ['national', undefined, (draw: Draw) => idPieces(draw, name)] as const,
  ),
];

function idPieces(draw: Draw, name: string): Piece[] {
  const word = draw.one(required(called, name));
  const slots = slotsOf(draw);
  // The sign between is a part of the number where it tells the century.
  const slot = draw.chance(0.75) || name === 'fi-hetu' ? `{id:${name}}` : `{raw:${name}}`;
  const template = draw.one([
    `${word}: ${slot}`,
    `Hello, my ${word} is ${slot}, please update file {x:nine}.`,
    `case {x:order}\t${word} ${slot}\topened {x:date}`,
    `<field name="${word}">${slot}</field>`,
    `Applicant {name} (${word} ${slot}) paid {x:price} on {x:date}.`,
    `{ "ref": "{x:uuid}", "${word}": "${slot}", "qty": {x:count} }`,
  ]);
  return draw.chance(0.3) ? [fill(slot, slots, word)] : [fill(template, slots)];
}

/**
 * The exam: documents whose templates and values were written by somebody who knew neither the detectors nor the first
 * corpus. The same seed gives the same documents.
 */
export function* blindCorpus(seed: number, count: number): Generator<CorpusDocument> {
  for (let index = 0; index < count; index++) {
    const own = Math.imul(seed + 0x51ed270b, index * 2 + 1) >>> 0;
    const order = new Draw(own, 'us');
    const [format, fixed, write] = order.one(all);
    const country = fixed ?? (order.chance(0.45) ? 'us' : order.one(COUNTRIES));
    yield { format, country, pieces: write(new Draw(own ^ 0x2545f491, country)) };
  }
}
