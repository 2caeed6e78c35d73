import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { explain } from '../../src/cli/explain.ts';
import { GitOrigin } from '../../src/config/git/git-origin.ts';
import { newKeyPair, privateKey } from '../../src/config/pushed/push-key.ts';
import { BUNDLE_VERSION, signBundle } from '../../src/config/pushed/pushed-bundle.ts';
import { PushedStore } from '../../src/config/pushed/pushed-store.ts';
import { digestOf } from '../../src/config/reload.ts';
import type { TranscriptEvent } from '../../src/model/transcript.ts';
import type { Recorded } from '../../src/replay/recorded-subject.ts';
import { SqliteStore } from '../../src/store/sqlite/store.ts';
import { GitRemote } from '../config/git-remote.ts';
import { called, facts, recorded } from '../support/recorded.ts';
import { Folder, run } from './terminal.ts';

const POLICY = `apiVersion: sallyport/v1
upstreams: [db]
rules:
  - id: analysts-read
    on: { tools: [query] }
    when: { identity.groups: { contains: analysts }, args.limit: { lte: 1000 } }
    then: allow
    mask: { find: email }
  - id: no-secrets
    on: { tools: [query] }
    when: { result.isError: { eq: true } }
    then: block
  - id: mail-stays-inside
    on: { tools: [send] }
    when: { args.to: { ends_with: "@example.com" } }
    then: allow
`;
const SUITE = `identities:
  ana: { groups: [analysts] }
cases:
  - name: a large limit
    as: ana
    request: { ip: 10.0.0.1 }
    call: { upstream: db, tool: query, args: { limit: 5000 } }
    expect: { effect: block }
`;
const BIDI = '\u202e';

let folder: Folder;
beforeEach(() => {
  folder = new Folder().write({
    'policies/db.yaml': POLICY,
    'policies/db_test.yaml': SUITE,
    'ana.json': '{"sub":"ana","groups":["analysts"]}',
  });
});
afterEach(() => folder.remove());
const ran = (...args: string[]) => run(explain, folder.path, ...args);
const query = ['--upstream', 'db', '--tool', 'query'];
interface Explained {
  readonly call: { readonly decision: { readonly effect: string; readonly rule?: string } };
  readonly answer?: Explained['call'];
  readonly same?: boolean | null;
  readonly subject: { readonly identity: object; readonly request: object; readonly tool?: object }; // biome-ignore format: one line says it
  readonly revision: string;
  readonly policies: string;
}
const json = async (...args: string[]) =>
  JSON.parse((await ran(...args, '--json')).out) as Explained;
const usage = (message: RegExp) => expect.objectContaining({ code: 'USAGE', message: expect.stringMatching(message) }) as Error; // biome-ignore format: one line says it

describe('sallyport explain, of a call', () => {
  it('prints what was decided, and why, rule by rule', async () => {
    const args = ['--args', '{"limit": 5000}', '--as', 'sub=ana,groups=analysts,dba'];
    const { code, out } = await ran(...query, ...args);
    expect(code).toBe(0);
    expect(out.replace(/revision \w+/, 'revision R')).toBe(
      `tools/call query at db: blocked
  reason    no rule allows it
  who       ana (analysts, dba), issuer not given
  policies  revision R, folder policies
  rules     2 of 3 are about it

missed, the nearest first
  ✗ analysts-read  allow  policies/db.yaml:4
      its condition does not hold
      ✓ identity.groups contains "analysts"   saw ["analysts","dba"]
      ✗ args.limit lte 1000   saw 5000
  ? no-secrets  block  policies/db.yaml:9
      it depends on what is not known here
      ? result.isError eq true   saw what is not known yet

1 rule about other messages (--all shows them)
`,
    );
  });

  it.each([
    ['sub=ana,groups=analysts'],
    ['groups=analysts,sub=ana'],
    ['{"sub":"ana","groups":"analysts"}'],
    ['ana.json'],
    ['policies/db_test.yaml#ana'],
  ])('takes %s as who calls', async (who) => {
    const { call } = await json(...query, '--args', '{"limit":5}', '--as', who);
    expect(call.decision).toMatchObject({ effect: 'allow', rule: 'analysts-read' });
  });

  it('takes all of a call from a case of a test file, changed by other options', async () => {
    const from = ['--as', 'policies/db_test.yaml#a large limit'];
    const { call, subject } = await json(...from);
    expect(call.decision.effect).toBe('block');
    expect(subject.request).toMatchObject({ upstream: 'db', ip: '10.0.0.1' });
    expect((await json(...from, '--args', '{"limit":5}')).call.decision.effect).toBe('allow');
  });

  it('takes all facts of a tool from the case, but not those of another tool', async () => {
    folder.write({
      'policies/facts.yaml': `apiVersion: sallyport/v1
rules:
  - id: plain-tools
    on: { tools: ["*"] }
    when: { tool.title: { eq: Plain }, tool.annotations.readOnlyHint: { eq: true }, tool.flags: { length: 0 } }
    then: allow
`,
      'policies/facts_test.yaml': `identities: { ana: {} }
cases:
  - name: plain
    as: ana
    call: { upstream: own, tool: look, annotations: { readOnlyHint: true }, facts: { title: Plain } }
    expect: { effect: allow }
`,
    });
    const from = ['--as', 'policies/facts_test.yaml#plain'];
    const { call, subject } = await json(...from);
    expect(call.decision).toMatchObject({ effect: 'allow', rule: 'plain-tools' });
    const tool = { title: 'Plain', annotations: { readOnlyHint: true }, flags: [] };
    expect(subject.tool).toEqual(tool);
    const other = { ...tool, title: 'Odd' };
    const changed = await json(...from, '--tool-facts', JSON.stringify(other));
    expect(changed.call.decision.effect).toBe('block');
    expect((await json(...from, '--tool', 'other')).call.decision.effect).toBe('block');
  });

  it('explains the decision on the answer as well', async () => {
    const args = [...query, '--args', '{"limit":5}', '--as', 'ana.json'];
    const { call, answer } = await json(...args, '--result', '{"isError":true}');
    expect(call.decision.rule).toBe('analysts-read');
    expect(answer?.decision).toMatchObject({ effect: 'block', rule: 'no-secrets' });
  });

  it('judges messages that need no rule as the gate does', async () => {
    const args = ['--upstream', 'db', '--method', 'tools/list', '--as', 'ana.json'];
    expect((await json(...args)).call.decision).toMatchObject({
      effect: 'allow',
      reason: 'part of every session',
    });
  });

  it('makes visible what a terminal would obey', async () => {
    const args = ['--tool', `send${BIDI}`, '--args', `{"to":"\\u001b[2J${BIDI}"}`, '--as', 'sub=e'];
    const { out } = await ran('--upstream', 'db', ...args, '--all');
    expect(out).not.toMatch(/[^\P{Cc}\n]|\p{Cf}/u);
    expect(out).toContain('send\\u202e');
  });

  it.each<[RegExp, string[]]>([
    [/needs an EXCHANGE, or --upstream and --as/, []],
    [/needs an EXCHANGE, or --upstream and --as/, ['--all']],
    [/who calls/, query],
    [/needs --upstream/, ['--tool', 'query', '--as', 'ana.json']],
    [/needs one of --tool/, ['--upstream', 'db', '--as', 'ana.json']],
    [/one of --tool/, [...query, '--prompt', 'x', '--as', 'ana.json']],
    [/--args is no JSON/, [...query, '--as', 'ana.json', '--args', '{']],
    [/cannot read none\.json/, [...query, '--as', 'ana.json', '--args', '@none.json']],
    [/--as: .*grups/, [...query, '--as', 'sub=ana,grups=x']],
    [/no identity and no case "eve"/, [...query, '--as', 'policies/db_test.yaml#eve']],
    [/names no file/, [...query, '--as', 'nobody']],
    [/must be a time/, [...query, '--as', 'ana.json', '--time', 'noon']],
    [/stands alone/, ['12345678', ...query]],
  ])('refuses wrong use: %s', async (message, args) => {
    await expect(ran(...args)).rejects.toThrow(usage(message));
  });

  it('names the three nearest where a test file has no such identity or case', async () => {
    const names = ['large limits', 'a limit that is large', 'eve asks', 'no table', 'ana reads'];
    const cases = names.map((name) => {
      const call = '{ upstream: db, tool: query }';
      return `  - { name: ${name}, as: ana, call: ${call}, expect: { effect: block } }\n`;
    });
    folder.write({ 'x_test.yaml': `identities: { ana: {} }\ncases:\n${cases.join('')}` });
    await expect(ran(...query, '--as', 'x_test.yaml#large limit')).rejects.toMatchObject({
      ...{ code: 'USAGE', hint: 'the nearest: "large limits", "a limit that is large", "ana"' },
    });
    folder.write({ 'none_test.yaml': 'cases: []\n' });
    await expect(ran(...query, '--as', 'none_test.yaml#x')).rejects.toMatchObject({
      ...{ code: 'USAGE', hint: 'it has none' },
    });
  });

  it('makes up no issuer, except that of test files', async () => {
    const issuerOf = async (who: string) => (await json(...query, '--as', who)).subject.identity;
    expect(await issuerOf('sub=ana')).toMatchObject({ issuer: '' });
    expect(await issuerOf('sub=ana,issuer=https://i')).toMatchObject({ issuer: 'https://i' });
    const issuer = 'https://issuer.test';
    expect(await issuerOf('policies/db_test.yaml#ana')).toMatchObject({ issuer });
    expect(await issuerOf('policies/db_test.yaml#a large limit')).toMatchObject({ issuer });
  });

  it('notes an upstream that the configuration does not have', async () => {
    const ask = [...query, '--as', 'ana.json'];
    expect((await ran(...ask)).err).toBe('');
    folder.write({ 'sallyport.yaml': 'upstreams: { dbs: { url: "https://x" } }\n' });
    const note = 'note: sallyport.yaml has no upstream "db"; did you mean "dbs"?\n';
    expect(await ran(...ask)).toMatchObject({ code: 0, err: note });
    folder.write({ 'sallyport.yaml': 'upstreams: { db: { url: "https://x" } }\n' });
    expect((await ran(...ask)).err).toBe('');
    folder.write({ 'sallyport.yaml': 'upstreams: {{\n' });
    expect((await ran(...ask, '--policies', 'policies')).err).toBe('');
  });

  it('says what limits count, as policies do', async () => {
    folder.write({
      'limits/l.yaml': `apiVersion: sallyport/v1
rules:
  - id: read
    on: { tools: ["*"] }
    then: allow
    limit:
      - { calls: 2, per: 1h }
      - { calls: 1, per: 90s, by: target.name }
`,
    });
    const { out } = await ran(...query, '--as', 'ana.json', '--policies', 'limits');
    expect(out).toContain(
      `limits that count it
  read: 2 calls in 1h, of each identity.issuer, identity.sub
  read: 1 call in 1m 30s, of each target.name
`,
    );
    const file = await ran(...query, '--as', 'ana.json', '--policies', 'limits/l.yaml');
    expect(file.out).toMatch(/^ {2}policies {2}revision \w+, file limits\/l.yaml$/m);
  });

  it('says whom each rule asks, and for how long', async () => {
    folder.write({
      'asks/a.yaml': `apiVersion: sallyport/v1
rules:
  - { id: plain, on: { tools: [query] }, then: approve }
  - id: full
    on: { tools: [query] }
    then: approve
    approval:
      { by: ["group:dba", "user:ann"], quorum: 2, expires: 90s, window: 1h, not_self: false,
        reason_required: true, break_glass: "group:oncall", standing: 1d, notify: [ops, mail] }
  - { id: quiet, on: { tools: [query] }, then: approve, approval: { by: "group:dba", notify: [] } }
`,
    });
    const asked = [...query, '--as', 'ana.json', '--policies', 'asks'];
    const { out } = await ran(...asked);
    expect(out).toContain('tools/call query at db: needs approval by plain\n');
    expect(out).toContain('it has no condition, so that it asks for approval as well as plain');
    expect(out).toContain(
      `who is asked, each of
  plain: 1 person with the role approver, not the caller; within 15m, then the call may be made for 10m
  full: 2 people of group:dba, user:ann, the caller too; within 1m 30s, then the call may be made for 1h; with a reason; the caller alone, with a reason: group:oncall; calls alike for up to 1d; told: ops, mail
  quiet: 1 person of group:dba, not the caller; within 15m, then the call may be made for 10m; told: nobody
`,
    );
    const { call } = await json(...asked);
    expect(call.decision).toMatchObject({
      approvals: [{ rule: 'plain', quorum: 1 }, { rule: 'full', standing: 86_400_000 }, {}],
    });
  });

  it('prints what is wrong with policies', async () => {
    folder.write({ 'policies/bad.yaml': 'apiVersion: sallyport/v1\nrules:\n  - { id: a }\n' });
    await expect(ran(...query, '--as', 'ana.json')).rejects.toMatchObject({
      code: 'POLICY_INVALID',
      problems: [expect.objectContaining({ code: 'POLICY_RULE_DOES_NOTHING' })],
    });
  });
});

describe('the policies that sallyport explain reads', () => {
  const ask = [...query, '--args', '{"limit":5}', '--as', 'ana.json'];
  const other = 'apiVersion: sallyport/v1\nrules:\n  - { id: none, on: { tools: ["*"] }, then: block }\n'; // biome-ignore format: one line says it
  const inGit = (git: string, more = '') =>
    folder.write({ 'sallyport.yaml': `policies: { git: "${git}", mirror: copy.git${more} }\n` });

  it('are those of the folder that the configuration names, whatever else of it is wrong', async () => {
    folder.write({
      'sallyport.yaml': 'policies: { directory: rules }\nnonsense: 1\n',
      'rules/x.yaml': other,
    });
    expect(await json(...ask)).toMatchObject({
      ...{ policies: 'rules', call: { decision: { rule: 'none' } } },
    });
    folder.write({ 'sallyport.yaml': 'policies: { directry: rules }\n' });
    await expect(json(...ask)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });

  it('are the commit that was in force last, without asking its repository', async () => {
    const remote = new GitRemote();
    try {
      const first = remote.commit({ 'policies/db.yaml': POLICY });
      inGit(remote.url);
      await expect(json(...ask)).rejects.toMatchObject({ code: 'POLICY_UNREADABLE' });
      expect(existsSync(join(folder.path, 'copy.git'))).toBe(false);
      const mirror = join(folder.path, 'copy.git');
      const place = { git: remote.url, ref: 'main', path: 'policies', every: 60_000, mirror };
      const origin = new GitOrigin(place);
      const reading = await origin.read();
      expect((await json(...ask)).policies).toContain(`commit ${first.slice(0, 12)}, fetched last`);
      await origin.keep(reading);
      remote.commit({ 'policies/db.yaml': other });
      await origin.read();
      const { call, revision, policies } = await json(...ask);
      expect({ revision, rule: call.decision.rule }).toEqual({
        ...{ revision: first.slice(0, 12), rule: 'analysts-read' },
      });
      expect(policies).toContain(`commit ${revision}, in force last`);
    } finally {
      remote.remove();
    }
  });

  it('need a secret of the repository only to fetch', async () => {
    inGit('https://git.invalid/x', ', authorization: "env:NO_SUCH_SECRET"');
    await expect(json(...ask)).rejects.toMatchObject({ code: 'POLICY_UNREADABLE' });
    await expect(json(...ask, '--fetch')).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });

  it('are the newest commit where --fetch asks for it', async () => {
    const remote = new GitRemote();
    try {
      remote.commit({ 'policies/db.yaml': POLICY });
      inGit(remote.url);
      expect((await json(...ask, '--fetch')).call.decision.rule).toBe('analysts-read');
      const second = remote.commit({ 'policies/db.yaml': other });
      const { call, policies } = await json(...ask, '--fetch');
      expect(call.decision.rule).toBe('none');
      expect(policies).toContain(`commit ${second.slice(0, 12)}, fetched now`);
    } finally {
      remote.remove();
    }
  });

  it('are what was pushed, and only what a key of the configuration has signed', async () => {
    const { privatePem, publicPem } = newKeyPair();
    folder.write({
      'sallyport.yaml': 'policies: { pushed: { directory: pushed, keys: [key.pem] } }\n',
      'key.pem': publicPem,
    });
    await expect(json(...ask)).rejects.toMatchObject({ code: 'POLICY_UNREADABLE' });
    const files = [{ file: 'db.yaml', text: other }];
    const digest = digestOf(files);
    const revision = digest.slice(0, 12);
    const at = '2026-08-01T12:00:00Z';
    const store = new PushedStore(join(folder.path, 'pushed'));
    const bundle = { apiVersion: BUNDLE_VERSION, createdAt: at, files } as const;
    const key = await privateKey(privatePem);
    await store.writeBundle(revision, Buffer.from(await signBundle(bundle, key)));
    const entry = { revision, digest, createdAt: at, pushedAt: at, by: 'ci', issuer: 'https://i' };
    const revisions = [{ ...entry, kid: key.kid, files: 1 }];
    await store.writeState({ version: 1, current: revision, newest: at, revisions });
    const found = await json(...ask);
    expect(found).toMatchObject({ revision, call: { decision: { rule: 'none' } } });
    expect(found.policies).toBe(`pushed to pushed by ci, ${at}`);
    folder.write({ 'key.pem': newKeyPair().publicPem });
    await expect(json(...ask)).rejects.toMatchObject({ code: 'BUNDLE_SIGNATURE' });
  });

  it.each([[['--fetch']], [['--fetch', '--policies', 'policies']]])(
    'are fetched only where they are in Git: %j',
    async (args) => {
      await expect(ran(...ask, ...args)).rejects.toThrow(usage(/--fetch/));
    },
  );
});

describe('sallyport explain, of a recorded exchange', () => {
  const keep = async ({ record, events, identity }: Recorded) => {
    const store = await SqliteStore.open({
      path: join(folder.path, 't.db'),
      durability: 'process',
    });
    const { outcome, effect, rule, closedAt: _, ...head } = record;
    const end = { ...(effect ? { effect } : {}), ...(rule ? { rule } : {}) };
    const facts = identity ? [{ digest: 'd', facts: JSON.stringify(identity) }] : [];
    await store.append({
      facts,
      opened: [{ ...head, ...(identity ? { identity: 'd' } : {}) }],
      events,
      closed: [{ id: record.id, closedAt: record.openedAt + 5, outcome, ...end }],
    });
    await store.close();
    return record.id.slice(-8);
  };
  const allowed = { effect: 'allow', rule: 'analysts-read' };

  it('says that the decision would be the same', async () => {
    const id = await keep(called('query', { limit: 5 }, allowed));
    const { code, out } = await ran(id, '--db', 't.db');
    expect(code).toBe(0);
    expect(out).toMatch(/^tools\/call query at db: allowed by analysts-read$/m);
    expect(out).toMatch(/^ {2}then +allow by analysts-read, revision r1$/m);
    expect(out).toMatch(/^ {2}now +the same decision, revision \w{12}$/m);
  });

  it('says that it would be another by the policies of now', async () => {
    const id = await keep(called('query', { limit: 5 }, { ...allowed, identity: facts('ana') }));
    expect((await ran(id, '--db', 't.db')).out).toMatch(/^ {2}now +ANOTHER DECISION: block, /m);
    expect((await json(id, '--db', 't.db')).same).toBe(false);
  });

  describe('that a limit or a pin has refused', () => {
    const bound = { calls: 2, per: 3_600_000 };
    const blockedBy = (detail: NonNullable<TranscriptEvent['detail']>, rule?: string) => {
      const head = { outcome: 'blocked', effect: 'block', ...(rule ? { rule } : {}) } as const;
      const decided = { effect: 'block', ...(rule ? { rule } : {}), reason: 'r', ...detail };
      return keep(
        called('query', { limit: 5 }, {
          ...head,
          steps: [
            { kind: 'decided', detail: { effect: 'allow', rule: 'analysts-read', reason: 'r' } },
            { kind: 'decided', detail: decided },
            // What a shadow rule would have done is no part of it.
            { kind: 'decided', detail: { effect: 'allow', reason: 'r', would: [], limit: bound } },
            { kind: 'blocked' },
          ],
        }),
      ); // biome-ignore format: steps
    };
    const limit = { rule: 'analysts-read', ...bound };

    it.each([
      [{ limit }, 'analysts-read', 'block by the limit of analysts-read (2 in 1h)'],
      [
        { limit, code: 'LIMIT_UNAVAILABLE' },
        'analysts-read',
        'block by the limit of analysts-read (2 in 1h; it could not be counted)',
      ],
      [{ code: 'PIN_CHANGED' }, undefined, 'block: the definition of tool "query" has changed (pin)'], // biome-ignore format: one line says it
      [{ code: 'PIN_UNKNOWN' }, undefined, 'block: the definition of tool "query" is not in the lock file (pin)'], // biome-ignore format: one line says it
    ])('says so, and what the rules come to: %j', async (detail, rule, then) => {
      const id = await blockedBy(detail, rule);
      const { out } = await ran(id, '--db', 't.db');
      expect(out).toContain(`  then      ${then}, revision r1\n`);
      expect(out).toContain(
        '  now       the rules allow it; limits and pins are not judged here, revision',
      );
      expect(out).not.toContain('ANOTHER DECISION');
      expect((await json(id, '--db', 't.db')).same).toBe(null);
    });

    it('says what the rules of now block, too', async () => {
      folder.write({ 'policies/no.yaml': 'apiVersion: sallyport/v1\nrules:\n  - { id: none, on: { tools: ["*"] }, then: block }\n' }); // biome-ignore format: one line says it
      const { out } = await ran(await blockedBy({ limit }, 'analysts-read'), '--db', 't.db');
      expect(out).toContain('  now       the rules block it by none; limits and pins are not');
    });

    it('does not take the limit of another rule for it', async () => {
      const { out } = await ran(await blockedBy({ limit }, 'no-secrets'), '--db', 't.db');
      expect(out).toContain('  then      block by no-secrets, revision r1\n');
      expect(out).toContain('ANOTHER DECISION: allow by analysts-read');
    });
  });

  it('never guesses what was masked', async () => {
    const masked = { kind: 'masked', detail: { rule: 'hide', what: 'email', count: 1 } } as const;
    const steps = [masked, { kind: 'forwarded' as const }];
    const id = await keep(called('send', { to: '[redacted:email]' }, { steps }));
    const { out } = await ran(id, '--db', 't.db');
    expect(out).toContain("tools/call send at db: can't be told: blocked, or allowed");
    expect(out).toContain(
      '? args.to ends_with "@example.com"   saw what is masked or not recorded',
    );
    expect((await json(id, '--db', 't.db')).same).toBe(null);
  });

  it('does not judge what follows another call, or was never judged', async () => {
    const task = await keep(recorded({ method: 'tasks/get', params: { taskId: 'x' } }));
    await expect(ran(task, '--db', 't.db')).rejects.toThrow(usage(/follows the call/));
  });

  it('exits with 1 where there is no such exchange', async () => {
    await keep(called('query', {}));
    expect(await ran('ffffffff', '--db', 't.db')).toMatchObject({ code: 1, out: '' });
  });
});
