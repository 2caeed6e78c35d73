/** What one letter becomes; those with accents lose them by normalisation. */
const LETTERS: ReadonlyMap<string, string> = new Map([
  ...Object.entries({
    ß: 'ss',
    ø: 'o',
    æ: 'ae',
    œ: 'oe',
    ł: 'l',
    đ: 'd',
    ð: 'd',
    þ: 'th',
    ı: 'i',
    "'": '',
    '’': '',
  }),
  // Cyrillic, as passports and papers write it: GOST R 52535.1, with `y` for soft vowels.
  ...Object.entries({
    а: 'a',
    б: 'b',
    в: 'v',
    г: 'g',
    д: 'd',
    е: 'e',
    ж: 'zh',
    з: 'z',
    и: 'i',
    к: 'k',
    л: 'l',
    м: 'm',
    н: 'n',
    о: 'o',
    п: 'p',
    р: 'r',
    с: 's',
    т: 't',
    у: 'u',
    ф: 'f',
    х: 'kh',
    ц: 'ts',
    ч: 'ch',
    ш: 'sh',
    щ: 'shch',
    ъ: '',
    ы: 'y',
    ь: '',
    э: 'e',
    ю: 'yu',
    я: 'ya',
    і: 'i',
    ї: 'i',
    є: 'ye',
    ґ: 'g',
  }),
]);
const PLAIN = /^[a-z]*$/;
const CYRILLIC = /[\u0400-\u04ff]/;
const MARK = /\p{M}/gu;

/** A name as the dictionary has it: lower case, Latin letters without accents, no apostrophe. */
export function foldName(name: string): string {
  const lower = name.toLowerCase();
  if (PLAIN.test(lower)) return lower;
  let folded = '';
  for (const letter of lower.normalize('NFD').replace(MARK, ''))
    folded += LETTERS.get(letter) ?? letter;
  // `Виктория`, `Сергей`, `Анатолий`, as the dictionary writes them.
  return CYRILLIC.test(lower) ? folded.replace(/iya$/, 'ia').replace(/iy$/, 'y') : folded;
}
