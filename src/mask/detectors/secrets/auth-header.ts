import { looksRandom } from './looks-random.ts';
import type { Mark, SecretKind } from './mark.ts';
import { isPlaceholder } from './placeholder.ts';

// RFC 9110, section 11.4: a scheme, blanks, and token68 or parameters.
const CREDENTIALS =
  /(?:basic|bearer|token|apikey|api-key|digest|negotiate|key|hmac)\s{1,3}([\w.~+/=:-]{8,4000})/diy;
const AFTER_NAME = /\\{0,2}["']?\s{0,2}[:=,]\s{0,2}\\{0,2}["']?\s{0,2}/y;
const BARE = /([\w.~+/=:-]{16,4000})/dy;
const HEADER = /^(?:proxy-?|x-)?(?:authorization|auth)$/i;
const BEARER = /\s{1,3}([\w.~+/=-]{16,4000})/dy;
const USER = /\s{1,3}["']?[\w.@%+-]{1,64}:(?!\/\/)([^\s"'`$<>{}]{3,128})/dy;
/** How far before `-u` on its line the command may stand. */
const COMMAND_REACH = 300;

/**
 * What an `Authorization` header carries (Basic, Bearer and other schemes), bearer tokens elsewhere, and the
 * password of a curl command. The name of the scheme stays, and that of the user.
 */
export const authHeader: SecretKind = {
  name: 'auth-header',
  needs: { length: 8 },
  marks: [
    { word: 'authorization', anyCase: true, spanAt: headerAt },
    {
      word: 'bearer',
      anyCase: true,
      spanAt: (text, at) => group(text, at + 'bearer'.length, BEARER, isBare),
    },
    ...[' -u', ' --user'].map(
      (word): Mark => ({ word, inside: true, spanAt: (text, at) => curl(text, at, word) }),
    ),
  ],
  inField(text, field) {
    if (!HEADER.test(field)) return undefined;
    return group(text, 0, CREDENTIALS, isCredential) ?? group(text, 0, BARE, isBare);
  },
};

function headerAt(text: string, at: number) {
  AFTER_NAME.lastIndex = at + 'authorization'.length;
  if (!AFTER_NAME.test(text)) return undefined;
  const from = AFTER_NAME.lastIndex;
  return group(text, from, CREDENTIALS, isCredential) ?? group(text, from, BARE, isBare);
}

function curl(text: string, at: number, word: string) {
  const span = group(text, at + word.length, USER, (value) => !isPlaceholder(value));
  if (span === undefined) return undefined;
  const line = text.slice(Math.max(0, at - COMMAND_REACH), at);
  return /\b(?:curl|wget|http|https)\b/.test(line) ? span : undefined;
}

/** Without a scheme it may as well be the name of a variable. */
function isBare(value: string): boolean {
  return !isPlaceholder(value) && /\d/.test(value) && looksRandom(value);
}

/** Basic credentials may be of short words, so no more is asked of them than that they are not for show. */
function isCredential(value: string): boolean {
  return !isPlaceholder(value) && (/[\d=]/.test(value) || looksRandom(value));
}

function group(text: string, from: number, pattern: RegExp, isReal: (value: string) => boolean) {
  pattern.lastIndex = from;
  const found = pattern.exec(text)?.indices?.[1];
  if (found === undefined || !isReal(text.slice(...found))) return undefined;
  return { start: found[0], end: found[1] };
}
