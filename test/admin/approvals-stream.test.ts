import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApprovalStreams } from '../../src/admin/approvals/approvals-stream.ts';
import { keptLog } from '../auth/fixture.ts';
import { approvalNamed } from '../support/approvals.ts';

const BEAT = 15_000;
const decider = { issuer: 'i', sub: 'vera', groups: [], isApprover: false };
const viewer = { decider, reads: true, revokes: false };
beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A stream of a token that ends in a minute. */
function opened() {
  let change = (_id: string): void => undefined;
  const streams = new ApprovalStreams({
    get: async (id) => approvalNamed(id),
    onChange: (listener) => {
      change = listener;
    },
    ...{ clock: Date.now, log: keptLog() },
  });
  const claims = { exp: Date.now() / 1_000 + 60 };
  const open = () => streams.open(viewer, { claims, ...decider, scopes: [] });
  return { stream: open(), open, change: (id: string) => change(id) };
}

describe('a stream of events', () => {
  it('ends with its token', async () => {
    const { stream, change } = opened();
    const told = text(stream);
    change('a');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await told).toContain('id: a.1');
  });

  it('tells nothing once its token has ended, though it has not ended yet', async () => {
    const { stream, change } = opened();
    const told = text(stream);
    // Between two beats.
    vi.setSystemTime(Date.now() + 61_000);
    change('late');
    await vi.advanceTimersByTimeAsync(BEAT);
    expect(await told).not.toContain('late');
  });

  it('takes no place for ever by not being read', async () => {
    const { stream, open } = opened();
    for (let many = 1; many < 10; many++) open();
    expect(open).toThrow('too many');
    await vi.advanceTimersByTimeAsync(60_000 + 2 * BEAT);
    expect(stream.destroyed).toBe(true);
    expect(open).not.toThrow();
  });
});
