import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeExchange, exchangeLine } from '../../src/cli/transcript-view.ts';
import { follow } from '../../src/cli/transcripts/follow.ts';
import { layoutOf } from '../../src/cli/transcripts/layout.ts';
import { transcripts } from '../../src/cli/transcripts.ts';
import type { Terminal, Verb } from '../../src/cli/verb.ts';
import type {
  EventKind,
  ExchangeHead,
  ExchangeRecord,
  Outcome,
  TranscriptBatch,
  TranscriptEvent,
} from '../../src/model/transcript.ts';
import { SqliteStore } from '../../src/store/sqlite/store.ts';
import { Folder, type Ran } from './terminal.ts';

const START = Date.UTC(2026, 0, 31, 12);
/** Clears a screen, retitles a window, ends a line, turns text round, hides. */
const HOSTILE = '\x1b[2J\x1b]0;owned\x07\r\n\u009b31m\u202e\u200b\u{e0041}\x7f';
const RAW = /[^\P{Cc}\n]|\p{Cf}|\p{Zl}|\p{Zp}/u;

type Step = [EventKind, TranscriptEvent['detail']?, unknown?];
interface Sample {
  readonly head?: Partial<ExchangeHead>;
  readonly steps: readonly Step[];
  readonly outcome?: Outcome;
  readonly effect?: string;
  readonly rule?: string;
}

/** An exchange as the pipeline writes it: `n` makes its id and its time. */
function batchOf(n: number, { head, steps, outcome, effect, rule }: Sample): TranscriptBatch {
  const id = `01a1fd25-0000-7000-8000-0000${String(n).padStart(8, '0')}`;
  const openedAt = START + n * 60_000;
  const events = steps.map(([kind, detail, payload], seq) => ({
    ...{ exchange: id, seq, at: openedAt + seq * 1.5, kind, revision: 'r1' },
    ...(detail === undefined ? {} : { detail }),
    ...(payload === undefined ? {} : { payload: JSON.stringify(payload) }),
  }));
  const end = { ...(effect ? { effect } : {}), ...(rule ? { rule } : {}) };
  return {
    opened: [
      {
        ...{ id, openedAt, upstream: 'files', method: 'tools/call', target: 'read_text_file' },
        ...{ session: 's1', sub: 'ana', issuer: 'https://login.test', agent: 'cursor/1.2' },
        ...{ revision: 'r1', protocol: '2025-11-25', ...head },
      },
    ],
    events,
    closed: outcome ? [{ id, closedAt: openedAt + 12.34, outcome, ...end }] : [],
  };
}

const request = (args: object) => ({
  ...{ jsonrpc: '2.0', id: 1, method: 'tools/call' },
  params: { name: 'read_text_file', arguments: args },
});
const result = (text: string) => ({
  ...{ jsonrpc: '2.0', id: 1 },
  result: { content: [{ type: 'text', text }] },
});

const answered: Sample = {
  steps: [
    ['opened', { direction: 'up', kind: 'request' }, request({ path: 'a.txt' })],
    ['decided', { effect: 'allow', rule: 'read-files', reason: 'Everybody reads.' }],
    ['forwarded'],
    ['masked', { rule: 'hide-personal-data', what: 'email', count: 2 }],
    ['answered', undefined, result('first line\nsecond line of [redacted:email]')],
  ],
  ...{ outcome: 'answered', effect: 'allow', rule: 'read-files' },
};
const blocked: Sample = {
  head: { sub: 'bob', target: 'write_file', session: 's2' },
  steps: [
    ['opened', { direction: 'up', kind: 'request' }, request({ path: 'b.txt' })],
    ['decided', { effect: 'block', reason: 'no rule allows it' }],
    ['blocked', { reason: 'no rule allows it' }, result('Blocked by policy')],
  ],
  ...{ outcome: 'blocked', effect: 'block' },
};
const failed: Sample = {
  head: { upstream: 'orders', method: 'tools/list' },
  steps: [['opened'], ['failed', { code: 'UPSTREAM_TIMEOUT', message: 'no answer' }], ['closed']],
  outcome: 'failed',
};
const open: Sample = {
  steps: [['opened', { direction: 'up', kind: 'request' }, request({})], ['forwarded']],
};

let folder: Folder;
let store: SqliteStore;
const db = () => join(folder.path, 't.db');
beforeEach(async () => {
  folder = new Folder();
  store = await SqliteStore.open({ path: db(), durability: 'process' });
});
afterEach(async () => {
  await store.close();
  folder.remove();
});

async function keep(...samples: readonly Sample[]): Promise<void> {
  for (const [index, sample] of samples.entries()) await store.append(batchOf(index + 1, sample));
}

interface Place {
  readonly env?: Terminal['env'];
  readonly signal?: AbortSignal;
  readonly colour?: boolean;
  /** Told of everything printed so far. */
  readonly seen?: (out: string) => void;
}
async function run(
  args: readonly string[],
  place: Place = {},
  verb: Verb = transcripts,
): Promise<Ran> {
  let out = '';
  let err = '';
  const code = await verb.run(args, {
    input: (async function* () {})(),
    drained: () => undefined,
    out: (text) => {
      out += text;
      place.seen?.(out);
    },
    err: (text) => {
      err += text;
    },
    colour: place.colour ?? false,
    cwd: folder.path,
    env: place.env ?? {},
    signal: place.signal ?? new AbortController().signal,
  });
  return { code, out, err };
}
const list = (...args: string[]) => run(['list', '--db', 't.db', ...args]);
const show = (...args: string[]) => run(['show', '--db', 't.db', ...args]);
/** The short ids in a list. */
const idsIn = (out: string) => [...out.matchAll(/ 0000(\d{4}) /g)].map(([, n]) => Number(n));

describe('sallyport transcripts list', () => {
  beforeEach(() => keep(answered, blocked, failed, open));

  it('prints the newest exchanges, oldest first, one a line below the heads', async () => {
    const { code, out } = await list();
    expect(code).toBe(0);
    expect(out).toBe(
      [
        'time                  id        who  agent       upstream  what                       effect  rule        outcome     ms',
        '2026-01-31T12:01:00Z  00000001  ana  cursor/1.2  files     tools/call read_text_file  allow   read-files  answered  12.3',
        '2026-01-31T12:02:00Z  00000002  bob  cursor/1.2  files     tools/call write_file      block   -           blocked   12.3',
        '2026-01-31T12:03:00Z  00000003  ana  cursor/1.2  orders    tools/list read_text_file  -       -           failed    12.3',
        '2026-01-31T12:04:00Z  00000004  ana  cursor/1.2  files     tools/call read_text_file  -       -           open         -',
        '',
      ].join('\n'),
    );
  });

  it.each([
    [['--upstream', 'orders'], [3]],
    [['--sub', 'bob'], [2]],
    [
      ['--target', 'read_text_file', '--method', 'tools/call'],
      [1, 4],
    ],
    [['--outcome', 'blocked'], [2]],
    [['--rule', 'read-files'], [1]],
    [['--session', 's2'], [2]],
    [
      ['--since', '2026-01-31T12:03:00Z'],
      [3, 4],
    ],
    [
      ['--since', '2026-01-31T14:03:00+02:00'],
      [3, 4],
    ],
    [
      ['--limit', '2'],
      [3, 4],
    ],
    [['--since', '1m'], []],
  ] as const)('with %j prints exchanges %j', async (args, expected) => {
    const { code, out } = await list(...args);
    expect(code).toBe(0);
    expect(idsIn(out)).toEqual(expected);
  });

  it('gives JSON, also where nothing fits', async () => {
    const { exchanges } = JSON.parse((await list('--json', '--limit', '1')).out);
    expect(exchanges).toEqual([expect.objectContaining({ upstream: 'files', outcome: 'open' })]);
    expect(JSON.parse((await list('--json', '--sub', 'eve')).out)).toEqual({ exchanges: [] });
  });

  it('says that nothing fits, and that this is no fault', async () => {
    expect(await list('--sub', 'eve')).toEqual({ code: 0, out: '', err: 'no exchanges\n' });
  });

  it.each([120, 100, 80, 60, 50])('fits a terminal of %d columns', async (width) => {
    const env = { COLUMNS: String(width) };
    const { out } = await run(['list', '--db', 't.db'], { env });
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(width);
    expect(idsIn(out)).toEqual([1, 2, 3, 4]);
    expect(out).toContain(' blocked ');
  });

  it('colours what was blocked or failed on a terminal with colours, and says the same', async () => {
    const { out } = await run(['list', '--db', 't.db'], { colour: true });
    expect(out).toContain('\x1b[31mblocked\x1b');
    expect(out).toContain('\x1b[35mfailed\x1b');
    expect(stripVTControlCharacters(out)).toBe((await list()).out);
  });

  it.each([
    ['--since', 'yesterday', '--since must be a time span or a time, not "yesterday"'],
    ['--since', '2026-13-01', '--since must be a time span or a time, not "2026-13-01"'],
    ['--limit', '0', '--limit must be a whole number above 0, not "0"'],
    ['--outcome', 'blockd', 'no exchange has the outcome "blockd"'],
  ])('refuses %s %s', async (name, value, message) => {
    await expect(list(name, value)).rejects.toMatchObject({ code: 'USAGE', message });
  });
});

describe('sallyport transcripts show', () => {
  it('has what the token said: groups as text, all of it as JSON', async () => {
    const identity = { sub: 'ana', groups: ['analysts', 'dba'], scopes: [], claims: { tier: 2 } };
    const batch = batchOf(1, { ...answered, head: { identity: 'd1', ip: '10.1.2.3' } });
    const facts = [{ digest: 'd1', facts: JSON.stringify(identity) }];
    await store.append({ ...batch, facts });
    const { out } = await show('00000001');
    expect(out).toMatch(/^ {2}groups +analysts, dba$/m);
    expect(out).toMatch(/^ {2}from +10\.1\.2\.3$/m);
    expect(JSON.parse((await show('00000001', '--json')).out)).toMatchObject({ identity });
  });

  it('tells an exchange step by step', async () => {
    await keep(answered);
    const { code, out } = await show('00000001');
    expect(code).toBe(0);
    expect(out).toBe(`\
tools/call read_text_file at files: answered after 12.3 ms
  exchange  01a1fd25-0000-7000-8000-000000000001 (00000001)
  when      2026-01-31T12:01:00.000Z
  who       ana, known to https://login.test
  agent     cursor/1.2
  session   s1, MCP 2025-11-25
  policies  revision r1
  decision  allow by read-files

  +0.0 ms  opened     request from the client
                      tools/call
                      {"name":"read_text_file","arguments":{"path":"a.txt"}}
  +1.5 ms  decided    allow by read-files: Everybody reads.
  +3.0 ms  forwarded  to the upstream
  +4.5 ms  masked     email, 2 places by hide-personal-data
  +6.0 ms  answered   the client got
                      | first line
                      | second line of [redacted:email]
`);
  });

  it('finds an exchange by its whole id as well', async () => {
    await keep(answered, blocked);
    const { out } = await show('01a1fd25-0000-7000-8000-000000000002');
    expect(out).toMatch(/^tools\/call write_file at files: blocked after 12\.3 ms\n/);
    expect(out).toContain('block: no rule allows it\n');
  });

  it('exits with 1 where no exchange has the id, or several end so', async () => {
    await keep(answered, { ...blocked, head: { id: 'other-00000001' } });
    for (const id of ['nope', '00001']) {
      const { code, out, err } = await show(id);
      expect({ code, out }).toEqual({ code: 1, out: '' });
      expect(err).toContain(`"${id}"`);
    }
  });

  it('gives the record with its events and their payloads as JSON', async () => {
    const big = '12345678901234567890';
    const [first] = answered.steps;
    await keep({ ...answered, steps: first ? [first] : [] });
    const { opened, events } = batchOf(2, blocked);
    const withNumber = events.map((event) => ({ ...event, payload: `{"n":${big}}` }));
    await store.append({ opened, events: withNumber, closed: [] });
    const whole = JSON.parse((await show('00000001', '--json')).out);
    expect(whole).toMatchObject({ sub: 'ana', outcome: 'answered' });
    expect(whole.events[0].payload).toEqual(request({ path: 'a.txt' }));
    expect((await show('00000002', '--json')).out).toContain(big);
  });

  it('shortens long payloads, and shows all of them with --full', async () => {
    const text = `${Array.from({ length: 100 }, (_, i) => `line ${i}`).join('\n')}\nthe end`;
    const long = `${'x'.repeat(2_000)}tail`;
    const sample: Sample = {
      steps: [
        ['opened', undefined, request({ content: long })],
        ['answered', undefined, result(text)],
      ],
      outcome: 'answered',
    };
    await keep(sample);
    const short = (await show('00000001')).out;
    expect(short).toContain('… 77 more lines (--full shows them)');
    expect(short).toContain('… (1704 more characters)');
    expect(short).not.toMatch(/the end|tail/);
    const full = (await show('00000001', '--full')).out;
    expect(full).toContain('| the end\n');
    expect(full.replace(/\s/g, '')).toContain(long);
  });

  it('shows what shadow rules would have done and what could not be judged', async () => {
    const detail = {
      ...{ effect: 'allow', rule: 'a', reason: 'fine', matched: ['a', 'b'] },
      ...{ would: [{ rule: 's', effect: 'block' }], unjudged: ['c: args.n is no number'] },
    };
    await keep({ steps: [['opened'], ['decided', detail]] });
    const { out } = await show('00000001');
    expect(out).toContain('matched: a, b\n');
    expect(out).toContain('in shadow mode: would block by s\n');
    expect(out).toContain('could not be judged: c: args.n is no number\n');
  });

  it.each([
    [{ rule: 'a', calls: 3, per: 3_600_000 }, 'limit: 3 calls in 1h by a\n'],
    [
      { rule: 'a', calls: 1, per: 5_400_000, until: 1_769_860_800_000 },
      'limit: 1 call in 1h 30m by a, room again at 2026-01-31T12:00:00.000Z\n',
    ],
    [
      { rule: 'a', calls: 1, per: 1_000, until: 1e300 },
      'limit: 1 call in 1s by a, room again at 1e+300\n',
    ],
    [{ rule: 'a' }, 'limit: {"rule":"a"}\n'],
  ])('writes the span of a limit out: %j', async (limit, line) => {
    await keep({
      steps: [['opened'], ['decided', { effect: 'block', rule: 'a', reason: 'r', limit }]],
    });
    expect((await show('00000001')).out).toContain(line);
  });

  it('needs one id', async () => {
    await expect(show()).rejects.toMatchObject({ code: 'USAGE' });
    await expect(show('a', 'b')).rejects.toMatchObject({ code: 'USAGE' });
  });
});

describe('sallyport transcripts follow', () => {
  /** Follows until something is printed that fits, then interrupts. */
  async function followUntil(pattern: RegExp, args: readonly string[], meanwhile = async () => {}) {
    const controller = new AbortController();
    const seen = (out: string) => pattern.test(out) && controller.abort();
    // The verb itself has begun once it is called; as a part of `transcripts` it is loaded first.
    const following = run(['--db', 't.db', ...args], { signal: controller.signal, seen }, follow);
    await meanwhile();
    return following;
  }

  it('prints exchanges as they end, and exits with 0 when interrupted', async () => {
    await keep(answered);
    const { code, out } = await followUntil(/00000003/, [], async () => {
      await store.append(batchOf(2, blocked));
      await store.append(batchOf(3, failed));
    });
    expect(code).toBe(0);
    expect(idsIn(out)).toEqual([2, 3]);
  });

  it('begins at the oldest with --from-start, and leaves out what is open or filtered', async () => {
    await keep(answered, blocked, open, answered, failed);
    expect(idsIn((await followUntil(/00000005/, ['--from-start'])).out)).toEqual([1, 2, 4, 5]);
    const narrowed = await followUntil(/00000004/, ['--from-start', '--rule', 'read-files']);
    expect(idsIn(narrowed.out)).toEqual([1, 4]);
  });

  it('tells of a block within an exchange that goes on', async () => {
    const [first = ['opened'], ...rest] = answered.steps;
    const steps: Step[] = [first, ['blocked', { reason: 'no sampling' }], ...rest];
    await keep({ ...answered, steps });
    const { out } = await followUntil(/00000001[\s\S]*00000001/, ['--from-start']);
    expect(out.match(/blocked within: no sampling\n/g)).toHaveLength(1);
    expect(out.trimEnd().split('\n')).toHaveLength(2);
  });

  it('gives every event as a line of JSON', async () => {
    await keep(answered, failed);
    const { out } = await followUntil(/"closed"/, ['--from-start', '--json']);
    const events = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events.map(({ kind }) => kind)).toEqual(
      [...answered.steps, ...failed.steps].map(([kind]) => kind),
    );
    expect(events[0].payload).toEqual(request({ path: 'a.txt' }));
  });
});

describe('what was recorded', () => {
  const hostile: Sample = {
    head: { sub: HOSTILE, target: HOSTILE, agent: HOSTILE, upstream: HOSTILE, session: HOSTILE },
    steps: [
      ['opened', { direction: 'up', kind: HOSTILE, [HOSTILE]: HOSTILE }, request({ a: HOSTILE })],
      ['decided', { effect: HOSTILE, rule: HOSTILE, reason: HOSTILE, unjudged: [HOSTILE] }],
      ['masked', { rule: HOSTILE, what: HOSTILE, count: 1 }],
      ['forwarded', undefined, { jsonrpc: '2.0', method: HOSTILE, params: { [HOSTILE]: 1 } }],
      ['forwarded', undefined, { error: { code: 1, message: HOSTILE, data: HOSTILE } }],
      ['failed', { code: HOSTILE, message: HOSTILE }],
      ['blocked', { reason: HOSTILE }, result(HOSTILE)],
    ],
    ...{ outcome: 'blocked', effect: HOSTILE, rule: HOSTILE },
  };

  it.each([
    ['list', '--db', 't.db'],
    ['list', '--db', 't.db', '--json'],
    ['show', '00000001', '--db', 't.db'],
    ['show', '00000001', '--db', 't.db', '--full'],
    ['show', '00000001', '--db', 't.db', '--json'],
  ])('never commands the terminal: %j', async (...args) => {
    await keep(hostile);
    const { out } = await run(args);
    expect(out).toMatch(/\\x1b|\\u001b/);
    expect(out).not.toMatch(RAW);
  });

  it.each([[], ['--json']])(
    'never commands the terminal while it is followed %j',
    async (...args) => {
      await keep(hostile);
      const controller = new AbortController();
      const { out } = await run(['follow', '--db', 't.db', '--from-start', ...args], {
        signal: controller.signal,
        seen: (text) => /blocked/.test(text) && controller.abort(),
      });
      expect(out).not.toMatch(RAW);
    },
  );

  it('keeps its meaning in JSON', async () => {
    await keep(hostile);
    const { sub, events } = JSON.parse((await show('00000001', '--json')).out);
    expect(sub).toBe(HOSTILE);
    expect(events[0].payload).toEqual(request({ a: HOSTILE }));
  });

  it('that is no message is shown as it stands', async () => {
    const { opened, events } = batchOf(1, open);
    const odd = events.map((event) => ({ ...event, payload: '{"not json\x1b' }));
    await store.append({ opened, events: odd, closed: [] });
    expect((await show('00000001')).out).toContain('{"not json\\x1b\n');
  });
});

describe('the database', () => {
  it('is the one of the configuration, from the folder of that file, whatever else it says', async () => {
    const text = 'transcripts: { path: ../t.db }\nupstreams: { a: { url: env:NOT_SET } }\n';
    folder.write({ 'gate/sallyport.yaml': text });
    await keep(answered);
    const { code, out } = await run(['list', '--config', 'gate/sallyport.yaml']);
    expect(code).toBe(0);
    expect(idsIn(out)).toEqual([1]);
  });

  it('that is not there is told with what makes it', async () => {
    folder.write({ 'sallyport.yaml': 'upstreams: {}\n' });
    await expect(run(['list'])).rejects.toMatchObject({
      code: 'STORE_UNREADABLE',
      hint: expect.stringContaining('sallyport serve'),
    });
    await expect(show('x', '--db', 'none.db')).rejects.toMatchObject({ code: 'STORE_UNREADABLE' });
  });

  it('must be one', async () => {
    folder.write({ 'odd.db': 'this is no database, and long enough to be looked at'.repeat(50) });
    await expect(run(['list', '--db', 'odd.db'])).rejects.toMatchObject({
      code: 'STORE_UNREADABLE',
    });
  });

  it('is not looked for without a configuration, or with a wrong one', async () => {
    await expect(run(['list'])).rejects.toMatchObject({ code: 'CONFIG_UNREADABLE' });
    folder.write({ 'sallyport.yaml': 'upstreams: {}\ntranscripts: { paht: x }\n' });
    await expect(run(['list'])).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });
});

describe('sallyport transcripts', () => {
  it.each(['list', 'show', 'follow'])('%s explains itself with an example', async (word) => {
    const { code, out } = await run([word, '--help']);
    expect(code).toBe(0);
    expect(out).toContain(`Usage: sallyport transcripts ${word}`);
    expect(out).toContain(`$ sallyport transcripts ${word}`);
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  });

  it('names its words', async () => {
    expect((await run(['--help'])).out).toMatch(/list[\s\S]*show[\s\S]*follow/);
    await expect(run([])).rejects.toMatchObject({ code: 'USAGE' });
    await expect(run(['shwo'])).rejects.toMatchObject({ hint: 'did you mean "show"?' });
    await expect(list('word')).rejects.toMatchObject({ code: 'USAGE' });
  });
});

describe('the view that others print', () => {
  const { opened, events } = batchOf(1, answered);
  const record: ExchangeRecord = { ...(opened[0] as ExchangeHead), outcome: 'open' };

  it('describes an exchange that is not over', () => {
    const text = describeExchange(record, events.slice(0, 2), { colour: false, width: 60 });
    expect(text).toMatch(/^tools\/call read_text_file at files: open\n/);
    for (const line of text.split('\n').slice(9)) expect(line.length).toBeLessThanOrEqual(62);
  });

  it('puts an exchange on a line, cut to a layout where one is given', () => {
    expect(exchangeLine(record, { colour: false })).toContain('tools/call read_text_file');
    const layout = layoutOf([{ ...record, target: 't'.repeat(200) }], 100);
    expect(exchangeLine({ ...record, target: 't'.repeat(200) }, { colour: false, layout })).toMatch(
      /^.{80,100}$/,
    );
  });
});
