import { type BirthField, birthField } from './birth-field.ts';
import { type PersonField, personField } from './person-field-names.ts';
import { type PostalField, postalField } from './postal-field.ts';

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
