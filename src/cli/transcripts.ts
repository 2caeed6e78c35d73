import { follow } from './transcripts/follow.ts';
import { list } from './transcripts/list.ts';
import { show } from './transcripts/show.ts';
import type { Verb } from './verb.ts';
import { verbOfVerbs } from './verb-of-verbs.ts';

/** `sallyport transcripts`: what the gate has recorded. */
export const transcripts: Verb = verbOfVerbs({
  name: 'transcripts',
  summary: 'read what was recorded: list, show, follow',
  about: 'Reads the record of exchanges, beside a gate that writes it or without one.',
  verbs: { list, show, follow },
  example: '--limit 10',
});
