import * as z from 'zod';
import { channelsSchema } from './channels-schema.ts';
import { count, days, span } from './schema-values.ts';
import { checkStore, postgresUrl, storeKind } from './store-schema.ts';

/** Calls that wait for people. */
export const approvalsSchema = z
  .strictObject({
    store: storeKind.describe(
      '`sqlite`: one gate, outlives a restart. `postgres`: shared by several gates. `memory`: one gate, until it stops.',
    ),
    path: z
      .string()
      .min(1)
      .optional()
      .describe('SQLite file; left out: `approvals.db` beside the transcripts.'),
    url: postgresUrl.optional().describe('Database of `postgres`; `env:NAME` reads a variable.'),
    wait: span
      .prefault('50s')
      .describe(
        'How long a call is held. Then its client is told to call again: most clients wait for 60s.',
      ),
    wait_with_progress: span
      .optional()
      .describe(
        'The same where the client has asked for progress, and is told that it waits. Left out: as `wait`, for not every client waits longer for progress.',
      ),
    max: count.default(100_000).describe('Most approvals that are pending at a time.'),
    max_per_caller: count.default(100).describe('The same of one caller.'),
    keep: days.prefault('90d').describe('How long approvals are kept that have ended.'),
    channels: channelsSchema
      .default({})
      .describe('Where people are told of approvals; rules name channels by `notify`.'),
  })
  .superRefine(checkStore);

export type ApprovalsConfig = z.output<typeof approvalsSchema>;
