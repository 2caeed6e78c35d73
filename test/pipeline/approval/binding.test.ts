import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AskedCall } from '../../../src/model/approval.ts';
import { type JsonObject, parseJson } from '../../../src/model/json.ts';
import { argumentsOf, askedParams } from '../../../src/pipeline/approval/asked-params.ts';
import { bindingOf } from '../../../src/pipeline/approval/binding.ts';
import { json } from '../../support/arbitraries.ts';
import { call } from './desk.ts';

const params = (text: string) => parseJson(text) as JsonObject;
const asked = (given: JsonObject) => askedParams('tools/call', given);
const bindingFor = (given: JsonObject) => bindingOf(call({ args: asked(given) }));

describe('what an approval is bound to', () => {
  it('is the same for the identical call, in whatever order its members come', () => {
    const one = bindingFor(params('{"name":"query","arguments":{"a":1,"b":{"c":[1,2],"d":null}}}'));
    const two = bindingFor(params('{"arguments":{"b":{"d":null,"c":[1,2]},"a":1},"name":"query"}'));
    expect(two).toBe(one);
  });

  it('leaves out what differs from try to try', () => {
    const meta = {
      ...{ progressToken: 7, traceparent: '00-1', tracestate: 'a=b', baggage: 'c=d' },
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    };
    const once = { name: 'query', arguments: { a: 1 }, _meta: meta, requestState: 'sealed' };
    const again = { name: 'query', arguments: { a: 1 } };
    expect(asked(once)).toEqual(again);
    expect(bindingFor(once)).toBe(bindingFor(again));
  });

  it.each([
    ['metadata that the upstream may read', { _meta: { tenant: 'b' } }],
    ['metadata that is none', { _meta: [] }],
    ['metadata that only looks like the protocol', { _meta: { 'io.modelcontextprotocol/x': 1 } }],
    ['answers to questions', { inputResponses: { a: { action: 'accept' } } }],
    ['a task', { task: { ttl: 1 } }],
    ['a member that nobody knows', { force: true }],
    ['a number that a double would change', params('{"arguments":{"id":12345678901234567891}}')],
  ])('has %s', (_, more: JsonObject) => {
    const plain = { name: 'query', arguments: { id: 12345678901234567000 } };
    expect(bindingFor({ ...plain, ...more })).not.toBe(bindingFor(plain));
  });

  it('tells numbers apart that a double would not', () => {
    const one = bindingFor(params('{"arguments":{"id":12345678901234567891}}'));
    expect(bindingFor(params('{"arguments":{"id":12345678901234567892}}'))).not.toBe(one);
  });

  it('has a state that no protocol knows', () => {
    const params = { cmd: 'ls', requestState: { cmd: 'rm' } };
    expect(askedParams('acme/exec', params)).toEqual(params);
  });

  it.each([
    ['another client of the caller', { client: 'bot' }],
    ['somebody who acts for the caller', { actor: 'bot' }],
  ])('is another one for %s', (_, more) => {
    const mine = call();
    expect(bindingOf({ ...mine, caller: { ...mine.caller, ...more } })).not.toBe(bindingOf(mine));
  });

  it('gives conditions the arguments of a tool', () => {
    expect(argumentsOf(call({}, { sql: 'x' }))).toEqual({ sql: 'x' });
    const args = { uri: 'file:///a' };
    expect(argumentsOf({ method: 'resources/read', args })).toEqual(args);
    expect(argumentsOf({ method: 'tools/call', args: { name: 'query' } })).toEqual({});
  });

  it('is another one for every other call', () => {
    const text = fc.string({ maxLength: 3 });
    const calls: fc.Arbitrary<AskedCall> = fc
      .record({ issuer: text, sub: text, upstream: text, target: text, arguments: json })
      .map(({ issuer, sub, upstream, target, arguments: args }) =>
        call({
          ...{ caller: { issuer, sub }, upstream, target },
          args: { name: target, arguments: args },
        }),
      );
    const facts = ({ caller, upstream, target, args }: AskedCall) =>
      JSON.stringify([caller, upstream, target, sorted(args)]);
    fc.assert(
      fc.property(calls, calls, (one, two) => {
        expect(bindingOf(one) === bindingOf(two)).toBe(facts(one) === facts(two));
      }),
      { numRuns: 100 * Number(process.env.MORE_RUNS ?? 1) },
    );
  });
});

/** The same value with its members in order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([key, one]) => ['member', key, sorted(one)]);
}
