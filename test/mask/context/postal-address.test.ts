import { describe, expect, it } from 'vitest';
import { postalAddress } from '../../../src/mask/detectors/address/postal-address.ts';

function found(text: string, field?: string): string[] {
  return postalAddress.find(text, field).map(({ start, end }) => text.slice(start, end));
}

describe('postal-address', () => {
  it.each([
    [
      'Ship it to 123 Main Street, Springfield, IL 62704.',
      '123 Main Street, Springfield, IL 62704',
    ],
    ['at 1600 Pennsylvania Avenue NW', '1600 Pennsylvania Avenue'],
    ['1 Infinite Loop, Cupertino, CA 95014-2083', '1 Infinite Loop, Cupertino, CA 95014-2083'],
    ['lives at 10 Downing Street, London, SW1A 2AA now', '10 Downing Street, London, SW1A 2AA'],
    ['77 Beak Street Apt. 4, London W1F 9DB', '77 Beak Street Apt. 4, London W1F 9DB'],
    ['wohnt in der Hauptstra\u00dfe 5a, 10115 Berlin.', 'Hauptstra\u00dfe 5a, 10115 Berlin'],
    ['Marc-Chagall-Str. 75\n05242 Halle', 'Marc-Chagall-Str. 75\n05242 Halle'],
    ['Am Markt 3, 99084 Erfurt', 'Am Markt 3, 99084 Erfurt'],
    ['12 rue de la Paix, 75002 Paris', '12 rue de la Paix, 75002 Paris'],
    ['Calle Mayor 7, 28013 Madrid', 'Calle Mayor 7, 28013 Madrid'],
    ['Via Roma 6, 00184 Roma', 'Via Roma 6, 00184 Roma'],
    ['Rua Augusta, 1500, 01304-001 S\u00e3o Paulo', 'Rua Augusta, 1500, 01304-001 S\u00e3o Paulo'],
    ['Kerkstraat 342c, 1017 GC Amsterdam', 'Kerkstraat 342c, 1017 GC Amsterdam'],
    ['ul. Prosta 60c, 00-838 Warszawa', 'ul. Prosta 60c, 00-838 Warszawa'],
    ['Storgatan 7, 211 34 Malm\u00f6', 'Storgatan 7, 211 34 Malm\u00f6'],
    [
      'Atat\u00fcrk Caddesi 12, 34394 \u0130stanbul',
      'Atat\u00fcrk Caddesi 12, 34394 \u0130stanbul',
    ],
    [
      '\u3012150-0002 \u6771\u4eac\u90fd\u6e0b\u8c37\u533a\u6e0b\u8c371\u4e01\u76ee2\u756a3\u53f7\u3002',
      '\u3012150-0002 \u6771\u4eac\u90fd\u6e0b\u8c37\u533a\u6e0b\u8c371\u4e01\u76ee2\u756a3\u53f7',
    ],
    ['Address: Flat 3, The Old Mill, Bath', 'Flat 3, The Old Mill, Bath'],
    ['{"zip":"62704","state":"IL"}', '62704'],
    ['Stra\u00dfe: Lange Reihe 12', 'Lange Reihe 12'],
    ['at 192 rue des Lilas, 44000 Nantes.', '192 rue des Lilas, 44000 Nantes'],
    ['na Rua Augusta, 121, Recife, 01359-039, a', 'Rua Augusta, 121, Recife, 01359-039'],
    [
      'Rua Sete de Setembro, 219, Recife, 01359-039',
      'Rua Sete de Setembro, 219, Recife, 01359-039',
    ],
    ['in der Ba\u011fdat Caddesi No: 49, 35249 Izmir.', 'Ba\u011fdat Caddesi No: 49, 35249 Izmir'],
    [
      'Adres: Ba\u011fdat Caddesi No: 49, 35249 Izmir. Cep',
      'Ba\u011fdat Caddesi No: 49, 35249 Izmir',
    ],
    [
      'Masarykovo n\u00e1m\u011bst\u00ed 42, 602 00 Brno',
      'Masarykovo n\u00e1m\u011bst\u00ed 42, 602 00 Brno',
    ],
    ['at 153 Kingsway, Leeds, LS9 9QD now', '153 Kingsway, Leeds, LS9 9QD'],
    ['167 County Road 12, Austin, TX 78737', '167 County Road 12, Austin, TX 78737'],
    ['am Nordring 5, 90408 Ulm', 'Nordring 5, 90408 Ulm'],
    ['address: ul. D\u0142uga 5, \u0141\u00f3d\u017a', 'ul. D\u0142uga 5, \u0141\u00f3d\u017a'],
  ])('finds in %j', (text, expected) => {
    expect(found(text)).toEqual([expected]);
  });

  it.each([
    ['Springfield', 'city'],
    ['62704', 'zip'],
    ['SW1A 2AA', 'postcode'],
    ['12 Wherever', 'street'],
    ['Casa 4, Vale do Lobo', 'shippingAddress'],
    ['10115', 'PLZ'],
  ])('finds %j in the field %s', (text, field) => {
    expect(found(text, field)).toEqual([text]);
  });

  it.each([
    ['0x52908400098527886E0F7030069857D2E4169EE7', 'address'],
    ['10.1.4.7', 'address'],
    ['ana@example.com', 'address'],
    ['https://example.com/a', 'address'],
    ['null', 'address'],
    ['12 Widgets', 'title'],
    ['4096', 'line1_size'],
    ['3c:22:fb:01:02:03', 'mac_address'],
  ])('finds nothing in %j in the field %s', (text, field) => {
    expect(found(text, field)).toEqual([]);
  });

  it.each([
    'Main Street was closed for 3 days.',
    'Version 12 Update 4 of the API',
    'In 2024 Amazon opened 12 Warehouses.',
    'Room 12, Building 4',
    'on May 12, 2024 Berlin was cold',
    'See chapter 3, section 12.',
    '12 May 2024',
    'order 12345 Berlin',
    'the address bar of 3 Browsers',
    'found via RFC 9728 in the metadata',
    'Copyright 2013, 2018 Free Software Foundation, Inc.',
    'Total 5, Spring 6, Engineering 101',
    '2 Items, Total 10000',
    'Windows 11, Version 22621',
    '15 GB Google Drive',
    'Address: an operator may carve a prefix of any RFC 6052',
    'Address: 0.0.0.0:8080 is where it listens',
    'file.h, line 1: #warning: it is obsolete',
    'install zip:amd64',
    'via: web',
    'Invoice of September, 2019, 12345 Total',
    '',
  ])('finds nothing in %j', (text) => {
    expect(found(text)).toEqual([]);
  });

  it('finds the cells of columns that are called so', () => {
    const csv = 'id;street;city;status\n1;Lange Reihe 12;Hamburg;open\n2;Am Hof 1;Wien;paid\n';
    expect(found(csv)).toEqual(['Lange Reihe 12', 'Hamburg', 'Am Hof 1', 'Wien']);
  });
});
