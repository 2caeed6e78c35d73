import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { TranscriptEvent } from '../../src/model/transcript.ts';
import { compact } from '../../src/store/sqlite/compaction/compact.ts';
import { shrink } from '../../src/store/sqlite/compaction/shrink.ts';
import { prove } from '../../src/store/sqlite/proof/prove.ts';
import { retain } from '../../src/store/sqlite/retention/retain.ts';
import { wordIndexing } from '../../src/store/sqlite/search/index-words.ts';
import { end, head, step } from '../support/batches.ts';
import { Kept } from '../support/kept.ts';

const MINUTE = 60_000;

/** What the transcripts should say. */
class Model {
  readonly steps = new Map<string, TranscriptEvent[]>();
  readonly upstreams = new Map<string, string>();
  readonly open = new Set<string>();
  readonly erased = new Set<string>();
  count = 0;
}

type Command = (kept: Kept, model: Model) => Promise<void> | void;

const texts = fc.record({
  payload: fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.integer({ min: 0, max: 9 }).map((n) => `a large text of kind ${n} `.repeat(300)),
    fc.integer({ min: 200, max: 3_000 }).map((n) => `{"n":${n},"x":"${'y'.repeat(n)}"}`),
    fc.constant(undefined),
  ),
  detail: fc.option(fc.record({ reason: fc.string({ maxLength: 60 }), n: fc.nat() }), {
    nil: undefined,
  }),
  original: fc.option(fc.string({ maxLength: 200 }), { nil: undefined }),
});

const recording: fc.Arbitrary<Command> = fc
  .record({
    many: fc.integer({ min: 1, max: 60 }),
    all: fc.array(texts, { minLength: 1, maxLength: 4 }),
    upstream: fc.constantFrom('db', 'chat'),
    closes: fc.boolean(),
  })
  .map(({ many, all, upstream, closes }) => (kept, model) => {
    for (let n = 0; n < many; n++) {
      const id = `call-${String(model.count++).padStart(6, '0')}`;
      const events = all.map((facts, seq) => step(id, seq, { at: kept.now, ...present(facts) }));
      const ends = closes ? [end(id, { closedAt: kept.now })] : [];
      kept.append({ opened: [head(id, { upstream, openedAt: kept.now })], events, closed: ends });
      model.steps.set(id, events);
      model.upstreams.set(id, upstream);
      if (!closes) model.open.add(id);
    }
  });

const closing: fc.Arbitrary<Command> = texts.map((facts) => (kept, model) => {
  for (const id of model.open) {
    const known = model.steps.get(id) ?? [];
    const seq = (known.at(-1)?.seq ?? -1) + 1;
    const event = step(id, seq, { at: kept.now, ...present(facts) });
    kept.append({ opened: [], events: [event], closed: [end(id, { closedAt: kept.now })] });
    model.steps.set(id, [...known, event]);
  }
  model.open.clear();
});

const erasing: fc.Arbitrary<Command> = fc
  .tuple(fc.array(fc.nat(), { maxLength: 5 }), fc.boolean())
  .map(([picks, names]) => async (kept, model) => {
    const there = [...model.steps.keys()].filter((id) => !model.open.has(id));
    const chosen = [...new Set(picks.flatMap((n) => there[n % Math.max(1, there.length)] ?? []))];
    await kept.erase(chosen, names);
    for (const id of chosen) model.erased.add(id);
  });

const passing: fc.Arbitrary<Command> = fc.integer({ min: 1, max: 30 }).map((minutes) => (kept) => {
  kept.now += minutes * MINUTE;
});

const upkeep: fc.Arbitrary<Command> = fc.constantFrom<Command>(
  (kept) => kept.run(prove),
  (kept) => kept.run(wordIndexing, { search: true }),
  (kept) => kept.run(compact, { compact: 10 * MINUTE }),
  (kept) => void kept.chore(compact, { compact: 10 * MINUTE, proof: kept.proof }).step(),
  (kept) => kept.run(retain, { keep: { age: 20 * MINUTE } }),
  (kept) => void kept.chore(retain, { keep: { age: 20 * MINUTE }, proof: kept.proof }).step(),
  (kept) => kept.run(retain, { keep: { size: 400_000 } }),
  (kept) => kept.run(retain, { keep: { upstreams: { chat: 5 * MINUTE } } }),
  (kept) => kept.run(shrink),
  (kept, model) => {
    kept.reopen();
    // A gate that starts ends what was left open.
    for (const id of model.open) {
      const ended = kept.reader.events(id).at(-1);
      expect(ended?.detail).toMatchObject({ outcome: 'failed' });
      if (ended) model.steps.set(id, [...(model.steps.get(id) ?? []), ended]);
    }
    model.open.clear();
  },
);

/** What is there is what was recorded; what is not there was removed from the beginning, or is of the upstream. */
async function expectRight(kept: Kept, model: Model): Promise<void> {
  for (const [id, steps] of model.steps) {
    const found = kept.reader.events(id);
    const gone = steps.length - found.length;
    const left = steps.slice(gone);
    expect(found.map(({ seq }) => seq)).toEqual(left.map(({ seq }) => seq));
    const isErased = model.erased.has(id);
    for (const [index, { payload, detail, original }] of found.entries()) {
      const said = left[index];
      expect([payload, detail, original]).toEqual(
        isErased
          ? [undefined, undefined, undefined]
          : [said?.payload, said?.detail, said?.original],
      );
    }
    const isOver = !model.open.has(id);
    if (gone > 0 && found.length === 0 && isOver) expect(kept.reader.exchange(id)).toBeUndefined();
  }
  expect(kept.ask('PRAGMA integrity_check')).toEqual(['ok']);
  expect(kept.ask(REFERENCES)).toEqual([]);
  expect(kept.alarms).toEqual([]);
  if (kept.ask('SELECT count(*) FROM block')[0] === 0) return;
  expect((await kept.verify()).findings).toEqual([]);
}

/** Blobs whose count of steps is wrong. */
const REFERENCES = `SELECT id FROM blob
  WHERE refs != (SELECT count(*) FROM event WHERE event.blob = blob.id)`;

it('any mix of recording, erasing and upkeep leaves what was recorded, or removed by record', async () => {
  const commands = fc.array(
    fc.oneof(
      { weight: 4, arbitrary: recording },
      { weight: 1, arbitrary: closing },
      { weight: 2, arbitrary: erasing },
      { weight: 2, arbitrary: passing },
      { weight: 6, arbitrary: upkeep },
    ),
    { minLength: 4, maxLength: 25 },
  );
  await fc.assert(
    fc.asyncProperty(commands, async (all) => {
      const kept = new Kept();
      const model = new Model();
      try {
        for (const command of all) await command(kept, model);
        await expectRight(kept, model);
        kept.run(prove);
        await expectRight(kept, model);
      } finally {
        kept.stop();
      }
    }),
    { numRuns: Number(process.env.STORAGE_RUNS ?? 6) },
  );
}, 600_000);

function present(facts: object): Partial<TranscriptEvent> {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}
