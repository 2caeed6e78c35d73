import { createSecretKey, randomBytes } from 'node:crypto';
import { dirname, join, resolve } from 'node:path';
import { maskingKeyIn } from '../config/masking-key.ts';
import { messageOf } from '../model/errors.ts';
import { maskKeyName, TokenVault } from '../pipeline/token/token-vault.ts';
import { openTokens } from '../store/tokens-open.ts';
import { clock, type DaemonOptions } from './daemon-options.ts';
import type { Started } from './started.ts';
import { storeLocation } from './store-location.ts';

/** How often expired tokens are looked for, in milliseconds. */
const SWEEP = 30_000;

/** The masking key, and what keeps the tokens that are made with it. */
export async function openMasking({ config, base, log }: DaemonOptions, started: Started) {
  const { key, key_file, tokens } = config.masking;
  const location = storeLocation(tokens, 'tokens.db', { config, base });
  const beside =
    location.store === 'sqlite' ? join(dirname(location.path), 'masking.key') : undefined;
  const file = key_file === undefined ? beside : resolve(base, key_file);
  const maskKey = key ?? (file === undefined ? randomBytes(32) : maskingKeyIn(file));
  const bounds = { max: tokens.max, maxOfOwner: tokens.max_per_caller };
  const store = openTokens(location, { clock, log, ...bounds });
  started.add(() => store.close());
  try {
    const name = maskKeyName(maskKey);
    const before = await store.sealedWith(name);
    if (before !== undefined && before !== name) {
      log.warn(
        { store: location.store },
        'the masking key is another: tokens from before are unknown',
      );
    }
  } catch (error) {
    const fields = { code: 'TOKENS_UNAVAILABLE', cause: messageOf(error) };
    log.error(fields, 'the store of tokens cannot be used; messages that need it are refused');
  }
  const sweep = setInterval(() => {
    void (async () => store.clean())().catch((error) => {
      log.debug({ cause: messageOf(error) }, 'expired tokens could not be forgotten');
    });
  }, SWEEP);
  started.add(() => clearInterval(sweep));
  return {
    maskKey: createSecretKey(maskKey),
    vault: new TokenVault({ store, key: maskKey, clock }),
  };
}
