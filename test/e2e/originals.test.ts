import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { keys } from '../../src/cli/keys.ts';
import { transcripts } from '../../src/cli/transcripts.ts';
import type { Verb } from '../../src/cli/verb.ts';
import { maskKeyOf } from '../../src/config/schema/masking-schema.ts';
import { configSchema } from '../../src/config/schema.ts';
import { Started } from '../../src/daemon/started.ts';
import { openTranscripts } from '../../src/daemon/transcripts.ts';
import type { ExchangeRecord } from '../../src/model/transcript.ts';
import { type MasterKeys, masterKeyName } from '../../src/store/seal/master-keys.ts';
import { SqliteReader } from '../../src/store/sqlite/reader.ts';
import { Folder, run } from '../cli/terminal.ts';
import { answerOf, RawAgent } from './fixtures/raw-agent.ts';
import { Upstream } from './fixtures/upstream.ts';
import { type RunningGate, startGate } from './support/gate.ts';

const ASKED = 'asked.secret@example.org';
const ANSWERED = 'answered.secret@example.org';
const LISTED = 'listed.secret@example.org';
const policies = `apiVersion: sallyport/v1
upstreams: [own]
rules:
  - { id: all, on: { tools: [echo, plain] }, then: allow }
  - { id: no, on: { tools: [stop] }, then: block }
  - { id: hide, mask: [{ find: [email], in: [args, result] }] }
`;

let own: Upstream;
let gate: RunningGate;
let agent: RawAgent;
const folder = new Folder();

function ownServer(): McpServer {
  const mcp = new McpServer({ name: 'own', version: '1' });
  const said = (text: string) => ({ content: [{ type: 'text' as const, text }] });
  const inputSchema = { text: z.string() };
  const echo = {
    inputSchema,
    description: `Ask ${LISTED} about it.`,
    annotations: { readOnlyHint: true },
  };
  mcp.registerTool('echo', echo, ({ text }) => said(`${text} ${ANSWERED}`));
  const plain = { inputSchema, title: 'Plain', annotations: { readOnlyHint: true } };
  mcp.registerTool('plain', plain, () => said('plain'));
  mcp.registerTool('stop', { inputSchema }, () => said('never'));
  return mcp;
}

beforeAll(async () => {
  own = await Upstream.start(ownServer);
  gate = await startGate({ upstreams: { own: { url: own.url } }, policies });
  agent = await RawAgent.begin(gate.endpoint('own'), await gate.token('ana', 'own'));
  await answerOf(await agent.request('tools/list', {}));
  for (const tool of ['echo', 'plain', 'stop']) {
    await answerOf(await agent.call(tool, { text: ASKED }));
  }
});
afterAll(async () => {
  await gate?.stop();
  await own?.stop();
  folder.remove();
});

const keyFile = () => join(gate.folder, 'transcripts.key');
const masterKeys = (): MasterKeys => [maskKeyOf(readFileSync(keyFile(), 'utf8')) as Buffer];
const verb = (of: Verb, ...args: string[]) => run(of, gate.folder, ...args, '--db', gate.database);

function reading<Result>(withKeys: MasterKeys | undefined, work: (reader: SqliteReader) => Result) {
  const reader = new SqliteReader(gate.database, { keys: withKeys });
  try {
    return work(reader);
  } finally {
    reader.close();
  }
}
function of(reader: SqliteReader, target: string): ExchangeRecord {
  const [exchange] = reader.exchanges({ target, limit: 1 });
  if (!exchange) throw new Error(`nothing of ${target} is recorded`);
  return exchange;
}

describe('a gate that seals originals', () => {
  it('has no masked value in any file in the clear', () => {
    const files = readdirSync(gate.folder).filter((name) => name.startsWith('transcripts.db'));
    expect(files.length).toBeGreaterThan(0);
    for (const secret of [ASKED, ANSWERED, LISTED]) {
      expect(gate.databaseBytes()).not.toContain(secret);
      expect(gate.log.join('\n')).not.toContain(secret);
    }
  });

  it('gives what came to whoever has the key', () => {
    reading(masterKeys(), (reader) => {
      const called = reader.events(of(reader, 'echo').id);
      expect(called.map(({ kind, original }) => [kind, original !== undefined])).toEqual([
        ['opened', true],
        ['decided', false],
        ['masked', false],
        ['forwarded', false],
        ['masked', false],
        ['answered', true],
      ]);
      const [asked, answered] = [called[0], called.at(-1)];
      expect(JSON.parse(asked?.original ?? '').params.arguments).toEqual({ text: ASKED });
      expect(JSON.parse(asked?.payload ?? '').params.arguments.text).not.toContain('secret');
      expect(answered?.original).toContain(ANSWERED);
      const stopped = reader.events(of(reader, 'stop').id);
      expect(stopped[0]?.original).toContain(ASKED);
      const [listed] = reader.exchanges({ method: 'tools/list', limit: 1 });
      expect(reader.events(listed?.id ?? '').at(-1)?.original).toContain(LISTED);
    });
  });

  it('says of what is sealed only that it is there to whoever has no key, or another', () => {
    for (const withKeys of [undefined, [new Uint8Array(32)]] as const) {
      reading(withKeys, (reader) => {
        const called = reader.events(of(reader, 'echo').id);
        expect(called.flatMap(({ kind, sealed }) => (sealed ? [kind] : []))).toEqual([
          'opened',
          'answered',
        ]);
        expect(JSON.stringify(called)).not.toContain('secret@');
      });
    }
  });

  it('knows what rules could read of the client and of the tool, unless that is masked', () => {
    reading(undefined, (reader) => {
      const facts = (target: string) => {
        const steps = reader.events(of(reader, target).id);
        const named = steps.map(({ detail }) => ({ client: detail?.client, tool: detail?.tool }));
        const fact = (digest: unknown) => reader.fact(String(digest));
        return { client: fact(named[0]?.client), tool: fact(named[1]?.tool) };
      };
      const client = { name: 'raw-agent', version: '1' };
      const annotations = { readOnlyHint: true };
      expect(facts('echo')).toEqual({
        client,
        tool: { annotations, description: null, flags: expect.any(Array) as string[] },
      });
      expect(facts('plain')).toMatchObject({ client, tool: { annotations, title: 'Plain' } });
    });
  });
});

describe('transcripts show --originals', () => {
  it('shows messages as they came, and records who has looked, and why', async () => {
    const { id } = reading(undefined, (reader) => of(reader, 'echo'));
    const plain = await verb(transcripts, 'show', id);
    expect([plain.code, plain.out.includes(ASKED)]).toEqual([0, false]);
    expect(plain.out).toContain('as it came: sealed');
    const shown = await verb(transcripts, 'show', id, '--originals', '--reason', 'ticket 7');
    expect([shown.code, shown.err]).toEqual([0, '']);
    expect(shown.out).toContain(ASKED);
    expect(shown.out).toContain(ANSWERED);
    reading(undefined, (reader) => {
      const [look, ...others] = reader.exchanges({ method: 'transcripts/unseal', limit: 9 });
      expect([look?.target, look?.sub?.startsWith('os:'), others]).toEqual([id, true, []]);
      expect(reader.events(look?.id ?? '').at(-1)?.detail).toMatchObject({
        exchanges: [id],
        reason: 'ticket 7',
      });
    });
    const json = await verb(transcripts, 'show', id, '--originals', '--json');
    expect(JSON.parse(json.out).events[0].original.params.arguments).toEqual({ text: ASKED });
  });

  it('says so where the key at hand is another', async () => {
    const other = join(folder.path, 'other.key');
    writeFileSync(other, Buffer.alloc(32, 5).toString('base64'), { mode: 0o600 });
    const { id } = reading(undefined, (reader) => of(reader, 'echo'));
    const { code, out, err } = await verb(transcripts, 'show', id, '--originals', '--key', other);
    expect([code, out.includes(ASKED)]).toEqual([1, false]);
    expect(err).toContain('TRANSCRIPT_SEALED');
  });

  it('needs a key', async () => {
    const { id } = reading(undefined, (reader) => of(reader, 'echo'));
    const missing = ['--originals', '--key', join(folder.path, 'none.key')];
    const refused = expect.objectContaining({ code: 'TRANSCRIPT_KEY' }) as Error;
    await expect(verb(transcripts, 'show', id, ...missing)).rejects.toThrow(refused);
    const unused = verb(transcripts, 'show', id, '--reason', 'x');
    await expect(unused).rejects.toThrow(expect.objectContaining({ code: 'USAGE' }));
  });
});

describe('sallyport keys, beside a running gate', () => {
  it('lists the keys, makes a new one, and makes it the only one that is needed', async () => {
    const [before] = masterKeys().map(masterKeyName);
    const listed = await verb(keys, 'list', '--json');
    expect([listed.code, JSON.parse(listed.out).keys]).toMatchObject([
      0,
      [{ key: before, state: 'seals', periods: 1 }],
    ]);
    const made = await run(keys, folder.path, 'new', 'next.key', '--json');
    const { name } = JSON.parse(made.out) as { name: string };
    const both = ['--key', join(folder.path, 'next.key'), '--key', keyFile()];
    const rotated = await verb(keys, 'rotate', ...both);
    expect([rotated.code, rotated.out]).toEqual([
      0,
      `1 period rewrapped with ${name}; 0 had it before\n`,
    ]);
    const again = await verb(keys, 'rotate', ...both);
    expect(again.out).toBe(`nothing to do: ${name} is the only key that is needed\n`);
    const table = await verb(keys, 'list', ...both);
    expect(table.out).toMatch(
      new RegExp(`${name} +seals +1 +\\d+ .*\n${before} +opens +0 +0 +- +-\n`),
    );
    const alone = await verb(keys, 'list', '--key', keyFile());
    expect([alone.code, alone.out.includes('not at hand')]).toEqual([1, true]);
    await answerOf(await agent.call('echo', { text: ASKED }));
    const next = [
      maskKeyOf(readFileSync(join(folder.path, 'next.key'), 'utf8')) as Buffer,
    ] as const;
    reading(next, (reader) => {
      expect(reader.events(of(reader, 'echo').id)[0]?.original).toContain(ASKED);
    });
    const back = await verb(
      keys,
      'rotate',
      '--key',
      keyFile(),
      '--key',
      join(folder.path, 'next.key'),
    );
    expect(back.code).toBe(0);
  });

  it('makes a pair that signs the proof, and overwrites nothing', async () => {
    const { out } = await run(keys, folder.path, 'new', '--proof', 'p.key');
    expect(out).toMatch(/p\.key signs the proof as [0-9a-f]{16}\n.*p\.pub is its public key/);
    expect(readFileSync(join(folder.path, 'p.pub'), 'utf8')).toContain('BEGIN PUBLIC KEY');
    const before = readFileSync(join(folder.path, 'p.key'), 'utf8');
    const unwritable = expect.objectContaining({ code: 'FILE_UNWRITABLE' }) as Error;
    await expect(run(keys, folder.path, 'new', 'p.key')).rejects.toThrow(unwritable);
    await expect(run(keys, folder.path, 'new', '--proof', 'p.key')).rejects.toThrow(unwritable);
    expect(readFileSync(join(folder.path, 'p.key'), 'utf8')).toBe(before);
  });

  it('can not rotate to a key alone that opens nothing', async () => {
    const other = join(folder.path, 'foreign.key');
    await run(keys, folder.path, 'new', 'foreign.key');
    const { code, err } = await verb(keys, 'rotate', '--key', other);
    expect([code, err]).toEqual([1, expect.stringContaining('1 period left')]);
  });
});

describe('the keys of a configuration', () => {
  const upstreams = { own: { command: ['true'] } };
  const refused = expect.objectContaining({ code: 'TRANSCRIPT_KEY' }) as Error;

  it.each([
    ['is none', [{ file: 'none.key' }]],
    ['can not be had', [{ command: ['/no/such/program'] }]],
  ])('keep a gate from starting where one %s', async (_, given) => {
    const config = { transcripts: { keys: given } };
    await expect(startGate({ upstreams, policies: '', config })).rejects.toThrow(refused);
  });

  it('are not needed where originals are not kept', async () => {
    const config = { transcripts: { originals: 'none' as const, keys: [{ file: 'none.key' }] } };
    const none = await startGate({ upstreams, policies, config });
    expect(readdirSync(none.folder)).not.toContain('transcripts.key');
    await none.stop();
  });

  it('are told of where those of before are missing', async () => {
    await gate.daemon.stop();
    rmSync(keyFile());
    const lines: string[] = [];
    const log = (fields: object, text: string) =>
      void lines.push(`${JSON.stringify(fields)} ${text}`);
    const logs = { info: log, warn: log, error: log, debug: log };
    const started = new Started(logs);
    const config = configSchema.parse({ upstreams: {}, transcripts: { path: 'transcripts.db' } });
    await openTranscripts(
      {
        config,
        base: gate.folder,
        log: logs,
        authenticator: () => {
          throw new Error('unused');
        },
      },
      started,
    );
    await started.close();
    expect(lines.join('\n')).toMatch(
      /TRANSCRIPT_SEALED.*keys that the configuration does not have/,
    );
  });
});
