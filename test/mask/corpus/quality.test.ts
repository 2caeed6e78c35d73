import { describe, expect, it } from 'vitest';
import { detectors } from '../../../src/mask/detectors.ts';
import { blindCorpus } from './blind/blind-corpus.ts';
import { corpus } from './corpus.ts';
import { graded } from './graded.ts';
import { nationalIds } from './national-ids.ts';
import { precision, recall, type Score, score } from './score.ts';
import thresholds from './thresholds.json' with { type: 'json' };

const SEED = 1;
const DOCUMENTS = 3_000;
const BLIND_DOCUMENTS = 2_000;
type Floors = Readonly<Record<string, { precision: number; recall: number }>>;
const { blind, ...known } = thresholds;
const floors: Floors = known;
const blindFloors: Floors = blind;

describe('the corpus', () => {
  it('has an exam beside it that is the same for the same seed as well', () => {
    const texts = (seed: number) =>
      [...blindCorpus(seed, 20)].flatMap(({ pieces }) => pieces.map(({ text }) => text));
    expect(texts(5)).toEqual(texts(5));
    expect(texts(5)).not.toEqual(texts(6));
  });

  it('is the same for the same seed, and another for another', () => {
    const texts = (seed: number) =>
      [...corpus(seed, 20)].flatMap(({ pieces }) => pieces.map(({ text }) => text));
    expect(texts(5)).toEqual(texts(5));
    expect(texts(5)).not.toEqual(texts(6));
  });

  it('labels stretches that are there, in order, inside their texts', () => {
    for (const { pieces } of corpus(7, 200)) {
      for (const { text, labels } of pieces) {
        for (const { start, end, from, to } of labels) {
          expect(from <= start && start < end && end <= to && to <= text.length).toBe(true);
        }
        expect(labels.map(({ from }) => from)).toEqual(
          labels.map(({ from }) => from).sort((one, other) => one - other),
        );
      }
    }
  });

  it('has national numbers of every kind that it knows', () => {
    const seen = new Set(
      [...corpus(SEED, 1_500)].flatMap(({ pieces }) =>
        pieces.flatMap(({ labels }) => labels.map(({ what }) => what)),
      ),
    );
    expect(Object.keys(nationalIds).filter((name) => !seen.has(name))).toEqual([]);
  });
});

describe('the detectors over the corpus', () => {
  const scores = score(corpus(SEED, DOCUMENTS), graded);

  it('all have a threshold, and labels to find', () => {
    const names = [...detectors.keys()];
    expect(names.filter((name) => floors[name] === undefined)).toEqual([]);
    expect(Object.keys(floors).filter((name) => !detectors.has(name))).toEqual([]);
    expect(names.filter((name) => (scores.get(name)?.support ?? 0) === 0)).toEqual([]);
  });

  it.each(Object.entries(floors))('hold the threshold of %s', (name, floor) => {
    expectAtLeast(scores, name, floor);
  });
});

describe('the detectors over the exam, whose author knew neither them nor the corpus', () => {
  const scores = score(blindCorpus(SEED, BLIND_DOCUMENTS), graded);

  it('all have a floor, and labels to find', () => {
    const names = [...detectors.keys()];
    expect(names.filter((name) => blindFloors[name] === undefined)).toEqual([]);
    expect(Object.keys(blindFloors).filter((name) => !detectors.has(name))).toEqual([]);
    expect(names.filter((name) => (scores.get(name)?.support ?? 0) === 0)).toEqual([]);
  });

  it.each(Object.entries(blindFloors))('hold the floor of %s', (name, floor) => {
    expectAtLeast(scores, name, floor);
  });
});

function expectAtLeast(
  scores: ReadonlyMap<string, Score>,
  name: string,
  floor: { precision: number; recall: number },
): void {
  const own = scores.get(name);
  if (own === undefined) throw new Error(`no score of ${name}`);
  const figures = { precision: precision(own), recall: recall(own) };
  const shown = `${JSON.stringify(figures)}; npm run bench -- mask lists what it got wrong`;
  expect(figures.precision, shown).toBeGreaterThanOrEqual(floor.precision);
  expect(figures.recall, shown).toBeGreaterThanOrEqual(floor.recall);
}
