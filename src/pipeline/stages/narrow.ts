import { forward, type Stage } from '../contract.ts';

/** Takes off what a client offers to upstreams, as far as policy can never let them use it. */
export const narrowOffers: Stage = (frame) => forward(frame);

/** Takes off what upstreams offer to clients, as far as policy can never let them use it. */
export const narrowAnswers: Stage = (frame) => forward(frame);
