import { day } from './contact-values.ts';
import { BASE64, BASE64URL, type Draw, LOWER, UPPER, WORD } from './draw.ts';
import { ean, isbn } from './number-values.ts';
import { digestOf } from './secret-values.ts';

type Make = (draw: Draw) => string;

const two = (of: number) => String(of).padStart(2, '0');
const time = (draw: Draw) =>
  `${two(draw.int(0, 23))}:${two(draw.int(0, 59))}:${two(draw.int(0, 59))}`;
const isoDay = (draw: Draw) =>
  `${draw.int(2021, 2026)}-${two(draw.int(1, 12))}-${two(draw.int(1, 28))}`;

/** What isn't sensitive and looks as if it could be. */
export const harmless: Readonly<Record<string, Make>> = {
  uuid: (draw) => {
    const hex = draw.hex(30);
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(12, 15)}-a${hex.slice(15, 18)}-${hex.slice(18)}`;
  },
  git: (draw) => draw.hex(40),
  git7: (draw) => draw.hex(7),
  sha256: (draw) => digestOf(draw, 'sha256', 'hex'),
  md5: (draw) => digestOf(draw, 'md5', 'hex'),
  integrity: (draw) => `sha512-${digestOf(draw, 'sha512', 'base64')}`,
  etag: (draw) =>
    draw.one([`"${draw.hex(32)}"`, `W/"${draw.hex(5)}-${draw.characters(BASE64URL, 27)}"`]),
  order: (draw) =>
    draw.one([
      () => draw.shape('%########'),
      () => `ORD-${draw.shape('%######')}`,
      () => draw.shape('###-%######-#######'),
      () => `SO${draw.int(2020, 2026)}-${draw.digits(5)}`,
      () => draw.shape('%###########'),
    ])(),
  invoice: (draw) =>
    draw.one([
      `INV-${draw.int(2020, 2026)}-${draw.digits(5)}`,
      draw.shape('RE%#######'),
      draw.shape('%#########'),
    ]),
  ticket: (draw) => `${draw.characters(UPPER, draw.int(2, 4))}-${draw.int(10, 99999)}`,
  epoch: (draw) => String(draw.int(1600000000, 1790000000)),
  epochms: (draw) => String(draw.int(1600000000, 1790000000)) + draw.digits(3),
  iso: (draw) =>
    `${isoDay(draw)}T${time(draw)}${draw.one(['Z', '.123Z', '+02:00', `.${draw.digits(6)}Z`])}`,
  stamp: (draw) => `${isoDay(draw)} ${time(draw)}`,
  time,
  date: (draw) => day(draw, 2021, 2026),
  version: (draw) =>
    draw.one([
      `${draw.int(0, 24)}.${draw.int(0, 40)}.${draw.int(0, 90)}`,
      `v${draw.int(1, 9)}.${draw.int(0, 9)}.${draw.int(0, 9)}-rc.${draw.int(1, 9)}`,
    ]),
  browser: (draw) =>
    `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/${draw.int(90, 140)}.0.${draw.int(0, 255)}.${draw.int(0, 200)} Safari/537.36`,
  price: (draw) =>
    draw.one([
      `$${draw.int(1, 9999)}.${draw.digits(2)}`,
      `${draw.int(1, 9)}.${draw.digits(3)},${draw.digits(2)} €`,
      `${draw.int(10, 999)} EUR`,
    ]),
  amount: (draw) => `${draw.int(1, 99999)}.${draw.digits(2)}`,
  coordinates: (draw) =>
    `${draw.int(-89, 89)}.${draw.digits(6)}, ${draw.int(-179, 179)}.${draw.digits(6)}`,
  isbn,
  ean,
  tracking: (draw) =>
    draw.one([
      `1Z${draw.characters(`${UPPER}0123456789`, 16)}`,
      draw.shape('%###########'),
      `${draw.characters(UPPER, 2)}${draw.digits(9)}DE`,
      `9400${draw.digits(18)}`,
    ]),
  part: (draw) =>
    draw.one([
      draw.shape('@@-####-@#'),
      draw.shape('@##@####'),
      draw.shape('###-#####-##'),
      draw.shape('%##.###.##'),
    ]),
  'phone-like': (draw) =>
    draw.one([
      draw.shape('%##-####'),
      draw.shape('#####-#####'),
      draw.shape('1##########'),
      draw.shape('##-###-####-#'),
    ]),
  'mac-like': (draw) =>
    draw.one([
      `${draw.hex(2)}:${draw.hex(2)}:${draw.hex(2)}`,
      Array.from({ length: 20 }, () => draw.hex(2))
        .join(':')
        .toUpperCase(),
    ]),
  image: (draw) =>
    `data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAA${draw.characters(BASE64, draw.int(200, 900))}=`,
  blob: (draw) => `${draw.characters(BASE64, draw.int(60, 400))}==`,
  hexdump: (draw) =>
    Array.from(
      { length: draw.int(2, 5) },
      (_, line) =>
        `${(line * 16).toString(16).padStart(8, '0')}  ${Array.from({ length: 16 }, () => draw.hex(2)).join(' ')}  |${draw.characters(`${LOWER}.`, 16)}|`,
    ).join('\n'),
  place: (draw) =>
    draw.one([
      'Paris',
      'Victoria',
      'San Jose',
      'Santiago',
      'Charlotte',
      'Sydney',
      'Florence',
      'Madison',
      'Austin',
      'Jackson',
      'Lincoln',
      'Houston',
      'Houston, Texas',
      'St. Louis',
      'Adelaide',
      'Georgia',
      'Berlin',
      'São Paulo',
      'Den Haag',
      'New York',
    ]),
  month: (draw) => draw.one(['April', 'May', 'June', 'August', 'March']),
  product: (draw) =>
    draw.one([
      'Amazon Alexa',
      'Apache Kafka',
      'Ruby on Rails',
      'Jenkins',
      'Jenkins Pipeline',
      'Oracle Database',
      'Hugging Face',
      'Microsoft Word',
      'Adobe Acrobat',
      'Mercedes Benz C-Class',
      'Rose Gold',
      'Clair de Lune',
      'Crystal Reports',
      'Grace Period',
      'Visual Studio Code',
      'Amber Alert',
      'Apache Lucene',
      'Sierra Nevada',
      'Python',
      'Jasper Reports',
      'Chase Sapphire',
      'Dolby Atmos',
    ]),
  company: (draw) =>
    draw.one([
      'Johnson & Johnson',
      'Goldman Sachs',
      'Morgan Stanley',
      'Wells Fargo',
      'Ernst & Young GmbH',
      'Siemens AG',
      'Robert Bosch GmbH',
      'JP Morgan Chase',
      'Ben & Jerry’s',
      'Harley-Davidson',
      'Procter & Gamble',
      'Marks & Spencer',
      'Baker McKenzie LLP',
      'Hewlett Packard',
      'Dell Technologies',
      'Charles Schwab',
      'Philip Morris',
      'Martin Marietta Inc.',
      'Carl Zeiss AG',
      'Max Planck Institute',
    ]),
  port: (draw) => String(draw.int(1024, 65535)),
  size: (draw) => String(draw.int(100, 99999999)),
  count: (draw) => String(draw.int(1, 9999)),
  word: (draw) =>
    draw.one([
      'alpha',
      'queue',
      'widget',
      'invoice',
      'metric',
      'parser',
      'ledger',
      'bucket',
      'cursor',
      'shard',
    ]),
  snake: (draw) =>
    `${draw.one(['get', 'list', 'update', 'sync'])}_${draw.one(['order', 'stock', 'report', 'user'])}_${draw.one(['rows', 'page', 'state'])}`,
  slug: (draw) =>
    `${draw.one(['blue', 'fast', 'quiet'])}-${draw.one(['river', 'stone', 'cloud'])}-${draw.digits(4)}`,
  host: (draw) =>
    `${draw.one(['api', 'web', 'db', 'cache'])}-${draw.int(1, 40)}.${draw.one(['prod', 'stage', 'eu-west-1'])}.example.com`,
  path: (draw) =>
    `/${draw.one(['srv', 'usr/lib', 'var/log', 'home/app'])}/${draw.one(['app', 'nginx', 'data'])}/${draw.one(['main.log', 'index.ts', 'config.yaml'])}`,
  requestid: (draw) =>
    draw.one([
      `req_${draw.characters(WORD, 14)}`,
      draw.hex(16),
      `0${draw.characters('ABCDEFGHJKMNPQRSTVWXYZ0123456789', 25)}`,
    ]),
  arn: (draw) =>
    `arn:aws:lambda:eu-west-1:${draw.shape('%###########')}:function:${draw.one(['resize', 'ingest'])}`,
};
