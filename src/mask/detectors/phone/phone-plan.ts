import metadata from 'libphonenumber-js/min/metadata';

// libphonenumber's own parser takes 10 to 30 microseconds for a number, too long for text that an
// attacker writes: its data (format 4: place 2 is the pattern of national numbers, place 3 their
// lengths) is read here, and a test holds the answers against the library's.
interface Plan {
  readonly pattern: RegExp;
  readonly lengths: readonly number[];
}

const MAX_CODE = 3;
const countries: Readonly<Record<string, unknown[] | undefined>> = metadata.countries;
const codes: Readonly<Record<string, readonly string[] | undefined>> =
  metadata.country_calling_codes;
const elsewhere: Readonly<Record<string, unknown[] | undefined>> = metadata.nonGeographic;
const plans = new Map<string, readonly Plan[]>();

/**
 * True where digits with their country calling code are a number that the numbering plan of the
 * country has (libphonenumber, "min" data: lengths and leading digits). A trunk zero after the code
 * is passed over.
 */
export function isInternational(digits: string): boolean {
  for (let length = 1; length <= MAX_CODE; length++) {
    const found = plansOf(digits.slice(0, length));
    if (found.length === 0) continue;
    const national = digits.slice(length);
    return (
      matches(found, national) || (national.startsWith('0') && matches(found, national.slice(1)))
    );
  }
  return false;
}

function matches(found: readonly Plan[], national: string): boolean {
  return found.some(({ pattern, lengths }) => {
    return lengths.includes(national.length) && pattern.test(national);
  });
}

/** No calling code begins with another one, so the first that has plans is the code. */
function plansOf(code: string): readonly Plan[] {
  const known = plans.get(code);
  if (known) return known;
  const entries = codes[code]?.map((country) => countries[country]) ?? [elsewhere[code]];
  const made = entries.flatMap((entry) => (entry ? [planOf(entry)] : []));
  plans.set(code, made);
  return made;
}

function planOf(entry: readonly unknown[]): Plan {
  const [, , pattern, lengths] = entry;
  if (typeof pattern !== 'string' || !Array.isArray(lengths)) {
    throw new TypeError('libphonenumber-js changed the format of its data');
  }
  return { pattern: new RegExp(`^(?:${pattern})$`), lengths };
}
