import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import type { Frame, Notification } from '../../src/model/message.ts';
import type { Analyzer } from '../../src/model/seams.ts';
import { OpenTexts, pieceIn } from '../../src/pipeline/open-texts.ts';
import { answer, leaving, request, TestGate, told } from '../support/gate.ts';
import type { RuleText } from '../support/policies.ts';

const secret = 'eve.secret@example.org';
const allow: RuleText = { id: 'all', on: { tools: ['query'], methods: ['**'] }, then: 'allow' };
const across: RuleText = { id: 'hide', mask: [{ find: ['email'], across: true }] };
const each: RuleText = { id: 'hide', mask: [{ find: ['email'] }] };
const call = request('tools/call', { name: 'query', arguments: {}, _meta: { progressToken: 'p' } });
const progress = (progress: number, message: string, progressToken: string | number = 'p') =>
  told('notifications/progress', { progressToken, progress, total: 9, message });
const log = (data: unknown, logger?: string) =>
  told('notifications/message', {
    level: 'info',
    data: data as string,
    ...(logger === undefined ? {} : { logger }),
  });

/** Params of all that leaves of a call, in order: what its server sends, and what is held at the end. */
async function passed(
  given: readonly (RuleText | { readonly analyzer: Analyzer })[],
  ...frames: readonly Frame[]
) {
  const rules = given.filter((one): one is RuleText => !('analyzer' in one));
  const options = given.find((one) => 'analyzer' in one) as { analyzer: Analyzer } | undefined;
  const gate = new TestGate([allow, ...rules], options);
  const exchange = gate.exchange(call);
  const texts = new OpenTexts();
  exchange.texts = texts;
  await gate.gate.pass(call, exchange);
  const left: JsonObject[] = [];
  const pass = async (frame: Frame) => {
    const message = leaving(await gate.gate.pass(frame, exchange)) as { params: JsonObject };
    left.push(message.params);
  };
  for (const frame of frames) await pass(frame);
  texts.ending = true;
  for (const frame of texts.rest()) await pass(frame);
  texts.ending = false;
  await gate.gate.pass(answer({ content: [] }), exchange);
  return { gate, left, texts };
}

describe('a text that comes in several notifications', () => {
  it('of progress never shows half of a finding', async () => {
    const { left, gate } = await passed([across], progress(1, 'I ask eve.sec'), progress(2, 'ret@example.org n'), progress(3, 'ow')); // biome-ignore format: one line says it
    expect(left.map(({ message }) => message)).toEqual(['I ask ', '[redacted:email] ', '', 'now']);
    expect(left.map(({ total }) => total)).toEqual([9, 9, 9, 9]);
    expect(gate.transcript()).not.toContain('eve.sec');
    const noted = gate.store.events('exchange-1').filter(({ kind }) => kind === 'masked');
    expect(noted.map(({ detail }) => detail?.masks)).toEqual([
      [{ rule: 'hide', what: 'email', with: 'redact', count: 1, places: ['message'] }],
    ]);
  });

  it('is told to its end by a notification of the gate, whose progress is greater', async () => {
    const { left, gate } = await passed([across], progress(3, 'it ends with me'));
    expect(left.map(({ message }) => message)).toEqual(['it ends with ', 'me']);
    const [first = 0, last = 0] = left.map((params) => params.progress as number);
    expect(last).toBeGreaterThan(first);
    expect(last).toBeLessThan(3.001);
    expect(gate.kinds()).toEqual(['opened', 'decided', ...Array(3).fill('forwarded'), 'answered']);
  });

  it('of a log goes on with the next of its logger', async () => {
    const { left } = await passed([across], log('a eve.sec', 'x'), log('b bob', 'y'), log('ret@example.org c', 'x')); // biome-ignore format: one line says it
    expect(left.map(({ data, logger }) => [logger, data])).toEqual([
      ['x', 'a '],
      ['y', 'b '],
      ['x', '[redacted:email] '],
      ['x', 'c'],
      ['y', 'bob'],
    ]);
    expect(left.every(({ level }) => level === 'info')).toBe(true);
  });

  it('keeps tokens of progress apart', async () => {
    const { left } = await passed([across], progress(1, 'a eve.sec', 'p'), progress(1, 'ret@example.org', 1)); // biome-ignore format: one line says it
    expect(left.map(({ message }) => message)).toEqual(['a ', '', 'eve.sec', '[redacted:email]']);
  });

  it.each([
    ['without "across"', [each], progress(1, `${secret} and bob@exam`)],
    [
      'where its member is masked as a whole',
      [across, { id: 'all-of-it', mask: [{ path: 'message' }] }],
      progress(1, 'bob@exam'),
    ],
    ['where it is no text', [across], log({ to: secret })],
  ])('is masked by itself %s', async (_, rules, frame) => {
    // biome-ignore format: cases stand in lines
    const { left, gate } = await passed(rules as RuleText[], frame);
    expect(left).toHaveLength(1);
    expect(gate.transcript()).not.toContain(secret);
  });

  it('is masked by all masks that are due, with and without "across"', async () => {
    const card = '4111 1111 1111 1111';
    const cards: RuleText = { id: 'cards', mask: [{ find: ['payment-card'] }] };
    const pieces = [progress(1, `pay ${card.slice(0, 12)}`), progress(2, `${card.slice(12)} by ${secret}`)]; // biome-ignore format: one line says it
    const { left } = await passed([across, cards], ...pieces);
    expect(left.map(({ message }) => message).join('')).toBe(
      'pay [redacted:payment-card] by [redacted:email]',
    );
  });

  it('is masked by itself where nothing would bring the rest', async () => {
    const gate = new TestGate([allow, across]);
    const [, down] = await gate.pass(call, progress(1, `ask ${secret}`));
    expect(leaving(down)).toMatchObject({ params: { message: 'ask [redacted:email]' } });
  });

  it('is masked by itself beyond so many texts at a time', async () => {
    const logs = Array.from({ length: 70 }, (_, i) => log('word', `logger ${i}`));
    const { left } = await passed([across], ...logs);
    expect(left.filter(({ data }) => data === '')).toHaveLength(64);
    expect(left.filter(({ data }) => data === 'word')).toHaveLength(70);
  });

  it('comes out though the policies no longer ask for it to be held', async () => {
    const gate = new TestGate([allow, across]);
    const texts = new OpenTexts();
    const first = gate.exchange(progress(1, 'x'));
    first.texts = texts;
    await gate.gate.pass(log('tell bob'), first);
    const later = new TestGate([allow]);
    const exchange = later.exchange(log(''));
    exchange.texts = texts;
    texts.ending = true;
    const [rest] = texts.rest();
    const left = leaving(await later.gate.pass(rest as Frame, exchange));
    expect(left).toMatchObject({ params: { data: 'bob' } });
  });

  it('of a log does not mix with what its logger says at another level', async () => {
    const at = (level: string, data: string) => told('notifications/message', { level, data });
    const { left, gate } = await passed([across], at('info', 'a eve.sec'), at('error', 'disk '), at('info', 'ret@example.org c')); // biome-ignore format: one line says it
    expect(left.map(({ level, data }) => [level, data])).toEqual([
      ['info', 'a '],
      ['error', 'disk '],
      ['info', '[redacted:email] '],
      ['info', 'c'],
    ]);
    expect(gate.transcript()).not.toContain('eve.sec');
  });

  it('pauses where nothing of it has come since somebody looked, whatever else comes', async () => {
    const texts = new OpenTexts();
    const find = () => [];
    const push = (frame: Frame, text: string) => {
      const message = frame.message as Notification;
      texts.take(pieceIn(message)?.key ?? '', message)?.push(text, find, 'run');
    };
    const data = () => texts.paused().map(({ message }) => message.params?.logger);
    push(log('bob', 'x'), 'bob');
    expect(data()).toEqual([]);
    push(log('eve', 'y'), 'eve');
    expect(data()).toEqual(['x']);
    push(log('eve', 'y'), 'eve');
    expect(data()).toEqual(['x']);
    expect(data()).toEqual(['x', 'y']);
  });

  it('is masked as an analyzer has seen it, and goes on all the same', async () => {
    const analyzer: Analyzer = {
      ready: true,
      analyze: (all) =>
        Promise.resolve(
          new Map(
            all.map((one) => {
              const start = one.indexOf('Ada');
              return [one, start < 0 ? [] : [{ entity: 'PERSON', start, end: start + 3 }]];
            }),
          ),
        ),
    };
    const named: RuleText = { id: 'names', mask: [{ find: ['presidio', 'payment-card'] }] };
    const { left, gate } = await passed(
      [{ analyzer }, across, named],
      log('Ada is eve.sec', 'x'),
      log('ret@example.org, Ada ', 'x'),
    );
    expect(left.map(({ data }) => data).join('')).toBe(
      '[redacted:presidio] is [redacted:email], [redacted:presidio] ',
    );
    expect(gate.transcript()).not.toContain('Ada');
  });
});
