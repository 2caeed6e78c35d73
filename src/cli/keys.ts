import type { Verb } from './verb.ts';
import { verbOfVerbs } from './verb-of-verbs.ts';

/** `sallyport keys`: the keys of transcripts. */
export const keys: Verb = verbOfVerbs({
  name: 'keys',
  about: `Master keys seal the originals of messages that masks have changed; a key of the proof signs
what was recorded. All of it works beside a gate that runs, or without one.`,
  verbs: {
    list: {
      summary: 'list which master keys the originals need',
      load: async () => (await import('./keys/keys-list.ts')).list,
    },
    new: {
      summary: 'make a key file',
      load: async () => (await import('./keys/keys-new.ts')).newKey,
    },
    rotate: {
      summary: 'make the first master key the only one that is needed',
      load: async () => (await import('./keys/keys-rotate.ts')).rotate,
    },
  },
  example: '--json',
});
