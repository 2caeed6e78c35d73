const PARTING = /[\s_-]+/g;
const MARKS = /\p{M}|\p{Cf}/gu;

/** A name of a field, with all that makes no difference gone: case, hyphens, underscores, blanks, accents. */
export function plainName(name: string): string {
  const lower = name.toLowerCase().replace(PARTING, '');
  return /^[\x20-\x7e]*$/.test(lower) ? lower : lower.normalize('NFKD').replace(MARKS, '');
}

/**
 * What a field of that name is called in placeholders and tokens: `First_Name` gives `first-name`; undefined where
 * it would be odd or long.
 */
export function fieldLabel(name: string): string | undefined {
  const label = name
    .trim()
    .toLowerCase()
    .replace(/[\s_.]+/g, '-');
  return /^[a-z0-9-]{1,32}$/.test(label) ? label : undefined;
}
