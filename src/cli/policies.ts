import { revisions } from './policies/policies-revisions.ts';
import { rollback } from './policies/policies-rollback.ts';
import { show } from './policies/policies-show.ts';
import type { Verb } from './verb.ts';
import { verbOfVerbs } from './verb-of-verbs.ts';

/** `sallyport policies`: the policies of a running gate. */
export const policies: Verb = verbOfVerbs({
  name: 'policies',
  summary: 'policies of a running gate: show, revisions, rollback',
  about: 'Asks a gate about its policies, and goes back to earlier ones, by its admin API.',
  verbs: { show, revisions, rollback },
  example: '--to https://gate-admin.example.com',
});
