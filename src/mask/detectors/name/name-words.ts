/** Words around names of people, in lower case without accents: data of the detector of names. */

const set = (...words: readonly string[]): ReadonlySet<string> =>
  new Set(words.flatMap((line) => line.split(' ')));

/** In front of a last name or a full one. */
export const TITLES = set(
  'mr mrs ms miss mister madam sir dame lord lady dr prof professor doctor rev reverend fr father sister judge justice',
  'senator congressman congresswoman captain capt sgt sergeant lt lieutenant col colonel gen mx',
  'herr herrn frau fraulein dipl-ing ing mag',
  'm mme mlle monsieur madame mademoiselle maitre me',
  'sr sra srta senor senora senorita don dona dra',
  'sig sigra signor signora signorina dott dottssa dottoressa avv avvocato rag geom',
  'senhor senhora exmo exma dhr mevr mevrouw meneer mw heer drs',
  'pan pani pana pania panie panem dhr hr fru bay bayan sayin shri smt kumari gospodin gospozha',
);

/** Those that stand in small letters too, and words for people that a name may follow. */
export const BEFORE_NAMES = set(
  'dr prof dhr mevr mw heer mevrouw meneer herr herrn frau don dona sig signor signora sr sra senor senora senhor senhora',
  'monsieur madame mme pan pani pana panem dott dottssa avv ing mgr smt shri fru bay bayan',
);

/** A person by what they are, whose name may follow: `the patient, John Doe`. */
export const ROLES = set(
  'patient patientin patienten patiente paciente paziente pacient pacientka pacjent pacjentka pasient potilas hasta patsient patsientka',
  'employee colleague mitarbeiter',
  'mitarbeiterin medewerker kollege kollegin nurse lawyer attorney tenant applicant student alumno alumna eleve schuler schulerin',
);

/** What is done to people by name (`call Xiu Qx back`), and who may as well be a firm or a program. */
export const CALLS = set(
  'customer client cliente kunde kundin kunden klant klient klientka kund asiakas musteri zakaznik',
  'call tell ask phone meet rappeler richiami bel signed',
);

/** Short words that keep their full stop inside a name. */
export const ABBREVIATIONS = set('prof dott capt srta dipl hon rev');

/** In front of whom a letter is to. */
export const GREETINGS = set(
  'dear hi hello hey greetings hallo liebe lieber guten sehr geehrte geehrter bonjour bonsoir salut cher chere',
  'hola estimado estimada querido querida ciao caro cara gentile egregio buongiorno salve ola oi prezado prezada caro',
  'beste geachte hoi dag hej hejsan hei czesc drogi droga szanowny szanowna ahoj mily mila vazeny vazena merhaba sayin',
  'zdravstvuyte dorogoy dorogaya privet uvazhaemyy uvazhaemyi uvazhaemaya uvazhaemye dorogoi zdravstvuite namaste salaam shalom',
);

/** Who is greeted and has no name. */
export const NOBODY = set(
  'all team everyone everybody folks there sir madam sirs customer customers colleague colleagues friend friends client',
  'user users member members support admin guest hiring recruiter damen herren kollegen kolleginnen zusammen alle leute tag morgen abend',
  'tous toutes equipe collegues todos todas equipo colegas dias tardes noches tutti team boa bom dia tarde noite panstwo wszyscy alla world',
  'again monsieur madame messieurs mesdames server bot agent assistant claude',
);

/** The last words of `My name is …`, `The undersigned …`, `Vážený pane …` and the like: a glance at the word in front. */
export const SAYS_NAME = set(
  'is ist heiße heisse appelle llamo chiamo chamo heet heter sottoscritto sottoscritta undersigned with pane',
);

/** The last line before a signature, in lower case without accents or punctuation. */
export const CLOSING =
  /(?:regards|sincerely|cheers|thanks|thank you|thx|best|warmly|respectfully|yours|faithfully|love|greetings|wishes|grussen?|gruss|lg|mfg|vg|hochachtungsvoll|danke|cordialement|amicalement|salutations|bien a (?:vous|toi)|merci|saludos?|atentamente|cordialmente|gracias|abrazos?|saluti|grazie|distinti|atenciosamente|abracos?|obrigad[oa]|cumprimentos|groet(?:en|jes)?|bedankt|pozdrawiam|powazaniem|pozdrowieniami|halsningar?|vanligen|hilsen|terveisin|pozdravem|diky|saygilarim(?:iz)?la|tesekkurler|selamlar|uvazheniem|spasibo)$/;

/** First names that are also words, months, places or products: a known last name has to follow. */
export const FIRST_TOO = set(
  'will mark grace hope rose bill art rich frank grant chase dean max may april june august summer autumn dawn eve joy',
  'faith amber ruby crystal jade pearl iris lily daisy violet heather ivy olive sandy gene drew pat sue rob nick guy ray',
  'penny star angel christian major earl duke king prince deacon paris london austin dallas madison charlotte florence',
  'victoria sydney adelaide georgia virginia carolina savannah brooklyn houston jackson lincoln jordan israel chad kenya',
  'india china asia santiago san jose jersey kent chester lancaster bradford milan troy phoenix sierra alexa jasper',
  'carter cooper hunter harper mason parker taylor tyler hudson logan sawyer skylar marina melody harmony',
  'destiny serenity trinity genesis journey justice mercy charity chance blaze stone river sky ocean forest case cash',
  'dale glen lane cliff brook page gale laurel myrtle hazel fern holly ginger sage basil rosemary saffron poppy flora',
  'coral opal gem ambrose august augusta sterling golden silver royal noble price wade clay rocky dusty misty stormy rainey',
  'sunny merry happy bliss miracle precious treasure honey candy cherry berry apple olivia luna stella nova atlas orion',
  'apollo venus diana aurora echo iris maya python java scala kotlin perl ada haskell dart crystal elm pascal eiffel',
  'mercedes lexus dodge ford bentley porsche lotus tesla infinity denver cheyenne dakota montana nevada arizona',
  'alabama tennessee georgia cleveland memphis orlando raleigh regina verona siena vienna geneva roma nice nancy lourdes',
  'long sun rain snow so an my su see min jan jun jul mon sat mars mai juli juni set august avril mayo marzo abril',
  'general master sir van von del dos di da de la el al bin ben abu om raj rani sultan shah khan emperor sultan',
  'prosper constance clement honor pleasant christmas easter noel star virgo leo aries said can be has had merit marshal',
  'hall field wood lake hill park rock ridge mill bridge ward chase reed reid cole dell wiley oracle adobe apache jenkins',
  'soledad dolores remedios consuelo pilar angeles rosario concepcion trinidad salvador ventura mar paz luz cruz sol nieves',
  'lima mira nova aura alba bianca viola',
  'romeo charlie delta echo quebec sierra tango whiskey zulu lima papa kilo hotel golf foxtrot',
  'garden page nella sole',
);

/** Last names that are also words or places: they need a first name that is nothing else. */
export const LAST_TOO = set(
  'long young white black green brown gray grey gold silver rose price page field fields case day days best rich law bank',
  'banks house church street park wall rivers river english french german love power powers major sales little small',
  'strong sharp cook baker king good hand head foot branch chase ball bell berry bird fox wolf fish lamb stone wood woods',
  'waters winter winters summer summers spring frost snow storm rain cloud glass steel cash money bond crane cross dean',
  'early east west north south ford forest free gates golden grant hall hill hope hunt joy key keys knight lake land lane',
  'link lock mark marsh may mills moon more noble olive pace paris pike pool pope post prince quick rice ring rush sage',
  'sample samples savage self shields short singer sparks speed swift temple trace trade valley ward watts weeks wise worth',
  'york london london house lima roma milano venezia napoli verona berlin hamburg houston dallas jackson lincoln',
  'washington madison monroe jefferson cleveland columbia florence santiago cordoba valencia sevilla san santa los las del',
  'de da di do la le el al des van von den der ten ter to of and the for with you see so no on in at is be by we he it my',
  'test page main core state union order report reports model service services data system start stop sun mon set',
  'gros petit grand blanc noir roi prince vert rue mer mars avril juin neu alt jung gross klein lang kurz reich arm stark',
  'schwarz weiss braun rot roth gold silber tag nacht abend morgen sonntag freitag montag bank burg berg stein feld wald',
  'see bach park stadt markt haupt mann frau herr kind haus hof winkel bauer meister konig kaiser herzog graf ritter',
  'vice real sales rico blanco negro rojo verde rey reina campo campos torre torres puente castillo iglesia flores rosa',
  'sierra vega luna sol cruz santos dias reis bento penny cherry royal ray rays major wise case cases check rush bugs',
  'ruby python java oracle apache jenkins sherlock dolby bosch siemens zeiss planck nestle ferrari porsche mercedes benz',
  'dell wells fargo stanley morgan sachs schwab morris harley davidson martin marietta nguyen hopkins cambridge oxford',
  'stream streams block blocks string strings array index table tables column row rows key value values type types',
  'english spanish italian polish dutch welsh irish wayne battle blue branch bridges bright brook brooks bush butts carpet',
  'center centers chance child childs christian christmas college combs comer cotton couch counts cover craft crews crisp',
  'curry cushing dance darling dates dear delay downs draper driver drum drums duke dial eagle easter fair farmer fitting',
  'flood flowers fly force forward fountain francis freed freeze friend garden gay gentle gentry glass gore graves gross',
  'grove guess gunn hammer harder hardy hatch hawk hay heard heath hedge held herring hinge hook horn horne hyde jewel',
  'joiner joy judge justice key keen lamp lance large lark last lead leaf leaver light lively lot loud low luck lush madden',
  'major mann marble march market marks mast masters mather meadow means meeks mercer merchant merit merry minor mix mock',
  'moody moss mount mouse nail name near new nickel noon novel nunn outlaw pack paine pair palm parish part parts passage',
  'pate patience pay peace peak pear peek penn person picket pickle pierce pink place plant player plum plummer poe pole',
  'polk poll porter potts pound pounds press pride print prior proctor prophet proper purple pyle queen race rains ram',
  'ranger read ready reel ridge rink rivera roads rock roller root roper round rouse rust sands saucer saw scales school',
  'score seal search seat see setter shade shell shelter shepherd ship shook shore shoulder silk skinner slack sleep slide',
  'smart smiles soler song sorrow sours spain spear spell spence stack stage staples star stark starling stout stoner',
  'straight street stroud stuff sugar sumner sweat sweet tabor tally teal tent thrower tiller toll toner towers towns trail',
  'train travel treat trent true trunk turn twist upright vale van vest vines vance waddle wade waits wake walker walls',
  'ware warm warn way weathers weaver webb weed west wheel whisper wick wilder willow wind window wing wolfe word works',
  'yard yarn zone',
);

/** Words that make a stretch of capitals something else than a person. */
export const NO_PERSON = set(
  'inc incorporated corp corporation co company llc llp ltd limited plc gmbh ag kg ohg ug se sa sas sarl srl spa bv nv ab',
  'oy as aps kk pty group gruppe groupe holding holdings bank bancorp partners associates consulting capital ventures',
  'foundation institute institut university universitat college school academy hospital clinic klinik church cathedral',
  'museum theatre theater stadium arena airport station hotel restaurant bar cafe pub mall center centre tower bridge',
  'street road avenue boulevard lane drive court square highway park garden gardens river lake mountain mount island bay beach',
  'valley county city town village state province district region republic kingdom university hall house building plaza',
  'prize award awards day week month year festival cup league club fc united team association society committee council',
  'department ministry office bureau agency services service systems system solutions technologies technology software',
  'labs lab studio studios media press news times post journal magazine records entertainment pictures productions',
  'pipeline server database cloud platform framework library api sdk cli code compiler runtime engine editor manager report',
  'reports alert skill plugin driver module protocol theorem algorithm method law test model distribution equation syndrome',
  'disease effect number constant transform sort search edition version release pro plus max mini lite beta alpha',
  'sapphire platinum reserve rewards card account order invoice customer client user admin project product page table',
  'street st monday tuesday wednesday thursday friday saturday sunday january february march april may june july august',
  'september october november december montag dienstag mittwoch donnerstag freitag samstag sonntag januar februar marz juni',
  'juli oktober dezember lundi mardi mercredi jeudi vendredi samedi dimanche lunes martes miercoles jueves viernes sabado',
  'domingo texas california florida ohio michigan georgia york jersey england scotland ireland france germany spain italy',
  'email phone tel address date birth name dob ssn iban id number no subject from to cc bcc re fwd date time status type',
  'the this that these those and or not if when then please your our my his her their its we you they it in on at by for',
  'with of to from as is are was were be been has have had do does did will would can could should may might must shall',
  'ist sind war wird und oder nicht der die das den dem des ein eine einen auf aus bei mit nach von zu zum zur im am fur',
  'le la les un une des et ou est sont dans sur pour par avec el los las una uno y o es son en con por para del al il lo gli',
  'e sono nel nella su per con da di os o a um uma na no em het een en of is zijn van op met voor',
  'grusse grussen gruss tell ask call email reset contact reports segun laut selon secondo volgens wedlug podle enligt ifolge rampa prolongacion',
  'lune angeles vegas janeiro aires delhi hague cep kong cunha desktop mobile redirect numbers ranges copyright standard management',
);

/** Brands and institutions called after a person, as their two words. */
export const BRANDS = set(
  'goldman-sachs morgan-stanley philip-morris charles-schwab carl-zeiss max-planck robert-bosch martin-marietta jack-daniels',
  'johnnie-walker calvin-klein ralph-lauren hugo-boss tommy-hilfiger louis-vuitton marie-claire estee-lauder coco-chanel',
  'harley-davidson hewlett-packard mercedes-benz aston-martin land-rover rolls-royce thomas-cook john-deere wells-fargo',
  'johns-hopkins baker-mckenzie price-waterhouse ernst-young marks-spencer tiffany-co dolce-gabbana victoria-secret',
  'jasper-reports amber-alert jp-morgan morgan-chase paul-smith ted-baker michael-kors kate-spade jimmy-choo giorgio-armani gianni-versace',
  'eddie-bauer elizabeth-arden mary-kay sara-lee wendy-s ben-jerry trader-joe jamba-juice oscar-mayer betty-crocker',
  'san-francisco san-diego santa-maria santa-barbara santa-cruz saint-louis sao-paulo san-jose buenos-aires buenos-dias',
);
