import type { Country, Draw } from '../draw.ts';

interface Land {
  readonly streets: readonly string[];
  readonly towns: readonly (readonly [town: string, code: string])[];
  /** `S` street, `N` number, `C` code, `T` town. */
  readonly line: string;
  readonly phones: readonly string[];
  readonly domain: string;
}

const anglo = 'N S, T, C';
const euro = 'S N, C T';

const lands: Readonly<Record<Country, Land>> = {
  us: {
    streets: [
      'Maple Avenue',
      'W 45th St',
      'Old Mill Road',
      'Sunset Blvd',
      'Peachtree Ln',
      'N Lakeview Dr',
      'County Road 12',
      'Riverside Court',
    ],
    towns: [
      ['Portland, OR', '972##'],
      ['Austin, TX', '787##'],
      ['Boise, ID', '837##'],
      ['Dayton, Ohio', '454##'],
      ['St. Paul, MN', '551##'],
    ],
    line: 'N S, T C',
    phones: [
      '(503) 2##-####',
      '+1 512-3##-####',
      '208.4##.####',
      '+1937 2######',
      '651-7##-####',
      '1-617-3##-####',
    ],
    domain: 'com',
  },
  gb: {
    streets: [
      'High Street',
      'Station Road',
      'The Green',
      'Albert Terrace',
      'Mill Lane',
      'Kingsway',
      'St Mary’s Close',
    ],
    towns: [
      ['Leeds', 'LS% %QD'],
      ['Bristol', 'BS% %TR'],
      ['Norwich', 'NR% %PL'],
      ['Edinburgh', 'EH% %NG'],
      ['London', 'SW1A %AA'],
    ],
    line: anglo,
    phones: [
      '07911 12####',
      '+44 20 7946 0###',
      '0161 496 0###',
      '+447912 3#####',
      '(0117) 496 0###',
    ],
    domain: 'co.uk',
  },
  de: {
    streets: [
      'Kastanienallee',
      'Lindenstraße',
      'Am Alten Markt',
      'Goethestr.',
      'Unter den Eichen',
      'Bahnhofsplatz',
      'Mühlweg',
    ],
    towns: [
      ['Leipzig', '041##'],
      ['Köln', '506##'],
      ['Freiburg im Breisgau', '791##'],
      ['Hamburg', '203##'],
      ['Ulm', '890##'],
    ],
    line: euro,
    phones: [
      '0341 2######',
      '+49 171 3######',
      '0221/45####',
      '+49 (0)761 28####',
      '0151-2#######',
    ],
    domain: 'de',
  },
  fr: {
    streets: [
      'rue des Lilas',
      'avenue Jean Jaurès',
      'impasse du Moulin',
      'boulevard Voltaire',
      'place de la République',
      'chemin des Vignes',
    ],
    towns: [
      ['Lyon', '6900%'],
      ['Toulouse', '31000'],
      ['Nantes', '44000'],
      ['Paris', '7501%'],
      ['Dijon', '21000'],
    ],
    line: 'N S, C T',
    phones: [
      '06 12 ## ## ##',
      '+33 1 42 ## ## ##',
      '04.78.##.##.##',
      '+33 6 7# ## ## ##',
      '05614#####',
    ],
    domain: 'fr',
  },
  es: {
    streets: [
      'Calle de Alcalá',
      'Avenida de la Constitución',
      'C/ Mayor',
      'Paseo de Gracia',
      'Plaza España',
      'Calle Luna',
    ],
    towns: [
      ['Madrid', '2801%'],
      ['Sevilla', '4100%'],
      ['Valencia', '4600%'],
      ['Bilbao', '4800%'],
    ],
    line: 'S, N, C T',
    phones: ['612 34# ###', '+34 91 4## ## ##', '954 2# ## ##', '+34 6## ### ###'],
    domain: 'es',
  },
  it: {
    streets: [
      'Via Garibaldi',
      'Corso Vittorio Emanuele',
      'Piazza del Duomo',
      'Viale dei Mille',
      'Via San Francesco',
    ],
    towns: [
      ['Bologna', '4012%'],
      ['Torino', '1012%'],
      ['Milano', '2012%'],
      ['Bari', '7012%'],
    ],
    line: 'S N, C T',
    phones: ['+39 347 ### ####', '051 23# ####', '+39 02 4### ####', '333 2######'],
    domain: 'it',
  },
  br: {
    streets: [
      'Rua das Acácias',
      'Avenida Paulista',
      'Travessa do Comércio',
      'Rua Sete de Setembro',
      'Alameda Santos',
    ],
    towns: [
      ['São Paulo', '013##-0##'],
      ['Curitiba', '800##-1##'],
      ['Recife', '500##-2##'],
      ['Belo Horizonte', '301##-0##'],
    ],
    line: 'S, N, T, C',
    phones: ['(11) 9####-####', '+55 41 9####-####', '(81) 3###-####', '+55 (31) 3###-####'],
    domain: 'com.br',
  },
  nl: {
    streets: ['Prinsengracht', 'Dorpsstraat', 'Laan van Meerdervoort', 'Kerkweg', 'Stationsplein'],
    towns: [
      ['Utrecht', '35## @@'],
      ['Amsterdam', '10## @@'],
      ['Groningen', '97## @@'],
      ['Den Haag', '25## @@'],
    ],
    line: euro,
    phones: ['06-2#######', '+31 6 1#######', '030 2## ####', '+31 20 6## ####'],
    domain: 'nl',
  },
  pl: {
    streets: [
      'ul. Piotrkowska',
      'ul. Mickiewicza',
      'al. Jerozolimskie',
      'os. Słoneczne',
      'ul. Długa',
    ],
    towns: [
      ['Łódź', '90-4##'],
      ['Kraków', '31-0##'],
      ['Gdańsk', '80-8##'],
      ['Warszawa', '00-9##'],
    ],
    line: euro,
    phones: ['+48 601 ### ###', '22 5## ## ##', '512-###-###', '+48 12 4## ## ##'],
    domain: 'pl',
  },
  sv: {
    streets: ['Storgatan', 'Kungsvägen', 'Björkgränd', 'Drottninggatan', 'Ängsstigen'],
    towns: [
      ['Uppsala', '753 ##'],
      ['Malmö', '211 ##'],
      ['Umeå', '903 ##'],
      ['Stockholm', '113 ##'],
    ],
    line: euro,
    phones: ['070-3## ## ##', '+46 8 5## ### ##', '018-1# ## ##', '+46 73 2## ## ##'],
    domain: 'se',
  },
  in: {
    streets: ['MG Road', 'Nehru Nagar', '4th Cross, Indiranagar', 'Park Street', 'Linking Road'],
    towns: [
      ['Bengaluru', '5600##'],
      ['Mumbai', '4000##'],
      ['Pune', '4110##'],
      ['Kolkata', '7000##'],
    ],
    line: 'N, S, T C',
    phones: ['+91 98### #####', '98########', '+91-80-2### ####', '080 2### ####'],
    domain: 'in',
  },
  ru: {
    streets: ['ул. Ленина', 'Невский проспект', 'пер. Садовый', 'ул. Пушкина', 'Кутузовский пр-т'],
    towns: [
      ['Москва', '1010##'],
      ['Санкт-Петербург', '1910##'],
      ['Казань', '4200##'],
    ],
    line: 'C, T, S, д. N',
    phones: ['+7 916 ###-##-##', '8 (495) 7##-##-##', '+7 (812) 3##-##-##', '8 903 ### ## ##'],
    domain: 'ru',
  },
  ja: {
    streets: ['千代田区丸の内', '渋谷区神南', '中央区銀座', '港区芝公園'],
    towns: [
      ['東京都', '10#-00##'],
      ['大阪府大阪市', '53#-00##'],
    ],
    line: '〒C TS1-N',
    phones: ['090-####-####', '03-3###-####', '+81 80 #### ####'],
    domain: 'jp',
  },
  cz: {
    streets: ['Na Příkopě', 'Husova', 'Masarykovo náměstí', 'tř. Kpt. Jaroše', 'Dlouhá'],
    towns: [
      ['Brno', '602 00'],
      ['Praha 1', '110 00'],
      ['Plzeň', '301 00'],
    ],
    line: euro,
    phones: ['+420 60% ### ###', '777 ### ###', '+420 224 ### ###'],
    domain: 'cz',
  },
  tr: {
    streets: ['Atatürk Cad.', 'Bağdat Caddesi', 'Gül Sokak', 'Cumhuriyet Mah. Lale Sk.'],
    towns: [
      ['İstanbul', '347##'],
      ['Ankara', '066##'],
      ['İzmir', '352##'],
    ],
    line: 'S No: N, C T',
    phones: ['0532 ### ## ##', '+90 533 ### ## ##', '(0212) 2## ## ##'],
    domain: 'com.tr',
  },
};

const COMPANIES = [
  'northgate',
  'brightmoor',
  'kestrel-data',
  'orbitfreight',
  'lumenclinic',
  'tallow',
  'fjordbank',
];
const MAILERS = [
  'gmail.com',
  'outlook.com',
  'proton.me',
  'icloud.com',
  'example.com',
  'example.org',
];

const plain = (text: string) =>
  text
    .replace(/ß/g, 'ss')
    .replace(/[łŁ]/g, 'l')
    .replace(/ı/g, 'i')
    .normalize('NFD')
    .replace(/[^A-Za-z]/g, '')
    .toLowerCase();

/** Somebody who doesn't exist; drawn once, so that a document can speak of them in several ways. */
export class Person {
  readonly first: string;
  readonly last: string;
  readonly user: string;
  readonly mail: string;
  readonly phone: string;
  readonly street: string;
  readonly code: string;
  readonly town: string;
  readonly address: string;
  readonly birth: readonly [year: number, month: number, day: number];

  constructor(draw: Draw) {
    const land = lands[draw.country];
    this.first = draw.faker.person.firstName();
    this.last = draw.faker.person.lastName();
    const [first, last] = [plain(this.first) || 'aiko', plain(this.last) || 'mori'];
    this.user = draw.one([first.charAt(0) + last, `${first}.${last}`, `${last}${draw.int(1, 99)}`]);
    this.mail = mailOf(draw, first, last, land.domain);
    this.phone = draw.shape(draw.one(land.phones));
    const number = String(draw.int(1, 240)) + (draw.chance(0.12) ? 'b' : '');
    const [town, code] = draw.one(land.towns);
    const street = draw.one(land.streets);
    this.town = town;
    this.code = draw.shape(code);
    const parts: Record<string, string> = { S: street, N: number, C: this.code, T: town };
    const render = (line: string) =>
      line.replace(/[SNCT](?![a-z])/g, (sign) => parts[sign] ?? sign);
    this.address = render(land.line);
    this.street = render(streetLine(land.line));
    this.birth = [draw.int(1938, 2006), draw.int(1, 12), draw.int(1, 28)];
  }
}

function streetLine(line: string): string {
  if (line.startsWith('N S')) return 'N S';
  if (line.startsWith('N, S')) return 'N, S';
  if (line.startsWith('S, N')) return 'S, N';
  if (line.startsWith('C, T')) return 'S, д. N';
  if (line.startsWith('〒')) return 'S1-N';
  return line.startsWith('S No') ? 'S No: N' : 'S N';
}

function mailOf(draw: Draw, first: string, last: string, tld: string): string {
  const host = draw.one([
    `${draw.one(COMPANIES)}.${tld}`,
    `mail.${draw.one(COMPANIES)}.${tld}`,
    draw.one(MAILERS),
  ]);
  return draw.one([
    `${first}.${last}@${host}`,
    `${first.charAt(0)}${last}@${host}`,
    `${last}${draw.int(1, 99)}@${host}`,
    `${first}+news@${host}`,
    `${first}_${last}@${host}`,
    `${first.charAt(0).toUpperCase()}${first.slice(1)}.${last.toUpperCase()}@${host}`,
    `${first}-${last}@${host}`,
  ]);
}
