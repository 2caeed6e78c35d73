/** English, after the name: `12 Main Street`. */
export const STREETS_AFTER: ReadonlySet<string> = new Set(
  (
    'street st road rd avenue ave av boulevard blvd lane ln drive dr court ct place pl square sq terrace ter way ' +
    'circle cir parkway pkwy highway hwy close crescent cres gardens grove mews row walk hill park plaza trail trl ' +
    'alley loop path pike ridge run crossing xing cove point view vista station junction turnpike expressway ' +
    'freeway motorway causeway bypass esplanade quay wharf green mount rise vale villas meadow meadows mill mills ' +
    'island islands isle key keys knoll lake landing light manor orchard oval pass passage pine pines plain plains ' +
    'port prairie ranch rapid rest river route row shoal shore spring springs spur stravenue stream summit ' +
    'throughway trace track trafficway tunnel union valley viaduct village ville well wells parade via forges end bend bluff branch ' +
    'bridge brook burg camp canyon cape center centre cliff club common corner course creek crest dale dam divide ' +
    'estate estates extension fall falls ferry field fields flat ford forest forge fork fort garden gateway glen ' +
    'harbor harbour haven heights hollow inlet corners summit marg nagar chowk bagh'
  ).split(' '),
);

/** Those of them that are also common words: they count only where a town follows. */
export const WEAK_AFTER: ReadonlySet<string> = new Set(
  (
    'way park hill row walk green mount rise view point run pass path station junction union village center ' +
    'centre club common corner course dam divide field fields fall falls flat key keys lake light mill mills ' +
    'rest river route spring springs spur stream trace track tunnel valley well wells extension port plain ' +
    'plains rapid ranch place close court square plaza bridge branch brook camp cape forge fork fort ford garden ' +
    'gardens forest harbor haven heights landing loop island islands manor orchard oval passage st dr av pl ct'
  ).split(' '),
);

/** Romance and Slavic languages, before the name: `12 rue de la Paix`, `Via Roma 6`, `ul. Prosta 60c`. */
export const STREETS_BEFORE: ReadonlySet<string> = new Set(
  (
    'rue avenue partida parcela av boulevard bd place quai allée allee impasse chemin passage cours voie square route faubourg ' +
    'calle avenida avda paseo plaza camino carretera ronda travesía travesia callejón glorieta urbanización edificio ' +
    'barrio rambla polígono carrer colonia extrarrado grupo jardines lugar manzana masía mercado muelle parque ' +
    'pasaje poblado prolongación puente puerta quinta ramal rampa riera rincón rua salida sector sección senda ' +
    'solar subida terrenos torrente urbanizacion vía via aldea apartamento arrabal arroyo bajada barranco bloque ' +
    'caserio chalet cuesta entrada escalinata explanada extramuros ' +
    'viale piazza corso borgo largo vicolo strada contrada rotonda incrocio piazzale vico ' +
    'alameda travessa praça praca rodovia estrada largo marginal ' +
    'ul ulica rynek ogród al aleja aleje os osiedle pl plac rynek nám náměstí ulice třída ' +
    'ул улица пл площадь пр пр-т проспект пер переулок бул бульвар наб набережная ш шоссе проезд аллея'
  ).split(' '),
);

/** What names of streets end with in Germanic languages, grown together with the name: `Hauptstraße 5`, `Dorpsstraat 342c`, `Storgatan 7`. */
export const streetEndings: readonly string[] = (
  'straße strasse str weg platz allee gasse ring damm ufer steig stieg chaussee pfad graben berg ' +
  'hof markt winkel straat laan plein gracht kade dreef singel pad steeg dijk gatan vägen väg ' +
  'gränden gränd torget stigen gärdet backen gade vej gata veien vegen allé katu tie kuja utca út ' +
  'feld wiese höhe tal rain esch kamp'
).split(' ');
export const STREET_ENDINGS = new RegExp(`(?:${streetEndings.join('|')})\\.?$`, 'u');

/** Those of them that English words and towns end with too (`Total 5`, `Spring 6`): they count only where a town follows. */
export const WEAK_ENDINGS =
  /(?:ring|tal|rain|pad|tie|kade|gade|berg|feld|markt|esch|kamp|steig|hof)$/;

/** Turkish, Czech, Hungarian, Russian, after the name: `Atatürk Caddesi 12`, `Masarykovo náměstí 5`. */
export const STREETS_BETWEEN: ReadonlySet<string> = new Set(
  (
    'náměstí nám ulice třída nábřeží utca tér körút sokak sokağı sok sk cadde caddesi cad cd bulvarı blv mahallesi mah ул улица пл площадь пр проспект пер ' +
    'переулок бул бульвар наб набережная шоссе ш straße strasse str allee weg platz'
  ).split(' '),
);

/** What stands in front of the number of a flat: `12 Main Street Apt 3`. */
export const UNIT_WORDS: ReadonlySet<string> = new Set([
  'apt',
  'suite',
  'unit',
  'flat',
  'floor',
  'room',
]);
