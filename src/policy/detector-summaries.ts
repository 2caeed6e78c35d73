/** What a detector finds, for the reference. */
export interface DetectorSummary {
  readonly finds: string;
  /** A text in which it finds what stands between `«` and `»`; the tests run it. */
  readonly example?: string;
  /** How its findings look. Of keys that say what they are no example stands here: scanners of code would find it. */
  readonly shape?: string;
}

/** Every detector that is built in, by its name. */
export const detectorSummaries: ReadonlyMap<string, DetectorSummary> = new Map(
  Object.entries<DetectorSummary>({
    email: {
      finds: 'E-mail addresses with a dotted domain, internationalised ones too',
      example: 'to «ana@example.com»',
    },
    phone: {
      finds:
        'Phone numbers with a country code, by its numbering plan; national ones where a word, a column or the field says so',
      example: 'call «+44 20 7946 0958»',
    },
    'postal-address': {
      finds: 'Street addresses of many countries, by street words, postal codes and fields',
      example: '«Hauptstraße 5, 10115 Berlin»',
    },
    'person-name': {
      finds: 'Names of persons, by titles, greetings, fields, table headings and a dictionary',
      example: 'Dear «Ana Lopez»,',
    },
    'date-of-birth': {
      finds: 'Dates with a word of birth beside them, or in a field that says so',
      example: 'born on «17 April 1980»',
    },
    'payment-card': {
      finds:
        "Payment card numbers: 13 to 19 digits, an issuer's range, a valid check digit (Luhn), written together or in groups",
      example: 'card «4111 1111 1111 1111»',
    },
    iban: {
      finds: 'International bank account numbers (ISO 13616) with a valid check',
      example: 'to «DE89 3704 0044 0532 0130 00»',
    },
    'crypto-wallet': {
      finds: 'Wallets of Bitcoin, Ethereum and others, with a valid check where they have one',
      example: '«bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4»',
    },
    'ip-address': { finds: 'IPv4 and IPv6 addresses', example: 'from «203.0.113.77»' },
    'mac-address': { finds: 'MAC addresses', example: '«00:1a:2b:3c:4d:5e»' },
    'us-ssn': { finds: 'Social security numbers of the US', example: 'SSN: «219-09-9980»' },
    'us-itin': { finds: 'Taxpayer numbers of the US', example: 'ITIN: «912-70-1234»' },
    'ca-sin': { finds: 'Social insurance numbers of Canada', example: 'SIN: «130 692 544»' },
    'mx-curp': { finds: 'CURP of Mexico', example: 'CURP: «BOXW310820HNERXN09»' },
    'br-cpf': { finds: 'CPF of Brazil', example: 'CPF: «123.456.789-09»' },
    'br-cnpj': { finds: 'CNPJ of Brazil', example: 'CNPJ: «11.222.333/0001-81»' },
    'ar-cuit': { finds: 'CUIT and CUIL of Argentina', example: 'CUIT: «20-12345678-6»' },
    'cl-rut': { finds: 'RUT of Chile', example: 'RUT: «12.345.678-5»' },
    'uk-nino': { finds: 'National Insurance numbers of the UK', example: 'NINO: «AB123456C»' },
    'uk-nhs': { finds: 'NHS numbers of England', example: 'NHS number: «943 476 5919»' },
    'de-steuer-id': { finds: 'Tax ids of Germany', example: 'Steuer-ID: «36574261809»' },
    'fr-nir': { finds: 'NIR (INSEE) of France', example: 'NIR: «255081416802538»' },
    'es-dni': { finds: 'DNI and NIE of Spain', example: 'DNI: «12345678Z»' },
    'it-codice-fiscale': {
      finds: 'Tax codes of Italy',
      example: 'codice fiscale: «RSSMRA85T10A562S»',
    },
    'nl-bsn': { finds: 'BSN of the Netherlands', example: 'BSN: «111222333»' },
    'be-nrn': { finds: 'National register numbers of Belgium', example: 'NRN: «85.07.30-033.28»' },
    'ch-ahv': { finds: 'AHV numbers of Switzerland', example: 'AHV: «756.9217.0769.85»' },
    'pl-pesel': { finds: 'PESEL of Poland', example: 'PESEL: «44051401458»' },
    'cz-birth-number': {
      finds: 'Birth numbers of Czechia and Slovakia',
      example: 'rodné číslo: «780123/3540»',
    },
    'ru-snils': { finds: 'SNILS of Russia', example: 'СНИЛС: «112-233-445 95»' },
    'se-personnummer': {
      finds: 'Personal numbers of Sweden',
      example: 'personnummer: «811218-9876»',
    },
    'no-fodselsnummer': {
      finds: 'Birth numbers of Norway',
      example: 'fødselsnummer: «01018012371»',
    },
    'dk-cpr': { finds: 'CPR numbers of Denmark', example: 'CPR: «211062-5620»' },
    'fi-hetu': { finds: 'Personal identity codes of Finland', example: 'hetu: «131052-308T»' },
    'tr-tckn': { finds: 'Identity numbers of Turkey', example: 'T.C. kimlik no: «10000000146»' },
    'za-id': { finds: 'Identity numbers of South Africa', example: 'id number: «8001015009087»' },
    'in-aadhaar': { finds: 'Aadhaar numbers of India', example: 'Aadhaar: «2345 6789 0124»' },
    'in-pan': { finds: 'PAN of India', example: 'PAN: «ABCPK1234L»' },
    'cn-resident-id': {
      finds: 'Resident identity numbers of China',
      example: 'resident id: «11010519491231002X»',
    },
    'jp-my-number': { finds: 'Individual numbers of Japan', example: 'My Number: «123456789018»' },
    'kr-rrn': { finds: 'Resident registration numbers of Korea', example: 'RRN: «880101-1234560»' },
    'sg-nric': { finds: 'NRIC and FIN of Singapore', example: 'NRIC: «S1234567D»' },
    'au-tfn': { finds: 'Tax file numbers of Australia', example: 'TFN: «123 456 782»' },
    passport: { finds: 'Passport numbers, only in context', example: 'passport: «C01X00T47»' },
    'private-key': {
      finds:
        'Private keys: PEM of every kind, OpenSSH, OpenPGP, PuTTY, age, JWK; one that never ends runs to the end of the text',
      shape: '-----BEGIN … PRIVATE KEY-----',
    },
    jwt: { finds: 'JSON Web Tokens', shape: 'eyJ….eyJ….…' },
    'aws-key': {
      finds: 'Access keys, secret keys near their name, session tokens and signatures of AWS',
      example: '«AKIAIOSFODNN7EXAMPLE»',
    },
    'gcp-key': { finds: 'Keys and tokens of Google', shape: 'AIza…, ya29.…' },
    'azure-key': {
      finds: 'Account keys, shared access signatures and client secrets of Azure',
      shape: '…8Q~…, AccountKey=…',
    },
    'github-token': { finds: 'Tokens of GitHub', shape: 'ghp_…, github_pat_…' },
    'gitlab-token': { finds: 'Tokens of GitLab', shape: 'glpat-…' },
    'slack-token': { finds: 'Tokens and webhooks of Slack', shape: 'xoxb-…' },
    'stripe-key': { finds: 'Keys of Stripe', shape: 'sk_live_…' },
    'npm-token': { finds: 'Tokens of npm', shape: 'npm_…' },
    'ai-key': { finds: 'Keys of OpenAI, Anthropic and others', shape: 'sk-proj-…, sk-ant-…' },
    'provider-key': {
      finds: 'Keys of some eighty other services that can be told by how they begin',
      shape: 'SG.…',
    },
    'database-url': {
      finds: '`user:password` in an address of any scheme',
      example: 'postgres://«app:tr0ub4dor3»@db.example/app',
    },
    'auth-header': {
      finds: 'What `Authorization` carries, bearer tokens, the password of `curl -u`',
      example: 'Authorization: Basic «YW5hOnRyMHViNGRvcg==»',
    },
    'keyed-secret': {
      finds:
        'Passwords, keys and tokens that only a name beside them tells, in some twenty languages',
      example: 'password: «tr0ub4dor&3»',
    },
  }),
);
