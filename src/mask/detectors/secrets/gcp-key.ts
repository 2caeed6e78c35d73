import type { Mark, SecretKind } from './mark.ts';
import { tokenMark } from './token-mark.ts';

const SIGNATURE = /X-Goog-Signature=([0-9a-f]{64,1024})(?![0-9a-f])/dy;

/** A signed address opens what it names for whoever has it. */
const signature: Mark = {
  word: 'X-Goog-Signature=',
  spanAt(text, at) {
    SIGNATURE.lastIndex = at;
    const found = SIGNATURE.exec(text)?.indices?.[1];
    return found && { start: found[0], end: found[1] };
  },
};

/**
 * Keys of Google Cloud: API keys, OAuth access and refresh tokens, OAuth client secrets, ids of HMAC keys, and the
 * signatures of signed addresses. The private key of a service account is a `private-key`.
 */
export const gcpKey: SecretKind = {
  name: 'gcp-key',
  needs: { length: 25 },
  marks: [
    tokenMark('AIza', '[\\w-]{35}(?![\\w-])'),
    tokenMark('ya29.', '[\\w.-]{20,2000}[\\w-]'),
    tokenMark('1//0', '[\\w-]{30,300}'),
    tokenMark('GOCSPX-', '[\\w-]{28}(?![\\w-])'),
    tokenMark('GOOG1E', '[A-Z0-9]{55}'),
    signature,
  ],
};
