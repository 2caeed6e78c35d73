import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { masterKeysOf, type Originals } from '../../src/cli/transcripts/database.ts';
import { transcripts } from '../../src/cli/transcripts.ts';
import type { Terminal } from '../../src/cli/verb.ts';
import { SqliteStore } from '../../src/store/sqlite/store.ts';
import { end, head, step } from '../support/batches.ts';
import { Folder, run } from './terminal.ts';

const hex = 'ab'.repeat(32);
const folder = new Folder();
const keyed = (keys: string) => `upstreams: {}\ntranscripts: { path: deep/t.db, keys: ${keys} }\n`;

beforeAll(async () => {
  mkdirSync(join(folder.path, 'deep'));
  folder.write({
    'variable.yaml': keyed('[env:NO_SUCH_VARIABLE]'),
    'wrong.yaml': keyed('[{ files: a.key }]'),
    'written.yaml': keyed(`["${hex}"]`),
    'none.yaml': 'upstreams: {}\ntranscripts: { path: deep/t.db }\n',
  });
  const store = await SqliteStore.open({
    path: join(folder.path, 'deep/t.db'),
    durability: 'process',
  });
  await store.append({ opened: [head('a')], events: [step('a', 0)], closed: [end('a')] });
  await store.close();
});
afterAll(() => folder.remove());

describe('reading transcripts', () => {
  it.each(['variable.yaml', 'wrong.yaml', 'written.yaml', 'none.yaml'])(
    'needs no key, whatever %s says of keys',
    async (config) => {
      const { code, out } = await run(transcripts, folder.path, 'show', 'a', '--config', config);
      expect([code, out.includes('exchange')]).toEqual([0, true]);
    },
  );
});

describe('the keys for originals', () => {
  const of = async (config: string, originals: Originals, env: Terminal['env'] = {}) => {
    const told: string[] = [];
    const terminal = { cwd: folder.path, env, err: (text: string) => void told.push(text) };
    const keys = await masterKeysOf({ config }, terminal as unknown as Terminal, originals);
    return { keys: keys?.map((key) => Buffer.from(key).toString('hex')), err: told.join('') };
  };
  const refused = expect.objectContaining({ code: 'TRANSCRIPT_KEY' }) as Error;

  it('are those of the configuration', async () => {
    expect(await of('written.yaml', 'needed')).toEqual({ keys: [hex], err: '' });
    expect(await of('variable.yaml', 'needed', { NO_SUCH_VARIABLE: hex })).toEqual({
      keys: [hex],
      err: '',
    });
    expect(await of('written.yaml', 'none')).toEqual({ keys: undefined, err: '' });
  });

  it.each(['variable.yaml', 'wrong.yaml'])(
    'are refused, or done without, where %s is wrong',
    async (config) => {
      await expect(of(config, 'needed')).rejects.toThrow(refused);
      const { keys, err } = await of(config, 'if at hand');
      expect([keys, err]).toEqual([
        undefined,
        expect.stringMatching(/^originals stay sealed: the keys of/),
      ]);
    },
  );

  it('are done without in silence where none is configured, and none is beside the database', async () => {
    expect(await of('none.yaml', 'if at hand')).toEqual({ keys: undefined, err: '' });
    await expect(of('none.yaml', 'needed')).rejects.toThrow(refused);
  });
});
