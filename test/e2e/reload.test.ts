import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { textOf } from './fixtures/agent.ts';
import { answerOf, RawAgent } from './fixtures/raw-agent.ts';
import { Upstream } from './fixtures/upstream.ts';
import { waitingServer } from './fixtures/waiting-server.ts';
import { type RunningGate, startGate } from './support/gate.ts';

const head = 'apiVersion: sallyport/v1\nrules:\n';
const rule = (id: string, tool: string, then: string) =>
  `  - id: ${id}\n    on: { tools: [${tool}] }\n    then: ${then}\n`;
const open = head + rule('all', '"*"', 'allow');
const closed = `${open}${rule('not-this', 'echo', 'block')}`;
const block = head + rule('not-this', 'echo', 'block');

let own: Upstream;
let gate: RunningGate;
let agent: RawAgent;
let policies: string;
/** Lets each running call of `wait` end with a text. */
let release: ((text: string) => void)[];

beforeAll(async () => {
  own = await Upstream.start(() => waitingServer((end) => release.push(end)));
});
beforeEach(async () => {
  release = [];
  gate = await startGate({ upstreams: { own: { url: own.url } }, policies: open });
  policies = join(gate.folder, 'policies');
  agent = await RawAgent.begin(gate.endpoint('own'), await gate.token('ana', 'own'));
  expect(await acts()).toBe(true);
});
afterEach(() => gate?.stop());
afterAll(() => own?.stop());

let calls = 0;
/** True where the one session that all the test has may call the tool. */
async function acts(): Promise<boolean> {
  const { result } = await answerOf(await agent.call('echo', { text: 'done' }, ++calls));
  const text = textOf(result);
  if (text === 'done') return true;
  expect(text).toMatch(/^Blocked by policy/);
  return false;
}

async function comesTo(acting: boolean): Promise<void> {
  await vi.waitFor(async () => expect(await acts()).toBe(acting), {
    timeout: 10_000,
    interval: 30,
  });
}

const logged = (text: string) => gate.log.filter((line) => line.includes(text));

describe('a live session sees on its next message', () => {
  it('a file that was written over', async () => {
    gate.writePolicy('default.yaml', closed);
    await comesTo(false);
    gate.writePolicy('default.yaml', open);
    await comesTo(true);
  });

  it('a file that an editor wrote beside and renamed', async () => {
    for (const [text, acting] of [[closed, false] as const, [open, true] as const]) {
      writeFileSync(join(policies, '.default.yaml.swp'), text);
      renameSync(join(policies, '.default.yaml.swp'), join(policies, 'default.yaml'));
      await comesTo(acting);
    }
  });

  it('a file that came, in a folder that came, and that it has gone', async () => {
    gate.writePolicy('team/block.yaml', block);
    await comesTo(false);
    unlinkSync(join(policies, 'team/block.yaml'));
    await comesTo(true);
  });

  it('the swap of links that Kubernetes makes for a ConfigMap', async () => {
    const swapTo = (name: string, text: string) => {
      mkdirSync(join(policies, `..${name}`));
      writeFileSync(join(policies, `..${name}`, 'default.yaml'), text);
      symlinkSync(`..${name}`, join(policies, '..data_tmp'));
      renameSync(join(policies, '..data_tmp'), join(policies, '..data'));
    };
    swapTo('2026_01', open);
    unlinkSync(join(policies, 'default.yaml'));
    symlinkSync('..data/default.yaml', join(policies, 'default.yaml'));
    await comesTo(true);
    swapTo('2026_02', closed);
    rmSync(join(policies, '..2026_01'), { recursive: true });
    await comesTo(false);
    swapTo('2026_03', open);
    rmSync(join(policies, '..2026_02'), { recursive: true });
    await comesTo(true);
  });

  it('the swap of a link that the folder itself is', async () => {
    const other = (name: string) => join(gate.folder, name);
    for (const [name, text, acting] of [
      ['one', closed, false],
      ['two', open, true],
    ] as const) {
      mkdirSync(other(name));
      writeFileSync(join(other(name), 'default.yaml'), text);
      symlinkSync(name, other('link'));
      rmSync(policies, { recursive: true });
      renameSync(other('link'), policies);
      await comesTo(acting);
    }
  });

  it('several files that git checks out', async () => {
    const git = (...args: string[]) =>
      execFileSync('git', ['-C', policies, '-c', 'user.name=t', '-c', 'user.email=t@t', ...args]);
    git('init', '-q', '-b', 'main');
    const commit = (name: string) => {
      git('add', '-A');
      git('commit', '-q', '--no-gpg-sign', '-m', name);
    };
    commit('open');
    git('switch', '-q', '-c', 'next');
    gate.writePolicy('default.yaml', `${open}# the next one\n`);
    gate.writePolicy('block.yaml', block);
    gate.writePolicy('team/more.yaml', head + rule('more', 'other', 'allow'));
    commit('closed');
    await comesTo(false);
    git('switch', '-q', 'main');
    await comesTo(true);
    git('merge', '-q', '--ff-only', 'next');
    await comesTo(false);
    expect(readdirSync(policies).sort()).toEqual(['.git', 'block.yaml', 'default.yaml', 'team']);
  });

  it('a folder that was put in the place of another', async () => {
    const next = join(gate.folder, 'next');
    mkdirSync(next);
    writeFileSync(join(next, 'default.yaml'), closed);
    renameSync(policies, join(gate.folder, 'old'));
    renameSync(next, policies);
    await comesTo(false);
    gate.writePolicy('default.yaml', open);
    await comesTo(true);
  });
});

describe('what has errors', () => {
  it('leaves the running policy in force, and every error is logged with its place', async () => {
    gate.writePolicy('default.yaml', closed);
    await comesTo(false);
    const broken = `${open}${rule('b', 'echo', 'alow')}    wen: { args.x: present }\n`;
    gate.writePolicy('default.yaml', broken);
    await vi.waitFor(() => expect(logged('POLICY_INVALID')).toHaveLength(1), { timeout: 5_000 });
    const told: string[] = JSON.parse(logged('POLICY_INVALID')[0] ?? '{}').problems;
    const problems = told.filter((line) => line.includes(' error '));
    const place = 'policies/default.yaml';
    expect(problems).toEqual([
      expect.stringMatching(`/${place}:8:11 error POLICY_UNKNOWN_VALUE .*"alow".*"allow"`),
      expect.stringMatching(`/${place}:9:5 error POLICY_UNKNOWN_KEY .*"wen".*"when"`),
    ]);
    expect(await acts()).toBe(false);

    gate.writePolicy('default.yaml', open);
    await comesTo(true);
    expect(logged('POLICY_INVALID')).toHaveLength(1);
  });

  it('leaves it in force where one of many files can not be read', async () => {
    gate.writePolicy('default.yaml', closed);
    await comesTo(false);
    symlinkSync('nowhere.yaml', join(policies, 'gone.yaml'));
    await vi.waitFor(() => expect(logged('POLICY_UNREADABLE')).toHaveLength(1), { timeout: 5_000 });
    gate.writePolicy('default.yaml', open);
    await wait(300);
    expect(await acts()).toBe(false);
    unlinkSync(join(policies, 'gone.yaml'));
    await comesTo(true);
  });

  it('leaves it in force where the whole folder has gone, until it is back', async () => {
    renameSync(policies, join(gate.folder, 'away'));
    await vi.waitFor(() => expect(logged('POLICY_UNREADABLE')).toHaveLength(1), { timeout: 5_000 });
    expect(await acts()).toBe(true);
    mkdirSync(policies);
    gate.writePolicy('default.yaml', closed);
    await comesTo(false);
  });

  it('is not what an empty folder has: that blocks everything', async () => {
    unlinkSync(join(policies, 'default.yaml'));
    await comesTo(false);
    gate.writePolicy('default.yaml', open);
    await comesTo(true);
  });
});

it('never takes a file over that is being written', async () => {
  const lines = [
    ...head.trimEnd().split('\n'),
    ...Array.from({ length: 40 }, (_, n) => rule(`r${n}`, 'echo', n === 39 ? 'block' : 'allow')),
  ];
  const before = logged('policies reloaded').length;
  const path = join(policies, 'default.yaml');
  writeFileSync(path, '');
  for (const line of lines) {
    appendFileSync(path, `${line.trimEnd()}\n`);
    await wait(4);
  }
  await comesTo(false);
  const taken = logged('policies reloaded').slice(before);
  expect(taken).toHaveLength(1);
  expect(taken[0]).toContain('"rules":40');
  expect(logged('"level":"error"')).toEqual([]);
});

it('lets no call through that began after a block was taken over, however many run', async () => {
  const agents = await Promise.all(
    Array.from({ length: 6 }, async () =>
      RawAgent.begin(gate.endpoint('own'), await gate.token('ana', 'own')),
    ),
  );
  let [passed, refused] = [0, 0];
  const late: string[] = [];
  const hammer = async (one: RawAgent) => {
    for (let id = 1; refused < 100; id++) {
      const blocked = logged('policies reloaded').length > 0;
      const text = textOf((await answerOf(await one.call('echo', { text: 'done' }, id))).result);
      if (text === 'done') passed++;
      else refused++;
      if (blocked && text === 'done') late.push(text);
    }
  };
  const hammering = Promise.all(agents.map(hammer));
  await vi.waitFor(() => expect(passed).toBeGreaterThan(20));
  gate.writePolicy('default.yaml', closed);
  await hammering;
  expect(late).toEqual([]);
});

it('ends a call under the policy that it began with', async () => {
  const call = agent.call('wait', {}, 'long');
  await vi.waitFor(() => expect(release).toHaveLength(1));
  gate.writePolicy('default.yaml', head + rule('nothing', '"*"', 'block'));
  await comesTo(false);
  release[0]?.('done');
  expect(textOf((await answerOf(await call)).result)).toBe('done');
});
