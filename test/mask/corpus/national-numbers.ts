import { DIGITS, type Draw } from './draw.ts';

/** Makes one number. */
export type Make = (draw: Draw) => string;

const sumOf = (digits: string, weights: readonly number[]) =>
  weights.reduce((sum, weight, index) => sum + weight * Number(digits[index]), 0);

function luhn(body: string): string {
  let sum = 0;
  [...body].reverse().forEach((digit, index) => {
    const weighed = Number(digit) * (index % 2 === 0 ? 2 : 1);
    sum += weighed > 9 ? weighed - 9 : weighed;
  });
  return String((10 - (sum % 10)) % 10);
}

/** A birth date as two or four digits of the year, month and day. */
function birth(draw: Draw): { year: number; yy: string; mm: string; dd: string } {
  const year = draw.int(1940, 1999);
  const two = (of: number) => String(of).padStart(2, '0');
  return { year, yy: two(year % 100), mm: two(draw.int(1, 12)), dd: two(draw.int(1, 28)) };
}

/** Draws until the check digit is one. */
function until(draw: Draw, make: (draw: Draw) => string | undefined): string {
  for (;;) {
    const made = make(draw);
    if (made !== undefined) return made;
  }
}

const DNI = 'TRWAGMYFPDXBNJZSQVHLCKE';

export const usSsn: Make = (draw) => {
  const area = draw.one([draw.int(1, 665), draw.int(667, 899)]);
  return `${String(area).padStart(3, '0')}-${draw.shape('%#')}-${draw.shape('%###')}`;
};

export const ukNino: Make = (draw) => {
  const prefix = draw.one(['AB', 'CE', 'HJ', 'JK', 'PW', 'SC', 'TM', 'YZ', 'NA', 'LS']);
  const gap = draw.one(['', ' ', ' ']);
  const pairs = [draw.digits(2), draw.digits(2), draw.digits(2)];
  return [prefix, ...pairs, draw.one(['A', 'B', 'C', 'D'])].join(gap);
};

export const ukNhs: Make = (draw) =>
  until(draw, () => {
    const body = draw.shape('4########');
    const check = 11 - (sumOf(body, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11);
    if (check === 10) return undefined;
    const all = body + (check % 11);
    return draw.chance(0.7) ? `${all.slice(0, 3)} ${all.slice(3, 6)} ${all.slice(6)}` : all;
  });

export const caSin: Make = (draw) => {
  const body = draw.shape('%#######');
  const all = body + luhn(body);
  return [all.slice(0, 3), all.slice(3, 6), all.slice(6)].join(draw.one(['', ' ', '-']));
};

// ISO 7064 MOD 11,10; of the ten digits one comes twice.
export const deTaxId: Make = (draw) => {
  const digits = [...DIGITS];
  for (let i = digits.length - 1; i > 0; i--) {
    const j = draw.int(0, i);
    [digits[i], digits[j]] = [digits[j] ?? '', digits[i] ?? ''];
  }
  digits[9] = digits[4] ?? '';
  if (digits[0] === '0') [digits[0], digits[1]] = [digits[1] ?? '', '0'];
  const body = digits.join('');
  let product = 10;
  for (const digit of body) {
    const sum = (Number(digit) + product) % 10 || 10;
    product = (2 * sum) % 11;
  }
  const all = body + ((11 - product) % 10);
  return draw.chance(0.5)
    ? all
    : `${all.slice(0, 2)} ${all.slice(2, 5)} ${all.slice(5, 8)} ${all.slice(8)}`;
};

export const frNir: Make = (draw) => {
  const { yy, mm } = birth(draw);
  const body = `${draw.int(1, 2)}${yy}${mm}${draw.int(10, 19)}${draw.digits(3)}${draw.digits(3)}`;
  const key = String(97 - Number(BigInt(body) % 97n)).padStart(2, '0');
  if (draw.chance(0.4)) return body + key;
  const parts = [0, 1, 3, 5, 7, 10, 13].map((at, index, all) => body.slice(at, all[index + 1]));
  return [...parts.filter((part) => part !== ''), key].join(' ');
};

export const esDni: Make = (draw) => {
  const number = draw.digits(8);
  return `${number}${draw.one(['', '', '-'])}${DNI[Number(number) % 23]}`;
};
export const esNie: Make = (draw) => {
  const first = draw.int(0, 2);
  const number = draw.digits(7);
  return `${'XYZ'[first]}${number}${DNI[Number(`${first}${number}`) % 23]}`;
};

const ODD = [
  1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23,
];
export const itFiscalCode: Make = (draw) => {
  const { yy, dd } = birth(draw);
  const consonants = () => draw.characters('BCDFGLMNPRSTVZ', 3);
  const month = draw.one([...'ABCDEHLMPRST']);
  const town = `${draw.one(['H', 'F', 'L', 'D', 'A', 'G'])}${draw.shape('%##')}`;
  const body = `${consonants()}${consonants()}${yy}${month}${dd}${town}`;
  const value = (sign: string) => (/\d/.test(sign) ? Number(sign) : sign.charCodeAt(0) - 65);
  const sum = [...body].reduce(
    (total, sign, index) => total + (index % 2 === 0 ? (ODD[value(sign)] ?? 0) : value(sign)),
    0,
  );
  return body + String.fromCharCode(65 + (sum % 26));
};

export const nlBsn: Make = (draw) =>
  until(draw, () => {
    const body = draw.shape('%#######');
    const check = sumOf(body, [9, 8, 7, 6, 5, 4, 3, 2]) % 11;
    return check > 9 ? undefined : body + check;
  });

export const plPesel: Make = (draw) => {
  const { yy, mm, dd } = birth(draw);
  const body = `${yy}${mm}${dd}${draw.digits(4)}`;
  return body + ((10 - (sumOf(body, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10)) % 10);
};

export const sePersonnummer: Make = (draw) => {
  const { year, yy, mm, dd } = birth(draw);
  const serial = draw.shape('###');
  const check = luhn(`${yy}${mm}${dd}${serial}`);
  return `${draw.chance(0.5) ? year : yy}${mm}${dd}-${serial}${check}`;
};

export const brCpf: Make = (draw) => {
  const body = draw.shape('%########');
  const digit = (of: string) => {
    const weights = Array.from(of, (_, index) => of.length + 1 - index);
    const rest = (sumOf(of, weights) * 10) % 11;
    return rest === 10 ? 0 : rest;
  };
  const nine = body + digit(body);
  const all = nine + digit(nine);
  if (draw.chance(0.25)) return all;
  return `${all.slice(0, 3)}.${all.slice(3, 6)}.${all.slice(6, 9)}-${all.slice(9)}`;
};

const D = [
  '0123456789',
  '1234067895',
  '2340178956',
  '3401289567',
  '4012395678',
  '5987604321',
  '6598710432',
  '7659821043',
  '8765932104',
  '9876543210',
];
const P = [
  '0123456789',
  '1576283094',
  '5803796142',
  '8916043527',
  '9453126870',
  '4286573901',
  '2793806415',
  '7046913258',
];
const INVERSE = '0432156789';
export const inAadhaar: Make = (draw) => {
  const body = `${draw.int(2, 9)}${draw.digits(10)}`;
  let check = 0;
  [...body].reverse().forEach((digit, index) => {
    check = Number(D[check]?.[Number(P[(index + 1) % 8]?.[Number(digit)])]);
  });
  const all = body + INVERSE[check];
  return draw.chance(0.7) ? `${all.slice(0, 4)} ${all.slice(4, 8)} ${all.slice(8)}` : all;
};
export const inPan: Make = (draw) => draw.shape('@@@P@####@');

export const trId: Make = (draw) => {
  const nine = draw.shape('%########');
  const at = (index: number) => Number(nine[index]);
  const odd = at(0) + at(2) + at(4) + at(6) + at(8);
  const even = at(1) + at(3) + at(5) + at(7);
  const tenth = (((odd * 7 - even) % 10) + 10) % 10;
  return `${nine}${tenth}${([...nine].reduce((a, b) => a + Number(b), 0) + tenth) % 10}`;
};

export const jpMyNumber: Make = (draw) => {
  const body = draw.shape('%##########');
  const rest = sumOf(body, [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
  const all = body + (rest <= 1 ? 0 : 11 - rest);
  return draw.chance(0.5) ? all : `${all.slice(0, 4)} ${all.slice(4, 8)} ${all.slice(8)}`;
};

export const czBirthNumber: Make = (draw) =>
  until(draw, () => {
    const { yy, mm, dd } = birth(draw);
    const month = draw.chance(0.5) ? mm : String(Number(mm) + 50);
    const tail = draw.digits(4);
    return Number(`${yy}${month}${dd}${tail}`) % 11 === 0
      ? `${yy}${month}${dd}/${tail}`
      : undefined;
  });

export const ruSnils: Make = (draw) => {
  const body = draw.shape('1########');
  const sum = sumOf(body, [9, 8, 7, 6, 5, 4, 3, 2, 1]) % 101;
  const check = String(sum === 100 ? 0 : sum).padStart(2, '0');
  return `${body.slice(0, 3)}-${body.slice(3, 6)}-${body.slice(6)} ${check}`;
};

export const beNrn: Make = (draw) => {
  const { yy, mm, dd } = birth(draw);
  const serial = String(draw.int(1, 997)).padStart(3, '0');
  const check = String(97 - (Number(`${yy}${mm}${dd}${serial}`) % 97)).padStart(2, '0');
  return `${yy}.${mm}.${dd}-${serial}.${check}`;
};

export const fiHetu: Make = (draw) => {
  const { yy, mm, dd } = birth(draw);
  const serial = String(draw.int(2, 899)).padStart(3, '0');
  const sign = '0123456789ABCDEFHJKLMNPRSTUVWXY'[Number(`${dd}${mm}${yy}${serial}`) % 31];
  return `${dd}${mm}${yy}-${serial}${sign}`;
};

export const chAhv: Make = (draw) => {
  const body = `756${draw.digits(9)}`;
  const sum = sumOf(body, [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3]);
  return `756.${body.slice(3, 7)}.${body.slice(7, 11)}.${body.slice(11)}${(10 - (sum % 10)) % 10}`;
};

export const sgNric: Make = (draw) => {
  const number = draw.digits(7);
  return `S${number}${'JZIHGFEDCBA'[sumOf(number, [2, 7, 6, 5, 4, 3, 2]) % 11]}`;
};

export const cnResidentId: Make = (draw) => {
  const { year, mm, dd } = birth(draw);
  const body = `${draw.one(['110101', '310104', '440305', '510107'])}${year}${mm}${dd}${draw.digits(3)}`;
  return (
    body + '10X98765432'[sumOf(body, [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]) % 11]
  );
};

export const auTfn: Make = (draw) =>
  until(draw, () => {
    const all = draw.shape('%########');
    if (sumOf(all, [1, 4, 3, 7, 5, 8, 6, 9, 10]) % 11 !== 0) return undefined;
    return `${all.slice(0, 3)} ${all.slice(3, 6)} ${all.slice(6)}`;
  });

export const krRrn: Make = (draw) => {
  const { yy, mm, dd } = birth(draw);
  const body = `${yy}${mm}${dd}${draw.int(1, 2)}${draw.digits(5)}`;
  const check = (11 - (sumOf(body, [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]) % 11)) % 10;
  return `${body.slice(0, 6)}-${body.slice(6)}${check}`;
};

export const zaId: Make = (draw) => {
  const { yy, mm, dd } = birth(draw);
  const body = `${yy}${mm}${dd}${draw.shape('%###')}08`;
  return body + luhn(body);
};

export const usItin: Make = (draw) =>
  `9${draw.digits(2)}-${draw.int(70, 88)}-${draw.shape('%###')}`;

export const noFodselsnummer: Make = (draw) =>
  until(draw, () => {
    const { yy, mm, dd } = birth(draw);
    const body = `${dd}${mm}${yy}${draw.int(100, 499)}`;
    const one = (11 - (sumOf(body, [3, 7, 6, 1, 8, 9, 4, 5, 2]) % 11)) % 11;
    const two = (11 - (sumOf(body + one, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11)) % 11;
    if (one === 10 || two === 10) return undefined;
    return draw.chance(0.5)
      ? `${body}${one}${two}`
      : `${body.slice(0, 6)} ${body.slice(6)}${one}${two}`;
  });

export const dkCpr: Make = (draw) => {
  const { yy, mm, dd } = birth(draw);
  return `${dd}${mm}${yy}-${draw.int(1, 3)}${draw.digits(3)}`;
};

export const mxCurp: Make = (draw) => {
  const { yy, mm, dd } = birth(draw);
  const consonants = draw.characters('BCDFGLMNPRSTVZ', 3);
  const name = `${draw.one(['G', 'L', 'M', 'R'])}${draw.one(['A', 'E', 'O'])}${draw.characters('BCDLMRS', 2)}`;
  const place = draw.one(['DF', 'JC', 'NL', 'MC', 'VZ']);
  const body = `${name}${yy}${mm}${dd}${draw.one(['H', 'M'])}${place}${consonants}${draw.digits(1)}`;
  const value = (sign: string) => '0123456789ABCDEFGHIJKLMN\u00d1OPQRSTUVWXYZ'.indexOf(sign);
  const sum = [...body].reduce((total, sign, index) => total + value(sign) * (18 - index), 0);
  return body + ((10 - (sum % 10)) % 10);
};

const eleven = (body: string, weights: readonly number[]) => 11 - (sumOf(body, weights) % 11);

export const arCuit: Make = (draw) =>
  until(draw, () => {
    const body = draw.one(['20', '23', '27']) + draw.shape('%#######');
    const check = eleven(body, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
    return check === 10 ? undefined : `${body.slice(0, 2)}-${body.slice(2)}-${check}`;
  });

export const clRut: Make = (draw) => {
  const body = String(draw.int(5000000, 26000000));
  const weights = Array.from(body, (_, index) => ((body.length - 1 - index) % 6) + 2);
  const check = { 10: 'K', 11: '0' }[eleven(body, weights)] ?? String(eleven(body, weights));
  return `${body.replace(/(\d)(?=(\d{3})+$)/g, '$1.')}-${check}`;
};

export const brCnpj: Make = (draw) => {
  const body = `${draw.digits(8)}0001`;
  const digit = (of: string, weights: readonly number[]) => {
    const rest = sumOf(of, weights) % 11;
    return rest < 2 ? 0 : 11 - rest;
  };
  const one = digit(body, [5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]);
  const all = `${body}${one}${digit(`${body}${one}`, [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2])}`;
  return all.replace(/^(..)(...)(...)(....)(..)$/, '$1.$2.$3/$4-$5');
};

export const passport: Make = (draw) =>
  draw.one([draw.shape('@########'), draw.shape('%########'), draw.shape('@@#######')]);
