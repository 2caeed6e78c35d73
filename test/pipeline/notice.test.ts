import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import { answer, failure, leaving, request, TestGate } from '../support/gate.ts';
import type { RuleText } from '../support/policies.ts';

const secret = 'eve@example.org';
const key = 'dev.sallyport/masked';
const allow: RuleText = { id: 'all', on: { tools: ['query'] }, then: 'allow' };
const hide = (mask: object, more: object = {}): RuleText => ({ id: 'hide', mask: [mask], ...more });
const call = request('tools/call', { name: 'query', arguments: {} });
const text = (value: string, more: JsonObject = {}) =>
  answer({ content: [{ type: 'text', text: value }], ...more });

async function last(rules: readonly RuleText[], frame = text(`ask ${secret}`), facts = {}) {
  const gate = new TestGate([allow, ...rules]);
  const exchange = gate.exchange(call, facts);
  await gate.gate.pass(call, exchange);
  const left = leaving(await gate.gate.pass(frame, exchange)) as {
    result?: { _meta?: JsonObject };
    error?: { data?: unknown };
  };
  return { gate, left, meta: left.result?._meta };
}

const found = {
  masks: [{ what: 'email', with: 'redact', count: 1, places: ['content[0].text'], rule: 'hide' }],
};

describe('a notice of what was masked', () => {
  it('is in the result where the mask says so, and never a value', async () => {
    const { meta, gate } = await last([hide({ find: ['email'], notice: true })]);
    expect(meta).toEqual({ [key]: found });
    expect(gate.transcript()).toContain(key);
    expect(gate.transcript()).not.toContain(secret);
  });

  it.each([
    ['the mask says nothing', hide({ find: ['email'] }), text(`ask ${secret}`)],
    ['nothing was masked', hide({ find: ['email'], notice: true }), text('nobody')],
  ])('is left out where %s', async (_, rule, frame) => {
    expect((await last([rule], frame)).meta).toBeUndefined();
  });

  it('tells of those masks only that say so', async () => {
    const frame = text(`ask ${secret}, 4111 1111 1111 1111`, {
      structuredContent: { pin: 1, tan: 2 },
    });
    const rule = hide({ find: ['payment-card'] });
    const telling = { id: 'told', mask: [{ find: ['email'], notice: true }, { path: 'structuredContent.pin', notice: true }, { path: 'structuredContent.tan' }] }; // biome-ignore format: one line says it
    const { meta } = await last([rule, telling], frame);
    const told = meta?.[key] as { masks: { what: string }[] } | undefined;
    expect(told?.masks.map(({ what }) => what).sort()).toEqual(['email', 'structuredContent.pin']);
  });

  it('names detectors that were found through a group', async () => {
    const { meta } = await last([hide({ find: ['everything'], notice: true })]);
    expect(meta?.[key]).toMatchObject({ masks: [{ what: 'email' }] });
  });

  it('stands beside what the server has put there', async () => {
    const { meta } = await last(
      [hide({ find: ['email'], notice: true })],
      text(secret, { _meta: { 'com.example/page': 7, [key]: { masks: [] } } }),
    );
    expect(meta).toEqual({ 'com.example/page': 7, [key]: found });
  });

  it('is in the stateless era as well', async () => {
    const stateless = { session: { name: '', client: {}, protocol: '2026-07-28' } };
    const { meta } = await last(
      [hide({ find: ['email'], notice: true })],
      text(secret, { resultType: 'complete' }),
      stateless,
    );
    expect(meta?.[key]).toEqual(found);
  });

  it('does not name the rule where a refusal would hide it', async () => {
    const rules = [hide({ find: ['email'], notice: true })];
    const hidden = { ...allow, denial: 'hide' };
    const gate = new TestGate([hidden as RuleText, ...rules]);
    const [, down] = await gate.pass(call, text(`ask ${secret}`));
    expect(JSON.stringify(leaving(down))).toContain(key);
    expect(JSON.stringify(leaving(down))).not.toContain('"rule"');
  });

  it.each([
    ['has none', undefined, { [key]: { masks: [{ what: 'email' }] } }],
    ['is an object', { page: 7 }, { page: 7, [key]: { masks: [{ what: 'email' }] } }],
  ])('of an error is in its data where that %s', async (_, data, expected) => {
    const rules = [hide({ find: ['email'], notice: true })];
    const { left } = await last(rules, failure(`no such person: ${secret}`, data));
    expect(left.error?.data).toMatchObject(expected);
  });

  it('of an error has no place where its data is something else', async () => {
    const rules = [hide({ find: ['email'], notice: true })];
    const { left } = await last(rules, failure(secret, ['a']));
    expect(left.error?.data).toEqual(['a']);
  });

  it('is never what a server says', async () => {
    const forged = { [key]: { masks: [] }, 'dev.sallyport/else': 1, page: 7 };
    const result = await last([hide({ find: ['email'] })], text('nobody', { _meta: forged }));
    expect(result.meta).toEqual({ page: 7 });
    const { left } = await last([], failure('no', forged));
    expect(left.error?.data).toEqual({ page: 7 });
  });
});
