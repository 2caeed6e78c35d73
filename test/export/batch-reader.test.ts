import { describe, expect, it } from 'vitest';
import { BatchReader, nothingFrom } from '../../src/export/batch-reader.ts';
import type { FedStep, FeedLimits } from '../../src/export/contract.ts';
import { openSink } from '../../src/export/open-sink.ts';
import { RecordMaker } from '../../src/export/record-maker.ts';
import { syslogMessage } from '../../src/export/sink/syslog-message.ts';
import type { ExchangeRecord } from '../../src/model/transcript.ts';
import { formats } from '../../src/replay/export/formats.ts';
import { sent, usual } from './exporting.ts';
import { aRecord, aStep, ORIGIN } from './records.ts';

const LIMITS = { records: 500, characters: 1_048_576, wait: 0 };

/** Reads steps that are at these positions, of which those of `wanted` make a record. */
function reading(steps: readonly FedStep[], wanted?: number) {
  const source = {
    ...{ around: () => [], payload: () => undefined, caller: () => undefined },
    after: (position: number, { steps: limit }: FeedLimits) =>
      steps.filter(({ step }) => step.position > position).slice(0, limit),
  };
  const fits = (exchange: ExchangeRecord | undefined) =>
    wanted === undefined || exchange?.upstream === String(wanted);
  const maker = new RecordMaker({ source, records: 'steps', payloads: true, fits });
  return new BatchReader({ source, maker, format: formats.jsonl, origin: ORIGIN });
}

const at = (position: number, payload?: string): FedStep => {
  const step = aStep({ position, ...(payload === undefined ? {} : { payload }) });
  const { exchange } = aRecord({ exchange: { upstream: String(position) } });
  return { step, exchange, ends: false };
};

describe('a batch', () => {
  it('reaches over so many steps at most, so that sending it again is quick', () => {
    const steps = [1, 99_999, 100_001, 250_000].map((position) => at(position));
    const { last, full } = reading(steps).more(nothingFrom(0), LIMITS);
    expect([last, full]).toEqual([99_999, true]);
    // One that nothing is wanted of goes on until there is something.
    const late = reading(steps, 250_000).more(nothingFrom(0), LIMITS);
    expect([late.first, late.last]).toEqual([250_000, 250_000]);
  });

  it.each(['udp', 'tcp'] as const)(
    'has no longer message than syslog by %s takes, in bytes',
    (protocol) => {
      const line = 2_048;
      const about = { app: 'sallyport', facility: 16, server: 'localhost', port: 1 };
      const wanted = { ...usual, syslog: { ...sent, ...about, protocol, line } };
      const base = { base: '/', gate: 'g'.repeat(300), clock: Date.now, tell: () => undefined };
      const { limits } = openSink('siem', wanted, base);
      // Three bytes each, in the message and then in what is left without it.
      const long = '漢'.repeat(3_000);
      const detail = { reason: `${long}\u{1f600}`.repeat(2) };
      const steps = [
        at(1, JSON.stringify({ long })),
        { ...at(2), step: { ...aStep({ position: 2, detail }) } },
      ];
      const { lines } = reading(steps).more(nothingFrom(0), limits);
      const head = { host: base.gate, app: 'sallyport', facility: 16, pid: process.pid };
      const sizes = lines.map((one) =>
        Buffer.byteLength(syslogMessage({ ...one, weight: 4 }, head)),
      );
      expect(lines).toHaveLength(2);
      expect(Math.max(...sizes)).toBeLessThanOrEqual(line);
      expect(Math.max(...sizes)).toBeGreaterThan(line - 8);
      expect(lines.every(({ text }) => text.isWellFormed())).toBe(true);
      expect(JSON.parse(lines[0]?.text ?? '')).toMatchObject({ cut: true });
    },
  );
});
