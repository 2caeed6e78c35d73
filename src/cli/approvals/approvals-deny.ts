import { endingVerb } from './ending-verb.ts';

/** `sallyport approvals deny`. */
export const deny = endingVerb({
  name: 'deny',
  usage: '[--reason TEXT]',
  about: 'Says no to one call: it ends the approval, whoever has said yes before.',
  reason: 'why; the model that has made the call sees it',
  example: 'use the staging database',
  state: 'denied',
});
