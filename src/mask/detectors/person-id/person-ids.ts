import type { Detector } from '../../detector.ts';
import { arCuit } from './ar-cuit.ts';
import { auTfn } from './au-tfn.ts';
import { beNrn } from './be-nrn.ts';
import { brCnpj } from './br-cnpj.ts';
import { brCpf } from './br-cpf.ts';
import { caSin } from './ca-sin.ts';
import { chAhv } from './ch-ahv.ts';
import { clRut } from './cl-rut.ts';
import { cnResidentId } from './cn-resident-id.ts';
import { czBirthNumber } from './cz-birth-number.ts';
import { deSteuerId } from './de-steuer-id.ts';
import { dkCpr } from './dk-cpr.ts';
import { esDni } from './es-dni.ts';
import { fiHetu } from './fi-hetu.ts';
import { frNir } from './fr-nir.ts';
import { type Identifier, needsOf } from './identifier.ts';
import { IdentifierSearch } from './identifier-search.ts';
import { inAadhaar } from './in-aadhaar.ts';
import { inPan } from './in-pan.ts';
import { itCodiceFiscale } from './it-codice-fiscale.ts';
import { jpMyNumber } from './jp-my-number.ts';
import { krRrn } from './kr-rrn.ts';
import { mxCurp } from './mx-curp.ts';
import { nlBsn } from './nl-bsn.ts';
import { noFodselsnummer } from './no-fodselsnummer.ts';
import { passport } from './passport.ts';
import { plPesel } from './pl-pesel.ts';
import { ruSnils } from './ru-snils.ts';
import { sePersonnummer } from './se-personnummer.ts';
import { sgNric } from './sg-nric.ts';
import { trTckn } from './tr-tckn.ts';
import { ukNhs } from './uk-nhs.ts';
import { ukNino } from './uk-nino.ts';
import { usItin } from './us-itin.ts';
import { usSsn } from './us-ssn.ts';
import { zaId } from './za-id.ts';

// Those first that prove most: of several that find the same, the first names it.
const kinds: readonly Identifier[] = [
  itCodiceFiscale,
  mxCurp,
  cnResidentId,
  frNir,
  chAhv,
  brCnpj,
  fiHetu,
  beNrn,
  noFodselsnummer,
  zaId,
  krRrn,
  usItin,
  usSsn,
  ukNino,
  inPan,
  sgNric,
  esDni,
  brCpf,
  arCuit,
  clRut,
  czBirthNumber,
  ruSnils,
  sePersonnummer,
  dkCpr,
  deSteuerId,
  inAadhaar,
  caSin,
  nlBsn,
  plPesel,
  trTckn,
  jpMyNumber,
  ukNhs,
  auTfn,
  passport,
];
const search = new IdentifierSearch(kinds);

/** Detectors of numbers that a state gives to people. All of them together look through a text once. */
export const personIds: readonly Detector[] = kinds.map((spec, kind) => ({
  name: spec.name,
  needs: needsOf(spec),
  family: search,
  find: (text, field) => search.spans(text, field, kind),
}));
