/** What of a date of birth a field holds. */
export type BirthField = 'day' | 'year';

const NAMES: ReadonlyMap<string, BirthField> = new Map([
  ...(
    'dob dateofbirth birthdate birthday bday birthdt dobirth birth birthdateiso geburtsdatum geburtstag gebdatum ' +
    'gebdat geb datedenaissance datenaissance naissance fechadenacimiento fechanacimiento fechanac nacimiento ' +
    'datadinascita datanascita datadenascimento datanascimento nascimento geboortedatum dataurodzenia ' +
    'födelsedatum fodelsedatum fødselsdato fodselsdato syntymäaika syntymaaika datumnarození datumnarozeni ' +
    'doğumtarihi dogumtarihi датарождения датанародження 生年月日 出生日期 出生年月日 생년월일'
  )
    .split(' ')
    .map((name) => [name, 'day'] as const),
  ...'birthyear yearofbirth yob geburtsjahr anneedenaissance annéedenaissance'
    .split(' ')
    .map((name) => [name, 'year'] as const),
]);
const OWNERS =
  /^(?:patient|customer|client|user|employee|person|member|child|spouse|owner|holder|applicant|guest|student|passenger)s?/;

/** All such names, without those with an owner in front. */
export const birthFieldNames: readonly string[] = [...NAMES.keys()];

/** What the field, line or column of a name holds. @param name as `plainName` makes it */
export function birthField(name: string): BirthField | undefined {
  return NAMES.get(name) ?? NAMES.get(name.replace(OWNERS, ''));
}
