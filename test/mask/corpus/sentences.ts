import type { Country } from './draw.ts';

export interface Sentences {
  /** With something sensitive. */
  readonly telling: readonly string[];
  /** With nothing sensitive, and what may look like it. */
  readonly harmless: readonly string[];
  readonly greetings: readonly string[];
  readonly closings: readonly string[];
}

const en: Sentences = {
  telling: [
    'Please call {name} back on {phone} before Friday.',
    'You can reach me at {email} or on {phone}.',
    '{name} ({email}) reported the outage at {time}.',
    'The patient, {name}, was born on {dob} and lives at {address}.',
    'Customer {name}, DOB {dob}, asked for a refund of {price}.',
    'Date of birth: {dob}. {id}.',
    'My date of birth is {dob}.',
    'I talked to {titled} about invoice {invoice}.',
    'The card used was {card}, charged {price} on {date}.',
    'Wire the deposit to IBAN {iban} by {date}.',
    'We verified the caller by {id}.',
    'Ship it to {address}.',
    'Her new address is {address}, as of {date}.',
    'The request came from {ip} with request id {requestid}.',
    'The laptop with MAC address {mac} got the lease {ip}.',
    'Send the payout to {wallet} please.',
    'Somebody pasted the key {secret} into the channel, rotate it.',
    'The password is {secret:password} and it never expires.',
    'Log in with user deploy, password: {secret:password}',
    '{name} and {name} will join the call.',
    'According to {name}, the order {order} was never delivered.',
    'Signed by {last-first} on {date}.',
    'Tell {first} {last} that {product} {version} is out.',
    'Emergency contact: {name}, {phone}',
  ],
  harmless: [
    'Order {order} was shipped with tracking number {tracking} on {date}.',
    'Commit {git} fixes the crash in {product} {version}.',
    'The deployment finished at {iso} after {count} seconds.',
    'Invoice {invoice} over {price} is due in {month}.',
    'The {company} contract covers {place} and {place}.',
    'ISBN {isbn}, EAN {ean}, price {price}.',
    'See ticket {ticket}; part number {part} is out of stock.',
    'Our office in {place} opens on {date}.',
    'The service at {host} answered {count} requests, p99 {count} ms.',
    'The parcel left the warehouse at {coordinates}.',
    'In {month} we moved {product} from {place} to {place}.',
    'Release {version} was tagged as {git7} on {date}.',
    'We met {company} in {place} and talked about {product}.',
    'Checksum {sha256} matches the download.',
    'The browser was {browser}.',
    'The file has {size} bytes and the ETag {etag}.',
    'The company was founded on {date}.',
    'The password must have at least 12 characters and a digit.',
    'Reset the token in the settings page before {month}.',
    'Will April sales beat May and June? Mark the date: {date}.',
    'Call the function with 10 arguments, then mail the report to the team.',
    'Main Street was closed for 3 days, and Highway 101 for 12.',
    'The General Manager and the Head of Sales approved the Annual Report.',
    'Account number {order}, batch {phone-like}, reference {requestid}.',
  ],
  greetings: [
    'Hi {first},',
    'Dear {name},',
    'Dear {titled},',
    'Hello {first},',
    'Hi team,',
    'Dear Sir or Madam,',
    'Hello everyone,',
  ],
  closings: [
    'Best regards,\n{name}',
    'Kind regards\n{name}\n{phone}',
    'Thanks,\n{first}',
    'Cheers,\n{first}',
    'Best,\n{name}\nHead of Operations\n{phone}',
    'Sincerely,\n\n{name}',
  ],
};

const de: Sentences = {
  telling: [
    'Bitte rufen Sie {name} unter {phone} zurück.',
    'Sie erreichen mich unter {email} oder {phone}.',
    'Die Patientin {name}, geboren am {dob}, wohnt in der {address}.',
    'Kunde {name}, geb. {dob}, bittet um Erstattung von {price}.',
    'Geburtsdatum: {dob}, {id}',
    'Ich habe mit {titled} über die Rechnung {invoice} gesprochen.',
    'Bezahlt wurde mit der Karte {card} am {date}.',
    'Bitte überweisen Sie auf das Konto {iban}.',
    'Lieferadresse: {address}.',
    'Die neue Anschrift lautet {address}.',
    'Die Anfrage kam von {ip}, Vorgang {ticket}.',
    'Das Passwort lautet {secret:password}',
    'Jemand hat den Schlüssel {secret} in den Kanal kopiert.',
    'Laut {name} kam die Bestellung {order} nie an.',
    '{name} und {name} nehmen am Gespräch teil.',
    'Zur Prüfung: {id}.',
  ],
  harmless: [
    'Die Bestellung {order} wurde am {date} mit der Sendungsnummer {tracking} verschickt.',
    'Die Rechnung {invoice} über {price} ist im {month} fällig.',
    'Der Vertrag mit {company} gilt für {place} und {place}.',
    'Version {version} von {product} behebt den Fehler {ticket}.',
    'Das Ersatzteil {part} ist im Lager, Stückzahl {count}.',
    'Die Besprechung findet am {date} um 14 Uhr im großen Saal statt.',
    'Der Server {host} hat {count} Anfragen beantwortet.',
    'Der Geschäftsführer hat den Jahresbericht und die Bilanz genehmigt.',
    'Artikelnummer {ean}, Charge {phone-like}, Gewicht 12,5 kg.',
    'Die Firma wurde am {date} gegründet.',
    'Das Passwort muss mindestens zwölf Zeichen haben.',
    'Zimmer 12 im Erdgeschoss, Halle 3, Stand 45.',
  ],
  greetings: [
    'Liebe {first},',
    'Hallo {first},',
    'Sehr geehrte {titled},',
    'Sehr geehrter {titled},',
    'Sehr geehrte Damen und Herren,',
    'Guten Tag,',
  ],
  closings: [
    'Mit freundlichen Grüßen\n{name}',
    'Viele Grüße\n{first}',
    'Beste Grüße,\n{name}\n{phone}',
    'Mit freundlichen Grüßen\n\n{name}\nVertrieb',
  ],
};

const fr: Sentences = {
  telling: [
    'Merci de rappeler {name} au {phone}.',
    'Vous pouvez me joindre à {email} ou au {phone}.',
    'La patiente {name}, née le {dob}, habite {address}.',
    'Le client {name}, né le {dob}, demande un remboursement de {price}.',
    'Date de naissance : {dob}. {id}.',
    "J'ai parlé à {titled} de la facture {invoice}.",
    'La carte utilisée est la {card}.',
    'Merci de virer la somme sur le compte {iban}.',
    'Adresse de livraison : {address}.',
    'La requête venait de {ip}.',
    'Le mot de passe est {secret:password}',
    'Selon {name}, la commande {order} n’est jamais arrivée.',
    'Quelqu’un a collé la clé {secret} dans le canal.',
  ],
  harmless: [
    'La commande {order} a été expédiée le {date}, suivi {tracking}.',
    'La facture {invoice} de {price} est à régler avant le {date}.',
    'Le contrat avec {company} couvre {place} et {place}.',
    'La version {version} de {product} corrige le ticket {ticket}.',
    'La réunion aura lieu le {date} à 14 h dans la grande salle.',
    'Le serveur {host} a répondu à {count} requêtes.',
    'La société a été créée le {date}.',
    'La pièce {part} est en stock, quantité {count}.',
    'Le mot de passe doit avoir au moins douze caractères.',
  ],
  greetings: [
    'Bonjour {first},',
    'Chère {first},',
    'Cher {titled},',
    'Bonjour,',
    'Madame, Monsieur,',
  ],
  closings: ['Cordialement,\n{name}', 'Bien à vous,\n{name}\n{phone}', 'Merci,\n{first}'],
};

const es: Sentences = {
  telling: [
    'Por favor, llame a {name} al {phone}.',
    'Puede escribirme a {email} o llamarme al {phone}.',
    'La paciente {name}, nacida el {dob}, vive en {address}.',
    'Fecha de nacimiento: {dob}. {id}.',
    'He hablado con el {titled} sobre la factura {invoice}.',
    'La tarjeta usada fue {card}.',
    'Transfiera el importe a la cuenta {iban}.',
    'Dirección de entrega: {address}.',
    'La contraseña es {secret:password}',
    'Según {name}, el pedido {order} nunca llegó.',
    'La petición vino de {ip}.',
  ],
  harmless: [
    'El pedido {order} se envió el {date} con seguimiento {tracking}.',
    'La factura {invoice} de {price} vence el {date}.',
    'El contrato con {company} cubre {place} y {place}.',
    'La versión {version} de {product} corrige el error {ticket}.',
    'La reunión será el {date} a las 14 h en la sala grande.',
    'La empresa se fundó el {date}.',
    'La contraseña debe tener al menos doce caracteres.',
  ],
  greetings: ['Hola {first},', 'Estimado {titled},', 'Querida {first}:', 'Buenos días,'],
  closings: ['Un saludo,\n{name}', 'Atentamente,\n{name}\n{phone}', 'Gracias,\n{first}'],
};

const it: Sentences = {
  telling: [
    'Per favore richiami {name} al {phone}.',
    'La paziente {name}, nata il {dob}, abita in {address}.',
    'Data di nascita: {dob}. {id}.',
    'Ho parlato con {titled} della fattura {invoice}.',
    'La carta usata è {card}.',
    'Faccia il bonifico su {iban}.',
    'Indirizzo di consegna: {address}.',
    'La password è {secret:password}',
    'Mi scriva a {email}.',
  ],
  harmless: [
    "L'ordine {order} è partito il {date} con tracking {tracking}.",
    'La fattura {invoice} di {price} scade il {date}.',
    'Il contratto con {company} vale per {place} e {place}.',
    'La riunione è il {date} alle 14 nella sala grande.',
    'La società è stata fondata il {date}.',
  ],
  greetings: ['Ciao {first},', 'Gentile {titled},', 'Cara {first},', 'Buongiorno,'],
  closings: ['Cordiali saluti,\n{name}', 'Grazie,\n{first}', 'Distinti saluti\n{name}\n{phone}'],
};

const pt: Sentences = {
  telling: [
    'Por favor, ligue para {name} no {phone}.',
    'A paciente {name}, nascida em {dob}, mora na {address}.',
    'Data de nascimento: {dob}. {id}.',
    'Falei com o {titled} sobre a fatura {invoice}.',
    'O cartão usado foi {card}.',
    'Endereço de entrega: {address}.',
    'A senha é {secret:password}',
    'Escreva para {email}.',
  ],
  harmless: [
    'O pedido {order} foi enviado em {date}, rastreio {tracking}.',
    'A fatura {invoice} de {price} vence em {date}.',
    'O contrato com {company} vale para {place} e {place}.',
    'A empresa foi fundada em {date}.',
  ],
  greetings: ['Olá {first},', 'Prezado {titled},', 'Bom dia,'],
  closings: ['Atenciosamente,\n{name}', 'Abraços,\n{first}', 'Obrigado,\n{name}\n{phone}'],
};

const nl: Sentences = {
  telling: [
    'Bel {name} terug op {phone}.',
    'De patiënt {name}, geboren op {dob}, woont op {address}.',
    'Geboortedatum: {dob}. {id}.',
    'Ik sprak met {titled} over factuur {invoice}.',
    'Maak het bedrag over naar {iban}.',
    'Bezorgadres: {address}.',
    'Het wachtwoord is {secret:password}',
    'U bereikt mij op {email}.',
  ],
  harmless: [
    'Bestelling {order} is op {date} verzonden met trackingcode {tracking}.',
    'Factuur {invoice} van {price} vervalt op {date}.',
    'Het contract met {company} geldt voor {place} en {place}.',
    'Het bedrijf werd op {date} opgericht.',
  ],
  greetings: ['Beste {first},', 'Hoi {first},', 'Geachte {titled},', 'Goedemorgen,'],
  closings: [
    'Met vriendelijke groet,\n{name}',
    'Groeten,\n{first}',
    'Hartelijke groet,\n{name}\n{phone}',
  ],
};

const pl: Sentences = {
  telling: [
    'Proszę oddzwonić: {name}, tel. {phone}.',
    'Pacjentka {name}, ur. {dob}, adres: {address}.',
    'Data urodzenia: {dob}. {id}.',
    'Przelew na konto {iban}.',
    'Hasło: {secret:password}',
    'Proszę pisać na {email}.',
  ],
  harmless: [
    'Zamówienie {order} wysłano {date}, numer przesyłki {tracking}.',
    'Faktura {invoice} na {price} jest płatna do {date}.',
    'Umowa z {company} obejmuje {place} i {place}.',
    'Firma powstała {date}.',
  ],
  greetings: ['Cześć {first},', 'Szanowni Państwo,', 'Dzień dobry,'],
  closings: ['Pozdrawiam,\n{name}', 'Z poważaniem\n{name}\n{phone}'],
};

const sv: Sentences = {
  telling: [
    'Ring tillbaka till {name} på {phone}.',
    'Patienten {name}, född {dob}, bor på {address}.',
    'Födelsedatum: {dob}. {id}.',
    'Lösenordet är {secret:password}',
    'Skriv till {email}.',
  ],
  harmless: [
    'Beställning {order} skickades {date} med kollinummer {tracking}.',
    'Fakturan {invoice} på {price} förfaller {date}.',
    'Avtalet med {company} gäller {place} och {place}.',
  ],
  greetings: ['Hej {first},', 'Hej,'],
  closings: ['Med vänliga hälsningar,\n{name}', 'Vänligen\n{name}\n{phone}'],
};

const ru: Sentences = {
  telling: [
    'Перезвоните, пожалуйста: {phone}, {name}.',
    'Пациент: {name}, дата рождения: {dob}.',
    'Адрес доставки: {address}.',
    '{id}, дата рождения {dob}.',
    'Пароль: {secret:password}',
    'Пишите на {email}.',
  ],
  harmless: [
    'Заказ {order} отправлен {date}, номер отправления {tracking}.',
    'Счёт {invoice} на {price} нужно оплатить до {date}.',
    'Версия {version} вышла {date}.',
  ],
  greetings: ['Здравствуйте, {first}!', 'Добрый день!'],
  closings: ['С уважением,\n{name}', 'С уважением,\n{name}\n{phone}'],
};

const ja: Sentences = {
  telling: [
    '氏名：{name}、生年月日：{dob}、電話：{phone}。',
    '{name}様からお電話がありました。折り返しは{phone}まで。',
    '住所：{address}。',
    'ご連絡は {email} まで。',
    '{id}。',
    'パスワード：{secret:password}。',
  ],
  harmless: [
    '注文番号{order}は{date}に発送されました。追跡番号：{tracking}。',
    '請求書{invoice}の金額は{price}です。',
    'バージョン{version}は{date}に公開されました。',
  ],
  greetings: ['{last}様', 'お世話になっております。'],
  closings: ['よろしくお願いいたします。\n{name}', '以上'],
};

const cz: Sentences = {
  telling: [
    'Zavolejte prosím zpět: {name}, tel. {phone}.',
    'Pacientka {name}, narozena {dob}, bytem {address}.',
    'Datum narození: {dob}. {id}.',
    'Heslo: {secret:password}',
    'Pište na {email}.',
  ],
  harmless: [
    'Objednávka {order} byla odeslána {date}, zásilka {tracking}.',
    'Faktura {invoice} na {price} je splatná {date}.',
  ],
  greetings: ['Dobrý den,', 'Ahoj,'],
  closings: ['S pozdravem\n{name}', 'S pozdravem,\n{name}\n{phone}'],
};

const tr: Sentences = {
  telling: [
    'Lütfen {name} ile {phone} numarasından görüşün.',
    'Doğum tarihi: {dob}. {id}.',
    'Teslimat adresi: {address}.',
    'Şifre: {secret:password}',
    'Bana {email} adresinden yazın.',
  ],
  harmless: [
    '{order} numaralı sipariş {date} tarihinde gönderildi, takip {tracking}.',
    '{invoice} numaralı fatura {price} tutarındadır.',
  ],
  greetings: ['Merhaba {first},', 'Sayın {name},', 'Merhaba,'],
  closings: ['Saygılarımla,\n{name}', 'Teşekkürler,\n{first}'],
};

/** What people of a country write, one sentence at a time. */
export const sentences: Readonly<Record<Country, Sentences>> = {
  us: en,
  gb: en,
  in: en,
  de,
  fr,
  es,
  it,
  br: pt,
  nl,
  pl,
  sv,
  ru,
  ja,
  cz,
  tr,
};
