import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mock } from '../../src/cli/replay/mock.ts';
import type { TranscriptBatch } from '../../src/model/transcript.ts';
import type { Recorded } from '../../src/replay/recorded-subject.ts';
import { SqliteStore } from '../../src/store/sqlite/store.ts';
import { RunningMock } from '../e2e/support/running-mock.ts';
import { answered, asked, call, text } from '../replay/mock/recorded-mock.ts';
import { called, START } from '../support/recorded.ts';
import { Folder, run, runOn } from './terminal.ts';

let folder: Folder;
const mocks: RunningMock[] = [];
beforeEach(() => {
  folder = new Folder();
});
afterEach(async () => {
  await Promise.all(mocks.splice(0).map((one) => one.stop()));
  folder.remove();
});

const SINCE = ['--since', new Date(START).toISOString()];
const ran = (...args: string[]) => run(mock, folder.path, '--db', 't.db', ...args);
/** What a client on standard input and output gets for these messages, by their ids. */
async function spoke(args: readonly string[], ...messages: object[]) {
  const lines = messages.map((one) => `${JSON.stringify({ jsonrpc: '2.0', ...one })}\n`);
  const all = ['--db', 't.db', '--stdio', ...SINCE, ...args];
  const { code, out, err } = await runOn(lines, mock, folder.path, ...all);
  const got = out
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  return { code, err, got };
}

function batchOf({ record, events }: Recorded): TranscriptBatch {
  const { outcome, effect: _, closedAt: __, rule: ___, identity: ____, ...head } = record;
  const closedAt = record.openedAt + 5;
  return { opened: [head], events, closed: [{ id: record.id, closedAt, outcome }] };
}

async function keep(...traffic: readonly Recorded[]): Promise<void> {
  const store = await SqliteStore.open({ path: join(folder.path, 't.db'), durability: 'process' });
  for (const one of traffic) await store.append(batchOf(one));
  await store.close();
}

const INITIALIZE = { id: 0, method: 'initialize', params: { protocolVersion: '2025-06-18' } };
const tools = (id: number, name: string, args: object, more: object = {}) => ({
  ...{ id, method: 'tools/call', params: { name, arguments: args, ...more } },
});
const stateless = (id: number, name: string, args: object) => {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  return tools(id, name, args, { _meta });
};

describe('sallyport replay mock', () => {
  it.each<[string, readonly string[], RegExp]>([
    ['neither a session nor a time', [], /needs --session or --since/],
    ['another way to match', [...SINCE, '--match', 'stric'], /--match must be strict or loose/],
    ['what to ignore, strictly', [...SINCE, '--ignore', 'a'], /--ignore needs --match loose/],
    ['another delay', [...SINCE, '--delay', 'some'], /--delay must be none or recorded/],
    ['no port', [...SINCE, '--port', '70000'], /--port must be a number from 0 to 65535/],
    ['a port without a listener', [...SINCE, '--stdio', '--port', '0'], /--stdio takes no --port/],
    ['an end before the beginning', ['--since', '1h', '--until', '2h'], /--since is after --until/],
    ['a reason for nothing', [...SINCE, '--reason', 'x'], /--reason goes with --originals/],
    ['a word', [...SINCE, 'orders'], /takes no "orders"/],
  ])('refuses %s', async (_what, args, message) => {
    await expect(ran(...args)).rejects.toMatchObject({ code: 'USAGE', message });
  });

  it('says so where nothing was recorded', async () => {
    await keep(call('get', {}, 'x'));
    const { code, err } = await ran('--since', '1s', '--upstream', 'bank');
    expect(code).toBe(1);
    expect(err).toMatch(/^nothing was recorded of bank since \d{4}-/);
  });

  it('knows no session that is not there', async () => {
    await keep(call('get', {}, 'x'));
    await expect(ran('--session', 's1', '--session', 'nope')).rejects.toMatchObject({
      ...{ code: 'USAGE', message: 'no session, and no exchange of one, is called "nope"' },
    });
  });

  it('speaks to a client of the session era on standard input and output', async () => {
    await keep(
      asked('initialize', { protocolVersion: '2025-06-18' }, { protocolVersion: '2025-06-18' }),
      call('get', { n: 1 }, 'one'),
    );
    const initialized = { method: 'notifications/initialized' };
    const { code, got, err } = await spoke(
      ...[[], INITIALIZE, initialized, tools(1, 'get', { n: 1 }), { id: 'p', method: 'ping' }] as const,
    ); // biome-ignore format: one line says it
    expect(got).toEqual([
      { jsonrpc: '2.0', id: 0, result: { protocolVersion: '2025-06-18' } },
      { jsonrpc: '2.0', id: 1, result: text('one') },
      { jsonrpc: '2.0', id: 'p', result: {} },
    ]);
    expect(err).toBe(`replaying 1 request of db, answered by the same arguments
                  asked     same
initialize            1        1
tools/call get        1        1
ping                  1        1
1 of 1 recorded request replayed
`);
    expect(code).toBe(0);
  });

  it('speaks to one without sessions as well, and tells what was missed', async () => {
    await keep(call('get', { n: 1 }, 'one', { protocol: '2026-07-28', session: '' }));
    const { code, got, err } = await spoke(
      [],
      stateless(1, 'get', { n: 1 }),
      stateless(2, 'get', { n: 2 }),
    );
    expect(got).toEqual([
      { jsonrpc: '2.0', id: 1, result: text('one') },
      expect.objectContaining({ id: 2, error: expect.objectContaining({ code: -32014 }) }),
    ]);
    expect(err.split('\n').slice(1, 2)).toEqual([
      expect.stringMatching(
        /^not recorded: tools\/call get at db; the nearest, \S+, differs in arguments.n$/,
      ),
    ]);
    expect(err).toMatch(/^tools\/call get {8}2 {8}1 {8}1$/m);
    expect(code).toBe(1);
  });

  it('needs to be told which upstream it is, where it has one voice', async () => {
    await keep(call('get', {}, 'x'), call('get', {}, 'x', { upstream: 'bank' }));
    await expect(spoke([])).rejects.toMatchObject({
      ...{ code: 'USAGE', hint: 'choose one with --upstream: db, bank' },
    });
  });

  it('finds what an upstream said of itself before what is replayed', async () => {
    const before = { tools: [{ name: 'get', description: 'the definition' }] };
    const introduced = { protocolVersion: '2025-06-18', serverInfo: { name: 'real' } };
    const first = call('old', {}, 'old');
    await keep(
      first,
      asked('initialize', { protocolVersion: '2025-06-18' }, introduced),
      asked('tools/list', {}, before),
      call('get', {}, 'x', { openedAt: Date.now() - 1_000 }),
    );
    const one = await RunningMock.start(join(folder.path, 't.db'), '--since', '1m');
    mocks.push(one);
    const post = (message: object, headers: Record<string, string> = {}) =>
      fetch(one.endpoint('db'), {
        method: 'POST',
        headers: {
          ...{ 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
          ...headers,
        },
        body: JSON.stringify({ jsonrpc: '2.0', ...message }),
      });
    const begun = await post(INITIALIZE);
    expect(await begun.json()).toMatchObject({ result: introduced });
    const session = { 'mcp-session-id': begun.headers.get('mcp-session-id') ?? '' };
    const listed = await post({ id: 1, method: 'tools/list' }, session);
    expect(await listed.json()).toMatchObject({ result: before });
    const old = await post(tools(2, 'old', {}), session);
    expect(await old.json()).toMatchObject({ error: { code: -32014 } });
  });

  it('waits as long as it took, where it is told to', async () => {
    const steps = answered(text('x')).map((step, index) => ({ ...step, at: START + index * 40 }));
    const slow = called('get', {}, { openedAt: START + 1, steps });
    const [opened, ...rest] = slow.events;
    await keep({ ...slow, events: [{ ...opened, at: START } as never, ...rest] });
    const times: number[] = [];
    for (const delay of ['recorded', 'none']) {
      const began = performance.now();
      const { got } = await spoke(['--delay', delay], INITIALIZE, tools(1, 'get', {}));
      expect(got).toHaveLength(2);
      times.push(performance.now() - began);
    }
    // Timers may be a millisecond early.
    expect(times[0]).toBeGreaterThanOrEqual(39);
  });

  it('refuses whoever does not bring the token', async () => {
    await keep(call('get', {}, 'x'));
    folder.write({ token: 'a-token-of-a-test\n' });
    const token = join(folder.path, 'token');
    const one = await RunningMock.start(join(folder.path, 't.db'), ...SINCE, '--token-file', token);
    mocks.push(one);
    const status = async (authorization?: string) => {
      const headers = {
        ...{ 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
        ...(authorization === undefined ? {} : { authorization }),
      };
      const body = JSON.stringify({ jsonrpc: '2.0', ...INITIALIZE });
      return (await fetch(one.endpoint('db'), { method: 'POST', headers, body })).status;
    };
    expect(await status()).toBe(401);
    expect(await status('Bearer another-token-of-a-test')).toBe(401);
    expect(await status('Bearer a-token-of-a-test')).toBe(200);
    folder.write({ short: 'short' });
    await expect(ran(...SINCE, '--token-file', 'short')).rejects.toMatchObject({ code: 'USAGE' });
  });

  it('listens to this machine only, and to no page of a browser', async () => {
    await keep(call('get', {}, 'x'));
    const one = await RunningMock.start(join(folder.path, 't.db'), ...SINCE);
    mocks.push(one);
    expect(new URL(one.url).hostname).toBe('127.0.0.1');
    const foreign = await fetch(one.endpoint('db'), {
      method: 'POST',
      headers: { origin: 'https://evil.example', 'content-type': 'application/json' },
    });
    expect(foreign.status).toBe(403);
  });

  it('leaves who takes a call back without an answer, as it was', async () => {
    const steps = [{ kind: 'closed' as const, detail: { outcome: 'cancelled' } }];
    await keep(called('wait', {}, { outcome: 'cancelled', steps }));
    const cancelled = { method: 'notifications/cancelled', params: { requestId: 1 } };
    const { got } = await spoke(
      ...[[], INITIALIZE, tools(1, 'wait', {}), cancelled, { id: 2, method: 'ping' }] as const,
    ); // biome-ignore format: one line says it
    expect(got.map(({ id }) => id)).toEqual([0, 2]);
  });

  it('answers what failed with the same error', async () => {
    const detail = { code: 'UPSTREAM_TIMEOUT', message: 'no answer came in time' };
    const steps = [{ kind: 'failed' as const, detail }];
    await keep(called('wait', {}, { outcome: 'failed', steps }));
    const { got } = await spoke([], INITIALIZE, tools(1, 'wait', {}));
    const said = { data: { code: 'UPSTREAM_TIMEOUT' }, message: 'no answer came in time' };
    expect(got[1]).toMatchObject({ id: 1, error: said });
  });
});
