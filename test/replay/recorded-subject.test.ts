import { describe, expect, it } from 'vitest';
import { ABSENT, UNKNOWN } from '../../src/policy/subject.ts';
import { looksMasked, maskedPlaces } from '../../src/replay/hidden-places.ts';
import { recordedSubject } from '../../src/replay/recorded-subject.ts';
import { called, facts, recorded } from '../support/recorded.ts';

function subjectOf(...args: Parameters<typeof called>) {
  const found = recordedSubject(called(...args));
  if (typeof found === 'string') throw new Error(found);
  return found;
}
const masked = { kind: 'masked', detail: { rule: 'hide', what: 'email', count: 1 } } as const;
const forwarded = { kind: 'forwarded' } as const;
const answered = (payload: object) => ({
  ...{ kind: 'answered' as const, payload: JSON.stringify(payload) },
});

describe('a recorded call', () => {
  it('gives back what policy was asked then', () => {
    const { subject, hidden, answer } = subjectOf('query', { sql: 'select 1' });
    expect(subject).toMatchObject({
      identity: { sub: 'ana', groups: ['analysts'] },
      request: { upstream: 'db', method: 'tools/call', ip: '127.0.0.1' },
      target: { kind: 'tools', name: 'query' },
      client: { name: 'agent', version: '1' },
      args: { sql: 'select 1' },
      result: UNKNOWN,
    });
    expect(answer).toEqual({ result: {}, error: ABSENT });
    expect(hidden).toEqual([['tool']]);
  });

  it('hides what the token said where only its subject was recorded', () => {
    const { record, events } = called('query', {});
    const { ip: _, ...without } = record;
    const found = recordedSubject({ record: without, events });
    if (typeof found === 'string') throw new Error(found);
    expect(found.subject.identity).toMatchObject({ sub: 'ana', groups: [] });
    expect(found.hidden).toContainEqual(['identity', 'groups']);
    expect(found.hidden).toContainEqual(['request', 'ip']);
  });

  it('hides claims that were left out of the record', () => {
    const identity = { ...facts('ana'), omitted: ['exp', 'photo'] };
    expect(subjectOf('query', {}, { identity }).hidden).toEqual([
      ['identity', 'claims', 'exp'],
      ['identity', 'claims', 'photo'],
      ['tool'],
    ]);
  });

  it('hides arguments that masks may have changed, and says nothing of stars where none did', () => {
    const args = { to: '[redacted:email]', cards: ['****1111'], text: 'select * from t' };
    const steps = [masked, forwarded, answered({ result: {} })];
    expect(subjectOf('send', args, { steps }).hidden.slice(0, 2)).toEqual([
      ['args', 'to'],
      ['args', 'cards', 0],
    ]);
    expect(subjectOf('send', args).hidden).toEqual([['tool']]);
    const stopped = [{ kind: 'blocked' as const, detail: { reason: 'no' } }];
    expect(subjectOf('send', args, { steps: stopped, outcome: 'blocked' }).hidden).toHaveLength(3);
  });

  it('hides what is masked of the answer only there', () => {
    const result = { structuredContent: { mail: '[redacted:email]' } };
    const steps = [forwarded, masked, answered({ result })];
    const { hidden } = subjectOf('query', { a: '[redacted:email]' }, { steps });
    expect(hidden).toEqual([['tool'], ['result', 'structuredContent', 'mail']]);
  });

  it('hides what the transcript names, and nothing that only looks masked', () => {
    const args = { to: 'x', rows: [{ mail: 'kept' }], text: 'select **' };
    const places = ['params.arguments.rows[0].mail', 'params._meta.trace', 'params.name'];
    const note = { ...masked, detail: { ...masked.detail, places } };
    const params = { name: 'send', arguments: args, _meta: { trace: '*' } };
    const result = { content: [{ text: '**' }], structuredContent: { mail: '**' } };
    const told = { ...masked, detail: { ...masked.detail, places: ['result.structuredContent.mail'] } }; // biome-ignore format: one line says it
    const steps = [note, masked, forwarded, told, answered({ result })];
    expect(subjectOf('send', args, { params, steps }).hidden).toEqual([
      ['args', 'rows', 0, 'mail'],
      ['request', 'meta', 'trace'],
      ['tool'],
      ['result', 'structuredContent', 'mail'],
    ]);
  });

  it('hides what looks masked as well where the transcript does not name all places', () => {
    const args = { to: 'x', text: 'select **' };
    for (const more of [
      { places: ['params.arguments.to'], more: 3 },
      { places: ['params.arguments.to', '.'] },
    ]) {
      // biome-ignore format: one line says it
      const note = { ...masked, detail: { ...masked.detail, ...more } };
      const { hidden } = subjectOf('send', args, { steps: [note, forwarded] });
      expect(hidden).toEqual([['args', 'to'], ['args', 'text'], ['tool']]);
    }
  });

  it('takes what is named of a message that was stopped', () => {
    const args = { to: 'x', text: 'select **' };
    const stopped = [{ kind: 'blocked' as const, detail: { reason: 'no' } }];
    const opened = { masked: ['params.arguments.to'] };
    const { hidden } = subjectOf('send', args, { opened, steps: stopped, outcome: 'blocked' });
    expect(hidden).toEqual([['args', 'to'], ['tool']]);
    const none = subjectOf('send', args, { opened: { masked: [] }, steps: stopped });
    expect(none.hidden).toEqual([['tool']]);
  });

  it('reads one step for all masks, and hides what it names', () => {
    const args = { to: 'person:0123456789abcdef', card: '****1111', count: 4000 };
    const masks = [
      { rule: 'r', what: 'email', with: 'token', count: 1, places: ['arguments.to'] },
      { rule: 'r', what: 'args.count', with: 'round', count: 1, places: ['arguments.count'] },
    ];
    const places = ['params.arguments.to', 'params.arguments.count'];
    const all = { kind: 'masked', detail: { masks, places } } as const;
    const { hidden } = subjectOf('send', args, { steps: [all, forwarded] });
    const ofArgs = hidden.filter(([root]) => root === 'args');
    expect(ofArgs).toEqual([
      ['args', 'to'],
      ['args', 'count'],
    ]);
    // What `round` has left can't be told by its shape, so where not all places are named it may be anything.
    const some = { kind: 'masked', detail: { masks, places, more: 1 } } as const;
    const cut = subjectOf('send', args, { steps: [some, forwarded] });
    expect(cut.hidden).toContainEqual(['args']);
    const shaped = {
      kind: 'masked',
      detail: { masks: masks.slice(0, 1), places, more: 1 },
    } as const;
    const told = subjectOf('send', args, { steps: [shaped, forwarded] });
    expect(told.hidden).toContainEqual(['args', 'card']);
    expect(told.hidden).not.toContainEqual(['args']);
  });

  it('hides all arguments where the name of one is masked', () => {
    const note = { ...masked, detail: { ...masked.detail, places: ['params.arguments'] } };
    const args = { '[redacted:email]': 1 };
    const { hidden } = subjectOf('send', args, { steps: [note, forwarded] });
    expect(hidden).toEqual([['args'], ['tool']]);
  });

  it('knows nothing of a message that was cut', () => {
    const cut = { opened: { characters: 70_000 }, payload: '{"jsonrpc":"2.0","id":1,"meth' };
    const { subject, hidden } = subjectOf('query', {}, cut);
    expect(subject).toMatchObject({ target: { kind: 'tools', name: 'query' }, args: UNKNOWN });
    expect(hidden).toContainEqual(['args']);
  });

  it('takes the answer that was withheld rather than what the client got', () => {
    const received = {
      ...{ kind: 'received' as const, detail: { direction: 'down', kind: 'result' } },
      payload: '{"result":{"isError":true}}',
    };
    const blocked = { kind: 'blocked' as const, payload: '{"result":{"content":[]}}' };
    const { answer } = subjectOf('query', {}, { steps: [forwarded, received, blocked] });
    expect(answer?.result).toEqual({ isError: true });
  });

  it('has the error of an answer', () => {
    const error = { code: -32_000, message: 'no' };
    expect(subjectOf('query', {}, { steps: [forwarded, answered({ error })] }).answer).toEqual({
      result: ABSENT,
      error,
    });
  });

  it.each([
    [recorded({ opened: { kind: 'result' } }), 'it began with an answer'],
    [recorded({ opened: { kind: undefined } }), 'it was refused before it was judged'],
    [
      recorded({ opened: { kind: undefined }, method: 'GET' }),
      'it is a stream or the end of a session',
    ],
    [
      recorded({ opened: { kind: undefined }, steps: [{ kind: 'decided' }] }),
      'what it said is erased',
    ],
  ])('is none where nothing was asked', (exchange, why) => {
    expect(recordedSubject(exchange)).toBe(why);
  });
});

describe('text that a mask may have left', () => {
  it.each([
    ...['[redacted]', 'to [redacted:email]!', 'ab**cd', '*', '*x', 'x*'],
    ...['person-id:7f3a0000zzzz1234', 'of crm:0123456789abcdef.', '0123456789abcdef', 'deadbeef'],
  ])('is %j', (text) => {
    expect(looksMasked(text)).toBe(true);
  });

  it.each([
    ...['', 'select * from t', 'count(*)', 'a*b', 'redacted'],
    ...['person-id:7f3a', 'x:0123456789abcdefg', '0123456', '0123456789ABCDEF', 'face to face'],
  ])('is not %j', (text) => {
    expect(looksMasked(text)).toBe(false);
  });

  it('in a name hides the object that has it', () => {
    expect(maskedPlaces({ a: { '[redacted:email]': 1 } }, ['args'])).toEqual([['args', 'a']]);
  });
});
