import { expect, it } from 'vitest';
import { compareJudging } from '../reference/compare.ts';
import { atPaths } from './samples.ts';

it.each(atPaths)('operators agree with the reference at $path', ({ documents, calls }) => {
  expect(compareJudging(documents, calls)).toEqual([]);
});
