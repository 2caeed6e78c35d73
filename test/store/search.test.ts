import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type {
  ExchangeFilter,
  Found,
  SearchQuery,
  TranscriptReader,
  TranscriptStore,
} from '../../src/store/contract.ts';
import { MemoryStore } from '../../src/store/memory/store.ts';
import { BatchWriter } from '../../src/store/sqlite/commit/batch-writer.ts';
import { SqliteReader } from '../../src/store/sqlite/reader.ts';
import { forgetWords } from '../../src/store/sqlite/search/forget-words.ts';
import { wordIndexing } from '../../src/store/sqlite/search/index-words.ts';
import { hasForgottenWords, purgeWords } from '../../src/store/sqlite/search/purge-words.ts';
import { SqliteStore } from '../../src/store/sqlite/store.ts';
import type { Chore } from '../../src/store/sqlite/upkeep/chore.ts';
import { paced as pacedChore } from '../../src/store/sqlite/upkeep/paced.ts';
import { closing, head, step } from '../support/batches.ts';

interface Opened {
  readonly store: TranscriptStore;
  readonly reader: TranscriptReader;
  /** Indexes so many steps of upkeep, or all there is to do. */
  index(steps?: number): void;
  close(): Promise<void>;
}

const kinds: Readonly<Record<string, (folder: string) => Promise<Opened>>> = {
  memory: async () => {
    const store = new MemoryStore();
    return { store, reader: store, index: () => undefined, close: () => store.close() };
  },
  'sqlite, indexed': (folder) => openSqlite(folder, true),
  'sqlite, not indexed': (folder) => openSqlite(folder, false),
};

async function openSqlite(folder: string, isIndexed: boolean): Promise<Opened> {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'transcript.db');
  // Without the threads of a store, which take longer to start than all the rest.
  const writer = new BatchWriter({ path, durability: 'process' }, { busy: 1_000, checkpoint: 0 });
  const store: TranscriptStore = {
    append: async (batch) => writer.write(batch),
    close: async () => writer.close(),
  };
  const reader = new SqliteReader(path);
  const db = new Database(path);
  // As upkeep does, so that nothing is left of what is merged.
  db.pragma('secure_delete = ON');
  const chore = choreOn(db);
  return {
    ...{ store, reader },
    index: (steps = 1_000) => {
      for (let left = steps; isIndexed && left > 0 && chore.step(); left--);
    },
    close: async () => {
      db.close();
      reader.close();
      await store.close();
    },
  };
}

function choreOn(db: Database.Database, now = () => 1e12): Chore {
  return wordIndexing({ db, now });
}

/** Every page of what is found. */
function everything(reader: TranscriptReader, query: SearchQuery): Found[] {
  const found: Found[] = [];
  let next: string | undefined;
  do {
    const page = reader.search({ ...query, ...(next === undefined ? {} : { cursor: next }) });
    found.push(...page.found);
    next = page.next;
  } while (next !== undefined);
  return found;
}

function call(id: string, payload: string, more: Parameters<typeof head>[1] = {}) {
  return {
    opened: [head(id, more)],
    events: [step(id, 0), step(id, 1, { kind: 'received', payload })],
    closed: [],
  };
}

/** What is looked for, and the calls that have it. */
const questions: readonly (readonly [string, readonly string[]])[] = [
  ['drop', ['a', 'b']],
  ['DROP', ['a', 'b']],
  ['dr', []],
  ['dr*', ['a', 'b', 'd']],
  ['drop users', ['a', 'b']],
  ['"drop table users"', ['a']],
  ['"table drop"', []],
  ['"drop tab"*', ['a', 'b']],
  ['drop -table_log', ['a']],
  ['drop -"table users"', ['b']],
  ['users OR cafe', ['a', 'b', 'c']],
  ['users OR cafe drop', ['a', 'b']],
  ['ana@example.com', ['b']],
  ['example ana', ['b']],
  ['"com example"', []],
  ['cafe', ['c']],
  ['CAFÉ', ['c']],
  ['straße', ['c']],
  ['東京', ['c']],
  ['京東', []],
  ['line two', ['d']],
  ['ntwo', []],
  ['{"sql": "drop table users"}', ['a']],
  ['nothing', []],
  ['4200', ['d']],
  ['12.50', ['d']],
];

describe.each(Object.entries(kinds))('searching transcripts in %s', (_, open) => {
  let folder: string;
  let opened: Opened;
  let store: TranscriptStore;
  let reader: TranscriptReader;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sallyport-search-'));
    opened = await open(folder);
    ({ store, reader } = opened);
  });
  afterEach(async () => {
    await opened.close();
    rmSync(folder, { recursive: true });
  });
  const idsOf = (found: readonly Found[]) => found.map(({ exchange }) => exchange.id);
  const search = (text: string) => idsOf(reader.search({ text, limit: 50 }).found).sort();

  it('finds words, words side by side, beginnings, one of several, and what is without', async () => {
    await store.append(call('a', '{"sql":"DROP TABLE users;"}'));
    await store.append(call('b', '{"sql":"drop table_log","users":["ana@example.com"]}'));
    const text = 'Un caf\\u00e9, Stra\u00dfe 5, \u6771\u4eac\u30bf\u30ef\u30fc';
    await store.append(call('c', `{"text":"${text}"}`));
    await store.append(call('d', '{"text":"line one\\ntwo dr\\u006fps","sum":4200,"price":12.50}'));
    opened.index();
    for (const [words, wanted] of questions) {
      expect([words, search(words)]).toEqual([words, wanted]);
      const page = { text: words, limit: 50 };
      expect(reader.exchanges(page).map(({ id }) => id)).toEqual(wanted);
      expect(reader.exchangesAfter('a', page).map(({ id }) => id)).toEqual(
        wanted.filter((id) => id > 'a'),
      );
    }
  });

  it('tells the newest step that has the words, with some text around them', async () => {
    await store.append(call('a', `{"q":"${'before '.repeat(30)}needle${' behind'.repeat(30)}"}`));
    await store.append({
      opened: [],
      events: [step('a', 2, { kind: 'answered', at: 7, payload: '{"text":"a needle\\nthere"}' })],
      closed: [],
    });
    await store.append(call('b', '{"q":"hay"}'));
    opened.index();
    const { found } = reader.search({ text: 'needle', limit: 5 });
    expect(found).toMatchObject([
      { hit: { seq: 2, kind: 'answered', at: 7, excerpt: '{"text":"a needle there"}' } },
    ]);
    const [older] = reader.search({ text: 'needle -there', limit: 5 }).found;
    expect(older?.hit).toMatchObject({ seq: 1, kind: 'received' });
    expect(older?.hit?.excerpt).toMatch(/^\u2026.{0,41}needle.{70,82}\u2026$/);
  });

  it('finds why something was refused, and not the words of the gate itself', async () => {
    const detail = { code: 'UPSTREAM_TIMEOUT', reason: 'mail stays inside', rule: 'hidden' };
    await store.append({
      opened: [head('a')],
      events: [
        step('a', 0),
        step('a', 1, { kind: 'decided', detail: { effect: 'block', reason: 'elsewhere' } }),
        step('a', 2, { kind: 'blocked', detail }),
      ],
      closed: [],
    });
    opened.index();
    expect(search('"stays inside"')).toEqual(['a']);
    expect(search('upstream_timeout')).toEqual(['a']);
    expect(search('hidden')).toEqual([]);
    expect(search('elsewhere')).toEqual([]);
  });

  it('takes no picture for words, and finds what stands beside one', async () => {
    const data = 'QUJD'.repeat(1_000);
    await store.append(call('a', `{"data":"${data}==","name":"holiday"}`));
    opened.index();
    expect(search('holiday')).toEqual(['a']);
    expect(search('QUJD*')).toEqual([]);
  });

  it('finds words of steps with more words than are indexed', async () => {
    const words = Array.from({ length: 9_000 }, (_, index) => `w${index.toString(36)}`);
    await store.append(call('a', JSON.stringify({ words: words.join(' ') })));
    await store.append(call('b', '{"q":"small"}'));
    opened.index();
    expect(search('w6k w1')).toEqual(['a']);
    expect(search('small')).toEqual(['b']);
    expect(search('absent')).toEqual([]);
  });

  it('tells long words apart that begin alike', async () => {
    const long = 'x'.repeat(70);
    await store.append(call('a', `{"q":"${long}1"}`));
    await store.append(call('b', `{"q":"${long}2"}`));
    opened.index();
    expect(search(`${long}1`)).toEqual(['a']);
    expect(search(`${long}*`)).toEqual(['a', 'b']);
  });

  it('finds words however they are written, and between any characters', async () => {
    const texts = [
      'UPPER_lower-42',
      'a\u0000nul\u0001b',
      '\u00c4rger',
      'plain',
      '\ud83d\ude00smile',
    ];
    for (const text of texts) await store.append(call(`e-${text}`, JSON.stringify({ q: text })));
    await store.append(call('huge', JSON.stringify({ q: `${'tiny '.repeat(4_000)}last` })));
    opened.index();
    for (const word of ['upper', 'LOWER', '42', 'nul', 'arger', 'plain', 'smile', 'last']) {
      expect([word, search(word)]).toEqual([word, [expect.any(String)]]);
    }
    expect(search('upper_lower')).toHaveLength(1);
    expect(search('"lower upper"')).toEqual([]);
  });

  it('narrows by everything that an exchange says of itself, and by time', async () => {
    const common = {
      ...{ upstream: 'db', method: 'tools/call', target: 'query', session: 's', sub: 'ana' },
      ...{ issuer: 'https://one.test', client: 'c', agent: 'inspector/1' },
    };
    const other = {
      ...{ upstream: 'web', method: 'ping', target: 'drop', session: 't', sub: 'bob' },
      ...{ issuer: 'https://two.test', client: 'd', agent: 'other/2' },
    };
    const names = Object.entries(other);
    for (const [index, [key, value]] of names.entries()) {
      await store.append(call(`x${index}`, '{"q":"word"}', { ...common, [key]: value }));
    }
    await store.append(call('y', '{"q":"word"}', { ...common, openedAt: 5_000 }));
    await store.append(closing('y', { effect: 'block', rule: 'r', outcome: 'blocked' }));
    opened.index();
    const ends = { effect: 'block', rule: 'r', outcome: 'blocked' };
    const cases: [ExchangeFilter, string[]][] = [
      ...names.map(([key, value], index): [ExchangeFilter, string[]] => [
        { [key]: value },
        [`x${index}`],
      ]),
      ...Object.entries(ends).map(([key, value]): [ExchangeFilter, string[]] => [
        { [key]: value },
        ['y'],
      ]),
      [common, ['y']],
      [{ since: 5_000 }, ['y']],
      [{ since: 5_000.5 }, []],
      [{ until: 5_000 }, names.map((_, index) => `x${index}`)],
      [{ since: 1, until: 5_000, sub: 'bob' }, ['x4']],
    ];
    for (const [filter, wanted] of cases) {
      expect(reader.exchanges({ ...filter, limit: 99 }).map(({ id }) => id)).toEqual(wanted);
      expect(reader.exchangesAfter('', { ...filter, limit: 99 }).map(({ id }) => id)).toEqual(
        wanted,
      );
      expect(idsOf(everything(reader, { ...filter, limit: 3 })).sort()).toEqual(wanted);
      expect(idsOf(everything(reader, { ...filter, text: 'word', limit: 3 })).sort()).toEqual(
        wanted,
      );
    }
  });

  it.each([undefined, 'word'])(
    'pages on where a page ended, whatever is recorded meanwhile (text: %s)',
    async (text) => {
      const filter = text === undefined ? {} : { text };
      for (let index = 10; index < 30; index++) {
        await store.append(call(`e${index}`, '{"q":"word"}'));
      }
      opened.index(1);
      const first = reader.search({ ...filter, limit: 8 });
      // One that was on the first page, and one that is on none yet, go on; a new one begins.
      for (const id of ['e29', 'e15']) {
        const more = step(id, 2, { kind: 'answered', payload: '{"q":"word"}' });
        await store.append({ opened: [], events: [more], closed: [] });
      }
      await store.append(call('e99', '{"q":"word"}'));
      opened.index();
      const { next = '' } = first;
      const rest = everything(reader, { ...filter, limit: 8, cursor: next });
      const ids = [...idsOf(first.found), ...idsOf(rest)];
      expect(ids).toEqual(Array.from({ length: 20 }, (_, index) => `e${29 - index}`));
    },
  );

  it('refuses words and cursors that cannot be read', () => {
    const long = `"${'a '.repeat(101)}"`;
    for (const text of ['', '-only', '; *', 'a '.repeat(33), 'x'.repeat(1_001), long]) {
      const refused = expect.objectContaining({ code: 'SEARCH_TEXT' });
      expect(() => reader.search({ text, limit: 1 })).toThrow(refused);
      expect(() => reader.exchanges({ text, limit: 1 })).toThrow(refused);
    }
    const ofWords = 'WyJ3IiwxLDJd';
    expect(reader.search({ cursor: ofWords, text: 'a', limit: 1 })).toEqual({ found: [] });
    for (const cursor of ['', 'x', '!', 'eyJhIjoxfQ', ofWords, 'x'.repeat(400)]) {
      const refused = expect.objectContaining({ code: 'SEARCH_CURSOR' });
      expect(() => reader.search({ cursor, limit: 1 })).toThrow(refused);
    }
  });

  it('takes any text for what it is, not for a question to the index', async () => {
    await store.append(call('a', '{"q":"or near not and text 1"}'));
    opened.index();
    expect(search('NEAR(or text)')).toEqual([]);
    expect(search('near AND not')).toEqual(['a']);
    expect(search('text: or')).toEqual(['a']);
    expect(search(`or' OR 1=1 --`)).toEqual(['a']);
    expect(search('"or')).toEqual(['a']);
    expect(search('^or + text')).toEqual(['a']);
  });
});

describe('the index of words', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sallyport-search-'));
    path = join(folder, 'transcript.db');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('answers as looking through every step does, however far it has come', async () => {
    const word = fc.constantFrom('ab', 'abc', 'b', 'c', 'd', 'e1', '\u00e4b', '\u6771');
    const text = fc.array(word, { minLength: 1, maxLength: 6 }).map((words) => words.join(' '));
    const term = fc
      .tuple(fc.constantFrom('', '', '-'), text, fc.boolean(), fc.boolean())
      .map(([minus, words, quoted, star]) => {
        const body = quoted ? `"${words}"` : (words.split(' ')[0] ?? '');
        return `${minus}${body}${star ? '*' : ''}`;
      });
    const query = fc
      .tuple(
        fc.oneof(word, fc.constantFrom('b*', 'c*', '"d b"*')),
        fc.array(fc.tuple(fc.constantFrom(' ', ' OR '), term), { maxLength: 3 }),
      )
      .map(([first, more]) => first + more.map((pair) => pair.join('')).join(''));
    const sub = fc.constantFrom('ana', 'bob');
    const change = fc.oneof(
      fc.record({ do: fc.constant('open' as const), sub, text }),
      fc.record({ do: fc.constant('step' as const), of: fc.nat(99), text }),
      fc.record({ do: fc.constant('end' as const), of: fc.nat(99) }),
      fc.record({ do: fc.constant('index' as const), steps: fc.integer({ min: 1, max: 3 }) }),
    );
    const question = fc.record(
      { text: query, sub, outcome: fc.constantFrom('open', 'answered'), since: fc.nat(20) },
      { requiredKeys: [] },
    );
    const limit = fc.integer({ min: 1, max: 5 });
    const changes = fc.array(change, { maxLength: 40 });
    const questions = fc.array(fc.tuple(question, limit), { minLength: 1, maxLength: 8 });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(changes, questions, async (changed, asked) => {
        const memory = new MemoryStore();
        run++;
        const sqlite = await openSqlite(join(folder, String(run)), true);
        await play(changed, memory, sqlite);
        for (const [filter, most] of asked) {
          const page = { ...filter, limit: most };
          expect(sqlite.reader.exchanges(page)).toEqual(memory.exchanges(page));
          expect(sqlite.reader.exchangesAfter('e05', page)).toEqual(
            memory.exchangesAfter('e05', page),
          );
          expect(everything(sqlite.reader, page)).toEqual(everything(memory, page));
        }
        await sqlite.close();
      }),
      { numRuns: Number(process.env.SEARCH_RUNS ?? 15) },
    );
  });

  type Change =
    | { readonly do: 'open'; readonly sub: string; readonly text: string }
    | { readonly do: 'step'; readonly of: number; readonly text: string }
    | { readonly do: 'end'; readonly of: number }
    | { readonly do: 'index'; readonly steps: number };

  async function play(changed: readonly Change[], memory: MemoryStore, sqlite: Opened) {
    const begun: number[] = [];
    const both = async (batch: Parameters<MemoryStore['append']>[0]) => {
      await memory.append(batch);
      await sqlite.store.append(batch);
    };
    const id = (index: number) => `e${String(index).padStart(2, '0')}`;
    for (const one of changed) {
      const of = 'of' in one ? one.of % Math.max(1, begun.length) : 0;
      if (one.do === 'open') {
        const openedAt = begun.length;
        await both(call(id(begun.length), JSON.stringify(one.text), { sub: one.sub, openedAt }));
        begun.push(2);
      } else if (one.do === 'index') sqlite.index(one.steps);
      else if (begun.length === 0) continue;
      else if (one.do === 'step') {
        const seq = begun[of] ?? 0;
        begun[of] = seq + 1;
        const told = step(id(of), seq, { kind: 'answered', payload: JSON.stringify(one.text) });
        await both({ opened: [], events: [told], closed: [] });
      } else if (one.do === 'end') await both(closing(id(of), { outcome: 'answered' }));
    }
  }

  it('leaves no word of what was forgotten in the files once it is purged', async () => {
    const { store, index, close, reader } = await openSqlite(folder, true);
    const secrets = Array.from({ length: 40 }, (_, at) => `${at}zq${'confided'.repeat(2)}${at}`);
    for (const [at, secret] of secrets.entries()) {
      await store.append(call(`e${at}`, `{"q":"kept ${secret}"}`));
      if (at % 5 === 0) index();
    }
    index();
    await close();
    const db = new Database(path);
    db.pragma('secure_delete = ON');
    const gone = db
      .prepare<[], number>(`SELECT position FROM event WHERE payload LIKE '%confided%'`)
      .pluck()
      .all();
    db.transaction(() => {
      forgetWords(db, gone);
      db.prepare('UPDATE event SET payload = NULL, detail = NULL').run();
    })();
    expect(hasForgottenWords(db)).toBe(true);
    purgeWords(db);
    expect(hasForgottenWords(db)).toBe(false);
    db.pragma('wal_checkpoint(TRUNCATE)');
    db.close();
    expect(() => reader.lastPosition()).toThrow();
    const files = readdirSync(folder, { withFileTypes: true }).filter((file) => file.isFile());
    for (const { name } of files) {
      const bytes = readFileSync(join(folder, name)).toString('latin1');
      // The index writes words without the beginning that they share with the one before.
      expect(bytes).not.toContain('confided');
      expect(bytes).not.toContain('zq');
    }
  });

  it('takes forgotten words out by itself, once a day', async () => {
    const { store, close } = await openSqlite(folder, false);
    for (let at = 0; at < 20; at++) await store.append(call(`e${at}`, `{"q":"w${at} all"}`));
    const db = new Database(path);
    let now = 1e12;
    const chore = choreOn(db, () => now);
    const work = () => {
      for (let left = 100; left > 0 && chore.step(); left--);
    };
    work();
    const forgetOne = db.transaction((position: number) => forgetWords(db, [position]));
    forgetOne.immediate(2);
    work();
    expect(hasForgottenWords(db)).toBe(false);
    forgetOne.immediate(4);
    work();
    expect(hasForgottenWords(db)).toBe(true);
    now += 86_400_000;
    work();
    expect(hasForgottenWords(db)).toBe(false);
    expect(db.prepare(`SELECT count(*) FROM words WHERE words MATCH '"all"'`).pluck().get()).toBe(
      18,
    );
    db.close();
    await close();
  });

  it('indexes no step that was erased while its words were looked for', async () => {
    const { store, close } = await openSqlite(folder, false);
    await store.append(call('a', '{"q":"secret"}'));
    const db = new Database(path);
    const eraser = new Database(path);
    const { transaction } = db;
    // The other connection erases between reading and writing.
    db.transaction = ((work: (...given: unknown[]) => void) => {
      const made = transaction.call(db, work);
      const immediate = (...given: unknown[]) => {
        eraser.exec('UPDATE event SET payload = NULL, detail = NULL');
        return made.immediate(...given);
      };
      return { immediate };
    }) as unknown as typeof db.transaction;
    const chore = choreOn(db);
    chore.step();
    expect(
      db.prepare(`SELECT count(*) FROM words WHERE words MATCH '"secret"'`).pluck().get(),
    ).toBe(0);
    eraser.close();
    db.close();
    await close();
  });

  it('rests for six times as long as it works, so that calls have their turn', () => {
    let at = 0;
    let steps = 0;
    const work = () => {
      steps++;
      at += 10;
      return true;
    };
    const restOf = () => 6;
    const { step: paced } = pacedChore({ name: 'slow', step: work }, () => at, restOf);
    for (; at < 1_000; at++) expect(paced()).toBe(true);
    expect(steps).toBeGreaterThan(12);
    expect(steps).toBeLessThan(16);
  });

  it('is made by a running store', async () => {
    const upkeep = { search: true } as const;
    const store = await SqliteStore.open({ path, durability: 'process', upkeep });
    await store.append(call('a', '{"q":"first"}'));
    const db = new Database(path, { readonly: true });
    const indexed = db.prepare(`SELECT count(*) FROM words WHERE words MATCH '"first"'`).pluck();
    await expect.poll(() => indexed.get(), { timeout: 10_000 }).toBe(1);
    await store.close();
    db.close();
  });
});
