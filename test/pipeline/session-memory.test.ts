import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import type { AnswerFrame, Frame } from '../../src/model/message.ts';
import { SessionMemory } from '../../src/pipeline/session-memory.ts';
import { answer, failure, notice, request } from '../support/gate.ts';

const said = { protocolVersion: '2025-06-18', capabilities: {}, serverInfo: { name: 's' } };
const hello = (more: JsonObject = {}) => answer({ ...said, ...more }) as AnswerFrame;
const unasked = { asked: undefined, readsOnly: false };

function memory(): SessionMemory {
  const made = SessionMemory.of({ capabilities: {} }, hello());
  if (!made) throw new Error('it was not made');
  return made;
}

function told(...frames: Frame[]): SessionMemory {
  const made = memory();
  for (const frame of frames) made.sent(frame, unasked);
  return made;
}

describe('what a session was told', () => {
  it('can be said again as long as it leaves nothing behind', () => {
    const reads = ['ping', 'tools/list', 'resources/read', 'prompts/get', 'completion/complete'];
    expect(told(...reads.map((method) => request(method, {}))).isRepeatable).toBe(true);
    for (const method of ['tools/call', 'tasks/get', 'example/new', 'tasks/cancel']) {
      expect(told(request(method, {})).isRepeatable).toBe(false);
    }
    expect(told(notice('example/new')).isRepeatable).toBe(false);
  });

  it('counts an answer by what was asked', () => {
    const reply = { ...answer({}), direction: 'up' } as Frame;
    for (const [asked, stays] of [
      ['roots/list', true],
      ['elicitation/create', false],
    ] as const) {
      const made = memory();
      made.sent(reply, { asked, readsOnly: false });
      expect(made.isRepeatable).toBe(stays);
    }
  });

  it('does not count what the upstream has not looked at', () => {
    const made = memory();
    const [one, two] = [1, 2].map(() => made.sent(request('tools/call', {}), unasked));
    one?.();
    expect(made.isRepeatable).toBe(false);
    two?.();
    expect(made.isRepeatable).toBe(true);
    const ended = notice('notifications/initialized');
    const takeBack = made.sent(ended, unasked);
    expect(made.initialized).toBe(ended);
    takeBack();
    expect(made.initialized).toBeUndefined();
  });

  it('is no more than can be kept', () => {
    const subscribe = (n: number) => request('resources/subscribe', { uri: `a://${n}` });
    const some = Array.from({ length: 100 }, (_, n) => subscribe(n));
    expect(told(...some, subscribe(0)).isRepeatable).toBe(true);
    expect(told(...some, subscribe(0)).requests).toHaveLength(100);
    expect(told(...some, subscribe(100)).isRepeatable).toBe(false);
    expect(SessionMemory.of({ much: 'x'.repeat(70_000) }, hello())).toBeUndefined();
  });

  it('fits an upstream that says of itself what it said', () => {
    expect(memory().fits(hello({ _meta: { at: 7 } }))).toBe(true);
    for (const more of [
      { protocolVersion: '2025-03-26' },
      { capabilities: { tools: {} } },
      { serverInfo: { name: 's', version: '2' } },
      { instructions: 'Be long.' },
    ]) {
      expect(memory().fits(hello(more))).toBe(false);
    }
    expect(memory().fits(failure('no') as AnswerFrame)).toBe(false);
    expect(SessionMemory.of({}, failure('no') as AnswerFrame)).toBeUndefined();
  });
});
