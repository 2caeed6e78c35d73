import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Frame } from '../../src/model/message.ts';
import type { Recorder } from '../../src/model/seams.ts';
import { originalOf } from '../../src/pipeline/original.ts';
import { decodeText } from '../../src/protocol/jsonrpc.ts';
import { MemoryStore } from '../../src/store/memory/store.ts';
import { answer, asked, notice, request, TestGate, told } from '../support/gate.ts';
import type { RuleText } from '../support/policies.ts';

const SECRET = 'eve.secret@example.org';
const allow: RuleText = { id: 'all', on: { tools: ['*'], methods: ['**'] }, then: 'allow' };
const hide: RuleText = { id: 'hide', mask: [{ find: ['email'], in: ['args', 'result'] }] };
const call = (text: string) => request('tools/call', { name: 'echo', arguments: { text } });
const said = (text: string) => answer({ content: [{ type: 'text', text }] });

/** What came from a client is written anew, from what was read of it. */
const textOf = ({ source, message }: Frame) => source ?? JSON.stringify(message);

/** What is kept of the messages of one exchange: which step has a payload, an original, both. */
async function kept(
  rules: readonly RuleText[] | undefined,
  frames: readonly [Frame, ...Frame[]],
  options: ConstructorParameters<typeof TestGate>[1] = {},
) {
  const store = new MemoryStore({ originals: true });
  const gate = new TestGate(rules, { recorder: store, ...options });
  await gate.pass(...frames);
  const steps = store.eventsAfter(0, 100);
  return {
    steps: steps.flatMap(({ kind, payload, original }) => {
      if (payload === undefined && original === undefined) return [];
      return [[kind, payload !== undefined, original !== undefined]];
    }),
    originals: steps.flatMap(({ original }) => original ?? []),
    readable: JSON.stringify(steps.map(({ original: _, ...step }) => step)),
    steps_: steps,
  };
}

describe('the original of a message', () => {
  it('is kept where masks have changed it, in both directions, as it came', async () => {
    const frames = [call(SECRET), said(`ask ${SECRET}`)] as const;
    const { steps, originals, readable } = await kept([allow, hide], frames);
    expect(steps).toEqual([
      ['opened', true, true],
      ['answered', true, true],
    ]);
    expect(originals).toEqual(frames.map(textOf));
    expect(readable).not.toContain(SECRET);
  });

  it('is not kept where nothing was changed: the payload is it', async () => {
    const { steps } = await kept([allow, hide], [call('hello'), said('hello')]);
    expect(steps).toEqual([
      ['opened', true, false],
      ['answered', true, false],
    ]);
  });

  it('is not kept for blanks, escapes and the order of members', async () => {
    const text = `{ "method":"tools/call","params":{"arguments":{"text":"\\u0068i"},"name":"echo"},
                   "id":1, "jsonrpc":"2.0" }`;
    const frame = decodeText(text, 'up', { bytes: 10_000, depth: 10 });
    const { steps } = await kept([allow, hide], [frame]);
    expect(steps).toEqual([['opened', true, false]]);
  });

  it('is kept of what is blocked: masked for all, whole for the key', async () => {
    const block: RuleText = { id: 'no', on: { tools: ['echo'] }, then: 'block' };
    const { steps, originals, readable } = await kept([allow, hide, block], [call(SECRET)]);
    expect(steps).toEqual([
      ['opened', true, true],
      ['blocked', true, false],
    ]);
    expect(originals).toEqual([textOf(call(SECRET))]);
    expect(readable).not.toContain(SECRET);
  });

  it('is all that is kept of a message while nothing says what must be masked', async () => {
    const { steps, originals, readable } = await kept(undefined, [call(SECRET)]);
    expect(steps).toEqual([
      ['opened', false, true],
      ['blocked', true, false],
    ]);
    expect(originals).toEqual([textOf(call(SECRET))]);
    expect(readable).not.toContain(SECRET);
  });

  it('is all that is kept of a message that could not be masked', async () => {
    const analyzed: RuleText = { id: 'hide', mask: [{ find: ['presidio'], in: ['args'] }] };
    const { steps, originals } = await kept([allow, analyzed], [call(SECRET)]);
    expect(steps[0]).toEqual(['opened', false, true]);
    expect(originals).toEqual([textOf(call(SECRET))]);
  });

  it('is cut of what goes nowhere, with no digest that would tell a guess', async () => {
    const text = `${SECRET} ${'x'.repeat(100_000)}`;
    const block: RuleText = { id: 'no', on: { tools: ['echo'] }, then: 'block' };
    const { originals, steps_ } = await kept([allow, hide, block], [call(text)]);
    expect(originals[0]).toHaveLength(65_536);
    const { length } = textOf(call(text));
    expect(steps_[0]?.detail).toMatchObject({ original: { characters: length } });
    expect(Object.keys(steps_[0]?.detail?.original ?? {})).toEqual(['characters']);
  });

  it('is kept of what servers send of their own', async () => {
    const rules = [allow, hide];
    const log = told('notifications/message', { level: 'info', data: SECRET });
    const question = asked('elicitation/create', { message: SECRET, requestedSchema: {} });
    for (const frame of [log, question]) {
      const { originals, readable } = await kept(rules, [frame]);
      expect(originals).toEqual([textOf(frame)]);
      expect(readable).not.toContain(SECRET);
    }
  });

  it('is kept of a list from which tools were taken, for the gate has changed it', async () => {
    const rules: RuleText[] = [{ id: 'one', on: { tools: ['echo'] }, then: 'allow' }];
    const tools = [{ name: 'echo' }, { name: 'drop' }].map((tool) => ({
      ...tool,
      inputSchema: {},
    }));
    const { originals } = await kept(rules, [request('tools/list', {}), answer({ tools })]);
    expect(originals).toEqual([textOf(answer({ tools }))]);
  });

  it('is kept of a notification that a client sends', async () => {
    const frame = notice('notifications/progress', {
      progressToken: 1,
      progress: 1,
      message: SECRET,
    });
    const { originals, readable } = await kept([allow, hide], [frame]);
    expect(readable).not.toContain(SECRET);
    expect(originals).toEqual([textOf(frame)]);
  });

  it('goes with its step into the next batch where the store did not take it', async () => {
    const store = new MemoryStore({ originals: true });
    let fails = 1;
    const recorder: Recorder = {
      append: async (batch) => {
        if (fails-- > 0) throw new Error('the disk is full');
        await store.append(batch);
      },
    };
    const gate = new TestGate([allow, hide], { recorder, required: false });
    await gate.pass(call(`${SECRET} ${'x'.repeat(100_000)}`), said('hello'));
    const [first] = store.events('exchange-1');
    expect(first?.original).toHaveLength(65_536);
    expect(first?.payload).toHaveLength(65_536);
    expect(first?.detail).toMatchObject({ original: { characters: expect.any(Number) } });
  });
});

describe('two messages', () => {
  const frame = (params: object): Frame => request('tools/call', params as never);

  it('are the same where their values are', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), fc.jsonValue({ maxDepth: 3 }), (one, other) => {
        const [came, says] = [frame({ value: one }), frame({ value: other })];
        const isSame = originalOf(came, says.message) === undefined;
        expect(isSame).toBe(isEqual(one, other));
        expect(originalOf(came, frame({ value: one }).message)).toBeUndefined();
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    ['{"n":12345678901234567890}', '{"n":12345678901234567891}', false],
    ['{"n":12345678901234567890}', '{"n":12345678901234567890}', true],
    ['{"n":[1,2]}', '{"n":[1,2,3]}', false],
    ['{"n":{"0":1}}', '{"n":[1]}', false],
    ['{"n":null}', '{}', false],
    ['{"a":1,"b":2}', '{"b":2,"a":1}', true],
    ['{"__proto__":1}', '{}', false],
  ])('%s and %s are the same: %s', (one, other, same) => {
    const read = (params: string) => {
      const text = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":${params}}`;
      return decodeText(text, 'up', { bytes: 10_000, depth: 10 });
    };
    expect(originalOf(read(one), read(other).message) === undefined).toBe(same);
  });
});

function isEqual(one: unknown, other: unknown): boolean {
  try {
    // -0 is written as 0.
    expect(JSON.parse(JSON.stringify(one))).toStrictEqual(JSON.parse(JSON.stringify(other)));
    return true;
  } catch {
    return false;
  }
}
