/** What part of an address a field holds. */
export type PostalField = 'address' | 'street' | 'city' | 'postcode';

const NAMES: ReadonlyMap<string, PostalField> = new Map(
  Object.entries({
    address:
      'address addr addressline fulladdress postaladdress mailingaddress streetaddress homeaddress residence shipto billto ' +
      'shiptoaddress billtoaddress adresse anschrift lieferadresse rechnungsadresse lieferanschrift wohnort wohnanschrift ' +
      'postanschrift adressedelivraison adressepostale domicile dirección direccion direccióndeentrega direcciondeentrega ' +
      'domicilio indirizzo indirizzodiconsegna residenza endereço endereco endereçodeentrega adres bezorgadres woonadres ' +
      'adresdostawy adreszamieszkania adress leveransadress bytem bydliště adresa adresi teslimatadresi адрес ' +
      'адресдоставки 住所 地址 주소 お届け先',
    street:
      'street streetname address1 address2 addressline1 addressline2 addressline3 addr1 addr2 line1 line2 street1 street2 ' +
      'straße strasse strassehausnummer hausnummer rue voie calle via viale rua straat ulica gata sokak улица',
    city: 'city town locality suburb village cityname ort stadt wohnort ville commune ciudad localidad población poblacion città citta comune cidade woonplaats plaats miasto miejscowość stad město mesto şehir город 市区町村',
    postcode:
      'zip zipcode postcode postalcode postal plz postleitzahl codepostal códigopostal codigopostal cap codicepostale cep ' +
      'kodpocztowy postnummer psč psc postakodu индекс почтовыйиндекс 郵便番号 邮编 우편번호',
  }).flatMap(([kind, names]) =>
    names.split(' ').map((name) => [name, kind as PostalField] as const),
  ),
);
const OWNERS =
  /^(?:shipping|billing|delivery|mailing|home|work|office|customer|client|contact|patient|user|employee|sender|recipient|ship|bill|residential|permanent|current|legal|primary|new|old)/;

/** All such names, without those with an owner in front. */
export const postalFieldNames: readonly string[] = [...NAMES.keys()];

/** What the field, line or column of a name holds. @param name as `plainName` makes it */
export function postalField(name: string): PostalField | undefined {
  return NAMES.get(name) ?? NAMES.get(name.replace(OWNERS, ''));
}
