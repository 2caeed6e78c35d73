import { keyInFileOrNew } from './key-source-file.ts';
import { newSecretText, secretKey } from './key-source-secret.ts';

const kind = secretKey({
  name: 'masking key',
  code: 'MASKING_KEY',
  hint: 'put the right key back; without it, the tokens that were given out can never be put back',
});

/**
 * The masking key in a file; one that is not there is made, with a new key.
 *
 * @throws GateError MASKING_KEY where the file can't be read or made, where others may read it, or where it has no key
 */
export function maskingKeyIn(path: string): Buffer {
  return keyInFileOrNew(path, kind, newSecretText);
}
