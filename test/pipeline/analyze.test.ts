import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PresidioAnalyzer } from '../../src/analyzer/presidio.ts';
import type { JsonObject } from '../../src/model/json.ts';
import type { Analyzer, Log } from '../../src/model/seams.ts';
import { answer, failure, leaving, request, TestGate, told } from '../support/gate.ts';
import { json, PresidioServer } from '../support/presidio-server.ts';

const quiet = () => undefined;
const log: Log = { debug: quiet, info: quiet, warn: quiet, error: quiet };
const NAME = 'Ada Lovelace';

let server: PresidioServer;
let analyzer: PresidioAnalyzer;
beforeEach(async () => {
  server = await PresidioServer.start();
  analyzer = analyzerAt(server.url);
});
afterEach(async () => {
  await analyzer.close();
  await server.stop();
});

function analyzerAt(url: string, timeout = 5_000): PresidioAnalyzer {
  const facts = { language: 'en', score: 0.5, headers: {}, log, clock: Date.now };
  return new PresidioAnalyzer({ url, timeout, ...facts });
}

const rule = (mask: object | object[]) => ({
  ...{ id: 'hide', on: { tools: ['*'] }, then: 'allow', mask },
});
const call = (args: JsonObject = {}) =>
  request('tools/call', { name: 'get_person', arguments: args });
const gateWith = (mask: object | object[], one: Analyzer | undefined = analyzer) =>
  new TestGate([rule(mask)], one ? { analyzer: one } : {});
const structured = (content: JsonObject) => answer({ content: [], structuredContent: content });

describe('an analyzer that masks name', () => {
  it('finds what is masked in a result, and is sent nothing else', async () => {
    const gate = gateWith([{ find: 'presidio' }, { path: 'structuredContent.secret' }]);
    const result = {
      content: [{ type: 'text', text: `It is ${NAME}.` }],
      structuredContent: { who: NAME, secret: 'swordfish', n: 42, ok: true, dash: '--' },
    };
    const [, down] = await gate.pass(call(), answer(result));
    expect(leaving(down)).toMatchObject({
      result: {
        content: [{ type: 'text', text: 'It is [redacted:presidio].' }],
        structuredContent: { who: '[redacted:presidio]', secret: '[redacted]', n: 42, ok: true },
      },
    });
    expect(server.texts.toSorted()).toEqual(expect.arrayContaining([NAME, `It is ${NAME}.`]));
    for (const text of ['swordfish', 'text', '--', 'get_person']) {
      expect(server.texts).not.toContain(text);
    }
    expect(gate.transcript()).not.toContain('Ada');
    expect(gate.transcript()).toContain('"what":"presidio"');
  });

  it('finds only what a name asks for, and asks for nothing more', async () => {
    server.known = [
      { word: NAME, entity: 'PERSON' },
      { word: 'Rome', entity: 'LOCATION' },
    ];
    const gate = gateWith({ find: 'presidio:PERSON' });
    const [, down] = await gate.pass(call(), structured({ a: `${NAME} in Rome` }));
    expect(leaving(down)).toMatchObject({
      result: { structuredContent: { a: '[redacted:presidio:PERSON] in Rome' } },
    });
    expect(server.asked.every(({ entities }) => entities?.join() === 'PERSON')).toBe(true);
  });

  it('counts UTF-16 where the analyzer counts code points', async () => {
    const gate = gateWith({ find: 'presidio', with: { keep: { first: 1 } } });
    const [, down] = await gate.pass(call(), structured({ a: `😀😀 ${NAME} 😀` }));
    expect(leaving(down)).toMatchObject({
      result: { structuredContent: { a: `😀😀 A${'*'.repeat(11)} 😀` } },
    });
  });

  it('takes findings that overlap, or contain each other, for one', async () => {
    server.known = [
      { word: 'Ada Lovelace', entity: 'PERSON' },
      { word: 'Ada', entity: 'PERSON' },
      { word: 'Lovelace of Rome', entity: 'PERSON' },
    ];
    const gate = gateWith({ find: 'presidio' });
    const [, down] = await gate.pass(call(), structured({ a: 'by Ada Lovelace of Rome.' }));
    expect(leaving(down)).toMatchObject({
      result: { structuredContent: { a: 'by [redacted:presidio].' } },
    });
  });

  it('sees JSON in text, arguments, errors and notifications', async () => {
    const gate = gateWith({ find: 'presidio', in: ['args', 'result'] });
    const inText = JSON.stringify({ rows: [{ who: NAME }] });
    const frames = [
      told('notifications/message', { level: 'info', data: { who: NAME } }),
      answer({ content: [{ type: 'text', text: inText }] }),
    ];
    const verdicts = await gate.pass(call({ who: NAME }), ...frames);
    const failed = await gate.pass(call(), failure(`no ${NAME}`, { who: NAME }));
    const out = JSON.stringify([...verdicts, ...failed].map(leaving));
    expect(out).not.toContain('Lovelace');
    expect(out.match(/redacted:presidio/g)).toHaveLength(5);
    expect(gate.transcript()).not.toContain('Lovelace');
  });

  it('is not asked where no mask that is due names it', async () => {
    const gate = gateWith({ find: 'email' });
    await gate.pass(call({ a: NAME }), structured({ a: NAME }));
    const args = gateWith({ find: 'presidio', in: 'args' });
    const [, down] = await args.pass(call({ n: 1 }), structured({ a: NAME }));
    expect(down?.kind).toBe('forward');
    expect(server.texts).not.toContain(NAME);
  });

  const wrong: readonly (readonly [string, string, number, () => void])[] = [
    [
      'that does not answer in time',
      'ANALYZER_TIMEOUT',
      100,
      () => (server.instead = () => undefined),
    ],
    [
      'that answers nonsense',
      'ANALYZER_INVALID',
      30_000,
      () => (server.instead = (r) => json(r, 200, {})),
    ],
    [
      'that is overloaded',
      'ANALYZER_UNAVAILABLE',
      30_000,
      () => (server.instead = (r) => json(r, 503, {})),
    ],
  ];
  it.each(wrong)(
    'stops the result with one %s, and keeps it out of the transcript',
    async (_, code, timeout, break_) => {
      break_();
      await analyzer.close();
      analyzer = analyzerAt(server.url, timeout);
      const gate = gateWith({ find: 'presidio' });
      const [up, down] = await gate.pass(call(), structured({ a: NAME }));
      expect(up?.kind).toBe('forward');
      expect(down).toMatchObject({ kind: 'answer', answer: { result: { isError: true } } });
      expect(gate.kinds()).toContain('blocked');
      const events = gate.store.events('exchange-1');
      expect(events.find(({ kind }) => kind === 'failed')?.detail).toMatchObject({ code });
      expect(gate.transcript() + JSON.stringify(leaving(down))).not.toContain('Lovelace');
    },
  );

  it('stops a call whose arguments can not be analyzed, and keeps them out of the transcript', async () => {
    server.instead = (response) => json(response, 500, {});
    const gate = gateWith({ find: 'presidio', in: 'args' });
    const [up] = await gate.pass(call({ a: NAME }));
    expect(up).toMatchObject({ kind: 'answer', answer: { result: { isError: true } } });
    expect(gate.transcript()).not.toContain('Lovelace');
  });

  it('keeps what a rule stops out of the transcript where nobody has analyzed it', async () => {
    const stops = { id: 'no', on: { tools: ['*'] }, then: 'block', when: { 'result.structuredContent.a': { exists: true } } }; // biome-ignore format: one line says it
    const gate = new TestGate([rule({ find: 'presidio' }), stops], { analyzer });
    const [, down] = await gate.pass(call(), structured({ a: NAME }));
    expect(down).toMatchObject({ kind: 'answer' });
    expect(gate.transcript()).not.toContain('Lovelace');
  });

  it('stops a call before it is made whose answer could not be analyzed', async () => {
    const none = new TestGate([rule({ find: 'presidio' })]);
    const [up] = await none.pass(call());
    expect(up).toMatchObject({ kind: 'answer' });
    expect(none.store.events('exchange-1').map(({ detail }) => detail?.code)).toContain('ANALYZER_UNAVAILABLE'); // biome-ignore format: one line says it
    await server.stop();
    const gate = gateWith({ find: 'presidio' });
    for (let n = 0; n < 3; n++) {
      const [went, came] = await gate.pass(call(), structured({ a: NAME }));
      expect([went?.kind, came?.kind]).toEqual(['forward', 'answer']);
    }
    const [stopped] = await gate.pass(call());
    expect(stopped).toMatchObject({ kind: 'answer' });
    server = await PresidioServer.start();
  });

  it('drops a notification that can not be analyzed, and the call goes on', async () => {
    server.instead = (response) => json(response, 500, {});
    const gate = gateWith({ find: 'presidio' });
    const note = told('notifications/message', { level: 'info', data: NAME });
    const [, dropped, down] = await gate.pass(call(), note, answer({ content: [] }));
    expect(dropped?.kind).toBe('drop');
    expect(down?.kind).toBe('forward');
  });

  it('stops a result with more text than it may be asked about', async () => {
    const gate = gateWith({ find: 'presidio' });
    const rows = Array.from({ length: 6_000 }, (_, n) => `row ${n}`);
    const [, down] = await gate.pass(call(), structured({ rows }));
    expect(down).toMatchObject({ kind: 'answer' });
    const events = gate.store.events('exchange-1');
    expect(events.map(({ detail }) => detail?.code)).toContain('ANALYZER_LIMIT');
    expect(server.asked).toEqual([]);
  });

  it('is not asked about a large text, which no other mask looks at either', async () => {
    const rules = { find: ['presidio', 'everything'] };
    const gate = gateWith(rules as never);
    const text = 'ask eve@example.org of the rest, please. '.repeat(20_000);
    const [, down] = await gate.pass(call(), structured({ text }));
    expect(down).toMatchObject({ kind: 'answer' });
    const events = gate.store.events('exchange-1');
    expect(events.map(({ detail }) => detail?.code)).toContain('ANALYZER_LIMIT');
    expect(server.asked).toEqual([]);
  });

  it('is asked about the texts of a large message', async () => {
    const gate = gateWith({ find: 'presidio' });
    const image = {
      type: 'image',
      mimeType: 'image/png',
      data: `iVBORw0K${'/+8A'.repeat(100_000)}`,
    };
    const result = { content: [{ type: 'text', text: NAME }, image] };
    const [, down] = await gate.pass(call(), answer(result));
    expect(down?.kind).toBe('forward');
    expect(JSON.stringify(leaving(down))).not.toContain('Lovelace');
  });

  it('lets a call be given up while it is asked', async () => {
    const gate = gateWith({ find: 'presidio', in: 'args' });
    const frame = call({ a: NAME });
    const exchange = gate.exchange(frame);
    server.instead = (response) => {
      exchange.close('cancelled');
      json(response, 200, []);
    };
    expect(await gate.gate.pass(frame, exchange)).toMatchObject({ kind: 'drop' });
    await gate.gate.settle(exchange);
    expect(gate.transcript()).not.toContain('Lovelace');
  });
});
