import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { pin } from '../../src/cli/pin.ts';
import { fingerprintDigits } from '../../src/policy/pin/short-fingerprint.ts';
import { toolDefinition } from '../../src/policy/pin/tool-definition.ts';
import { SqlitePins } from '../../src/store/sqlite/pins.ts';
import { changingServer, type ListedTool } from '../e2e/fixtures/changing-server.ts';
import { Upstream } from '../e2e/fixtures/upstream.ts';
import { Folder, run } from './terminal.ts';

const query: ListedTool = { name: 'query', description: 'Reads rows.' };
const add: ListedTool = { name: 'add', description: 'Adds.' };
const LOCK = 'sallyport.lock.json';

let tools: ListedTool[];
let server: Upstream;
let folder: Folder;
beforeAll(async () => {
  server = await Upstream.start(() => changingServer(() => tools));
});
afterAll(() => server.stop());
beforeEach(() => {
  tools = [query, add];
  folder = new Folder();
  configure({});
});
afterEach(() => folder.remove());

function configure(more: object, upstreams: object = { db: { url: server.url } }): void {
  folder.write({ 'sallyport.yaml': JSON.stringify({ upstreams, ...more }) });
}
const pinned = (...args: string[]) => run(pin, folder.path, ...args);
const lock = () => readFileSync(join(folder.path, LOCK), 'utf8');
const code = (work: Promise<unknown>) =>
  work.then(
    () => 'none',
    (error) => error.code,
  );

function definitionOf(description: string) {
  const definition = toolDefinition({ name: 'query', description });
  if (!definition) throw new Error('no definition');
  return definition;
}

/** The place where a gate keeps pins, in which it has refused this. */
function refusing(description: string) {
  const definition = definitionOf(description);
  const store = new SqlitePins(join(folder.path, '.sallyport', 'pins.db'));
  store.remember('db', [definitionOf('Reads rows.')]);
  store.refuse('db', [definition]);
  return { store, definition, digits: fingerprintDigits(definition.fingerprint) };
}

describe('sallyport pin', () => {
  it('writes what upstreams have, and the same text where nothing changed', async () => {
    const { code: exitCode, out, err } = await pinned();
    expect(exitCode).toBe(0);
    expect(out).toBe(`+ db/add\n+ db/query\n2 new: ${LOCK} is written\n`);
    expect(err).toContain('"pins: { mode: lock }"');
    const first = lock();
    tools = [add, query];
    const again = await pinned();
    expect(again.out).toBe(`nothing changed: ${LOCK} stays as it is\n`);
    expect(lock()).toBe(first);
  });

  it('says what is new, changed and gone, and what is worth a look', async () => {
    await pinned();
    tools = [
      { ...query, description: 'Reads all rows.' },
      { name: 'odd', description: 'Odd\u202e.' },
    ];
    const { code: exitCode, out } = await pinned();
    expect(exitCode).toBe(0);
    expect(out).toBe(`+ db/odd
~ db/query
    description: "Reads rows." -> "Reads all rows."
- db/add
! db/odd
    description has the hidden character \\u{202e} (hidden-characters)
1 new, 1 changed, 1 gone; 1 tool to look at: ${LOCK} is written
`);
    expect(lock()).not.toContain('"add"');
  });

  it('checks without writing', async () => {
    const missing = await pinned('--check');
    expect([missing.code, existsSync(join(folder.path, LOCK))]).toEqual([1, false]);
    await pinned();
    expect(await pinned('--check')).toMatchObject({
      code: 0,
      out: `nothing changed: ${LOCK} is up to date\n`,
    });
    tools = [query];
    const before = lock();
    expect(await pinned('--check')).toMatchObject({
      code: 1,
      out: `- db/add\n1 gone: ${LOCK} differs\n`,
    });
    expect(lock()).toBe(before);
  });

  it('prints JSON', async () => {
    tools = [{ ...query, title: 'a\u200bb' }];
    const { out } = await pinned('--json', '--check');
    expect(JSON.parse(out)).toEqual({
      file: LOCK,
      written: false,
      refused: [],
      same: false,
      upstreams: {
        db: {
          ...{ added: ['query'], changed: {}, gone: [] },
          flagged: {
            query: [
              {
                flag: 'hidden-characters',
                at: 'title',
                why: 'has the hidden character \\u{200b}',
              },
            ],
          },
        },
      },
    });
  });

  it('asks only the upstreams that are named, and keeps what it has of others', async () => {
    configure({}, { db: { url: server.url }, other: { url: server.url } });
    await pinned();
    tools = [query];
    const { out } = await pinned('other');
    expect(out).toBe(`- other/add\n1 gone: ${LOCK} is written\n`);
    configure({}, { db: { url: server.url, pins: 'off' } });
    expect((await pinned()).out).toContain('- other/query');
    expect(JSON.parse(lock()).upstreams).toEqual({});
  });

  it('takes over one tool of a lock, and takes out one that is gone', async () => {
    configure({ pins: { mode: 'lock' } });
    await pinned();
    tools = [
      { ...query, description: 'Writes rows.' },
      { ...add, description: 'Subtracts.' },
    ];
    const { code: exitCode, out } = await pinned('--accept', 'db/query');
    expect(exitCode).toBe(0);
    expect(out).toContain('~ db/query');
    expect(lock()).toContain('Writes rows.');
    expect(lock()).toContain('Adds.');
    tools = [];
    await pinned('--accept', 'db/add');
    expect(Object.keys(JSON.parse(lock()).upstreams.db.tools)).toEqual(['query']);
  });

  it('accepts what a gate has refused at first sight, not what the server has by now', async () => {
    const path = join(folder.path, '.sallyport', 'pins.db');
    const refused = toolDefinition({ name: 'query', description: 'What the gate saw.' });
    const seen = toolDefinition({ name: 'query', description: 'Reads rows.' });
    if (!refused || !seen) throw new Error('no definition');
    const store = new SqlitePins(path);
    store.remember('db', [seen]);
    store.refuse('db', [refused]);
    const { code: exitCode, out } = await pinned('--accept', 'db/query', '--accept', 'db/add');
    expect(exitCode).toBe(0);
    expect(out).toContain('description: "Reads rows." -> "What the gate saw."');
    expect(out).toContain('+ db/add');
    expect(store.accepted('db', 'query')).toEqual(refused);
    expect(store.entries('db').get('query')?.refused).toBeUndefined();
    expect(store.accepted('db', 'add')?.definition.description).toBe('Adds.');
    expect(existsSync(join(folder.path, LOCK))).toBe(false);
    store.close();
  });

  it('accepts the definition that is named, and says so', async () => {
    const { store, digits, definition } = refusing('What the gate saw.');
    const name = `db/query@${digits.slice(0, 32)}`;
    const { code: exitCode, out, err } = await pinned('--accept', name);
    expect([exitCode, err]).toEqual([0, '']);
    expect(out).toContain(`accepted ${name}\n`);
    expect(store.accepted('db', 'query')).toEqual(definition);
    store.close();
  });

  it('warns where none was named, and says which was accepted', async () => {
    const { store, digits } = refusing('What the gate saw.');
    const { out, err } = await pinned('--accept', 'db/query');
    const name = `db/query@${digits.slice(0, 32)}`;
    expect(out).toContain('description: "Reads rows." -> "What the gate saw."');
    expect(out).toContain(`accepted ${name}\n`);
    expect(err).toMatch(new RegExp(`^warning: ${name} was accepted without being named`));
    store.close();
    const json = await pinned('--accept', 'db/add', '--json');
    expect(JSON.parse(json.out).accepted).toMatchObject([{ upstream: 'db', tool: 'add' }]);
    expect(json.err).toContain('warning: db/add@');
  });

  it('accepts nothing where the server has changed the tool since it was named', async () => {
    const { store, digits } = refusing('What the operator read.');
    const later = definitionOf('What came a moment later.');
    store.refuse('db', [later]);
    const named = ['--accept', 'db/add', '--accept', `db/query@${digits.slice(0, 32)}`];
    const error = await pinned(...named).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'PIN_CHANGED' });
    expect(String(error)).toContain('is another by now');
    expect(String(error)).toContain(fingerprintDigits(later.fingerprint).slice(0, 32));
    expect(store.accepted('db', 'query')?.definition.description).toBe('Reads rows.');
    expect(store.accepted('db', 'add')).toBeUndefined();
    store.close();
  });

  it('takes over only the named definition into a lock', async () => {
    configure({ pins: { mode: 'lock' } });
    await pinned();
    const before = lock();
    const inputSchema = { type: 'object' };
    const named = toolDefinition({ name: 'query', description: 'Writes rows.', inputSchema });
    const digits = fingerprintDigits(named?.fingerprint ?? '').slice(0, 32);
    tools = [{ ...query, description: 'Deletes rows.' }];
    const accept = () => pinned('--accept', `db/query@${digits}`);
    expect(await code(accept())).toBe('PIN_CHANGED');
    // One that is gone is not the one that was named.
    tools = [];
    expect(await code(accept())).toBe('USAGE');
    expect(lock()).toBe(before);
    tools = [{ ...query, description: 'Writes rows.' }];
    expect(await accept()).toMatchObject({ code: 0, err: '' });
    expect(lock()).toContain('Writes rows.');
  });

  it('shows what a gate refuses at first sight, with the command that accepts just that', async () => {
    const { store, digits } = refusing('What the gate saw.');
    const { out } = await pinned('--check');
    const command = `sallyport pin --accept db/query@${digits.slice(0, 32)}`;
    expect(out).toContain(`x db/query is refused; to accept it as shown here:
    ${command}
    description: "Reads rows." -> "What the gate saw."
`);
    const json = JSON.parse((await pinned('--check', '--json')).out);
    expect(json.refused).toMatchObject([{ upstream: 'db', tool: 'query', fingerprint: digits }]);
    await pinned(...command.split(' ').slice(2));
    expect((await pinned('--check')).out).not.toContain('x db/query');
    store.close();
  });

  it.each<[string, string, string[]]>([
    ['an unknown upstream', 'USAGE', ['dbb']],
    ['an unknown option', 'USAGE', ['--chekc']],
    ['--accept without a tool', 'USAGE', ['--accept', 'db']],
    ['--accept of an unknown upstream', 'USAGE', ['--accept', 'x/query']],
    ['--accept of an unknown tool', 'USAGE', ['--accept', 'db/nothing']],
    ['--accept with --check', 'USAGE', ['--accept', 'db/query', '--check']],
    ['a missing configuration', 'CONFIG_UNREADABLE', ['--config', 'none.yaml']],
    ['a lock file in no folder', 'FILE_UNWRITABLE', ['--file', 'no/such/lock.json']],
    ['a broken lock file', 'PINS_INVALID', ['--file', 'sallyport.yaml']],
  ])('refuses %s', async (_, expected, args) => {
    expect(await code(pinned(...args))).toBe(expected);
  });

  it('writes nothing where an upstream does not answer', async () => {
    configure({}, { db: { url: server.url }, down: { url: 'http://127.0.0.1:1/mcp' } });
    expect(await code(pinned())).toBe('UPSTREAM_UNREACHABLE');
    expect(existsSync(join(folder.path, LOCK))).toBe(false);
  });

  it('refuses an upstream with two different tools of one name', async () => {
    tools = [query, { ...query, description: 'Other.' }];
    expect(await code(pinned())).toBe('UPSTREAM_INVALID');
  });

  it('explains itself', async () => {
    const { code: exitCode, out } = await pinned('--help');
    expect([exitCode, out.includes('Example:')]).toEqual([0, true]);
  });
});
