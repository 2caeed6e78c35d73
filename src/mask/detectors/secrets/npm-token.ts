import { checksummedMark } from './checksummed-mark.ts';
import { looksRandom } from './looks-random.ts';
import type { SecretKind } from './mark.ts';

/** Access tokens of npm, and what an .npmrc holds for any registry (`_authToken=`, `_auth=`, `_password=`). */
export const npmToken: SecretKind = {
  name: 'npm-token',
  needs: { length: 16, characters: '_' },
  marks: [
    checksummedMark('npm_'),
    ...[':_authToken', ':_auth', ':_password'].map((word) => npmrcMark(word)),
  ],
};

/** The value alone: what it is for stays. */
function npmrcMark(word: string) {
  const value = /\s{0,3}=\s{0,3}"?([A-Za-z0-9+/=._-]{8,500})/dy;
  return {
    word,
    spanAt(text: string, at: number) {
      value.lastIndex = at + word.length;
      const found = value.exec(text)?.indices?.[1];
      if (found === undefined || !looksRandom(text.slice(...found))) return undefined;
      return { start: found[0], end: found[1] };
    },
  };
}
