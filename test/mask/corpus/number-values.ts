import { createHash } from 'node:crypto';
import { DIGITS, type Draw, UPPER } from './draw.ts';

function luhn(body: string): string {
  let sum = 0;
  [...body].reverse().forEach((digit, index) => {
    const weighed = Number(digit) * (index % 2 === 0 ? 2 : 1);
    sum += weighed > 9 ? weighed - 9 : weighed;
  });
  return body + ((10 - (sum % 10)) % 10);
}

export function card(draw: Draw): string {
  const [prefix, length] = draw.one([
    ['4', 16],
    ['51', 16],
    ['55', 16],
    ['2223', 16],
    ['34', 15],
    ['37', 15],
    ['6011', 16],
    ['3530', 16],
    ['36', 14],
  ] as const);
  const all = luhn(prefix + draw.digits(length - prefix.length - 1));
  const join = draw.one(['', '', ' ', '-']);
  if (length === 16) return (all.match(/.{4}/g) ?? []).join(join);
  return [all.slice(0, 4), all.slice(4, 10), all.slice(10)].join(join);
}

// SWIFT IBAN registry: n digits, a letters, c either.
const IBANS = {
  DE: 'n18',
  FR: 'n10c11n2',
  ES: 'n20',
  IT: 'a1n10c12',
  NL: 'a4n10',
  GB: 'a4n14',
  PL: 'n24',
  SE: 'n20',
  BE: 'n12',
  CH: 'n5c12',
  AT: 'n16',
  PT: 'n21',
  CZ: 'n20',
  TR: 'n5n1c16',
  NO: 'n11',
  DK: 'n14',
  FI: 'n14',
  IE: 'a4n14',
  LU: 'n3c13',
  BR: 'n8n5n10a1c1',
  SA: 'n2c18',
  AE: 'n3n16',
} as const;

export function iban(draw: Draw): string {
  const country = draw.one(Object.keys(IBANS) as (keyof typeof IBANS)[]);
  const body = IBANS[country].replace(/([nac])(\d+)/g, (_, kind: string, length: string) =>
    draw.characters({ n: DIGITS, a: UPPER, c: DIGITS + UPPER }[kind] ?? '', Number(length)),
  );
  const number = [...`${body}${country}00`]
    .map((sign) => String(Number.parseInt(sign, 36)))
    .join('');
  const check = String(98 - Number(BigInt(number) % 97n)).padStart(2, '0');
  const all = country + check + body;
  return draw.chance(0.5) ? all : (all.match(/.{1,4}/g) ?? []).join(' ');
}

export function ipAddress(draw: Draw): string {
  if (draw.chance(0.75)) {
    const first = draw.one([10, 172, 192, 203, 81, 54, 35, 185]);
    const second = { 172: 16 + draw.int(0, 15), 192: 168 }[first] ?? draw.int(0, 255);
    return `${first}.${second}.${draw.int(0, 255)}.${draw.int(1, 254)}`;
  }
  const group = () => draw.int(1, 65535).toString(16);
  return draw.one([
    () => `2001:db8:${group()}:${group()}::${group()}`,
    () => `2a02:${group()}:${group()}:${group()}:${group()}:${group()}:${group()}:${group()}`,
    () => `fe80::${group()}:${group()}:${group()}:${group()}`,
  ])();
}

export function mac(draw: Draw): string {
  const join = draw.one([':', ':', '-']);
  const upper = draw.chance(0.4);
  const pairs = Array.from({ length: 6 }, () => draw.hex(2));
  if (draw.chance(0.1)) return [0, 2, 4].map((i) => `${pairs[i]}${pairs[i + 1]}`).join('.');
  return upper ? pairs.join(join).toUpperCase() : pairs.join(join);
}

const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const sha256 = (of: Uint8Array) => createHash('sha256').update(of).digest();

/** Bitcoin, Base58Check of a version byte and 20 random ones. */
function base58Address(draw: Draw): string {
  const body = Buffer.from(`${draw.one(['00', '05'])}${draw.hex(40)}`, 'hex');
  const bytes = Buffer.concat([body, sha256(sha256(body)).subarray(0, 4)]);
  let text = '';
  for (let left = BigInt(`0x${bytes.toString('hex')}`); left > 0n; left /= 58n) {
    text = BASE58.charAt(Number(left % 58n)) + text;
  }
  for (const byte of bytes) {
    if (byte !== 0) break;
    text = `1${text}`;
  }
  return text;
}

const BECH32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
/** BIP 173, version 0 with 20 bytes. */
function bech32Address(draw: Draw): string {
  const data = [0, ...Array.from({ length: 32 }, () => draw.int(0, 31))];
  const values = [3, 3, 0, 2, 3, ...data, 0, 0, 0, 0, 0, 0];
  const generator = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
  let check = 1;
  for (const value of values) {
    const top = check >>> 25;
    check = ((check & 0x1ffffff) << 5) ^ value;
    generator.forEach((term, index) => {
      if ((top >>> index) & 1) check ^= term;
    });
  }
  check ^= 1;
  const tail = [5, 4, 3, 2, 1, 0].map((index) => (check >>> (5 * index)) & 31);
  return `bc1${[...data, ...tail].map((value) => BECH32.charAt(value)).join('')}`;
}

export function wallet(draw: Draw): string {
  return draw.one([base58Address, bech32Address, () => `0x${draw.hex(40)}`])(draw);
}

const check13 = (body: string) =>
  body +
  ((10 - ([...body].reduce((sum, d, i) => sum + Number(d) * (i % 2 === 0 ? 1 : 3), 0) % 10)) % 10);
export const ean = (draw: Draw) => check13(draw.one(['400', '501', '871', '590']) + draw.digits(9));
export const isbn = (draw: Draw) => {
  const all = check13(`978${draw.digits(9)}`);
  return draw.chance(0.5) ? all : `978-${all[3]}-${all.slice(4, 8)}-${all.slice(8, 12)}-${all[12]}`;
};
