import { approve } from './approvals/approvals-approve.ts';
import { cancel } from './approvals/approvals-cancel.ts';
import { deny } from './approvals/approvals-deny.ts';
import { list } from './approvals/approvals-list.ts';
import { proposal } from './approvals/approvals-proposal.ts';
import { revoke } from './approvals/approvals-revoke.ts';
import { show } from './approvals/approvals-show.ts';
import type { Verb } from './verb.ts';
import { verbOfVerbs } from './verb-of-verbs.ts';

/** `sallyport approvals`: calls that wait for people. */
export const approvals: Verb = verbOfVerbs({
  name: 'approvals',
  summary: 'calls that wait for a person: list, show, approve, deny and others',
  about: `Calls that wait for a person to say yes, by the admin API of a gate. You see what names you,
what you have asked for, and with the role approver, viewer or admin everything.`,
  verbs: { list, show, approve, deny, revoke, cancel, proposal },
  example: '--mine --to https://gate-admin.example.com',
});
