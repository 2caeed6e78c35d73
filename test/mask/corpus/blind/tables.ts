import type { Country } from '../draw.ts';

/** A header, and a row that is repeated: exports, SQL clients, spreadsheets. */
export const tables: readonly (readonly [
  format: string,
  country: Country | undefined,
  head: string,
  row: string,
])[] = [
  [
    'csv',
    'us',
    'id,first_name,last_name,email,phone,ssn,dob,created_at',
    '{x:count},{first},{last},{mail},{phone},{id:us-ssn},{dobiso},{x:iso}',
  ],
  [
    'csv',
    undefined,
    'order_id,customer,card_number,amount,currency,ip',
    '{x:order},{name},{card},{x:price},USD,{ip4}',
  ],
  [
    'csv',
    'de',
    'Kundennr;Name;Straße;PLZ;Ort;Telefon;IBAN',
    '{x:count};{name};{street};{code};{city};{phone};{iban}',
  ],
  [
    'tsv',
    'gb',
    'Ref\tPatient\tNHS number\tDOB\tWard',
    '{x:count}\t{name}\t{id:uk-nhs}\t{dobgb}\tNightingale',
  ],
  [
    'psql',
    'us',
    ' id | full_name | email | ssn | updated_at\n----+-----------+-------+-----+-----------',
    ' {x:count} | {name} | {mail} | {id:us-ssn} | {x:iso}',
  ],
  [
    'mysql',
    'br',
    '+------+--------+-----+-------+\n| id | nome | cpf | valor |\n+------+--------+-----+-------+',
    '| {x:count} | {name} | {id:br-cpf} | {x:price} |',
  ],
  [
    'markdown',
    undefined,
    '| Name | Role | E-mail | Phone |\n|---|---|---|---|',
    '| {name} | Engineer | {mail} | {phone} |',
  ],
  [
    'markdown',
    undefined,
    '| Component | Version | Digest | Size |\n|---|---|---|---|',
    '| libcurl | {x:semver} | {x:sha256} | {x:bytes} |',
  ],
  [
    'csv',
    undefined,
    'sku,ean,isbn,price,stock,updated',
    '{x:part},{x:ean},{x:isbn},{x:price},{x:count},{x:date}',
  ],
  [
    'csv',
    undefined,
    'vin,imei,tracking,lat,lon,ts',
    '{x:vin},{x:imei},{x:ups},{x:lat},{x:lon},{x:millis}',
  ],
  ['csv', 'pl', 'lp;nazwisko;imię;PESEL;miasto', '{x:count};{last};{first};{id:pl-pesel};{city}'],
  ['csv', 'nl', 'klantnr,naam,bsn,telefoon', '{x:count},{name},{id:nl-bsn},{phone}'],
  ['tsv', 'sv', 'Namn\tPersonnummer\tMobil', '{name}\t{id:se-personnummer}\t{phone}'],
  ['csv', 'fr', 'nom;prenom;num_secu;tel', '{last};{first};{id:fr-nir};{phone}'],
  [
    'insert',
    undefined,
    'INSERT INTO customers (id, name, email, phone, note) VALUES',
    "({x:count}, '{name}', '{mail}', '{phone}', 'ref {x:nine}'),",
  ],
  [
    'numbers',
    undefined,
    'account_no,invoice,quantity,total,batch',
    '{x:nine},{x:eleven},{x:count},{x:money},{x:twelve}',
  ],
];
