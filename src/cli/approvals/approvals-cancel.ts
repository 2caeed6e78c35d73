import { endingVerb } from './ending-verb.ts';

/** `sallyport approvals cancel`. */
export const cancel = endingVerb({
  name: 'cancel',
  usage: '[--reason TEXT]',
  about: 'Gives up a call that you have asked for yourself, as long as it has not been made.',
  reason: 'why; it is recorded',
  example: 'found another way',
  state: 'cancelled',
});
