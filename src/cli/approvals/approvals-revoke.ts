import { endingVerb } from './ending-verb.ts';

/** `sallyport approvals revoke`. */
export const revoke = endingVerb({
  name: 'revoke',
  usage: '--reason TEXT',
  about: `Takes back a question, or a grant that no call has used; of a grant for calls alike what is left of
it. For the role admin, and for whoever has said yes.`,
  reason: 'why, which is needed; the model that has made the call sees it',
  example: 'wrong table',
  state: 'revoked',
});
