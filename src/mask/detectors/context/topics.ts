import { type Context, contextOf } from './context.ts';

/**
 * Key words by detector, in the languages of its country and in English. A phrase is found in
 * identifiers too (`tax id` in `taxId`, `tax_id`). `reference` names numbers that are something
 * else.
 */
const words = {
  reference:
    'charge|chargennr|lote|lotto|partita|partij|order|order no|order number|orders|invoice|ticket|tracking|shipment|parcel|consignment|sku|part|part no|product|article|item|serial|batch|lot|build|commit|revision|version|isbn|issn|ean|upc|gtin|barcode|case|booking|reservation|reference|ref|transaction|receipt|purchase order|po|quote|model|asset|bestellung|bestellnummer|auftrag|auftragsnummer|rechnung|rechnungsnummer|artikel|artikelnummer|seriennummer|sendung|sendungsnummer|chargennummer|commande|facture|reference|colis|numero de serie|pedido|factura|referencia|albaran|ordine|fattura|ordernummer|bestelnummer|factuur|factuurnummer|encomenda|fatura|zamowienie|faktura|ordre|tilaus|lasku|siparis|订单|订单号|单号|发票|注文|注文番号|請求書|請求書番号|郵便番号|주문|주문번호|timestamp|epoch|line|port|size|bytes|duration|latency|width|height|latitude|longitude|lat|lng|lon|price|amount|total|sum|balance|population|preis|betrag|summe|prix|montant|precio|importe|importo|prezzo|bedrag',
  phone:
    'called|calls|calling|new number|reach|reached|contact|kontakt|kontaktieren|erreichen|erreichst|kontaktnummer|neue nummer|contacter|nouveau numero|contactar|contacto|nuevo numero|richiami|richiama|richiamare|contattare|contatto|nuovo numero|novo numero|contato|retornar|bereikbaar|nieuw nummer|terugbellen|numara|numarasindan|numarasından|numarayi|numarayı|arayin|arayın|ring tillbaka|nytt nummer|nytt nr|kontakta|ring|ringe|dzwonil|numer kontaktowy|nowy numer|kontaktowac|volat|telefonni|zavolejte|zavolat|soittaa|uusi numero|позвонить|звонил|звонила|новый номер|номер телефона|拨打|致电|来电|連絡|お電話|おかけ|phone|phone no|phone number|telephone|tel|mobile|mobil|cell|cellphone|cell phone|mobile phone|fax|telefax|call|call me|callback|whatsapp|sms|text me|msisdn|contact number|hotline|helpline|landline|reach me|telefon|telefonnummer|telefonnr|rufnummer|handy|handynummer|handynr|mobilnummer|mobilfunk|mobiltelefon|festnetz|durchwahl|anrufen|erreichbar|anruf|rueckruf|ruckruf|telephone portable|portable|mobile|gsm|appeler|appelez|joindre|telefono|telefono movil|movil|celular|llamar|llame|llamame|llamarme|llamarle|llamarnos|llama|numero de telefono|cellulare|chiamare|chiamami|chiama|recapito|telefone|telemovel|telemóvel|ligar|ligue|telefoon|telefoonnummer|mobiel|bellen|toestel|numer telefonu|nr telefonu|telefonu|telefonni cislo|numero di telefono|numero de telephone|telefon komorkowy|komorka|komorkowy|zadzwon|dzwonic|telefonnummer|mobilnr|mobilnummer|tlf|tlfnr|puhelin|puhelinnumero|puh|matkapuhelin|soita|gsm|cep telefonu|cep no|cep tel|τηλεφωνο|κινητο|телефон|тел|мобильный|мобильныи|моб|сотовый|звоните|позвоните|телефону|هاتف|الهاتف|جوال|الجوال|موبايل|تلفون|电话|手机|手机号|手机号码|联系电话|電話|電話番号|携帯|携帯電話|連絡先|ファックス|전화|전화번호|휴대폰|핸드폰|연락처|โทร|เบอร์โทร|โทรศัพท์|फोन|मोबाइल|फ़ोन|điện thoại|số điện thoại|sdt|telepon|ponsel|nomor telepon',
  'ip-address': 'ip|ipv4|ipv6|ip address|host|server|client|remote addr|gateway|subnet',
  software:
    'version|ver|release|build|firmware|oid|section|chapter|clause|paragraph|abschnitt|kapitel|annex|appendix|rfc|versione|versie|wersja|sdk|driver|kernel|upgrade|upgraded|downgrade',
  'mac-address':
    'mac|mac address|mac addr|hwaddr|ethernet|ether|hardware address|bssid|macaddress|physical address|wlan|eui|lladdr',
  'crypto-wallet':
    'wallet|wallet address|crypto|cryptocurrency|bitcoin|btc|ethereum|eth|ether|erc20|litecoin|ltc|tron|trx|trc20|usdt|usdc|xrp|ripple|solana|sol|spl|phantom|metamask|deposit address|payout address|beneficiary address|monedero|billetera|cartera|portefeuille|geldborse|krypto|portafoglio|carteira|portemonnee|portfel|кошелек|кошелёк|钱包|钱包地址|ウォレット|지갑|doge|dogecoin|bch',
  iban: 'iban',
  passport:
    'passport|passport no|passport number|passport id|travel document|reisepass|reisepassnummer|passnummer|pass nr|passeport|numero de passeport|pasaporte|passaporto|passaporte|paspoort|paspoortnummer|paszport|numer paszportu|passnummer|passi|passinumero|pas|pasnummer|pasaport|pasaport no|паспорт|загранпаспорт|护照|护照号|护照号码|パスポート|旅券|旅券番号|여권|여권번호|جواز السفر|جواز|διαβατηριο|पासपोर्ट',
  'us-ssn':
    'ssn|social security|social security number|social security no|soc sec|social sec|ss number|seguro social|numero de seguro social|taxpayer id|taxpayer identification|tin|tax id',
  'us-itin':
    'itin|individual taxpayer|individual taxpayer identification|taxpayer id|taxpayer identification|tin|tax id|ssn|social security',
  'uk-nino':
    'nino|national insurance|national insurance number|ni number|ni no|nat ins|insurance number',
  'uk-nhs':
    'nhs|nhs number|nhs no|national health service|health service number|patient|patient id|patient number|chi',
  'ca-sin':
    'sin|social insurance|social insurance number|nas|assurance sociale|numero d assurance sociale',
  'au-tfn': 'tfn|tax file|tax file number|tax file no',
  'in-aadhaar': 'aadhaar|aadhar|adhaar|adhar|uidai|uid|आधार|आधार संख्या|ஆதார்|ఆధార్|আধার|આધાર',
  'in-pan':
    'pan|pan no|pan number|pan card|permanent account|permanent account number|पैन|income tax',
  'br-cpf': 'cpf|cadastro de pessoa|cadastro de pessoas fisicas|contribuinte|documento',
  'br-cnpj': 'cnpj|cadastro nacional|cadastro nacional da pessoa juridica',
  'es-dni':
    'dni|nie|nif|documento nacional|documento nacional de identidad|documento de identidad|identidad|numero de identidad|extranjero|dni nie',
  'it-codice-fiscale': 'codice fiscale|cf|cod fisc|fiscal code|codfisc',
  'fr-nir':
    'nir|securite sociale|numero de securite sociale|secu|numero de secu|insee|carte vitale|assure|immatriculation|social security|sécu',
  'de-steuer-id':
    'steuer id|steueridentifikationsnummer|steuer identifikationsnummer|identifikationsnummer|idnr|id nr|steuerid|steuer idnr|tin|steuernummer|steuerliche identifikationsnummer|steuer identnummer|tax id|tax identification',
  'nl-bsn':
    'bsn|burgerservicenummer|burger service nummer|sofi|sofinummer|citizen service number|persoonsnummer',
  'be-nrn':
    'rijksregisternummer|rijksregister|registre national|numero national|numero de registre national|nationaalnummer|nrn|nn|niss|insz|national register|national number|nationalregisternummer|rrn|bis number|bisnummer',
  'pl-pesel': 'pesel|numer pesel|nr pesel|ewidencyjny',
  'cz-birth-number': 'rodne cislo|rodné číslo|rodnecislo|birth number',
  'ru-snils': 'снилс|snils|страховой номер|страховое свидетельство|пенсионное страхование',
  'se-personnummer':
    'personnummer|personnr|pnr|samordningsnummer|personal identity number|personal number|swedish id|person nr|person id',
  'fi-hetu':
    'hetu|henkilotunnus|henkilötunnus|personbeteckning|sotu|personal identity code|finnish id',
  'no-fodselsnummer':
    'fodselsnummer|fødselsnummer|fodselsnr|fødselsnr|fnr|personnummer|personnr|d nummer|dnummer|national identity|norwegian id|fodselsnummeret|fødselsnummeret',
  'dk-cpr':
    'cpr|cpr nr|cpr nummer|cprnr|cprnummer|personnummer|personnr|danish id|centrale personregister',
  'ch-ahv':
    'ahv|ahv nr|ahv nummer|ahvn|ahvn13|avs|n avs|numero avs|avsn|sozialversicherungsnummer|assicurazione sociale|oasi|ssn|navs|versichertennummer|social insurance|social security',
  'cn-resident-id':
    '身份证|身份证号|身份证号码|公民身份号码|居民身份证|身分證|身份號碼|证件号|证件号码|resident id|resident identity|id card|identity card|shenfenzheng|sfz|idcard|citizen id',
  'kr-rrn':
    '주민등록번호|주민번호|주민등록|외국인등록번호|rrn|resident registration|resident registration number|jumin|alien registration',
  'jp-my-number':
    'マイナンバー|個人番号|my number|mynumber|individual number|kojin bango|マイナンバーカード',
  'sg-nric': 'nric|fin|nric fin|singapore id|identity card|fin number',
  'za-id':
    'id number|id no|identity number|identity document|south african id|sa id|rsa id|said|id nommer|identiteitsnommer|national id',
  'mx-curp': 'curp|clave unica|clave unica de registro de poblacion',
  'ar-cuit':
    'cuit|cuil|cdi|cuit cuil|clave unica de identificacion|clave unica de identificacion tributaria',
  'cl-rut':
    'rut|run|rol unico|rol unico tributario|rol unico nacional|rut run|cedula|cedula de identidad',
  'tr-tckn':
    'tckn|tc kimlik|tc kimlik no|t c kimlik|kimlik|kimlik no|kimlik numarasi|kimlik numarası|vatandaslik|vatandaşlık|tc no|tc|turkish id|tcno|tckimlik|tckimlikno',
} as const;

/**
 * What key words can speak of: a detector's name, or `reference` and `software` for other numbers.
 */
export type Topic = keyof typeof words;

/** What the key words of identifiers near a stretch, or in its field's name, speak of. */
export const topicsAround: Context<Topic> = contextOf(words);
