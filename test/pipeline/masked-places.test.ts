import { describe, expect, it } from 'vitest';
import { recordedSubject } from '../../src/replay/recorded-subject.ts';
import { answer, request, TestGate } from '../support/gate.ts';
import type { RuleText } from '../support/policies.ts';

const secret = 'eve@example.org';
const rules: RuleText[] = [
  { id: 'all', on: { tools: ['send'] }, then: 'allow' },
  { id: 'lists', on: { methods: ['tools/list'] }, then: 'allow' },
  {
    id: 'no-answer',
    on: { tools: ['send'] },
    when: { 'result.stop': { eq: true } },
    then: 'block',
  },
  { id: 'mails', mask: [{ find: ['email'], with: { keep: { last: 0 } }, in: ['args', 'result'] }] },
  { id: 'pins', mask: [{ path: 'args.pin', with: 'redact' }, { path: 'structuredContent.pin', with: 'redact' }] }, // biome-ignore format: one line says it
];
const args = { to: secret, text: 'select **', pin: 1234, cc: ['none', secret] };
const call = (name: string) => request('tools/call', { name, arguments: args });

function recorded(gate: TestGate) {
  const [record] = gate.store.exchanges({ limit: 1 });
  if (!record) throw new Error('nothing was recorded');
  const events = gate.store.events(record.id);
  const identity = { sub: 'ana', issuer: 'i', groups: [], scopes: [], claims: {} };
  const found = recordedSubject({ record, events, identity });
  if (typeof found === 'string') throw new Error(found);
  const known = [['request', 'ip'], ['client'], ['tool']].map(String);
  return { events, hidden: found.hidden.filter((place) => !known.includes(String(place))) };
}

describe('a transcript names the places that masks have changed', () => {
  it('in a call and its answer', async () => {
    const gate = new TestGate(rules);
    const result = { content: [], structuredContent: { pin: 1, mail: secret, text: '**' } };
    await gate.pass(call('send'), answer(result));
    const { events, hidden } = recorded(gate);
    expect(hidden).toEqual([
      ['args', 'to'],
      ['args', 'pin'],
      ['args', 'cc', 1],
      ['result', 'structuredContent', 'pin'],
      ['result', 'structuredContent', 'mail'],
    ]);
    const notes = events.filter(({ kind }) => kind === 'masked');
    expect(notes.flatMap(({ detail }) => (detail?.places ? [detail.places] : []))).toEqual([
      ['params.arguments.to', 'params.arguments.pin', 'params.arguments.cc[1]'],
      ['result.structuredContent.pin', 'result.structuredContent.mail'],
    ]);
    expect(gate.transcript()).not.toContain(secret);
  });

  it('in a call that was blocked', async () => {
    const gate = new TestGate(rules);
    await gate.pass(call('wipe'));
    const { events, hidden } = recorded(gate);
    expect(events[0]?.detail?.masked).toEqual([
      ...['params.arguments.to', 'params.arguments.pin', 'params.arguments.cc[1]'],
    ]);
    expect(hidden).toEqual([
      ['args', 'to'],
      ['args', 'pin'],
      ['args', 'cc', 1],
    ]);
  });

  it('in an answer that was withheld', async () => {
    const gate = new TestGate(rules);
    const result = { stop: true, content: [], structuredContent: { mail: secret, text: '**' } };
    await gate.pass(call('send'), answer(result));
    const { hidden } = recorded(gate);
    expect(hidden.filter(([root]) => root === 'result')).toEqual([
      ['result', 'structuredContent', 'mail'],
    ]);
    expect(gate.transcript()).not.toContain(secret);
  });

  it('but of a list, from which tools were taken later, what looks masked counts as well', async () => {
    const gate = new TestGate(rules);
    const tool = (name: string, description: string) => ({ name, description, inputSchema: {} });
    const tools = [tool('wipe', 'Wipes.'), tool('send', `Sends to ${secret}.`)];
    await gate.pass(request('tools/list'), answer({ tools }));
    expect(recorded(gate).hidden).toContainEqual(['result', 'tools', 0, 'description']);
  });
});
