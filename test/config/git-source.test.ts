import { execFileSync } from 'node:child_process';
import {
  existsSync,
  readdirSync,
  renameSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { withoutPassword } from '../../src/config/git/git-command.ts';
import { GitOrigin, type GitOriginOptions, pauseAfter } from '../../src/config/git/git-origin.ts';
import { policyFileLimits } from '../../src/config/policy-files.ts';
import { LivePolicies } from '../../src/config/reload.ts';
import type { Log } from '../../src/model/seams.ts';
import { GitRemote } from './git-remote.ts';

const head = 'apiVersion: sallyport/v1\nrules:\n';
const rule = (id: string, then = 'allow') =>
  `  - { id: ${id}, on: { tools: [x] }, then: ${then} }\n`;
const one = head + rule('one');
const two = head + rule('one') + rule('two');

let remote: GitRemote;
let logged: { readonly level: string; readonly message: string; readonly [key: string]: unknown }[];
const log: Log = Object.fromEntries(
  ['info', 'warn', 'error', 'debug'].map((level) => [
    level,
    (fields: object, message: string) => void logged.push({ level, message, ...fields }),
  ]),
) as unknown as Log;

beforeEach(() => {
  remote = new GitRemote();
  logged = [];
});
afterEach(() => remote.remove());

function origin(options: Partial<GitOriginOptions> = {}): GitOrigin {
  return new GitOrigin({
    ...{ git: remote.url, ref: 'main', path: 'policies', every: 60_000 },
    mirror: join(remote.folder, 'mirror.git'),
    ...options,
  });
}
const live = (options: Partial<GitOriginOptions> = {}) => new LivePolicies(origin(options), log);
const rules = (policies: LivePolicies) => policies.snapshot.policies?.rules.map(({ id }) => id);
const errors = () => logged.filter(({ level }) => level === 'error');

describe('policies in a Git repository', () => {
  it('have the commit as their revision, in short in the snapshot and whole in their source', async () => {
    const commit = remote.commit({ 'policies/a.yaml': one, 'README.md': '# not a policy' });
    const policies = live();
    await policies.load();
    expect(rules(policies)).toEqual(['one']);
    expect(policies.snapshot.revision).toBe(commit.slice(0, 12));
    expect(policies.inForce?.reading.source).toMatchObject({ kind: 'git', ref: 'main', commit });
    expect(logged).toMatchObject([{ message: 'policies loaded', commit }]);
  });

  it('are the files of the folder and its sub-folders, without hidden ones, backups and tests', async () => {
    remote.commit({
      'policies/b.yaml': head + rule('b'),
      'policies/sub/a.json': JSON.stringify({ apiVersion: 'sallyport/v1', rules: [] }),
      'policies/a_test.yaml': 'not read',
      'policies/.hidden/x.yaml': 'not read',
      'policies/x.yaml~': 'not read',
      'policies/notes.txt': 'not read',
      'other/c.yaml': 'not read',
    });
    const { files } = await origin().read();
    expect(files.map(({ file }) => file)).toEqual(['policies/b.yaml', 'policies/sub/a.json']);
  });

  it('may be the whole repository, a tag, or one commit', async () => {
    const first = remote.commit({ 'a.yaml': one });
    remote.git('tag', '-a', 'v1', '-m', 'v1');
    remote.commit({ 'a.yaml': two });
    const text = async (options: Partial<GitOriginOptions>) =>
      (await origin({ path: '.', ...options }).read()).files[0];
    expect(await text({})).toEqual({ file: 'a.yaml', text: two });
    expect(await text({ ref: 'v1' })).toEqual({ file: 'a.yaml', text: one });
    expect(await text({ ref: first })).toEqual({ file: 'a.yaml', text: one });
    expect(await text({ path: './', git: remote.work })).toEqual({ file: 'a.yaml', text: two });
  });

  it('never are those of a tag that somebody calls like the branch', async () => {
    const good = remote.commit({ 'policies/a.yaml': one });
    const policies = live();
    await policies.load();
    remote.git('checkout', '-q', '--orphan', 'evil');
    const evil = remote.commit({ 'policies/a.yaml': two });
    remote.git('tag', 'main', evil);
    remote.git('update-ref', 'refs/main', evil);
    await policies.look();
    expect(policies.snapshot.revision).toBe(good.slice(0, 12));
    expect(errors()).toMatchObject([{ cause: expect.stringContaining('a branch and a tag main') }]);
    expect((await origin({ ref: 'refs/heads/main' }).read()).revision).toBe(good.slice(0, 12));
    remote.git('tag', '-d', 'main');
    expect((await origin().read()).revision).toBe(good.slice(0, 12));
  });

  it('follow the branch, also back to an older commit and to another history', async () => {
    const first = remote.commit({ 'policies/a.yaml': one });
    const policies = live();
    await policies.load();
    const changes = vi.fn();
    policies.onChange(changes);
    const second = remote.commit({ 'policies/a.yaml': two });
    await policies.look();
    expect(policies.snapshot.revision).toBe(second.slice(0, 12));
    expect(rules(policies)).toEqual(['one', 'two']);

    remote.git('reset', '-q', '--hard', first);
    await policies.look();
    expect(policies.snapshot.revision).toBe(first.slice(0, 12));

    remote.git('checkout', '-q', '--orphan', 'other');
    const third = remote.commit({ 'policies/a.yaml': head + rule('three') });
    remote.git('branch', '-q', '-M', 'other', 'main');
    await policies.look();
    expect(policies.snapshot.revision).toBe(third.slice(0, 12));
    expect(rules(policies)).toEqual(['three']);
    expect(changes).toHaveBeenCalledTimes(3);
    expect(errors()).toEqual([]);
  });

  it('show a commit that changes other files as the revision, and tell no client of it', async () => {
    remote.commit({ 'policies/a.yaml': one });
    const policies = live();
    await policies.load();
    const changes = vi.fn();
    policies.onChange(changes);
    const next = remote.commit({ 'README.md': 'more' });
    await policies.look();
    expect(policies.snapshot.revision).toBe(next.slice(0, 12));
    expect(changes).not.toHaveBeenCalled();
  });

  it('stay in force where a commit has errors, which are told with their place', async () => {
    const good = remote.commit({ 'policies/a.yaml': one });
    const policies = live();
    await policies.load();
    remote.commit({ 'policies/a.yaml': head + rule('one', 'alow') });
    await policies.look();
    await policies.look();
    expect(policies.snapshot.revision).toBe(good.slice(0, 12));
    expect(errors()).toMatchObject([
      {
        code: 'POLICY_INVALID',
        problems: [expect.stringMatching(/^policies\/a\.yaml:3:\d+ error POLICY_UNKNOWN_VALUE/)],
      },
    ]);
  });

  it('are read whole, whatever is pushed meanwhile', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 40 }, (_, n) => [`policies/r${n}.yaml`, head + rule(`r${n}-0`)]),
    );
    remote.commit(files);
    const source = origin();
    for (let round = 1; round < 6; round++) {
      const reading = source.read();
      for (const n of Object.keys(files).keys()) {
        files[`policies/r${n}.yaml`] = head + rule(`r${n}-${round}`);
      }
      remote.commit(files);
      const rounds = new Set((await reading).files.map(({ text }) => /r\d+-(\d)/.exec(text)?.[1]));
      expect(rounds.size).toBe(1);
    }
  });
});

describe('what cannot be read', () => {
  it('is logged once for each cause, and leaves the running policies in force', async () => {
    const first = remote.commit({ 'policies/a.yaml': one });
    remote.git('branch', 'release');
    const policies = live({ ref: 'release' });
    await policies.load();
    remote.git('branch', '-q', '-D', 'release');
    await policies.look();
    await policies.look();
    expect(errors()).toMatchObject([{ code: 'POLICY_UNREADABLE', revision: first.slice(0, 12) }]);
    expect(String(errors()[0]?.cause)).toContain('release');
    renameSync(remote.work, `${remote.work}-away`);
    await policies.look();
    await policies.look();
    expect(errors()).toHaveLength(2);
    expect(rules(policies)).toEqual(['one']);

    renameSync(`${remote.work}-away`, remote.work);
    remote.git('branch', 'release');
    await policies.look();
    expect(logged.at(-1)).toMatchObject({ message: 'the policies are as before again' });
  });

  it.each([
    [0, 60_000, 60_000],
    [1, 60_000, 120_000],
    [3, 60_000, 480_000],
    [4, 60_000, 600_000],
    [1_000, 60_000, 600_000],
    [5, 3_600_000, 3_600_000],
  ])('is asked for less often after %i failures', (failures, every, pause) => {
    expect(pauseAfter(failures, every)).toBe(pause);
  });

  it('is asked for again and again, until that is stopped', async () => {
    const source = origin({ every: 5, git: `file://${remote.folder}/nowhere` });
    let looks = 0;
    const stop = source.watch(async () => {
      looks++;
      await source.read().catch(() => undefined);
    });
    await vi.waitFor(() => expect(looks).toBeGreaterThan(2), { timeout: 15_000 });
    stop();
  });

  it('keeps the gate from starting where nothing was ever fetched', async () => {
    const policies = live({ git: `file://${remote.folder}/nowhere` });
    await expect(policies.load()).rejects.toMatchObject({ code: 'POLICY_UNREADABLE' });
    expect(policies.snapshot.policies).toBeUndefined();
  });

  it('does not keep it from starting with what was in force before, be the network away or the commit bad', async () => {
    const good = remote.commit({ 'policies/a.yaml': one });
    await live().load();
    remote.commit({ 'policies/a.yaml': 'rules: [' });
    const restarted = live();
    await restarted.load();
    expect(restarted.snapshot.revision).toBe(good.slice(0, 12));
    renameSync(remote.work, `${remote.work}-away`);
    const again = live();
    await again.load();
    expect(again.snapshot.revision).toBe(good.slice(0, 12));
    expect(errors()).toMatchObject([{ code: 'POLICY_INVALID' }, { code: 'POLICY_UNREADABLE' }]);
    // What another repository or branch had in force is none of its business.
    await expect(live({ ref: 'other' }).load()).rejects.toMatchObject({
      code: 'POLICY_UNREADABLE',
    });
  });

  it('is a folder that the commit lacks, or a file', async () => {
    remote.commit({ 'policies/a.yaml': one });
    for (const path of ['nowhere', 'policies/a.yaml']) {
      await expect(origin({ path }).read()).rejects.toMatchObject({
        code: 'POLICY_UNREADABLE',
        message: expect.stringContaining(`no folder ${path}`),
      });
    }
  });

  it('ends with the time that it may take', async () => {
    const server: Server = createServer(() => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const git = `http://user:s3cret@127.0.0.1:${port}/repo.git`;
    try {
      const reading = origin({ git, timeout: 400 }).read();
      const error = await reading.catch((thrown: Error) => thrown);
      expect(String(error)).toMatch(/took longer than 0\.4 s/);
      expect(String(error)).not.toContain('s3cret');
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});

describe('what a commit may not have', () => {
  const id = (text: string) => {
    const options = { input: text, encoding: 'utf8' } as const;
    return execFileSync('git', ['-C', remote.work, 'hash-object', '-w', '--stdin'], options).trim();
  };
  const refused = async (why: RegExp) => {
    await expect(origin().read()).rejects.toMatchObject({
      code: 'POLICY_UNREADABLE',
      message: expect.stringMatching(why),
    });
  };

  it('a symbolic link, to a file or a folder', async () => {
    remote.commit({ 'policies/a.yaml': one, 'block.yaml': two });
    symlinkSync('../block.yaml', join(remote.work, 'policies/block.yaml'));
    remote.commit();
    await refused(/policies|block\.yaml is a symbolic link/);
    remote.git('rm', '-q', 'policies/block.yaml');
    symlinkSync('/etc', join(remote.work, 'policies/more'));
    remote.commit();
    await refused(/more is a symbolic link/);
  });

  it('a submodule', async () => {
    const commit = remote.commit({ 'policies/a.yaml': one });
    remote.git('update-index', '--add', '--cacheinfo', `160000,${commit},policies/sub`);
    remote.git('commit', '-q', '-m', 'submodule');
    await refused(/sub is a submodule/);
  });

  it('names that lead elsewhere or steer a terminal', async () => {
    remote.commitTree([`100644 blob ${id(one)}\ta\u001b[2J.yaml`]);
    await refused(/the name "a\\u001b\[2J\.yaml" cannot be that of a file/);
    remote.commitTree([`100644 blob ${id(one)}\ta\u202eb.yaml`]);
    await refused(/cannot be that of a file/);
    const inner = execFileSync('git', ['-C', remote.work, 'mktree', '-z'], {
      ...{ input: `100644 blob ${id(one)}\ta.yaml\0`, encoding: 'utf8' },
    }).trim();
    remote.commitTree([`040000 tree ${inner}\t..`]);
    await refused(/the name "\.\.\/a\.yaml" cannot be/);
  });

  it('more files, or larger ones, than a folder may have', async () => {
    const text = id('# empty\n');
    const many = Array.from({ length: policyFileLimits.files + 1 }, (_, n) => {
      return `100644 blob ${text}\tf${n}.yaml`;
    });
    remote.commitTree(many);
    await refused(/more than 2000 policies/);
    remote.git('reset', '-q', '--hard');
    remote.commit({ 'policies/large.yaml': `# ${'x'.repeat(1_048_576)}` });
    await refused(/large\.yaml is larger than 1048576 bytes/);
  });
});

describe('git', () => {
  it('runs nothing that a repository or the local copy brings, and leaves no work tree', async () => {
    remote.commit({ 'policies/a.yaml': one, '.gitattributes': '* filter=evil' });
    await origin().read();
    const mirror = join(remote.folder, 'mirror.git');
    const ran = join(remote.folder, 'ran');
    for (const hook of ['post-fetch', 'reference-transaction', 'post-checkout', 'pre-auto-gc']) {
      const path = join(mirror, 'hooks', hook);
      execFileSync('mkdir', ['-p', join(mirror, 'hooks')]);
      writeFileSync(path, `#!/bin/sh\ntouch ${ran}\n`, { mode: 0o755 });
    }
    remote.commit({ 'policies/a.yaml': two });
    await origin().read();
    expect(existsSync(ran)).toBe(false);
    expect(existsSync(join(mirror, 'policies'))).toBe(false);
  });

  it.each(['shallow.lock', 'config.lock', 'fetched.lock', 'objects/pack/tmp_pack_x'])(
    'is not stopped by what one that was killed has left: %s',
    async (name) => {
      remote.commit({ 'policies/a.yaml': one });
      await origin().read();
      const mirror = join(remote.folder, 'mirror.git');
      const refs = join(mirror, 'refs/sallyport');
      const left = name.startsWith('fetched') ? join(refs, readdirSync(refs)[0] ?? '', name) : join(mirror, name); // biome-ignore format: one line says it
      writeFileSync(left, '');
      const long = new Date(Date.now() - 700_000);
      utimesSync(left, long, long);
      const next = remote.commit({ 'policies/a.yaml': two });
      expect((await origin().read()).revision).toBe(next.slice(0, 12));
      expect(existsSync(left)).toBe(false);
    },
  );

  it('is reached by the ssh that the gate is told to use', async () => {
    const ran = join(remote.folder, 'ran');
    const ssh = join(remote.folder, 'ssh');
    writeFileSync(ssh, `#!/bin/sh\ntouch ${ran}\nexit 1\n`, { mode: 0o755 });
    vi.stubEnv('GIT_SSH', ssh);
    await expect(origin({ git: 'ssh://host.test/x' }).read()).rejects.toMatchObject({
      code: 'POLICY_UNREADABLE',
    });
    vi.unstubAllEnvs();
    expect(existsSync(ran)).toBe(true);
  });

  it('reaches nothing by protocols that run programs or prove nothing', async () => {
    const ran = join(remote.folder, 'ran');
    for (const git of [`ext::touch ${ran}`, 'git://127.0.0.1/x', 'http://127.0.0.1:1/x']) {
      await expect(origin({ git }).read()).rejects.toMatchObject({ code: 'POLICY_UNREADABLE' });
    }
    expect(existsSync(ran)).toBe(false);
  });

  it('sends the Authorization header to its URL', async () => {
    const seen: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(403).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const git = `http://127.0.0.1:${(server.address() as AddressInfo).port}/repo.git`;
    const reading = origin({ git, authorization: 'Basic c2VjcmV0' }).read();
    const error = await reading.catch((thrown: Error) => thrown);
    server.close();
    expect(seen).toContain('Basic c2VjcmV0');
    expect(String(error)).not.toContain('c2VjcmV0');
  });

  it.each([
    ['https://user:pass@host/x', 'https://***@host/x'],
    ['https://user:p@ss@host/x', 'https://***@host/x'],
    ['https://token@host/x', 'https://***@host/x'],
    ['ssh://git:pass@host/x', 'ssh://git:***@host/x'],
    ['ssh://git@host/x', 'ssh://git@host/x'],
    ["unable to access 'https://a:b@h/'", "unable to access 'https://***@h/'"],
  ])('is quoted without secrets: %s', (text, expected) => {
    expect(withoutPassword(text)).toBe(expected);
  });
});
