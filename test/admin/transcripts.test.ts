import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Access } from '../../src/admin/access.ts';
import { AdminServer } from '../../src/admin/admin-server.ts';
import { transcriptRoutes } from '../../src/admin/transcripts/transcript-routes.ts';
import { type DevIssuer, startDevIssuer } from '../../src/auth/dev-issuer.ts';
import { OidcAuthenticator } from '../../src/auth/oidc.ts';
import { ReadingThread } from '../../src/store/sqlite/search/reading-thread.ts';
import { SqliteStore } from '../../src/store/sqlite/store.ts';
import { issuerOptions, keptLog } from '../auth/fixture.ts';
import { closing, head, step } from '../support/batches.ts';

const user = (sub: string, ...groups: string[]) => {
  return { sub, email: `${sub}@x.test`, groups, scopes: [] };
};
const roles = {
  ...{ admin: ['user:ruth'], approver: ['user:olaf'], auditor: ['group:audit'] },
  ...{ publisher: ['user:ci'], viewer: ['user:vera'] },
};
const users = [
  ...[user('ruth'), user('olaf'), user('vera'), user('ci'), user('ana')],
  ...[user('alba', 'audit'), user('ben', 'audit')],
];

const log = keptLog();
let folder: string;
let issuer: DevIssuer;
let store: SqliteStore;
let thread: ReadingThread;
let server: AdminServer;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-admin-'));
  const path = join(folder, 'transcripts.db');
  issuer = await startDevIssuer({ users, log, resources: () => true });
  store = await SqliteStore.open({ path, durability: 'process', upkeep: { search: true } });
  thread = new ReadingThread(path);
  const url = () => server.url;
  const issuers = [issuerOptions(issuer.url)];
  const authenticator = new OidcAuthenticator({ issuers, publicUrl: url, clock: Date.now, log });
  server = new AdminServer({
    ...{ host: '127.0.0.1', port: 0, origin: { origins: [], hosts: [] }, roles, log },
    access: new Access({ authenticator, url, exact: true }),
    routes: transcriptRoutes({ transcripts: thread, clock: Date.now, log }),
    ...{ stopping: () => false, revision: () => 'r1' },
  });
  await server.listen();
  for (let index = 10; index < 30; index++) await call(`e${index}`);
  await store.append(closing('e12', { outcome: 'blocked', effect: 'block', rule: 'no-drops' }));
});
afterAll(async () => {
  await server.close();
  await thread.close();
  await store.close();
  await issuer.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function call(id: string, text = `drop table t${id}`): Promise<void> {
  await store.append({
    facts: [{ digest: 'd1', facts: '{"sub":"ana","groups":["analysts"]}' }],
    opened: [head(id, { sub: 'ana', target: 'query', identity: 'd1' })],
    events: [
      step(id, 0),
      step(id, 1, { kind: 'received', payload: JSON.stringify({ sql: text }) }),
    ],
    closed: [],
  });
}

async function ask(path: string, sub = 'alba', headers: Record<string, string> = {}) {
  const authorization = `Bearer ${await issuer.tokenFor(sub, `${server.url}/v1`)}`;
  return fetch(`${server.url}/v1/transcripts${path}`, {
    headers: { authorization, ...headers },
  });
}

// biome-ignore lint/suspicious/noExplicitAny: tests look at what they expect.
async function get(path: string, sub?: string): Promise<any> {
  const response = await ask(path, sub);
  return { status: response.status, ...((await response.json()) as object) };
}
const idsOf = (list: readonly { readonly id: string }[]) => list.map(({ id }) => id);

describe('transcripts at the admin API', () => {
  it('are for auditors and admins, and nobody else', async () => {
    for (const path of ['', '?text=drop', '/e10', '/events']) {
      for (const sub of ['olaf', 'vera', 'ci', 'ana']) {
        expect([path, sub, (await get(path, sub)).code]).toEqual([path, sub, 'ADMIN_ROLE']);
      }
      const anonymous = await fetch(`${server.url}/v1/transcripts${path}`);
      expect(anonymous.status).toBe(401);
    }
    expect((await get('', 'ruth')).status).toBe(200);
    expect((await get('', 'alba')).status).toBe(200);
  });

  it('are listed newest first, page by page', async () => {
    const first = await get('?limit=12');
    const second = await get(`?limit=12&cursor=${first.next}`);
    const all = Array.from({ length: 20 }, (_, index) => `e${29 - index}`);
    expect([...idsOf(first.exchanges), ...idsOf(second.exchanges)]).toEqual(all);
    expect(second.next).toBeUndefined();
    expect(first.exchanges[0]).toEqual({
      ...{ id: 'e29', openedAt: '1970-01-01T00:00:01.000Z', upstream: 'db', method: 'tools/call' },
      ...{ target: 'query', sub: 'ana', identity: 'd1', revision: 'r1', outcome: 'open' },
    });
  });

  it('are narrowed by what the command line takes as well', async () => {
    const { exchanges } = await get('?outcome=blocked&effect=block&rule=no-drops&sub=ana&since=1970-01-01&until=1s'); // biome-ignore format: one address
    expect(exchanges).toMatchObject([
      { id: 'e12', closedAt: '1970-01-01T00:00:02.000Z', took: 1000.5 },
    ]);
    expect((await get('?outcome=blocked&sub=bob')).exchanges).toEqual([]);
    expect((await get('?until=1970-01-01')).exchanges).toEqual([]);
  });

  it('are found by words, with some text around them', async () => {
    const { exchanges } = await get('?text=te17');
    expect(exchanges).toMatchObject([
      { id: 'e17', hit: { seq: 1, kind: 'received', excerpt: '{"sql":"drop table te17"}' } },
    ]);
  });

  it('are shown whole, with what the token of the caller said', async () => {
    const shown = await get('/e12');
    expect(shown).toMatchObject({
      ...{ id: 'e12', rule: 'no-drops', caller: { sub: 'ana', groups: ['analysts'] } },
      steps: [
        { seq: 0, kind: 'opened' },
        { seq: 1, kind: 'received', at: '1970-01-01T00:00:01.001Z', payload: expect.any(String) },
      ],
    });
    expect((await get('/e12?after=0')).steps).toHaveLength(1);
  });

  it('give large exchanges in pages', async () => {
    const payload = JSON.stringify('x'.repeat(900_000));
    const events = Array.from({ length: 10 }, (_, seq) => step('large', seq, { payload }));
    await store.append({ opened: [head('0large')], events: [], closed: [] });
    await store.append({
      ...{ opened: [], closed: [] },
      events: events.map((event) => ({ ...event, exchange: '0large' })),
    });
    const seqs: number[] = [];
    let pages = 0;
    for (let next: number | undefined = -1; next !== undefined; pages++) {
      const page = await get(next < 0 ? '/0large' : `/0large?after=${next}`);
      seqs.push(...page.steps.map(({ seq }: { seq: number }) => seq));
      next = page.next;
    }
    expect(seqs).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(pages).toBe(3);
  });

  it.each([
    ['?nothing=1', 400, 'ADMIN_REQUEST'],
    ['?limit=0', 400, 'ADMIN_REQUEST'],
    ['?since=yesterday', 400, 'ADMIN_REQUEST'],
    ['?sub=', 400, 'ADMIN_REQUEST'],
    ['?sub=a&sub=b', 400, 'ADMIN_REQUEST'],
    ['?text=-only', 400, 'SEARCH_TEXT'],
    ['?cursor=x', 400, 'SEARCH_CURSOR'],
    ['/nothing', 404, 'TRANSCRIPT_UNKNOWN'],
    ['/e12?after=x', 400, 'ADMIN_REQUEST'],
    ['/e12?before=1', 400, 'ADMIN_REQUEST'],
    ['/events?after=-1', 400, 'ADMIN_REQUEST'],
    ['/events?steps=some', 400, 'ADMIN_REQUEST'],
    ['/events?text=-only', 400, 'SEARCH_TEXT'],
    ['/events?limit=1', 400, 'ADMIN_REQUEST'],
  ])('answer %s with %i %s', async (path, status, code) => {
    expect(await get(path)).toMatchObject({ status, code });
  });

  it('leave in the log who read, and not what they looked for', async () => {
    await get('?text=confidential&sub=somebody');
    await get('/e12', 'ruth');
    const lines = log.lines.filter((line) => line.includes('transcripts were read'));
    expect(lines.some((line) => line.includes('"alba"') && line.includes('a search'))).toBe(true);
    expect(lines.some((line) => line.includes('"ruth"') && line.includes('"e12"'))).toBe(true);
    expect(lines.join('\n')).not.toMatch(/confidential|somebody/);
  });
});

/** A stream, as somebody reads it. */
async function listen(path: string, headers: Record<string, string> = {}, sub = 'alba') {
  const response = await ask(`/events${path}`, sub, headers);
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  let text = '';
  const until = async (part: string) => {
    while (!text.includes(part)) {
      const { value, done } = await reader.read();
      if (done) throw new Error(`the stream ended without ${part}`);
      text += Buffer.from(value).toString('utf8');
    }
    return text;
  };
  return { until, stop: () => reader.cancel(), text: () => text };
}
const eventsOf = (text: string) =>
  [...text.matchAll(/^id: (\d+)\nevent: (\w+)\ndata: (.*)\n\n/gm)].map(([, id, event, data]) => {
    return { id: Number(id), event, data: JSON.parse(data ?? '') };
  });

describe('the live stream of transcripts', () => {
  it('tells of exchanges that begin and end, from now on', async () => {
    const stream = await listen('?sub=ana');
    await stream.until('retry');
    await call('s1');
    await store.append({
      opened: [head('s2', { sub: 'bob' })],
      events: [step('s2', 0), step('s1', 2, { kind: 'answered' })],
      closed: [{ id: 's1', closedAt: 3_000, outcome: 'answered' }],
    });
    const told = eventsOf(await stream.until('"answered"'));
    expect(told.at(-1)).toMatchObject({ event: 'exchange', data: { id: 's1', took: 2_000 } });
    expect(told.map(({ data }) => data.id)).not.toContain('s2');
    await stream.stop();
  });

  it('goes on where a client says that it was, and misses nothing', async () => {
    const before = await thread.lastPosition();
    for (let index = 10; index < 26; index++) await call(`r${index}`);
    const first = await listen(`?after=${before}&steps=true`);
    const told = eventsOf(await first.until('tr25'));
    await first.stop();
    const last = told.at(-1)?.id ?? 0;
    for (let index = 26; index < 40; index++) await call(`r${index}`);
    const again = await listen('?steps=true', { 'last-event-id': String(last) });
    const rest = eventsOf(await again.until('tr39'));
    await again.stop();
    const positions = [...told, ...rest].map(({ id }) => id);
    expect(positions).toEqual(Array.from({ length: 60 }, (_, index) => before + 1 + index));
    expect(rest.at(-1)).toMatchObject({
      ...{ event: 'step', data: { exchange: { id: 'r39', sub: 'ana' } } },
    });
    expect(rest.at(-1)?.data.step).toMatchObject({ seq: 1, payload: '{"sql":"drop table tr39"}' });
  });

  it('tells with words only the steps that have them, and ends', async () => {
    const before = await thread.lastPosition();
    await call('w1', 'needle here');
    await call('w2', 'hay');
    await store.append({
      opened: [],
      events: ['w1', 'w2'].map((id) => step(id, 2, { kind: 'answered' })),
      closed: [],
    });
    await call('w3', 'needle last');
    const stream = await listen(`?after=${before}&steps=true&text=needle`);
    const told = eventsOf(await stream.until('last'));
    await stream.stop();
    expect(told.map(({ data }) => [data.exchange.id, data.step.seq])).toEqual([
      ['w1', 1],
      ['w1', 2],
      ['w3', 1],
    ]);
  });

  it('is open to nobody more than ten times', async () => {
    const open = [];
    for (let many = 0; many < 10; many++) open.push(await listen('', {}, 'ben'));
    expect(await get('/events', 'ben')).toMatchObject({ status: 429, code: 'ADMIN_STREAMS' });
    const other = await listen('');
    for (const stream of [...open, other]) await stream.stop();
  });
});
