import { afterEach, describe, expect, it } from 'vitest';
import { MaskPool } from '../../src/aside/mask-pool.ts';
import { ASIDE_FROM, isLarge, type MaskAside } from '../../src/pipeline/stages/mask-aside.ts';
import { answer, leaving, request, TestGate, told } from '../support/gate.ts';
import type { RuleText } from '../support/policies.ts';

const secret = 'eve@example.org';
const rules: RuleText[] = [
  { id: 'all', on: { tools: ['query'] }, then: 'allow' },
  { id: 'no-poison', when: { 'result.poison': { eq: true } }, then: 'block' },
  { id: 'hide', mask: [{ find: ['email'], in: ['args', 'result'] }] },
];
const call = (args = {}) => request('tools/call', { name: 'query', arguments: args });
const filling = 'nothing to see. '.repeat(20_000);
const large = (more: object = {}) =>
  answer({ content: [{ type: 'text', text: `ask ${secret} ${filling}` }], ...more });

const script = new URL('../aside/moody-worker.ts', import.meta.url);
let pool: MaskPool | undefined;
afterEach(() => pool?.close());

/** A gate whose large messages real threads mask, and the sizes of those. */
function gateAside(options: { deadline?: number } = {}, own: readonly RuleText[] = rules) {
  const log = { info() {}, warn() {}, error() {}, debug() {} };
  const threads = new MaskPool({ log, script, threads: 1, ...options });
  pool = threads;
  const sizes: number[] = [];
  const aside: MaskAside = {
    mask: (frame, text, how, isOver) => {
      sizes.push(text.length);
      return threads.mask(frame, text, how, isOver);
    },
  };
  return { gate: new TestGate(own, { aside }), sizes };
}

describe('a large message', () => {
  it('is masked as it would be masked here, and recorded as it leaves', async () => {
    const { gate, sizes } = gateAside();
    const here = new TestGate(rules);
    const there = await gate.pass(call(), large());
    const expected = await here.pass(call(), large());
    expect(sizes).toHaveLength(1);
    expect(there.map(leaving)).toEqual(expected.map(leaving));
    expect(gate.transcript()).toBe(here.transcript());
    expect(gate.transcript()).not.toContain(secret);
    expect(gate.gate.maskCounts.messages()).toEqual({ masked: 1, aside: 1, failed: 0 });
  });

  it('on its way up is masked aside as well, and judged as it will be sent', async () => {
    const { gate, sizes } = gateAside();
    const [up] = await gate.pass(call({ to: secret, text: filling }));
    expect(sizes).toHaveLength(1);
    expect(JSON.stringify(leaving(up))).toContain('"to":"[redacted:email]"');
    expect(gate.transcript()).not.toContain(secret);
  });

  it('is one of so many characters, with its text at hand or without', () => {
    const text = (size: number) => answer({ text: 'x'.repeat(size) });
    const sized = (size: number) => {
      const frame = text(size);
      const { source: _, ...bare } = frame;
      return [isLarge(frame, undefined), isLarge(bare as typeof frame, undefined)];
    };
    expect(sized(ASIDE_FROM + 100)).toEqual([true, true]);
    expect(sized(ASIDE_FROM - 1_000)).toEqual([false, false]);
    const many = answer({ rows: Array.from({ length: 60_000 }, () => ({})) });
    expect(isLarge({ ...many, source: undefined } as never, undefined)).toBe(true);
  });

  it('that no mask is due on passes as it is', async () => {
    const free: RuleText[] = [{ id: 'all', on: { tools: ['query'] }, then: 'allow' }];
    const up: RuleText[] = [...free, { id: 'up', mask: [{ find: ['email'], in: ['args'] }] }];
    for (const others of [free, up]) {
      const { gate, sizes } = gateAside({}, others);
      const [, down] = await gate.pass(call(), large());
      expect(JSON.stringify(leaving(down))).toContain(secret);
      expect(sizes).toEqual([]);
    }
  });

  it('that is blocked is read masked in the transcript, without its end', async () => {
    const { gate, sizes } = gateAside();
    const [, down] = await gate.pass(call(), large({ poison: true }));
    expect(leaving(down)).toMatchObject({ result: { isError: true } });
    expect(sizes).toHaveLength(1);
    const received = gate.store.events('exchange-1').find(({ kind }) => kind === 'received');
    expect(received?.payload).toContain('ask [redacted:email]');
    expect(received?.detail).toMatchObject({ masked: ['result.content[0].text'] });
    expect(received?.detail?.characters).toBeGreaterThan(ASIDE_FROM);
    expect(gate.transcript()).not.toContain(secret);
  });

  it.each(['please hang', 'please die', 'please fail'])(
    'that can not be masked (%s) is a recorded block, and none of it is recorded',
    async (trouble) => {
      const { gate, sizes } = gateAside({ deadline: 2_000 });
      const [, down] = await gate.pass(call(), large({ note: trouble }));
      expect(leaving(down)).toMatchObject({ result: { isError: true } });
      expect(gate.kinds()).toEqual([
        ...['opened', 'decided', 'forwarded'],
        ...['received', 'decided', 'failed', 'blocked'],
      ]);
      const failed = gate.store.events('exchange-1').find(({ kind }) => kind === 'failed');
      expect(failed?.detail).toMatchObject({ code: 'MASK_FAILED' });
      // It isn't tried again for the transcript.
      expect(sizes).toHaveLength(1);
      expect(gate.transcript()).not.toContain('nothing to see');
      expect(gate.store.exchange('exchange-1')?.outcome).toBe('blocked');
      expect(gate.gate.maskCounts.messages()).toMatchObject({ failed: 1 });
      const [, next] = await gate.pass(call(), large());
      expect(JSON.stringify(leaving(next))).toContain('[redacted:email]');
    },
  );

  it('is not waited for once its call is over', async () => {
    const { gate } = gateAside();
    const exchange = gate.exchange(call());
    await gate.gate.pass(call(), exchange);
    const passing = gate.gate.pass(large({ note: 'please wait' }), exchange);
    exchange.close('cancelled');
    await gate.gate.settle(exchange);
    expect(await passing).toMatchObject({ kind: 'drop' });
    expect(gate.store.exchange('exchange-1')?.outcome).toBe('cancelled');
    expect(gate.kinds()).not.toContain('answered');
    expect(gate.transcript()).not.toContain(secret);
  });

  it('that is blocked while its call ends is not recorded late', async () => {
    const { gate } = gateAside();
    const exchange = gate.exchange(call());
    await gate.gate.pass(call(), exchange);
    const passing = gate.gate.pass(large({ note: 'please wait', poison: true }), exchange);
    exchange.close('cancelled');
    await passing;
    expect(gate.kinds()).not.toContain('blocked');
  });

  it('is masked aside as a notification too', async () => {
    const { gate, sizes } = gateAside();
    const log = told('notifications/message', { level: 'info', data: `${secret} ${filling}` });
    const [, down] = await gate.pass(call(), log);
    expect(sizes).toHaveLength(1);
    expect(JSON.stringify(leaving(down))).toContain('[redacted:email]');
  });
});
