import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/model/json.ts';
import type { TranscriptEvent } from '../../src/model/transcript.ts';
import { cameAs } from '../../src/replay/timeline/came-as.ts';
import { chaptersOf } from '../../src/replay/timeline/chapters.ts';
import { maskedPlaces } from '../../src/replay/timeline/masked-places.ts';
import { messageView } from '../../src/replay/timeline/message-view.ts';
import { toneOf } from '../../src/replay/timeline/step-tone.ts';
import { wayOf } from '../../src/replay/timeline/step-way.ts';
import { stepsInOrder } from '../../src/replay/timeline/steps-in-order.ts';
import type { Told } from '../../src/replay/timeline/timeline-step.ts';
import { Totals } from '../../src/replay/timeline/totals.ts';
import { called, recorded, START } from '../support/recorded.ts';

/** An exchange with steps at these times. */
function told(times: readonly number[], more: Partial<Told['record']> = {}): Told {
  const [first = 0] = times;
  const { record } = recorded();
  const events = times.map((at, seq): TranscriptEvent => {
    const kind = seq === 0 ? 'opened' : 'forwarded';
    return { exchange: record.id, seq, at, kind, revision: 'r1' };
  });
  const closedAt = times.at(-1) ?? 0;
  return { record: { ...record, openedAt: first, closedAt, ...more }, events };
}

describe('the steps of a timeline', () => {
  const times = fc.array(fc.nat(50), { minLength: 1, maxLength: 6 });
  const many = fc.array(fc.tuple(fc.nat(200), times), { maxLength: 12 });

  it('come in the order of their times, those of one exchange in their own, and none is lost', () => {
    fc.assert(
      fc.property(many, (drawn) => {
        const exchanges = drawn
          .map(([from, gaps]) => told(gaps.map((_, i) => from + sum(gaps.slice(0, i)))))
          .sort((a, b) => a.record.openedAt - b.record.openedAt);
        const steps = [...stepsInOrder(chaptersOf(exchanges))];
        const all = exchanges.flatMap(({ events }) => events);
        expect(steps.map(({ event }) => event.at)).toEqual(all.map(({ at }) => at).sort(byNumber));
        for (const { record, events } of exchanges) {
          const own = steps.filter(({ chapter }) => chapter.record === record);
          expect(own.map(({ event }) => event)).toEqual(events);
        }
        const whole = (steps.at(-1)?.event.at ?? 0) - (steps[0]?.event.at ?? 0);
        expect(sum(steps.map(({ gap }) => gap))).toBe(whole);
      }),
    );
  });

  it('keep their own order where a clock was set back', () => {
    const steps = [...stepsInOrder(chaptersOf([told([100, 40, 45]), told([110])]))];
    expect(steps.map(({ event }) => event.at)).toEqual([100, 40, 45, 110]);
    expect(steps.map(({ gap }) => gap)).toEqual([0, 0, 0, 10]);
  });

  it('are read as they are needed: exchanges that are over are let go', () => {
    let taken = 0;
    function* source() {
      for (; ; taken++) yield told([taken * 10, taken * 10 + 5]);
    }
    let ahead = 0;
    let count = 0;
    for (const step of stepsInOrder(chaptersOf(source()))) {
      ahead = Math.max(ahead, taken - step.chapter.number);
      if (++count === 2_000) break;
    }
    expect(ahead).toBeLessThan(3);
  });
});

describe('an exchange of a timeline', () => {
  it('is told within the call of its session that was open, unless it is a call', () => {
    const call = told([0, 100], { method: 'tools/call', session: 's' });
    const answer = told([50, 60], { method: 'sampling/createMessage', session: 's' });
    const other = told([55, 60], { method: 'sampling/createMessage', session: 't' });
    const second = told([57, 70], { method: 'tools/call', session: 's' });
    const late = told([150], { method: 'ping', session: 's' });
    const chapters = [...chaptersOf([call, answer, other, second, late])];
    expect(chapters.map(({ number, during }) => [number, during])).toEqual([
      [1, undefined],
      [2, 1],
      [3, undefined],
      [4, undefined],
      [5, undefined],
    ]);
  });

  it('is counted with what became of it', () => {
    const totals = new Totals();
    const masks = [
      { rule: 'hide', what: 'email', count: 1 },
      { what: 'own', count: 1 },
    ];
    const steps = [{ kind: 'masked', detail: { masks } }, { kind: 'held' }] as const;
    totals.add(called('read', {}, { steps }));
    totals.add(called('read', {}, { outcome: 'blocked', rule: 'no' }));
    expect(totals).toMatchObject({ exchanges: 2, withMasks: 1, withHolds: 1 });
    expect(Object.fromEntries(totals.masked)).toEqual({ email: 1 });
    expect(Object.fromEntries(totals.blockedBy)).toEqual({ no: 1 });
    expect(Object.fromEntries(totals.outcomes)).toEqual({ answered: 1, blocked: 1 });
    expect(totals.until).toBeGreaterThan(START);
  });
});

const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0);
const byNumber = (a: number, b: number) => a - b;
const sent = (method: string, params?: Json) => ({ jsonrpc: '2.0', id: 1, method, params });
const result = (body: Json) => ({ jsonrpc: '2.0', id: 1, result: body });

/** What a message is told as: its title, and its parts by name. */
const views: readonly (readonly [name: string, message: object, title: string, parts: object])[] = [
  [
    'a call',
    sent('tools/call', { name: 'query', arguments: { sql: 'select 1' }, _meta: { x: 1 } }),
    'tools/call query',
    { sql: 'select 1' },
  ],
  [
    'progress',
    sent('notifications/progress', { progressToken: 1, progress: 2, total: 3, message: 'half' }),
    'progress 2 of 3: half',
    {},
  ],
  [
    'a line of log',
    sent('notifications/message', { level: 'info', logger: 'db', data: { n: 1 } }),
    'log, info of db',
    { data: { n: 1 } },
  ],
  [
    'a cancellation',
    sent('notifications/cancelled', { requestId: 7, reason: 'too slow' }),
    'gives up: too slow',
    { requestId: 7 },
  ],
  [
    'text that a tool says',
    result({ content: [{ type: 'text', text: 'twelve' }] }),
    'answers',
    { '': 'twelve' },
  ],
  [
    'structured content that the text repeats',
    result({ content: [{ type: 'text', text: '{"n":1}' }], structuredContent: { n: 1 } }),
    'answers',
    { '': '{"n":1}', structuredContent: '(the same)' },
  ],
  [
    'structured content that has the text as its only member',
    result({ content: [{ type: 'text', text: 'a\nb' }], structuredContent: { content: 'a\nb' } }),
    'answers',
    { '': 'a\nb', structuredContent: '(the same)' },
  ],
  [
    'an error of a tool',
    result({ isError: true, content: [{ type: 'text', text: 'no' }] }),
    'answers: the tool reports an error',
    { '': 'no' },
  ],
  [
    'an image',
    result({ content: [{ type: 'image', mimeType: 'image/png', data: 'AAAA' }] }),
    'answers',
    { '': '(image, image/png, 3 bytes)' },
  ],
  [
    'a list',
    result({ tools: [{ name: 'a' }, { name: 'b' }], nextCursor: 'c' }),
    'answers with 2 tools',
    { tools: '(a, b)', nextCursor: 'c' },
  ],
  [
    'a question within an answer',
    result({
      resultType: 'input_required',
      inputRequests: { who: { method: 'elicitation/create', params: { message: 'Who?' } } },
      requestState: 'sealed',
    }),
    'answers: it needs input first',
    { who: 'elicitation/create', 'who.message': 'Who?' },
  ],
  [
    'the answer to it',
    sent('tools/call', {
      name: 'ask',
      inputResponses: { who: { action: 'accept', content: { name: 'Ann' } } },
    }),
    'tools/call ask',
    { who: 'accept', 'who.content': { name: 'Ann' } },
  ],
  [
    'what a model says',
    result({ model: 'm', role: 'assistant', content: { type: 'text', text: 'hi' } }),
    'answers with what the model m says',
    { '': 'hi' },
  ],
  [
    'messages for a model',
    sent('sampling/createMessage', {
      messages: [{ role: 'user', content: { type: 'text', text: 'hi' } }],
      maxTokens: 5,
    }),
    'sampling/createMessage',
    { user: 'hi', maxTokens: 5 },
  ],
  [
    'an error',
    { id: 1, error: { code: -32602, message: 'no such tool', data: { name: 'x' } } },
    'answers with error -32602: no such tool',
    { data: { name: 'x' } },
  ],
  [
    'the end of a handshake',
    result({ serverInfo: { name: 's', version: '1' }, capabilities: { tools: {} } }),
    'answers: the server is s 1',
    { capabilities: '(tools)' },
  ],
];

describe('a message of a timeline', () => {
  it.each(views)('is told: %s', (_name, message, title, parts) => {
    const view = messageView(JSON.stringify(message), { full: false });
    expect(view.title).toBe(title);
    const shown = view.parts.map(({ name, value, note }) => [name, note ? `(${note})` : value]);
    expect(Object.fromEntries(shown)).toEqual(parts);
  });

  it('has all of it where all is asked for', () => {
    const text = JSON.stringify(result({ tools: [{ name: 'a' }], _meta: { x: 1 }, ttlMs: 0 }));
    const { parts } = messageView(text, { full: true });
    expect(parts.map(({ name }) => name)).toEqual(['tools', '_meta', 'ttlMs']);
    expect(parts.every(({ note }) => note === undefined)).toBe(true);
  });

  it.each(['not json', '[1]', '"text"', ''])(
    'is its own text where it is no object: %j',
    (text) => {
      expect(messageView(text, { full: false }).parts).toEqual([
        { name: '', place: [], value: text },
      ]);
    },
  );

  it('says where each part is in it, whatever the message', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.boolean(), (body, full) => {
        const message = JSON.parse(JSON.stringify({ result: body }));
        for (const { place, value } of messageView(JSON.stringify(message), { full }).parts) {
          expect(place.reduce((at, step) => at[step], message)).toEqual(value);
        }
      }),
    );
  });

  it('differs from its original in the parts that masks have changed', () => {
    const of = (to: string) =>
      messageView(JSON.stringify(sent('tools/call', { name: 'send', arguments: { to, n: 1 } })), {
        full: false,
      });
    expect(cameAs(of('[redacted:email]'), of('ann@example.com'))).toEqual([
      { name: 'to', place: ['params', 'arguments', 'to'], value: 'ann@example.com' },
    ]);
    expect(cameAs(undefined, of('a')).map(({ value }) => value)).toEqual([
      'tools/call send',
      'a',
      1,
    ]);
  });
});

type Step = Omit<TranscriptEvent, 'exchange' | 'seq' | 'at' | 'revision'>;
const up: Step = { kind: 'opened', detail: { direction: 'up', kind: 'request' }, payload: '{}' };
const masks = (...places: string[]): Step => ({ kind: 'masked', detail: { places } });

describe('what a step tells', () => {
  const eventsOf = (steps: readonly Step[]) =>
    steps.map((step, seq) => ({ exchange: 'x', seq, at: seq, revision: 'r1', ...step }));

  it.each<[string, readonly Step[], number, unknown]>([
    ['masks after it came', [up, masks('params.a'), { kind: 'forwarded' }], 0, [['params', 'a']]],
    [
      'masks before it left',
      [up, { kind: 'forwarded' }, masks('result.b[0]'), { kind: 'answered', payload: '{}' }],
      3,
      [['result', 'b', 0]],
    ],
    [
      'not those of the other way',
      [up, masks('params.a'), { kind: 'forwarded' }, { kind: 'answered', payload: '{}' }],
      3,
      [],
    ],
    [
      'its own, where it was stopped',
      [{ ...up, detail: { masked: ['params.c'] } }, masks('params.a'), { kind: 'blocked' }],
      0,
      [['params', 'c']],
    ],
    ['none that names no place', [up, masks('params.a[*]', '..'), { kind: 'forwarded' }], 0, []],
  ])('is where its message was masked: %s', (_name, steps, index, places) => {
    expect(maskedPlaces(eventsOf(steps), index)).toEqual(places);
  });

  it.each<[Step, string]>([
    [up, 'client gate'],
    [{ kind: 'received', detail: { direction: 'down', kind: 'result' } }, 'upstream gate'],
    [{ kind: 'opened', detail: { by: 'gate', why: 'the policies have changed' } }, 'gate'],
    [{ kind: 'forwarded' }, 'gate upstream'],
    [{ kind: 'forwarded', payload: '{}' }, 'upstream client'],
    [{ kind: 'forwarded', detail: { by: 'gate', method: 'tools/list' } }, 'gate upstream'],
    [{ kind: 'forwarded', detail: { by: 'gate', approval: 'a' } }, 'gate client'],
    [{ kind: 'answered', payload: '{}' }, 'upstream client'],
    [{ kind: 'blocked', payload: '{}' }, 'gate client'],
    [{ kind: 'held', detail: {} }, 'gate people'],
    [{ kind: 'resolved', detail: { state: 'granted', by: 'bob' } }, 'people gate'],
    [{ kind: 'resolved', detail: { state: 'used', by: ['bob'] } }, 'gate'],
    [{ kind: 'closed', detail: {} }, 'gate'],
  ])('is which way it went: %j', (step, way) => {
    const [event] = eventsOf([step]);
    expect(Object.values(wayOf(event as TranscriptEvent, {})).join(' ')).toBe(way);
  });

  it.each([
    ['by somebody', { sub: 'os:root' }, 'people'],
    ['by upkeep', {}, 'gate'],
  ])('comes from no client where it was done to transcripts %s', (_, record, from) => {
    const own = { exchange: 'x', at: 0, revision: '' };
    const ways = (['opened', 'closed'] as const).map((kind, seq) =>
      wayOf({ ...own, seq, kind }, record),
    );
    expect(ways).toEqual([{ from }, { from }]);
  });

  it.each<[Step, string]>([
    [{ kind: 'decided', detail: { effect: 'allow' } }, 'plain'],
    [{ kind: 'decided', detail: { effect: 'block' } }, 'blocked'],
    [{ kind: 'decided', detail: { effect: 'approve' } }, 'held'],
    [{ kind: 'masked', detail: { masks: [{ rule: 'hide', what: 'email' }] } }, 'masked'],
    [{ kind: 'masked', detail: { what: 'tools (pruned)', count: 1 } }, 'plain'],
    [{ kind: 'failed', detail: {} }, 'failed'],
  ])('is what a reader should notice it for: %j', (step, tone) => {
    const [event] = eventsOf([step]);
    expect(toneOf(event as TranscriptEvent)).toBe(tone);
  });
});
