import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { CompactSign } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GitRemote } from '../config/git-remote.ts';
import { AdminGate, fileOf, head, newPushKey, rule } from './admin-gate.ts';

let gate: AdminGate;
beforeEach(async () => {
  gate = await AdminGate.start();
});
afterEach(() => gate?.stop());

const folder = () => join(gate.folder, '.sallyport/pushed');
const ids = async () => (await gate.send('vera', '/v1/policies')).body.rules?.map(({ id }) => id);

describe('a bundle that is pushed', () => {
  it('takes over from nothing, which let nothing pass, and says what is in force', async () => {
    expect(gate.logged('so everything is blocked')).toHaveLength(1);
    expect(await gate.send('vera', '/v1/policies')).toMatchObject({
      status: 200,
      body: { revision: 'none', rules: [], files: [] },
    });
    const { status, body } = await gate.push(await gate.bundle(fileOf('one', 'two')));
    expect(status).toBe(200);
    expect(body).toMatchObject({ replaces: 'none', changed: true, rules: 2, problems: [] });
    const shown = await gate.send('vera', '/v1/policies');
    expect(shown.headers.get('etag')).toBe(`"${body.revision}"`);
    expect(shown.body).toMatchObject({
      revision: body.revision,
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      source: { kind: 'pushed', by: 'ci', issuer: gate.issuer.url, kid: gate.key.kid },
      files: [{ file: 'policies/a.yaml', bytes: expect.any(Number) }],
      rules: [
        { id: 'one', at: { file: 'policies/a.yaml', line: 3 }, then: 'allow', mode: 'enforce' },
        { id: 'two' },
      ],
    });
    const files = await gate.send('vera', `/v1/policies/revisions/${body.revision}/files`);
    expect(files.body.files).toEqual(fileOf('one', 'two'));
  });

  it('is logged with who pushed it, by which key', async () => {
    const { body } = await gate.push(await gate.bundle(fileOf('one')));
    const [line = '{}'] = gate.logged('policies pushed by ci');
    expect(JSON.parse(line)).toMatchObject({
      ...{ by: 'ci', issuer: gate.issuer.url, key: gate.key.kid },
      ...{ revision: body.revision, replaces: 'none' },
    });
  });

  it('lives through a restart, and so does what can be gone back to', async () => {
    const first = await gate.push(await gate.bundle(fileOf('one')));
    await gate.push(await gate.bundle(fileOf('two')));
    await gate.restart();
    expect(await ids()).toEqual(['two']);
    expect((await gate.rollback(first.body.revision ?? '')).status).toBe(200);
    await gate.restart();
    expect(await ids()).toEqual(['one']);
  });

  it('may be of two kinds of problems: warnings are told, and with an error nothing changes', async () => {
    await gate.push(await gate.bundle(fileOf('one')));
    const bad = [
      { file: 'policies/a.yaml', text: head + rule('x', 'alow') + rule('y', 'blok') },
      { file: 'policies/b.yaml', text: 'rules: [' },
    ];
    const { status, body } = await gate.push(await gate.bundle(bad));
    expect([status, body.code]).toEqual([422, 'POLICY_INVALID']);
    const places = body.problems?.map(({ text }) => text.split(' ')[0]);
    expect(places).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^policies\/a\.yaml:3:\d+$/),
        expect.stringMatching(/^policies\/a\.yaml:4:\d+$/),
        expect.stringMatching(/^policies\/b\.yaml:\d+:\d+$/),
      ]),
    );
    expect(await ids()).toEqual(['one']);
  });

  it('changes nothing when it is only tried', async () => {
    await gate.push(await gate.bundle(fileOf('one')));
    const query = '?dry-run=true';
    const tried = await gate.push(await gate.bundle(fileOf('two')), { query });
    expect(tried.body).toMatchObject({ changed: true, rules: 1 });
    expect(await ids()).toEqual(['one']);
    expect((await gate.send('vera', '/v1/policies/revisions')).body.revisions).toHaveLength(1);
    const bad = await gate.bundle([{ file: 'a.yaml', text: 'x: 1' }]);
    expect((await gate.push(bad, { query })).status).toBe(422);
  });

  it.each(['?dry_run=true', '?dryrun', '?dry-run=false&x=1', '?dry-run=yes'])(
    'changes nothing when %s is not what was meant',
    async (query) => {
      const before = await gate.revision();
      const { status, body } = await gate.push(await gate.bundle(fileOf('tried')), { query });
      expect([status, body.code]).toEqual([400, 'ADMIN_REQUEST']);
      expect(await gate.revision()).toBe(before);
    },
  );

  it('changes and leaves nothing where it cannot be written', async () => {
    const before = await gate.revision();
    const files = fileOf('unwritable');
    const tried = await gate.push(await gate.bundle(files), { query: '?dry-run=true' });
    const inItsWay = join(folder(), `${tried.body.revision}.jws`);
    mkdirSync(join(inItsWay, 'x'), { recursive: true });
    const { status, body } = await gate.push(await gate.bundle(files));
    expect([status, body.code]).toEqual([503, 'FILE_UNWRITABLE']);
    expect(await gate.revision()).toBe(before);
    expect(readdirSync(folder()).filter((name) => name.endsWith('.new'))).toEqual([]);
    rmSync(inItsWay, { recursive: true });
    expect((await gate.push(await gate.bundle(files))).status).toBe(200);
  });

  it('changes nothing where the same files are in force', async () => {
    const first = await gate.push(await gate.bundle(fileOf('one')));
    const again = await gate.push(await gate.bundle(fileOf('one')));
    expect(again.body).toMatchObject({ changed: false, revision: first.body.revision });
  });
});

describe('what is not trusted', () => {
  it.each([
    [
      'signed by a key that is not configured',
      async () => gate.bundle(fileOf('x'), {}, await strange()),
    ],
    [
      'signed by another key under the name of a configured one',
      async () => gate.bundle(fileOf('x'), {}, { ...(await strange()), kid: gate.key.kid }),
    ],
    [
      'altered after it was signed',
      async () => {
        const [protectedPart, , signature] = (await gate.bundle(fileOf('x'))).split('.');
        const [, payload] = (await gate.bundle(fileOf('y'))).split('.');
        return [protectedPart, payload, signature].join('.');
      },
    ],
    [
      'not signed at all',
      async () => {
        const [, payload] = (await gate.bundle(fileOf('x'))).split('.');
        const none = Buffer.from(JSON.stringify({ alg: 'none', kid: gate.key.kid }));
        return `${none.toString('base64url')}.${payload}.`;
      },
    ],
  ])('is a bundle %s', async (_what, make) => {
    const { status, body } = await gate.push(await make());
    expect([status, body.code]).toEqual([403, 'BUNDLE_SIGNATURE']);
    expect(await gate.revision()).toBe('none');
  });

  const strange = () => newPushKey();

  it('is a signature that the key made for something else', async () => {
    const { kid, key } = gate.key;
    const [, payload = ''] = (await gate.bundle(fileOf('x'))).split('.');
    const other = await new CompactSign(Buffer.from(payload, 'base64url'))
      .setProtectedHeader({ alg: 'EdDSA', kid, typ: 'JWT' })
      .sign(key);
    expect((await gate.push(other)).body.code).toBe('BUNDLE_INVALID');
  });

  it('is an older bundle that is sent again', async () => {
    const old = await gate.bundle(fileOf('one'));
    expect((await gate.push(old)).status).toBe(200);
    const newer = await gate.bundle(fileOf('two'));
    const { body } = await gate.push(newer);
    const replayed = await gate.push(old);
    expect([replayed.status, replayed.body.code]).toEqual([409, 'BUNDLE_STALE']);
    // Not even the one that a rollback took out of force.
    const [, first] = (await gate.send('vera', '/v1/policies/revisions')).body.revisions ?? [];
    await gate.rollback(first?.revision ?? '');
    expect((await gate.push(newer)).body.code).toBe('BUNDLE_STALE');
    expect(await gate.revision()).not.toBe(body.revision);
  });

  it('is a bundle of the future, which would lock all others out', async () => {
    const createdAt = new Date(Date.now() + 3_600_000).toISOString();
    const { body } = await gate.push(await gate.bundle(fileOf('one'), { createdAt }));
    expect(body.code).toBe('BUNDLE_STALE');
  });

  it('is a body that its digest does not fit', async () => {
    const headers = { 'content-digest': `sha-256=:${Buffer.alloc(32).toString('base64')}:` };
    const { status, body } = await gate.push(await gate.bundle(fileOf('one')), { headers });
    expect([status, body.code]).toEqual([400, 'ADMIN_DIGEST']);
  });

  it.each([
    '../a.yaml',
    '/etc/a.yaml',
    'a/../../b.yaml',
    'a//b.yaml',
    './a.yaml',
    'a\\b.yaml',
    'a\u0000.yaml',
    'a\u001b[2J.yaml',
    'a\u202eb.yaml',
    'a\ud800.yaml',
    '.hidden/a.yaml',
    'a_test.yaml',
    'a.txt',
    '',
  ])('is a file name such as %j', async (file) => {
    const { status, body } = await gate.push(await gate.bundle([{ file, text: '' }]));
    expect([status, body.code]).toEqual([400, 'BUNDLE_INVALID']);
  });

  it('is a file that is there twice, or another shape', async () => {
    const twice = await gate.push(await gate.bundle([...fileOf('one'), ...fileOf('two')]));
    expect(twice.body.code).toBe('BUNDLE_INVALID');
    const odd = await gate.push(await gate.bundle(fileOf('one'), { more: 1 } as object));
    expect(odd.body.code).toBe('BUNDLE_INVALID');
    const large = [{ file: 'a.yaml', text: `#${'x'.repeat(1_048_576)}` }];
    const tooLarge = await gate.push(await gate.bundle(large));
    expect([tooLarge.status, tooLarge.body.code]).toEqual([413, 'BUNDLE_TOO_LARGE']);
  });
});

describe('the revision that a change is for', () => {
  it.each([
    [undefined, 428, 'PRECONDITION_MISSING'],
    ['*', 428, 'PRECONDITION_MISSING'],
    ['none', 400, 'ADMIN_REQUEST'],
    ['W/"none"', 400, 'ADMIN_REQUEST'],
    ['"000000000000"', 412, 'PRECONDITION_FAILED'],
    ['"000000000000", "none"', 200, undefined],
  ])('must be named: If-Match %s', async (ifMatch, status, code) => {
    const authorization = `Bearer ${await gate.token('ci')}`;
    const response = await fetch(`${gate.url}/v1/policies`, {
      method: 'PUT',
      headers: {
        ...{ authorization, 'content-type': 'application/jose' },
        ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
      },
      body: await gate.bundle(fileOf('one')),
    });
    const body = (await response.json()) as { code?: string; message?: string };
    expect([response.status, body.code]).toEqual([status, code]);
    if (status === 412 || status === 428) expect(response.headers.get('etag')).toBe('"none"');
    if (status === 412) expect(body.message).toContain('"none"');
  });

  it('lets one of two pushes win that come at once, and tells the other', async () => {
    const bundles = [await gate.bundle(fileOf('one')), await gate.bundle(fileOf('two'))];
    const answers = await Promise.all(bundles.map((jws) => gate.push(jws, { ifMatch: '"none"' })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
    const winner = answers.find(({ status }) => status === 200)?.body.revision;
    expect(await gate.revision()).toBe(winner);
    const loser = answers.find(({ status }) => status === 412);
    expect(loser?.headers.get('etag')).toBe(`"${winner}"`);
  });
});

describe('going back', () => {
  it('puts an earlier revision in force, and only one that there is', async () => {
    const first = (await gate.push(await gate.bundle(fileOf('one')))).body.revision ?? '';
    const second = (await gate.push(await gate.bundle(fileOf('two')))).body.revision ?? '';
    const back = await gate.rollback(first);
    expect(back.body).toMatchObject({ revision: first, replaces: second, changed: true });
    expect(await ids()).toEqual(['one']);
    const { body } = await gate.send('vera', '/v1/policies/revisions');
    expect(body.revisions?.map(({ revision, current }) => [revision, current])).toEqual([
      [second, false],
      [first, true],
    ]);
    expect(gate.logged('policies rolled back by ci')).toHaveLength(1);
    expect((await gate.rollback('000000000000')).body.code).toBe('REVISION_UNKNOWN');
    expect((await gate.rollback(second, { ifMatch: `"${second}"` })).status).toBe(412);
    expect((await gate.rollback(second)).status).toBe(200);
  });

  it('is possible to as many revisions as are kept', async () => {
    for (const id of ['one', 'two', 'three', 'four']) {
      await gate.push(await gate.bundle(fileOf(id)));
    }
    const { body } = await gate.send('vera', '/v1/policies/revisions');
    expect(body.revisions).toHaveLength(3);
    const bundles = readdirSync(folder()).filter((name) => name.endsWith('.jws'));
    expect(bundles).toHaveLength(3);
  });
});

describe('what is on disk', () => {
  it('counts for nothing where a crash left it beside the mark', async () => {
    const { body } = await gate.push(await gate.bundle(fileOf('one')));
    // The state that a kill leaves between the writing of a bundle and that of the mark, and within both.
    writeFileSync(join(folder(), 'aaaaaaaaaaaa.jws'), await gate.bundle(fileOf('two')));
    writeFileSync(join(folder(), 'bbbbbbbbbbbb.jws.new'), 'half a bun');
    writeFileSync(join(folder(), 'state.json.new'), '{"version":1,"cur');
    await gate.restart();
    expect(await gate.revision()).toBe(body.revision);
    await gate.push(await gate.bundle(fileOf('three')));
    expect(readdirSync(folder()).filter((name) => /^[ab]{12}|new$/.test(name))).toEqual([]);
  });

  it.each([
    ['an altered bundle', (path: string) => writeFileSync(path, `${readFileSync(path)}x`)],
    ['a bundle cut short', (path: string) => writeFileSync(path, readFileSync(path).subarray(9))],
    ['no bundle', (path: string) => writeFileSync(path, '')],
  ])('lets nothing pass if it is %s, until a good one is pushed', async (_what, harm) => {
    const { body } = await gate.push(await gate.bundle(fileOf('one')));
    harm(join(folder(), `${body.revision}.jws`));
    await gate.restart();
    expect(await gate.revision()).toBe('none');
    expect(gate.logged('"level":"error"').at(-1)).toMatch(/BUNDLE_|POLICY_UNREADABLE/);
    expect((await gate.push(await gate.bundle(fileOf('two')))).status).toBe(200);
    expect(await ids()).toEqual(['two']);
  });

  it('lets nothing pass if another bundle was put in its place', async () => {
    const first = await gate.push(await gate.bundle(fileOf('one')));
    const second = await gate.push(await gate.bundle(fileOf('two')));
    const path = (revision = '') => join(folder(), `${revision}.jws`);
    writeFileSync(path(second.body.revision), readFileSync(path(first.body.revision)));
    await gate.restart();
    expect(await gate.revision()).toBe('none');
  });

  it('lets nothing pass if its key is no longer configured', async () => {
    await gate.push(await gate.bundle(fileOf('one')));
    const { jwk } = await newPushKey();
    await gate.restart({ policies: { pushed: { keys: [jwk] } } });
    expect(await gate.revision()).toBe('none');
    expect(gate.logged('BUNDLE_SIGNATURE')).toHaveLength(1);
  });
});

it('refuses pushes where policies come from a folder, which it shows all the same', async () => {
  writeFileSync(join(gate.folder, 'a.yaml'), fileOf('one')[0]?.text ?? '');
  await gate.restart({ policies: { directory: 'a.yaml' } });
  const { status, body } = await gate.push(await gate.bundle(fileOf('two')));
  expect([status, body.code]).toEqual([409, 'POLICY_SOURCE']);
  const revision = await gate.revision();
  expect(await ids()).toEqual(['one']);
  const files = await gate.send('vera', `/v1/policies/revisions/${revision}/files`);
  expect(files.body.files).toMatchObject(fileOf('one').map(({ text }) => ({ text })));
});

it('shows the commit that is in force where policies come from a Git repository', async () => {
  const remote = new GitRemote();
  try {
    const commit = remote.commit({ 'policies/a.yaml': fileOf('one')[0]?.text ?? '' });
    await gate.restart({ policies: { git: relative(gate.folder, remote.work) } });
    const { body } = await gate.send('vera', '/v1/policies');
    expect(body).toMatchObject({
      revision: commit.slice(0, 12),
      source: { kind: 'git', ref: 'main', path: 'policies', commit },
      files: [{ file: 'policies/a.yaml' }],
    });
    const { body: listed } = await gate.send('vera', '/v1/policies/revisions');
    expect(listed.revisions).toMatchObject([
      { revision: commit.slice(0, 12), current: true, commit },
    ]);
  } finally {
    remote.remove();
  }
});
