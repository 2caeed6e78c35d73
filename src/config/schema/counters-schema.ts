import * as z from 'zod';
import { checkStore, postgresUrl, storeKind } from './store-schema.ts';

/** Where the calls that limits bound are counted. */
export const countersSchema = z
  .strictObject({
    store: storeKind.describe(
      '`sqlite`: one gate, outlives a restart. `postgres`: shared by several gates. `memory`: one gate, until it stops.',
    ),
    path: z
      .string()
      .min(1)
      .optional()
      .describe('SQLite file; left out: `counters.db` beside the transcripts.'),
    url: postgresUrl
      .optional()
      .describe(
        'Database of `postgres`; `env:NAME` reads a variable. TLS by `?sslmode=verify-full`.',
      ),
  })
  .superRefine(checkStore);
