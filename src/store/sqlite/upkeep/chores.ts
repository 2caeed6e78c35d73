import type { ChoreMaker } from './chore.ts';
import { moveLog } from './move-log.ts';

/** What the upkeep thread does, in this order. */
export const chores: readonly ChoreMaker[] = [moveLog];
