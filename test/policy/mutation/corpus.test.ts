import { expect, it } from 'vitest';
import { compareCalls } from '../reference/compare.ts';
import { crowded, mixed } from './samples.ts';

it.each([
  ['of all kinds', mixed],
  ['told apart by what they require', crowded],
])('rules %s agree with the reference on a few hundred calls', (_, samples) => {
  for (const { documents, calls } of samples) {
    expect(compareCalls(documents, calls)).toEqual([]);
  }
});
