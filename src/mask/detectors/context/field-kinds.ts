import { type PostalField, postalField, postalFieldNames } from '../address/postal-field.ts';
import { type BirthField, birthField, birthFieldNames } from '../birth/birth-field.ts';
import { type PersonField, personField, personFieldNames } from '../name/person-field-names.ts';
import { isWord } from './ascii.ts';
import { ownCopy } from './own-copy.ts';
import { Trigrams } from './trigrams.ts';

/** What the field, line or column of a name holds, for each detector that goes by such names. */
export interface FieldKinds {
  readonly birth?: BirthField;
  readonly person?: PersonField;
  readonly postal?: PostalField;
}

const MARKS = /[^\p{L}\p{N}]+/gu;
const ASCII = /^[\w -]*$/;
const ASCII_MARKS = /[^a-z\d]+/g;

/** A name as its letters and digits alone, in lower case: `First Name`, `first_name` and `firstName` are one. */
export function plainName(name: string): string {
  const lower = name.toLowerCase();
  return ASCII.test(lower)
    ? lower.replace(ASCII_MARKS, '')
    : lower.normalize('NFC').replace(MARKS, '');
}

/** What a field holds by its name; undefined for names that say nothing of the kind. @param name as `plainName` makes it */
export function fieldKinds(name: string): FieldKinds | undefined {
  const birth = birthField(name);
  const person = personField(name);
  const postal = postalField(name);
  if (birth === undefined && person === undefined && postal === undefined) return undefined;
  return { ...(birth && { birth }), ...(person && { person }), ...(postal && { postal }) };
}

const MAX_REMEMBERED = 8_192;
const remembered = new Map<string, FieldKinds | null>();

/** The same for a name as it is written. Names come again and again, so they are remembered. */
export function kindsOfWritten(name: string): FieldKinds | undefined {
  const known = remembered.get(name);
  if (known !== undefined) return known ?? undefined;
  const kinds = fieldKinds(plainName(name));
  if (remembered.size >= MAX_REMEMBERED) remembered.clear();
  remembered.set(ownCopy(name), kinds ?? null);
  return kinds;
}

const ENDINGS = Trigrams.endingsOf([...birthFieldNames, ...personFieldNames, ...postalFieldNames]);
const BITS = 15;
const ASCII_END = 0x80;

/**
 * False where the name from one place to another surely says nothing of the kind: no such name ends with the
 * same letters and digits. Most names of most texts are told so, without making a string.
 */
export function mayTell(text: string, from: number, to: number): boolean {
  let key = 0;
  let shift = 0;
  for (let i = to - 1; i >= from && shift < BITS; i--) {
    const code = text.charCodeAt(i);
    if (code >= ASCII_END) return true;
    if (!isWord(code)) continue;
    key |= (code & 0x1f) << shift;
    shift += 5;
  }
  return ENDINGS.has(key);
}
