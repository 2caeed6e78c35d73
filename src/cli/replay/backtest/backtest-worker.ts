import { parentPort, workerData } from 'node:worker_threads';
import type { BacktestTally } from '../../../replay/backtest/tally.ts';
import type { PositionRange } from '../../../store/sqlite/bulk/bulk-reader.ts';
import { BacktestPart, type BacktestTask, type JudgedRange } from './backtest-part.ts';

// A thread that judges the ranges it is given, and tells at the end what it has counted.

/** What a thread is told: a range to judge, or that there is no other. */
export type BacktestOrder = PositionRange | 'end';
/** What it tells: what a range had, or, at the end, all that it has counted. */
export type BacktestNews = JudgedRange | { readonly tally: BacktestTally };

const part = new BacktestPart(workerData as BacktestTask);

parentPort?.on('message', (order: BacktestOrder) => {
  if (order !== 'end') return tell(part.judge(order));
  tell({ tally: part.tally() });
  part.close();
  parentPort?.close();
});

function tell(news: BacktestNews): void {
  parentPort?.postMessage(news);
}
