import { describe, expect, it } from 'vitest';
import type { LimitClaim } from '../../src/model/decision.ts';
import type { Json, JsonObject } from '../../src/model/json.ts';
import type { Frame } from '../../src/model/message.ts';
import type { Limiter, LimitReached } from '../../src/model/seams.ts';
import type { ExchangeInit } from '../../src/pipeline/exchange.ts';
import { MemoryLimiter } from '../../src/store/memory/limiter.ts';
import {
  answer,
  asked,
  failure,
  leaving,
  notice,
  request,
  TestGate,
  told,
} from '../support/gate.ts';
import { ana, type RuleText } from '../support/policies.ts';

const HOUR = 3_600_000;
const stateless: Partial<ExchangeInit> = {
  session: { name: '', client: {}, protocol: '2026-07-28' },
};
const tools: RuleText = { id: 'tools', on: { tools: ['*'] }, then: 'allow' };
const three: RuleText = { ...tools, limit: { calls: 3, per: '1h' } };
const DECISION = 'dev.sallyport/decision';

interface Left {
  readonly params: JsonObject;
  readonly result: JsonObject & { readonly content: readonly { readonly text: string }[] };
  readonly error: { readonly code: number; readonly message: string; readonly data: JsonObject };
}

/** A gate whose time is the test's. */
class LimitedGate extends TestGate {
  #time: { now: number };

  constructor(rules: readonly RuleText[], limiter?: Limiter) {
    const time = { now: 1_700_000_000_000 };
    super(rules, { limiter: limiter ?? new MemoryLimiter({ clock: () => time.now }) });
    this.#time = time;
  }

  wait(milliseconds: number): void {
    this.#time.now += milliseconds;
  }

  async send(frames: Frame | readonly Frame[], facts: Partial<ExchangeInit> = {}): Promise<Left> {
    const [first, ...rest] = 'kind' in frames ? [frames] : frames;
    if (!first) throw new Error('no frame');
    const exchange = this.exchange(first, { clock: () => this.#time.now, ...facts });
    let verdict = await this.gate.pass(first, exchange);
    for (const frame of rest) verdict = await this.gate.pass(frame, exchange);
    return leaving(verdict) as Left;
  }

  /** How many of so many went on. */
  async passed(times: number, frame: Frame, facts: Partial<ExchangeInit> = {}): Promise<number> {
    let count = 0;
    for (let i = 0; i < times; i++) {
      const exchange = this.exchange(frame, { clock: () => this.#time.now, ...facts });
      if ((await this.gate.pass(frame, exchange)).kind === 'forward') count++;
    }
    return count;
  }

  /** What was decided, of all exchanges. */
  decided(): readonly JsonObject[] {
    const events = this.store.eventsAfter(0, 1_000);
    return events.flatMap(({ kind, detail }) => (kind === 'decided' ? [detail as JsonObject] : []));
  }
}

const call = (args: JsonObject = {}, name = 'query') =>
  request('tools/call', { name, arguments: args });

describe('a call beyond a limit', () => {
  it('gets a result that says why, and when to try again', async () => {
    const gate = new LimitedGate([three]);
    expect(await gate.passed(3, call())).toBe(3);
    gate.wait(HOUR / 2);
    const { result } = await gate.send(call());
    expect(result).toMatchObject({
      isError: true,
      _meta: { [DECISION]: { effect: 'block', rule: 'tools', retryAfter: 1_800 } },
    });
    expect(result.content[0]?.text).toBe(
      'Blocked by policy rule "tools": tools/call query. Reason: rule tools lets 3 through in 1h. ' +
        'Try again in 30m. (exchange exchange-4)',
    );
  });

  it('is recorded as a block by that rule, with the bound', async () => {
    const gate = new LimitedGate([three]);
    await gate.passed(4, call());
    expect(gate.kinds('exchange-4')).toEqual(['opened', 'decided', 'decided', 'blocked']);
    expect(gate.decided().at(-1)).toMatchObject({
      effect: 'block',
      rule: 'tools',
      limit: { rule: 'tools', calls: 3, per: HOUR, until: 1_700_000_000_000 + HOUR },
    });
    const record = gate.store.exchange('exchange-4');
    expect(record).toMatchObject({ outcome: 'blocked', effect: 'block', rule: 'tools' });
  });

  it('goes through again once there is room', async () => {
    const gate = new LimitedGate([three]);
    expect(await gate.passed(4, call())).toBe(3);
    gate.wait(HOUR);
    expect(await gate.passed(4, call())).toBe(3);
  });

  it('gets an error where it is no tool call', async () => {
    const rule = { ...three, on: { prompts: ['*'] } };
    const gate = new LimitedGate([rule]);
    const frame = request('prompts/get', { name: 'p' });
    expect(await gate.passed(3, frame)).toBe(3);
    const { error } = await gate.send(frame);
    expect(error).toMatchObject({ code: -32010, data: { [DECISION]: { retryAfter: 3_600 } } });
  });

  it('is told so by a rule that hides as well: it was let through before', async () => {
    const gate = new LimitedGate([{ ...three, denial: 'hide' }]);
    await gate.passed(3, call());
    expect((await gate.send(call())).result.isError).toBe(true);
  });

  it('is refused without a time where what it counts by can not be told', async () => {
    const limit = { calls: 3, per: '1h', by: 'tool.annotations.title' };
    const gate = new LimitedGate([{ ...tools, limit }]);
    const { result } = await gate.send(call());
    expect(result.content[0]?.text).toContain('what it counts by cannot be told');
    expect(result._meta).not.toMatchObject({ [DECISION]: { retryAfter: expect.anything() } });
  });
});

describe('what a limit counts', () => {
  it('is each caller by itself, unless it says otherwise', async () => {
    const gate = new LimitedGate([three]);
    const bob = { identity: { ...ana, sub: 'bob' } };
    expect(await gate.passed(4, call())).toBe(3);
    expect(await gate.passed(4, call(), bob)).toBe(3);
    const limit = { calls: 3, per: '1h', by: 'request.upstream' };
    const shared = new LimitedGate([{ ...tools, limit }]);
    expect(await shared.passed(2, call())).toBe(2);
    expect(await shared.passed(4, call(), bob)).toBe(1);
    expect(await shared.passed(4, call(), { upstream: 'other' })).toBe(3);
  });

  it('adds up with the limits of all rules that match, whatever they decide', async () => {
    const writes = { id: 'writes', on: { tools: ['write'] }, limit: { calls: 1, per: '1h' } };
    const gate = new LimitedGate([three, writes]);
    expect(await gate.passed(3, call({}, 'write'))).toBe(1);
    expect(gate.decided().at(-1)).toMatchObject({ rule: 'writes', effect: 'block' });
    // Those that were refused took nothing from the other limit.
    expect(await gate.passed(3, call())).toBe(2);
  });

  it('grants nothing by itself', async () => {
    const gate = new LimitedGate([
      { id: 'a', on: { tools: ['*'] }, limit: { calls: 9, per: '1h' } },
    ]);
    expect(await gate.passed(1, call())).toBe(0);
  });

  it('is neither what another rule blocks nor what waits for approval', async () => {
    const stops = (then: string) => ({
      id: then,
      on: { tools: ['*'] },
      when: { 'args.x': { eq: then } },
      then,
    });
    const gate = new LimitedGate([three, stops('block'), stops('approve')]);
    expect(await gate.passed(5, call({ x: 'block' }))).toBe(0);
    expect(await gate.passed(5, call({ x: 'approve' }))).toBe(0);
    expect(await gate.passed(4, call())).toBe(3);
  });

  it('is what is sent, where a mask changes what was asked', async () => {
    const limit = { calls: 2, per: '1h', by: 'args.to' };
    const mask = { path: 'args.to', with: 'redact' };
    const gate = new LimitedGate([{ ...tools, limit, mask }]);
    expect(await gate.passed(2, call({ to: 'joe' }))).toBe(2);
    expect(await gate.passed(2, call({ to: 'ann' }))).toBe(0);
  });

  it('is every message, where the rule is about every message, but nothing that ends or begins one', async () => {
    const gate = new LimitedGate([tools, { id: 'all', limit: { calls: 2, per: '1h' } }]);
    expect(await gate.passed(3, request('ping'))).toBe(2);
    expect(await gate.passed(1, request('tools/list'))).toBe(0);
    const cancelled = notice('notifications/cancelled', { requestId: 5 });
    expect(await gate.passed(3, cancelled)).toBe(3);
    expect(await gate.passed(3, notice('notifications/initialized'))).toBe(3);
  });

  it('is notifications too: one beyond the limit is dropped', async () => {
    const logs = {
      id: 'logs',
      on: { methods: ['notifications/message'] },
      limit: { calls: 2, per: '1h' },
    };
    const gate = new LimitedGate([tools, logs]);
    const exchange = gate.exchange(call());
    await gate.gate.pass(call(), exchange);
    const kinds: string[] = [];
    for (let i = 0; i < 3; i++) {
      const frame = told('notifications/message', { level: 'info', data: i });
      kinds.push((await gate.gate.pass(frame, exchange)).kind);
    }
    expect(kinds).toEqual(['forward', 'forward', 'drop']);
    expect(exchange.decision?.effect).toBe('allow');
  });

  it('is no list, and lists keep what has no room left', async () => {
    const gate = new LimitedGate([three]);
    await gate.passed(4, call());
    const list = answer({ tools: [{ name: 'query', inputSchema: {} }] });
    const { result } = await gate.send([request('tools/list'), list]);
    expect(result.tools).toHaveLength(1);
  });

  it('is no answer', async () => {
    const gate = new LimitedGate([{ ...tools, limit: { calls: 1, per: '1h' } }]);
    const { result } = await gate.send([call(), answer({ content: [] })]);
    expect(result.isError).toBeUndefined();
  });
});

const sampling: RuleText = {
  id: 'sampling',
  on: { methods: ['sampling/createMessage', 'elicitation/create'] },
  then: 'allow',
  limit: { calls: 2, per: '1h' },
};
const meta = (extensions: JsonObject = {}) => ({
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {
    ...{ sampling: {}, elicitation: { form: {}, url: {} }, roots: {} },
    extensions,
  },
});
const statelessCall = (more: JsonObject = {}) =>
  request('tools/call', { name: 'query', arguments: {}, _meta: meta(), ...more });
const sample = { method: 'sampling/createMessage', params: { messages: [], maxTokens: 5 } };
const roots = { method: 'roots/list' };
const asks = (inputRequests: JsonObject) => answer({ resultType: 'input_required', inputRequests });

describe('what upstreams ask of clients', () => {
  it('counts', async () => {
    const gate = new LimitedGate([tools, sampling]);
    const ask = asked('sampling/createMessage', { messages: [], maxTokens: 5 });
    await gate.send([call(), ask, ask]);
    const { error } = await gate.send([call(), ask]);
    expect(error).toMatchObject({ code: -32010, data: { [DECISION]: { rule: 'sampling' } } });
    // The call that was under way goes on.
    expect(gate.store.exchange('exchange-2')).toMatchObject({ outcome: 'open' });
  });

  it('counts inside of results, and the result is refused beyond the limit', async () => {
    const gate = new LimitedGate([tools, sampling]);
    await gate.send([statelessCall(), asks({ a: sample })], stateless);
    const two = await gate.send([statelessCall(), asks({ a: sample, b: sample })], stateless);
    expect(two.result).toMatchObject({
      isError: true,
      _meta: { [DECISION]: { rule: 'sampling' } },
    });
    const one = await gate.send([statelessCall(), asks({ a: sample })], stateless);
    expect(one.result.resultType).toBe('input_required');
    const beyond = await gate.send([statelessCall(), asks({ a: sample })], stateless);
    expect(beyond.result.isError).toBe(true);
    expect(gate.store.exchange('exchange-4')).toMatchObject({
      outcome: 'blocked',
      rule: 'sampling',
    });
  });

  it('counts where an error sends the client to visit URLs', async () => {
    const gate = new LimitedGate([tools, sampling]);
    const visit = {
      mode: 'url',
      url: 'https://example.com/',
      message: 'Sign in',
      elicitationId: 'e',
    };
    const errors = (visits: number) =>
      failure('visit', { elicitations: Array.from({ length: visits }, () => visit) });
    const frame = (visits: number): Frame => {
      const made = errors(visits);
      if (made.kind !== 'error') throw new Error('no error');
      return {
        ...made,
        message: { ...made.message, error: { ...made.message.error, code: -32042 } },
      };
    };
    const first = await gate.send([call(), frame(2)]);
    expect(first.error.code).toBe(-32042);
    const second = await gate.send([call(), frame(1)]);
    expect(second.result).toMatchObject({
      isError: true,
      _meta: { [DECISION]: { rule: 'sampling' } },
    });
  });
});

/** A task of a gate, as its client asks for it and answers it. */
async function taskOf(gate: LimitedGate) {
  const _meta = meta({ 'io.modelcontextprotocol/tasks': {} });
  const frame = request('tools/call', { name: 'query', arguments: {}, _meta });
  const state = { status: 'working', createdAt: '2026-01-01T00:00:00Z', ttl: 1000 };
  const made = answer({ resultType: 'task', taskId: 'T1', ...state });
  const { result } = await gate.send([frame, made], stateless);
  const taskId = String(result.taskId);
  return {
    async poll(inputRequests: JsonObject) {
      const waiting = { resultType: 'complete', taskId: 'T1', ...state, status: 'input_required' };
      const get = request('tasks/get', { taskId, _meta });
      const left = await gate.send([get, answer({ ...waiting, inputRequests })], stateless);
      return left.result?.status;
    },
    reply(key: string) {
      const text = { role: 'assistant', content: { type: 'text', text: 'yes' }, model: 'm' };
      const update = request('tasks/update', { taskId, inputResponses: { [key]: text }, _meta });
      return gate.passed(1, update, stateless);
    },
  };
}

describe('what a task asks', () => {
  it('counts once, however often the task is asked for', async () => {
    const { poll } = await taskOf(new LimitedGate([tools, sampling]));
    for (let i = 0; i < 4; i++) expect(await poll({ a: sample })).toBe('input_required');
    expect(await poll({ b: sample })).toBe('input_required');
    expect(await poll({ a: sample, b: sample })).toBe('input_required');
    expect(await poll({ c: sample })).toBeUndefined();
  });

  it('counts again once it was answered', async () => {
    const { poll, reply } = await taskOf(new LimitedGate([tools, sampling]));
    for (let i = 0; i < 2; i++) {
      expect(await poll({ a: sample })).toBe('input_required');
      expect(await poll({ a: sample })).toBe('input_required');
      expect(await reply('a')).toBe(1);
    }
    expect(await poll({ a: sample })).toBeUndefined();
  });

  it('is not answered by an answer that is refused', async () => {
    const updates = { id: 'no', on: { methods: ['tasks/update'] }, then: 'block' };
    const { poll, reply } = await taskOf(new LimitedGate([tools, sampling, updates]));
    expect(await poll({ a: sample })).toBe('input_required');
    expect(await poll({ b: sample })).toBe('input_required');
    expect(await reply('a')).toBe(0);
    expect(await poll({ a: sample })).toBe('input_required');
  });

  it('takes nothing where one of several questions has no room', async () => {
    const { poll } = await taskOf(new LimitedGate([tools, sampling]));
    expect(await poll({ a: sample, b: sample, c: sample })).toBeUndefined();
    expect(await poll({ d: sample })).toBe('input_required');
    expect(await poll({ d: sample, e: sample, f: sample })).toBeUndefined();
    expect(await poll({ d: sample, e: sample })).toBe('input_required');
    expect(await poll({ f: sample })).toBeUndefined();
  });

  it.each([
    ['that enforces', undefined, undefined],
    ['in shadow', 'shadow', 'input_required'],
  ])('takes nothing from a rule %s with what has no room', async (_, mode, status) => {
    const { limit: bound, ...free } = sampling;
    const limited: RuleText = {
      ...{ id: 'limited', on: sampling.on, limit: bound },
      ...(mode ? { mode } : {}),
    };
    const gate = new LimitedGate([tools, free, limited]);
    const { poll } = await taskOf(gate);
    const refused = () => {
      const { would = 0, limited: stopped = 0 } =
        gate.gate.ruleCounts.counts().get('limited') ?? {};
      return would + stopped;
    };
    expect(await poll({ a: sample, b: sample, c: sample })).toBe(status);
    expect(refused()).toBe(1);
    expect(await poll({ d: sample, e: sample })).toBe('input_required');
    expect(refused()).toBe(1);
    expect(await poll({ f: sample })).toBe(status);
    expect(refused()).toBe(2);
  });
});

describe('a call that goes on with what it was asked for', () => {
  it('is the same call, once for each time that it was asked', async () => {
    const questions = { id: 'q', on: { methods: ['roots/list'] }, then: 'allow' };
    const gate = new LimitedGate([three, questions]);
    const { result } = await gate.send([statelessCall(), asks({ r: roots })], stateless);
    const again = statelessCall({ requestState: result.requestState ?? null });
    expect(await gate.passed(1, again, stateless)).toBe(1);
    expect(await gate.passed(2, statelessCall(), stateless)).toBe(2);
    expect(await gate.passed(1, statelessCall(), stateless)).toBe(0);
    // The same state a second time runs the tool a second time.
    expect(await gate.passed(1, again, stateless)).toBe(0);
  });
});

describe('what is asked in a call that goes on', () => {
  it('counts each time, also where the call itself is not counted', async () => {
    const gate = new LimitedGate([
      tools,
      { id: 'q', on: { methods: ['roots/list'] }, then: 'allow', limit: { calls: 2, per: '1h' } },
    ]);
    let state: Json = null;
    const answered: boolean[] = [];
    for (let round = 0; round < 4; round++) {
      const frame = statelessCall(state === null ? {} : { requestState: state });
      const { result } = await gate.send([frame, asks({ r: roots })], stateless);
      answered.push(result.resultType === 'input_required');
      state = result.requestState ?? state;
    }
    expect(answered).toEqual([true, true, false, false]);
  });
});

/** A limiter as a store behind a network is. */
class SlowLimiter implements Limiter {
  fails = false;
  readonly #inner = new MemoryLimiter({ clock: () => 0 });
  waiting: (() => void)[] | undefined;

  async take(claims: readonly LimitClaim[]): Promise<LimitReached | undefined> {
    if (this.waiting) await new Promise<void>((resolve) => this.waiting?.push(resolve));
    else await Promise.resolve();
    if (this.fails) throw new Error('connection refused');
    return this.#inner.take(claims);
  }
}

describe('while calls can not be counted', () => {
  const broken: Limiter = {
    take() {
      throw new Error('thrown at once');
    },
  };

  it.each([
    ['later', Object.assign(new SlowLimiter(), { fails: true })],
    ['at once', broken],
  ])('those that a limit bounds are refused, and recorded (%s)', async (_, limiter) => {
    const gate = new LimitedGate(
      [
        { ...three, on: { tools: ['query'] } },
        { ...tools, id: 'free' },
      ],
      limiter,
    );
    const { result } = await gate.send(call());
    expect(result).toMatchObject({
      isError: true,
      _meta: { [DECISION]: { rule: 'tools', retryAfter: 5 } },
    });
    expect(gate.decided().at(-1)).toMatchObject({ effect: 'block', code: 'LIMIT_UNAVAILABLE' });
    expect(await gate.passed(3, call())).toBe(0);
    expect(gate.logged.filter((line) => line.includes('LIMIT_UNAVAILABLE'))).toHaveLength(1);
    expect(await gate.passed(3, call({}, 'other'))).toBe(3);
  });

  it('a call that is given up meanwhile goes nowhere, and its transcript has what was asked', async () => {
    const limiter = new SlowLimiter();
    limiter.waiting = [];
    const gate = new LimitedGate([three], limiter);
    const frame = call({ sql: 'select 1' });
    const exchange = gate.exchange(frame);
    const passing = gate.gate.pass(frame, exchange);
    exchange.close('cancelled');
    await gate.gate.settle(exchange);
    for (const go of limiter.waiting) go();
    expect((await passing).kind).toBe('drop');
    await gate.gate.settle(exchange);
    expect(gate.kinds()).toEqual(['opened', 'decided', 'closed']);
    expect(gate.store.events('exchange-1')[0]?.payload).toContain('select 1');
  });
});

describe('the limit of a shadow rule', () => {
  const shadow: RuleText = {
    id: 'soon',
    on: { tools: ['*'] },
    limit: { calls: 2, per: '1h' },
    mode: 'shadow',
  };

  it('refuses nothing, and says what it would have refused', async () => {
    const gate = new LimitedGate([tools, shadow]);
    expect(await gate.passed(3, call())).toBe(3);
    expect(gate.decided().filter(({ would }) => would !== undefined)).toEqual([
      expect.objectContaining({
        effect: 'allow',
        would: [{ rule: 'soon', effect: 'limit' }],
        limit: expect.objectContaining({ rule: 'soon', calls: 2 }),
      }),
    ]);
    expect(gate.gate.ruleCounts.counts().get('soon')).toMatchObject({ would: 1, limited: 0 });
    gate.wait(HOUR);
    expect(await gate.passed(1, call())).toBe(1);
    expect(gate.gate.ruleCounts.counts().get('soon')).toMatchObject({ would: 1 });
  });

  it('counts only what goes on, and takes nothing from other limits', async () => {
    const gate = new LimitedGate([three, shadow]);
    expect(await gate.passed(9, call())).toBe(3);
    expect(gate.gate.ruleCounts.counts().get('soon')).toMatchObject({ would: 1 });
    expect(gate.gate.ruleCounts.counts().get('tools')).toMatchObject({ limited: 6 });
  });

  it('refuses nothing while calls can not be counted', async () => {
    const limiter = Object.assign(new SlowLimiter(), { fails: true });
    const gate = new LimitedGate([tools, shadow], limiter);
    expect(await gate.passed(5, call())).toBe(5);
  });

  it('counts a call that goes on with what it was asked for once', async () => {
    const questions = { id: 'q', on: { methods: ['roots/list'] }, then: 'allow' };
    const gate = new LimitedGate([tools, questions, shadow]);
    const { result } = await gate.send([statelessCall(), asks({ r: roots })], stateless);
    const again = statelessCall({ requestState: result.requestState ?? null });
    await gate.passed(1, again, stateless);
    await gate.passed(1, statelessCall(), stateless);
    expect(gate.gate.ruleCounts.counts().get('soon')?.would ?? 0).toBe(0);
    await gate.passed(1, again, stateless);
    expect(gate.gate.ruleCounts.counts().get('soon')?.would).toBe(1);
  });
});

describe('what rules have done is counted', () => {
  it('by rule: messages matched, decided, and those of which a shadow rule says "would"', async () => {
    const no = { id: 'no', on: { tools: ['drop'] }, then: 'block' };
    const never = { id: 'never', on: { tools: ['query'] }, then: 'block', mode: 'shadow' };
    const gate = new LimitedGate([tools, no, never]);
    await gate.passed(3, call());
    await gate.passed(2, call({}, 'drop'));
    expect(Object.fromEntries(gate.gate.ruleCounts.counts())).toEqual({
      tools: { matched: 5, decided: 3, would: 0, limited: 0 },
      no: { matched: 2, decided: 2, would: 0, limited: 0 },
      never: { matched: 0, decided: 0, would: 3, limited: 0 },
    });
  });

  it('on the way down too, for results, notifications and what is asked inside of results', async () => {
    const shadow = (id: string, more: object): RuleText => ({
      id,
      then: 'block',
      mode: 'shadow',
      ...more,
    });
    const gate = new LimitedGate([
      tools,
      { ...sampling, limit: { calls: 9, per: '1h' } },
      shadow('result', { on: { tools: ['*'] }, when: { 'result.isError': { eq: true } } }),
      shadow('logs', { on: { methods: ['notifications/message'] } }),
      shadow('asks', { on: { methods: ['sampling/createMessage'] } }),
    ]);
    const log = told('notifications/message', { level: 'info', data: 1 });
    await gate.send([call(), log, answer({ content: [], isError: true })]);
    await gate.send([statelessCall(), asks({ a: sample })], stateless);
    const would = [...gate.gate.ruleCounts.counts()].filter(([, count]) => count.would > 0);
    expect(would.map(([id]) => id).sort()).toEqual(['asks', 'logs', 'result']);
    expect(gate.decided().flatMap((detail) => detail.would ?? [])).toHaveLength(3);
  });
});
