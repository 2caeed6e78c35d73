import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PresidioAnalyzer, type PresidioOptions } from '../../src/analyzer/presidio.ts';
import type { Log } from '../../src/model/seams.ts';
import { json, PresidioServer } from '../support/presidio-server.ts';

const usual = { usual: true, entities: [] };
let server: PresidioServer;
let opened: PresidioAnalyzer[] = [];
let logged: string[] = [];
let now = 0;
beforeEach(async () => {
  server = await PresidioServer.start();
  logged = [];
  now = 0;
});
afterEach(async () => {
  await Promise.all(opened.map((one) => one.close()));
  opened = [];
  await server.stop();
});

function analyzer(more: Partial<PresidioOptions> = {}): PresidioAnalyzer {
  const note = (fields: object, message: string) =>
    logged.push(`${JSON.stringify(fields)} ${message}`);
  const log: Log = { info: note, warn: note, error: note, debug: note };
  const one = new PresidioAnalyzer({
    ...{ url: server.url, timeout: 5_000, language: 'en', score: 0.5, headers: {}, log },
    clock: () => now,
    ...more,
  });
  opened.push(one);
  return one;
}

describe('a Presidio analyzer', () => {
  it('is asked with the language, the score, the entities and the headers that were configured', async () => {
    const headers = { Authorization: 'Bearer t' };
    const one = analyzer({ language: 'de', score: 0.7, entities: ['PERSON'], headers });
    const found = await one.analyze(['I am Ada Lovelace.'], usual);
    expect(found.get('I am Ada Lovelace.')).toEqual([{ entity: 'PERSON', start: 5, end: 17 }]);
    expect(server.asked).toEqual([
      { text: 'I am Ada Lovelace.', language: 'de', score_threshold: 0.7, entities: ['PERSON'] },
    ]);
    expect(server.headers).toEqual(['Bearer t']);
  });

  it('asks for everything where nothing is configured, and for what a mask names instead', async () => {
    const one = analyzer();
    await one.analyze(['a'], usual);
    await one.analyze(['a'], { usual: false, entities: ['LOCATION'] });
    expect(server.asked.map(({ entities }) => entities)).toEqual([undefined, ['LOCATION']]);
  });

  it('asks for both where masks name both, and says what was found by name only', async () => {
    server.known = [
      { word: 'Ada', entity: 'PERSON' },
      { word: 'Rome', entity: 'LOCATION' },
    ];
    const one = analyzer({ entities: ['PERSON'] });
    const found = await one.analyze(['Ada in Rome'], { usual: true, entities: ['LOCATION'] });
    expect(server.asked[0]?.entities).toEqual(['PERSON', 'LOCATION']);
    expect(found.get('Ada in Rome')).toEqual([
      { entity: 'PERSON', start: 0, end: 3 },
      { entity: 'LOCATION', start: 7, end: 11, named: true },
    ]);
  });

  it('counts code points as the analyzer does, and gives UTF-16', async () => {
    const cases = [
      '😀 Ada Lovelace 😀',
      '𝒳𝒴 Ada Lovelace',
      'Zoë\u0301 Ada Lovelace',
      '\ud800 Ada Lovelace',
    ];
    const found = await analyzer().analyze(cases, usual);
    for (const text of cases) {
      const [span] = found.get(text) ?? [];
      expect(text.slice(span?.start, span?.end)).toBe('Ada Lovelace');
    }
  });

  it('asks about many texts in few requests', async () => {
    const texts = Array.from({ length: 230 }, (_, i) => `text ${i}`);
    const found = await analyzer().analyze(texts, usual);
    expect([...found.keys()].sort()).toEqual([...texts].sort());
    expect(server.asked).toHaveLength(5);
    expect(server.texts.sort()).toEqual([...texts].sort());
  });

  it('asks an older one, which takes no lists, text by text, and remembers that', async () => {
    server.lists = false;
    const one = analyzer();
    const found = await one.analyze(['Ada Lovelace', 'x'], usual);
    expect(found.get('Ada Lovelace')).toHaveLength(1);
    await one.analyze(['y', 'z'], usual);
    expect(server.asked.map(({ text }) => text)).toEqual([
      ...[['Ada Lovelace', 'x'], 'Ada Lovelace', 'x', 'y', 'z'],
    ]);
  });

  it('leaves out what it is less sure of, should the analyzer not have', async () => {
    server.instead = (response) =>
      json(response, 200, [
        { entity_type: 'PERSON', start: 0, end: 3, score: 0.49 },
        { entity_type: 'PERSON', start: 4, end: 12, score: 0.5 },
      ]);
    const found = await analyzer().analyze(['Ada Lovelace'], usual);
    expect(found.get('Ada Lovelace')).toEqual([{ entity: 'PERSON', start: 4, end: 12 }]);
  });

  const finding = { entity_type: 'PERSON', start: 0, end: 3, score: 1 };
  const wrong: readonly (readonly [string, unknown])[] = [
    ['no list', { findings: [] }],
    ['null', null],
    ['findings that are no objects', ['PERSON']],
    ['no type', [{ ...finding, entity_type: undefined }]],
    ['a type that could be a value', [{ ...finding, entity_type: 'ada@x.example' }]],
    ['an end beyond the text', [{ ...finding, end: 99 }]],
    ['a start before it', [{ ...finding, start: -1 }]],
    ['nothing between', [{ ...finding, end: 0 }]],
    ['half a position', [{ ...finding, end: 1.5 }]],
    ['a position as text', [{ ...finding, start: '0' }]],
    ['a score beyond 1', [{ ...finding, score: 2 }]],
    ['no score', [{ ...finding, score: undefined }]],
    ['an end between the halves of a pair', [{ ...finding, end: 14 }]],
    ['more findings than a text can have', Array.from({ length: 20_001 }, () => finding)],
  ];
  it.each(wrong)('refuses an answer with %s', async (_, answer) => {
    server.instead = (response) => json(response, 200, answer);
    const text = 'Ada Lovelace😀';
    const asked = analyzer().analyze([text], usual);
    await expect(asked).rejects.toMatchObject({ code: 'ANALYZER_INVALID' });
    expect(logged.join()).not.toContain('Lovelace');
  });

  it('refuses an answer that is no JSON, and one that does not end', async () => {
    server.instead = (response) => void response.writeHead(200).end('<html>Ada Lovelace');
    const error = await analyzer()
      .analyze(['Ada Lovelace'], usual)
      .catch((one) => one);
    expect(error).toMatchObject({ code: 'ANALYZER_INVALID' });
    expect(String(error.message)).not.toContain('Ada');
    server.instead = (response) => {
      response.writeHead(200);
      const more = () => {
        while (!response.destroyed && response.write(' '.repeat(65_536))) {}
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    };
    const endless = analyzer().analyze(['x'], usual);
    await expect(endless).rejects.toMatchObject({ code: 'ANALYZER_INVALID' });
  });

  it.each([
    [400, 'ANALYZER_INVALID'],
    [500, 'ANALYZER_INVALID'],
    [302, 'ANALYZER_INVALID'],
    [503, 'ANALYZER_UNAVAILABLE'],
  ])('refuses the status %d', async (status, code) => {
    server.instead = (response) => json(response, status, { error: 'no' });
    await expect(analyzer().analyze(['a', 'b'], usual)).rejects.toMatchObject({ code });
  });

  it('does not wait longer than it was told', async () => {
    server.instead = () => undefined;
    const asked = analyzer({ timeout: 50 }).analyze(['x'], usual);
    await expect(asked).rejects.toMatchObject({ code: 'ANALYZER_TIMEOUT' });
  });

  it('says that nobody is there, and leaves a dead one alone for a while', async () => {
    const { url } = server;
    await server.stop();
    const one = analyzer({ url });
    for (let n = 0; n < 3; n++) {
      const asked = one.analyze(['x'], usual);
      await expect(asked).rejects.toMatchObject({ code: 'ANALYZER_UNAVAILABLE' });
    }
    expect(one.ready).toBe(false);
    server = await PresidioServer.start(Number(new URL(url).port));
    const early = one.analyze(['x'], usual);
    await expect(early).rejects.toMatchObject({ code: 'ANALYZER_UNAVAILABLE' });
    expect(server.asked).toEqual([]);
    now = 5_000;
    expect(one.ready).toBe(true);
    await one.analyze(['x'], usual);
    expect(one.ready).toBe(true);
    expect(logged).toHaveLength(1);
  });

  it('stays in use while it answers, however wrong', async () => {
    const one = analyzer();
    server.instead = (response) => json(response, 500, {});
    for (let n = 0; n < 5; n++) await one.analyze(['x'], usual).catch(() => undefined);
    expect(one.ready).toBe(true);
  });
});
