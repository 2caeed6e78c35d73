import { decideByGrant } from '../../../pipeline/stages/decide.ts';
import { maskedFrame } from '../../../pipeline/stages/mask-frame.ts';
import type { Engine } from '../../../replay/backtest/engine.ts';

/** The gate's own judging and masking. */
export const backtestEngine: Engine = {
  judge: decideByGrant,
  mask: (frame, how) => maskedFrame(frame, { ...how, parts: [], stopped: false }),
};
