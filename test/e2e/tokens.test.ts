import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DevIssuer } from '../../src/auth/dev-issuer.ts';
import { Postgres } from '../support/postgres.ts';
import {
  type PeopleUpstream,
  person,
  startPeopleWithoutSessions,
  startPeopleWithSessions,
} from './fixtures/people-upstream.ts';
import { ServedGate, startIssuer, tokenOf } from './fixtures/served-gate.ts';
import type { Visitor } from './fixtures/visitor.ts';
import { type VisitorKind, visitorKinds, visitors } from './fixtures/visitors.ts';

// Each test starts processes, some of them several times.
vi.setConfig({ testTimeout: 120_000 });

const policy = {
  apiVersion: 'sallyport/v1',
  rules: [
    {
      id: 'people',
      on: { tools: ['*get_person'] },
      then: 'allow',
      mask: [
        { find: ['email'], with: 'token' },
        { path: 'structuredContent.salary', with: 'token' },
      ],
    },
    { id: 'letters', on: { tools: ['*send'] }, then: 'allow', reveal: ['email', 'salary'] },
  ],
};

let issuer: DevIssuer;
let session: PeopleUpstream;
let stateless: PeopleUpstream;
let folder: string;
let shared: ServedGate;
let home: string;
const gates: ServedGate[] = [];
const open: Visitor[] = [];

beforeAll(async () => {
  [issuer, session, stateless] = await Promise.all([
    startIssuer(),
    startPeopleWithSessions(),
    startPeopleWithoutSessions(),
  ]);
  home = mkdtempSync(join(tmpdir(), 'sallyport-tokens-'));
  shared = await startIn(home);
}, 60_000);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-tokens-'));
  for (const { got, headers } of [session, stateless]) {
    got.length = 0;
    headers.length = 0;
  }
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((visitor) => visitor.close().catch(() => undefined)));
  await Promise.all(gates.splice(0).map((gate) => gate.kill('SIGKILL')));
  rmSync(folder, { recursive: true });
});
afterAll(async () => {
  await shared?.kill('SIGKILL');
  rmSync(home, { recursive: true });
  await Promise.all([issuer?.stop(), session?.stop(), stateless?.stop()]);
}, 60_000);

async function startIn(at: string, config: object = {}, rules: object = policy) {
  mkdirSync(join(at, 'policies'), { recursive: true });
  writeFileSync(join(at, 'policies/people.yaml'), JSON.stringify(rules));
  const upstreams = { session: { url: session.url }, stateless: { url: stateless.url } };
  return ServedGate.start({ ...{ folder: at, issuer }, config: { upstreams, ...config } });
}

/** A gate that ends with the test. */
async function start(config: object = {}, rules: object = policy): Promise<ServedGate> {
  const gate = await startIn(folder, config, rules);
  gates.push(gate);
  return gate;
}

async function visit(
  gate: ServedGate,
  upstream: string,
  kind: VisitorKind = 'SDK v1',
  user = 'ana',
): Promise<Visitor> {
  const url = upstream === '' ? `${gate.url}/mcp` : gate.endpoint(upstream);
  const token = await tokenOf(issuer, user, upstream);
  const visitor = await visitors[kind]({ url, token });
  open.push(visitor);
  return visitor;
}

interface Result {
  readonly content: readonly { readonly text: string }[];
  readonly structuredContent: Record<string, unknown>;
  readonly isError?: boolean;
}
const call = async (visitor: Visitor, name: string, args = {}) =>
  (await visitor.call(name, args)) as Result;

/** The tokens of a person's address and salary. */
async function tokensFrom(visitor: Visitor, name = 'get_person') {
  const { content, structuredContent } = await call(visitor, name);
  const { email, salary } = structuredContent as { email: string; salary: string };
  expect(email).toMatch(/^email:[0-9a-hjkmnp-tv-z]{16}$/);
  expect(salary).toMatch(/^salary:[0-9a-hjkmnp-tv-z]{16}$/);
  expect(JSON.stringify(content)).not.toMatch(/bob\.jones|420017/);
  return { email, salary };
}

/** All that the gate has written, wherever. */
function written({ folder: at, said }: ServedGate): string {
  const files = readdirSync(at, { recursive: true, encoding: 'utf8' });
  const bytes = files
    .map((file) => join(at, file))
    .filter((file) => statSync(file).isFile())
    .map((file) => readFileSync(file, 'latin1'));
  return [said, ...bytes].join('\n');
}

const combinations = visitorKinds.flatMap((kind) => {
  return (['session', 'stateless'] as const).map((upstream) => ({ kind, upstream }));
});

describe('a model', () => {
  it.each(combinations)(
    'works with data that it never sees: $kind at an upstream that is $upstream',
    async ({ kind, upstream }) => {
      const gate = shared;
      const from = await visit(gate, upstream === 'session' ? 'stateless' : 'session', kind);
      const { email, salary } = await tokensFrom(from);
      const to = await visit(gate, upstream, kind);
      await to.list('tools');
      const result = await call(to, 'send', { to: email, note: `for ${email}`, amount: salary });
      const { got, headers } = upstream === 'session' ? session : stateless;
      expect(got.at(-1)).toEqual({
        tool: 'send',
        args: { to: person.email, note: `for ${person.email}`, amount: person.salary },
      });
      // The header repeats the body as it leaves.
      const repeated = upstream === 'stateless' ? { 'mcp-param-to': person.email } : undefined;
      expect(headers.at(-1)).toEqual(repeated && expect.objectContaining(repeated));
      expect(result.structuredContent).toEqual({
        sent: { to: email, note: `for ${email}`, amount: salary },
      });
      const [{ text = '' } = {}] = result.content;
      expect(text.match(/email:[0-9a-z]{16}/g)).toHaveLength(3);
      expect(JSON.stringify(result)).not.toMatch(/bob[.]jones|420017/i);
      const all = written(gate);
      expect(all).toContain(email);
      const forms = [
        ...[person.email, person.email.toUpperCase(), encodeURIComponent(person.email)],
        ...['bob.jones', '420017', Buffer.from(`To: ${person.email}`).toString('base64')],
      ];
      for (const one of forms) expect(all).not.toContain(one);
    },
  );
});

describe('a token', () => {
  it('works through the union of all upstreams', async () => {
    const gate = shared;
    const visitor = await visit(gate, '');
    const { email } = await tokensFrom(visitor, 'session__get_person');
    const { structuredContent } = await call(visitor, 'stateless__send', { to: email });
    expect(stateless.got.at(-1)?.args).toEqual({ to: person.email });
    expect(structuredContent).toEqual({ sent: { to: email } });
  });

  it('outlives the gate that made it', async () => {
    const first = await start();
    const { email } = await tokensFrom(await visit(first, 'session'));
    await first.kill('SIGKILL');
    const second = await start();
    expect((await tokensFrom(await visit(second, 'session'))).email).toBe(email);
    await call(await visit(second, 'session'), 'send', { to: email });
    expect(session.got.at(-1)?.args).toEqual({ to: person.email });
    expect(second.said).not.toContain('masking key');
  });

  it('of somebody else, or made up, is a text, and the transcript says so', async () => {
    const gate = shared;
    const { email } = await tokensFrom(await visit(gate, 'session'));
    const bob = await visit(gate, 'session', 'SDK v1', 'bob');
    const odd = 'email:0123456789abcdef';
    await call(bob, 'send', { to: email, note: odd });
    expect(session.got.at(-1)?.args).toEqual({ to: email, note: odd });
    gate.read((reader) => {
      const [last] = reader.exchanges({ limit: 10 }).filter(({ target }) => target === 'send');
      const noted = reader.events(last?.id ?? '').find(({ detail }) => detail?.tokens);
      expect(noted?.detail).toMatchObject({ tokens: { revealed: [], unknown: [email, odd] } });
    });
  });

  it('expires', async () => {
    const brief = structuredClone(policy) as typeof policy;
    const mask = brief.rules[0]?.mask?.[0] as { with: unknown };
    mask.with = { token: { expires: '1s' } };
    const gate = await start({}, brief);
    const { email } = await tokensFrom(await visit(gate, 'session'));
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    await call(await visit(gate, 'session'), 'send', { to: email });
    expect(session.got.at(-1)?.args).toEqual({ to: email });
  });

  it('from before another key is unknown, and the log says so once', async () => {
    const key = (byte: string) => ({ masking: { key: byte.repeat(64) } });
    const first = await start(key('a'));
    const { email } = await tokensFrom(await visit(first, 'session'));
    await first.kill('SIGKILL');
    const second = await start(key('b'));
    await call(await visit(second, 'session'), 'send', { to: email });
    expect(session.got.at(-1)?.args).toEqual({ to: email });
    expect(second.said.split('the masking key is another')).toHaveLength(2);
    await second.kill('SIGKILL');
    expect((await start(key('b'))).said).not.toContain('the masking key is another');
  });

  it('is known to all gates that share PostgreSQL and the key', async () => {
    const postgres = await Postgres.start();
    try {
      const url = await postgres.database();
      const config = { masking: { key: 'c'.repeat(64), tokens: { store: 'postgres', url } } };
      const [one, two] = [
        await start(config),
        await start({ ...config, transcripts: { path: 'other.db' } }),
      ];
      const { email } = await tokensFrom(await visit(one as ServedGate, 'session'));
      await call(await visit(two as ServedGate, 'session'), 'send', { to: email });
      expect(session.got.at(-1)?.args).toEqual({ to: person.email });
    } finally {
      await postgres.remove();
    }
  });
});

describe('the key file', () => {
  it('is made at the first start, for its owner only', async () => {
    await start();
    const file = join(folder, 'masking.key');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(Buffer.from(readFileSync(file, 'utf8'), 'base64')).toHaveLength(32);
    expect(statSync(join(folder, 'tokens.db')).mode & 0o777).toBe(0o600);
  });

  it.each([
    ['that others may read', 'A'.repeat(43), 0o644, 'chmod 600'],
    ['that has too little in it', 'abc', 0o600, 'does not hold 32 bytes'],
  ])('%s keeps the gate from starting', async (_, content, mode, why) => {
    writeFileSync(join(folder, 'masking.key'), content, { mode });
    await expect(start()).rejects.toThrow(why);
  });
});
