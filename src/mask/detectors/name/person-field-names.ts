/**
 * How sure the name of a field is that a person is in it: `part` is made for a person's name (`last_name`), `role`
 * for a person or a firm (`customer`), `any` for the name of whatever (`name`).
 */
export type PersonField = 'part' | 'role' | 'any';

const PART =
  'firstname lastname givenname familyname surname middlename maidenname fullname forename fname lname personname nickname preferredname legalname birthname ' +
  'vorname nachname familienname zuname geburtsname vollername vorundnachname prenom prénom nomdefamille nomcomplet nometprénom apellido apellidos primerapellido ' +
  'segundoapellido nombrecompleto nombreyapellidos primernombre cognome nomecompleto nomeecognome sobrenome voornaam achternaam volledigenaam imię imie nazwisko ' +
  'imięinazwisko imieinazwisko förnamn fornamn efternamn fornavn etternavn efternavn etunimi sukunimi jméno příjmení prijmeni jménoapříjmení soyad soyadı adsoyad adısoyadı имя фамилия ' +
  'отчество фио 氏名 姓名 お名前 성명 이름 nameoncard cardholdername cardholder patientname authorname ' +
  'contactname employeename customername clientname recipientname sendername accountholdername accountholder ' +
  'beneficiaryname guestname studentname passengername spousename fathername mothername parentname signatory';
const ROLE =
  'patient author agent assignee reporter customer client contact employee recipient sender beneficiary guest student ' +
  'passenger applicant attendee participant member manager supervisor doctor physician nurse teacher lawyer attorney ' +
  'owner createdby updatedby approvedby signedby assignedto requestedby preparedby reviewer approver contactperson emergencycontact ' +
  'ansprechpartner kunde kundin patientin autor auteur patiente cliente paciente contacto autorin bearbeiter absender empfänger ' +
  'attn spouse nextofkin tenant landlord buyer seller driver insured policyholder user displayname realname commonname nombre nom nome naam имя клиент пациент';
const ANY = 'name';

const FIELDS: ReadonlyMap<string, PersonField> = new Map([
  ...[ANY].map((name) => [name, 'any'] as const),
  ...ROLE.split(' ').map((name) => [name, 'role'] as const),
  ...PART.split(' ').map((name) => [name, 'part'] as const),
]);
const OWNERS =
  /^(?:shipping|billing|delivery|home|customer|client|contact|patient|user|employee|sender|recipient|emergency|primary|secondary|cardholder|account|holder|guest|student|person|your|the|his|her|my)s?/;

/** All such names, without those with an owner in front. */
export const personFieldNames: readonly string[] = [...FIELDS.keys()];

/** What the field, line or column of a name holds. @param name as `plainName` makes it */
export function personField(name: string): PersonField | undefined {
  return FIELDS.get(name) ?? FIELDS.get(name.replace(OWNERS, ''));
}
