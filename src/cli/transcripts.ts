import { exportVerb } from './transcripts/export.ts';
import { follow } from './transcripts/follow.ts';
import { list } from './transcripts/list.ts';
import { search } from './transcripts/search.ts';
import { show } from './transcripts/show.ts';
import { size } from './transcripts/size.ts';
import type { Verb } from './verb.ts';
import { verbOfVerbs } from './verb-of-verbs.ts';

/** `sallyport transcripts`: what the gate has recorded. */
export const transcripts: Verb = verbOfVerbs({
  name: 'transcripts',
  summary: 'read what was recorded: list, search, show, follow, export, size',
  about: 'Reads the record of exchanges, beside a gate that writes it or without one.',
  verbs: { list, search, show, follow, export: exportVerb, size },
  example: '--limit 10',
});
