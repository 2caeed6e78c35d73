import { describe, expect, it } from 'vitest';
import { personIds } from '../../../src/mask/detectors/person-id/person-ids.ts';
import { found } from './found.ts';

// Every number is made up, or one that the authority prints as an example.
interface Case {
  readonly name: string;
  /** Each is found whole in "on file: … (today)", so by its form. */
  readonly alone?: readonly string[];
  /** A text, and what is found in it. */
  readonly inText?: readonly (readonly [text: string, id: string])[];
  /** A field's name, and what is found as its value. */
  readonly inField?: readonly (readonly [field: string, id: string])[];
  readonly not?: readonly string[];
}

const cases: readonly Case[] = [
  {
    name: 'us-ssn',
    alone: ['536-22-8726', '536 22 8726', '536\u201122\u20118726', '536-\u200b22-8726'],
    inText: [
      ['SSN: 536228726', '536228726'],
      ['{"socialSecurityNumber":"536228726"}', '536228726'],
      ['n\u00famero de seguro social 536228726', '536228726'],
      ['536228726 (SSN)', '536228726'],
      ['order,ssn\n7,536228726', '536228726'],
    ],
    inField: [
      ['ssn', '536228726'],
      ['tax_id', '536228726'],
    ],
    not: [
      '000-22-8726',
      '666-22-8726',
      '900-22-8726',
      '536-00-8726',
      '536-22-0000',
      '536228726',
      'order no. 536-22-8726',
      '1-536-22-8726',
      '536-22-8726-1',
      '{"ssn":null,"order":"536228726"}',
      'a536-22-8726',
    ],
  },
  {
    name: 'us-itin',
    alone: ['912-90-3456', '912 70 3456'],
    inField: [['itin', '912903456']],
    not: ['912-93-3456', '912-49-3456', '912903456'],
  },
  {
    name: 'uk-nino',
    alone: ['AB123456C', 'AB 12 34 56 C', 'AB-12-34-56-C'],
    inText: [
      ['NI number ab123456c', 'ab123456c'],
      ['NINO: AB123456', 'AB123456'],
    ],
    not: ['GB123456A', 'DA123456A', 'AO123456A', 'AB123456E', 'ab123456c', 'part no. AB123456C'],
  },
  {
    name: 'uk-nhs',
    inText: [
      ['NHS number 943 476 5919', '943 476 5919'],
      ['Patient: 9434765919', '9434765919'],
    ],
    inField: [['nhsNumber', '943-476-5919']],
    not: ['943 476 5919', 'NHS number 943 476 5918'],
  },
  {
    name: 'ca-sin',
    alone: ['046-454-286'],
    inText: [
      ['SIN 046 454 286', '046 454 286'],
      ['NAS : 046454286', '046454286'],
    ],
    not: ['046 454 286', '046454286', '046-454-287'],
  },
  {
    name: 'au-tfn',
    inText: [
      ['TFN 123 456 782', '123 456 782'],
      ['Tax File Number: 123456782', '123456782'],
    ],
    not: ['123 456 782', 'TFN 123 456 783'],
  },
  {
    name: 'in-aadhaar',
    alone: ['2341 2341 2346'],
    inText: [
      ['Aadhaar: 234123412346', '234123412346'],
      ['\u0906\u0927\u093e\u0930 2341-2341-2346', '2341-2341-2346'],
    ],
    not: ['234123412346', '2341 2341 2347', '1341 2341 2346', '4111 1111 1111 1111'],
  },
  {
    name: 'in-pan',
    alone: ['ABCPE1234F'],
    inText: [['PAN card: abcpe1234f', 'abcpe1234f']],
    not: ['ABCDE1234F', 'abcpe1234f', 'ABCPE0000F'],
  },
  {
    name: 'br-cpf',
    alone: ['529.982.247-25'],
    inText: [['CPF 52998224725', '52998224725']],
    not: ['529.982.247-26', '52998224725', '111.111.111-11'],
  },
  {
    name: 'br-cnpj',
    alone: ['11.222.333/0001-81', '12.ABC.345/01DE-35'],
    inField: [['cnpj', '11222333000181']],
    not: ['11.222.333/0001-82', '11222333000181'],
  },
  {
    name: 'es-dni',
    alone: ['12345678Z', '12345678-Z', '12.345.678-Z', 'X1234567L', 'X-1234567-L'],
    inText: [
      ['DNI 12345678z', '12345678z'],
      ['NIE: x1234567l', 'x1234567l'],
    ],
    not: ['12345678A', '12345678z', 'X1234567M'],
  },
  {
    name: 'it-codice-fiscale',
    alone: ['RSSMRA85T10A562S', 'rssmra85t10a562s', 'RSSMRA85T10A56NH'],
    not: ['RSSMRA85T10A562T', 'RSSMRA85T32A562S', 'RSSMRA85Z10A562S'],
  },
  {
    name: 'fr-nir',
    alone: ['255081416802538', '2 55 08 14 168 025 38'],
    inText: [['s\u00e9curit\u00e9 sociale : 2550814168025', '2550814168025']],
    not: ['255081416802539', '2550814168025'],
  },
  {
    name: 'de-steuer-id',
    alone: ['36 574 261 809'],
    inText: [
      ['Steuer-ID: 36574261809', '36574261809'],
      ['IdNr. 36 574 261 809', '36 574 261 809'],
    ],
    not: ['36574261809', '36 574 261 890', '12 345 678 901'],
  },
  {
    name: 'nl-bsn',
    alone: ['1112.22.333'],
    inText: [
      ['BSN: 111222333', '111222333'],
      ['burgerservicenummer 111222333', '111222333'],
    ],
    not: ['111222333', 'BSN 111222334'],
  },
  {
    name: 'be-nrn',
    alone: ['85.07.30-033.28', '85073003328'],
    inText: [['rijksregisternummer 85 07 30 033 28', '85 07 30 033 28']],
    not: ['85.07.30-033.29', '85133003328'],
  },
  {
    name: 'pl-pesel',
    inText: [['PESEL: 44051401359', '44051401359']],
    inField: [['pesel', '44051401359']],
    not: ['44051401359', 'PESEL 44051401358'],
  },
  {
    name: 'cz-birth-number',
    alone: ['736028/5163'],
    inText: [['rodn\u00e9 \u010d\u00edslo 7360285163', '7360285163']],
    not: ['736028/5164', '7360285163'],
  },
  {
    name: 'ru-snils',
    alone: ['112-233-445 95'],
    inText: [['\u0421\u041d\u0418\u041b\u0421 11223344595', '11223344595']],
    not: ['112-233-445 96', '11223344595'],
  },
  {
    name: 'se-personnummer',
    alone: ['811228-9874', '19811228-9874', '811288-9871', '811228+9874'],
    inText: [
      ['personnummer 8112289874', '8112289874'],
      ['pnr: 198112289874', '198112289874'],
    ],
    not: ['811228-9873', '811328-9874', '8112289874', '20240101-1236'],
  },
  {
    name: 'fi-hetu',
    alone: ['131052-308T', '131052A308T', '131052-308t'],
    not: ['131052-308U', '131352-308T', '131052G308T'],
  },
  {
    name: 'no-fodselsnummer',
    alone: ['11077941012', '110779 41012'],
    inText: [['f\u00f8dselsnummer: 11077941012', '11077941012']],
    not: ['11077941013', '32077941012'],
  },
  {
    name: 'dk-cpr',
    alone: ['211062-5629'],
    inText: [
      ['CPR: 211062-5620', '211062-5620'],
      ['cpr-nr 2110625629', '2110625629'],
    ],
    not: ['211062-5620', '2110625629', '321062-5629'],
  },
  {
    name: 'ch-ahv',
    alone: ['756.9217.0769.85', '7569217076985'],
    not: ['756.9217.0769.84', '755.9217.0769.85'],
  },
  {
    name: 'cn-resident-id',
    alone: ['11010519491231002X', '11010519491231002x', '110105 19491231 002X'],
    inText: [
      ['\u8eab\u4efd\u8bc1\u53f7\u780111010519491231002X\u3002', '11010519491231002X'],
      ['\u8eab\u4efd\u8bc1\u53f7 110105491231002', '110105491231002'],
    ],
    not: ['110105194912310021', '99010519491231002X', '110105491231002'],
  },
  {
    name: 'kr-rrn',
    alone: ['971013-9019902'],
    inText: [
      ['\uc8fc\ubbfc\ub4f1\ub85d\ubc88\ud638: 9710139019902', '9710139019902'],
      ['RRN 971013-9019903', '971013-9019903'],
    ],
    not: ['971013-9019903', '9710139019902', '971313-9019902'],
  },
  {
    name: 'jp-my-number',
    inText: [
      ['\u30de\u30a4\u30ca\u30f3\u30d0\u30fc\uff1a123456789018', '123456789018'],
      ['My Number 1234 5678 9018', '1234 5678 9018'],
    ],
    not: ['123456789018', 'My Number 123456789019'],
  },
  {
    name: 'sg-nric',
    alone: ['S1234567D', 'T1234567J', 'F1234567N', 'G1234567X', 'M1234567K'],
    inText: [['NRIC s1234567d', 's1234567d']],
    not: ['S1234567E', 's1234567d'],
  },
  {
    name: 'za-id',
    alone: ['8001015009087', '800101 5009 087'],
    inText: [['SA ID: 8001015009087', '8001015009087']],
    not: ['8001015009088', '8013015009087', '1700000000000'],
  },
  {
    name: 'mx-curp',
    alone: ['BOXW310820HNERXN09', 'boxw310820hnerxn09'],
    not: ['BOXW310820HNERXN08', 'BOXW313820HNERXN09'],
  },
  {
    name: 'ar-cuit',
    alone: ['20-05536168-2'],
    inText: [['CUIT 20055361682', '20055361682']],
    not: ['20-05536168-3', '20055361682', '99-05536168-2'],
  },
  {
    name: 'cl-rut',
    alone: ['12.531.909-2', '76.086.428-5'],
    inText: [
      ['RUT: 12531909-2', '12531909-2'],
      ['rut 125319092', '125319092'],
    ],
    not: ['12.531.909-3', '12531909-2'],
  },
  {
    name: 'tr-tckn',
    inText: [
      ['T.C. Kimlik No: 17291716060', '17291716060'],
      ['TCKN 17291716060', '17291716060'],
    ],
    not: ['17291716060', 'TCKN 17291716061'],
  },
  {
    name: 'passport',
    inText: [
      ['Passport No: C01X00T47', 'C01X00T47'],
      ['passeport 12AB34567', '12AB34567'],
      ['\u62a4\u7167\u53f7\uff1aE12345678', 'E12345678'],
    ],
    inField: [['passportNumber', '123456789']],
    not: ['C01X00T47', 'passport office', 'passport PASSWORD'],
  },
];

const hardNegatives = [
  'commit 9fceb02d0ae598e95dc970b74767f19372d61af8',
  'id 550e8400-e29b-41d4-a716-446655440000',
  '2026-11-21T12:30:45.123Z GET /api/v1/items/123456 200 17ms',
  'order ORD-2026-0012345, invoice 20261121-0007',
  'at 1700000000 and 1700000000123',
  'lat 48.858370, lon 2.294481, total 1234567.89 EUR',
  'tracking 1Z999AA10123456784',
  '978-3-16-148410-0',
  '10.0.0.1 v1.2.3 aa:bb:cc:dd:ee:ff',
  '4111 1111 1111 1111',
  'app-20240101-1230.log',
];

describe('identifiers of people', () => {
  it('have a table of cases each', () => {
    expect(personIds.map(({ name }) => name).sort()).toEqual(cases.map(({ name }) => name).sort());
  });

  describe.each(cases)('$name', ({ name, alone = [], inText = [], inField = [], not = [] }) => {
    it.each(alone)('finds %s by its form', (id) => {
      expect(found(name, `on file: ${id} (today)`)).toEqual([id]);
      expect(found(name, `${id},${id}`)).toEqual([id, id]);
    });

    it.each(inText)('finds in %j what the words name', (text, id) => {
      expect(found(name, text)).toEqual([id]);
    });

    it.each(inField)('finds in a field %s its value %s', (field, id) => {
      expect(found(name, id, field)).toEqual([id]);
    });

    it.each([...not, ...hardNegatives])('finds nothing in %j', (text) => {
      expect(found(name, text)).toEqual([]);
    });

    it('takes linear time on digits and the forms repeated', () => {
      const parts = ['1', '1 ', '1-', '1.', '12 34 56 ', '123-45-6789 ', 'A1', ...alone];
      for (const part of parts) {
        expect(found(name, part.repeat(20_000)).length).toBeLessThanOrEqual(20_000);
      }
    });
  });
});
