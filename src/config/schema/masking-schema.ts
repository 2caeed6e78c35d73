import * as z from 'zod';
import { count } from './schema-values.ts';
import { checkStore, postgresUrl, storeKind } from './store-schema.ts';

/** Bytes of a masking key. */
export const MASK_KEY_BYTES = 32;

const NOT_A_KEY = `must be ${MASK_KEY_BYTES} bytes in base64 or hexadecimal digits, such as "openssl rand -base64 32" gives`;

/** The bytes of a key that is written in base64 or hexadecimal digits; undefined where the text is neither. */
export function maskKeyOf(text: string): Buffer | undefined {
  const written = text.trim();
  if (/^[0-9a-fA-F]{64}$/.test(written)) return Buffer.from(written, 'hex');
  if (!/^[A-Za-z0-9+/_-]{43}=?$/.test(written)) return undefined;
  const key = Buffer.from(written, 'base64');
  return key.length === MASK_KEY_BYTES ? key : undefined;
}

const key = z
  .string()
  .refine((text) => maskKeyOf(text) !== undefined, { error: NOT_A_KEY })
  .transform((text) => maskKeyOf(text) as Buffer);

const tokens = z
  .strictObject({
    store: storeKind.describe(
      '`sqlite`: one gate, outlives a restart. `postgres`: shared by several gates that have the same key. `memory`: one gate, until it stops.',
    ),
    path: z
      .string()
      .min(1)
      .optional()
      .describe('SQLite file; left out: `tokens.db` beside the transcripts.'),
    url: postgresUrl.optional().describe('Database of `postgres`; `env:NAME` reads a variable.'),
    max: count
      .default(1_000_000)
      .describe(
        'Most tokens kept. Where all of them are still valid, messages that need new ones are refused.',
      ),
    max_per_caller: count
      .default(100_000)
      .describe(
        'Most valid tokens of one caller. A caller who has so many is refused messages that need new ones; others are not.',
      ),
  })
  .prefault({})
  .describe('Where it is kept, sealed, what tokens stand for.');

/** How values are masked that can be told again: the key of digests and tokens, and where tokens are kept. */
export const maskingSchema = z
  .strictObject({
    key: key
      .optional()
      .describe(
        'Key of digests and tokens: 32 bytes in base64 or hexadecimal digits; `env:NAME` reads a variable. With another key, digests are others, and tokens from before are unknown.',
      ),
    key_file: z
      .string()
      .min(1)
      .optional()
      .describe(
        'File with the key, which only its owner may read (0600); made at the first start. Left out: `masking.key` beside the SQLite file of tokens.',
      ),
    tokens,
  })
  .superRefine(({ key: given, key_file: file, tokens }, context) => {
    const complain = (at: string[], message: string) =>
      context.addIssue({ code: 'custom', path: at, message });
    if (given && file !== undefined) complain(['key_file'], 'goes without "key"');
    checkStore(tokens, context, ['tokens']);
    if (tokens.store === 'postgres' && !given && file === undefined) {
      complain(
        ['tokens', 'store'],
        'needs "masking.key" or "masking.key_file": gates that share tokens share the key',
      );
    }
  });
