import type { Verb } from './verb.ts';
import { verbOfVerbs } from './verb-of-verbs.ts';

/** `sallyport approvals`: calls that wait for people. */
export const approvals: Verb = verbOfVerbs({
  name: 'approvals',
  about: `Calls that wait for a person to say yes, by the admin API of a gate. You see what names you,
what you have asked for, and with the role approver, viewer or admin everything.`,
  verbs: {
    list: {
      summary: 'list them',
      load: async () => (await import('./approvals/approvals-list.ts')).list,
    },
    show: {
      summary: 'all about one, and what you can do',
      load: async () => (await import('./approvals/approvals-show.ts')).show,
    },
    approve: {
      summary: 'say yes to a call',
      load: async () => (await import('./approvals/approvals-approve.ts')).approve,
    },
    deny: {
      summary: 'say no to a call',
      load: async () => (await import('./approvals/approvals-deny.ts')).deny,
    },
    revoke: {
      summary: 'take a question or a grant back',
      load: async () => (await import('./approvals/approvals-revoke.ts')).revoke,
    },
    cancel: {
      summary: 'give up a call of your own',
      load: async () => (await import('./approvals/approvals-cancel.ts')).cancel,
    },
    proposal: {
      summary: 'rules that would let calls like it pass',
      load: async () => (await import('./approvals/approvals-proposal.ts')).proposal,
    },
  },
  example: '--mine --to https://gate-admin.example.com',
});
