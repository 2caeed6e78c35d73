import { describe, expect, it } from 'vitest';
import { backtestEngine } from '../../../src/cli/replay/backtest/backtest-engine.ts';
import type { TranscriptEvent } from '../../../src/model/transcript.ts';
import { Backtest } from '../../../src/replay/backtest/backtest.ts';
import { joinedTally } from '../../../src/replay/backtest/joined-tally.ts';
import type { Recorded } from '../../../src/replay/recorded-subject.ts';
import { policiesOf, type RuleText } from '../../support/policies.ts';
import { called, facts, recorded } from '../../support/recorded.ts';

type Steps = readonly Omit<TranscriptEvent, 'exchange' | 'seq' | 'at' | 'revision'>[];

const decided = (effect: string, more: object = {}) => ({
  kind: 'decided' as const,
  detail: { effect, reason: '', ...more },
});
const forwarded = { kind: 'forwarded' } as const;
const answered = (result: object = {}) => ({
  kind: 'answered' as const,
  payload: JSON.stringify({ jsonrpc: '2.0', id: 1, result }),
});
const blocked = { kind: 'blocked', detail: { reason: '' }, payload: '{}' } as const;
const masked = (what: string, ...places: string[]) => ({
  kind: 'masked' as const,
  detail: { masks: [{ rule: 'r', what, with: 'redact', count: 1 }], places },
});
const allowed: Steps = [decided('allow', { rule: 'all' }), forwarded, answered()];
const stopped: Steps = [decided('block', { rule: 'no' }), blocked];

/** A call of \`query\`, allowed unless told otherwise. */
function call(args: object = {}, steps: Steps = allowed, more: object = {}): Recorded {
  const one = called('query', args as never, { steps, ...more });
  return { ...one, record: { ...one.record, closedAt: one.record.openedAt + 9 } };
}

const all: RuleText = { id: 'all', on: { tools: ['*'] }, then: 'allow' };
const no = (when: object): RuleText => ({
  id: 'no',
  on: { tools: ['query'] },
  when,
  then: 'block',
});

/** What rules make of exchanges, as \`before → after\`. */
function judged(
  rules: readonly RuleText[],
  traffic: readonly Recorded[],
  baseline?: readonly RuleText[],
) {
  // biome-ignore format: one line says it
  const backtest = new Backtest({
    engine: backtestEngine,
    policies: policiesOf(rules),
    baseline: baseline && policiesOf(baseline),
    examples: 2,
  });
  for (const one of traffic) backtest.add(one);
  const tally = joinedTally([backtest.tally()], 2);
  const sure = tally.rows.filter(({ difference }) => difference !== 'open');
  return { ...tally, cells: Object.keys(tally.matrix), sure };
}

describe('a backtest', () => {
  it.each([
    ['lets through what was let through', [all], call(), 'allow allow'],
    ['lets through what was blocked', [all], call({}, stopped), 'block allow'],
    ['blocks what no rule allows', [], call(), 'allow block'],
    ['blocks by an argument', [all, no({ 'args.a': { eq: 1 } })], call({ a: 1 }), 'allow block'],
    ['holds', [{ id: 'ask', on: { tools: ['*'] }, then: 'approve', approval: { by: ['group:a'] } }], call(), 'allow approve'], // biome-ignore format: one line says it
    ['masks', [{ ...all, mask: [{ find: 'email', in: ['args'] }] }], call({ to: 'a@example.com' }), 'allow mask'], // biome-ignore format: one line says it
    ['masks nothing where there is nothing', [{ ...all, mask: [{ find: 'email', in: ['args'] }] }], call({ to: 'x' }), 'allow allow'], // biome-ignore format: one line says it
    ['masks an answer', [{ ...all, mask: [{ path: 'structuredContent.a' }] }], call({}, [decided('allow'), forwarded, answered({ structuredContent: { a: 'x' } })]), 'allow mask'], // biome-ignore format: one line says it
    ['blocks an answer', [all, no({ 'result.isError': { eq: true } })], call({}, [decided('allow'), forwarded, answered({ isError: true })]), 'allow block'], // biome-ignore format: one line says it
    ['does not guess at the answer of what was blocked', [all, no({ 'result.isError': { eq: true } })], call({}, stopped), 'block allow'], // biome-ignore format: one line says it
    ['reads who called', [{ ...all, when: { 'identity.groups': { contains: 'dba' } } }], call(), 'allow block'], // biome-ignore format: one line says it
    ['judges by what a mask leaves', [{ ...all, mask: [{ path: 'args.to', with: 'remove' }] }, no({ 'args.to': 'absent' })], call({ to: 'x' }), 'allow block'], // biome-ignore format: one line says it
  ] as [string, RuleText[], Recorded, string][])('%s', (_, rules, one, cell) => {
    expect(judged(rules, [one]).cells).toEqual([cell]);
  });

  it('counts what depends on a masked place, and never guesses', () => {
    const steps = [decided('allow'), masked('email', 'params.arguments.to'), forwarded, answered()];
    const one = call({ to: '[redacted:email]', cc: 'x' }, steps);
    const masks = { ...all, mask: [{ find: 'email', in: ['args'] }] };
    const { cells, rows } = judged([masks, no({ 'args.to': { eq: 'a@example.com' } })], [one]);
    expect(cells).toEqual(['mask indeterminate']);
    expect(rows.map(({ difference }) => difference)).toEqual(['open']);
    expect(judged([all, no({ 'args.cc': { eq: 'y' } })], [one]).cells).toEqual(['mask allow']);
    expect(judged([all, no({ 'args.to': 'absent' })], [one]).cells).toEqual(['mask allow']);
  });

  it('knows that something changed where none of what it can be is what it was', () => {
    const steps = [decided('allow'), masked('email', 'params.arguments.to'), forwarded, answered()];
    const ask: RuleText = { id: 'ask', on: { tools: ['*'] }, then: 'approve', approval: { by: ['group:a'] } }; // biome-ignore format: one line says it
    const { sure } = judged([ask, no({ 'args.to': { eq: 'x' } })], [call({ to: '***' }, steps)]);
    expect(sure).toMatchObject([
      { before: 'mask', possible: ['approve', 'block'], difference: 'effect' },
    ]);
  });

  it('takes the original where it is at hand', () => {
    const steps = [decided('allow'), masked('email', 'params.arguments.to'), forwarded, answered()];
    const one = call({ to: '[redacted:email]' }, steps);
    const params = { name: 'query', arguments: { to: 'a@example.com' } };
    const original = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params });
    const [first, ...rest] = one.events;
    const events = [{ ...first, original } as TranscriptEvent, ...rest];
    const rules = [all, no({ 'args.to': { eq: 'a@example.com' } })];
    const { cells, rows } = judged(rules, [{ ...one, events }]);
    expect(cells).toEqual(['mask block']);
    // What is told of it is what may be read.
    expect(rows[0]?.examples[0]?.args).toBe('{"to":"[redacted:email]"}');
    const cut = [{ ...first, original, detail: { ...first?.detail, original: { characters: 9 } } }, ...rest]; // biome-ignore format: one line says it
    const beginning = { ...one, events: cut as TranscriptEvent[] };
    expect(judged(rules, [beginning]).cells).toEqual(['mask indeterminate']);
  });

  it('does not guess at what a token stood for, unless no policy puts it back', () => {
    const one = call({ to: 'email:0123456789abcdef' });
    const rules = [all, no({ 'args.to': { eq: 'a@example.com' } })];
    expect(judged(rules, [one]).cells).toEqual(['allow allow']);
    const reveals = { id: 'puts-back', on: { tools: ['query'] }, reveal: ['email'] };
    expect(judged([...rules, reveals], [one]).cells).toEqual(['allow indeterminate']);
  });

  it('knows of a tool and a client what the transcript has kept of them', () => {
    const known = new Map([
      ['t1', { annotations: { readOnlyHint: false }, flags: [], title: null }],
      ['c1', { name: 'a/b', version: '2' }],
    ]);
    const fact = (digest: string) => known.get(digest);
    const steps = [decided('allow', { tool: 't1' }), forwarded, answered()];
    const one = { ...call({}, steps, { opened: { client: 'c1' }, agent: 'a/b/2' }), fact };
    const cells = (when: object, it: Recorded = one) => judged([all, no(when)], [it]).cells;
    expect(cells({ 'tool.annotations.readOnlyHint': { eq: false } })).toEqual(['allow block']);
    expect(cells({ 'client.name': { eq: 'a/b' } })).toEqual(['allow block']);
    expect(cells({ 'tool.title': { eq: 'x' } })).toEqual(['allow indeterminate']);
    const before = call({}, allowed, { agent: 'a/b/2' });
    expect(cells({ 'tool.annotations.readOnlyHint': { eq: false } }, before)).toEqual(['allow indeterminate']); // biome-ignore format: one line says it
    expect(cells({ 'client.name': { eq: 'a' } }, before)).toEqual(['allow indeterminate']);
  });

  it('does not guess at a caller of whom only the name was kept', () => {
    const { identity: _, ...one } = call();
    const groups = { 'identity.groups': { contains: 'dba' } };
    expect(judged([all, no(groups)], [one]).cells).toEqual(['allow indeterminate']);
    expect(judged([{ ...all, when: groups }], [one]).cells).toEqual(['allow indeterminate']);
    expect(judged([all, { ...no({}), when: { cel: '"dba" in identity.groups' } }], [one]).cells).toEqual(['allow indeterminate']); // biome-ignore format: one line says it
    const omitted = call({}, allowed, { identity: { ...facts('ana', ['dba']), omitted: ['exp'] } });
    expect(judged([all, no(groups)], [omitted]).cells).toEqual(['allow block']);
    const exp = no({ 'identity.claims.exp': { gt: 1 } });
    expect(judged([all, exp], [omitted]).cells).toEqual(['allow indeterminate']);
  });

  it('tells what is masked now and was not, and the other way round', () => {
    const steps = [decided('allow'), masked('email', 'params.arguments.to'), forwarded, answered()];
    const one = call({ to: '[redacted:email]', card: '4111 1111 1111 1111' }, steps);
    const find = (...names: string[]) => [{ ...all, mask: [{ find: names, in: ['args'] }] }];
    expect(judged(find('email'), [one]).sure).toEqual([]);
    expect(judged(find('email', 'payment-card'), [one]).sure).toMatchObject([
      { difference: 'masks', before: 'mask', after: 'mask', gained: ['payment-card redact'], lost: [] }, // biome-ignore format: one line says it
    ]);
    expect(judged(find('payment-card'), [one]).sure).toMatchObject([
      { lost: ['email redact'], gained: ['payment-card redact'] },
    ]);
    expect(judged([all], [one]).sure).toMatchObject([{ before: 'mask', after: 'allow' }]);
  });

  it('tells apart what refused a call beside the rules', () => {
    const limit = { rule: 'all', calls: 2, per: 1 };
    const beside = (more: object) => [...allowed.slice(0, 1), decided('block', more), blocked];
    const traffic = [
      call({}, beside({ limit })),
      call({}, beside({ limit, code: 'LIMIT_UNAVAILABLE' })),
      call({}, beside({ code: 'PIN_CHANGED' })),
      call({}, [decided('allow'), { kind: 'failed', detail: { code: 'MASK_FAILED' } }, blocked]),
      call({}, [decided('allow'), forwarded, decided('block', { what: 'x' }), blocked]),
    ];
    const { beside: told, matrix } = judged([all], traffic);
    // A limit that could not be counted has said nothing; one that refused has.
    expect(told).toEqual({ limit: 1, pin: 1, failure: 1, part: 1 });
    expect(matrix).toEqual({ 'limit allow': 1, 'allow allow': 4 });
  });

  it('says what it can not judge, and why', () => {
    const task = recorded({ method: 'tasks/get', closedAt: 1, steps: allowed });
    const early = recorded({ opened: { kind: undefined } as never, closedAt: 1, steps: [] });
    const open = called('query', {}, { steps: allowed });
    const own = recorded({ upstream: '', method: 'transcripts/erase', steps: [] });
    const none = call({}, [{ kind: 'closed', detail: { outcome: 'cancelled' } }]);
    const { read, judged: count, unjudged } = judged([all], [task, early, open, own, none, call()]);
    expect([read, count]).toEqual([5, 1]);
    expect(Object.values(unjudged)).toEqual([1, 1, 1, 1]);
  });

  it('compares a policy with another one', () => {
    const rules = [all, no({ 'args.a': { eq: 1 } })];
    const { sure } = judged(rules, [call({ a: 1 }), call({ a: 2 }, stopped)], [all]);
    expect(sure).toMatchObject([{ before: 'allow', after: 'block', exchanges: 1 }]);
  });

  it('adds up to the same, however it is shared out', () => {
    const traffic = Array.from({ length: 40 }, (_, a) =>
      call({ a: a % 3 }, a % 4 === 0 ? stopped : allowed, { sub: `s${a % 2}` }),
    );
    const rules = [all, no({ 'args.a': { eq: 1 } })];
    const parts = [0, 1, 2].map((part) => {
      const { cells: _, sure: __, ...tally } = judged(rules, traffic.filter((_, i) => i % 3 === part)); // biome-ignore format: one line says it
      return tally;
    });
    const { cells: _, sure: __, ...whole } = judged(rules, traffic);
    expect(joinedTally(parts, 2)).toEqual(whole);
    expect(joinedTally(parts.toReversed(), 2)).toEqual(whole);
  });
});
