import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Playback } from '../../src/cli/replay/show/playback.ts';
import { tellStep } from '../../src/cli/replay/show/told-step.ts';
import { replay } from '../../src/cli/replay.ts';
import type { TranscriptBatch, TranscriptEvent } from '../../src/model/transcript.ts';
import { SqliteStore } from '../../src/store/sqlite/store.ts';
import { called, recordAnew, recorded, START } from '../support/recorded.ts';
import { Folder, type Ran, run } from './terminal.ts';

/** Clears a screen, ends an element, runs a script, turns text round. */
const HOSTILE = '\x1b[2J</pre><script>alert(1)</script><img src=x onerror=y>\u202e"\'&';
const mail = '[redacted:email]';
const mask = {
  masks: [{ rule: 'hide', what: 'email', with: 'redact', count: 1, places: ['content[0].text'] }],
  places: ['result.content[0].text', 'result.structuredContent.rows[1].mail'],
};
const answer = (text: string) => ({
  ...{ jsonrpc: '2.0', id: 1 },
  result: {
    content: [{ type: 'text', text }],
    structuredContent: { rows: [{ mail: 'none' }, { mail }] },
  },
});
const steps = (text: string): Omit<TranscriptEvent, 'exchange' | 'seq' | 'at' | 'revision'>[] => [
  { kind: 'decided', detail: { effect: 'allow', rule: 'may-read', reason: 'Everybody reads.' } },
  { kind: 'forwarded' },
  { kind: 'masked', detail: mask },
  { kind: 'answered', payload: JSON.stringify(answer(text)) },
];

let folder: Folder;
const ids: string[] = [];
beforeAll(async () => {
  recordAnew();
  folder = new Folder();
  const path = join(folder.path, 't.db');
  const store = await SqliteStore.open({ path, durability: 'process' });
  const samples = [
    called('query', { sql: 'select 1' }, { steps: steps(`first line\nsecond of ${mail}`) }),
    recorded({ method: 'tools/list', steps: [{ kind: 'answered', payload: '{"result":{}}' }] }),
    called('drop', { table: HOSTILE }, { ...blocked, agent: HOSTILE }),
    called('query', {}, { steps: steps(HOSTILE), session: 's2', upstream: 'files' }),
  ];
  for (const { record, events } of samples) {
    ids.push(record.id);
    const { id, openedAt, outcome, effect, rule, identity: _, ...head } = record;
    const closed = { id, closedAt: openedAt + 12, outcome };
    const decided = { ...(effect && { effect }), ...(rule && { rule }) };
    const batch = {
      opened: [{ id, openedAt, ...head }],
      events,
      closed: [{ ...closed, ...decided }],
    };
    await store.append(batch as TranscriptBatch);
  }
  await store.close();
});
afterAll(() => folder.remove());

const blocked: NonNullable<Parameters<typeof called>[2]> = {
  ...{ outcome: 'blocked', effect: 'block', rule: 'no-drop' },
  steps: [
    { kind: 'decided', detail: { effect: 'block', rule: 'no-drop', reason: 'Never.' } },
    { kind: 'blocked', detail: { reason: 'Never.' }, payload: JSON.stringify(answer('Blocked.')) },
  ],
};

const show = (...args: string[]): Promise<Ran> =>
  run(replay, folder.path, 'show', '--db', 't.db', ...args);

describe('sallyport replay show', () => {
  it('tells an exchange: who, when, each step with its way, what was masked', async () => {
    const { code, out } = await show(ids[0] ?? '');
    expect(code).toBe(0);
    const [, clock] = new Date(START + 1_000).toISOString().split('T');
    for (const text of [
      'who       ana',
      'agent     agent/1',
      '#1 tools/call query at db: answered after 12 ms',
      clock?.slice(0, 8) ?? '',
      'client → gate       tools/call query',
      'sql: select 1',
      '+1.0 ms  gate                allow by may-read: Everybody reads.',
      'gate → upstream     goes on',
      'masks email, redact, 1 time by hide: content[0].text',
      'upstream → client   answers',
      '| second of [redacted:email]',
      'masked in 1 exchange: email 1',
    ]) {
      expect(out).toContain(text);
    }
  });

  it('takes the end of an id', async () => {
    expect((await show((ids[0] ?? '').slice(-4))).out).toContain('tools/call query');
  });

  it('tells a session, with the time between its exchanges', async () => {
    const { code, out } = await show('s1');
    expect(code).toBe(0);
    expect(out.match(/^#\d .*$/gm)).toEqual([
      '#1 tools/call query at db: answered after 12 ms',
      '#2 tools/list at db: answered after 12 ms',
      '#3 tools/call drop at db: blocked after 12 ms',
    ]);
    expect(out).toContain('+996 ms  client → gate       tools/list');
    expect((await show('--target', 'query')).out).toContain('· · · 2.9 s later');
    expect(out).toContain('3 exchanges in 10 steps: 2 answered, 1 blocked');
    expect(out).toContain('blocked by rules: no-drop 1');
  });

  it('tells the whole session of an exchange, and what fits filters', async () => {
    const whole = await show(ids[2] ?? '', '--whole');
    expect(whole.out).toBe((await show('s1')).out);
    const filtered = await show('--session', 's1', '--outcome', 'blocked');
    expect(filtered.out.match(/^#\d .*$/gm)).toEqual([
      '#1 tools/call drop at db: blocked after 12 ms',
    ]);
    const later = new Date(START + 3_500).toISOString();
    expect((await show('--since', later)).out.match(/^#\d .*$/gm)).toHaveLength(1);
  });

  it('prints nothing that a terminal obeys', async () => {
    const { out } = await show('--since', '2020-01-01', '--full');
    expect(out).toContain('\\x1b[2J');
    expect(out).toContain('\\u202e');
    expect(out.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it('prints a JSON object for each step, the exchange with its first', async () => {
    const { out } = await show(ids[0] ?? '', '--json');
    const lines = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toHaveLength(5);
    expect(lines[0]).toMatchObject({
      number: 1,
      from: 'client',
      to: 'gate',
      record: { id: ids[0] },
    });
    expect(lines[1]).toMatchObject({ kind: 'decided', gap: 1, tone: 'plain' });
    expect(lines[1].record).toBeUndefined();
    expect(lines[4]).toMatchObject({
      payload: { result: { content: [{ type: 'text' }] } },
      masked: [
        ['result', 'content', 0, 'text'],
        ['result', 'structuredContent', 'rows', 1, 'mail'],
      ],
    });
  });

  it.each<[string, readonly string[]]>([
    ['is said which', []],
    ['is shown in one way', ['s1', '--json', '--html', 'x.html']],
    ['is played quicker than not at all', ['s1', '--speed', '0']],
    ['has pauses that are spans', ['s1', '--speed', '1', '--longest', 'long']],
    ['has longest pauses where it has any', ['s1', '--longest', '3s']],
    ['is one exchange, or what fits', ['0001', '--sub', 'ana']],
    ['has a reason where originals are looked at', ['s1', '--reason', 'audit']],
  ])('is used wrongly unless it %s', async (_name, args) => {
    await expect(show(...args)).rejects.toMatchObject({ code: 'USAGE' });
  });

  it('says where there is nothing to show', async () => {
    const unknown = await show('nobody');
    expect([unknown.code, unknown.out]).toEqual([1, '']);
    expect(unknown.err).toContain('neither an exchange nor a session has the id "nobody"');
    expect((await show('--sub', 'nobody')).code).toBe(1);
  });

  it('does not show originals without a key', async () => {
    await expect(show(ids[0] ?? '', '--originals')).rejects.toMatchObject({
      code: 'TRANSCRIPT_KEY',
    });
  });
});

describe('sallyport replay show --speed', () => {
  it('prints the same steps, and how an exchange ends once it has', async () => {
    const { out } = await show('s1', '--speed', '1000000');
    expect(out).toContain('#1 tools/call query at db\n');
    expect(out).toContain('#1 answered after 12 ms');
    const stepsOf = (text: string) => text.match(/^.*(?:client|gate|upstream) .*$/gm)?.length;
    expect(stepsOf(out)).toBe(stepsOf((await show('s1')).out));
  });

  const signal = new AbortController().signal;
  it('waits as long as it took, at its speed, and no longer than it may', async () => {
    let now = 0;
    // Each look at the clock comes ten milliseconds after the one before.
    const clock = () => {
      now += 10;
      return now;
    };
    const playback = new Playback({ speed: 2, longest: 15, signal, now: clock });
    expect(await playback.wait(1_000_000)).toBe(true);
    // Thirty milliseconds of what happened, twenty for each look.
    expect(now).toBe(40);
  });

  it('goes on with n, stops and goes on with a space, and ends with q', async () => {
    const playback = new Playback({ speed: 1, signal });
    const skipped = playback.wait(1e9);
    playback.press('n');
    expect(await skipped).toBe(true);
    playback.press(' ');
    expect(playback.paused).toBe(true);
    let over = false;
    const paused = playback.wait(0).then(() => {
      over = true;
    });
    await Promise.resolve();
    expect(over).toBe(false);
    playback.press(' ');
    await paused;
    playback.press('+');
    expect(playback.speed).toBe(2);
    const ended = playback.wait(1e9);
    playback.press('q');
    expect(await ended).toBe(false);
  });

  it('ends with the signal that ends the verb', async () => {
    const controller = new AbortController();
    const waiting = new Playback({ speed: 1, signal: controller.signal }).wait(1e9);
    controller.abort();
    expect(await waiting).toBe(false);
  });
});

describe('sallyport replay show --html', () => {
  let page: string;
  beforeAll(async () => {
    const { code } = await show('--since', '2020-01-01', '--html', 'page.html');
    expect(code).toBe(0);
    page = readFileSync(join(folder.path, 'page.html'), 'utf8');
  });

  it('runs nothing, loads nothing and sends nothing: its policy allows its own style alone', () => {
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1];
    const style = /<style>([\s\S]*?)<\/style>/.exec(page)?.[1] ?? '';
    const digest = createHash('sha256').update(style).digest('base64');
    expect(policy).toBe(
      `default-src 'none'; style-src &#39;sha256-${digest}&#39;; base-uri 'none'; form-action 'none'`.replaceAll(
        "'",
        '&#39;',
      ),
    );
    expect(page).not.toMatch(/<(?:script|img|link|iframe|object|form)\b/i);
    expect(page).not.toMatch(/\s(?:on\w+|style|src)\s*=\s*"/i);
    expect(page.match(/href="([^"]*)"/g)?.every((link) => link.startsWith('href="#'))).not.toBe(
      false,
    );
  });

  it('shows what upstreams and clients say as text, whatever it looks like', () => {
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(page).toContain('\\x1b[2J');
    expect(page).toContain('\\u202e');
    expect(page.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it('marks what masks have changed, and nothing else', () => {
    expect(page).toContain('<mark>first line\nsecond of [redacted:email]</mark>');
    expect(page).toContain('&quot;mail&quot;: <mark>&quot;[redacted:email]&quot;</mark>');
    expect(page).toContain('&quot;mail&quot;: &quot;none&quot;');
  });

  it('unfolds what became something, and can show only some of it', () => {
    expect(page.match(/<li id="x\d" class="[^"]*"/g)).toEqual([
      '<li id="x1" class="exchange e-o-answered e-u-0 masked call"',
      '<li id="x2" class="exchange e-o-answered e-u-0"',
      '<li id="x3" class="exchange e-o-blocked e-u-0 call"',
      '<li id="x4" class="exchange e-o-answered e-u-1 masked call"',
    ]);
    for (const box of ['f-o-answered', 'f-o-blocked', 'f-u-0', 'f-u-1', 'f-only-masked']) {
      expect(page).toContain(`id="${box}"`);
      expect(page.split('</style>')[0]).toContain(`#${box}:`);
    }
  });

  it('is whole HTML: what is opened is closed', () => {
    const body = page.replace(/<style>[\s\S]*?<\/style>/, '');
    const open: string[] = [];
    for (const [, slash, name = '', self] of body.matchAll(
      /<(\/?)([a-z][a-z0-9]*)\b[^>]*?(\/?)>/g,
    )) {
      if (self === '/' || ['meta', 'input'].includes(name)) continue;
      if (slash === '') open.push(name);
      else expect(open.pop()).toBe(name);
    }
    expect(open).toEqual([]);
  });

  it('is for its owner alone, leaves nothing half written, and goes to standard output too', async () => {
    const file = join(folder.path, 'page.html');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder.path).filter((name) => name.includes('partial'))).toEqual([]);
    const { out } = await show('--since', '2020-01-01', '--html', '-');
    expect(out).toBe(page);
    await expect(show('s1', '--html', 'no/such/folder.html')).rejects.toMatchObject({
      code: 'FILE_UNWRITABLE',
    });
  });
});

it('is described with options that it has', async () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/replay.md'), 'utf8');
  const { out } = await run(replay, folder.path, 'show', '--help');
  const named = new Set(page.match(/--[a-z]+/g));
  named.delete('--limit');
  expect([...named].filter((option) => !out.includes(`${option} `))).toEqual([]);
  expect(named.size).toBeGreaterThan(8);
});

it('tells the end of what upkeep did, which has no outcome of its own', () => {
  const { record, events } = recorded();
  const event = { exchange: record.id, seq: 1, at: 0, revision: '', kind: 'closed' as const };
  const chapter = { number: 1, record, events };
  const step = { chapter, index: 1, event: { ...event, detail: { reason: 'age' } }, gap: 0 };
  expect(tellStep(step, { full: false })).toMatchObject({ lead: 'closed', facts: ['reason: age'] });
});
