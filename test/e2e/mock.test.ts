import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { notes } from './fixtures/both-eras-server.ts';
import { BothErasUpstream } from './fixtures/both-eras-upstream.ts';
import { EverythingServer } from './fixtures/servers.ts';
import { take } from './fixtures/tour.ts';
import { bothErasTour, everythingTour } from './fixtures/tours.ts';
import type { Place, Visitor } from './fixtures/visitor.ts';
import { type VisitorKind, visitorKinds, visitors } from './fixtures/visitors.ts';
import { allowAll, type RunningGate, startGate } from './support/gate.ts';
import { RunningMock } from './support/running-mock.ts';

const tours = { both: bothErasTour, modern: bothErasTour, everything: everythingTour } as const;
type Upstream = keyof typeof tours;
const upstreams = Object.keys(tours) as Upstream[];
/** Without sessions as another user, so that what each recorded can be told apart. */
const users = {
  'SDK v1': 'bob',
  'SDK v2 with sessions': 'bob',
  'SDK v2 without sessions': 'ana',
} as const;

let gate: RunningGate;
let mock: RunningMock;
/** What each client saw at each upstream, with the servers there. */
const recorded = new Map<string, object>();
const open: Visitor[] = [];
const mocks: RunningMock[] = [];

async function visit(kind: VisitorKind, place: Place): Promise<Visitor> {
  const visitor = await visitors[kind](place);
  open.push(visitor);
  return visitor;
}

async function leave(): Promise<void> {
  await Promise.all(open.splice(0).map((visitor) => visitor.close()));
}

async function start(...args: string[]): Promise<RunningMock> {
  const started = await RunningMock.start(gate.database, ...args);
  mocks.push(started);
  return started;
}

/** Sees what there is to see, hears the log, and changes of a note. */
async function see(visitor: Visitor, upstream: Upstream, touch?: () => Promise<void>) {
  const seen = await take(visitor, tours[upstream]);
  if (upstream === 'everything') return seen;
  await visitor.log('info');
  await visitor.watch(notes.a);
  const { logs, updates } = visitor.heard;
  await vi.waitFor(
    async () => {
      await visitor.call('steps', { count: 1 });
      await touch?.();
      expect({ logs, updates }).toEqual({
        logs: expect.arrayContaining(['all steps done']),
        updates: expect.arrayContaining([notes.a]),
      });
    },
    { timeout: 10_000, interval: 20 },
  );
  return seen;
}

beforeAll(async () => {
  const own = {
    both: await BothErasUpstream.start('both'),
    modern: await BothErasUpstream.start('stateless'),
  };
  const everything = await EverythingServer.start();
  gate = await startGate({
    upstreams: {
      both: { url: own.both.url },
      modern: { url: own.modern.url },
      everything: { url: everything.url },
    },
    policies: allowAll,
  });
  for (const kind of visitorKinds) {
    for (const upstream of upstreams) {
      const token = await gate.token(users[kind], upstream);
      const visitor = await visit(kind, { url: gate.endpoint(upstream), token });
      const touch = upstream === 'everything' ? undefined : () => own[upstream].touch(notes.a);
      recorded.set(`${kind} ${upstream}`, await see(visitor, upstream, touch));
    }
  }
  await leave();
  await gate.halt();
  await Promise.all([own.both.stop(), own.modern.stop(), everything.stop()]);
  mock = await RunningMock.start(gate.database, '--since', '1h');
});
afterEach(async () => {
  await leave();
  await Promise.all(mocks.splice(0).map((one) => one.stop()));
});
afterAll(async () => {
  const { code, report, err } = await mock.stop();
  // Nothing that these clients ask is a surprise.
  expect({ err, misses: report.misses, code }).toEqual({ err: '', misses: [], code: 0 });
  await gate.stop();
});

describe.each(visitorKinds)('%s at a mock', (kind) => {
  it.each(upstreams)('sees and hears at %s what it did when it was recorded', async (upstream) => {
    const seen = await see(await visit(kind, { url: mock.endpoint(upstream) }), upstream);
    expect(seen).toEqual(recorded.get(`${kind} ${upstream}`));
  });
});

describe('what was recorded in one era', () => {
  it.each<[string, VisitorKind, VisitorKind]>([
    ['with sessions is served without', 'SDK v1', 'SDK v2 without sessions'],
    ['without sessions is served with', 'SDK v2 without sessions', 'SDK v1'],
  ])('%s', async (_what, then, now) => {
    const other = await start('--since', '1h', '--upstream', 'both', '--sub', users[then]);
    const visitor = await visit(now, { url: other.endpoint('both') });
    const { asked: _, ...seen } = (await take(visitor, bothErasTour)) as { asked: unknown };
    const { asked: __, ...before } = recorded.get(`${then} both`) as { asked: unknown };
    expect(seen).toEqual(before);
  });

  it('is one session, where one is named by an exchange in it', async () => {
    const reader = gate.transcripts();
    const [call] = reader.exchanges({
      upstream: 'both',
      sub: 'bob',
      target: 'structure',
      limit: 1,
    });
    const one = await start('--session', call?.id.slice(-12) ?? '');
    const client = visit('SDK v1', { url: one.endpoint('both') });
    expect(await take(await client, bothErasTour)).toEqual(recorded.get('SDK v1 both'));
    await expect(fetch(one.endpoint('modern'))).resolves.toMatchObject({ status: 404 });
  });

  it('is served with all upstreams at once as at a gate', async () => {
    const visitor = await visit('SDK v1', { url: mock.endpoint() });
    const tools = await visitor.list('tools');
    expect(tools).toEqual(expect.arrayContaining(['both__echo', 'everything__echo']));
    const message = 'grüße 👋\nline';
    expect(await visitor.call('modern__echo', { message })).toMatchObject({
      content: [{ text: `Echo: ${message}` }],
    });
  });
});

describe('a mock that is asked what was not recorded', () => {
  it.each(visitorKinds)('tells %s what comes nearest', async (kind) => {
    const one = await start('--since', '1h', '--upstream', 'both');
    const visitor = await visit(kind, { url: one.endpoint('both') });
    await expect(visitor.call('echo', { message: 'never said' })).rejects.toMatchObject({
      code: -32014,
      message: expect.stringMatching(
        /not recorded: tools\/call echo .* differs in arguments.message/,
      ),
    });
    await expect(visitor.call('eco', { message: 'x' })).rejects.toThrow('tools/call echo');
    await leave();
    const { code, report, err } = await one.stop();
    expect(code).toBe(1);
    expect(report.misses).toMatchObject([
      { upstream: 'both', subject: 'tools/call echo', nearest: { differs: ['arguments.message'] } },
      { upstream: 'both', subject: 'tools/call eco', known: ['tools/call echo'] },
    ]);
    expect(err.split('\n')).toHaveLength(3);
  });
});
