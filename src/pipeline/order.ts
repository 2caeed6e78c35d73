import type { Seal } from '../protocol/seal.ts';
import type { ToolCatalog } from './catalog.ts';
import type { Stage } from './contract.ts';
import { decide } from './stages/decide.ts';
import { hold } from './stages/hold.ts';
import { resume, suspend } from './stages/input.ts';
import { mask } from './stages/mask.ts';
import { narrowAnswers, narrowOffers } from './stages/narrow.ts';
import { prune } from './stages/prune.ts';
import { screen } from './stages/screen.ts';
import { openTasks, sealTasks } from './stages/tasks.ts';

export interface Order {
  readonly up: readonly Stage[];
  readonly down: readonly Stage[];
}

/** What seals things that clients keep for upstreams; each of its own purpose. */
export interface Seals {
  readonly state: Seal;
  readonly task: Seal;
}

/**
 * The way of a message. Recording comes after each of these orders and can't be left out (see the gate). Mask comes
 * before hold, so that an approver sees exactly what will be sent.
 */
export function orderOfStages(catalog: ToolCatalog, { state, task }: Seals): Order {
  const judged = [decide(catalog), mask(catalog)];
  return {
    up: [screen, openTasks(task), resume(state), ...judged, narrowOffers, hold],
    down: [screen, ...judged, prune(catalog), narrowAnswers, suspend(state), sealTasks(task)],
  };
}
