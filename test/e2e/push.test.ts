import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DevIssuer } from '../../src/auth/dev-issuer.ts';
import { policies } from '../../src/cli/policies.ts';
import { push } from '../../src/cli/push.ts';
import type { Verb } from '../../src/cli/verb.ts';
import { GateError } from '../../src/model/errors.ts';
import { Folder, run } from '../cli/terminal.ts';
import { textOf } from './fixtures/agent.ts';
import { answerOf, RawAgent } from './fixtures/raw-agent.ts';
import { ServedGate, startIssuer, tokenOf } from './fixtures/served-gate.ts';
import { Upstream } from './fixtures/upstream.ts';
import { waitingServer } from './fixtures/waiting-server.ts';

const ADMIN_URL = 'http://127.0.0.1:8';
const head = 'apiVersion: sallyport/v1\nupstreams: [own]\nrules:\n';
const open = `${head}  - { id: echo, on: { tools: [echo] }, then: allow }\n`;
const closed = `${open}  - { id: not-now, on: { tools: [echo] }, then: block }\n`;

let own: Upstream;
let issuer: DevIssuer;
/** Where policies are written, and verbs run. */
let desk: Folder;
let folder: string;
let gate: ServedGate | undefined;
let to: string;

beforeAll(async () => {
  own = await Upstream.start(() => waitingServer(() => undefined));
  issuer = await startIssuer();
});
afterAll(async () => {
  await own?.stop();
  await issuer?.stop();
});
beforeEach(async () => {
  desk = new Folder();
  folder = mkdtempSync(join(tmpdir(), 'sallyport-push-'));
  expect((await run(push, desk.path, '--new-key', 'push.key')).code).toBe(0);
  desk.write({
    'bob.token': `${await issuer.tokenFor('bob', `${ADMIN_URL}/v1`)}\n`,
    'ana.token': await issuer.tokenFor('ana', `${ADMIN_URL}/v1`),
    'policies/a.yaml': open,
  });
  writeFileSync(join(folder, 'push.pub'), readFileSync(join(desk.path, 'push.key.pub')));
});
afterEach(async () => {
  await gate?.kill('SIGKILL');
  gate = undefined;
  desk.remove();
  rmSync(folder, { recursive: true, force: true });
});

async function serve(): Promise<ServedGate> {
  gate = await ServedGate.start({
    ...{ folder, issuer },
    config: {
      upstreams: { own: { url: own.url } },
      policies: { pushed: { keys: ['push.pub'] } },
      admin: {
        listen: { port: 0 },
        public_url: ADMIN_URL,
        roles: { publisher: ['group:dba'], viewer: ['group:analysts'] },
      },
    },
  });
  to = /"url":"([^"]+)"[^\n]*"msg":"the admin API is listening"/.exec(gate.said)?.[1] ?? '';
  return gate;
}

const ran = (verb: Verb, ...args: string[]) =>
  run(verb, desk.path, ...args, '--to', to, '--token-file', 'bob.token');
const pushed = (...args: string[]) => ran(push, '--key', 'push.key', ...args);
const revisionIn = (out: string) => /revision ([0-9a-f]{12})/.exec(out)?.[1] ?? '';

describe('sallyport push', () => {
  it('brings policies to open sessions, and policies rollback takes them back', async () => {
    const endpoint = (await serve()).endpoint('own');
    const token = await tokenOf(issuer, 'ana', 'own');
    const stranger = await RawAgent.begin(endpoint, token);
    const before = await answerOf(await stranger.call('echo', { text: 'done' }, 1));
    expect(before.result).toBeUndefined();
    const first = await pushed('--note', 'first');
    expect(first).toMatchObject({ code: 0, err: '' });
    expect(first.out).toMatch(
      /^1 rule in 1 file, no problems\npushed: revision [0-9a-f]{12} replaces none\n$/,
    );
    const agent = await RawAgent.begin(endpoint, token);
    let calls = 0;
    const echo = async () =>
      textOf((await answerOf(await agent.call('echo', { text: 'done' }, ++calls))).result);
    expect(await echo()).toBe('done');

    desk.write({ 'policies/a.yaml': closed });
    expect((await pushed('policies/a.yaml')).code).toBe(0);
    expect(await echo()).toMatch(/^Blocked by policy/);
    const listed = await ran(policies, 'revisions');
    expect(listed.out).toMatch(
      /^\* [0-9a-f]{12} {2}\S+Z {2}bob\n {2}[0-9a-f]{12} .* bob {2}first\n$/,
    );

    const back = await ran(policies, 'rollback', revisionIn(first.out));
    expect(back.out).toMatch(/^rolled back: revision [0-9a-f]{12} replaces [0-9a-f]{12}\n$/);
    expect(await echo()).toBe('done');
    const shown = await ran(policies, 'show');
    expect(shown.out).toMatch(new RegExp(`^revision +${revisionIn(first.out)}\n`));
    expect(shown.out).toMatch(/allow {2}echo {2}policies\/a\.yaml:4 {2}matched 3, decided 2\n/);
  }, 90_000);

  it('tells errors with their place and pushes nothing, before the gate is asked and after', async () => {
    await serve();
    desk.write({ 'policies/a.yaml': open.replace('allow', 'alow') });
    const { code, out } = await pushed();
    expect(code).toBe(1);
    expect(out).toMatch(/^policies\/a\.yaml:4:\d+ error POLICY_UNKNOWN_VALUE .*"alow"/);
    expect(out).toContain('1 error; nothing was pushed\n');
    expect(JSON.parse((await pushed('--json')).out)).toMatchObject({
      ok: false,
      problems: [{ code: 'POLICY_UNKNOWN_VALUE', at: { file: 'policies/a.yaml', line: 4 } }],
    });
  });

  it('only tries with --dry-run', async () => {
    await serve();
    expect((await pushed('--dry-run')).out).toMatch(
      /not pushed: revision \w+ would replace none\n/,
    );
    const { out } = await pushed('--json');
    expect(JSON.parse(out)).toMatchObject({ ok: true, dryRun: false, replaces: 'none', rules: 1 });
    expect((await pushed()).out).toMatch(/is in force already\n$/);
  });

  it('names files of elsewhere from the folder that was given', async () => {
    await serve();
    const other = new Folder().write({ 'rules/team/b.yaml': open });
    const { out } = await pushed(join(other.path, 'rules'));
    expect(out).toContain('pushed:');
    expect((await ran(policies, 'show')).out).toContain('rules/team/b.yaml:4');
    other.remove();
  });

  it('says what was refused, and by whom', async () => {
    const { url } = await serve();
    await run(push, desk.path, '--new-key', 'other.key');
    const defaults = ['--key', 'push.key', '--to', to, '--token-file', 'bob.token'];
    const cases = [
      [['--if-match', '000000000000'], 'PRECONDITION_FAILED'],
      [['--key', 'nowhere'], 'USAGE'],
      [['--key', 'push.key.pub'], 'USAGE'],
      [['--key', 'other.key'], 'BUNDLE_SIGNATURE'],
      [['--token-file', 'ana.token'], 'ADMIN_ROLE'],
      [['--token-file', 'nowhere'], 'USAGE'],
      [['--to', 'http://gate.test'], 'USAGE'],
      [['--to', 'ftp://gate.test'], 'USAGE'],
      [['--to', 'https://ana:pw@gate.test'], 'USAGE'],
      [['--to', 'http://127.0.0.1:1'], 'ADMIN_UNREACHABLE'],
      // That of the gate itself.
      [['--to', url], 'ADMIN_ANSWER'],
      [['nowhere'], 'POLICY_UNREADABLE'],
      [['--wat'], 'USAGE'],
    ] as const;
    for (const [args, code] of cases) {
      await expect(run(push, desk.path, ...defaults, ...args)).rejects.toMatchObject({ code });
    }
  });

  it('quotes no token that a header could not have', async () => {
    writeFileSync(join(desk.path, 'two.token'), 's3cret\ns3cret');
    const args = ['show', '--to', to, '--token-file', 'two.token'];
    const error = await run(policies, desk.path, ...args).catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ code: 'USAGE' });
    expect(String(error)).not.toContain('s3cret');
  });

  it('prints nothing that a terminal would obey, whatever answers', async () => {
    const evil = '\u001b[2J\u009b1m\u202e';
    const at = { file: evil, line: 1, column: 1 };
    const problems = [{ code: evil, severity: 'error', at, message: evil, hint: evil }];
    const counts = { matched: 0, decided: 0, would: 0, limited: 0 };
    const shown = { revision: evil, source: { kind: evil }, files: [], problems };
    const rules = [{ id: evil, at, then: evil, mode: evil, ...counts }];
    const server = createServer(({ url = '' }, response) => {
      const failed = { code: 'POLICY_INVALID', message: evil, hint: evil, problems };
      response.statusCode = url.startsWith('/bad') ? 422 : 200;
      response.end(JSON.stringify(url.startsWith('/bad') ? failed : { ...shown, rules }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const at0 = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const show = (to: string) => run(policies, desk.path, 'show', '--to', to, '--token-file', 'bob.token'); // biome-ignore format: one line says it
    const hidden = /[^\n\P{Cc}]|\p{Cf}/u;
    const { out } = await show(at0);
    expect(out).toContain('\\x1b[2J\\x9b1m\\u202e');
    expect(out).not.toMatch(hidden);
    const error = await show(`${at0}/bad`).catch((thrown: unknown) => thrown);
    expect(error instanceof GateError && error.explain()).toMatch(/^[^\p{Cf}]*\\x1b/u);
    expect(error instanceof GateError && error.explain()).not.toMatch(hidden);
    server.close();
  });

  it('makes keys that only their owner can read, and overwrites none', async () => {
    expect(statSync(join(desk.path, 'push.key')).mode & 0o777).toBe(0o600);
    const again = run(push, desk.path, '--new-key', 'push.key');
    await expect(again).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' });
    const { out } = await run(push, desk.path, '--new-key', 'k', '--json');
    expect(JSON.parse(out)).toMatchObject({ privateKey: 'k', publicKey: 'k.pub' });
  });

  it.each([push, policies])('has help with an example', async (verb) => {
    const { code, out } = await run(verb, desk.path, '--help');
    expect(code).toBe(0);
    expect(out).toContain('Example:\n  $ sallyport ');
  });
});

describe('a gate that is killed while bundles are pushed', () => {
  it('has in force what it last acknowledged, or what was under way', async () => {
    /** Revisions that a push was told of, oldest first. */
    const acknowledged: string[] = [];
    let running = await serve();
    for (let round = 0; round < 3; round++) {
      let over = false;
      const pushing = (async () => {
        for (let n = 0; !over; n++) {
          desk.write({ 'policies/a.yaml': `${open}# round ${round}, ${n}\n` });
          acknowledged.push(JSON.parse((await pushed('--json')).out).revision);
        }
      })().catch(() => undefined);
      await wait(100 + 150 * round);
      await running.kill('SIGKILL');
      over = true;
      await pushing;
      running = await serve();
      const { current, revisions } = JSON.parse((await ran(policies, 'revisions', '--json')).out);
      const newest = revisions.map(({ revision }: { revision: string }) => revision).slice(0, 2);
      // The newest one is in force: the last that was acknowledged, or the one that was under way after it.
      expect(current).toBe(newest[0] ?? 'none');
      const last = acknowledged.at(-1);
      if (last !== undefined) expect(newest).toContain(last);
      if (newest[0] !== undefined && newest[0] !== last) acknowledged.push(newest[0]);
    }
    expect(acknowledged.length).toBeGreaterThan(0);
  }, 90_000);
});
