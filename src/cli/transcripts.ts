import type { Verb } from './verb.ts';
import { verbOfVerbs } from './verb-of-verbs.ts';

/** `sallyport transcripts`: what the gate has recorded. */
export const transcripts: Verb = verbOfVerbs({
  name: 'transcripts',
  about: 'Reads the record of exchanges, beside a gate that writes it or without one.',
  verbs: {
    list: {
      summary: 'list the newest exchanges',
      load: async () => (await import('./transcripts/list.ts')).list,
    },
    search: {
      summary: 'find exchanges by what their messages say',
      load: async () => (await import('./transcripts/search.ts')).search,
    },
    show: {
      summary: 'show one exchange, step by step',
      load: async () => (await import('./transcripts/show.ts')).show,
    },
    follow: {
      summary: 'print exchanges as they end',
      load: async () => (await import('./transcripts/follow.ts')).follow,
    },
    export: {
      summary: 'write what was recorded for other programs',
      load: async () => (await import('./transcripts/export.ts')).exportVerb,
    },
    size: {
      summary: 'what the transcripts take on disk, and what for',
      load: async () => (await import('./transcripts/size.ts')).size,
    },
  },
  example: '--limit 10',
});
