import type { ToolCatalog } from './catalog.ts';
import type { Stage } from './contract.ts';
import { decide } from './stages/decide.ts';
import { hold } from './stages/hold.ts';
import { mask } from './stages/mask.ts';
import { prune } from './stages/prune.ts';
import { screen } from './stages/screen.ts';

export interface Order {
  readonly up: readonly Stage[];
  readonly down: readonly Stage[];
}

/**
 * The way of a message. Recording comes after each of these orders and can't be left out (see the gate). Mask comes
 * before hold, so that an approver sees exactly what will be sent.
 */
export function orderOfStages(catalog: ToolCatalog): Order {
  return {
    up: [screen, decide(catalog), mask(catalog), hold],
    down: [screen, decide(catalog), mask(catalog), prune(catalog)],
  };
}
