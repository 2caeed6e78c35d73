import type { Country } from '../draw.ts';

/** A format's name, whose people it is about (none: anybody's), and the text. */
export type Prose = readonly [format: string, country: Country | undefined, text: string];

/** What people write, in their languages. */
export const prose: readonly Prose[] = [
  [
    'hr-letter',
    'us',
    `Dear {first},

We are pleased to confirm your appointment as Senior Analyst at Northgate Freight Inc., starting Monday, March 3, 2025. Your manager will be {name-2} ({mail-2}).

For payroll we have the following on file. Please tell us by Friday if anything is wrong:
  Legal name: {name}
  Social Security no.: {id:us-ssn}
  Born: {dobus}
  Home address: {address}
  Direct deposit: account 000123, routing 021000021
Annual base salary is \${x:money}, paid on the 15th. Policy HR-204 (rev. 7) applies.

Kind regards,
{name-3}
People Operations, Portland`,
  ],
  [
    'hr-letter',
    'de',
    `Sehr geehrte Frau {last},

hiermit bestätigen wir Ihr Arbeitsverhältnis seit dem 01.04.2021. Ihre Steuerliche Identifikationsnummer lautet {id:de-steuer-id}, Ihr Gehalt geht auf das Konto {iban}.
Anschrift: {address}
geb. am {dobde}
Rückfragen bitte an Herrn {name-2}, Tel. {phone-2}, oder an {role}.

Mit freundlichen Grüßen
{name-3}
Leiterin Personal`,
  ],
  [
    'hr-letter',
    'fr',
    `Madame {name},

Suite à notre entretien du 12 mai, nous vous confirmons votre embauche. Merci de vérifier ces informations : née le {dobfr}, numéro de sécurité sociale {id:fr-nir}, domiciliée {address}.
Votre salaire sera viré sur le compte {iban}. Pour toute question, appelez M. {last-2} au {phone-2}.

Cordialement,
{name-3}, direction des ressources humaines`,
  ],
  [
    'contract',
    'es',
    `REUNIDOS. De una parte, D. {name}, mayor de edad, con DNI {id:es-dni} y domicilio en {address}; y de otra, Kestrel Data S.L. EXPONEN que el contrato nº {x:order} de fecha 3 de marzo de 2024 queda prorrogado. Correo de contacto: {mail}. Teléfono: {phone}.`,
  ],
  [
    'contract',
    'it',
    `Il sottoscritto {name}, nato a Bologna il {dobfr}, C.F. {id:it-codice-fiscale}, residente in {address}, dichiara di aver ricevuto la somma di € 1.250,00 sul conto IBAN {iban}. Cell. {phone}. Protocollo n. {x:nine}.`,
  ],
  [
    'contract',
    'br',
    `Eu, {name}, portador do CPF nº {id:br-cpf}, nascido em {dobfr}, residente na {address}, autorizo a empresa inscrita no CNPJ sob o nº {id:br-cnpj} a debitar R$ 349,90 por mês. Contato: {phone}, {mail}. Protocolo {x:eleven}.`,
  ],
  [
    'letter',
    'nl',
    `Beste {first},

Bedankt voor je aanmelding. We hebben je burgerservicenummer ({id:nl-bsn}) en je geboortedatum ({dobnl}) verwerkt. Klopt je adres nog: {address}? Zo niet, bel dan {phone-2}. Dossier {x:nine}.

Groet,
{name-2}`,
  ],
  [
    'letter',
    'pl',
    `Szanowny Panie {last},

potwierdzamy przyjęcie wniosku nr {x:order}. Dane wnioskodawcy: {name}, PESEL {id:pl-pesel}, zam. {address}, tel. {phone}. Decyzja zostanie wysłana na {mail} do 14 dni.

Z poważaniem
{name-2}`,
  ],
  [
    'letter',
    'sv',
    `Hej {first}!

Ditt ärende {x:nine} är registrerat. Personnummer: {id:se-personnummer}. Vi skickar beslutet till {address}. Har du frågor, ring {phone-2} eller mejla {mail-2}.

Vänliga hälsningar
{name-2}, handläggare`,
  ],
  [
    'letter',
    'ru',
    `Уважаемый {name}!

Ваше обращение № {x:nine} зарегистрировано. СНИЛС {id:ru-snils}, дата рождения {dobde}. Адрес доставки: {address}. Контактный телефон: {phone}, почта {mail}.`,
  ],
  [
    'letter',
    'ja',
    `{name} 様

お世話になっております。ご注文番号 {x:order} の商品を発送いたしました。
お届け先：{address}
電話番号：{phone}
マイナンバー：{id:jp-my-number}
ご不明な点は {mail-2} までご連絡ください。`,
  ],
  [
    'letter',
    'cz',
    `Vážený pane {last},

evidujeme Vaši žádost č. {x:nine}. Rodné číslo: {id:cz-birth-number}, bydliště {address}, telefon {phone}, e-mail {mail}.

S pozdravem
{name-2}`,
  ],
  [
    'letter',
    'tr',
    `Sayın {name},

{x:nine} numaralı başvurunuz alınmıştır. T.C. Kimlik No: {id:tr-tckn}. Adres: {address}. Cep: {phone}. Doğum tarihi: {dobde}.

Saygılarımızla,
{name-2}`,
  ],
  [
    'letter',
    'in',
    `Dear Mr. {last},

Your KYC for folio {x:twelve} is complete. PAN: {id:in-pan}; Aadhaar no. {id:in-aadhaar}. Registered mobile {phone}. Statements go to {address}.

Warm regards,
{name-2}
Relationship Manager`,
  ],
  [
    'letter',
    'gb',
    `Dear Mrs {last},

Thank you for your call on 14 June 2024. We hold your National Insurance number as {id:uk-nino} and your NHS number as {id:uk-nhs}. Correspondence will go to {address}. Ring us on {phone-2} quoting {x:order}.

Yours sincerely,
{name-2}`,
  ],
  [
    'medical',
    'us',
    `PATIENT: {name}    MRN: {x:nine}    DOB: {dobus}    SEX: F
CC: chest pain x 2 days. BP 142/88, HR 96, SpO2 97%, T 37.2. ECG 03/14/2025 normal sinus rhythm.
Hx: Hashimoto thyroiditis, Crohn's disease, Parkinson's (father). Meds: Metformin 500 mg, Lipitor 20 mg.
Emergency contact: {name-2} (spouse), {phone-2}.
Insurance: Blue Shield, member W{x:nine}, group 10042.
Attending: Dr. {name-3}
Follow up in 2 weeks at Mercy West, Suite 300.`,
  ],
  [
    'medical',
    'de',
    `Arztbrief
Patientin: {lastfirst}, geb. {dobde}, wohnhaft {address}
Diagnose: Morbus Crohn (K50.1), Z.n. Appendektomie 2009. Labor vom 12.02.2025: Hb 12,4; CRP 8,1.
Hausarzt: Dr. med. {name-2}, Tel. {phone-2}
Fallnummer {x:nine}.`,
  ],
  [
    'medical',
    'gb',
    `{name}, a 54-year-old woman, was admitted on 2 May 2025 with pneumonia. She was born on {dobw}. NHS No: {id:uk-nhs}. GP: Dr {last-2}, Albert Road Surgery. Apgar, Glasgow and Barthel scores unremarkable. Discharged on amoxicillin 500mg tds.`,
  ],
  [
    'slack',
    undefined,
    `*#incident-4471* — {x:date}
{user} 09:14  seeing 502s on checkout since {x:time}, build {x:short}
{user-2} 09:15  looks like {ip4} is hammering us, 3k rps
{user} 09:17  can someone call {first-2}? {phone-2}
{user-3} 09:20  rotated the key. old one was {s:provider-key}, don't use it
{user-2} 09:31  fixed in v{x:semver}, PR #{x:count}. cc {mail-3}
:white_check_mark: resolved after 17m`,
  ],
  [
    'slack',
    undefined,
    `{name}: the staging password is {pw}, please change it after you log in
{name-2}: thanks! btw the customer {name-3} asked again for the refund on {card}
{name}: tell them it takes 5–7 business days. ticket ZD-{x:count}`,
  ],
  [
    'email-thread',
    undefined,
    `From: {name} <{mail}>
To: "{lastfirst-2}" <{mail-2}>
Cc: {role}
Date: Tue, 11 Feb 2025 09:41:22 +0100
Message-ID: <{x:short}.{x:millis}@mx7.fjordbank.example>
Subject: Re: Re: Invoice INV-2025-0{x:count}

Hi {first-2},

please wire EUR {x:money} to {iban} by Friday. Reference {x:nine}.

Best,
{first}

> On Mon, 10 Feb 2025 at 17:02, {name-2} wrote:
> Which account? The one from May is closed.
--
{name} | Accounts Payable | {phone}`,
  ],
  [
    'support-call',
    'us',
    `Agent: Thank you for calling Orbit Freight, this is {first-2}. Can I have your name?
Caller: {name}.
Agent: And the last four of your social?
Caller: The whole thing is {id:us-ssn}.
Agent: Great. I see card {card}, expiring 04/27. And you still live at {address}?
Caller: No, we moved to Denver in June. Call me at {phone}.`,
  ],
  [
    'minutes',
    undefined,
    `# Steering committee, 18 September 2024

Present: {name}, {name-2}, {name-3}
Apologies: none

1. Budget: Platform needs $1.2M; approved.
2. Project Tern slips to Q2. Owner: {name-2}.
3. Madison office closes in August; Victoria and Florence stay.
4. AOB: Windows Server 2016 is end of life. Action: Infrastructure Team.`,
  ],
  [
    'cv',
    'gb',
    `{upper}
{address} · {phone} · {mail}
Date of birth: {dobw} · Nationality: British · Passport No. {id:passport}

EXPERIENCE
2019–2024  Lead Engineer, Rolls Royce Power Systems, Derby
2015–2019  Engineer, Marks & Spencer, London
EDUCATION
2011–2015  University of St Andrews, BSc Mathematics (First Class)
Referee: Prof. {name-2}, {mail-2}`,
  ],
  [
    'travel',
    undefined,
    `Booking confirmed — {x:ulid}
Passenger: {last}/{first} MR
Passport {id:passport}, DOB {dobiso}
BA117 LHR-JFK 12MAR 08:25 seat 34K, ticket 125-2{x:nine}
Paid with Visa {card}, total GBP {x:money}`,
  ],
  [
    'invoice',
    'de',
    `Rechnung Nr. 2025-{x:count}                       Leistungsdatum {x:date}
Tallow GmbH · {seat}
USt-IdNr. DE{x:nine} · HRB 90211 · Steuernr. 22/815/08150
An: {name}, {address}
Pos  Artikel                Menge   EP      Gesamt
1    Bosch Akkuschrauber    2       89,90   179,80   EAN {x:ean}
2    Versand DHL {x:dhl}
Zahlbar bis 14.04.2025 auf {iban}, BIC DEUTDEDB101`,
  ],
  [
    'chat',
    undefined,
    `You can reach our DPO {name} at {mail} or {phone}. The vault token {s:provider-key} and the JWT {s:jwt} were both revoked. Payment went to {wallet}. Server {ip4} ({mac}) is back, also on {ip6}.`,
  ],
  [
    'wiki',
    undefined,
    `## Runbook: rotate credentials

1. Log in to the bastion: \`ssh ops@{ip4}\`, password \`{pw}\`
2. \`export AWS_ACCESS_KEY_ID={s:aws-key}\` and \`export AWS_SECRET_ACCESS_KEY={awssecret}\`
3. Run \`mysql -h db1 -u root -p'{pw-2}' shop\`
4. \`curl -u deploy:{pw-3} https://nexus.tallow.example/repository/raw/\`

Contact {name} ({mail}). Last reviewed {x:date}, revision {x:short}.`,
  ],
  [
    'notes',
    undefined,
    `met with {name} and {name-2} from Kestrel today. {first} will send the numbers; {first-2} is out until 3 June. they want 40% off, we said 15. next call Thursday 10:30, dial {dial} pin 918273#.`,
  ],
];
