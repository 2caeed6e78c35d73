import type { Verb } from './verb.ts';
import { verbOfVerbs } from './verb-of-verbs.ts';

/** `sallyport policies`: the policies of a running gate. */
export const policies: Verb = verbOfVerbs({
  name: 'policies',
  about: 'Asks a gate about its policies, and goes back to earlier ones, by its admin API.',
  verbs: {
    show: {
      summary: 'what is in force, and what its rules did',
      load: async () => (await import('./policies/policies-show.ts')).show,
    },
    revisions: {
      summary: 'what it can go back to',
      load: async () => (await import('./policies/policies-revisions.ts')).revisions,
    },
    rollback: {
      summary: 'go back to an earlier revision',
      load: async () => (await import('./policies/policies-rollback.ts')).rollback,
    },
  },
  example: '--to https://gate-admin.example.com',
});
