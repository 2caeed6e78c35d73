import { compact } from '../compaction/compact.ts';
import { shrink } from '../compaction/shrink.ts';
import { prove } from '../proof/prove.ts';
import { retain } from '../retention/retain.ts';
import { watchRuns } from '../run/watch-runs.ts';
import { indexWords } from '../search/index-words.ts';
import { alone, handOver } from './alone.ts';
import type { ChoreMaker } from './chore.ts';
import { moveLog } from './move-log.ts';

/** What the upkeep thread does, in this order. */
export const chores: readonly ChoreMaker[] = [
  ...[indexWords, prove, compact, retain, shrink].map(alone),
  ...[watchRuns, moveLog, handOver],
];
