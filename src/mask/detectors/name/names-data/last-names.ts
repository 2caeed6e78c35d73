// English ones: the commonest of the 1990 census of the United States, a work of its government and so in the
// public domain, as the package `names` 0.3.0 of PyPI (MIT) carries them. All others: compiled by hand.

/** Last names of some thirty languages: Latin letters without accents, lower case, parted by white space. */
export const lastNames = `
aaron abad abbott abdallah abdullah abe abel aberg abernathy abney abraham abrahamsson abramov
abrams abreu acar acevedo acharya acker ackerman ackermann acosta adair adam adamczak adamczyk
adams adamson adcock addison addo adeyemi adkins adler afanasiev agarwal agee aggarwal aguiar
aguilar aguilera aguirre ahmadi ahmed ahn ahonen ahuja aiken ainsworth akers akesson akgul akins
akman aksoy aktas alami alaniz alarcon albert albrecht albright albuquerque alcaraz alderman
aldrich aldridge alekseev alexander alexandrov alfaro alford ali alicea allard allen alley allison
allred almeida alonso alonzo alston altman altun alvarado alvarez alves amador amaral amato amaya
ambrose ames ammann amos amundsen anaya anders andersen anderson andersson andrade andre
andreassen andreev andres andrew andrews andrzejewski angel anglin ansari anthony antoine antonov
antunes aoki aparicio aponte appleby aquino aragon aranda araujo arce archer archuleta arellano
arevalo arias armstead armstrong arnaud arnett arnold arora arredondo arrington arroyo arsenault
arslan arthur artis arvidsson asante ash ashby ashcraft asher ashley ashton ashworth askew aslan
astrom atalay ates atherton atkins atkinson atwood aubert augustine austin avalos avci avery avila
aviles axelsson ayala aydin aydogan ayers ayres azevedo aziz babb babcock babic baca bach bacon
baer baez baggett bagley bagwell bailey bailly bain baird bak baker bakken bakker bakr baldwin
bales ball ballard ballesteros balogh balogun banas banda banerjee banks barajas baran baranov
baranowski barbee barber barbier barbieri barbosa barbour barclay barfield barger barker barkley
barksdale barlow barnard barnes barnett barney barnhart baron barone barr barre barrera barrett
barrios barron barros barrow barry bartels barth bartholomew bartlett bartley barton bartos
bartosova basaran basile bass bassett bassi basso bateman bates batista battaglia battle batts
bauer baugh baughman baum bauman baumann baur bautista baxter bayrak beach beal beam bean beard
bearden beasley beatty beaty beauchamp beaulieu beaumont beaver beavers becerra beck becker
beckett beckman bednar beebe beek begay begley behrens belanger belcher belkacem bell bellamy
belli bellini belov beltran belyaev benali benard benavides benavidez bender benedetti benedict
benes benesova bengtsson benitez benito benjamin benmoussa bennani benner bennett benoit benson
bentley bento benton benz beran berg berge berger bergeron bergh berglund bergman bergmann
bergqvist bergstrom berman bermejo bermudez bernal bernard bernardi bernier bernstein berry bertin
bertram bertrand besnard bess besson best betancourt bethea betts beverly beyer bhat bhatia
bhattacharya bianchi bianco bielecki biggs billings billingsley binder bingham bird bishop biton
bjork black blackburn blackman blackmon blackwell blackwood blaha blair blake blakely blalock
blanc blanchard blanco bland blank blankenship blanton blasco blaszczyk blazek blazkova blazquez
bledsoe blevins bliss block blom blomqvist blondel bloom blount blue blum boateng bobo bodin boer
boersma bogdanov boggs bohm bolden boles bolin bollinger bolton bond bondarenko bonds bone bonilla
bonneau bonner bonnet booker boone booth borden borges borisov borkowski born bos bosch bosco bose
bosman bostic boston boswell bottcher bouchard boucher bouchet boudreau boudreaux boukhari
boulanger bourdon bourgeois bourque bouvier bowden bowen bowens bower bowers bowie bowles bowling
bowman bowser box boyce boyd boyer boykin boyle boyles bozkurt braden bradford bradley bradshaw
brady braga bragg braithwaite branch brand brandon brandt branham brannon brantley braswell braun
bravo braxton bray breaux brennan brenner breton brewer brewster bridges briggs bright brink
brinkley brinkmann brinson briscoe brito britt britton broadbent brock broek bronson brooks broome
brothers broughton broussard brouwer brower brown browne browning brownlee bruce bruijn bruin brun
bruneau bruner brunet bruni brunner bruno bruns brunson bryan bryant bryson brzezinski buchanan
buck buckley buckner bueno buford bui buisson bull bullard bullock bulut bunch bundy bunn burch
burden burdick bures burger burgess burgi burgos burk burke burkett burkhardt burkhart burks
burleson burnett burnette burney burnham burns burr burrell burris burroughs burrows burt burton
busby busch bush bustamante bustos butcher butler butterfield butts byers bykov bynum byrd byrne
caballero cabral cabrera cadwallader cagle cahill cai cain cakir caldeira calderon caldwell
calhoun call callahan callaway calloway calvert calvo camacho camara camarillo cameron camp
campbell campos camus can canales canfield cannon cano cantrell cantu cao capps caputi caputo
carbone cardenas cardona cardoso cardwell carey carlier carlisle carlson carlton carmichael
carmona carneiro carnes carney caron carpenter carpentier carr carranza carrasco carre carrier
carrillo carrington carroll carson carter cartwright caruso carvalho carver cary casado casas case
casey cash casillas cason casper cassidy castaneda castano castellanos castillo castle castro
catalano cates cattaneo caudill causey cavalcanti cavanaugh cavazos cech celik cermak cermakova
cerna cerny cervantes cetin ceylan chacon chadwick chakraborty chamberlain chambers champagne
champion chan chance chandler chaney chang chapa chapman chappell charles charlton charpentier
charrier chase chastain chatman chatterjee chaturvedi chauhan chauvet chauvin chavarria chavez
chavis cheatham cheek chen cheney cheng cherif chernov chernyshev cherry chester chestnut cheung
chevalier chevallier childers childress childs chin chisholm chmielewski cho choate choi chopra
chow chraibi christensen christenson christian christiansen christie christopher christy chu chung
church churchill cichocki cieslak cintron cirillo cisneros cisse claes claesson clancy clark
clarke clary clay clayton cleary clegg clement clements clemons cleveland clevenger clifford
clifton cline clinton cloud clough cloutier coates coats cobb coburn cocco cochran cockrell cody
coe coelho coffey coffman cohen coker colas colbert colby cole coleman coles coley collazo collet
collier collin collins colombo colon colvin combs comer compton conde conklin conley conn connell
connelly conner connolly connor connors conrad conroy constantin conte conti contreras conway cook
cooke cooley coon cooney cooper cope copeland coppola corbett corbin corcoran cordero cordier
cordonnier cordova corey corley cormier cornelius cornell cornett cornish cornwell corona coronado
correa correia cortes cortez corti cosentino coskun costa costantini costello cote cotton cottrell
couch coughlin coulibaly coulon coulter courtney courtois cousin couto couture covington cowan
cowart cox coy coyle crabtree craft craig crain cramer crandall crane craven crawford crawley
creech crenshaw crespo crews crisp crocker crockett croft cromwell cronin crook crosby cross
crossley crouch crouse crow crowder crowe crowell crowley crum crump cruz cuellar cuesta cuevas
cui cullen culp culpepper culver cummings cummins cunha cunningham curley curran currie currier
curry curtis cutler cyr czarnecki dabrowska dabrowski dag dahan dahl dahlberg daigle dailey dale
daley dalton daly dam damiano damico dang dangelo daniel daniels danielsson danilov darby darden
darling darnell das daugherty davenport david davidson davies davila davis davison davydov dawkins
dawson day de deal dean deaton decker declercq dejesus dekker del delacruz delaney delarosa
delatorre delattre deleon delgado delmas deloach delong delorme deluca delvalle demir demirci
demirel dempsey deng denis denisov dennis dennison denny denson dent denton derosa desai desantis
descamps deschamps deshmukh deshpande desimone desmedt desmet devine devlin devore dewey dewitt
dhillon diallo diamond dias diaz dick dickens dickerson dickey dickinson dickson didier dieckmann
diehl dietrich dietz diez diggs dijk dijkstra dill dillard dillon dimitrov ding diop dixon dlamini
dmitriev do dobbins dobbs dobson dockery dodd dodge dodson doe dogan doherty dolan dolezal
dolezalova domanski domingues dominguez donahue donald donaldson donati dong donnelly donovan
dooley doran dordevic doring dorman dorsey doss dostal dotson doty dougherty douglas douglass dove
dow dowd dowdy dowell dowling downey downing downs doyle dozier drake draper drew driessen
driscoll driver drummond dsouza du duarte dube dubey dubois dubose duckworth duda dudek dudley
duff duffy dufour dugan duggan duke dukes duman dumas dumitru dumont dunbar duncan dunham dunlap
dunn duong dupont dupre dupree dupuis dupuy duran durand durant durbin durham dusek dutta dutton
duval duvall dvorak dvorakova dwyer dye dyer dykes dyson earl early easley eason east easter
eastman eaton eberhardt ebert ebrahimi eccles echols eckert eckhardt eddy edmond edmonds edmondson
edward edwards efimov egan egger eggleston egorov ehlers eide ek ekinci ekstrom elam elder
eldridge elias eliasson elkins eller ellington elliot elliott ellis ellison ellsworth elmas elmore
elrod ely emerson emery emmons endo engel engelhardt england engle english engstrom ennis enriquez
entwistle epperson epps erdogan ergin erickson eriksen eriksson erkan ermakov ernst eroglu ervin
erwin escobar escobedo escudero esparza espinosa espinoza esposito esquivel esser esteban estep
estes esteves estevez estrada etheridge etienne eubanks evangelista evans everett evers ewing
exposito eze ezell fabbri fabre fagan fahmy fair fairchild falk fall faria farias farina farkas
farley farmer farnsworth farouk farr farrar farrell farris farrow faulk faulkner faure faust fava
fawcett fay fedorov fedotov fekete felder feldman feldmann feliciano felix felton feng fennell
fenton ferguson fernandes fernandez ferrand ferrante ferrara ferrari ferraro ferreira ferrell
ferrer ferretti ferri ferris fiala fialova fiedler field fielding fields figueiredo figueroa
filatov filippov finch fink finley finn finnegan finney fiore fiorentino firth fischer fish fisher
fitch fitzgerald fitzpatrick flaherty flanagan fleming fletcher fleury flint flood flores flowers
floyd flynn fogle foley fomin fonseca fontaine fontana fontenot foote forbes ford foreman forman
forrest forsberg forsythe forte fortier fortner fortune foss foster foucher fountain fournier
foust fowler fox foy fraley france franchi francis francisco franco francois frank franke franklin
franks fransson frantz fraser frazier frederick frederiksen fredriksson freeman frei freitas
french frey friedman friedrich friend fritsch fritz frolov frost fry frye fuchs fuentes fugate
fujii fujita fujiwara fukuda fuller fulton fultz funk fusco fyodorov gabriel gaffney gage gagne
gagnon gaillard gaines gaither gajewski galan gale galindo gallagher gallant gallardo gallego
gallegos gallet galli gallo galloway galvan gamble gamez gandy gann gannon gant gao garcia
gardiner gardner gargiulo garland garner garnier garrett garrido garrison garvin gary garza
gaskins gasparini gaston gates gatlin gatti gaudin gauthier gautier gavin gavrilov gay geary
gebhardt gee geiger genc gentile gentili gentry george georgiev georgiou gerard gerasimov gerber
germain german gerritsen gheorghe ghosh gibbons gibbs gibson gifford gil gilbert gilchrist giles
gill gilles gillespie gillette gilley gilliam gilliland gillis gilman gilmore gimenez giordano
giorgi gipson girard giraud giuliani givens glass gleason gleeson glenn glover glowacki gobel
goddard godfrey godwin goede goetz goff goins gold goldberg golden goldman goldsmith goldstein
golebiowski golubev gomes gomez goncalves goncharov gonzales gonzalez gooch good goode gooden
goodman goodrich goodson goodwin goossens gordon gore gorman gorski goss gossett goto gotz gould
gowda graaf grabowski grace gracia grady graf graham granger grant grantham grassi grasso graves
gray grayson greco green greenberg greene greenfield greenwood greer gregg gregory gresham grewal
grey grier griffin griffith griffiths griggs grigoriev grigsby grimes grimm grissom groen grogan
grondin groot gross grossman grove grover groves grubb grubbs gruber guajardo guerin guerra
guerrero guevara guha guichard guidi guidry guilbert guillaume guillen guillon guillory guillot
guimaraes guinn gul guler gundersen gunderson gundogdu gunduz gunes gunn gunnarsson gunter gunther
guo gupta gurley gusev gustafson gustafsson gustavsson guthrie gutierrez guy guyot guyton guzman
haan haas hacker hackett haddad hadley hagan hagen hager hahn haigh haines hairston hajek hajkova
hakansson hale haley hall halliday halvorsen ham hamad hamalainen hamann hamby hamdan hamel hamidi
hamilton hamlin hamm hammer hammond hammonds hammons hampton han hancock hand handy haney hankins
hanks hanley hanna hannah hannon hansen hanson hansson hara harada harbin harden harder hardin
harding hardison hardman hardy hare hargreaves hargrove harkins harley harman harmon harms harp
harper harrell harrington harris harrison harry hart hartley hartman hartmann harvey hasegawa
hashemi hashimoto haskins hassan hastings hatch hatcher hatfield hathaway hatton haugen haupt
hauser havens hawk hawkins hawks hawley haworth hawthorne hay hayashi hayden hayes haynes hays
hayward haywood head healy heard hearn heath heaton hebert heck hedlund hedrick hegarty hegde
heijden heikkila heikkinen heim hein heine heinonen heinrich heinz heller hellstrom helm helms
helton hemphill henderson hendricks hendrickson hendriks hendrix henley henning henriksen
henriksson henriques henry hensley henson hepworth herbert heredia herman hermann hermans
hermansson hernandez herndon herrera herrero herring herrington herrmann herron herve herzog hess
hester heuvel hewitt hiatt hickey hickman hicks hidalgo higginbotham higgins high hightower hill
hilliard hillman hills hilton hindle hinds hines hinkle hinojosa hinson hinton hinz hirsch
hitchcock hite ho hoang hoarau hobbs hobson hodge hodges hoek hoekstra hofer hoff hoffman hoffmann
hofman hofmann hogan hogue holbrook holcomb holden holder holland holley holliday hollingsworth
hollins hollis holloway holm holman holmberg holmes holmgren holroyd holt holton holub holubova
honeycutt hong hood hook hooker hooks hooper hoover hope hopkins hoppe hopper hopson horak
horakova horn horne horner horsfall horton horvat horvath hoskins hosseini houck hough houle house
houser houston howard howe howell howland hoyle hoyt hruby hruska hu huang hubbard huber hubert
hubner huddleston hudgins hudson huerta huet huey huff huffman huggins hughes huisman hull humbert
hummel humphrey humphreys humphries hunt hunter huntley hurd hurley hurst hurt hurtado hussain
hussein huston hutchins hutchinson hutchison hutson hutton huynh hwang hyatt hyde hyman ibanez
ibarra ibrahim iglesias ikeda ilic illingworth ilyin imbert ingram inman inoue ioannou ionescu
irby irizarry irvin irving irwin isaac isaacs isaev isaksson isbell ishida ishii ishikawa isik
isom ito ivanov ivanova iversen iverson ivey ivy iyengar iyer izquierdo jablonski jack jackson
jacob jacobs jacobsen jacobson jacques jacquet jafari jager jagger jahn jain jakobsen jakobsson
jakubowski james jameson jamison janda jang jankowska jankowski jansen janssen jansson jaramillo
jarrell jarrett jarvinen jarvis jasinski jaworski jean jeffers jefferson jeffries jelinek
jelinkova jenkins jennings jensen jernigan jeter jett jewell jha jiang jimenez johannessen
johansen johansson john johns johnsen johnson johnston joiner jokinen jolly joly jonasson jones
jong jonker jonsson jordan jordon jorgensen joseph joshi jovanovic joy joyce joyner juarez judd
jude juhasz julian julien jung junge jurado juric justice kaczmarczyk kaczmarek kaczor kadlec kahn
kahraman kaiser kalinin kalinowski kamath kamau kaminska kaminski kane kaneko kang kaplan kapoor
kara karaca karadag karatas karimi karjalainen karl karlsen karlsson karpov kartal kasprzak kato
katz kauffman kaufman kaufmann kaur kay kaya kazakov kazmierczak keane kearney kearns keating keen
keenan keene keita keith kelleher keller kelley kellogg kelly kelsey kemp kendall kendrick kennedy
kenney kenny kent kenyon keogh kern kerns kerr kershaw keskin kessler key keyes keys khan khanna
khelifi khoury khumalo kidd kiernan kilgore kilic killian kilpatrick kim kimball kimble kimbrough
kimura kincaid kinder king kinney kinnunen kinsey kirby kirchner kirk kirkland kirkpatrick kirsch
kiselev kiser kiss kitchen klein klimov kline klose knapp knezevic knight knott knowles knox
knudsen knutsen knutson kobayashi koc kocaman koch koehler koenig kohler kojima kok kolar kolarova
kolb kolesnikov kolodziej komarov kondo kone konecny konieczny konig koning konovalov kooij
kopecka kopecky kopp korhonen korkmaz korolev kose koskinen koster kovacevic kovacic kovacs koval
kovalenko kovalev kovar kovarova kowalczyk kowalska kowalski kozak kozlov kozlowska kozlowski
kraft krajewski kral kralova kramer kratochvil kratochvilova kraus krause kravchenko krawczyk
krebs kristiansen kristoffersen kriz krizova krol krueger kruger krupa kruse krylov kubiak kucera
kucerova kucharski kudo kudryavtsev kuhn kuijpers kuiper kuipers kulikov kulkarni kumar kunz kurek
kurt kurtulus kurtz kurz kuzmin kuznetsov kuznetsova kwiatkowska kwiatkowski kwok kwon kyle lacey
lackey lacombe lacroix lacy ladd ladner lahtinen lai laine laird laitinen lakatos lake lam lamar
lamb lambert lambrechts lamy lancaster lance land landers landi landis landrum landry lane lang
lange langford langley langlois langston lanier lankford laporte lara larkin laroche larsen larson
larsson larue laskowski lassiter latham lau laughlin launay laurent laursen laval law lawler
lawrence laws lawson lawton lay layne layton lazarev lazaro le leach leal leary leavitt lebedev
lebedeva leblanc lebon lebrun leclerc leclercq lecomte ledbetter ledford leduc lee leeuwen
lefebvre lefevre leggett legrand legros lehman lehmann lehtinen lehtonen leite leitner lejeune
lelievre lemaire lemieux lemoine lemon lemons lentz lenz leon leonard leone leonov leppanen leroux
leroy lesage leslie lesniak lester leung leveque levesque levi levin levine levy lewandowska
lewandowski lewis leyva li liang libby lie light liles lilly lim lima lin lincoln lind lindberg
lindemann linden linder lindgren lindner lindqvist lindsay lindsey lindstrom link linke linn
linton lipinski lipscomb lis lister little littlefield littlejohn liu lively livingston llewellyn
lloyd locatelli locke lockett lockhart lockwood lofgren lofthouse lofton logan loiseau lomax
lombardi lombardo london long longbottom longo longoria loomis looney lopes lopez lord lorenz
lorenzo lott louis love lovelace lovell lovett lowe lowery lowry loyd lozano lu luca lucas lucero
ludtke ludwig lugo lujan luke lumpkin luna lund lundberg lundgren lundin lundqvist lundstrom lundy
lunsford luo lupo luque lusk luther lutz ly lyle lyles lyman lynch lynn lyon lyons lysenko lytle
ma maas mabry macdonald mace macedo machado macias maciejewski mack mackay mackenzie mackey
mackinnon maclean macleod madden maddox madej madison madrid madrigal madsen maeda maes magalhaes
magana magee magnusson maguire mahajan mahan maher mahmoud mahon mahoney maia maier maillard
maillot main maione majewski major makarov makela makinen makowski mala malcolm maldonado malhotra
malinowski mallet mallory malloy malone maloney maly manca mancini manley mann manning mansfield
mansour mansson mantovani manuel manzano maples marchand marchenko marchese marchetti marchi
marciniak marcos marcum marcus marechal marek mares mariani maric marie marin marini marino marion
mark markham markov markova markovic markowski marks marlow marques marquez marra marrero marsh
marshall martel martens martensson marti martin martinelli martinez martini martino martins
martinsen martinsson marty martynov marvin marx masek maslov mason massey masson masters mata
matei mateo mateos mathews mathieu mathis mathisen matias matlock matos matousek matson matsuda
matsumoto matthew matthews mattila mattingly mattox mattson mattsson matuszewski matveev mauldin
maurer mauro maury maximov maxwell may mayberry mayer mayes mayfield maynard mayo mays mazur
mazurek mazza mcadams mcalister mcallister mcarthur mcbride mccabe mccain mccall mccann mccarter
mccarthy mccartney mccarty mccauley mcclain mcclellan mcclelland mcclendon mccloud mcclure
mccollum mcconnell mccord mccormack mccormick mccoy mccracken mccrary mccray mccullough mccurdy
mcdaniel mcdermott mcdonald mcdonough mcdowell mcduffie mcelroy mcfadden mcfarland mcgee mcghee
mcgill mcginnis mcgovern mcgowan mcgrath mcgraw mcgregor mcguire mchugh mcintosh mcintyre mckay
mckee mckenna mckenzie mckinley mckinney mckinnon mcknight mclain mclaughlin mclean mclendon
mcleod mcmahan mcmahon mcmanus mcmillan mcmillian mcmullen mcnair mcnally mcnamara mcneal mcneil
mcneill mcnulty mcnutt mcpherson mcqueen mcrae mcwhorter mcwilliams mead meade meador meadows
means mebarki medeiros medina medley medrano medvedev meehan meek meeks meer mehra mehrotra mehta
meier meijer meili mejia melendez melis mellor melnikov melo meloni melton melvin mena menard
mendes mendez mendoza menendez menon mensah menzel mercado mercer merchant mercier meredith merino
merkel merle merlo merrill merritt mertens mesa messer messina meszaros metcalf metz metzger
meulen meunier meyer meyers meza meziane michael michaels michalski michaud michel michels
middleton midgley miguel mikhailov mikkelsen mikolajczyk milam milani miles millan millard miller
millet milligan mills milner milosevic milton mims miner minor minton miranda mironov mirza mishra
mitchell miura mixon miyazaki mize mizrahi mobley mock moeller moen moffett mohamed mohammadi
mohammed mohr mokoena moldovan molefe molenaar molina moller molnar moloney monaghan monahan monk
monnier monroe montalvo montanari montanez montano monteiro montero montes montgomery monti
montoya moody moon mooney moore mora moradi moraes morais morales moran morandi moravec moreau
moreira morel moreland morelli moreno moretti morgan mori moriarty morin morita moroz morozov
morozova morrell morris morrison morrissey morrow morse mortensen morton moseley moser moses
mosher mosley moss mota motley mott motta moulin moulton moura moya moyer mroz mueller mukherjee
mulder mullen muller mulligan mullins muncy muniz munoz munson munteanu murakami murdock murillo
murphy murray murrell murry musil musilova mwangi myers myles myrick nadeau nagel nagy naidu nair
nakagawa nakajima nakamura nakano nakayama nance napier napolitano naquin nardi nascimento nash
nasser naumann naumov nava navarro navratil navratilova nayar naylor nazarov ndiaye ndlovu neal
neely neff negri negron neil nelson nemcova nemec nemeth neri nesbitt nettles neubauer neumann
neves newberry newby newcomb newell newman newsom newsome newton ng ngo nguyen nicholas nichols
nicholson nickel nickerson nicolas nielsen nielson niemi nieminen nieto nieves nikitin nikolaev
nikolaou nikolic nikolov nilsen nilsson nishimura nix nixon njoroge nkosi noack noble nobles noe
noel nogueira nolan noland nolen norberg nordin nordstrom norman normand normington norris north
norton norwood novak novakova novikov novotna novotny nowak nowakowski nowicki noyes nugent
numbers nunes nunez nunn nuttall nyberg nystrom oakes oakley oberg obi obrien ocampo ochieng ochoa
oconnell oconnor odell odhiambo odom odonnell ogawa ogden ogle oglesby ogunleye oh ohara ojala
ojeda okada okafor okamoto okeefe okonkwo olah oldfield oldham oleary olejniczak oliva olivares
oliveira oliver olivier olivieri oliynyk olofsson olsen olson olsson olszewski olvera omalley
oneal oneil oneill ono openshaw oreilly orlando orlov orlova ormerod ornelas orourke orozco orr
ortega ortiz osborn osborne osei osipov osorio ospina ostrowski osullivan ota otero otieno ott
otto ouattara ouellette outlaw ovchinnikov overstreet overton owen owens owusu ozbek ozcan ozdemir
ozer ozkan ozturk pace pacheco pack padgett padilla pagan pagano page pai paige paine painter
paiva palacios palma palmer palmieri palsson palumbo pan pandey papa papadakis papadopoulos pape
papp pappas paquette pardo paredes parent parham paris parish parisi park parker parkinson parks
parnell parr parra parris parrish parrott parson parsons partridge pascual pasquier pastor pate
patel pathan patil patrick patten patterson patton paul paulsen paulson pavlik pavlov pavlova
pavlovic pawlak pawlik pawlowski paxton payet payne payton peachey peacock pearce pearson pease
peck pedersen pederson peeters pellegrini pellegrino pelletier peltier pemberton pena pence
pendleton peng penn pennington peoples pepper peralta perdue pereira peretz perez perkins perret
perrier perrin perrone perrot perry perryman person persson peters petersen peterson petit
petrenko petrov petrova petrovic pettersen pettersson pettit petty pfeiffer pham phan phelps
philippe phillips phipps piazza picard pichon pickens pickering pickett pickles pierce pierre
pierson pietrzak pietsch pike pilkington pillai pimentel pina pineda pinna pinson pinto piotrowski
piper piras pires pisano pitt pittman pitts platt plaza ploeg plummer poe pohl poindexter poirier
pokorna pokorny polak polakova polanco polat poli polishchuk polk pollard pollock polyakov ponce
ponder ponomarev pons pool poole popa pope popescu popov popova porter portillo posey pospisil
pospisilova post postma potapov potter potts poulain poulin poulsen powell power powers prado
prater prather pratt prescott presley pressley preston preuss prevost prewitt price priest
priestley prieto prince pringle prins pritchard pritchett probst prochazka prochazkova proctor
proietti prokhorov pruett pruitt pryor przybylski puckett pugh pullen pulliam purcell purdy purvis
putnam pyle qualls quarles queen queiroz quezada quick quigley quinn quinones quintana quintanilla
quintero quiroz qureshi racz rademacher rader radford radu rafferty ragland ragsdale rahimi raines
rainey rains rajput rak ralston ramey ramirez ramos ramsey rana randall randle randolph rangel
rankin ransom rantanen rao rapp rasmussen ratcliff rathore ratliff rau rawlinson ray raymond rea
read reagan reardon reaves rector redd redding reddy redman redmond redondo reece reed reeder rees
reese reeves regan regnier reich reid reilly reinhardt reis remy ren renard renaud renault rendon
renner renteria restrepo reuter rey reyes reyna reynolds reynoso rezaei rezende rhoades rhoads
rhodes ribeiro ricard ricci ricciardi rice rich richard richards richardson richey richmond
richter ricketts ricks rico riddick riddle rider ridley riedel rigby riggs riha riley rinaldi
rinehart ring riordan rios ritchie ritter riva rivas rivera rivero rivers riviere rizzi rizzo
roach roark robb robbins roberson robert roberts robertson robin robinette robins robinson robison
robles roby roca rocca rocha roche rock rockwell rodgers rodionov rodrigues rodriguez rodriquez
roe roebuck roger rogers rohde rojas roland roldan rolland rollins roman romano romanov romanowski
romero romo rooney root roper rosa rosado rosales rosario rosas rose rosen rosenberg rosenthal
ross rossetti rossi rota roth rothe rouse roush rousseau roussel roux rowan rowe rowell rowland
rowley roy royal royer rubin rubio rucker rudd rudenko rudolph rueda ruff ruffin ruggiero ruiz
runyon rush rushing russ russell russo rusu ruth rutherford rutkowski rutledge ruzicka ruzickova
ryan ryder saarinen sadeghi sadler sadowski saenz saez sagar saglam sahin said saidi saito sakai
sakamoto sala salas salazar saldana saleh salem salerno sales salgado salinas salisbury salminen
salmon salo salonen salter salvador salvi sampaio sample sampson sams samson samuel samuels
samuelsson sanborn sanchez sancho sandberg sander sanders sanderson sandhu sandoval sands
sandstrom sanford sanna santamaria santana santiago santoro santos sanz sapp sargent sari sartori
sasaki sasso sato satterfield saucedo sauer saunders savage savchenko savelyev savolainen sawicki
sawyer saxena sayed saylor scales scanlon scarborough schaefer schaeffer schafer schaffer schell
schiller schilling schipper schluter schmid schmidt schmitt schmitz schneider schofield scholten
scholz schouten schrader schreiber schreiner schroder schroeder schubert schuler schulte schultz
schulz schulze schumacher schuster schutte schutz schwab schwartz schwarz scott scroggins scruggs
seal seals seaman sears seay sedlacek sedlackova seguin segura seidel seitz selby self sellers
semenov sen seo sergeev serna serra serrano sethi sevcik seward sewell sexton seymour sezer
shackleton shafer shaffer shah shanks shannon shapiro sharma sharp sharpe shaver shaw shcherbakov
shea shearer sheehan sheets sheffield sheikh shelby sheldon shell shelley shelton shen shepard
shepherd sheppard sheridan sherman sherrill sherrod sherwood shetty shevchenko shibata shields
shimizu shin shipley shipman shipp shirley shockley shoemaker shook short shukla shuler shultz
shuttleworth siddiqui sidhu sidorov siegel sierra sikes sikora silva silver silverman silvestri
simek simkova simmons simms simon simonet simonetti simons simonsen simpkins simpson sims simsek
sinclair singer singh singletary singleton sinha siqueira sisk sisson sizemore sjoberg sjogren
skaggs skelton skiba skidmore skinner slade slater slaughter sledge slimani sloan slone small
smalley smalls smallwood smart smiley smirnov smirnova smit smith smits sneed snell snider
snodgrass snow snowden snyder soares sobczak sobolev soderberg sokolov sokolova sokolowski solberg
soler solis solomon solovyov sommer song sonntag sorensen sorenson soriano sorokin sorrentino sosa
soto soukup sousa south souza sow sowell soylu spain spangler spann sparks spaulding spear spears
specht speer spence spencer spicer spina spivey sprague springer spurlock squires srivastava stacy
stafford stahl staley stallings stamper stan stanek stanfield stanford stankiewicz stankovic
stanley stansfield stanton staples stapleton stark starkey starks starnes starr stastny staton
staudt stclair stearns steele steen stein steiner stella stepanek stepanov stephens stephenson
stepien stepp sterling stern stevens stevenson steward stewart stiles still stinson stjohn
stockton stoddard stoica stojanovic stokes stolz stone stoner storey story stout stovall stover
strand strange stratton strauss street streeter strickland stringer strom stromberg strong stroud
stuart stubbs stump su suarez sugden suggs sullivan summers sumner sun sundberg sundstrom
sutcliffe sutherland sutton suzuki svendsen svensson svoboda svobodova swafford swain swan swann
swanson swartz sweeney sweet swenson swiatek swift switzer sykes sykora sylvester szabo
szczepanski szewczyk szulc szymanska szymanski tabor tackett tagore takacs takahashi takeuchi
talbert talbot talley talwar tamura tan tanaka tandon tang tanguy tanner tapia tarasov tas tate
tatum tavares taylor tazi teague teel tehrani teichmann teixeira tejeda tekin temple templeton
terrell terry tessier testa texier thacker thackeray thakur tharp thayer thiel thiele thomas
thomason thompson thomsen thomson thorn thorne thornton thorpe thrasher thurman thurston tian
tichy tidwell tierney tikhonov tilley tillman timmermans timmons timofeev tinsley tipton tirado
titov titus tiwari tkachenko tobias tobin todd todorov tolbert tomas tomaszewski tomczak tomczyk
tomlin tomlinson tompkins toney toprak tordoff torres torrez tosi toth touati toure tournier tovar
townsend tracy trahan trammell tran traore travis traylor trejo trent trevino trevisan trimble
triplett tripp trivedi trofimov trotter trout troutman trujillo truong tsang tubbs tucker tunc
tuominen turan turek turk turnbull turner turpin turunen tuttle tyler tyson ucar ueda ullrich
ulrich unal underwood unger upton urban urbanova urbanski uribe uttley uysal uzun valadez valdes
valdez valencia valenta valente valentin valentine valentini valenzuela valero valle vallet
valverde vance vandamme vandenberg vanderberg vandyke vanek vang vanhorn vankova vann varela varga
vargas varley varma varner varney vasconcelos vasiliev vasiliou vasquez vasseur vaughan vaughn
vavra vazquez veen veenstra vega vela velasco velasquez velazquez velde velez ven venegas ventura
vera verbeek verdier verhoeven verma vermeulen vernon vesela vesely vest viana vicente vick
vickers vidal vieira vigil viklund vila villa villalobos villani villanueva villar villarreal
villegas vincent vines vink vinogradov vinson virtanen visser vitale vitali vlasov vlcek vlckova
vliet vo vogel vogt voigt voisin volkov volkova volpe vorobyov voronin vos voss vries vu vukovic
vural wada waddell wade wadsworth waggoner wagner wagoner waite wakefield wal walczak walden
waldron waldrop walker wall wallace waller wallin wallis walls walmsley walsh walter walters
walton wang ward warden ware warner warren washburn washington wasilewski watanabe waterman waters
watkins watson watt watts waugh way weathers weaver webb webber weber webster weeks wei weiner
weinstein weir weiss welch weldon weller wellman wells welsh wendt wenzel werner wesley west
westbrook westmoreland weston wetzel whalen whaley whatley wheat wheatley wheeler whelan whipple
whitaker white whitehead whiteley whitfield whiting whitley whitlock whitman whitmore whitney
whitson whitt whittaker whitten whittington whitworth widmer wieczorek wiggins wigglesworth wijk
wikstrom wilburn wilcox wilder wiles wiley wilhelm wilk wilkerson wilkes wilkins wilkinson wilks
willard willems willemsen willett willey william williams williamson willingham willis willoughby
wills wilson wimmer windham wing winkler winn winslow winstead winston winter winterbottom winters
wirth wise wiseman wisniewska wisniewski wit withers witherspoon witkowski witt wlodarczyk wofford
wojciechowski wojcik wojtowicz wolf wolfe wolff wolford wolters womack womersley wong wood woodall
woodard woodruff woods woodson woodward woody wooten workman worley worrell worthington wouters
wozniak wray wren wright wrigley wrobel wroblewski wu wulf wyatt wyman wynn wysocki xavier xiao
xie xiong xu yadav yakovlev yalcin yamada yamaguchi yamamoto yamashita yamazaki yancey yanez yang
yao yarbrough yates yavuz yazzie ybarra ye yeager yee yildirim yildiz yilmaz yoder yokoyama yoon
york yoshida yost young youngblood younger younis yu yuan yuksel zajac zak zakharov zaki zalewski
zamora zander zanella zanetti zanini zapata zavala zawadzki zaytsev zbinden zeigler zeman zemanova
zeng zengin zepeda zhang zhao zheng zhong zhou zhu zhukov zhuravlev ziegler zielinska zielinski
zimmer zimmerman zimmermann ziolkowski zukowski zuluaga zuniga zurcher zwart
`;
