import type { Country } from './draw.ts';
import {
  arCuit,
  auTfn,
  beNrn,
  brCnpj,
  brCpf,
  caSin,
  chAhv,
  clRut,
  cnResidentId,
  czBirthNumber,
  deTaxId,
  dkCpr,
  esDni,
  esNie,
  fiHetu,
  frNir,
  inAadhaar,
  inPan,
  itFiscalCode,
  jpMyNumber,
  krRrn,
  type Make,
  mxCurp,
  nlBsn,
  noFodselsnummer,
  passport,
  plPesel,
  ruSnils,
  sePersonnummer,
  sgNric,
  trId,
  ukNhs,
  ukNino,
  usItin,
  usSsn,
  zaId,
} from './national-numbers.ts';

interface NationalId {
  readonly make: Make;
  /** What people write before the number; also the last part of a field's name. */
  readonly called: readonly string[];
  readonly fields: readonly string[];
  /** What a reader knows for what it is without a word beside it. */
  readonly bare?: boolean;
}

const id = (make: Make, called: string[], fields: string[], bare = false): NationalId => ({
  make,
  called,
  fields,
  bare,
});

/** National numbers of people, with right check digits, by the name of their detector. */
export const nationalIds: Readonly<Record<string, NationalId>> = {
  'us-ssn': id(
    usSsn,
    ['SSN', 'Social Security Number', 'social security no.'],
    ['ssn', 'social_security_number'],
    true,
  ),
  'uk-nino': id(
    ukNino,
    ['NI number', 'National Insurance number', 'NINO'],
    ['nino', 'ni_number'],
    true,
  ),
  'uk-nhs': id(ukNhs, ['NHS number', 'NHS no.'], ['nhs_number']),
  'ca-sin': id(caSin, ['SIN', 'Social Insurance Number'], ['sin', 'social_insurance_number']),
  'de-steuer-id': id(
    deTaxId,
    ['Steuer-ID', 'Steueridentifikationsnummer', 'IdNr.'],
    ['steuer_id', 'tax_id'],
  ),
  'fr-nir': id(
    frNir,
    ['Numéro de sécurité sociale', 'NIR', 'n° sécu'],
    ['nir', 'numero_securite_sociale'],
  ),
  'es-dni': id(esDni, ['DNI', 'NIF', 'D.N.I.'], ['dni', 'nif'], true),
  'es-nie': id(esNie, ['NIE', 'N.I.E.'], ['nie'], true),
  'it-codice-fiscale': id(
    itFiscalCode,
    ['Codice fiscale', 'C.F.'],
    ['codice_fiscale', 'fiscal_code'],
    true,
  ),
  'nl-bsn': id(nlBsn, ['BSN', 'Burgerservicenummer'], ['bsn']),
  'pl-pesel': id(plPesel, ['PESEL', 'nr PESEL'], ['pesel']),
  'se-personnummer': id(
    sePersonnummer,
    ['Personnummer', 'pnr'],
    ['personnummer', 'personal_identity_number'],
  ),
  'br-cpf': id(brCpf, ['CPF', 'CPF nº'], ['cpf']),
  'in-aadhaar': id(inAadhaar, ['Aadhaar', 'Aadhaar No', 'UID'], ['aadhaar', 'aadhaar_number']),
  'in-pan': id(inPan, ['PAN', 'PAN card'], ['pan', 'pan_number']),
  'tr-tckn': id(trId, ['T.C. Kimlik No', 'TC kimlik numarası', 'TCKN'], ['tckn', 'tc_kimlik_no']),
  'jp-my-number': id(jpMyNumber, ['マイナンバー', '個人番号', 'My Number'], ['my_number']),
  'cz-birth-number': id(czBirthNumber, ['Rodné číslo', 'r.č.'], ['rodne_cislo'], true),
  'ru-snils': id(ruSnils, ['СНИЛС'], ['snils'], true),
  'be-nrn': id(
    beNrn,
    ['Rijksregisternummer', 'Numéro national', 'INSZ'],
    ['national_number'],
    true,
  ),
  'fi-hetu': id(fiHetu, ['Henkilötunnus', 'hetu'], ['hetu', 'henkilotunnus'], true),
  'ch-ahv': id(chAhv, ['AHV-Nr.', 'AHV-Nummer', 'No AVS'], ['ahv', 'avs_number'], true),
  'sg-nric': id(sgNric, ['NRIC', 'NRIC/FIN'], ['nric'], true),
  'cn-resident-id': id(
    cnResidentId,
    ['身份证号', '身份证号码', 'ID card'],
    ['id_card_number', 'resident_id'],
    true,
  ),
  'au-tfn': id(auTfn, ['TFN', 'Tax File Number'], ['tfn', 'tax_file_number']),
  'kr-rrn': id(krRrn, ['주민등록번호', 'RRN'], ['rrn', 'resident_registration_number'], true),
  'br-cnpj': id(brCnpj, ['CNPJ'], ['cnpj'], true),
  'us-itin': id(usItin, ['ITIN', 'Individual Taxpayer Identification Number'], ['itin'], true),
  'no-fodselsnummer': id(noFodselsnummer, ['F\u00f8dselsnummer', 'fnr'], ['fodselsnummer', 'fnr']),
  'dk-cpr': id(dkCpr, ['CPR-nummer', 'CPR'], ['cpr', 'cpr_number']),
  'mx-curp': id(mxCurp, ['CURP'], ['curp'], true),
  'ar-cuit': id(arCuit, ['CUIL', 'CUIT'], ['cuil', 'cuit'], true),
  'cl-rut': id(clRut, ['RUT', 'RUN'], ['rut'], true),
  passport: id(
    passport,
    ['Passport number', 'Passport No', 'Passport'],
    ['passport_number', 'passport_no'],
  ),
  'za-id': id(zaId, ['SA ID number', 'South African ID'], ['sa_id_number']),
};

/** Which of them a document of a country has. */
export const idsOf: Readonly<Record<Country, readonly string[]>> = {
  us: ['us-ssn', 'us-ssn', 'ca-sin', 'us-itin'],
  gb: ['uk-nino', 'uk-nhs', 'au-tfn', 'passport'],
  de: ['de-steuer-id', 'ch-ahv'],
  fr: ['fr-nir', 'be-nrn'],
  es: ['es-dni', 'es-nie', 'mx-curp', 'ar-cuit', 'cl-rut'],
  it: ['it-codice-fiscale'],
  br: ['br-cpf', 'br-cpf', 'br-cnpj'],
  nl: ['nl-bsn', 'be-nrn'],
  pl: ['pl-pesel'],
  sv: ['se-personnummer', 'fi-hetu', 'no-fodselsnummer', 'dk-cpr'],
  in: ['in-aadhaar', 'in-pan', 'za-id', 'sg-nric'],
  ru: ['ru-snils'],
  ja: ['jp-my-number', 'cn-resident-id', 'kr-rrn'],
  cz: ['cz-birth-number'],
  tr: ['tr-tckn'],
};
