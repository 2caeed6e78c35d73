import { createHash } from 'node:crypto';
import { BASE64, type Draw, UPPER, WORD } from '../draw.ts';
import { luhnDigit } from './national.ts';

type Make = (draw: Draw) => string;

const grouped = (digits: string, sizes: readonly number[], between: string) =>
  sizes
    .map((size, place) => {
      const at = sizes.slice(0, place).reduce((sum, of) => sum + of, 0);
      return digits.slice(at, at + size);
    })
    .join(between);

export function card(draw: Draw): string {
  const [prefix, length] = draw.one([
    ['4539', 16],
    ['5412', 16],
    ['2221', 16],
    ['3714', 15],
    ['6011', 16],
    ['3528', 16],
    ['3056', 14],
  ] as const);
  const body = prefix + draw.digits(length - prefix.length - 1);
  const digits = body + luhnDigit(body);
  const sizes = length === 16 ? [4, 4, 4, 4] : length === 15 ? [4, 6, 5] : [4, 6, 4];
  return draw.one([digits, grouped(digits, sizes, ' '), grouped(digits, sizes, '-')]);
}

const BBANS: readonly (readonly [country: string, shape: string])[] = [
  ['DE', '##################'],
  ['FR', '####################%###9##'.slice(0, 23)],
  ['GB', 'NWBK##############'],
  ['NL', 'ABNA##########'],
  ['ES', '####################'],
  ['IT', 'X######################'],
  ['PL', '########################'],
  ['CH', '#################'],
  ['BE', '############'],
  ['AT', '################'],
  ['SE', '####################'],
  ['NO', '###########'],
];

export function iban(draw: Draw): string {
  const [country, shape] = draw.one(BBANS);
  const bban = draw.shape(shape);
  const digits = [...`${bban}${country}00`].map((sign) => Number.parseInt(sign, 36)).join('');
  const check = String(98n - (BigInt(digits) % 97n)).padStart(2, '0');
  const whole = country + check + bban;
  return draw.chance(0.5) ? whole : (whole.match(/.{1,4}/g) ?? []).join(' ');
}

const B58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

function base58check(payload: Buffer): string {
  const hash = (of: Buffer) => createHash('sha256').update(of).digest();
  const whole = Buffer.concat([payload, hash(hash(payload)).subarray(0, 4)]);
  let value = BigInt(`0x${whole.toString('hex')}`);
  let text = '';
  for (; value > 0n; value /= 58n) text = B58.charAt(Number(value % 58n)) + text;
  for (const byte of whole) {
    if (byte !== 0) break;
    text = `1${text}`;
  }
  return text;
}

export function wallet(draw: Draw): string {
  return draw.one([
    () => `0x${draw.hex(40)}`,
    () => base58check(Buffer.from(draw.one(['00', '05']) + draw.hex(40), 'hex')),
    () => base58check(Buffer.from(`41${draw.hex(40)}`, 'hex')),
  ])();
}

export const ip4: Make = (draw) =>
  draw.one([
    () => `10.${draw.int(0, 255)}.${draw.int(0, 255)}.${draw.int(1, 254)}`,
    () => `192.168.${draw.int(0, 9)}.${draw.int(2, 254)}`,
    () =>
      `${draw.one([18, 34, 52, 81, 93, 145, 203])}.${draw.int(0, 255)}.${draw.int(0, 255)}.${draw.int(1, 254)}`,
  ])();

export const ip6: Make = (draw) =>
  draw.one([
    () => `2001:db8:${draw.hex(4)}::${draw.hex(3)}`,
    () => `fe80::${draw.hex(4)}:${draw.hex(2)}ff:fe${draw.hex(2)}:${draw.hex(4)}`,
    () => `2a02:8109:${Array.from({ length: 6 }, () => draw.hex(4)).join(':')}`,
  ])();

export const mac: Make = (draw) => {
  const pairs = `${draw.one(['00', '3c', 'a4', 'f0'])}${draw.hex(10)}`.match(/../g) ?? [];
  return draw.one([
    pairs.join(':'),
    pairs.join('-').toUpperCase(),
    (pairs.join('').match(/..../g) ?? []).join('.'),
  ]);
};

const stamp = (draw: Draw) =>
  `2025-${String(draw.int(1, 12)).padStart(2, '0')}-${String(draw.int(1, 28)).padStart(2, '0')}`;
const clock = (draw: Draw) =>
  [draw.int(0, 23), draw.int(0, 59), draw.int(0, 59)]
    .map((of) => String(of).padStart(2, '0'))
    .join(':');

function ean(body: string): string {
  const total = [...body].reduce((of, digit, at) => of + Number(digit) * (at % 2 === 0 ? 1 : 3), 0);
  return body + String((10 - (total % 10)) % 10);
}

const VIN = 'ABCDEFGHJKLMNPRSTUVWXYZ0123456789';

/** What looks like something and is nothing. */
export const harmless: Readonly<Record<string, Make>> = {
  uuid: (draw) => [8, 4, 4, 4, 12].map((length) => draw.hex(length)).join('-'),
  sha: (draw) => draw.hex(40),
  short: (draw) => draw.hex(draw.int(7, 10)),
  sha256: (draw) => draw.hex(64),
  md5: (draw) => draw.hex(32),
  sri: (draw) => `sha512-${draw.characters(BASE64, 86)}==`,
  gosum: (draw) => `h1:${draw.characters(BASE64, 43)}=`,
  fingerprint: (draw) => `SHA256:${draw.characters(BASE64, 43)}`,
  iso: (draw) => `${stamp(draw)}T${clock(draw)}.${draw.digits(3)}Z`,
  date: stamp,
  time: clock,
  epoch: (draw) => `17${draw.digits(8)}`,
  millis: (draw) => `17${draw.digits(11)}`,
  nanos: (draw) => `17${draw.digits(17)}`,
  semver: (draw) => `${draw.int(0, 24)}.${draw.int(0, 30)}.${draw.int(0, 40)}`,
  quad: (draw) =>
    `${draw.int(1, 9)}.${draw.int(0, 20)}.${draw.int(1000, 9999)}.${draw.int(300, 9999)}`,
  price: (draw) => `${draw.int(1, 4999)}.${draw.digits(2)}`,
  money: (draw) => `${draw.int(1, 99)},${draw.digits(3)}.${draw.digits(2)}`,
  lat: (draw) => `${draw.int(-89, 89)}.${draw.digits(draw.int(4, 7))}`,
  lon: (draw) => `${draw.int(-179, 179)}.${draw.digits(draw.int(4, 7))}`,
  ean: (draw) => ean(draw.one(['400', '590', '871', '301']) + draw.digits(9)),
  isbn: (draw) => {
    const whole = ean(`9783${draw.digits(8)}`);
    return draw.one([whole, `978-3-${whole.slice(4, 7)}-${whole.slice(7, 12)}-${whole.slice(12)}`]);
  },
  imei: (draw) => {
    const body = `35${draw.digits(12)}`;
    return body + luhnDigit(body);
  },
  vin: (draw) => `W${draw.characters('ABDFMPV', 2)}${draw.characters(VIN, 14)}`,
  ups: (draw) => `1Z${draw.characters(`${UPPER}0123456789`, 6)}${draw.digits(10)}`,
  parcel: (draw) =>
    `${draw.one(['RR', 'CP', 'LX'])}${draw.digits(9)}${draw.one(['DE', 'CN', 'GB'])}`,
  dhl: (draw) => `00340${draw.digits(15)}`,
  order: (draw) =>
    draw.one([
      `${draw.digits(3)}-${draw.digits(7)}-${draw.digits(7)}`,
      draw.digits(9),
      draw.digits(10),
      `SO-${draw.digits(6)}`,
      `${draw.digits(4)}-${draw.digits(4)}`,
    ]),
  nine: (draw) => draw.digits(9),
  eleven: (draw) => draw.shape('%##########'),
  twelve: (draw) => draw.shape('%###########'),
  sixteen: (draw) => {
    const body = `7${draw.digits(14)}`;
    return body + String((Number(luhnDigit(body)) + 3) % 10);
  },
  part: (draw) =>
    draw.shape(
      draw.one(['@@-####-@##', '####-##-####', '@##@####@', '##.###.##', 'BRK-##-####-@']),
    ),
  count: (draw) => String(draw.int(2, 90_000)),
  bytes: (draw) => draw.shape('%#########'),
  percent: (draw) => `${draw.int(0, 99)}.${draw.digits(1)}`,
  hex8: (draw) => `0x${draw.hex(8)}`,
  pointer: (draw) => `0x0000${draw.hex(12)}`,
  b64: (draw) => draw.characters(BASE64, draw.int(180, 400)),
  arn: (draw) => `arn:aws:iam::${draw.digits(12)}:role/${draw.one(['deploy', 'reader'])}`,
  ec2: (draw) => `i-0${draw.hex(16)}`,
  cursor: (draw) =>
    Buffer.from(`{"offset":${draw.int(1, 900)},"id":"${draw.hex(6)}"}`).toString('base64'),
  trace: (draw) => `00-${draw.hex(32)}-${draw.hex(16)}-01`,
  ulid: (draw) => `01J${draw.characters('0123456789ABCDEFGHJKMNPQRSTVWXYZ', 23)}`,
  objectid: (draw) => `65${draw.hex(22)}`,
  object: (draw) => `cus_${draw.characters(WORD, 14)}`,
  pod: (draw) =>
    `${draw.one(['api', 'web', 'worker'])}-${draw.hex(9)}-${draw.characters('bcdfghjklmnpqrstvwxz2456789', 5)}`,
  hexrow: (draw) => (draw.hex(32).match(/..../g) ?? []).join(' '),
  colons: (draw) => (draw.hex(40).toUpperCase().match(/../g) ?? []).join(':'),
};
