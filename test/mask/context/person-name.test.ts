import { describe, expect, it } from 'vitest';
import { personName } from '../../../src/mask/detectors/name/person-name.ts';

function found(text: string, field?: string): string[] {
  return personName.find(text, field).map(({ start, end }) => text.slice(start, end));
}

describe('person-name', () => {
  it.each([
    ['I talked to Ana Garc\u00eda yesterday.', ['Ana Garc\u00eda']],
    ['John F. Kennedy and Maria Skłodowska met.', ['John F. Kennedy', 'Maria Skłodowska']],
    ['J\u00fcrgen von der Heide called', ['J\u00fcrgen von der Heide']],
    ['Mr. Okonjo and Dr Xu agreed', ['Okonjo', 'Xu']],
    ['Frau Weber hat angerufen', ['Weber']],
    ['mevr. Jansen belde', ['Jansen']],
    ['Dear Priya,\nthanks', ['Priya']],
    ['Sehr geehrter Herr M\u00fcller,', ['M\u00fcller']],
    ['Bonjour Chlo\u00e9,', ['Chlo\u00e9']],
    ['Best regards,\nXiu Qx', ['Xiu Qx']],
    ['Mit freundlichen Gr\u00fc\u00dfen\n\nTorben Ahlefeld\nVertrieb', ['Torben Ahlefeld']],
    ['Thanks,\nZorb', ['Zorb']],
    ['From: Xiu Qx <x@example.com>', ['Xiu Qx']],
    ['Patient: Quill Thornby, ward 3', ['Quill Thornby']],
    ['"last_name": "Qx", "age": 3', ['Qx']],
    ['Smith, Jennifer', ['Smith, Jennifer']],
    ['TANAKA KEIKO and Tanaka Keiko', ['Tanaka Keiko']],
    [
      '\u0410\u043d\u043d\u0430 \u041e\u0440\u043b\u043e\u0432\u0430 \u0437\u0434\u0435\u0441\u044c',
      ['\u0410\u043d\u043d\u0430 \u041e\u0440\u043b\u043e\u0432\u0430'],
    ],
    [
      '\u041c\u0430\u043b\u044c\u0432\u0430 \u041f\u0435\u0442\u0440\u043e\u0432\u043d\u0430 \u043f\u0440\u0438\u0448\u043b\u0430',
      ['\u041c\u0430\u043b\u044c\u0432\u0430 \u041f\u0435\u0442\u0440\u043e\u0432\u043d\u0430'],
    ],
    ['\u7530\u4e2d\u82b1\u5b50\u69d8', ['\u7530\u4e2d\u82b1\u5b50']],
    ['[12:01:07] Xiu Qx: hello', ['Xiu Qx']],
    ['V\u00e1\u017een\u00fd pane Zorb,', ['Zorb']],
    ['Szanowny Panie Zorb,', ['Zorb']],
    [
      '\u0423\u0432\u0430\u0436\u0430\u0435\u043c\u044b\u0439 \u0417\u043e\u0440\u0431!',
      ['\u0417\u043e\u0440\u0431'],
    ],
    ['Sayg\u0131lar\u0131m\u0131zla,\nZorb Qx', ['Zorb Qx']],
    ['\u7530\u4e2d \u82b1\u5b50 \u69d8', ['\u7530\u4e2d \u82b1\u5b50']],
    ['My name is Zorb Qx.', ['Zorb Qx']],
    ['Il sottoscritto Zorb Qx, nato', ['Zorb Qx']],
    ['we met with Zorb Qx and left', ['Zorb Qx']],
    ['Contact Zorb Qx (z@example.com)', ['Zorb Qx']],
    ['| Name | E-mail |\n|---|---|\n| Zorb Qx | z |', ['Zorb Qx']],
    ['Name,Phone\nMax Ahmed,1', ['Max Ahmed']],
    ['BEGIN:VCARD\nN:Qx;Zorb;;;\nEND:VCARD', ['Qx', 'Zorb']],
  ])('finds in %j', (text, expected) => {
    expect(found(text)).toEqual(expected);
  });

  it.each([
    ['ana', 'first_name'],
    ['o\u2019brien', 'lastName'],
    ['Garc\u00eda M\u00e1rquez, Gabriel', 'full_name'],
    ['\u738b\u5c0f\u660e', '\u59d3\u540d'],
    ['Xiu Qx', 'patient'],
    ['Ana Garc\u00eda', 'name'],
    ['Ana Garc\u00eda', 'assignee'],
  ])('finds %j in the field %s', (text, field) => {
    expect(found(text, field)).toEqual([text]);
  });

  it.each([
    ['get_order_rows', 'name'],
    ['Apache Kafka', 'name'],
    ['Annual Report', 'name'],
    ['Blue Widget', 'product_name'],
    ['Acme Widgets Inc', 'customer'],
    ['null', 'first_name'],
    ['42', 'last_name'],
    ['admin', 'user'],
    ['https://example.com', 'author'],
    ['12 Ana Garc\u00eda Street', 'street'],
  ])('finds nothing in %j in the field %s', (text, field) => {
    expect(found(text, field)).toEqual([]);
  });

  it.each([
    'Goldman Sachs and Morgan Stanley met Robert Bosch GmbH.',
    'Will April sales beat May and June?',
    'The name is Node.',
    'Hello Node.js world',
    'M.Node=x;M.Pair=T',
    'shown by MS IE 6',
    'the left pane Zorb',
    'St George Ward and Saint Anna Clinic',
    '| Name | Version |\n|---|---|\n| Zorb Qx | 2 |',
    'Boston, MA 02110',
    'Kerkweg 7, 9795 SR Groningen',
    '14 avenue Jean Moulin, 69006 Lyon',
    'The Max Planck Institute in Paris, Texas',
    'We moved from San Jose to St. Louis and New York.',
    'Dear Sir or Madam,',
    'Dear Customer,',
    'Hi team,',
    'Best regards',
    'const AnnaSmith = new JohnSmith();',
    'Ana_Garcia@',
    'The General Manager approved the Annual Report on Monday.',
    'Ruby on Rails, Apache Lucene and Visual Studio Code',
    '12 Anna Street and Calle Ana Garc\u00eda, 12',
    '\u304a\u5ba2\u69d8',
    'name: build',
    '',
  ])('finds nothing in %j', (text) => {
    expect(found(text)).toEqual([]);
  });

  it('finds the cells of columns that are called so', () => {
    const csv = 'id,first_name,last_name,city\n1,Qua,Zorb,Rome\n2,Ix,"Vel, Jr",Oslo\n';
    expect(found(csv)).toEqual(['Qua', 'Zorb', 'Ix', 'Vel, Jr']);
    const psql = ' id | customer_name \n----+------\n  1 | Quill Thornby\n';
    expect(found(psql)).toEqual(['Quill Thornby']);
  });
});
