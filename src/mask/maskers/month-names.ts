/** Languages whose names of months are read. */
const LANGUAGES = [
  ...['en', 'de', 'fr', 'es', 'it', 'pt', 'nl'],
  ...['pl', 'cs', 'sv', 'da', 'nb', 'fi', 'tr', 'ru', 'uk'],
];

let known: ReadonlySet<string> | undefined;

/** True of the name of a month, long or short, in one of the languages. */
export function isMonthName(word: string): boolean {
  known ??= monthNames();
  return known.has(plain(word));
}

function monthNames(): ReadonlySet<string> {
  const names = new Set<string>();
  for (const language of LANGUAGES) {
    for (const month of ['long', 'short'] as const) {
      // With a day beside it some languages write another case of the name.
      for (const day of [undefined, 'numeric'] as const) {
        const format = new Intl.DateTimeFormat(language, { month, day, timeZone: 'UTC' });
        for (let index = 0; index < 12; index++) {
          const parts = format.formatToParts(Date.UTC(2000, index, 15));
          const name = parts.find(({ type }) => type === 'month')?.value ?? '';
          if (/\p{L}/u.test(name)) names.add(plain(name));
        }
      }
    }
  }
  return names.add('sept');
}

function plain(word: string): string {
  return word.toLowerCase().normalize('NFC').replace(/\.$/, '');
}
