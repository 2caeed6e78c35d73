import type { Json } from '../../../model/json.ts';
import { ToolCatalog } from '../../../pipeline/catalog.ts';
import { decideByGrant } from '../../../pipeline/stages/decide.ts';
import { VISIT_KEY } from '../../../pipeline/stages/input-state.ts';
import { isNeverCounted } from '../../../pipeline/stages/limit-charges.ts';
import { isListed } from '../../../pipeline/stages/listed-item.ts';
import { maskedFrame } from '../../../pipeline/stages/mask-frame.ts';
import { toolDefinition } from '../../../policy/pin/tool-definition.ts';
import { UNAVAILABLE, type Value } from '../../../policy/subject.ts';
import type { Engine } from '../../../replay/backtest/engine.ts';

/** The gate's own judging, masking, listing and counting. */
export const backtestEngine: Engine = {
  judge: decideByGrant,
  mask: (frame, how) => maskedFrame(frame, { ...how, parts: [], stopped: false }),
  isListed,
  toolFacts,
  ownQuestion: VISIT_KEY,
  isNeverCounted: (kind, method) => kind === 'notification' && isNeverCounted(kind, method),
};

function toolFacts(tools: readonly Json[]): (name: string) => Value {
  const catalog = new ToolCatalog();
  catalog.learn(
    '',
    tools.map((tool) => ({ tool, definition: toolDefinition(tool) })),
  );
  return (name) => catalog.facts('', name) ?? UNAVAILABLE;
}
