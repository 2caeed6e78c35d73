import { withArgs } from '../../../replay/backtest/example.ts';
import type { BacktestExample, BacktestTally } from '../../../replay/backtest/tally.ts';
import { SqliteReader } from '../../../store/sqlite/reader.ts';

/**
 * What limits refuse is known by its names alone: the few that are told as examples are given what they carried, as the
 * transcript shows it.
 */
export function withExampleArgs(tally: BacktestTally, path: string): BacktestTally {
  const isAll = tally.rows.every(({ examples }) =>
    examples.every(({ args }) => args !== undefined),
  );
  if (isAll) return tally;
  const reader = new SqliteReader(path);
  const told = (method: string, example: BacktestExample): BacktestExample => {
    if (example.args !== undefined) return example;
    const [opened] = reader.stepsAfter(example.exchange, -1, 1);
    return withArgs(example, method, opened?.payload);
  };
  try {
    const rows = tally.rows.map((row) => {
      return { ...row, examples: row.examples.map((example) => told(row.method, example)) };
    });
    return { ...tally, rows };
  } finally {
    reader.close();
  }
}
