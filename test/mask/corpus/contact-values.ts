import type { Country, Draw } from './draw.ts';

/** A person's name as forms, mails and databases write it. */
export function fullName(draw: Draw): string {
  const { person } = draw.faker;
  const last = person.lastName();
  if (draw.country === 'ja')
    return draw.chance(0.5) ? `${last} ${person.firstName()}` : last + person.firstName();
  const first = person.firstName();
  if (draw.country === 'us' && draw.chance(0.15)) return `${first} ${draw.shape('@')}. ${last}`;
  if (draw.chance(0.05)) return `${first} ${person.firstName()} ${last}`;
  return `${first} ${last}`;
}

const mobile: Readonly<Record<Country, readonly string[]>> = {
  us: [
    '+1 212 ### ####',
    '+1-415-###-####',
    '(303) ###-####',
    '512-###-####',
    '+1617#######',
    '206.###.####',
  ],
  gb: ['+44 7%## ######', '07%## ######', '+44 20 7### ####', '020 7### ####', '+447%########'],
  de: [
    '+49 151 ########',
    '0171 #######',
    '+49 30 ########',
    '030 ########',
    '+49 (0)89 #######',
    '0160/#######',
  ],
  fr: ['+33 6 ## ## ## ##', '06 ## ## ## ##', '+331########', '01.4#.##.##.##'],
  es: ['+34 6## ### ###', '6## ## ## ##', '+34 91 ### ## ##', '91# ### ###'],
  it: ['+39 347 ### ####', '347 #######', '+39 02 ########', '338#######'],
  br: ['+55 11 9####-####', '(11) 9####-####', '+55 (21) 9####-####', '(21) 3###-####'],
  nl: ['+31 6 ########', '06-########', '+31 20 ### ####', '020-#######'],
  pl: ['+48 60# ### ###', '50# ### ###', '+48 22 ### ## ##', '+4860#######'],
  sv: ['+46 70 ### ## ##', '070-### ## ##', '+46 8 ### ### ##', '08-### ### ##'],
  in: ['+91 98### #####', '98########', '+91-99########', '+91 22 2### ####'],
  ru: ['+7 916 ###-##-##', '8 (916) ###-##-##', '+7 (495) ###-##-##', '+7903#######'],
  ja: ['+81 90-####-####', '090-####-####', '03-3###-####', '+81 3-3###-####'],
  cz: ['+420 60# ### ###', '60# ### ###', '+420 22# ### ###'],
  tr: ['+90 532 ### ## ##', '0532 ### ## ##', '+90 212 2## ## ##', '0 (532) ### ## ##'],
};

/** Numbers that are in use: a subscriber's part never begins with 0 or 1. */
export function phone(draw: Draw): string {
  const made = draw.one(mobile[draw.country]).replaceAll('%', () => String(draw.int(4, 9)));
  const first = made.indexOf('#');
  return [...made]
    .map((sign, index) => (sign === '#' ? draw.int(index === first ? 2 : 0, 9) : sign))
    .join('');
}

const HOSTS = ['example.com', 'mail.example.org', 'example.co.uk', 'corp.example', 'example.de'];
export function email(draw: Draw): string {
  const ascii = (of: string) =>
    of
      .normalize('NFD')
      .replace(/[^A-Za-z]/g, '')
      .toLowerCase() || draw.characters('abcdefgh', 6);
  const [first, last] = [ascii(draw.faker.person.firstName()), ascii(draw.faker.person.lastName())];
  return `${draw.one([
    `${first}.${last}`,
    `${first.charAt(0)}${last}`,
    `${first}_${draw.int(1, 99)}`,
    `${last}+${draw.one(['news', 'shop', 'crm'])}`,
  ])}@${draw.one(HOSTS)}`;
}

/** Street and house number as the country writes them. */
export function street(draw: Draw): string {
  return draw.faker.location.streetAddress(draw.chance(0.15));
}

export function city(draw: Draw): string {
  return draw.faker.location.city();
}

export function postcode(draw: Draw): string {
  const shape = POSTCODES[draw.country];
  return shape === undefined ? draw.faker.location.zipCode() : draw.shape(draw.one(shape));
}

const POSTCODES: Partial<Record<Country, readonly string[]>> = {
  us: ['9%###', '1%###', '6%###-####', '3%###'],
  gb: ['SW%A %AA', 'EC%V %NB', 'M% %FD', 'LS%# %HG', 'OX% %JQ'],
  in: ['11%###', '56%###', '40% 0##'],
};

function state(draw: Draw): string {
  return draw.one(['CA', 'NY', 'TX', 'WA', 'IL', 'MA', 'CO', 'OH', 'FL']);
}

/** An address in one line, or in two or three. */
export function address(draw: Draw, between = ', '): string {
  const [where, town, code] = [street(draw), city(draw), postcode(draw)];
  switch (draw.country) {
    case 'us':
      return `${where}${between}${town}, ${state(draw)} ${code}`;
    case 'gb':
      return `${where}${between}${town}${between}${code}`;
    case 'in':
      return `${where}${between}${town} ${code}`;
    case 'br':
      return `${where}${between}${town}${between}CEP ${code}`;
    case 'ja':
      return `〒${code} ${draw.faker.location.state()}${town}${where}`;
    case 'ru':
      return `${code}, г. ${town}, ${where}`;
    default:
      return `${where}${between}${code} ${town}`;
  }
}

const MONTHS: Partial<Record<Country, string>> = {
  de: 'Januar Februar März April Mai Juni Juli August September Oktober November Dezember',
  fr: 'janvier février mars avril mai juin juillet août septembre octobre novembre décembre',
  es: 'enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre',
  it: 'gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre',
  br: 'janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro',
  nl: 'januari februari maart april mei juni juli augustus september oktober november december',
  pl: 'stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia',
  sv: 'januari februari mars april maj juni juli augusti september oktober november december',
  ru: 'января февраля марта апреля мая июня июля августа сентября октября ноября декабря',
  cz: 'ledna února března dubna května června července srpna září října listopadu prosince',
  tr: 'Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık',
};
const ENGLISH =
  'January February March April May June July August September October November December';

/** A day between two years as people of the country write it. */
export function day(draw: Draw, from: number, to: number): string {
  const [year, month, date] = [draw.int(from, to), draw.int(1, 12), draw.int(1, 28)];
  const two = (of: number) => String(of).padStart(2, '0');
  const name = (MONTHS[draw.country] ?? ENGLISH).split(' ')[month - 1] ?? '';
  const [dd, mm] = [two(date), two(month)];
  const iso = `${year}-${mm}-${dd}`;
  switch (draw.country) {
    case 'us':
      return draw.one([
        iso,
        `${mm}/${dd}/${year}`,
        `${month}/${date}/${year}`,
        `${name} ${date}, ${year}`,
      ]);
    case 'gb':
    case 'in':
      return draw.one([
        iso,
        `${dd}/${mm}/${year}`,
        `${date} ${name} ${year}`,
        `${date} ${name.slice(0, 3)} ${year}`,
        `${date}th ${name} ${year}`,
      ]);
    case 'de':
    case 'cz':
      return draw.one([
        iso,
        `${dd}.${mm}.${year}`,
        `${date}. ${name} ${year}`,
        `${date}.${month}.${year}`,
      ]);
    case 'es':
    case 'br':
      return draw.one([
        iso,
        `${dd}/${mm}/${year}`,
        `${date} de ${name} de ${year}`,
        `${dd}-${mm}-${year}`,
      ]);
    case 'ja':
      return draw.one([iso, `${year}年${month}月${date}日`, `${year}/${mm}/${dd}`]);
    default:
      return draw.one([
        iso,
        `${dd}.${mm}.${year}`,
        `${dd}/${mm}/${year}`,
        `${date} ${name} ${year}`,
        `${dd}-${mm}-${year}`,
      ]);
  }
}
