import { describe, expect, it } from 'vitest';
import { backtestEngine } from '../../../src/cli/replay/backtest/backtest-engine.ts';
import type { IdentityFacts } from '../../../src/model/identity.ts';
import { isObject, type Json, type JsonObject } from '../../../src/model/json.ts';
import type { AnswerFrame, Frame } from '../../../src/model/message.ts';
import { toolDefinition } from '../../../src/policy/pin/tool-definition.ts';
import type { PolicySet } from '../../../src/policy/policy-set.ts';
import type { Subject } from '../../../src/policy/subject.ts';
import { PolicyJudge } from '../../../src/replay/backtest/policy-judge.ts';
import { recordedVerdict } from '../../../src/replay/backtest/recorded-verdict.ts';
import { differenceOf } from '../../../src/replay/backtest/verdict.ts';
import { RecordedCase } from '../../../src/replay/recorded-case.ts';
import type { Recorded } from '../../../src/replay/recorded-exchange.ts';
import { MemoryStore } from '../../../src/store/memory/store.ts';
import { compiled } from '../../policy/reference/compare.ts';
import fc from '../../support/fast-check.ts';
import { asked, notice, request, TestGate, told } from '../../support/gate.ts';
import { documents } from '../../support/policy-arbitraries.ts';
import * as subjects from '../../support/policy-subjects.ts';

// Messages of all kinds go through a real gate under random policies, and are judged again by what it has recorded.

type Message = Omit<Subject, 'result'>;

/** A message as it comes, and its answer. */
interface Happening {
  readonly message: Message;
  readonly first: Frame;
  readonly answer: AnswerFrame;
}

const ways = fc.constantFrom(
  ...(['call', 'call', 'call', 'call', 'notice', 'sent', 'other', 'asked', 'told'] as const),
);
const complete = (ref: JsonObject, value: string): [string, JsonObject] => [
  'completion/complete',
  { ref, argument: { name: 'x', value } },
];
/** What needs no rule of its own, or only the right to use something. */
const others = fc.constantFrom<readonly [string, JsonObject]>(
  ['tools/list', {}],
  ['initialize', { protocolVersion: '2025-11-25', clientInfo: { name: 'a', version: '1' } }],
  ['resources/subscribe', { uri: 'docs://a/b' }],
  ['resources/templates/list', {}],
  complete({ type: 'ref/prompt', name: 'query' }, 'a'),
  complete({ type: 'ref/resource', uri: 'docs://{x}/b' }, 'ana@example.com'),
  ['logging/setLevel', { level: 'debug' }],
  ['ping', {}],
);
const said = { role: 'user', content: { type: 'text', text: 'to ana@example.com' } };
/** What upstreams send of their own. */
const pushed = fc.constantFrom<readonly [string, JsonObject]>(
  ['sampling/createMessage', { messages: [said], maxTokens: 9 }],
  ['elicitation/create', { message: 'ana@example.com?', requestedSchema: { type: 'object' } }],
  ['roots/list', {}],
  ['notifications/message', { level: 'info', data: { x: 'ana@example.com' } }],
  ['notifications/resources/updated', { uri: 'docs://a/b' }],
  ['x/y', { x: 'ab' }],
);

const objectOf = (value: unknown): JsonObject => (isObject(value as Json) ? (value as JsonObject) : {}); // biome-ignore format: one line says it
const metaIn = ({ meta }: Message) => (meta === undefined ? {} : { _meta: objectOf(meta) });

function paramsOf(message: Message): JsonObject {
  const { target } = message;
  const args = objectOf(message.args);
  if (target.kind === 'resources') return { uri: target.name, ...args, ...metaIn(message) };
  if (target.kind === 'methods') return { ...args, ...metaIn(message) };
  return { name: target.name, arguments: args, ...metaIn(message) };
}

function answerOf({ result, error }: Pick<Subject, 'result' | 'error'>): AnswerFrame {
  const common = { jsonrpc: '2.0', id: 1 } as const;
  if (typeof result !== 'symbol') {
    return { kind: 'result', direction: 'down', message: { ...common, result: objectOf(result) } };
  }
  const { message, ...rest } = objectOf(error);
  const told = { code: 5, ...rest, message: typeof message === 'string' ? message : 'a' };
  return { kind: 'error', direction: 'down', message: { ...common, error: told } };
}

const happening: fc.Arbitrary<Happening> = fc
  .tuple(subjects.message, subjects.answer, ways, others, pushed)
  .map(([message, reply, way, [method, params], push]) => {
    const own = message.request.method;
    const first = {
      call: () => request(own, paramsOf(message)),
      notice: () => notice(`notifications/${own.replace('/', '_')}`, paramsOf(message)),
      sent: () => notice(own, paramsOf(message)),
      other: () => request(method, { ...params, ...metaIn(message) }),
      asked: () => asked(...push),
      told: () => told(...push),
    }[way]();
    return { message, first, answer: answerOf(reply) };
  });

/** What a gate with these policies records of it. */
async function recordedBy(
  policies: PolicySet,
  { message, first, answer }: Happening,
): Promise<Recorded> {
  const store = new MemoryStore({ originals: true });
  const tested = new TestGate([], { recorder: store });
  const { tool, target, request: facts, identity, client } = message;
  const { upstream, protocol, ip, now } = facts;
  if (typeof tool !== 'symbol') {
    const listed = { name: target.name, inputSchema: { type: 'object' }, ...objectOf(tool) };
    tested.gate.catalog.learn(upstream, [{ tool: listed, definition: toolDefinition(listed) }]);
  }
  const known = {
    ...(protocol === undefined ? {} : { protocol }),
    ...(ip === undefined ? {} : { ip }),
  };
  const exchange = tested.exchange(first, {
    ...{ identity, upstream, clock: () => now, snapshot: { policies, revision: 'r1' } },
    session: { name: 's1', client, ...known },
  });
  const { kind } = await tested.gate.pass(first, exchange);
  const isCall = first.kind === 'request' && first.direction === 'up';
  if (kind === 'forward' && isCall) await tested.gate.pass(answer, exchange);
  exchange.close('answered');
  await tested.gate.settle(exchange);
  const record = store.exchange('exchange-1');
  if (!record) throw new Error('nothing was recorded');
  const fact = (digest: string) => store.fact(digest);
  const caller = fact(record.identity ?? '') as IdentityFacts | undefined;
  return { record, events: store.events(record.id), fact, ...(caller && { identity: caller }) };
}

function judged(recorded: Recorded, { originals }: { originals: boolean }, policies?: PolicyJudge) {
  const found = RecordedCase.of(recorded, { originals });
  if (typeof found === 'string') throw new Error(found);
  const then = recordedVerdict(found);
  return { then: then?.verdict, now: then && policies?.judge(found, then.masked) };
}

/** Masks that what is recorded may have been under. */
const masks = fc.array(
  fc.constantFrom<object>(
    { find: ['email'], in: ['args', 'result'] },
    { find: 'payment-card', with: { keep: { last: 4 } }, in: ['args', 'result'] },
    { path: 'structuredContent.x' },
    { path: 'structuredContent.x', with: 'remove' },
    { path: 'content[*].text', with: 'remove' },
    { path: 'args.x' },
    { path: 'args.x', with: 'remove' },
    { path: 'args.x[*]', with: 'remove' },
    { path: 'args.x.y', with: 'hash' },
    { path: 'args.z', with: 'null' },
  ),
  { maxLength: 3 },
);
const day = fc.array(happening, { minLength: 6, maxLength: 6 });
const RUNS = { numRuns: 20 };

describe('a backtest', () => {
  it('judges as the gate did by the same policies, and leaves nothing open where it has the originals', async () => {
    const judge = async (list: Parameters<typeof compiled>[0], all: readonly Happening[]) => {
      const { policies } = compiled(list);
      for (const one of all) {
        const recorded = await recordedBy(policies, one);
        for (const originals of [true, false]) {
          const { then, now } = judged(
            recorded,
            { originals },
            new PolicyJudge(policies, backtestEngine),
          );
          if (!then || !now) continue;
          expect(differenceOf(then, now)).toBeUndefined();
          // A hint that is no text is kept as one that can't be told from a masked one.
          const { annotations } = objectOf(one.message.tool);
          const isOdd = typeof objectOf(annotations).title === 'number';
          if (originals && !isOdd) expect(now.effect).toBe(then.effect);
        }
      }
    };
    await fc.assert(fc.asyncProperty(documents, day, judge), RUNS);
  });

  it('judges by other policies as a gate with these does, or says that it can not be told', async () => {
    const judge = async (
      list: Parameters<typeof compiled>[0],
      all: readonly Happening[],
      mask: readonly object[],
    ) => {
      const { policies } = compiled(list);
      const open = { id: 'all', then: 'allow', ...(mask.length > 0 && { mask }) } as const;
      const before = compiled([{ rules: [open] }]).policies;
      for (const one of all) {
        const recorded = await recordedBy(before, one);
        const { then: truth } = judged(await recordedBy(policies, one), { originals: true });
        for (const originals of [true, false]) {
          const { then, now } = judged(
            recorded,
            { originals },
            new PolicyJudge(policies, backtestEngine),
          );
          if (!truth || !now || then?.effect === 'block') continue;
          // Of what is held there is no answer, which the other gate has got.
          if (truth.effect === 'approve') {
            expect(now.possible.some((effect) => ['approve', 'block'].includes(effect))).toBe(true);
          } else expect(differenceOf(truth, now)).toBeUndefined();
        }
      }
    };
    await fc.assert(fc.asyncProperty(documents, day, masks, judge), RUNS);
  });
});
