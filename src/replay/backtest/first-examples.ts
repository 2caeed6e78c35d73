import type { BacktestExample } from './tally.ts';

/** The earliest of some examples. */
export function firstExamples(
  examples: readonly BacktestExample[],
  most: number,
): readonly BacktestExample[] {
  const inOrder = (a: BacktestExample, b: BacktestExample) =>
    a.at - b.at || (a.exchange < b.exchange ? -1 : 1);
  return [...examples].sort(inOrder).slice(0, most);
}
