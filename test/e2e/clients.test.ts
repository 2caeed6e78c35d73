import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { notes } from './fixtures/both-eras-server.ts';
import { BothErasUpstream } from './fixtures/both-eras-upstream.ts';
import { EverythingServer } from './fixtures/servers.ts';
import { take } from './fixtures/tour.ts';
import { bothErasTour, everythingTour } from './fixtures/tours.ts';
import type { Place, Visitor } from './fixtures/visitor.ts';
import { VisitorV1 } from './fixtures/visitor-v1.ts';
import { VisitorV2 } from './fixtures/visitor-v2.ts';
import { visitors } from './fixtures/visitors.ts';
import { allowAll, type RunningGate, startGate } from './support/gate.ts';

/** Every official client library, by every transport that it has, and the path where it belongs. */
const clients: readonly Client[] = [
  ['SDK v1', '2025-11-25', 'mcp', visitors['SDK v1']],
  ['SDK v2 with sessions', '2025-11-25', 'mcp', visitors['SDK v2 with sessions']],
  ['SDK v2 without sessions', '2026-07-28', 'mcp', visitors['SDK v2 without sessions']],
  ['SDK v2, which asks', '2026-07-28', 'mcp', (place) => VisitorV2.overHttp(place, 'auto')],
  // It doesn't tell which revision it is.
  ['SDK v1 by HTTP+SSE', undefined, 'sse', VisitorV1.overSse],
  ['SDK v2 by HTTP+SSE', '2025-11-25', 'sse', VisitorV2.overSse],
];
type Client = readonly [
  name: string,
  protocol: string | undefined,
  path: 'mcp' | 'sse',
  connect: (place: Place) => Promise<Visitor>,
];
/** An upstream of each era, and one of both. */
const upstreams = ['both', 'modern', 'everything'] as const;

let own: Record<'both' | 'modern', BothErasUpstream>;
let everything: EverythingServer;
let gate: RunningGate;
const open: Visitor[] = [];

beforeAll(async () => {
  const both = await BothErasUpstream.start('both');
  own = { both, modern: await BothErasUpstream.start('stateless') };
  everything = await EverythingServer.start();
  gate = await startGate({
    upstreams: {
      both: { url: both.url },
      modern: { url: own.modern.url },
      everything: { url: everything.url },
    },
    policies: allowAll,
  });
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((visitor) => visitor.close()));
});
afterAll(async () => {
  await gate?.stop();
  await Promise.all([own?.both.stop(), own?.modern.stop(), everything?.stop()]);
});

describe.each(clients)('%s', (_name, revision, path, connect) => {
  async function visit(upstream: string, roots = false): Promise<Visitor> {
    const url = `${gate.url}/${path}${upstream && `/${upstream}`}`;
    const visitor = await connect({ url, token: await gate.tokenAt('bob', url), roots });
    open.push(visitor);
    return visitor;
  }

  it.each(upstreams)('is told of all that %s can do', async (upstream) => {
    const { capabilities, protocol } = await visit(upstream);
    expect(protocol).toBe(revision);
    expect(capabilities).toMatchObject({ tools: {}, resources: { subscribe: true }, prompts: {} });
    expect(capabilities).toMatchObject({ logging: {}, completions: {} });
  });

  it.each(upstreams)('has its questions answered, and answers those of %s', async (upstream) => {
    const tour = upstream === 'everything' ? everythingTour : bothErasTour;
    const seen = await take(await visit(upstream), tour);
    expect(seen).toMatchObject({ asked: expect.arrayContaining(['sampling/createMessage']) });
    expect(seen).toMatchObject({
      asked: expect.arrayContaining(['elicitation/create']),
      progress: [1, 2, 3].map((progress) => ({ progress, total: 3 })),
    });
    const direct = await VisitorV1.overHttp({ url: everything.url });
    open.push(direct);
    if (upstream === 'everything') expect(seen).toEqual(await take(direct, tour));
  });

  it.each(['both', 'modern'] as const)('hears the log of %s', async (upstream) => {
    const visitor = await visit(upstream);
    await visitor.log('info');
    await visitor.call('steps', { count: 1 });
    await vi.waitFor(() => expect(visitor.heard.logs).toContain('all steps done'));
  });

  it.each(['both', 'modern'] as const)(
    'hears what changes at %s, and no more',
    async (upstream) => {
      const visitor = await visit(upstream);
      await visitor.watch(notes.a);
      await vi.waitFor(async () => {
        await own[upstream].touch(notes.b);
        await own[upstream].touch(notes.a);
        expect(visitor.heard.updates).toContain(notes.a);
      });
      expect(visitor.heard.updates).not.toContain(notes.b);
    },
  );

  it.each(['both', 'modern'] as const)('can give up a call of %s', async (upstream) => {
    const visitor = await visit(upstream);
    const abandoned = own[upstream].abandoned;
    abandoned.length = 0;
    const calls = () => own[upstream].bodies.filter((body) => body.includes('"wait"')).length;
    const before = calls();
    const given = new AbortController();
    const wait = (name: string, signal?: AbortSignal) =>
      visitor.call('wait', { name }, signal && { signal }).catch(() => 'ended');
    const first = wait('first', given.signal);
    const other = new AbortController();
    const second = wait('second', other.signal);
    await vi.waitFor(() => expect(calls() - before).toBe(2));
    given.abort();
    expect(await first).toBe('ended');
    await vi.waitFor(() => expect(abandoned).toEqual(['first']));
    expect(await visitor.call('echo', { message: 'on' })).toMatchObject({
      content: [{ text: 'Echo: on' }],
    });
    other.abort();
    await second;
  });

  it('tells its roots', async () => {
    const visitor = await visit('everything', true);
    await vi.waitFor(async () => {
      // The server loses what it asks before it has a stream to ask on, and waits for a minute.
      const signal = AbortSignal.timeout(1000);
      const answer = await visitor.call('get-roots-list', {}, { signal });
      const { content } = answer as { content: unknown };
      expect(JSON.stringify(content)).toContain('file:///no-such-folder');
    });
  });

  it('has all upstreams at once', async () => {
    const visitor = await visit('');
    const echoes = (await visitor.list('tools')).filter((name) => name.endsWith('__echo'));
    expect(echoes.sort()).toEqual(['both__echo', 'everything__echo', 'modern__echo']);
    for (const name of echoes) {
      const said = await visitor.call(name, { message: 'hi' });
      expect(said).toMatchObject({ content: [{ text: 'Echo: hi' }] });
    }
    expect(await visitor.call('both__ask')).toMatchObject({ content: [{ text: 'Hello Ann' }] });
    expect(await visitor.call('modern__sample')).toMatchObject({
      content: [{ text: 'Sampled a word' }],
    });
    const uris = (await visitor.list('resources')).filter((uri) => uri.endsWith('note://a'));
    expect(new Set(uris).size).toBe(2);
    for (const uri of uris) {
      expect(await visitor.read(uri)).toMatchObject([{ uri, text: 'the note a' }]);
    }
    expect(await visitor.complete('modern__visit', 'city', 'Ber')).toEqual(['Berlin', 'Bern']);
    const prompt = await visitor.prompt('both__visit', { city: 'Bern' });
    expect(JSON.stringify(prompt)).toContain('Show me Bern');
  });
});
