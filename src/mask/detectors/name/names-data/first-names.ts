// English ones: the commonest of the 1990 census of the United States, a work of its government and so in the
// public domain, as the package `names` 0.3.0 of PyPI (MIT) carries them. All others: compiled by hand.

/** First names of some thirty languages: Latin letters without accents, lower case, parted by white space. */
export const firstNames = `
aaliyah aarav aaron aarti abbey abbie abby abdallah abdelaziz abdelkader abdul abdullah
abdulrahman abe abel abelardo abena abhishek abigail abraham abram abril achieng ada adaeze
adalberto adam adan addie addison adebayo adela adelaida adelaide adele adelia adelina adeline
adell adella adina aditya adolf adolfo adolph adria adrian adriana adriane adrianna adrianne
adrien adrienne adwoa afonso agata agatha agathe agnes agnese agneta agnieszka agustin agustina
ahmad ahmed ahmet aida aidan aiden aileen aimee ainara ainhoa aino aisha aishwarya aitana ajay
akash ake akhil akiko akira akosua akua al alain alaina alan alana alanna alba albert alberta
albertha alberto albin albina alda alden aldo alec alecia alejandra alejandro aleksandar
aleksander aleksandr aleksandra aleksei alena alene ales alesha alesia alessandra alessandro
alessia aleta aletha alex alexa alexander alexandra alexandre alexandria alexandru alexei alexey
alexia alexis alfie alfons alfonso alfonzo alfred alfreda alfredo ali alice alicia alicja alida
alina aline alisa alisha alison alissa allan allen allene allie allison allyson alma almeda alois
alojzy alok alonso alonzo alpha alphonse alphonso alta altagracia althea alton alva alvar alvaro
alvin alvina alyce alycia alysia alyson alyssa alzbeta ama amada amado amadou amaia amalia aman
amanda amandine amar amarjeet amber ambrose amelia amelie america ami amie amina aminata amir
amira amit amos amparo amy ana anabel anaelle anais anand ananya anastasia anastasiya anatoly anca
anders anderson andra andras andre andrea andreas andree andreea andrei andreia andres andrew
andrey andria andrzej andy aneta angel angela angelia angelica angelika angelina angeline
angelique angelita angella angelo angie anglea anh anibal aniela aniket aniko anil anissa anita
anitra anja anjali anke ankit ankur ann anna annabel annabelle annalisa annamaria annamarie anne
anneke anneli anneliese annemarie annetta annette annick annie anniina annika annmarie anouk
anselmo ante anthony antione antionette antje antoine antoinette anton antone antonella antonette
antoni antonia antonietta antonin antonio antony antti antwan anuj anushka aoi aoife aparecida
aparna apolline april araceli aracely arash archana archie arden ardis ardith aretha ariana
arianna arie ariel arielle arif arild arjun arkadiusz arkady arleen arlen arlene arlette arlie
arline armand armando armelle armida arnaud arndt arne arnold arnoldo arnulfo aron arron arseny
art artem arthur arti artie artur arturo artyom arun arvid aryan asa asbjorn asha ashely ashish
ashlee ashleigh ashley ashlie ashly ashlyn ashok ashton ashwin asia assunta astrid asuka asuncion
athena attila aubrey audra audrey audry august augusta augustine augustus augustyn aura aurea
aurelia aurelie aurelien aurelio aurora aurore austin autumn ava avery avi avis avraham awa awilda
axel ayaka ayelet ayesha aynur ayodele ayse aysel azadeh babak babatunde bahar bailey balazs
baljeet bambi baptiste barb barbara barbora barbra barbro baris barney barrett barry bart
bartlomiej barton bartosz bas basil bastien bayram bea beat beata beate beatrice beatrix beatriz
beau becky begona behnam bekir bela belen belinda bella belle belva ben benedetta benedict
benedicte benedikt benedykt bengt benita benito benjamin bennett bennie benny benoit bente benton
berit berk bernadette bernadine bernard bernardo bernd bernhard bernice bernie berniece bernita
berry bert berta bertha bertie bertram beryl bess bessie beth bethany betsy bette bettie bettina
betty bettye beulah beverley beverly bharat bharti bhavani bhavna biagio bianca bilal biljana bill
billie billy birdie birgit birgitta birthe bjoern bjorg bjork bjorn blaine blair blake blanca
blanch blanche blandine blanka bo bob bobbi bobbie bobby bogdan bogumil bogumila boguslaw
boguslawa bohdan bohumil bohumila bohuslav boleslaw bonita bonnie bonny booker boris borje boyce
boyd bozena brad bradford bradley bradly brady brain bram brandee branden brandi brandie brandon
brandy branko brant brayden breanna breanne brenda brendan brendon brenna brent brenton bret brett
brian briana brianna brianne brice bridget bridgett bridgette brigette brigitte britney britt
brittani brittany brittney brock broderick bronislaw bronislawa brook brooke brooklyn brooks bruce
bruna bruno bryan bryant bryce bryon buck bud buddy buford burak burl burt burton busra buster
byron caden cadence caio caitlin caitlyn caleb callie callum calvin camden cameron cami camila
camilla camille camilo can candace candance candela candelaria candi candice candida candis candy
caner capucine cara caren carey cari caridad carin carina carissa carl carla carleen carlene carlo
carlos carlota carlotta carlton carly carma carman carmel carmela carmelita carmella carmelo
carmen carmine carol carolann carole carolee carolina caroline carolyn carri carrie carrol carroll
carson carsten carter cary caryl caryn casandra casey cassandra cassidy cassie catalin catalina
catarina caterina catharine catherine cathi cathie cathleen cathrine cathryn cathy catina catrina
cecelia cecil cecile cecilia cecily cecylia cedric cedrick celeste celestine celia celina celine
cem cemal cemile cengiz ceren cesar cesare ceyda cezary chad chadwick chana chance chanda chandra
chanel chang chantal chantel chantelle chao charissa charisse charity charla charleen charlene
charles charlette charley charlie charline charlotte charmaine charolette charu chas chase chasity
chastity chauncey cheikh chelsea chelsey chelsie cheri cherie cherise cherly cherri cherrie cherry
cheryl cheryle chester chet chetan cheyenne chi chiara chinedu chioma chipo chiquita chitra chloe
chong chris chrissy christa christal christel christelle christen christer christi christian
christiana christiane christie christin christina christine christoffer christoper christophe
christopher christy chrystal chuck chukwuemeka chung chunhua ciara cierra cinda cindi cindy
cinthia cinzia clair claire clara clare clarence clarice clarissa clark claud claude claudette
claudia claudine claudio claus clay clayton clemence clement clemente clementine cleo cleta cletus
cleveland cliff clifford clifton clint clinton clyde cody colby cole coleen coleman colette colin
colleen collette collin colton columbus concepcion concetta connie conrad constance constantin
consuelo cooper cor cora coral cordelia cordell corene corentin corey cori corina corine corinna
corinne cornelia cornelis cornelius cornell corrado corrie corrina corrine cortez cortney cory
costantino courtney coy craig cristal cristi cristian cristiane cristiano cristina cristine
cristobal cristopher cristy cruz crystal csaba curt curtis cyndi cynthia cyril cyrus czeslaw
czeslawa daan dag dagmar daiane daisuke daisy dakota dale dalia dalibor dallas dalton damaris
damian damien damion damir damon dan dana dane danelle danette danial danica daniel daniela
daniele daniella danielle daniil danilo danita danna dannie danny dante danuta daphne dara darci
darcie darcy darell daren daria darin dario darius dariush dariusz darla darleen darlene darline
darnell daron darrel darrell darren darrick darrin darron darryl darwin darya daryl dave davi
david davida davide davina davis davor dawid dawn dawna dayna dean deana deandre deangelo deann
deanna deanne deb debbie debby debi debora deborah debra debrah dedra dee deena deepa deepak
deepika defne deidra deidre deirdre dejan del delaney delbert delfina delia delilah della delma
delmar delmer delois delores deloris delphia delphine demarcus demetra demetria demetrius dena
deneen denice denis denisa denise deniz denna dennis denny denver deon derek derick derrick derya
deshawn desiree desmond despina dessie destiny detlef devendra devi devin devon dewayne dewey
dewitt dexter dhruv dian diana diane diann dianna dianne dick didier diego dieter dilek dillon
dimitar dimitrios dimitris dina dinah dinesh dino diogo dion dionne dirk divya dixie dmitri
dmitriy dmitry dogan dollie dolly dolores domenic domenica domenico dominga domingo dominic
dominick dominik dominika dominique don dona donald donatella donato dong donita donn donna
donnell donnie donny donovan donte dora dorcas doreen dorene doretha dori dorian dorinda doris
dorota dorothea dorothy dorris dorsey dortha dorthe dorthea dorthy dottie doug douglas douglass
dovie doyle dragan dragana drahomira drew duane duarte duc dudley dulce dumitru duncan durga dusan
dustin dusty dwain dwayne dwight dylan earl earle earlene earline earnest earnestine eartha easter
easton ebba eboni ebony ebru ece eckhard ed eda eddie eddy edeltraud eden edgar edgardo edie
edison edit edith edmond edmund edmundo edna edoardo edson eduard eduarda eduardo edward edwardo
edwin edwina edyta edythe eero efe effie efrain efren ege egidio egon egor eija eila eileen eilidh
eirik eitan eivind ekaterina ela elaina elaine elana elba elbert elda elden eldon eldora eldridge
eleanor eleanore elena eleni elenor eleonora elfriede elham eli elia eliana eliane elias elida
elif elijah elin elinor elio elisa elisabeth elise eliseo elisha eliska elissa eliza elizabeth
elizaveta elizebeth elke ella ellen ellie elliot elliott ellis ellsworth elma elmer elmira elmo
elna elnora elodie eloisa eloise elouise eloy elroy els elsa elsie elton elva elvera elvia elvin
elvira elvis elwood elyse elzbieta emanuel emanuela emanuele emanuelly emeka emerson emery emiko
emil emile emilia emiliano emilie emilio emily emine emma emmanuel emmett emmitt emogene emory
emre ena encarnacion enedina enes enid enoch enrica enrico enrique enriqueta enzo era erasmo ercan
erdem eren eric erica erich erick ericka erik erika erin erkan erlinda erma erna ernest ernestina
ernestine ernesto ernie ernst erol errol ersin ertan ervin erwin erzsebet esha esma esmeralda
espen esperanza esra essie esteban estela estella estelle ester esther estrella eszter ethan ethel
ethelyn etienne etta ettore eugene eugenia eugenie eugenio eugeniusz eula eulalia eun eunice eunji
eusebio eva evalyn evan evangelina evangeline eve evelia evelyn evelyne everett everette evette
evgenia evgeny evi evie evon evonne ewa ewan ezekiel ezequiel ezio ezra fabian fabiana fabien
fabienne fabio fabiola fabrice fadime fahad faisal faith fang fannie fanny fares farhad faris
farrah fatemeh fatih fatima fatma fatou faustino fausto fawn fay faye federica federico fedor
felecia felica felice felicia felicita felicitas feliks felipa felipe felisha felix felton femke
femmie fenna ferdinand ferenc fergus fermin fern fernand fernanda fernando ferne fidel filiberto
filip filipe filippo filiz filomena finlay finley finn fiona firmin flavia flavio flemming
fletcher fleur flor flora florence florencio florene florent florentina florentino florian florida
florin florine floris flossie floy floyd folake fonda forest forrest foster fran franca frances
francesca francesco francine francis francisca francisco franciszek franco francois francoise
frank frankie franklin franklyn frantisek franziska fred freda freddie freddy frederic frederick
frederik fredric fredrick fredrik freeman freida freja freya frida frieda friederike friedrich
frits fritz frode funmilayo furkan fyodor gabor gabriel gabriela gabriele gabriella gabrielle gael
gaetan gaetano gaia gail gale galen galina gamze ganesh gareth garfield garland garnet garret
garrett garry garth gary gaston gaurav gauri gavin gay gayatri gaye gayla gayle gaylord gaynell
geert geeta geir gema gemma gena genaro gene geneva genevieve gennady genoveva genowefa geoffrey
george georges georgette georgi georgia georgiana georgianna georgie georgina georgios gerald
geraldine geraldo geralyn gerard gerardo gerd gerda gerhard geri germain germaine german gernot
gerri gerrit gerry gert gertie gertrud gertrude gheorghe ghislaine giacomo giada giancarlo
gianfranco gianluca gianna gianni gideon gijs gil gilbert gilberto gilda gilles gillian gina
ginette ginevra ginger ginny gino giorgia giorgio giorgos giovanna giovanni gisela gisele giselle
gitte giulia giuliana giuseppe giuseppina gizem gladis gladys gleb glen glenda glenn glenna gloria
glory glyn gokhan golda goldie golnaz gonca goncalo gonzalo gopal goran gordana gordon gottfried
govind grace gracie graciela grady graeme graham graig grant granville grayson graziella grazyna
greetje greg gregg gregor gregoria gregorio gregory greta gretchen grete grigory griselda grover
grzegorz guadalupe gudrun guido guilherme guillaume guillermina guillermo guiying gul gulay gulsen
gulsum gun gunilla gunnar gunter guoqiang gurmeet gurpreet gus gussie gustav gustavo guy gwen
gwendolyn gyorgy gyula hacer hafsa hagen hai hailey hakan hal haley halil halima halime halina
hallie halvard hamed hamid hamish hamza hana hanan hanife hank hanna hannah hanne hanneke hannele
hannelore hannu hans haoran harald hari harish harjit harlan harland harley harm harold haroun
harper harpreet harrie harriet harriett harriette harris harrison harry harsha hartmut haruka
haruto harvey hasan hassan hatice hattie havard havva haydee hayden hayley hayriye haywood hazel
heath heather hector hedwig hege heidi heike heikki heiko heinz heitor helen helena helene helga
hellen helmut heloisa hema hemant hendrik hendrika henk hennie henning henri henrietta henriette
henrik henrique henry henryk henryka herb herbert heriberto herlinda herman hermann hermelinda
herminia hernan herschel hershel herve hester hettie hideki hieronim hieu hilario hilary hilda
hilde hildegard hilkka hillary hilton himanshu hina hind hipolito hiram hiroki hiroshi hisham hoa
hobert holger holli hollie hollis holly homer homero hong honore hope horace horacio horst
hortencia hortense hortensia hosea hossein houda houston howard hoyt hristo hrvoje hubert huda
hudson huey hugh hugo huguette hui hulda hulya humberto hung hunter huong huseyin hussain hussein
huub huw hyejin hyman hyun iain ian ibrahim ibrahima ichiro ida idalia idella idris ifeoma ignacio
ignacy igor ike ikenna ila ilaria ildiko ileana ilene iliana ilmari ilona ilse ilya ima iman
imelda immacolata imogen imogene imran imre in ina india indira ines inez inga inge ingeborg inger
ingo ingrid ingvild inmaculada inna ioan ioana ioannis iola ion iona ione ionut ipek ira irem
irena irene ireneusz irina iris irma irmgard irvin irving irwin isa isaac isabel isabela isabell
isabella isabelle isadora isaiah isaias isak isha ishaan isiah isidro isla ismael ismail israel
isreal issac istvan itai italo iva ivan ivana ivano ivar iveta ivette ivo ivonne ivory ivy iwona
izabela izan jaana jaap jaber jacalyn jacek jacinta jacinto jack jackie jacklyn jackson jaclyn
jacob jacobo jacobus jacque jacquelin jacqueline jacquelyn jacques jacquline jada jade jadwiga jae
jagdish jaime jaimie jake jakob jakub jamaal jamal jamar jame jamel james jamey jami jamie jamil
jamila jamison jammie jan jana jane janeen janel janell janelle janet janette janey janice janie
janina janine janis janna janneke jannette jannie janusz jaqueline jared jari jarle jarmila jarod
jaroslav jaroslava jaroslaw jarred jarrett jarrod jarvis jasmijn jasmin jasmina jasmine jason
jasper jaspreet jatin jaunita javier jaxon jaxson jay jaya jayanti jayden jayesh jaylen jayme
jayne jayson jazmin jc jean jeana jeane jeanetta jeanette jeanie jeanine jeanna jeanne jeannette
jeannie jeannine jed jeff jefferey jefferson jeffery jeffrey jeffry jelena jelle jemima jena
jenelle jenifer jeniffer jenna jennette jenni jennie jennifer jenniffer jenny jens jerald
jeraldine jeramy jere jeremiah jeremy jeri jerilyn jermaine jeroen jerold jerome jeromy jeronimo
jerrell jerri jerrie jerrod jerrold jerry jerzy jesica jesper jess jesse jessica jessie jesus
jesusa jettie jewel jewell jiahui jianguo jianhua jie jihoon jill jillian jim jimena jimin jimmie
jimmy jindrich jing jiri jiro jisoo jitka jiwoo jiyeon jo joachim joakim joan joana joanie joann
joanna joanne joao joaquin jocelyn jodi jodie jody joe joel joelle joellen joesph joetta joey
johan johanna johannes john johnathan johnathon johnetta johnie johnna johnnie johnny johnson joke
jolanda jolanta joleen jolene jolynn jon jonah jonas jonathan jonathon joni jonna jonnie joost
jordan jordi jordon jorg jorge jorgen joris jos jose josef josefa josefina josep joseph josephina
josephine josette josh joshua josiah josiane josie josip josje jospeh josue jouni jovana jovita
joy joyce joycelyn jozef jozefa jozsef juan juana juanita jude judi judie judit judith judson judy
juha juhani jukka jules juli julia julian juliana juliann julianna julianne julie julien juliet
julieta juliette julio julissa julius jun june jung junior jurgen jurre justin justina justine
justyna jutta jyoti jytte kaan kacey kacper kadir kadriye kai kaitlin kaitlyn kaito kajal kala
kalevi kamal kamala kamau kambiz kami kamil kamila kanchan kandi kandice kandy kapil kara karan
kare kareem karel karen kari karie karim karima karin karina karine karissa karl karla karlene
karol karolina karoly karolyn karon karri karrie karsten karthik kartik karuna karyn kasey kasper
kassandra katalin katarina katarzyna kate katelyn katerina kateryna katharina katharine katherine
katheryn kathi kathie kathleen kathlene kathlyn kathrin kathrine kathryn kathryne kathy katie
katina katja katrien katrin katrina katy kaveh kavita kay kayden kaye kayla kaylee kazimiera
kazimierz kazuko kazuo kecia keely keenan keerthi kees keiko keira keisha keith kelley kelli
kellie kelly kelsey kelvin kemal ken kendall kendra kendrick keneth kenji kenna kennedy kenneth
kennith kenny kent kenton kenya kenyatta kerem keri kermit kerri kerrie kerry kerstin kesha keshia
keven kevin khadija khadijah khaled khalid khoa kia kiara kieran kieth kim kimberely kimberlee
kimberley kimberly king kinga kinsley kip kira kiran kirby kirill kirk kirsi kirsten kirstin
kirsty kisha kishore kitty kjell kjetil klaas klara klaudia klaus knut koen koenraad kofi kojo
komal konrad konstantin konstantinos konstanty korey kori kory kostas kraig krasimir kris krishna
krista kristal kristan kristen kristi kristian kristie kristin kristina kristine kristofer
kristoffer kristopher kristy kristyn kristyna krisztian krisztina kriti krystal krystian krystle
krystyna krzysztof ksenia kuba kubra kumar kumiko kunal kurt kurtis kusum kveta kvetoslava kwabena
kwame kyla kyle kylee kylie kyong kyra kyung lacey lachlan lacie lacy ladislav ladonna laetitia
lai laila lajos lakeisha lakesha lakeshia lakisha lakshmi lalit lalita lamar lamont lan lana lance
landon lane lanette lani lanny laquita lara larisa larissa larry lars larue lashanda lashawn
lashonda laszlo lata latanya latasha latifa latisha latonia latonya latosha latoya latrice
latricia laura laureen laurel lauren laurence laurent lauretta laurette lauri laurie lavada lavern
laverne lavina lavinia lavon lavonda lavonne lawanda lawerence lawrence laxman laxmi layla lazaro
lea leah leandra leandro leann leanna leanne leatha leatrice lech leda lee leeann leela leena
leendert leesa lei leif leigh leila leilani leisa lela leland lelia lemuel len lena lenard lene
lenka lennart lennie lenny lenora lenore leo leokadia leola leon leona leonard leonardo leone
leonel leonid leonie leonor leonora leopold leopoldo leora leos leota lerato leroy les lesa leslaw
leslee lesley lesli leslie lessie lester leszek leta letha leticia letitia letizia lettie lev levi
lewis leyla li lia liam liana liane libby libor libuse lida lidia lieke lies liesbeth lieselotte
lihua liisa lila lilia lilian liliana liliane lillian lillie lilly lily lin lina lincoln linda
lindsay lindsey lindy linette linh linnea linnie lino linus linwood lionel lis lisa lise lisette
lissa lissette lita liv livia livio liviu liz liza lizabeth lizbeth lizette lizzie lloyd loes
logan loic lois loke lokesh lola lolita lon lona london lone long lonnie lonny lora loraine lorcan
loredana lorelei lorella loren lorena lorene lorenza lorenzo loretta lori lorie lorinda lorine
loris lorna lorraine lorretta lorri lorrie lothar lotte lottie lou louann louella louie louis
louisa louise lourdes love lovie lowell loyd lu luana luann luanne lubna lubomir lubos luc luca
lucas lucia luciana luciano lucie lucien lucienne lucila lucile lucille lucinda lucio lucius lucja
lucjan lucretia lucy lucyna ludmila ludovic ludovica ludvig ludwig ludwik lue luella luigi luis
luisa luise luiz luiza luka lukas lukasz luke lula lulu luna lupe lupita lura luther luuk luz lyda
lydia lydie lyle lyman lyn lynda lyndon lyndsay lyndsey lynette lynn lynne lynnette lynwood lyubov
lyudmila ma maaike maarit maarten maartje mabel mable mac machelle maciej mack mackenzie maddalena
madeleine madeline madelyn madge madhav madhuri madison madonna mads mae magali magda magdalena
magdalene maggie magne magnolia magnus mahdi mahesh mahmoud mahmut mahsa mai maike mairead maisie
maja majid major majorie makar makayla makoto maksim malati malcolm malcom malgorzata malia malik
malika malin malinda malissa mallory malte mamadou mamie mamta man mandi mandla mandy manfred
manish manisha manju manoel manoj manon manpreet mansour manual manuel manuela mara maranda marc
marcel marcela marcelina marcelino marcella marcelle marcellus marcelo marci marcia marcie marcin
marcio marco marcos marcus marcy mareike marek margaret margareta margarete margarette margarida
margarita margarito margaux marge margery margherita margie margo margot margret margriet
marguerite mari maria mariah mariam mariama marian mariana mariangela mariann marianna marianne
mariano maribel maribeth maricela marie marieke mariela marietta marija marijke marilee marilyn
marilynn marina marine marinus mario mariola marion marisa marisela marisol marissa marit marita
maritza marius mariusz mariya marja marjan marjatta marjo marjolein marjorie marjory mark marketa
markku marko markus marla marleen marlena marlene marley marlin marlo marlon marlyn marlys marnie
marquerite marquis marquita marry marsha marshall marta martha marti martial martijn martin
martina martine marty martyna marva marvel marvin marwan mary maryam maryann maryanne marybeth
maryellen maryjane maryjo marylee marylin marylou maryse marzena masato mason masoud massimo matej
mateo mateus mateusz matheus mathew mathieu mathijs mathilda mathilde matilda matilde mats matt
matteo matthew matthias matthieu matthijs matti mattia mattias mattie matyas maud maude maudie
maura maureen maurice mauricio maurine maurizio mauro maverick mavis max maxie maxim maxime
maximilian maximiliano maximo maxine maxwell may maya mayank maybelle mayme maynard mayra mazie
mckenzie mckinley meagan meaghan mechelle meena meenakshi meera mees megan megha meghan mehdi
mehmet mei meike meiling meja mel melanie melba melek melike melina melinda melisa melissa melker
mellisa mellissa melodie melody melonie melony melva melvin melvina menno mercedes mercy meredith
merja merle merlin merrill merry merve mervin meryem meryl meta metin mette mi mia micaela micah
michael michaela michal michale micheal michel michela michele micheline michell michelle michiel
michiko mickael mickey mieczyslaw mieke migdalia miguel mihaela mihai mihaly mika mikael mike
mikel mikhail mikkel mikko mikolaj mila milada milagros milan mildred milena miles milford milica
milissa millard millicent millie milo milos miloslav milou milton mimi min mina minato mindi mindy
minerva ming mingyu minh minji minjun minna minnie mio miquel mira miranda mirco mireille mirella
mireya miriam mirian mirja mirjam mirko mirna miron miroslav miroslava miroslaw miroslawa mirta
misaki missy misti misty mitch mitchel mitchell mittie mitzi miyu moa modesta modesto modou
mohamed mohammad mohammed mohan mohini mohit mohsen moira moises mollie molly mona monica monika
monique monroe monte montserrat monty morgan morgana morgane moritz morris morten morton mose
moses moshe mostafa mounir mourad moussa mozelle mridula muhammad muhammet mukesh mukta mukul muna
murat muriel murilo murray musa mustafa mwangi mykola myles myong myra myriam myrna myron myrtice
myrtis myrtle nabil nabila nada nadege nadezda nadezhda nadia nadine nadir naima najat nakia
naledi nalini namrata nan nanami nanci nancy nandini nanette nannette nannie naoki naoko naomi
napoleon naresh nasrin nasser natalia natalie natalya natasha nathalie nathan nathanael nathanial
nathaniel natividad naveen navid nawal nazanin nazli neal ned neda nedra neelam neeraj neha nehir
neil nelda nele nell nella nelle nelleke nellie nelly nelson nemanja nena nenad nerea nereida
nermin nesrin nestor nettie neva nevaeh neville newton ngozi nguyen niall niamh nicholas nichole
nick nicki nickolas nicky nico nicola nicolae nicolas nicole nicoletta nicolette nidhi nidia niels
nienke nieves nigel niina nikhil niki nikita nikki niklas nikola nikolai nikolaj nikolay nikolett
nikos nila nilay nilda nilesh nilgun nils nilsa nina ninfa nirmala nisha nita nitin njoroge noa
noah noam noble noe noel noelia noelle noemi noemie nola nolan nomvula nona noor nora norbert
norberto noreen norene norine norma norman normand norris noud nour nova novella nubia numbers
nuno nunzio nur nuray nurcan nuria nydia oana obinna oceane ocie octave octavia octavio odd oddvar
odell odessa odette odile odis ofelia ok oksana ola olaf olafur olav olavi oldrich ole oleg
oleksandr olen oleta olga olin olive oliver olivia olivie olivier oliwia oliwier olli ollie olof
oluwaseun oluwatobi om oma omar omer omid ona ondrej onno onur opal ophelia ora oralia oren oreste
orhan orla orlando ornella orpha orval orville osama oscar oskar osman osvaldo oswaldo otakar
otavio otha othman otieno otilia otis oto ottavio otto ouida ousmane outi ovidiu owen oyku oyvind
ozlem pablo padma paige paisley paivi pallavi palma palmer paloma pam pamala pamela pankaj pansy
paola paolo paris parisa parker parth parvati parviz pascal pascale pasquale pat patrica patrice
patricia patricio patrick patrik patrizia patrycja patryk patsy patti pattie patty paul paula
paulette paulina pauline paulo pavel pavla pawel payal pearl pearlie pearline pedro peggie peggy
pekka penelope pennie penny pentti per percy perla perrine perry pertti petar pete peter petr
petra petri petronella petrus petter peyton phil philip philipp philippe phillip phillis philomena
phoebe phuong phylis phyliss phyllis pia piera pierluigi piero pierre pierrick piet pieter pietra
pietro pilar pim pinar ping piotr piper pirjo piyush plamen polina polly pooja poonam poppy
porfirio porter portia poul prabha prabhu pradeep prakash pramod pranav prasad prashant pratibha
pravin preben precious preeti prem premysl prerna preston pricilla prince princess priscilla priya
prosper prudence przemyslaw purificacion purnima pyotr qasim qiang quang queen quentin quincy
quinn quintin quinton rabia rachael racheal rachel rachelle rachid racquel radek radha radhika
radim radka radomir radoslaw radu rae rafael rafaela rafal raffaele raffaella raghav raghu
ragnhild rahul raija raimunda rainer raisa raj rajani rajat rajeev rajendra rajesh rajiv rajkumar
rajmund rakesh raleigh ralf ralph raluca ram ramakrishna ramazan ramesh ramiro ramon ramona randal
randall randell randi randolph randy rani rania ranjit raphael raquel rasha rashad rashid rashida
rashmi rasmus raul raven ravi ray rayan rayford raymon raymond raymonde raymundo razvan reagan
reba rebeca rebecca rebekah recep reed reese refugio reggie regina reginald regis regula reid
reija rein reina reinaldo reinhard reka rekha remco remedios remi remigiusz remo remy ren rena
renae renaldo renata renate renato renaud rene renea renee renita renske renzo reta retha reto
reuben reva revathi rex rey reyes reyna reynaldo reza rhea rhett rhiannon rhoda rhonda rhys ria
riad rianne ricardo riccardo rich richard richelle richie rick rickey rickie ricky rico rie riet
rigoberto riikka riitta rikke riley rim rima rin rina risto rita ritesh ritu ritva rivka roar rob
robbert robbie robbin robby robert roberta roberto robin robt robyn rocco rochelle rocio rocky rod
roderick rodger rodion rodney rodolfo rodolphe rodrick rodrigo roel rogelio roger rogier rohan
rohit roksana roland rolanda rolando rolf rolland roma romain roman romana romane romeo romona
romuald ron rona ronald ronda ronja ronna ronnie ronny roos roosevelt rory rosa rosalba rosalee
rosalia rosalie rosalina rosalind rosalinda rosaline rosalva rosalyn rosangela rosanna rosanne
rosaria rosario rosaura roscoe rose roseann roseanna roseanne rosella roselyn rosemarie rosemary
rosendo rosetta roshni rosie rosina rosita roslyn ross rostislav roswitha rowan rowena roxana
roxane roxann roxanna roxanne roxie roy roya royal royce ruben rubin ruby rubye rudiger rudolf
rudolph rudy rueben rufus rui rune rupali rupert ruslan russ russel russell rusty rutger ruth
ruthann ruthie ruzena ryan ryder rylee ryota ryszard saad saar sabina sabine sabir sabra sabrina
sacha sachiko sachin sade sadhana sadie saeed safia saga sagar sahar said saida sakari sakshi
sakura sal salah salih salim salina sallie sally salma salman salome salvador salvatore sam saman
samantha samatha sameer sami samia samir samira sammie sammy samual samuel sana sandeep sander
sandhya sandi sandor sandra sandrine sandro sandy sanford sang sangeeta sanjay sanjeev sanjuana
sanjuanita sanna sanne santa santiago santo santos santosh saoirse sara sarah sarala saraswati
sari sarita sarka sasha saskia satish satoshi satu saul saundra saurabh savannah saverio savita
sawyer scarlett scot scott scottie scotty seamus sean sebastian sebastiao sebastien seda seema
selena selina selma sem sema semyon seojun seoyeon sepideh seppo serap serena serenity serge
sergei sergey sergio serhiy serife serkan seth severine sevgi sevim seyma seymour shad shahram
shaina shalonda shameka shamika shana shanda shane shanell shanika shankar shanna shannan shannon
shanon shanta shante shantel shantell shanti shara sharad shari sharla sharlene sharon sharonda
sharron sharyn shashi shasta shaun shauna shawn shawna shayla shayna shayne sheena sheila shelby
sheldon shelia shelley shelli shellie shelly shelton sheree sheri sherie sherita sherman sheron
sherri sherrie sherrill sherron sherry sherryl sherwood sheryl shiela shilpa shira shirin shirlee
shirlene shirley shirly shiv shivam shlomo shobha shon shonda shota shreya shreyas shruti shubham
shweta siavash sibel sibyl sid siddharth sidney siegfried siem sienna sierra sigge signe sigrid
sigridur sigurd silas silje silke silvano silvia simon simona simone simran sinan sindre sinead
sinikka siobhan sipho sirpa sita siv sixten sjaak sjoerd skye skylar slawomir smita sneha snezana
socorro sofia sofie soheil sol solange soledad solene solomon solveig son sonal sonali sondra
songul sonia sonja sonny sonya soon sophia sophie soraya soren sorin sota souad soyeon spencer
srinivas stacey staci stacia stacie stacy stale stan stanford stanislav stanislaw stanislawa
stanley stanton star starla starr stavros stefan stefani stefania stefanie stefano stella stepan
stepanka stephaine stephan stephane stephani stephanie stephany stephen stephenie stephine
sterling steve steven stevie stewart stian stig stijn stjepan stoyan stoyanka stuart su subhash
suchitra sude sudha sudhir sue suelen suleyman sultan suman sumaya summer sun sung sungmin sunil
sunita sunny sunshine suraj surendra suresh susan susana susanna susannah susanne sushil sushma
susie suzan suzanna suzanne suzette suzie suzy svea svein sven svenja sverre svetlana svyatoslav
swantje swati sybil syble sydney sylvain sylvester sylvia sylviane sylvie sylwester sylwia
szczepan szymon tabatha tabitha tad tadeusz taeyang taha takashi takeshi talia tamar tamara tamas
tameka tamela tamera tami tamika tammi tammie tammy tamra tamsin tana tanesha tangela tania tanika
tanisha tanja tanner tanvi tanya tao tapani tapio tara taras tarek tariq tariro tarja taro tarsha
tarun taryn tasha tatiana tatiane tatjana tatyana tawana tawanda tawanna tawnya taylor ted teddy
teena temitope tena tendai teodor teodoro tera terence teresa terese teresita teressa tereza
terezinha terhi teri terje terra terrance terrell terrence terri terrie terry tess tessa tessie
tetsuya teun thabo thad thaddeus thandi thanh thea theda thelma themba theo theodora theodore
theresa therese theron thiago thierry thijs thomas thomasina thorsten thurman thuy tia tiago tiana
tiara tibor tierra tiffani tiffanie tiffany tiina tijmen tijn tijs tilde tillie tilly tilman tim
timmy timo timofey timoteo timothee timothy timur tina tinashe tineke tisha titus tiziana tiziano
tobias toby tod todd todor tolga tom tomas tomasa tomasz tomeka tomislav tommaso tommi tommie
tommy tomoko ton tone toney toni tonia tonja tony tonya tor torbjorn tore torgeir tori torstein
torsten tory tosha toya tracey traci tracie tracy travis trena trent trenton tresa tressa tressie
treva trevor trey triana tricia trina trine trinidad trinity trish trisha trista tristan troels
trond troy trudy truman truus tshepo tuan tuba tugba tuija tuncay tunde tuomas ture turgut turid
tushar tuula tuva twan twila twyla ty tyler tyra tyree tyrell tyron tyrone tyson uday udo ueli
ufuk ugo ugur ulf ulises ulla ulrich ulrika ulrike ulyana ulysse ulysses uma umar umberto umesh
umit umut una unni urbain uri urmila uros urs ursula urszula usha usman ute uwe vaclav vada vadim
vahid val valarie valencia valentin valentina valentine valeria valerie valerio valery valorie van
vance vandana vanesa vanessa vani varsha varun vasco vasil vasile vasilis vasily vasudha vaughn
veda vedat veerle vega vegard veikko veit velda veli velia velma velva vendula venessa venita
venkatesh venus vera verda verena vergie verla vern verna vernell vernice vernie vernita vernon
verona veronica veronika veronique vesa vesna vesta vicenta vicente vickey vicki vickie vicky
victor victoria vida vidar vidya vijay vikas vikki vikram viktor viktoria vilem ville vilma vimala
vina vinay vince vincent vincenzo vinicius vinod viola violet violeta violette vipin virgie virgil
virgilio virgina virginia virginie virpi vishal vishnu vit vita vitaly vito vitor vitoria vittoria
vittorio viva vivek vivian viviana viviane vlad vladimir vlasta vlastimil vojtech volkan volker
volodymyr von vonda vonnie vratislav vsevolod vyacheslav waclaw wade wafa wagner waldemar waldo
waleed walenty walid walker wallace wally walter walton waltraud wanda wanita wanjiru ward warda
warner warren washington wassim waylon wayne wei weiwei weldon wellington wenche wendell wendi
wendy werner weronika wes wesley wessel weston whitney wiebke wieslaw wieslawa wiktor wiktoria
wilber wilbert wilbur wilburn wilda wiley wilford wilfred wilfredo wilhelm wilhelmina will willa
willard willem willemijn willi william williams willian willie willis willy wilma wilmer wilson
wilton wim wincenty windy winford winfred winifred winnie winnifred winona winston wioletta witold
wladyslaw wladyslawa wlodzimierz wm wojciech wolfgang wolfram woodrow wouter wyatt wynona xander
xaver xavier xia xiaohong xiaoming ximena xin xinyi xiomara xiuying yaakov yadira yael yago yakov
yakup yamini yan yana yang yann yannick yannis yaprak yara yaroslav yaroslava yasar yasemin yash
yashar yasin yasmin yasmine yasser yassin yaw yekaterina yelena yesenia yetta yetunde yevgeny
yifan ying yitzhak yogesh yoko yolanda yolande yolonda yong yordan yoshiko young youngho youri
yousef youssef yu yuchen yui yuki yuko yulia yuliya yumiko yunus yuri yury yusuf yuto yuxuan yves
yvette yvonne zachariah zacharie zachary zachery zack zackary zafer zahra zaid zaida zainab zakhar
zakia zane zara zayd zaynab zbigniew zdenek zdenka zdzislaw zdzislawa zehra zeki zelda zeliha
zella zelma zena zenaida zenon zeynep zhiwei ziad zihan zina zineb ziyang zoe zoey zofia zoila
zola zoltan zona zora zoraida zoran zoya zsofia zsolt zsuzsanna zula zumra zuzana zuzanna zvonimir
zygfryd zygmunt
`;
