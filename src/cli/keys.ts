import { list } from './keys/keys-list.ts';
import { newKey } from './keys/keys-new.ts';
import { rotate } from './keys/keys-rotate.ts';
import type { Verb } from './verb.ts';
import { verbOfVerbs } from './verb-of-verbs.ts';

/** `sallyport keys`: the keys of transcripts. */
export const keys: Verb = verbOfVerbs({
  name: 'keys',
  summary: 'keys of transcripts: list, new, rotate',
  about: `Master keys seal the originals of messages that masks have changed; a key of the proof signs
what was recorded. All of it works beside a gate that runs, or without one.`,
  verbs: { list, new: newKey, rotate },
  example: '--json',
});
