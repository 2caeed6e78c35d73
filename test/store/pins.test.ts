import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseJson } from '../../src/model/json.ts';
import type { PinStore } from '../../src/model/seams.ts';
import { toolDefinition } from '../../src/policy/pin/tool-definition.ts';
import { MemoryPins } from '../../src/store/memory/pins.ts';
import { SqlitePins } from '../../src/store/sqlite/pins.ts';

let folder: string;
const open: PinStore[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-pins-'));
});
afterEach(() => {
  for (const store of open.splice(0)) store.close();
  rmSync(folder, { recursive: true });
});

function tool(name: string, description = 'Reads.') {
  const made = toolDefinition({ name, description, inputSchema: parseJson('{"maximum":1e400}') });
  if (!made) throw new Error('no definition');
  return made;
}
function sqlite(): SqlitePins {
  const store = new SqlitePins(join(folder, 'deep', 'pins.db'));
  open.push(store);
  return store;
}

const stores = { memory: () => new MemoryPins(), sqlite };

describe.each(Object.entries(stores))('pins in %s', (_, make) => {
  it('hold nothing at first', () => {
    const store = make();
    expect(store.entries('db').size).toBe(0);
    expect(store.accepted('db', 'query')).toBeUndefined();
    expect(store.refused('db', 'query')).toBeUndefined();
  });

  it('give back what they remember, numbers beyond a double included', () => {
    const store = make();
    store.remember('db', [tool('query'), tool('__proto__')]);
    expect(store.accepted('db', 'query')).toEqual(tool('query'));
    expect(JSON.stringify(store.accepted('db', 'query'))).toContain('1e400');
    expect([...store.entries('db')]).toHaveLength(2);
    expect(store.entries('db').get('__proto__')).toEqual({
      accepted: tool('__proto__').fingerprint,
    });
  });

  it('keep what was remembered first', () => {
    const store = make();
    store.remember('db', [tool('query')]);
    store.remember('db', [tool('query', 'Writes.')]);
    expect(store.accepted('db', 'query')).toEqual(tool('query'));
  });

  it('keep upstreams apart', () => {
    const store = make();
    store.remember('db', [tool('query')]);
    store.remember('files', [tool('query', 'Writes.')]);
    store.refuse('files', [tool('query', 'Other.')]);
    expect(store.accepted('db', 'query')).toEqual(tool('query'));
    expect(store.entries('db').get('query')).toEqual({ accepted: tool('query').fingerprint });
  });

  it('hold what was refused beside what was accepted, the last of it', () => {
    const store = make();
    store.remember('db', [tool('query')]);
    store.refuse('db', [tool('query', 'Writes.')]);
    store.refuse('db', [tool('query', 'Deletes.')]);
    expect(store.entries('db').get('query')).toEqual({
      accepted: tool('query').fingerprint,
      refused: tool('query', 'Deletes.').fingerprint,
    });
    expect(store.refused('db', 'query')).toEqual(tool('query', 'Deletes.'));
    store.settle('db', ['query']);
    expect(store.entries('db').get('query')).toEqual({ accepted: tool('query').fingerprint });
  });

  it('accept another definition, and then refuse none', () => {
    const store = make();
    store.remember('db', [tool('query')]);
    store.refuse('db', [tool('query', 'Writes.')]);
    store.accept('db', tool('query', 'Writes.'));
    const { fingerprint } = tool('query', 'Writes.');
    expect(store.entries('db').get('query')).toEqual({ accepted: fingerprint });
    expect(store.accepted('db', 'query')).toEqual(tool('query', 'Writes.'));
  });

  it('accept one definition, and go on refusing another that came meanwhile', () => {
    const store = make();
    store.remember('db', [tool('query')]);
    store.refuse('db', [tool('query', 'Deletes.')]);
    store.accept('db', tool('query', 'Writes.'));
    expect(store.entries('db').get('query')).toEqual({
      accepted: tool('query', 'Writes.').fingerprint,
      refused: tool('query', 'Deletes.').fingerprint,
    });
  });
});

describe('pins in SQLite', () => {
  it('are there after a restart', () => {
    const before = sqlite();
    before.remember('db', [tool('query')]);
    before.refuse('db', [tool('query', 'Writes.')]);
    before.close();
    const after = sqlite();
    expect(after.accepted('db', 'query')).toEqual(tool('query'));
    expect(after.refused('db', 'query')).toEqual(tool('query', 'Writes.'));
  });

  it('tell that another process has written, and nothing of their own writing', () => {
    const [mine, other] = [sqlite(), sqlite()];
    const before = mine.version();
    mine.remember('db', [tool('query')]);
    expect(mine.version()).toBe(before);
    other.accept('db', tool('query', 'Writes.'));
    expect(mine.version()).not.toBe(before);
    expect(mine.accepted('db', 'query')).toEqual(tool('query', 'Writes.'));
  });

  it('of two that remember a tool at once, the first has it', () => {
    const [mine, other] = [sqlite(), sqlite()];
    mine.remember('db', [tool('query')]);
    other.remember('db', [tool('query', 'Writes.')]);
    expect(other.accepted('db', 'query')).toEqual(tool('query'));
  });

  it('refuse a file that is none of theirs', () => {
    writeFileSync(
      join(folder, 'text'),
      'not a database, and longer than a header of one is'.repeat(9),
    );
    expect(() => new SqlitePins(join(folder, 'text'))).toThrow(
      expect.objectContaining({ code: 'STORE_UNREADABLE' }),
    );
  });

  it.each([1, 99])('refuse a file of another version: %d', (version) => {
    const path = join(folder, 'other.db');
    const db = new Database(path);
    db.pragma(`user_version = ${version}`);
    db.close();
    expect(() => new SqlitePins(path)).toThrow(
      expect.objectContaining({ code: 'STORE_UNREADABLE' }),
    );
  });
});
