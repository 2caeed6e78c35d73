import type { JsonObject } from '../../src/model/json.ts';
import type { Lot } from './lot.ts';

const first = [
  'Anna',
  'Bram',
  'Chloé',
  'Dimitri',
  'Elif',
  'Fatima',
  'Grzegorz',
  '花子',
  'Олег',
  'José',
];
const last = [
  'Müller',
  'Smith',
  'Nowak',
  'García',
  'Rossi',
  'Öztürk',
  'Sato',
  '田中',
  'Иванов',
  'Kowalska',
];
const streets = [
  'Main Street',
  'Hauptstraße',
  'rue de Rivoli',
  'Via Roma',
  'Calle Mayor',
  'Kerkstraat',
];
const towns = [
  'Springfield, IL 62704',
  '10115 Berlin',
  '75001 Paris',
  '00184 Roma',
  '28013 Madrid',
];
const states = ['open', 'paid', 'shipped', 'cancelled', 'on hold', 'returned'];
const notes = [
  'Called twice, no answer; left a message with the front desk.',
  'Der Kunde wartet auf die Rechnung vom letzten Monat.',
  'Le colis est arrivé endommagé, un nouvel envoi est prévu.',
  'El cliente pide un descuento por el retraso.',
  '次回の打ち合わせは来週の火曜日です。',
  'Счёт оплачен, договор отправлен на подпись.',
];
const sentences = [
  'The quarterly review shows that deliveries were on time in most regions.',
  'Please keep the token budget in mind when you pass long documents to the model.',
  'Die Lieferung verzögert sich um zwei Tage, weil das Lager in Hamburg umzieht.',
  'Nous avons reçu votre demande et nous reviendrons vers vous dans la semaine.',
  'La reunión del jueves se traslada a la sala grande del segundo piso.',
  'Il progetto è stato approvato con alcune modifiche al calendario.',
  'Het team heeft de fout gevonden en de test toegevoegd.',
  'プロジェクトの進捗は予定どおりで、次の段階に進みます。',
  'Отчёт за третий квартал готов, его можно обсудить на встрече.',
  'Nasz zespół przygotował plan na następny kwartał i czeka na uwagi.',
  'Version 4.12.0 fixes 37 issues; see https://example.com/changes/4.12.0 for all of them.',
  'Order 8841-2209 went out on 2026-03-14 with tracking number 1Z999AA10123456784.',
];
const code = [
  'export async function load(id: string): Promise<Row | undefined> {',
  '  const row = await this.#db.get(`SELECT id, name FROM customer WHERE id = ?`, id);',
  '  if (row === undefined) throw new NotFound(id);',
  '  // The key of a cache entry is the path; its token is the revision.',
  '  return Object.freeze({ ...row, tokens: row.tokens ?? [], updated: new Date(row.updated) });',
  '}',
  'def total(rows: list[dict]) -> float:',
  '    return sum(float(row["amount"]) for row in rows if row.get("state") != "cancelled")',
  'func (s *Server) Handle(w http.ResponseWriter, r *http.Request) error {',
  '\tif r.Method != http.MethodPost { return errMethod }',
  '<div class="card card--wide text-gray-700"><span aria-label="name">{{ name }}</span></div>',
  'password: process.env.DB_PASSWORD,',
];

/** Rows of a database. */
export function rows(lot: Lot, size: number): JsonObject[] {
  const made: JsonObject[] = [];
  for (let left = size; left > 0; ) {
    const row = {
      id: lot.below(1e9),
      uuid: `${lot.hex(8)}-${lot.hex(4)}-4${lot.hex(3)}-a${lot.hex(3)}-${lot.hex(12)}`,
      name: `${lot.one(first)} ${lot.one(last)}`,
      email: `${lot.characters('abcdefghij', 6)}@example.com`,
      phone: `+49 30 ${lot.digits(7)}`,
      address: `${lot.below(200)} ${lot.one(streets)}, ${lot.one(towns)}`,
      birth_date: `19${lot.digits(1)}${lot.digits(1)}-0${1 + lot.below(9)}-1${lot.below(10)}`,
      state: lot.one(states),
      amount: lot.below(100_000) / 100,
      paid: lot.below(2) === 1,
      created_at: `2026-0${1 + lot.below(9)}-1${lot.below(10)}T0${lot.below(10)}:15:00Z`,
      note: lot.one(notes),
      parent: null,
    };
    made.push(row);
    left -= 330;
  }
  return made;
}

/** Sentences in several languages, now and then with an address or a number of a person. */
export function prose(lot: Lot, size: number): string {
  return until(size, () => {
    if (lot.below(25) > 0) return `${lot.one(sentences)}${lot.below(6) === 0 ? '\n\n' : ' '}`;
    const name = `${lot.one(first)} ${lot.one(last)}`;
    return `${name} is at ${lot.characters('abcdefgh', 7)}@example.org or +1 202 555 ${lot.digits(4)}. `;
  });
}

/** Lines of an access log and of structured logs. */
export function logs(lot: Lot, size: number): string {
  return until(size, () => {
    const time = `2026-05-1${lot.below(10)}T1${lot.below(10)}:2${lot.below(10)}:3${lot.below(10)}.${lot.digits(3)}Z`;
    const ip = `10.${lot.below(256)}.${lot.below(256)}.${lot.below(256)}`;
    if (lot.below(3) === 0) {
      return `{"time":"${time}","level":"info","request_id":"${lot.hex(32)}","ms":${lot.below(900)},"msg":"done"}\n`;
    }
    return `${time} ${ip} GET /api/v2/orders/${lot.below(1e6)}?page_token=${lot.hex(12)} 200 ${lot.below(90_000)} "Mozilla/5.0 (X11; Linux x86_64)" trace=${lot.hex(16)}\n`;
  });
}

/** Lines of code, lock files and patches. */
export function source(lot: Lot, size: number): string {
  return until(size, () => {
    if (lot.below(12) > 0) return `${lot.one(code)}\n`;
    return lot.one([
      `      "integrity": "sha512-${lot.characters('abcdefghijklmnopqrstuvwxyzABCDEFGHIJ0123456789+/', 86)}==",\n`,
      `commit ${lot.hex(40)}\nAuthor: ${lot.one(first)} ${lot.one(last)} <${lot.characters('abcdef', 5)}@example.com>\n`,
    ]);
  });
}

export function csv(lot: Lot, size: number): string {
  return `id,name,email,city,amount,iban,state\n${until(size, () =>
    [
      lot.below(1e6),
      `"${lot.one(last)}, ${lot.one(first)}"`,
      `${lot.characters('abcdefgh', 6)}@example.net`,
      `"${lot.one(towns)}"`,
      `${lot.below(9000)}.${lot.digits(2)}`,
      `DE${lot.digits(20)}`,
      `${lot.one(states)}\n`,
    ].join(','),
  )}`;
}

function until(size: number, next: () => string): string {
  const parts: string[] = [];
  for (let left = size; left > 0; ) {
    const part = next();
    parts.push(part);
    left -= part.length;
  }
  return parts.join('');
}
