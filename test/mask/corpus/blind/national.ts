import type { Draw } from '../draw.ts';

type Make = (draw: Draw) => string;

const two = (of: number) => String(of).padStart(2, '0');
const sum = (digits: string, weights: readonly number[]) =>
  weights.reduce((total, weight, at) => total + weight * Number(digits[at]), 0);

interface Birth {
  readonly y: number;
  readonly m: number;
  readonly d: number;
  readonly yy: string;
  readonly mm: string;
  readonly dd: string;
}

function birth(draw: Draw, from = 1941, to = 1999): Birth {
  const [y, m, d] = [draw.int(from, to), draw.int(1, 12), draw.int(1, 28)];
  return { y, m, d, yy: two(y % 100), mm: two(m), dd: two(d) };
}

export function luhnDigit(body: string): string {
  let total = 0;
  for (let at = 0; at < body.length; at++) {
    const doubled = Number(body[body.length - 1 - at]) * (at % 2 === 0 ? 2 : 1);
    total += doubled > 9 ? doubled - 9 : doubled;
  }
  return String((10 - (total % 10)) % 10);
}

/** Draws until the maker gives something: some bodies have no valid check digit. */
function until(make: () => string | undefined): string {
  for (;;) {
    const made = make();
    if (made !== undefined) return made;
  }
}

const itCheck = (body: string): string => {
  const odd = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22];
  const table = [...odd, 25, 24, 23];
  let total = 0;
  for (let at = 0; at < 15; at++) {
    const code = body.charCodeAt(at);
    const value = code < 60 ? code - 48 : code - 65;
    total += at % 2 === 0 ? (table[value] ?? 0) : value;
  }
  return String.fromCharCode(65 + (total % 26));
};

const CONSONANTS = 'BCDFGLMNPRSTV';
const D_ROWS =
  '0123456789123406789523401789563401289567401239567859876043216598710432765982104387659321049876543210';
const P_ROWS = '01234567891576283094580379614289160435279453126870428657390127938064157046913258';

function verhoeff(body: string): string {
  let c = 0;
  for (let at = 0; at < body.length; at++) {
    const p = Number(P_ROWS[((at + 1) % 8) * 10 + Number(body[body.length - 1 - at])]);
    c = Number(D_ROWS[c * 10 + p]);
  }
  return String([0, 4, 3, 2, 1, 5, 6, 7, 8, 9][c]);
}

function mod11Pair(body: string, first: readonly number[], second: readonly number[]): string {
  const digit = (text: string, weights: readonly number[]) => {
    const rest = sum(text, weights) % 11;
    return String(rest < 2 ? 0 : 11 - rest);
  };
  const one = digit(body, first);
  return one + digit(body + one, second);
}

const usSsn: Make = (draw) => {
  const area = draw.int(1, 772);
  return `${String(area === 666 ? 667 : area).padStart(3, '0')}-${two(draw.int(1, 99))}-${String(draw.int(1, 9999)).padStart(4, '0')}`;
};

const deTax: Make = (draw) => {
  const order = [...'0123456789'].sort(() => draw.unit() - 0.5);
  const dropped = order.pop() ?? '0';
  const twice = order[draw.int(0, 8)] ?? '1';
  const places = [...order, twice].sort(() => draw.unit() - 0.5);
  if (places[0] === '0') places.push(places.shift() ?? dropped);
  const body = (places[0] === '0' ? places.reverse() : places).join('');
  let product = 10;
  for (const digit of body) {
    const rest = (Number(digit) + product) % 10 || 10;
    product = (2 * rest) % 11;
  }
  return body + String(product === 1 ? 0 : 11 - product);
};

const curp: Make = (draw) => {
  const b = birth(draw);
  const alphabet = '0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ';
  const name =
    draw.characters(CONSONANTS, 1) + draw.characters('AEIU', 1) + draw.characters('RSTLMN', 2);
  const state = draw.one(['DF', 'JC', 'NL', 'PL', 'VZ', 'GT']);
  const body = `${name}${b.yy}${b.mm}${b.dd}${draw.one(['H', 'M'])}${state}${draw.characters('LMNRST', 3)}0`;
  const total = [...body].reduce((of, sign, at) => of + alphabet.indexOf(sign) * (18 - at), 0);
  return body + String((10 - (total % 10)) % 10);
};

const codiceFiscale: Make = (draw) => {
  const b = birth(draw);
  const day = draw.chance(0.5) ? b.dd : String(b.d + 40);
  const town = draw.one(['H501', 'F205', 'L219', 'D612', 'A662', 'G273']);
  const body = draw.characters(CONSONANTS, 6) + b.yy + 'ABCDEHLMPRST'.charAt(b.m - 1) + day + town;
  return body + itCheck(body);
};

const noBirthNumber: Make = (draw) =>
  until(() => {
    const b = birth(draw);
    const body = b.dd + b.mm + b.yy + String(draw.int(0, 499)).padStart(3, '0');
    const k1 = (11 - (sum(body, [3, 7, 6, 1, 8, 9, 4, 5, 2]) % 11)) % 11;
    const k2 = (11 - (sum(body + k1, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11)) % 11;
    return k1 > 9 || k2 > 9 ? undefined : `${body}${k1}${k2}`;
  });

const tckn: Make = (draw) => {
  const body = draw.shape('%########');
  const at = (index: number) => Number(body[index]);
  const odd = at(0) + at(2) + at(4) + at(6) + at(8);
  const even = at(1) + at(3) + at(5) + at(7);
  const ten = (((odd * 7 - even) % 10) + 10) % 10;
  return `${body}${ten}${(odd + even + ten) % 10}`;
};

const frNir: Make = (draw) => {
  const b = birth(draw);
  const body = `${draw.one(['1', '2'])}${b.yy}${b.mm}${two(draw.int(1, 95)).replace('20', '21')}${String(draw.int(1, 600)).padStart(3, '0')}${String(draw.int(1, 400)).padStart(3, '0')}`;
  return body + two(97 - Number(BigInt(body) % 97n));
};

const numeric: Readonly<Record<string, Make>> = {
  'ca-sin': (draw) => {
    const body = draw.shape(`${draw.one(['1', '2', '4', '5', '6', '7'])}#######`);
    return body + luhnDigit(body);
  },
  'uk-nhs': (draw) =>
    until(() => {
      const body = `4${draw.digits(8)}`;
      const check = (11 - (sum(body, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 11;
      return check > 9 ? undefined : body + check;
    }),
  'nl-bsn': (draw) =>
    until(() => {
      const body = draw.shape('%#######');
      const check = sum(body, [9, 8, 7, 6, 5, 4, 3, 2]) % 11;
      return check > 9 ? undefined : body + check;
    }),
  'pl-pesel': (draw) => {
    const b = birth(draw);
    const body = b.yy + b.mm + b.dd + draw.digits(4);
    return body + ((10 - (sum(body, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10)) % 10);
  },
  'za-id': (draw) => {
    const b = birth(draw);
    const body = `${b.yy}${b.mm}${b.dd}${draw.digits(4)}08`;
    return body + luhnDigit(body);
  },
  'jp-my-number': (draw) => {
    const body = draw.shape('%##########');
    const rest = sum(body, [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
    return body + (rest < 2 ? 0 : 11 - rest);
  },
  'in-aadhaar': (draw) => {
    const body = `${draw.int(2, 9)}${draw.digits(10)}`;
    return body + verhoeff(body);
  },
  'au-tfn': (draw) =>
    until(() => {
      const body = draw.shape('%#######');
      for (let check = 0; check < 10; check++) {
        if (sum(body + check, [1, 4, 3, 7, 5, 8, 6, 9, 10]) % 11 === 0) return body + check;
      }
      return undefined;
    }),
  'cn-resident-id': (draw) => {
    const b = birth(draw);
    const area = draw.one(['110101', '310104', '440305', '510107', '330106']);
    const body = `${area}${b.y}${b.mm}${b.dd}${draw.digits(3)}`;
    const rest = sum(body, [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]) % 11;
    return body + '10X98765432'.charAt(rest);
  },
};

const grouped: Readonly<Record<string, Make>> = {
  'us-ssn': usSsn,
  'us-itin': (draw) => `9${draw.digits(2)}-${draw.int(70, 88)}-${draw.digits(4)}`,
  'br-cpf': (draw) => {
    const body = draw.digits(9);
    const check = mod11Pair(body, [10, 9, 8, 7, 6, 5, 4, 3, 2], [11, 10, 9, 8, 7, 6, 5, 4, 3, 2]);
    return `${body.slice(0, 3)}.${body.slice(3, 6)}.${body.slice(6)}-${check}`;
  },
  'br-cnpj': (draw) => {
    const body = `${draw.digits(8)}0001`;
    const w = [5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2];
    return `${body.slice(0, 2)}.${body.slice(2, 5)}.${body.slice(5, 8)}/0001-${mod11Pair(body, w, [6, ...w])}`;
  },
  'ar-cuit': (draw) =>
    until(() => {
      const body = draw.one(['20', '27', '23']) + draw.shape('%#######');
      const check = (11 - (sum(body, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11)) % 11;
      return check > 9 ? undefined : `${body.slice(0, 2)}-${body.slice(2)}-${check}`;
    }),
  'cl-rut': (draw) => {
    const body = String(draw.int(5_000_000, 24_999_999));
    let total = 0;
    for (let at = 0; at < body.length; at++)
      total += Number(body[body.length - 1 - at]) * (2 + (at % 6));
    const check = '0K987654321'.charAt(total % 11);
    return `${body.slice(0, -6)}.${body.slice(-6, -3)}.${body.slice(-3)}-${check}`;
  },
  'be-nrn': (draw) => {
    const b = birth(draw);
    const serial = String(draw.int(1, 997)).padStart(3, '0');
    const check = two(97 - (Number(b.yy + b.mm + b.dd + serial) % 97));
    return `${b.yy}.${b.mm}.${b.dd}-${serial}.${check}`;
  },
  'ch-ahv': (draw) => {
    const body = `756${draw.digits(9)}`;
    const check = (10 - (sum(body, [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3]) % 10)) % 10;
    return `756.${body.slice(3, 7)}.${body.slice(7, 11)}.${body.slice(11)}${check}`;
  },
  'cz-birth-number': (draw) =>
    until(() => {
      const b = birth(draw, 1955, 1999);
      const body = b.yy + two(b.m + (draw.chance(0.5) ? 50 : 0)) + b.dd + draw.digits(3);
      const check = Number(body) % 11;
      return check > 9 ? undefined : `${body.slice(0, 6)}/${body.slice(6)}${check}`;
    }),
  'ru-snils': (draw) => {
    const body = `1${draw.digits(8)}`;
    const check = two((sum(body, [9, 8, 7, 6, 5, 4, 3, 2, 1]) % 101) % 100);
    return `${body.slice(0, 3)}-${body.slice(3, 6)}-${body.slice(6)} ${check}`;
  },
  'se-personnummer': (draw) => {
    const b = birth(draw);
    const body = b.yy + b.mm + b.dd + draw.digits(3);
    const long = draw.chance(0.4) ? String(b.y).slice(0, 2) : '';
    return `${long}${body.slice(0, 6)}-${body.slice(6)}${luhnDigit(body)}`;
  },
  'dk-cpr': (draw) => {
    const b = birth(draw, 1941, 1996);
    return `${b.dd}${b.mm}${b.yy}-${draw.int(0, 3)}${draw.digits(3)}`;
  },
  'fi-hetu': (draw) => {
    const b = birth(draw);
    const serial = String(draw.int(2, 899)).padStart(3, '0');
    const rest = Number(b.dd + b.mm + b.yy + serial) % 31;
    return `${b.dd}${b.mm}${b.yy}-${serial}${'0123456789ABCDEFHJKLMNPRSTUVWXY'.charAt(rest)}`;
  },
  'kr-rrn': (draw) => {
    const b = birth(draw);
    const body = `${b.yy}${b.mm}${b.dd}${draw.int(1, 2)}${draw.digits(5)}`;
    const check = (11 - (sum(body, [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]) % 11)) % 10;
    return `${body.slice(0, 6)}-${body.slice(6)}${check}`;
  },
};

const lettered: Readonly<Record<string, Make>> = {
  'uk-nino': (draw) =>
    `${draw.characters('ABCEHJKLMNPRSTWX', 1)}${draw.characters('ABCEHJKLMPRSTWX', 1)}${draw.digits(6)}${draw.one(['A', 'B', 'C', 'D'])}`.replace(
      /^(?:BG|GB|KN|NK|NT|TN|ZZ)/,
      'AB',
    ),
  'es-dni': (draw) => {
    const body = draw.digits(8);
    return body + 'TRWAGMYFPDXBNJZSQVHLCKE'.charAt(Number(body) % 23);
  },
  'in-pan': (draw) => draw.shape(`@@@P${draw.characters('ABCDGKMNPRSTV', 1)}####@`),
  'sg-nric': (draw) => {
    const letter = draw.one(['S', 'T']);
    const body = letter === 'S' ? draw.shape('8######') : `0${draw.digits(6)}`;
    const total = sum(body, [2, 7, 6, 5, 4, 3, 2]) + (letter === 'T' ? 4 : 0);
    return `${letter}${body}${'JZIHGFEDCBA'.charAt(total % 11)}`;
  },
};

/** Numbers of persons with right check digits, as most people write them; made apart from the first corpus. */
export const national: Readonly<Record<string, Make>> = {
  ...numeric,
  ...grouped,
  ...lettered,
  'de-steuer-id': deTax,
  'mx-curp': curp,
  'it-codice-fiscale': codiceFiscale,
  'no-fodselsnummer': noBirthNumber,
  'tr-tckn': tckn,
  'fr-nir': frNir,
  passport: (draw) =>
    draw.one([draw.shape('C0@%###%'), draw.shape('5########'), draw.shape('##@@#####')]),
};
