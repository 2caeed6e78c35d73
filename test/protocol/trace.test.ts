import { describe, expect, it } from 'vitest';
import { malformedTrace, traceIn } from '../../src/protocol/trace.ts';

const id = '0af7651916cd43dd8448eb211c80319c';
const parent = `00-${id}-00f067aa0ba902b7-01`;

describe('a trace context', () => {
  it.each([
    [{ traceparent: parent }],
    [{ traceparent: parent, tracestate: 'congo=t61rcWkgMzE, rojo=00f067aa0ba902b7,,a@b=1' }],
    [{ traceparent: `cc-${parent.slice(3)}-what-the-future-brings` }],
    [{ baggage: 'user=al%20ice;level=1,  id = 7 ' }],
    [{ other: 1 }],
  ])('is well-formed: %j', (meta) => {
    expect(malformedTrace(meta)).toEqual([]);
  });

  it('names its trace', () => {
    expect(traceIn({ traceparent: parent })).toBe(id);
    expect(traceIn({ traceparent: parent.toUpperCase() })).toBeUndefined();
    expect(traceIn({})).toBeUndefined();
  });

  it.each([
    parent.slice(1),
    `ff${parent.slice(2)}`,
    `${parent}-more`,
    parent.replace(id, '0'.repeat(32)),
    parent.replace('00f067aa0ba902b7', '0'.repeat(16)),
    parent.toUpperCase(),
    `${parent}\n`,
    7,
    null,
  ])('has a malformed parent, and so no state: %j', (traceparent) => {
    const meta = { traceparent, tracestate: 'a=1' } as never;
    expect(malformedTrace(meta)).toEqual(['traceparent', 'tracestate']);
    expect(traceIn(meta)).toBeUndefined();
  });

  it.each(['', 'a', 'a b=1', 'a=1\r\nx: y', 'ä=1', 'a="1"', 'a=1,', `a=${'x'.repeat(9_000)}`])(
    'has malformed baggage: %j',
    (baggage) => expect(malformedTrace({ baggage })).toEqual(['baggage']),
  );

  it('has a state of too many members', () => {
    const members = Array.from({ length: 33 }, (_, n) => `a${n}=1`);
    const meta = { traceparent: parent, tracestate: members.join(',') };
    expect(malformedTrace(meta)).toEqual(['tracestate']);
  });
});
