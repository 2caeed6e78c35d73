import { describe, expect, it } from 'vitest';
import { dateOfBirth } from '../../../src/mask/detectors/birth/date-of-birth.ts';

function found(text: string, field?: string): string[] {
  return dateOfBirth.find(text, field).map(({ start, end }) => text.slice(start, end));
}

describe('date-of-birth', () => {
  it.each([
    ['She was born on 12 March 1985 in Leeds.', '12 March 1985'],
    ['DOB: 03/12/1985', '03/12/1985'],
    ['D.O.B. 3/12/85', '3/12/85'],
    ['Date of birth: March 12th, 1985', 'March 12th, 1985'],
    ['born March 12, 1985', 'March 12, 1985'],
    ['Anna Weber, geb. am 12.03.1985, Berlin', '12.03.1985'],
    ['Geburtsdatum 12. M\u00e4rz 1985', '12. M\u00e4rz 1985'],
    ['n\u00e9e le 3 f\u00e9vrier 1985 \u00e0 Lyon', '3 f\u00e9vrier 1985'],
    ['n\u00e9(e) le 03/02/1985', '03/02/1985'],
    ['fecha de nacimiento: 3 de marzo de 1985', '3 de marzo de 1985'],
    ['nata il 3 marzo 1985', '3 marzo 1985'],
    ['nascido em 3 de mar\u00e7o de 1985', '3 de mar\u00e7o de 1985'],
    ['geboren op 3 maart 1985', '3 maart 1985'],
    ['ur. 3 marca 1985 r.', '3 marca 1985'],
    ['f\u00f6dd 1985-03-12', '1985-03-12'],
    [
      '\u0434\u0430\u0442\u0430 \u0440\u043e\u0436\u0434\u0435\u043d\u0438\u044f: 12.03.1985',
      '12.03.1985',
    ],
    ['\u751f\u5e74\u6708\u65e5\uff1a1985\u5e743\u670812\u65e5', '1985\u5e743\u670812\u65e5'],
    ['Karl Marx (* 5. Mai 1918)', '5. Mai 1918'],
    ['12.03.1985 (DOB)', '12.03.1985'],
    ['"dateOfBirth":"1985-03-12T00:00:00Z"', '1985-03-12T00:00:00Z'],
    ['birth_date = 19850312', '19850312'],
  ])('finds in %j', (text, expected) => {
    expect(found(text)).toEqual([expected]);
  });

  it.each([
    ['1985-03-12', 'dob'],
    ['12/03/1985', 'birthDate'],
    ['19850312', 'patient_birth_date'],
    ['1985', 'birth_year'],
    ['12. M\u00e4rz 1985', 'Geburtsdatum'],
  ])('finds %j in the field %s', (text, field) => {
    expect(found(text, field)).toEqual([text]);
  });

  it('finds the days of a column under its heading, and no others', () => {
    const csv = 'name,dob,joined\nAna,1985-03-12,2024-01-02\nBen,1990-11-30,2024-01-03\n';
    expect(found(csv)).toEqual(['1985-03-12', '1990-11-30']);
    const table = '| joined | Date of Birth |\n|---|---|\n| 2024-01-02 | 12 May 1985 |\n';
    expect(found(table)).toEqual(['12 May 1985']);
  });

  it.each([
    'The invoice of 12.03.1985 is paid.',
    'Released on March 12, 2024.',
    'born in Leeds. The shop opened on 2024-03-12.',
    'born 1885 or so, see 10.12.2.1985.7',
    'DOB: unknown',
    'born on 45.13.1985',
    'born on 31.02.1685',
    'geboren am Hauptbahnhof 12',
    'reborn-2.3.1985-rc',
    '1985',
    '',
  ])('finds nothing in %j', (text) => {
    expect(found(text)).toEqual([]);
  });

  it('leaves the other days of a sentence alone', () => {
    expect(found('born 1985-03-12, admitted 2024-01-02')).toEqual(['1985-03-12']);
  });

  it.each([
    ['1985-03-12', 'created_at'],
    ['2024', 'year'],
    ['3', 'dob'],
  ])('finds nothing in %j in the field %s', (text, field) => {
    expect(found(text, field)).toEqual([]);
  });
});
